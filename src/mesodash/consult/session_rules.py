"""What a session's form must hold, may hold with a reason, or still lacks, a sentence for each.

A session that was held is recorded as it was, so little is refused: only what cannot be true, or
must not be used. What goes beyond what is published or adopted is kept together with its reason.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.rows.indications import OutcomeScale
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.consult.intervals import interval_of
from mesodash.language import _, format_day, format_days, format_range, format_trimmed
from mesodash.records.courses.protocol_versions import ProtocolVersion
from mesodash.records.stock.deliveries import StockItem, refusal
from mesodash.records.treatment.data_quality import ComponentBound, ProtocolBounds
from mesodash.records.treatment.entries import (
    AreaEntry,
    ProductEntry,
    SessionEntry,
    areas_volume_ml,
)
from mesodash.records.treatment.sessions import GivenThatDay

_DATE: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?", re.ASCII)

Level = Literal["refused", "reason", "note"]

DEEPEST_MM: Final = 30.0
"""Far deeper than needles for the skin reach: a typing error."""
USUAL_DEPTH_MM: Final = 13.0
"""As deep as the longest needle of the catalogue's techniques reaches; beyond it a reason is due,
as an import tells of it."""
TIMES_TOO_MUCH: Final = 10
"""So many times the reported volume a point is likely a decimal point in the wrong place."""
TIP_APART_MM: Final = 0.5
"""How far a recorded depth may lie from what angle and inserted length give: half a step each."""
LARGEST_ML: Final = 500.0
"""More than any session of the catalogue: a typing error, such as microlitres for mL."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on a field of the form.

    Attributes:
        field: held_at, areas, `area:<area>:<side>`, volume, `product:<number from 0>` or note.
        level: refused (cannot be saved), reason (saved with a note), or note (for information).
        sentence: what is wrong and what to do.
    """

    field: str
    level: Level
    sentence: str


@dataclass(frozen=True, slots=True)
class ComponentTotal:
    """How much of a component a patient has on the day of a session.

    Attributes:
        label: its name.
        mg: of this session and the others of the day.
        most_mg: the most that is given, by its label, a regulator or practitioners.
        elsewhere: whether other sessions of the day gave some of it.
    """

    label: str
    mg: float
    most_mg: float
    elsewhere: bool


def component_totals(
    entry: SessionEntry,
    catalogue: Catalogue,
    *,
    others: Sequence[GivenThatDay] = (),
    weight_kg: float | None = None,
) -> tuple[ComponentTotal, ...]:
    """What a session's mixture holds of the components that have a largest amount.

    Counted over all areas and over all held sessions of the day: a limit per session is not
    doubled by recording two.

    Args:
        entry: what was done.
        catalogue: strengths and limits.
        others: what the held sessions of the day gave; that of the entry itself is left out.
        weight_kg: of the patient, for limits a kg.
    """
    given = [(entry.protocol, areas_volume_ml(entry.areas), False)]
    given += [
        (one.protocol, one.volume_ml, True) for one in others if one.session_id != entry.session_id
    ]
    totals = []
    for bound in component_bounds(catalogue, entry.protocol or ""):
        parts = [
            (ml * one.mg_per_ml, other)
            for protocol, ml, other in given
            for one in component_bounds(catalogue, protocol or "")
            if one.component == bound.component
        ]
        per_kg = bound.max_mg_per_kg
        known = [bound.max_mg, None if None in (per_kg, weight_kg) else per_kg * weight_kg]  # type: ignore[operator]
        most = min((one for one in known if one is not None), default=None)
        if most is not None:
            label = catalogue.components[bound.component].label
            mg = round(sum(mg for mg, _other in parts), 3)
            totals.append(
                ComponentTotal(label, mg, round(most, 3), any(mg and other for mg, other in parts))
            )
    return tuple(totals)


def component_bounds(catalogue: Catalogue, protocol: str) -> tuple[ComponentBound, ...]:
    """The components of a protocol's mixture that have a strength and a largest amount."""
    return tuple(
        ComponentBound(one.component, one.mg_per_ml, limit.max_mg, limit.max_mg_per_kg)
        for one in catalogue.strengths.values()
        if one.protocol == protocol
        for limit in catalogue.dose_limits.values()
        if limit.component == one.component
        and not (limit.max_mg is None and limit.max_mg_per_kg is None)
    )


def findings(
    entry: SessionEntry,
    catalogue: Catalogue,
    *,
    version: ProtocolVersion | None,
    last_treated: Mapping[AreaSide, date],
    today: date,
    others: Sequence[GivenThatDay] = (),
    weight_kg: float | None = None,
) -> tuple[Finding, ...]:
    """All remarks on an entry, in the order of the form.

    Args:
        entry: what was done.
        catalogue: the published figures.
        version: the clinic's own version that was followed, if any; its limits take precedence.
        last_treated: the day each area and side of the patient was last treated before this
            session.
        today: the clinic's calendar day.
        others: what the held sessions of the day gave; that of the entry itself is left out.
        weight_kg: of the patient, for limits a kg.
    """
    protocol = catalogue.protocols.get(entry.protocol or "")
    found = [*_when(entry, today)]
    if not entry.areas:
        found.append(Finding("areas", "refused", _("Choose on the figure what was treated.")))
    for area in entry.areas:
        found += _area(area, catalogue, protocol)
    if protocol is not None:
        found += _volume(entry, protocol, version, others)
        found += _components(entry, catalogue, others, weight_kg)
        found += _rest(entry, catalogue, protocol, version, last_treated)
    found += _products(entry)
    return tuple(found)


def lot_findings(
    entry: SessionEntry,
    stock: Sequence[StockItem],
    on: date,
    *,
    known: Sequence[ProductEntry] = (),
) -> tuple[Finding, ...]:
    """The lots of an entry that the stock rules out: recalled, discarded or expired.

    Args:
        entry: what was used.
        stock: the clinic's deliveries.
        on: the day of the session.
        known: products as they were recorded before, which are accepted: a lot that was used before
            its recall was used.
    """
    return tuple(
        Finding(f"product:{number}", "refused", sentence)
        for number, used in enumerate(entry.products)
        if used not in known and (sentence := refusal(stock, used.product, used.lot, on))
    )


def limits(
    catalogue: Catalogue, versions: Mapping[str, ProtocolVersion]
) -> dict[str, ProtocolBounds]:
    """What each protocol allows: as adopted by the clinic, else as reported.

    Args:
        catalogue: the published figures.
        versions: the clinic's own versions in force, by protocol.
    """
    found = {}
    for code, protocol in catalogue.protocols.items():
        version = versions.get(code)
        own = version.parameters.max_volume_ml if version else None
        days = interval_of(catalogue, code, version).min_days
        found[code] = ProtocolBounds(
            protocol.max_volume_ml if own is None else own,
            protocol.max_volume_per == "side",
            None if days is None else int(days),
            component_bounds(catalogue, code),
        )
    return found


def needs_reason(found: Sequence[Finding], entry: SessionEntry) -> bool:
    """Whether something goes beyond what is published or adopted and no note says why."""
    return any(one.level == "reason" for one in found) and not (entry.note or "").strip()


def baseline_scales(catalogue: Catalogue, indication: str | None) -> tuple[OutcomeScale, ...]:
    """The scales of an indication that need a score before the first session.

    A scale that states a change itself needs none.
    """
    known = catalogue.indications.get(indication or "")
    scales = (catalogue.scales.get(code) for code in (known.scales if known else ()))
    return tuple(scale for scale in scales if scale is not None and not scale.is_change)


def missing(entry: SessionEntry, *, consent: bool, screened: bool, baseline: bool) -> list[str]:
    """What the record of this session lacks, as words for a checklist; empty when complete."""
    lacks = []
    if not entry.products:
        lacks.append("products")
    elif any(used.lot is None for used in entry.products):
        lacks.append("lots")
    dosed = [area.volume_ml is not None or area.points is not None for area in entry.areas]
    if not dosed or not all(dosed):
        lacks.append("dose")
    for there, name in ((screened, "screening"), (consent, "consent"), (baseline, "baseline")):
        if not there:
            lacks.append(name)
    return lacks


def _when(entry: SessionEntry, today: date) -> list[Finding]:
    on = date.fromisoformat(entry.held_at[:10])
    day = format_day(on.isoformat())
    if on > today:
        sentence = _("A session on {day} is still to come; record it once it was held.")
        return [Finding("held_at", "refused", sentence.format(day=day))]
    if on.year < 1900:
        sentence = _("{day} is not a day of this clinic; correct the year.")
        return [Finding("held_at", "refused", sentence.format(day=day))]
    if entry.ends_before_it_begins:
        sentence = _("The session ends before it begins; correct one of the times.")
        return [Finding("held_at", "refused", sentence)]
    return []


def _area(area: AreaEntry, catalogue: Catalogue, protocol: Protocol | None) -> list[Finding]:
    field = f"area:{area.area}:{area.side}"
    names = {"area": catalogue.label(area.area, area.side)}
    found = []
    if area.depth_mm is not None and area.depth_mm > DEEPEST_MM:
        sentence = _("{mm} mm at {area} is deeper than skin; correct it.")
        mm = format_trimmed(area.depth_mm)
        found.append(Finding(field, "refused", sentence.format(mm=mm, **names)))
    elif area.depth_mm is not None and area.depth_mm > USUAL_DEPTH_MM:
        sentence = _(
            "{mm} mm at {area} is deeper than needles for the skin reach ({usual} mm): correct it,"
            " or say in the note why."
        )
        numbers = {"mm": format_trimmed(area.depth_mm), "usual": format_trimmed(USUAL_DEPTH_MM)}
        found.append(Finding(field, "reason", sentence.format(**numbers, **names)))
    if area.volume_ml is not None and area.volume_ml > LARGEST_ML:
        sentence = _("{ml} mL at {area} cannot be; give the volume in mL.")
        ml = format_trimmed(area.volume_ml)
        found.append(Finding(field, "refused", sentence.format(ml=ml, **names)))
    tip = area.tip_mm
    if tip is not None and area.depth_mm is not None and abs(tip - area.depth_mm) > TIP_APART_MM:
        sentence = _(
            "{mm} mm is recorded at {area}; angle and inserted length give {tip} mm: correct one."
        )
        numbers = {"mm": format_trimmed(area.depth_mm), "tip": format_trimmed(tip)}
        found.append(Finding(field, "note", sentence.format(**numbers, **names)))
    if protocol is None:
        return found
    names["protocol"] = protocol.label
    if area.area not in catalogue.covered(protocol.areas):
        sentence = _("No source reports {protocol} at {area}; say in the note why there.")
        found.append(Finding(field, "reason", sentence.format(**names)))
    low, high = protocol.depth_mm_min, protocol.depth_mm_max
    if area.depth_mm is not None and (
        (low is not None and area.depth_mm < low) or (high is not None and area.depth_mm > high)
    ):
        sentence = _("{mm} mm at {area}; reported for {protocol}: {reported} mm.")
        numbers = {"mm": format_trimmed(area.depth_mm), "reported": format_range(low, high)}
        found.append(Finding(field, "note", sentence.format(**numbers, **names)))
    return found + _volume_a_point(area, protocol, names)


def _volume_a_point(area: AreaEntry, protocol: Protocol, names: Mapping[str, str]) -> list[Finding]:
    """What an area's volume and points come to a point, beside what is reported."""
    reported = protocol.volume_per_point_ml
    if reported is None or not area.points or area.volume_ml is None:
        return []
    each = area.volume_ml / area.points
    if each <= reported * 1.001:
        return []
    numbers = {"ml": format_trimmed(round(each, 3)), "reported": format_trimmed(reported)}
    field = f"area:{area.area}:{area.side}"
    if each < reported * TIMES_TOO_MUCH:
        sentence = _("{ml} mL a point at {area}; reported for {protocol}: {reported} mL.")
        return [Finding(field, "note", sentence.format(**numbers, **names))]
    sentence = _(
        "{ml} mL a point at {area} is far more than the {reported} mL reported for {protocol}:"
        " correct it, or say in the note why."
    )
    return [Finding(field, "reason", sentence.format(**numbers, **names))]


def _components(
    entry: SessionEntry,
    catalogue: Catalogue,
    others: Sequence[GivenThatDay],
    weight_kg: float | None,
) -> list[Finding]:
    found = []
    for one in component_totals(entry, catalogue, others=others, weight_kg=weight_kg):
        if one.mg <= one.most_mg + 1e-9:
            continue
        sentence = _(
            "{mg} mg of {component} on this day is more than the {most} mg that is given at most:"
            " correct it, or say in the note why."
        )
        words = sentence.format(
            mg=format_trimmed(one.mg), component=one.label, most=format_trimmed(one.most_mg)
        )
        found.append(Finding("volume", "reason", words))
    return found


def _volume(
    entry: SessionEntry,
    protocol: Protocol,
    version: ProtocolVersion | None,
    others: Sequence[GivenThatDay],
) -> list[Finding]:
    own = version.parameters.max_volume_ml if version else None
    most = protocol.max_volume_ml if own is None else own
    if most is None:
        return []
    if protocol.max_volume_per == "side":
        given = max((area.volume_a_side_ml or 0.0 for area in entry.areas), default=0.0)
        published = _("{ml} mL is more than the {most} mL an area that is reported at most")
        adopted = _("{ml} mL is more than the {most} mL an area that this clinic adopted")
    else:
        given = areas_volume_ml(entry.areas) + sum(
            one.volume_ml
            for one in others
            if one.protocol == entry.protocol and one.session_id != entry.session_id
        )
        published = _("{ml} mL is more than the {most} mL a session that is reported at most")
        adopted = _("{ml} mL is more than the {most} mL a session that this clinic adopted")
    if given <= most + 1e-9:
        return []
    sentence = (published if own is None else adopted).format(
        ml=format_trimmed(given), most=format_trimmed(most)
    )
    fix = _("{problem}: correct it, or say in the note why.").format(problem=sentence)
    return [Finding("volume", "reason", fix)]


def _rest(
    entry: SessionEntry,
    catalogue: Catalogue,
    protocol: Protocol,
    version: ProtocolVersion | None,
    last_treated: Mapping[AreaSide, date],
) -> list[Finding]:
    least = interval_of(catalogue, protocol.code, version).min_days
    if least is None:
        return []
    on = date.fromisoformat(entry.held_at[:10])
    found = []
    for area in entry.areas:
        last = last_treated.get(AreaSide(area.area, area.side))
        since = None if last is None else (on - last).days
        if since is not None and 0 <= since < least:
            sentence = (
                _("{area} was treated {days} before; the interval is at least {least}.")
                if since
                else _("{area} was treated on that day before; the interval is at least {least}.")
            )
            words = sentence.format(
                area=catalogue.label(area.area, area.side),
                days=format_days(since),
                least=format_days(least),
            )
            found.append(Finding(f"area:{area.area}:{area.side}", "note", words))
    return found


def _products(entry: SessionEntry) -> list[Finding]:
    on = entry.held_at[:10]
    found = []
    for number, used in enumerate(entry.products):
        field, expires = f"product:{number}", used.expires_on
        if expires is None:
            continue
        if not _DATE.fullmatch(expires):
            sentence = _("Give the date on the package as 2027-03 or 2027-03-31.")
            found.append(Finding(field, "refused", sentence))
        # A month counts until its end: 7 characters are compared of "2027-03" and "2027-03-15".
        elif expires < on[: len(expires)]:
            sentence = _(
                "{product}, lot {lot}, expired on {day}; take another lot, or correct the date."
            )
            words = sentence.format(
                product=used.product, lot=used.lot or "?", day=format_day(expires)
            )
            found.append(Finding(field, "refused", words))
    return found
