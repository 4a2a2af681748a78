"""What stands in a patient's handout, in the patient's language: words only, nothing that draws."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Final

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Aftercare, Catalogue, Protocol
from mesodash.consult.language import Language

ENOUGH_REPORTS: Final = 10
"""A clinic's own median is told from this many reports on."""
MOST_EFFECTS: Final = 6
MOST_DATES: Final = 16
# The ends of the windows that instructions are told in, hours; the last has no end.
_WINDOWS: Final = (("day", 24.0), ("days", 72.0), ("weeks", 336.0))
_LIPOLYSIS: Final = frozenset({"phosphatidylcholine", "deoxycholate"})
_LONGEST: Final = 400
_HEADS: Final = (
    "handout", "what", "where", "dates", "expect", "afterwards", "warning", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnMedian:
    """How long an effect lasted in this clinic: days until half were over, from n reports."""

    n: int
    days: float


@dataclass(frozen=True, slots=True)
class Handout:
    """What a handout is made of.

    Attributes:
        clinic: the clinic's name; contact: how to reach it, in one line.
        protocol, indication: codes; the indication may be left out.
        areas: where, with the patient's sides.
        printed_on: the day that stands at the foot.
        dates: of the planned sessions; `at` their time of day; empty where none are planned.
        sessions, interval_days, top_up_days: of the course, as planned or adopted; None is not
            said.
        technique: code, told in plain words if known.
        own: this clinic's medians by effect, as from `own_medians`; fewer than ENOUGH_REPORTS
            reports are not told.
        figure: female or male.
        patient: an opaque id for the foot, if wanted; never a name.
        note: the practitioner's own words, plain text.
    """

    clinic: str
    protocol: str
    areas: tuple[AreaSide, ...]
    printed_on: date
    contact: str = ""
    indication: str | None = None
    dates: tuple[date, ...] = ()
    at: time | None = None
    sessions: int | None = None
    interval_days: int | None = None
    top_up_days: int | None = None
    technique: str | None = None
    own: Mapping[str, OwnMedian] = field(default_factory=dict)
    figure: str = "female"
    patient: str = ""
    note: str = ""


def own_medians(rows: Iterable[Mapping[Any, Any]]) -> dict[str, OwnMedian]:
    """The medians of the side-effects report by effect: code -> days and number of reports.

    Args:
        rows: with `effect`, `n` and `median_days` (missing where half are not over yet), as
            `reports.side_effects` gives them for the protocol.
    """
    return {
        str(row["effect"]): OwnMedian(int(row["n"]), float(row["median_days"]))
        for row in rows
        if row["median_days"] is not None and math.isfinite(float(row["median_days"]))
    }


def facts(ask: Handout, catalogue: Catalogue, language: Language) -> dict[str, Any]:
    """Everything the template shows, as plain data (texts, lists of texts).

    Raises:
        LanguageError: the language file lacks a text.
        KeyError: a protocol the catalogue does not have.
    """
    say = language.text
    protocol = catalogue.protocols[ask.protocol]
    areas = language.areas(ask.areas)
    return {
        "lang": language.code,
        "clinic": plain(ask.clinic, 90),
        "contact": plain(ask.contact, 120),
        "title": say(f"protocols.{protocol.code}.name"),
        "indication": say(f"indications.{ask.indication}") if ask.indication else "",
        "heads": {key: say(f"titles.{key}") for key in _HEADS},
        "what": _what(ask, protocol, language),
        "areas": list(areas),
        "figure_alt": say("sentences.figure", areas="; ".join(areas)),
        "letters": [say("sides.right_letter"), say("sides.left_letter")],
        **_dates(ask, language),
        "expect": {
            "intro": say("sentences.expect"),
            "rows": _expect(ask, catalogue, protocol, language),
            "serious": say("sentences.serious"),
            "basis": _basis(ask, language),
        },
        "aftercare": _aftercare(ask, catalogue, language),
        "flags": _flags(catalogue, language),
        "note": plain(ask.note, _LONGEST),
        "foot": say(
            "sentences.foot", clinic=plain(ask.clinic, 90), date=language.day(ask.printed_on)
        ),
        "patient": say("sentences.patient", patient=plain(ask.patient, 64)) if ask.patient else "",
    }


def plain(text: str, longest: int) -> str:
    """One line of text: no control characters, no line breaks, cut where it is too long."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def aftercare_for(catalogue: Catalogue, protocol: str, areas: Collection[str]) -> list[Aftercare]:
    """The instructions for a protocol in these areas, each said once.

    Where sources disagree on how long, the longest is told: rows on one topic and for one scope
    that begin together, and whose codes begin with the same word (`wash_8`, `wash_12`), say the
    same thing for different times. A row for some areas only (`wash_scalp_days`) takes the place
    of the general one if it speaks of all the areas asked about.
    """
    longest: dict[tuple[Any, ...], Aftercare] = {}
    for row in catalogue.aftercare_for([protocol], areas):
        same = (*_same(row), row.areas)
        if same not in longest or _end(row) > _end(longest[same]):
            longest[same] = row
    rows = list(longest.values())
    whole = {
        _same(row): _end(row)
        for row in rows
        if row.areas and all(catalogue.covered((a,)) & catalogue.covered(row.areas) for a in areas)
    }
    return [row for row in rows if row.areas or whole.get(_same(row), -1.0) < _end(row)]


def _same(row: Aftercare) -> tuple[Any, ...]:
    return row.topic, row.scope, row.from_hours, row.code.partition("_")[0]


def effects_told(
    catalogue: Catalogue, protocol: Protocol, own: Mapping[str, OwnMedian]
) -> tuple[str, ...]:
    """Which effects a handout tells of: this clinic's commonest, then those sources report for the
    protocol, then those the founding text promises for any; at most MOST_EFFECTS.
    """  # noqa: D205
    counted = sorted(
        (code for code in own if own[code].n >= ENOUGH_REPORTS and code in catalogue.side_effects),
        key=lambda code: -own[code].n,
    )
    promised = [e.code for e in catalogue.side_effects.values() if e.promised_days is not None]
    told = dict.fromkeys([*counted, *protocol.expected_effects, *promised])
    told.pop("other", None)
    return tuple(told)[:MOST_EFFECTS]


def _end(row: Aftercare) -> float:
    return math.inf if row.to_hours is None else row.to_hours


def _what(ask: Handout, protocol: Protocol, language: Language) -> list[str]:
    said = [language.text(f"protocols.{protocol.code}.what")]
    technique = ask.technique
    if technique is None and len(protocol.techniques) == 1:
        technique = protocol.techniques[0]
    if technique is not None:
        said.append(language.text(f"techniques.{technique}"))
    sessions = ask.sessions or len(ask.dates) or None
    if sessions is not None:
        count = language.count("session", sessions)
        if sessions > 1 and ask.interval_days is not None:
            days = language.count("day", ask.interval_days)
            said.append(language.text("sentences.course", sessions=count, days=days))
        else:
            said.append(language.text("sentences.course_once", sessions=count))
    if ask.top_up_days is not None:
        days = language.count("day", ask.top_up_days)
        said.append(language.text("sentences.top_up", days=days))
    return said


def _dates(ask: Handout, language: Language) -> dict[str, Any]:
    shown = ask.dates if len(ask.dates) <= MOST_DATES else ask.dates[: MOST_DATES - 1]
    rows = []
    for number, day in enumerate(shown, 1):
        said = {"number": number, "day": language.day(day, "short")}
        if ask.at is None:
            rows.append(language.text("sentences.session_dated", **said))
        else:
            said["time"] = language.time(ask.at)
            rows.append(language.text("sentences.session_timed", **said))
    more = len(ask.dates) - len(shown)
    if more:
        rows.append(language.text("sentences.more_dates", sessions=language.count("session", more)))
    return {"dates": rows, "no_dates": "" if rows else language.text("sentences.no_dates")}


def _expect(
    ask: Handout, catalogue: Catalogue, protocol: Protocol, language: Language
) -> list[dict[str, str]]:
    rows = []
    for code in effects_told(catalogue, protocol, ask.own):
        own = ask.own.get(code)
        if own is not None and own.n >= ENOUGH_REPORTS:
            n = language.count("report", own.n)
            if own.days == 0:
                text = language.text("sentences.own_same_day", n=n)
            else:
                text = language.text("sentences.own", time=language.duration(own.days), n=n)
        else:
            text = _published(code, protocol, language)
        rows.append({"name": language.text(f"effects.{code}.name"), "text": text})
    return rows


def _basis(ask: Handout, language: Language) -> str:
    told = any(own.n >= ENOUGH_REPORTS for own in ask.own.values())
    keys = ["sentences.basis_own", "sentences.basis"] if told else ["sentences.basis"]
    return " ".join(language.text(key) for key in keys)


def _published(code: str, protocol: Protocol, language: Language) -> str:
    keys = [f"effects.{code}.lasts"]
    if _LIPOLYSIS.intersection(protocol.components):
        keys.insert(0, f"effects.{code}.lasts_lipolysis")
    for key in keys:
        if language.has(key):
            return language.text("sentences.published", time=language.text(key))
    return language.text("sentences.unknown")


def _aftercare(ask: Handout, catalogue: Catalogue, language: Language) -> list[dict[str, Any]]:
    codes = [site.area for site in ask.areas]
    windows: dict[str, list[str]] = {name: [] for name, _ in (*_WINDOWS, ("longer", 0.0))}
    for row in sorted(aftercare_for(catalogue, ask.protocol, codes), key=_end):
        name = next((name for name, end in _WINDOWS if _end(row) <= end), "longer")
        windows[name].append(language.text(f"aftercare.{row.code}"))
    return [
        {"head": language.text(f"windows.{name}"), "items": items}
        for name, items in windows.items()
        if items
    ]


def _flags(catalogue: Catalogue, language: Language) -> list[dict[str, Any]]:
    """The warning signs after a treatment, those with one action together, emergencies first."""
    after: Sequence[Any] = [f for f in catalogue.red_flags.values() if f.phase == "after"]
    groups: dict[str, list[str]] = {}
    for flag in sorted(after, key=lambda f: f.urgency != "emergency"):
        action = language.text(f"red_flags.{flag.code}.action")
        groups.setdefault(action, []).append(language.text(f"red_flags.{flag.code}.sign"))
    return [{"action": action, "signs": signs} for action, signs in groups.items()]
