"""Adding a patient, under the next free id or one that the clinic gives."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store import vocabulary
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import RecordError
from mesodash.records.store.row_numbers import unused_patient_number

ACTION = "patients.add"
_NUMBERED = re.compile(r"(?P<letters>.*?)(?P<digits>\d+)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a patient is; every field may be empty.

    Attributes:
        given_name, family_name: at most 200 characters.
        birth_date: YYYY-MM-DD.
        phone: at most 60 characters.
        email: at most 254 characters.
        weight_kg: 0.5 to 700 kg.
    """

    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    weight_kg: float | None = None


NOBODY = Identity()


def next_patient_id(path: Path, actor: Actor, *, clock: Clock = utc_now) -> str:
    """The id after the last one given: `P-0130` after `P-0129`, `P-0001` in an empty clinic."""
    require(path, actor, ACTION, clock=clock)
    with reading(path) as db:
        row = db.execute("SELECT patient_id FROM patients ORDER BY id DESC LIMIT 1").fetchone()
        parts = _NUMBERED.match(row[0]) if row else None
        if parts is None:
            letters, digits = "P-", "0000"
        else:
            letters, digits = parts["letters"], parts["digits"]
        number = int(digits)
        while True:
            number += 1
            free = f"{letters}{number:0{len(digits)}d}"
            if not db.execute("SELECT 1 FROM patients WHERE patient_id = ?", [free]).fetchone():
                return free


def add_patient(
    path: Path,
    patient_id: str,
    actor: Actor,
    *,
    sex: str,
    birth_year: int | None = None,
    phototype: str | None = None,
    note: str | None = None,
    identity: Identity = NOBODY,
    clock: Clock = utc_now,
) -> str:
    """Add a patient.

    Args:
        path: the clinic's file.
        patient_id: 1 to 64 characters, not in use.
        actor: who adds.
        sex: female, male, other or unknown.
        birth_year: four digits, from 1880 to this year.
        phototype: I to VI.
        note: free text; required if somebody with the same name and birth date exists already.
        identity: who it is, as far as the clinic records it; a birth date also gives the year.
        clock: gives the time for the change log.

    Returns:
        The id.

    Raises:
        RecordError: the id is taken, empty or too long, or a value is none of those it may be.
    """
    require(path, actor, ACTION, clock=clock)
    wanted = " ".join(patient_id.split())
    if not 1 <= len(wanted) <= 64:
        raise RecordError(_("Give the patient an id of 1 to 64 characters."))
    if sex not in vocabulary.SEXES:
        raise RecordError(_("Choose the sex: female, male, other or unknown."))
    if birth_year is not None and not 1880 <= birth_year <= clock().year:
        sentence = _("A year of birth lies between 1880 and {year}; correct it.")
        raise RecordError(sentence.format(year=clock().year))
    if phototype is not None and phototype not in vocabulary.PHOTOTYPES:
        raise RecordError(_("A skin type is I to VI; choose it from the list."))
    who = _identity(identity, clock().date())
    if who.get("birth_date"):
        birth_year = int(str(who["birth_date"])[:4])
    with writing(path, actor, clock=clock) as change:
        taken = change.db.execute(
            "SELECT patient_id FROM patients WHERE patient_id IN (?, ?, ?)",
            [wanted, wanted.upper(), wanted.lower()],
        ).fetchone()
        if taken:
            sentence = _("There is a patient {id!r} already; open that one or give another id.")
            raise RecordError(sentence.format(id=taken[0]))
        if not (note or "").strip():
            _refuse_double(change.db, who)
        made = change.db.table("patients").insert(
            {
                "id": unused_patient_number(change.db),
                "patient_id": wanted,
                "sex": sex,
                "birth_year": birth_year,
                "phototype": phototype,
                "note": (note or "").strip() or None,
                **who,
            },
            pk="id",
        )
        change.log("create", "patients", key=wanted, patient=int(str(made.last_pk)))
    return wanted


def _identity(who: Identity, today: date) -> dict[str, str | int | None]:
    """The columns of an identity."""
    texts = {
        "given_name": (who.given_name, 200),
        "family_name": (who.family_name, 200),
        "phone": (who.phone, 60),
        "email": (who.email, 254),
    }
    values: dict[str, str | int | None] = {}
    for column, (text, longest) in texts.items():
        tidy = " ".join(text.split())
        if len(tidy) > longest:
            raise RecordError(_("A name, telephone or mail address is too long; shorten it."))
        values[column] = tidy or None
    if who.birth_date is not None and not date(1880, 1, 1) <= who.birth_date <= today:
        raise RecordError(_("The birth date lies between 1880 and today; correct it."))
    if who.weight_kg is not None and not 0.5 <= who.weight_kg <= 700:
        raise RecordError(_("A weight lies between 0.5 and 700 kg; correct it."))
    values["birth_date"] = None if who.birth_date is None else who.birth_date.isoformat()
    values["weight_g"] = None if who.weight_kg is None else round(who.weight_kg * 1000)
    return values


def _refuse_double(db: Database, who: dict[str, str | int | None]) -> None:
    """Refuse to add the same person twice by mistake."""
    if not who["family_name"] or not who["birth_date"]:
        return
    row = db.execute(
        "SELECT patient_id FROM patients WHERE birth_date = ?"
        " AND lower(family_name) = lower(?) AND lower(coalesce(given_name, '')) = lower(?)",
        [who["birth_date"], who["family_name"], who["given_name"] or ""],
    ).fetchone()
    if row is not None:
        sentence = _(
            "{id} has the same name and birth date; open that one, or say in the note that this is"
            " somebody else."
        )
        raise RecordError(sentence.format(id=row[0]))
