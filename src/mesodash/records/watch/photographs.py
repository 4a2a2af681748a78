"""Photographs of patients: where they may be kept, who may see them, what they may be used for.

They are off on a demo file, and on a clinic's file that is neither encrypted nor declared to lie
on an encrypted disk. What comes in was drawn anew before (`exchange.sources.photograph_file`).
Which areas count as intimate is this program's own rule: wherever underwear usually covers.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import patient_number
from mesodash.records.store import vocabulary
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import DamagedError, RecordError
from mesodash.records.store.form_ids import form_id
from mesodash.records.watch.consents import consents_of, is_consented
from mesodash.settings import db_key_file

SEE: Final = "photographs.see"
SEE_INTIMATE: Final = "photographs.see_intimate"
TAKE: Final = "photographs.take"
ALLOW: Final = "photographs.allow"
RELEASED_FOR: Final = ("teaching", "publication")
"""Purposes for which a picture leaves the record, each with a consent of its own."""
INTIMATE: Final = frozenset(
    {
        "chest.decollete",
        "abdomen.lower",
        "back.sacral",
        "buttock",
        "buttock.fold",
        "hip",
        "leg.thigh.medial",
    }
)


@dataclass(frozen=True, slots=True)
class Photograph:
    """What the record says of a photograph, without the picture.

    Attributes:
        photograph_id: its id.
        session_id: the session it belongs to, or None.
        area, side: what it shows.
        view: one of `vocabulary.PHOTOGRAPH_VIEWS`.
        moment: before or after treatment.
        taken_on: YYYY-MM-DD.
        taken_by: who took it.
        intimate: whether it shows what only some may see.
        width, height: in pixels.
        sha256: of the picture, hexadecimal.
    """

    photograph_id: str
    session_id: str | None
    area: str
    side: str
    view: str
    moment: str
    taken_on: str
    taken_by: str
    intimate: bool
    width: int
    height: int
    sha256: str


@dataclass(frozen=True, slots=True)
class NewPhotograph:
    """A photograph to be kept; as `Photograph`, with the picture as a JPEG drawn anew."""

    picture: bytes
    width: int
    height: int
    area: str
    side: str
    view: str
    moment: str
    taken_on: date
    intimate: bool = False
    session_id: str | None = None


def disk_declared_by(path: Path) -> str | None:
    """The administrator who declared that the file lies on an encrypted disk; None if nobody."""
    with reading(path) as db:
        (who,) = db.execute("SELECT disk_declared_by FROM clinic").fetchone()
    return None if who is None else str(who)


def why_off(path: Path) -> str | None:
    """Why photographs cannot be kept in this file, as one sentence; None where they can."""
    with reading(path) as db:
        kind, declared = db.execute("SELECT kind, disk_declared_by FROM clinic").fetchone()
    if kind == "demo":
        return _("A demo keeps no photographs: use a clinic's own file.")
    if db_key_file() is None and declared is None:
        return _(
            "Photographs are off until the clinic's file is encrypted, or an administrator"
            " declares on Data protection that its disk is."
        )
    return None


def declare_disk(path: Path, actor: Actor, *, declared: bool, clock: Clock = utc_now) -> None:
    """Declare that the file and its backups lie on an encrypted disk, or take that back.

    Raises:
        NotAllowedError: the role may not.
        RecordError: it is a demo.
    """
    require(path, actor, ALLOW, clock=clock)
    with writing(path, actor, clock=clock) as change:
        (kind,) = change.db.execute("SELECT kind FROM clinic").fetchone()
        if kind == "demo":
            raise RecordError(_("A demo keeps no photographs: use a clinic's own file."))
        change.db.execute(
            "UPDATE clinic SET disk_declared_by = ?", [actor.actor_id if declared else None]
        )
        told = "encrypted disk: declared" if declared else "encrypted disk: no longer declared"
        change.log("update", "clinic", key=told)


def add_photograph(
    path: Path,
    patient_id: str,
    new: NewPhotograph,
    actor: Actor,
    *,
    nonce: str,
    today: date,
    clock: Clock = utc_now,
) -> str:
    """Keep a photograph; the same form sent twice keeps one.

    Args:
        path: the clinic's file.
        patient_id: whose.
        new: the picture and what it shows.
        actor: who took it.
        nonce: 8 to 64 characters made with the form.
        today: the clinic's calendar day.
        clock: gives the time for the change log.

    Returns:
        The photograph's id.

    Raises:
        NotAllowedError: the role may not take photographs, or not intimate ones.
        RecordError: photographs are off, no consent to them stands on the day, or something does
            not fit.
    """
    require(path, actor, TAKE, clock=clock)
    intimate = new.intimate or new.area in INTIMATE
    if intimate:
        require(path, actor, SEE_INTIMATE, clock=clock)
    if (off := why_off(path)) is not None:
        raise RecordError(off)
    if new.view not in vocabulary.PHOTOGRAPH_VIEWS:
        raise RecordError(_("Choose from where the photograph was taken."))
    if new.moment not in vocabulary.PHOTOGRAPH_MOMENTS or new.side not in vocabulary.SIDES:
        raise RecordError(_("Say whether it was taken before or after, and of which side."))
    if new.taken_on > today:
        raise RecordError(_("A photograph cannot be taken on a day to come; correct the day."))
    given = consents_of(path, patient_id, actor, clock=clock)
    if not is_consented(given, "photographs", None, new.taken_on):
        raise RecordError(
            _("No consent to photographs stands on that day; record it under Consents first.")
        )
    photograph_id = form_id("photo", nonce)
    with writing(path, actor, clock=clock) as change:
        db = change.db
        patient = patient_number(db, patient_id)
        if _row(db, photograph_id) is not None:
            return photograph_id
        db.table("photographs").insert(
            {
                "photograph_id": photograph_id,
                "patient": patient,
                "session": _session(db, new.session_id, patient),
                "area": new.area,
                "side": new.side,
                "view": new.view,
                "moment": new.moment,
                "taken_on": new.taken_on.isoformat(),
                "taken_by": actor.actor_id,
                "intimate": int(intimate),
                "width": new.width,
                "height": new.height,
                "sha256": sha256(new.picture).hexdigest(),
                "picture": new.picture,
            }
        )
        change.log("create", "photographs", key=photograph_id, patient=patient)
    return photograph_id


def photographs_of(
    path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[tuple[Photograph, ...], int]:
    """What is known of a patient's photographs, the oldest first; noted as a view.

    Returns:
        Those that the role may see, and how many more there are.

    Raises:
        NotAllowedError: the role may see none.
        RecordError: nobody has this id.
    """
    require(path, actor, SEE, clock=clock)
    with reading(path) as db:
        patient = patient_number(db, patient_id)
        rows = db.query(
            "SELECT g.photograph_id, s.session_id, g.area, g.side, g.view, g.moment, g.taken_on,"
            " g.taken_by, g.intimate, g.width, g.height, g.sha256 FROM photographs AS g"
            " LEFT JOIN sessions AS s ON s.id = g.session WHERE g.patient = ?"
            " ORDER BY g.taken_on, g.id",
            [patient],
        )
        found = [Photograph(**(row | {"intimate": bool(row["intimate"])})) for row in rows]
    note_view(path, actor, table="photographs", key=patient_id, patient=patient, clock=clock)
    seen = tuple(one for one in found if not one.intimate or actor.may(SEE_INTIMATE))
    return seen, len(found) - len(seen)


def picture_of(path: Path, photograph_id: str, actor: Actor, *, clock: Clock = utc_now) -> bytes:
    """One picture, for the person who asks; noted as a view of that photograph.

    Raises:
        NotAllowedError: the role may not see it.
        RecordError: there is none of this id.
        DamagedError: it is not the picture that was taken.
    """
    patient, _whose, picture = _seen(path, photograph_id, actor, clock)
    note_view(path, actor, table="photographs", key=photograph_id, patient=patient, clock=clock)
    return picture


def released_picture(
    path: Path, photograph_id: str, purpose: str, actor: Actor, *, on: date, clock: Clock = utc_now
) -> bytes:
    """One picture to be used outside the record; noted as an export.

    Args:
        path: the clinic's file.
        photograph_id: which.
        purpose: teaching or publication.
        actor: who takes it out.
        on: the clinic's calendar day.
        clock: gives the time for the change log.

    Raises:
        NotAllowedError: the role may not see it.
        RecordError: there is none, or no consent to this purpose stands on the day.
    """
    if purpose not in RELEASED_FOR:
        raise RecordError(_("A photograph leaves the record for teaching or publication alone."))
    patient, patient_id, picture = _seen(path, photograph_id, actor, clock)
    if not is_consented(consents_of(path, patient_id, actor, clock=clock), purpose, None, on):
        raise RecordError(_("The patient has not consented to that, or withdrew it."))
    with writing(path, actor, clock=clock) as change:
        change.log("export", "photographs", key=photograph_id, patient=patient)
    return picture


def remove_photograph(
    path: Path, photograph_id: str, actor: Actor, *, reason: str, clock: Clock = utc_now
) -> None:
    """Remove a photograph from the record; what it showed, who removed it and why stays known.

    Raises:
        NotAllowedError: the role may not take it, or not see it.
        RecordError: there is none of this id, or no reason is given.
    """
    require(path, actor, TAKE, clock=clock)
    why = " ".join(reason.split())[:500]
    if not why:
        raise RecordError(_("Say why the photograph is taken out; the reason is kept."))
    patient, _whose, _picture = _seen(path, photograph_id, actor, clock)
    with writing(path, actor, clock=clock) as change:
        gone = change.db.execute(
            "DELETE FROM photographs WHERE photograph_id = ?", [photograph_id]
        ).rowcount
        if not gone:
            raise _none()
        change.reason = why
        change.log("void", "photographs", key=photograph_id, patient=patient)


def _none() -> RecordError:
    return RecordError(_("There is no such photograph; choose one from the list."))


def _row(db: Database, photograph_id: str) -> tuple[Any, ...] | None:
    found: tuple[Any, ...] | None = db.execute(
        "SELECT p.id, p.patient_id, g.intimate, g.sha256, g.picture FROM photographs AS g"
        " JOIN patients AS p ON p.id = g.patient WHERE g.photograph_id = ?",
        [photograph_id],
    ).fetchone()
    return found


def _seen(path: Path, photograph_id: str, actor: Actor, clock: Clock) -> tuple[int, str, bytes]:
    """A photograph's patient (number and id) and its picture, for those who may see it."""
    with reading(path) as db:
        row = _row(db, photograph_id)
    require(path, actor, SEE_INTIMATE if row is not None and row[2] else SEE, clock=clock)
    if row is None:
        raise _none()
    patient, patient_id, _intimate, digest, picture = row
    if sha256(picture).hexdigest() != digest:
        raise DamagedError(
            _(
                "The picture of {photograph} is not the one that was taken; restore a backup."
            ).format(photograph=photograph_id)
        )
    return patient, patient_id, picture


def _session(db: Database, session_id: str | None, patient: int) -> int | None:
    if session_id is None:
        return None
    row = db.execute(
        "SELECT id FROM sessions WHERE session_id = ? AND patient = ?", [session_id, patient]
    ).fetchone()
    if row is None:
        raise RecordError(_("This patient has no such session; choose one from the list."))
    return int(row[0])
