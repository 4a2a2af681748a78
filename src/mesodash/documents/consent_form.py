"""A consent as PDF: what was agreed to with its signature, or the form to be signed on paper."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from importlib.resources import files
from typing import Any, Final

import typst

from mesodash.language import _, format_day
from mesodash.records.patients.patients import Patient
from mesodash.records.watch.consents import TYPED, Consent

TEMPLATE: Final = "consent.typ"
_SVG: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 180"><path d="{path}" fill="none"'
    ' stroke="#10242b" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>'
)


def consent_pdf(
    purpose: str,
    protocol: str | None,
    words: Sequence[str],
    version: str | None,
    patient: Patient,
    consent: Consent | None,
    *,
    clinic: str,
    is_demo: bool,
    made_on: date,
    language: str = "en",
) -> bytes:
    """Typeset the consent; the same input gives the same bytes.

    Args:
        purpose: what it is for, in words.
        protocol: the protocol's name, or None for any.
        words: the sentences agreed to; none if the file does not hold that version.
        version: of the words.
        patient: who agrees.
        consent: as it was recorded; None for a form that is still to be signed.
        clinic: the clinic's name.
        is_demo: whether the patients are synthetic, which is then printed on it.
        made_on: the day it is made.
        language: of the page, for readers.
    """
    data = facts(
        purpose,
        protocol,
        words,
        version,
        patient,
        consent,
        clinic=clinic,
        is_demo=is_demo,
        made_on=made_on,
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
    purpose: str,
    protocol: str | None,
    words: Sequence[str],
    version: str | None,
    patient: Patient,
    consent: Consent | None,
    *,
    clinic: str,
    is_demo: bool,
    made_on: date,
) -> dict[str, Any]:
    """The values that the template reads."""
    signature = (consent.signature if consent else None) or ""
    typed = signature[len(TYPED) :] if signature.startswith(TYPED) else ""
    born = format_day(patient.birth_date) if patient.birth_date else ""
    who = [
        (_("Patient"), ", ".join(part for part in (patient.name, patient.patient_id) if part)),
        (_("Date of birth"), born),
        (_("Protocol"), protocol or _("any")),
        (_("Taken by"), (consent.taken_by or "") if consent else ""),
    ]
    notice = []
    if is_demo:
        notice.append(_("Synthetic patient of a demo clinic."))
    if consent and consent.withdrawn_on:
        notice.append(_("Withdrawn on {day}.").format(day=format_day(consent.withdrawn_on)))
    return {
        "title": _("Consent: {purpose}").format(purpose=purpose),
        "clinic": clinic,
        "notice": " ".join(notice),
        "facts": [[name, value] for name, value in who if value],
        "words": list(words),
        "no_words": _("The words of this version are not in this clinic's file."),
        "about": _(
            "Text {version}: facts of the catalogue in one text; have your own form looked at by a"
            " lawyer."
        ).format(version=version or _("not recorded")),
        "drawn": "" if typed or not signature else _SVG.format(path=signature),
        "typed": typed,
        "signed": _("Name, typed on the screen by the patient")
        if typed
        else _("Signature, drawn on the screen by the patient")
        if signature
        else _("Signature of the patient"),
        "day": format_day(consent.given_on) if consent else "",
        "dated": _("Day"),
        "foot": f"{clinic} · {consent.consent_id if consent else format_day(made_on.isoformat())}",
    }
