"""Consents: purpose, wording, when and how they were given, and when withdrawn."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import patient_number
from mesodash.records.store import vocabulary
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.store.form_ids import form_id

ACTION: Final = "consents.record"
TYPED: Final = "/s/ "
"""Precedes a name that was typed in place of a signature."""
MOST_STROKES: Final = 30_000
_PATH: Final = re.compile(r"(M\d{1,3} \d{1,3}(L\d{1,3} \d{1,3})+)+")


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent of a patient.

    Attributes:
        consent_id: its id.
        purpose: treatment, off_label, photographs, teaching, publication or messages.
        protocol: a code, or None for any.
        text_version: which words were agreed to (`consult.consent_text`), or None.
        given_on: YYYY-MM-DD.
        given_how: paper, screen or spoken.
        taken_by: who took it.
        withdrawn_on: YYYY-MM-DD, or None while it stands.
        note: free text.
        signature: drawn on the screen, as the path of an SVG 600 wide and 180 high, or `TYPED`
            and the name that was typed; None on paper and where it was spoken.
    """

    consent_id: str
    purpose: str
    protocol: str | None
    text_version: str | None
    given_on: str
    given_how: str | None
    taken_by: str | None
    withdrawn_on: str | None
    note: str | None
    signature: str | None = None

    def stands(self, purpose: str, protocol: str | None, on: date) -> bool:
        """Whether it covers a purpose and protocol on a day; one for any protocol covers all."""
        day = on.isoformat()
        return (
            self.purpose == purpose
            and self.protocol in (None, protocol)
            and self.given_on[:10] <= day
            and (self.withdrawn_on is None or day < self.withdrawn_on[:10])
        )


def is_consented(consents: Iterable[Consent], purpose: str, protocol: str | None, on: date) -> bool:
    """Whether one of a patient's consents covers a purpose and protocol on a day."""
    return any(one.stands(purpose, protocol, on) for one in consents)


def version_of(words: str) -> str:
    """The version of a text: the beginning of its SHA-256, so the same words have the same one."""
    return sha256(words.encode()).hexdigest()[:12]


def record_consent(
    path: Path,
    patient_id: str,
    actor: Actor,
    *,
    nonce: str,
    purpose: str,
    given_on: date,
    given_how: str,
    today: date,
    protocol: str | None = None,
    text_version: str | None = None,
    words: str | None = None,
    signature: str | None = None,
    note: str = "",
    clock: Clock = utc_now,
) -> str:
    """Record a patient's consent; the same form sent twice is one consent.

    Args:
        path: the clinic's file.
        patient_id: whose.
        actor: who took it.
        nonce: 8 to 64 characters made with the form.
        purpose: one of `vocabulary.CONSENT_PURPOSES`.
        given_on: the day it was given, not after `today`.
        given_how: one of `vocabulary.CONSENT_FORMS`.
        today: the clinic's calendar day.
        protocol: for which protocol, or None for any.
        text_version: which words were agreed to, where the words themselves are not given.
        words: the words that were agreed to, a sentence a line; they are kept with their version.
        signature: as in `Consent`; a consent on the screen has one, no other has.
        note: free text, at most 2000 characters.
        clock: gives the time for the change log.

    Returns:
        The consent's id.

    Raises:
        RecordError: an unknown patient, purpose or way, a day to come, or no signature.
    """
    require(path, actor, ACTION, clock=clock)
    if purpose not in vocabulary.CONSENT_PURPOSES:
        raise RecordError(_("Choose what the consent is for."))
    if given_how not in vocabulary.CONSENT_FORMS:
        raise RecordError(_("Say how it was given: on paper, on the screen, or spoken."))
    if given_on > today:
        raise RecordError(_("A consent cannot be given on a day to come; correct the day."))
    signed = _signature(signature, given_how)
    if words is not None:
        text_version = version_of(words)
    consent_id = form_id("consent", nonce)
    with writing(path, actor, clock=clock) as change:
        patient = patient_number(change.db, patient_id)
        if change.db.execute(
            "SELECT 1 FROM consents WHERE consent_id = ?", [consent_id]
        ).fetchone():
            return consent_id
        if words is not None:
            change.db.execute(
                "INSERT INTO consent_texts (version, words) VALUES (?, ?)"
                " ON CONFLICT (version) DO NOTHING",
                [text_version, words],
            )
        change.db.table("consents").insert(
            {
                "consent_id": consent_id,
                "patient": patient,
                "purpose": purpose,
                "protocol": protocol,
                "text_version": text_version,
                "given_on": given_on.isoformat(),
                "given_how": given_how,
                "taken_by": actor.actor_id,
                "signature": signed,
                "note": note.strip()[:2000] or None,
            }
        )
        change.log("create", "consents", key=consent_id, patient=patient)
    return consent_id


def _signature(given: str | None, how: str) -> str | None:
    """What is kept of a signature."""
    if how != "screen":
        return None
    text = (given or "").strip()
    if text.startswith(TYPED):
        name = " ".join(text[len(TYPED) :].split())[:200]
        if name:
            return TYPED + name
    elif len(text) <= MOST_STROKES and _PATH.fullmatch(text):
        return text
    raise RecordError(
        _("A consent on the screen is signed there: sign in the field, or type the name below it.")
    )


def words_of(path: Path, version: str | None) -> tuple[str, ...]:
    """The sentences of a version of a consent's text; none where the file does not hold them."""
    with reading(path) as db:
        row = db.execute("SELECT words FROM consent_texts WHERE version = ?", [version]).fetchone()
    return () if row is None else tuple(str(row[0]).split("\n"))


def withdraw_consent(
    path: Path, consent_id: str, actor: Actor, *, on: date, today: date, clock: Clock = utc_now
) -> None:
    """Record that a patient withdrew a consent; from that day on it covers nothing.

    Raises:
        ChangedMeanwhileError: it was withdrawn before.
        RecordError: there is no such consent, or the day lies before it was given or after today.
    """
    require(path, actor, ACTION, clock=clock)
    with writing(path, actor, clock=clock) as change:
        row = change.db.execute(
            "SELECT id, patient, given_on, withdrawn_on FROM consents WHERE consent_id = ?",
            [consent_id],
        ).fetchone()
        if row is None:
            raise RecordError(_("There is no such consent; choose one from the list."))
        if row[3] is not None:
            raise ChangedMeanwhileError(
                _("This consent was withdrawn on {day} already.").format(day=row[3])
            )
        if not row[2][:10] <= on.isoformat() <= today.isoformat():
            raise RecordError(
                _("A consent is withdrawn between the day it was given and today; correct the day.")
            )
        change.db.table("consents").update(row[0], {"withdrawn_on": on.isoformat()})
        change.log("update", "consents", key=consent_id, patient=row[1])


def consents_of(
    path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[Consent, ...]:
    """All consents of a patient, the newest first; noted as a view.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, "patients.view", clock=clock)
    with reading(path) as db:
        patient = patient_number(db, patient_id)
        found = kept_consents(db, patient)
    note_view(path, actor, table="consents", key=patient_id, patient=patient, clock=clock)
    return found


def kept_consents(db: Database, patient: int) -> tuple[Consent, ...]:
    """All consents of the patient with this number in an open file, the newest first."""
    return tuple(
        Consent(**row)
        for row in db.query(
            "SELECT consent_id, purpose, protocol, text_version, given_on, given_how,"
            " taken_by, withdrawn_on, note, signature FROM consents WHERE patient = ?"
            " ORDER BY given_on DESC, id DESC",
            [patient],
        )
    )
