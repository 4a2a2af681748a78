"""A protocol as a card of the consultation: what, how, how much here, whether allowed, results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mesodash.catalogue.durations import expected_duration
from mesodash.catalogue.reading import SECOND_HAND, best_read, is_second_hand
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.consult.adoption import differences
from mesodash.consult.screening import LEVEL_WORDS, WEIGHT_WORDS, ScreeningVerdict
from mesodash.language import N_, _, ngettext
from mesodash.records.courses.protocol_versions import ProtocolVersion
from mesodash.ui.body_map.card_lines import (
    COUNTING,
    Forms,
    Row,
    clinic_rows,
    clinic_words,
    course,
    effects_shown,
    foremost,
    mixture,
    results,
    where,
)
from mesodash.ui.body_map.doses import ChosenDose
from mesodash.ui.parts import phrases
from mesodash.ui.parts.caution_marks import (
    TOLD_MARK,
    UNSURE_MARK,
    has_mark,
    marked,
    unsure_meaning,
)
from mesodash.ui.parts.expected_durations import duration_words
from mesodash.ui.protocols.depth_lines import danger_lines, depth_line, needle_line
from mesodash.ui.protocols.protocol_card import (
    ANAESTHESIA,
    DOSE,
    ONSET,
    TOP_UP,
    be_ready,
    evidence_words,
    found_words,
    is_weak,
    limit_words,
    protocol_facts,
    rule_words,
    schedules,
    source_words,
    warnings,
)

UNREAD = N_("not known now")
FOLDED = (TOP_UP, DOSE, ONSET, ANAESTHESIA)

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
class ClinicData:
    """The clinic's own data on the protocols in the chosen areas.

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


def card(
    protocol: Protocol,
    catalogue: Catalogue,
    *,
    here: ChosenDose,
    verdict: ScreeningVerdict | None,
    known: ClinicData,
    sex: str | None = None,
    chosen: bool = False,
    several_areas: bool = False,
) -> dict[str, Any]:
    """The `p` of the template `consult_card`, all as plain text.

    Args:
        protocol: the protocol.
        catalogue: for the words of what it refers to.
        here: points and volume on the chosen areas.
        verdict: the screening's verdict; None before the screening was evaluated.
        known: the clinic's own results, side effects and versions.
        sex: the patient's, whose indications, schedules, scales and skin count; None is not known.
        chosen: whether it is the one that is drawn and planned.
        several_areas: whether to name the areas it covers, as it may not be all of the chosen.
    """
    version = known.versions.get(protocol.code)
    unknown = _(UNREAD) if known.followed else _(COUNTING)
    facts = dict(protocol_facts(protocol, catalogue))
    depth = depth_line(catalogue, protocol, here.sites, sex)
    look: list[tuple[str, Forms]] = [
        (_("What"), mixture(protocol)),
        (_("Where, how much"), where(protocol, catalogue, here)),
        (_("Course"), course(catalogue, protocol, sex)),
        (_("What to expect"), foremost(catalogue, protocol, known.effects, unknown=unknown)),
        (
            _("How it went here"),
            results(catalogue, protocol, known.outcomes, sex=sex, unknown=unknown),
        ),
    ]
    values = {
        "label": protocol.label,
        "evidence": protocol.evidence,
        "evidence_help": evidence_words(protocol.evidence),
        "weak": is_weak(protocol.evidence),
        "secondary": is_second_hand(catalogue, "protocols", protocol.code),
        "for": _for(catalogue, protocol, sex),
        "only": _only(catalogue, here) if several_areas else "",
        "chosen": chosen,
        "version": _version(version),
        "verdict": None if verdict is None else verdict_words(verdict, catalogue),
        "warnings": [
            *([here.over] if here.over else []),
            *([depth] if depth else []),
            *warnings(catalogue, protocol),
        ],
        "ours": adopted_changes(catalogue, version),
        "facts": look,
        # The fold keeps the order of the five lines: "What to expect" is a table between them.
        "whole": _cut(look[:3]),
        "went": _cut(look[4:]),
        "expect": expected(catalogue, protocol, known.effects, unknown=unknown),
        "components": [
            (catalogue.components[code].label, _component(catalogue, code))
            for code in protocol.components
        ],
        "folded": [
            *_how(protocol, catalogue),
            *((_(name), facts[name]) for name in FOLDED if name in facts),
            *schedules(catalogue, protocol),
            *needle_line(catalogue, protocol, here.sites, sex),
            *unpublished(protocol),
        ],
        "zones": danger_lines(catalogue, protocol, here.sites),
        "limits": limit_words(catalogue, protocol),
        "ready": be_ready(catalogue, protocol),
        "found": found_words(protocol),
        "rules": [note.sentence for note in verdict.notes]
        if verdict
        else rule_words(catalogue, protocol),
        "sources": [source_words(catalogue, key) for key in _cited(catalogue, protocol, here)],
    }
    told = has_mark([values[name] for name in ("verdict", "warnings", "facts")])
    values["unsure"] = unsure_meaning() if has_mark(values["expect"], UNSURE_MARK) else ""
    return values | {"told": told, "told_below": has_mark(values) and not told}


def _cut(facts: Sequence[tuple[str, Forms]]) -> list[tuple[str, str]]:
    """The facts that have shorter forms, each in its longest, as a narrow line may not show it."""
    return [(name, forms[0]) for name, forms in facts if len(forms) > 1]


def _for(catalogue: Catalogue, protocol: Protocol, sex: str | None) -> str:
    """Its indications for a patient of this sex; all of them if none fits."""
    found = [catalogue.indications[code] for code in protocol.indications]
    mine = [one for one in found if one.is_for(sex)] or found
    return ", ".join(one.label for one in mine)


def _how(protocol: Protocol, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Technique and needle, each once."""
    facts = dict(protocol_facts(protocol, catalogue))
    how = dict.fromkeys(facts[name] for name in ("Technique", "Needle") if name in facts)
    return [(_("How"), "; ".join(how))] if how else []


def _cited(catalogue: Catalogue, protocol: Protocol, here: ChosenDose) -> list[str]:
    """The protocol's sources, then those of its schedules, sites, notes and zones, each once."""
    rows: list[tuple[str, ...]] = [protocol.sources]
    rows += [schedule.sources for schedule in protocol.schedules]
    rows += [site.sources for site in protocol.sites]
    rows += [n.sources for n in catalogue.safety_notes_for(protocol.code) if n.scope != "all"]
    zones = (zone for s in here.sites for zone in catalogue.danger_zones_at(s.area, s.side))
    rows += [zone.sources for zone in zones]
    return list(dict.fromkeys(key for keys in rows for key in keys))


def unpublished(protocol: Protocol) -> list[tuple[str, str]]:
    """A line that names what no source gives for a protocol, so that no gap goes unnoticed.

    Sessions and interval are left out, because the course shows them. Empty if all is published.
    """
    given = {
        _("depth"): protocol.depth_mm_min is None
        and protocol.depth_mm_max is None
        and not protocol.depth_text,
        _("needle"): not protocol.needle,
        _("volume a point"): protocol.volume_per_point_ml is None,
        _("spacing or points"): protocol.points is None and not protocol.spacing_is_own,
        _("largest volume"): protocol.max_volume_ml is None and not protocol.max_volume_text,
        _("top-up"): not protocol.top_up,
        _("first effect"): not protocol.onset,
    }
    names = [name for name, missing in given.items() if missing]
    return [(_("Not published"), ", ".join(names))] if names else []


def adopted_changes(catalogue: Catalogue, version: ProtocolVersion | None) -> str:
    """What the clinic's version changes from the published values; empty if nothing."""
    rows = differences(catalogue, version) if version else ()
    said = [f"{_(row.label)}: {row.this}" for row in rows if row.differs]
    return _("Our version sets {what}").format(what="; ".join(said)) if said else ""


def _only(catalogue: Catalogue, here: ChosenDose) -> str:
    return ", ".join(catalogue.label(site.area, site.side) for site in here.sites)


def _version(version: ProtocolVersion | None) -> str:
    if version is None:
        return ""
    return _("Our version {version}, {day}").format(
        version=version.version, day=phrases.day(version.adopted_on.isoformat())
    )


def _component(catalogue: Catalogue, code: str) -> str:
    part = catalogue.components[code]
    said = f"{part.role}. {part.caution}" if part.caution else part.role
    return marked(catalogue, "components", code, said)


def verdict_words(verdict: ScreeningVerdict, catalogue: Catalogue) -> dict[str, Any]:
    """The `verdict` of the template of the same name: a sign, words, and each reason.

    A reason is marked where only web pages support it.
    """
    words = _(LEVEL_WORDS[verdict.level])
    if verdict.unanswered and not verdict.blocked:
        n = len(verdict.unanswered)
        words += " · " + ngettext("{n} question open", "{n} questions open", n).format(n=n)
    return {
        "level": verdict.level,
        "sign": SIGNS[verdict.level],
        "words": words,
        "blocked": verdict.blocked,
        "reasons": [
            {
                "weight": _(WEIGHT_WORDS[reason.weight]),
                "sentence": f"{reason.sentence} {TOLD_MARK}"
                if best_read(catalogue, reason.sources) in SECOND_HAND
                else reason.sentence,
                "said": _("said {day}").format(day=phrases.day(reason.answered_on.isoformat()))
                if reason.answered_on
                else "",
            }
            for reason in verdict.reasons
            if reason.weight != "unknown" or reason.code != "unanswered"
        ],
    }


def expected(
    catalogue: Catalogue,
    protocol: Protocol,
    effects: Sequence[Row] | None,
    *,
    unknown: str = COUNTING,
) -> list[list[str]]:
    """Rows of effect, published duration, and this clinic's own median with n.

    The effects that the protocol's sources name, then those that this clinic saw often enough.
    """
    mine = clinic_rows(protocol, effects)
    return [
        [
            catalogue.side_effects[code].label,
            duration_words(catalogue, expected_duration(catalogue, code, protocol.code)),
            unknown if effects is None else clinic_words(mine.get(code)),
        ]
        for code in effects_shown(catalogue, protocol, mine)
    ]
