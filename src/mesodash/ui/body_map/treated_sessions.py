"""Treated sessions in words: as marks on a timeline, as rows of a table, with what followed."""

from collections.abc import Sequence
from datetime import date, datetime

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue
from mesodash.figures.timeline import Lasted, Measured, SessionMark
from mesodash.language import N_, _, ngettext
from mesodash.records.patients.overview import ComingSession, CourseScore
from mesodash.records.treatment.history import EffectSeen, TreatedSession
from mesodash.ui.parts import markup, phrases
from mesodash.ui.planning import planned_sessions

FULL_DATE = len("2026-01-31")
COLUMNS = {
    "date": (N_("Date"), "short"),
    "patient": (N_("Patient"), "short"),
    "area": (N_("Area"), ""),
    "side": (N_("Side"), "short"),
    "protocol": (N_("Protocol"), "wide"),
    "dose": (N_("Dose"), "short"),
    "products": (N_("Products"), "wide"),
    "effects": (N_("Side effects"), "wide"),
    "outcome": (N_("Outcome"), "wide"),
}
SIDES = {
    "left": N_("left"),
    "right": N_("right"),
    "both": N_("both"),
    "midline": N_("midline"),
}


def visits(
    catalogue: Catalogue,
    rows: Sequence[TreatedSession],
    planned: Sequence[ComingSession],
    chosen: Sequence[AreaSide],
    *,
    with_patient: bool,
) -> list[SessionMark]:
    """Held and planned sessions as marks: one lane per area and side, one group per protocol."""
    marks = [
        SessionMark(
            lane=catalogue.label(row.area, row.side),
            at=row.held_at,
            group=planned_sessions.protocol_words(catalogue, row.protocol),
            words="<br>".join(_words(catalogue, row, with_patient=with_patient)),
        )
        for row in rows
    ]
    for session in planned:
        for lane in _planned_lanes(catalogue, session, rows, chosen):
            group = planned_sessions.protocol_words(catalogue, session.protocol)
            words = "<br>".join((phrases.day(session.planned_at), group, _("planned")))
            marks.append(SessionMark(lane, session.planned_at, group, words, planned=True))
    return marks


def _planned_lanes(
    catalogue: Catalogue,
    session: ComingSession,
    rows: Sequence[TreatedSession],
    chosen: Sequence[AreaSide],
) -> list[str]:
    """Where a planned session is drawn: its areas; else, as its plan names none, its course's so
    far, else its protocol's, else the chosen ones, else a lane that says so.
    """  # noqa: D205
    places = dict.fromkeys(
        session.places
        or [
            (row.area, row.side)
            for row in rows
            if row.course_id and row.course_id == session.course_id
        ]
        or [(row.area, row.side) for row in rows if row.protocol == session.protocol]
        or [(site.area, site.side) for site in chosen]
    )
    return [catalogue.label(*place) for place in places] or [_("Area not planned yet")]


def _words(catalogue: Catalogue, row: TreatedSession, *, with_patient: bool) -> list[str]:
    lines = [phrases.day(row.held_at), planned_sessions.protocol_words(catalogue, row.protocol)]
    if with_patient:
        lines.insert(0, row.patient_id)
    lines.append(dose(row))
    lines += [
        ", ".join((_product(product, lot), *((_volume(ml),) if ml is not None else ())))
        for product, lot, ml in row.products
    ]
    lines += [effect_words(catalogue, effect) for effect in row.effects]
    return [_plain(line) for line in lines if line != phrases.MISSING]


def _product(product: str, lot: str | None) -> str:
    return _("{product}, lot {lot}").format(product=product, lot=lot) if lot else product


def _volume(ml: float) -> str:
    return _("{number} mL").format(number=phrases.plain(ml))


def _plain(text: str) -> str:
    """Text with plotly's markup escaped, because products and terms are free text."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def lasted(catalogue: Catalogue, rows: Sequence[TreatedSession]) -> list[Lasted]:
    """Side effects whose onset is known to the day; one without a later day lasts one day."""
    bars = []
    seen = set()
    for row in rows:
        for effect in row.effects:
            key = (row.session_id, effect)
            if len(effect.onset_at) < FULL_DATE or key in seen:
                continue
            seen.add(key)
            end = effect.resolved_at or effect.gone_by_at
            if end is not None and len(end) < FULL_DATE:
                continue
            known = catalogue.side_effects.get(effect.effect)
            bars.append(
                Lasted(
                    effect=known.label if known else effect.effect,
                    start=effect.onset_at,
                    end=end or effect.last_seen_at or effect.onset_at,
                    ended=end is not None,
                    words=_plain(
                        f"{phrases.day(effect.onset_at)}: {effect_words(catalogue, effect)}"
                    ),
                )
            )
    return bars


def scores(catalogue: Catalogue, measured: Sequence[CourseScore]) -> list[Measured]:
    """Outcomes of the patient in the order of their days."""
    return [
        Measured(catalogue.scales[one.scale].label, one.measured_on[:FULL_DATE], one.value)
        for one in measured
        if one.scale in catalogue.scales
    ]


def show_table(catalogue: Catalogue, rows: Sequence[TreatedSession], *, with_patient: bool) -> None:
    """Draw the sessions: when, whom, with what, how much, what followed."""
    patients = len({row.patient_id for row in rows})
    several = len({row.area for row in rows}) > 1
    hidden = {"side" if several else "area", *(() if with_patient else ("patient",))}
    markup.show(
        "table",
        title=_("History here"),
        aside=ngettext("{n} entry, newest first", "{n} entries, newest first", len(rows)).format(
            n=phrases.number(len(rows))
        ),
        caption=ngettext(
            "{n} patient; held sessions only. Every view of this list is logged.",
            "{n} patients; held sessions only. Every view of this list is logged.",
            patients,
        ).format(n=phrases.number(patients)),
        columns=[
            {"label": _(label), "number": False, "help": "", "kind": kind}
            for code, (label, kind) in COLUMNS.items()
            if code not in hidden
        ],
        rows=[_row(catalogue, row, with_patient=with_patient, several=several) for row in rows],
    )


def _row(
    catalogue: Catalogue, row: TreatedSession, *, with_patient: bool, several: bool
) -> list[str]:
    products = dict.fromkeys(_product(product, lot) for product, lot, _ml in row.products)
    cells = [
        phrases.day(row.held_at),
        catalogue.label(row.area, row.side) if several else _(SIDES.get(row.side, row.side)),
        _protocol(catalogue, row),
        dose(row),
        "; ".join(products) or phrases.MISSING,
        "; ".join(effect_words(catalogue, effect) for effect in row.effects) or _("none reported"),
        "; ".join(
            f"{catalogue.scales[score.scale].label} {phrases.plain(score.value)}"
            for score in row.scores
            if score.scale in catalogue.scales
        )
        or phrases.MISSING,
    ]
    if with_patient:
        cells.insert(1, row.patient_id)
    return cells


def _protocol(catalogue: Catalogue, row: TreatedSession) -> str:
    if row.protocol is None:
        return phrases.MISSING
    known = catalogue.protocols.get(row.protocol)
    words = known.label if known else row.protocol
    if row.number and row.planned_sessions and row.number <= row.planned_sessions:
        text = _("{protocol} · {number} of {planned}")
    elif row.number:
        text = _("{protocol} · no. {number}")
    else:
        return words
    return text.format(protocol=words, number=row.number, planned=row.planned_sessions)


def dose(row: TreatedSession) -> str:
    """Volume and points of one treated area, or the sign for missing."""
    parts = []
    if row.volume_ml is not None:
        parts.append(_volume(row.volume_ml))
    if row.points is not None:
        points = ngettext("{n} point", "{n} points", row.points)
        parts.append(points.format(n=phrases.number(row.points)))
    return " · ".join(parts) or phrases.MISSING


def effect_words(catalogue: Catalogue, effect: EffectSeen) -> str:
    """A side effect and its length: "Bruising 4 days", "Swelling, still there after 7 days".

    A length is said only where both ends are known to the day; else the date as it was recorded.
    """
    known = catalogue.side_effects.get(effect.effect)
    name = known.label if known else effect.effect
    if known and known.other and effect.term:
        name = effect.term
    end = effect.resolved_at or effect.gone_by_at or effect.last_seen_at
    if not end:
        return _("{effect}, end not known").format(effect=name)
    length = _length(effect.onset_at, end)
    if effect.resolved_at:
        text = _("{effect} {length}") if length else _("{effect}, gone {day}")
    elif effect.gone_by_at:
        text = _("{effect}, gone within {length}") if length else _("{effect}, gone by {day}")
    elif length:
        text = _("{effect}, still there after {length}")
    else:
        text = _("{effect}, still there on {day}")
    return text.format(effect=name, length=length, day=phrases.day(end))


def _length(onset: str, end: str) -> str | None:
    """How long from onset to end: with times on both ends to the minute, else whole days."""
    if len(onset) < FULL_DATE or len(end) < FULL_DATE:
        return None
    if len(onset) > FULL_DATE and len(end) > FULL_DATE:
        passed = datetime.fromisoformat(end) - datetime.fromisoformat(onset)
        return phrases.duration(passed.total_seconds() / 86_400)
    days = (date.fromisoformat(end[:FULL_DATE]) - date.fromisoformat(onset[:FULL_DATE])).days
    return _("less than a day") if days == 0 else phrases.duration(days)
