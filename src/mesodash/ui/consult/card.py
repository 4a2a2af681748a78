"""A protocol as a card of the consultation: what, how, how much here, may I, and did it work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.consult.adoption import differences
from mesodash.consult.screening import LEVEL_WORDS, WEIGHT_WORDS, Verdict
from mesodash.records.protocol_versions import ProtocolVersion
from mesodash.ui import phrases
from mesodash.ui.consult.doses import Here
from mesodash.ui.consult.protocol_card import (
    evidence_words,
    found_words,
    indications_line,
    is_weak,
    protocol_facts,
    source_words,
)

ENOUGH_PATIENTS = 5
COUNTING = "counting …"
UNREAD = "not known now"
Row = Mapping[Any, Any]

#: Facts of a card that are seen at once, in this order; the others are one click away.
SHOWN = ("Reported mix", "How", "Reported dose", "Course", "First effect")
NAMES = {"Reported mix": "Mixture", "Reported dose": "Dose reported"}
#: A sign beside the words, so that colour is never alone.
SIGNS = {
    "offered": "✓",
    "caution": "!",
    "unknown": "?",
    "excluded": "✕",
    "banned": "✕",
    "stop": "■",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the clinic itself knows of the protocols in the chosen areas.

    Attributes:
        outcomes: rows of the report on outcomes by protocol and scale; None while it is counted,
            or, once it has followed, where it cannot be had.
        effects: rows of the report on side effects by protocol and effect; None likewise.
        versions: the version in force of each adopted protocol, by code.
        followed: whether the reports came after the card was drawn without them.
    """

    outcomes: Sequence[Row] | None
    effects: Sequence[Row] | None
    versions: Mapping[str, ProtocolVersion]
    followed: bool = False

    @property
    def lines_held(self) -> bool:
        """Whether the card keeps the place of lines that come later, so that nothing moves."""
        return self.followed or self.outcomes is None or self.effects is None


def card(
    protocol: Protocol,
    catalogue: Catalogue,
    *,
    here: Here,
    verdict: Verdict | None,
    known: Known,
    chosen: bool = False,
    several_areas: bool = False,
) -> dict[str, Any]:
    """The `p` of the template `consult_card`, all as plain text.

    Args:
        protocol: the protocol.
        catalogue: for the words of what it refers to.
        here: points and volume on the chosen areas.
        verdict: what the screening says; None where nobody asked yet what to say.
        known: the clinic's own results, side effects and versions.
        chosen: whether it is the one that is drawn and planned.
        several_areas: whether to name the areas it covers, as it may not be all of the chosen.
    """
    facts = _joined(dict(protocol_facts(protocol, catalogue)))
    version = known.versions.get(protocol.code)
    unknown = UNREAD if known.followed else COUNTING
    return {
        "label": protocol.label,
        "evidence": protocol.evidence,
        "evidence_help": evidence_words(protocol.evidence),
        "weak": is_weak(protocol.evidence),
        "for": indications_line(protocol, catalogue).split(" · ")[0],
        "only": _only(catalogue, here) if several_areas else "",
        "chosen": chosen,
        "version": _version(version),
        "verdict": None if verdict is None else verdict_words(verdict),
        "facts": [
            *((NAMES.get(name, name), facts[name]) for name in SHOWN if name in facts),
            *blanks(protocol),
            *ours(catalogue, version),
            ("Here", here.words + (f". {here.over}" if here.over else "")),
        ],
        "lines_held": known.lines_held,
        "later": [
            ("This clinic", own_results(catalogue, protocol, known.outcomes, unknown=unknown)),
            ("What to expect", foremost(catalogue, protocol, known.effects, unknown=unknown)),
        ],
        "expect": expected(catalogue, protocol, known.effects, unknown=unknown),
        "components": [
            (catalogue.components[code].label, _component(catalogue, code))
            for code in protocol.components
        ],
        "folded": [(name, words) for name, words in facts.items() if name not in SHOWN],
        "found": found_words(protocol),
        "rules": [] if verdict is None else [note.sentence for note in verdict.notes],
        "sources": [source_words(catalogue, key) for key in protocol.sources],
    }


def blanks(protocol: Protocol) -> list[tuple[str, str]]:
    """A line that names what no source gives of a protocol, so that nothing is missed by silence.

    Sessions and interval are left out: the course says so itself. Empty where all is published.
    """
    points = protocol.points is None and protocol.spacing_cm_min is None
    given = {
        "depth": protocol.depth_mm_min is None
        and protocol.depth_mm_max is None
        and not protocol.depth_text,
        "needle": not protocol.needle,
        "volume a point": protocol.volume_per_point_ml is None,
        "spacing or points": points and protocol.spacing_cm_max is None,
        "largest volume": protocol.max_volume_ml is None and not protocol.max_volume_text,
        "top-up": not protocol.top_up,
        "first effect": not protocol.onset,
    }
    names = [name for name, missing in given.items() if missing]
    return [("Not published", ", ".join(names))] if names else []


def ours(catalogue: Catalogue, version: ProtocolVersion | None) -> list[tuple[str, str]]:
    """A line of what the clinic's version sets otherwise than is published; empty if nothing."""
    rows = differences(catalogue, version) if version else ()
    said = [f"{row.label[:1].lower()}{row.label[1:]}: {row.this}" for row in rows if row.differs]
    return [("Our version sets", "; ".join(said))] if said else []


def _joined(facts: dict[str, str]) -> dict[str, str]:
    """Technique, depth and needle in one line, and the top-up with the course it follows."""
    how = [facts.pop(name) for name in ("Technique", "Depth", "Needle") if name in facts]
    how = list(dict.fromkeys(how))
    top_up = facts.pop("Top-up", None)
    if top_up:
        facts["Course"] += f"; top-up: {top_up[:1].lower()}{top_up[1:]}"
    return {"How": "; ".join(how), **facts} if how else facts


def _only(catalogue: Catalogue, here: Here) -> str:
    return ", ".join(catalogue.label(site.area, site.side) for site in here.sites)


def _version(version: ProtocolVersion | None) -> str:
    if version is None:
        return ""
    return f"Our version {version.version}, {phrases.day(version.adopted_on.isoformat())}"


def _component(catalogue: Catalogue, code: str) -> str:
    part = catalogue.components[code]
    return f"{part.role}. {part.caution}" if part.caution else part.role


def verdict_words(verdict: Verdict) -> dict[str, Any]:
    """The `verdict` of the template of the same name: a sign, words, and each reason."""
    # What is still to be asked is named once, above the cards; here it is only counted.
    words = LEVEL_WORDS[verdict.level]
    if verdict.unanswered and not verdict.blocked:
        words += f" · {phrases.count(len(verdict.unanswered), 'question')} open"
    return {
        "level": verdict.level,
        "sign": SIGNS[verdict.level],
        "words": words,
        "blocked": verdict.blocked,
        "reasons": [
            {
                "weight": WEIGHT_WORDS[reason.weight],
                "sentence": reason.sentence,
                "said": f"said {phrases.day(reason.answered_on.isoformat())}"
                if reason.answered_on
                else "",
            }
            for reason in verdict.reasons
            if reason.weight != "unknown" or reason.code != "unanswered"
        ],
    }


def own_results(
    catalogue: Catalogue,
    protocol: Protocol,
    outcomes: Sequence[Row] | None,
    *,
    unknown: str = COUNTING,
) -> str:
    """This clinic's responders to a protocol in these areas, on the scale with most patients."""
    if outcomes is None:
        return unknown
    mine = [row for row in outcomes if row["protocol"] == protocol.code]
    if not mine:
        return "no outcomes recorded here"
    row = max(mine, key=lambda row: row["patients"])
    if row["patients"] < ENOUGH_PATIENTS:
        return f"fewer than {ENOUGH_PATIENTS} patients with an outcome"
    scale = catalogue.scales[row["scale"]].label
    if phrases.is_missing(row["responder_rate"]):
        change = phrases.interval(
            phrases.signed, row["change_mean"], row["change_low"], row["change_high"]
        )
        return f"{phrases.count(row['patients'], 'patient')}, mean change {change}; {scale}"
    return (
        f"{row['responders']} of {row['patients']} patients responded"
        f" ({phrases.percent(row['responder_rate'])},"
        f" {phrases.percent(row['rate_low'])} to {phrases.percent(row['rate_high'])}; {scale})"
    )


def expected(
    catalogue: Catalogue,
    protocol: Protocol,
    effects: Sequence[Row] | None,
    *,
    unknown: str = COUNTING,
) -> list[list[str]]:
    """Rows of effect, published duration and this clinic's own median with n.

    The effects that the protocol's sources name, then those that this clinic saw often enough.
    """
    mine = {row["effect"]: row for row in effects or () if row["protocol"] == protocol.code}
    often = sorted(
        (code for code, row in mine.items() if row["n"] >= ENOUGH_PATIENTS),
        key=lambda code: -mine[code]["n"],
    )
    codes = dict.fromkeys([*protocol.expected_effects, *often])
    return [
        [
            catalogue.side_effects[code].label,
            _published(catalogue, code).removeprefix("published "),
            unknown if effects is None else _own(mine.get(code)),
        ]
        for code in codes
        if code in catalogue.side_effects
    ]


def foremost(
    catalogue: Catalogue,
    protocol: Protocol,
    effects: Sequence[Row] | None,
    *,
    unknown: str = COUNTING,
) -> str:
    """What to expect first, in a line: the effect seen here most often, or the first named."""
    rows = expected(catalogue, protocol, effects, unknown=unknown)
    if not rows:
        return unknown if effects is None else "no side effect published or recorded here"
    mine = [row for row in effects or () if row["protocol"] == protocol.code]
    often = max(mine, key=lambda row: row["n"], default=None)
    label = None
    if often is not None and often["n"] >= ENOUGH_PATIENTS:
        known = catalogue.side_effects.get(often["effect"])
        label = known.label if known else None
    name, published, own = next((row for row in rows if row[0] == label), rows[0])
    return f"{name}: {published}; here {own}"


def _published(catalogue: Catalogue, code: str) -> str:
    effect = catalogue.side_effects[code]
    if effect.published_typical:
        return f"published {effect.published_typical}"
    return f"promised {effect.promised_text}" if effect.promised_text else "not published"


def _own(row: Row | None) -> str:
    if row is None:
        return "none recorded"
    n = int(row["n"])
    if n < ENOUGH_PATIENTS:
        return f"fewer than {ENOUGH_PATIENTS} recorded"
    if phrases.is_missing(row["median_days"]):
        return f"half not gone yet, n {n}"
    text = f"half gone by {phrases.duration(row['median_days'])}"
    if not phrases.is_missing(row["median_low"]) and not phrases.is_missing(row["median_high"]):
        low, high = phrases.duration(row["median_low"]), phrases.duration(row["median_high"])
        text += f" ({low} to {high})"
    return f"{text}, n {n}"
