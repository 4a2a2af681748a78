"""The contents of a patient's handout, in the language in use: words only, no drawing."""

import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Final

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.durations import expected_duration
from mesodash.catalogue.types import Aftercare, Catalogue, Duration, Protocol
from mesodash.consult.handout.diary import diary_facts
from mesodash.language import (
    _,
    catalogue_text,
    current,
    format_day,
    format_duration,
    format_time,
    format_trimmed,
    keep_units_together,
    ngettext,
    patient_text,
    pgettext,
)

ENOUGH_REPORTS: Final = 10
"""The fewest reports from which a clinic's own median is given."""
MOST_EFFECTS: Final = 6
MOST_DATES: Final = 16
# The ends of the windows into which instructions are grouped, hours; the last has no end.
_WINDOWS: Final = (24.0, 72.0, 336.0)
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class OwnMedian:
    """How long an effect lasted in this clinic: days until half were over, from n reports."""

    n: int
    days: float


@dataclass(frozen=True, slots=True)
class Handout:
    """The input of a handout.

    Attributes:
        clinic: the clinic's name; contact: how to reach it, in one line.
        protocol, indication: codes; the indication may be left out.
        areas: where, with the patient's sides.
        printed_on: the day printed at the foot.
        dates: of the planned sessions; `at` their time of day; empty where none are planned.
        sessions, interval_days, top_up_days: of the course, as planned or adopted; None is not
            said.
        technique: code, told in plain words if known.
        own: this clinic's medians by effect, as from `own_medians`; fewer than ENOUGH_REPORTS
            reports are left out.
        figure: female or male.
        patient: an opaque id for the foot, if wanted; never a name.
        note: the practitioner's own words, plain text.
        diary: whether a second page is a diary of fourteen days.
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
    diary: bool = False


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


def facts(ask: Handout, catalogue: Catalogue) -> dict[str, Any]:
    """Everything the template shows, as plain data (texts, lists of texts), in the language in use.

    Raises:
        KeyError: a protocol the catalogue does not have.
    """
    protocol = catalogue.protocols[ask.protocol]
    areas = area_words(ask.areas, catalogue)
    clinic, printed_on = plain(ask.clinic, 90), format_day(ask.printed_on, "long")
    patient = plain(ask.patient, 64)
    said: dict[str, Any] = {
        "title": words("protocols", protocol.code, "label", protocol.label),
        "indication": _indication(ask, catalogue),
        "heads": _heads(),
        "what": _what(ask, protocol),
        "areas": list(areas),
        "figure_alt": _("Figure with the treated areas: {areas}").format(areas="; ".join(areas)),
        **_dates(ask),
        "expect": {
            "intro": _(
                "These have been reported after injections like yours. Not everybody has them."
            ),
            "rows": _expect(ask, catalogue, protocol),
            "serious": _(
                "Serious side effects have been reported, too. Look out for these signs, also"
                " weeks later."
            ),
            "basis": _basis(ask, catalogue, protocol),
        },
        "aftercare": _aftercare(ask, catalogue),
        "flags": _flags(catalogue),
    }
    if ask.diary:
        said["diary"] = diary_facts(
            [row["name"] for row in said["expect"]["rows"]],
            ask.dates[0] if len(ask.dates) == 1 else None,
            plain(ask.contact, 120),
        )
    return _unbroken(said) | {
        "lang": current().code,
        "clinic": clinic,
        "contact": plain(ask.contact, 120),
        "letters": [pgettext("letter on the figure", "R"), pgettext("letter on the figure", "L")],
        "note": plain(ask.note, _LONGEST),
        "foot": _("{clinic} · printed on {date}").format(clinic=clinic, date=printed_on),
        "patient": _("Patient number {patient}").format(patient=patient) if patient else "",
    }


def words(kind: str, code: str, field: str, cell: str) -> str:
    """What patients are told about a row of the catalogue: plain words, else the cell itself.

    Args:
        kind: the catalogue's file without its ending, such as `areas`.
        code: the row's code.
        field: the column.
        cell: its text.
    """
    return patient_text(kind, code, field) or catalogue_text(kind, code, field, cell)


def area_words(sites: Sequence[AreaSide], catalogue: Catalogue) -> tuple[str, ...]:
    """Areas with the patient's side, in their order; left and right of one are named together.

    `Cheek, left`; `Cheek, both sides`; the midline says no side.
    """
    chosen = set(sites)
    said: dict[str, None] = {}
    for site in sites:
        pair = {AreaSide(site.area, "left"), AreaSide(site.area, "right")}
        side = "both" if site in pair and pair <= chosen else site.side
        area = words("areas", site.area, "label", catalogue.areas[site.area].label)
        said[_area_and_side(area, side)] = None
    return tuple(said)


def _area_and_side(area: str, side: str) -> str:
    match side:
        case "left":
            return _("{area}, left").format(area=area)
        case "right":
            return _("{area}, right").format(area=area)
        case "both":
            return _("{area}, both sides").format(area=area)
        case _:
            return area


def _heads() -> dict[str, str]:
    return {
        "handout": _("Your treatment"),
        "what": _("What is done"),
        "where": _("Where"),
        "dates": _("Your appointments"),
        "expect": _("What to expect"),
        "afterwards": _("Afterwards"),
        "warning": _("When to get help"),
        "note": _("From your clinic"),
    }


def _indication(ask: Handout, catalogue: Catalogue) -> str:
    if not ask.indication:
        return ""
    label = catalogue.indications[ask.indication].label
    return words("indications", ask.indication, "label", label)


def _unbroken(said: dict[str, Any]) -> dict[str, Any]:
    """The same texts with no-break spaces between numbers and units."""

    def kept(value: Any) -> Any:
        if isinstance(value, str):
            return keep_units_together(value)
        if isinstance(value, dict):
            return {key: kept(inner) for key, inner in value.items()}
        return [kept(inner) for inner in value] if isinstance(value, list) else value

    return {key: kept(value) for key, value in said.items()}


def plain(text: str, longest: int) -> str:
    """One line of text: no control characters, no line breaks, cut where it is too long."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def aftercare_for(catalogue: Catalogue, protocol: str, areas: Collection[str]) -> list[Aftercare]:
    """The instructions for a protocol in these areas, each given once.

    Where sources disagree on how long, the longest is given: rows on one topic and for one scope
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


def effects_mentioned(
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


def _what(ask: Handout, protocol: Protocol) -> list[str]:
    technique = ask.technique
    if technique is None and len(protocol.techniques) == 1:
        technique = protocol.techniques[0]
    said = [patient_text("protocols", protocol.code, "what")]
    if technique is not None:
        said.append(patient_text("techniques", technique, "what"))
    n = ask.sessions or len(ask.dates)
    if n:
        sessions = _sessions(n)
        if n > 1 and ask.interval_days is not None:
            days = format_duration(ask.interval_days, "long")
            said.append(_("{sessions}, about {days} apart.").format(sessions=sessions, days=days))
        else:
            said.append(f"{sessions}.")
    if ask.top_up_days is not None:
        days = format_duration(ask.top_up_days, "long")
        said.append(_("A top-up may follow about {days} after the last session.").format(days=days))
    return [sentence for sentence in said if sentence]


def _sessions(n: int) -> str:
    return ngettext("{n} session", "{n} sessions", n).format(n=n)


def _dates(ask: Handout) -> dict[str, Any]:
    shown = ask.dates if len(ask.dates) <= MOST_DATES else ask.dates[: MOST_DATES - 1]
    rows = []
    for number, date_ in enumerate(shown, 1):
        day = format_day(date_, "weekday")
        if ask.at is None:
            rows.append(f"{number}. {day}")
        else:
            at = format_time(ask.at, "spoken")
            rows.append(_("{number}. {day}, {time}").format(number=number, day=day, time=at))
    more = len(ask.dates) - len(shown)
    if more:
        rows.append(_("and {sessions} more").format(sessions=_sessions(more)))
    return {"dates": rows, "no_dates": "" if rows else _("The dates are not fixed yet.")}


def _expect(ask: Handout, catalogue: Catalogue, protocol: Protocol) -> list[dict[str, str]]:
    rows = []
    for code in effects_mentioned(catalogue, protocol, ask.own):
        own = ask.own.get(code)
        if own is None or own.n < ENOUGH_REPORTS:
            text = _lasting(catalogue, code, protocol)
        else:
            n = ngettext("{n} report", "{n} reports", own.n).format(n=own.n)
            if own.days == 0:
                text = _("In this clinic half were over on the same day ({n}).").format(n=n)
            else:
                text = _("In this clinic half were over within {time} ({n}).").format(
                    time=format_duration(own.days, "long"), n=n
                )
        label = catalogue.side_effects[code].label
        rows.append({"name": words("side_effects", code, "label", label), "text": text})
    return rows


def _basis(ask: Handout, catalogue: Catalogue, protocol: Protocol) -> str:
    """What the words of the rows mean; only of those that are used."""
    said = []
    told = effects_mentioned(catalogue, protocol, ask.own)
    counted = [code for code in told if (own := ask.own.get(code)) and own.n >= ENOUGH_REPORTS]
    if counted:
        said.append(
            _(
                "“In this clinic” counts what its own patients reported, with those still open"
                " counted as open."
            )
        )
    others = [expected_duration(catalogue, c, protocol.code) for c in told if c not in counted]
    if any(one.own for one in others):
        said.append(_("“Published” is what was found in the literature."))
    if any(one.own is None and one.days is not None for one in others):
        said.append(_("“Often said” is what patients are usually told; nobody measured it."))
    said.append(_("Your own time may differ."))
    return " ".join(said)


def _lasting(catalogue: Catalogue, code: str, protocol: Protocol) -> str:
    """How long an effect lasts: published for this substance, else promised; labelled as which."""
    expected = expected_duration(catalogue, code, protocol.code)
    if expected.own is not None:
        return _published(expected.own)
    said = []
    if expected.effect.promised_text is not None:
        time = patient_text("side_effects", code, "lasts") or expected.effect.promised_text
        said.append(_("Often said: {time}.").format(time=time))
    if expected.needle is not None:
        said.append(
            _("After the needle alone half were over within {time}.").format(
                time=_span(expected.needle)
            )
        )
    return " ".join(said) or _("How long it lasts has not been published.")


def _published(row: Duration) -> str:
    match row.kind:
        case "median":
            return _("Published: half were over within {time}.").format(time=_span(row))
        case "usual":
            return _("Published: about {time}.").format(time=_span(row))
        case "range":
            return _("Published: at most {time}.").format(time=_span(row))


def _span(row: Duration) -> str:
    """The days of a row, in words; the figures of several groups as a span."""
    high = row.days_max if row.days_max is not None else row.longest_days
    low = high if row.days_min is None else row.days_min
    if low == high:
        return format_duration(high, "long")
    return _("{low} to {high} days").format(
        low=format_trimmed(low, 1), high=format_trimmed(high, 1)
    )


def _aftercare(ask: Handout, catalogue: Catalogue) -> list[dict[str, Any]]:
    codes = [site.area for site in ask.areas]
    heads = (_("First 24 hours"), _("First 3 days"), _("First 2 weeks"), _("Throughout"))
    windows: dict[str, list[str]] = {head: [] for head in heads}
    for row in sorted(aftercare_for(catalogue, ask.protocol, codes), key=_end):
        window = bisect_left(_WINDOWS, _end(row))
        text = words("aftercare", row.code, "instruction", row.instruction)
        windows[heads[window]].append(text)
    return [{"head": head, "items": items} for head, items in windows.items() if items]


def _flags(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The warning signs after a treatment, those with one action together, emergencies first."""
    after: Sequence[Any] = [f for f in catalogue.red_flags.values() if f.phase == "after"]
    groups: dict[str, list[str]] = {}
    for flag in sorted(after, key=lambda f: f.urgency != "emergency"):
        action = words("red_flags", flag.code, "action", flag.action)
        groups.setdefault(action, []).append(words("red_flags", flag.code, "sign", flag.sign))
    return [{"action": action, "signs": signs} for action, signs in groups.items()]
