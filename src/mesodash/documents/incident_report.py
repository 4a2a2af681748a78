"""The draft of a report to an authority from a red card, as PDF.

Which fields it has is the form's (`report_forms`): chosen by who uses it, since the record does not
know whether a product is a medicine, a device or a cosmetic. What the record does not hold reads
"not recorded"; nothing is sent anywhere.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from importlib.resources import files
from typing import Any, Final

import typst

from mesodash.catalogue.types import Catalogue
from mesodash.documents.report_forms import FORMS, Fields
from mesodash.language import _, format_day, format_days, format_moment, format_trimmed
from mesodash.records.patients.patients import Patient
from mesodash.records.treatment.effect_corrections import RecordedEffect
from mesodash.records.treatment.entries import ProductEntry
from mesodash.records.treatment.sessions import RecordedSession
from mesodash.records.watch.red_cards import RedCard

TEMPLATE: Final = "incident.typ"
Row = tuple[str, str, bool]
"""A field's name, its value, and whether that was recorded."""


def incident_report(
    card: RedCard,
    patient: Patient,
    session: RecordedSession | None,
    catalogue: Catalogue,
    *,
    clinic: str,
    is_demo: bool,
    practitioner: str | None,
    made_on: date,
    effects: Sequence[RecordedEffect] = (),
    form: str = "fda_device",
    country: str | None = None,
    language: str = "en",
) -> bytes:
    """Typeset the draft; the same input gives the same bytes.

    Args:
        card: the red card.
        patient: the patient; the draft contains the code, not the name.
        session: the session it followed, or None.
        catalogue: labels of areas, signs and techniques.
        clinic: the clinic's name.
        is_demo: whether the patients are synthetic, which is then printed on it.
        practitioner: who treated, or None.
        made_on: the day it is made.
        effects: the patient's side effects; what is recorded of those that the sign may be, after
            that session, goes into the draft.
        form: one of `report_forms.FORMS`.
        country: of the clinic, two letters, or None.
        language: of the page, for hyphenation and readers.
    """
    data = facts(
        card,
        patient,
        session,
        catalogue,
        clinic=clinic,
        is_demo=is_demo,
        practitioner=practitioner,
        made_on=made_on,
        effects=effects,
        form=form,
        country=country,
    ) | {"lang": language}
    compiler = typst.Compiler(
        (files("mesodash.documents") / TEMPLATE).read_bytes(), ignore_system_fonts=True
    )
    page = compiler.compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=datetime.combine(made_on, time(12), tzinfo=UTC),
    )
    if not isinstance(page, bytes):
        raise TypeError("typst gave several files")
    return page


def facts(
    card: RedCard,
    patient: Patient,
    session: RecordedSession | None,
    catalogue: Catalogue,
    *,
    clinic: str,
    is_demo: bool,
    practitioner: str | None,
    made_on: date,
    effects: Sequence[RecordedEffect] = (),
    form: str = "fda_device",
    country: str | None = None,
) -> dict[str, Any]:
    """The values that the template reads."""
    flag = catalogue.red_flags.get(card.flag)
    protocol = catalogue.protocols.get(session.entry.protocol or "") if session else None
    warning = _("Draft, not submitted: check every field, then report by the authority's own form.")
    if is_demo:
        warning += " " + _("Synthetic patient of a demo clinic.")
    age = None if patient.birth_year is None else made_on.year - patient.birth_year
    known = {
        "identifier": patient.patient_id,
        "age": None if age is None else _("about {n}").format(n=age),
        "sex": _(patient.sex) if patient.sex != "unknown" else None,
        "weight": None if patient.weight_kg is None else f"{format_trimmed(patient.weight_kg)} kg",
        "sign": flag.label if flag else card.flag,
        "told": card.note,
        "held_on": _day(card.held_at),
        "opened_at": format_moment(card.opened_at),
        "outcome": card.closing_reason,
        "examination": card.examination,
        "areas": _areas(session, catalogue),
        "operator": practitioner,
        "reporter": card.closed_by or card.owner or card.opened_by,
        "protocol": protocol.label if protocol else None,
        "route": _route(session, catalogue),
        "country": country,
        "clinic": clinic,
        "today": format_day(made_on.isoformat()),
        "card": card.red_card_id,
        "one": "1",
        "yes": _("Yes"),
    }
    known |= _of_effects(card, flag.side_effects if flag else (), effects)
    of = FORMS[form]
    used = session.entry.products if session else ()
    parts = []
    for part in of.parts:
        if not part.each_product or not used:
            parts.append(_part(_(part.title), part.fields, known))
        else:
            parts += [
                _part(
                    _("{part} {number}").format(part=_(part.title), number=number),
                    part.fields,
                    known | _of_product(one),
                )
                for number, one in enumerate(used, 1)
            ]
    return {
        "title": _("Report of an adverse event"),
        "clinic": clinic,
        "draft": _("DRAFT"),
        "warning": warning,
        "about": _("{form}. Fields after {source}; made {day} at {clinic}.").format(
            form=_(of.label),
            source=_(of.source),
            day=format_day(made_on.isoformat()),
            clinic=clinic,
        ),
        "foot": card.red_card_id,
        "parts": parts,
    }


def _of_effects(
    card: RedCard, codes: Sequence[str], effects: Sequence[RecordedEffect]
) -> dict[str, str | None]:
    """What the record holds of the side effects, after the card's session, that its sign may be."""
    mine = [one for one in effects if one.session_id == card.session_id and one.effect in codes]
    begun = min((one.onset_at for one in mine), default=None)
    ends = [one.resolved_at or one.gone_by_at for one in mine]
    treated = "; ".join(dict.fromkeys(one.treatment_given for one in mine if one.treatment_given))
    return {
        "onset": _day(begun),
        "ended": _day(max(end for end in ends if end)) if ends and all(ends) else None,
        "delay": _delay(card.held_at, begun),
        "fatal": _("Yes") if any(one.outcome == "fatal" for one in mine) else None,
        "told_and_treated": "; ".join(part for part in (card.note, treated) if part),
        "examined_and_treated": "; ".join(part for part in (card.examination, treated) if part),
    }


def _delay(held_at: str | None, begun: str | None) -> str | None:
    """The days from a session to an onset, where both are known to the day."""
    length = len("2026-11-22")
    if held_at is None or begun is None or min(len(held_at), len(begun)) < length:
        return None
    days = date.fromisoformat(begun[:length]) - date.fromisoformat(held_at[:length])
    return format_days(days.days)


def _of_product(one: ProductEntry) -> dict[str, str | None]:
    volume = None if one.volume_ml is None else f"{format_trimmed(one.volume_ml)} mL"
    return {
        "product": one.product,
        "maker": one.maker,
        "lot": one.lot,
        "expiry": _day(one.expires_on),
        "gtin": one.gtin,
        "serial": one.serial,
        "volume": volume,
    }


def _route(session: RecordedSession | None, catalogue: Catalogue) -> str | None:
    """The route of administration: the techniques of the session's areas."""
    codes = dict.fromkeys(one.technique for one in session.entry.areas) if session else {}
    known = [catalogue.techniques.get(code or "") for code in codes]
    return ", ".join(one.label for one in known if one is not None) or None


def _areas(session: RecordedSession | None, catalogue: Catalogue) -> str | None:
    if session is None:
        return None
    said = []
    for one in session.entry.areas:
        known = catalogue.techniques.get(one.technique or "")
        parts = [catalogue.label(one.area, one.side), known.label if known else ""]
        if one.depth_mm is not None:
            parts.append(f"{format_trimmed(one.depth_mm)} mm")
        if one.volume_ml is not None:
            parts.append(f"{format_trimmed(one.volume_ml)} mL")
        said.append(" · ".join(part for part in parts if part))
    return "; ".join(said)


def _day(day: str | None) -> str | None:
    return None if day is None else format_day(day)


def _part(title: str, fields: Fields, known: Mapping[str, str | None]) -> dict[str, Any]:
    rows: list[Row] = []
    for name, key in fields:
        value = known.get(key) if key else None
        rows.append((_(name), value or _("not recorded"), bool(value)))
    return {"title": title, "rows": rows}
