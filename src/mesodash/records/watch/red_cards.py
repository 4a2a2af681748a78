"""Red cards: a warning sign after a session, who owns it, when it escalates, how it is closed.

The signs and what to do first come from the catalogue (`red_flags.csv`). A card is closed only with
an examination, a reason and the name of who closes it. How long nobody may leave a card
unacknowledged is this program's own rule, not a clinical fact: a card of an emergency is
everybody's after a quarter of an hour, one of the same day after four hours.

A card is opened by hand, and by a report of a side effect that the catalogue says raises one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from sqlite_utils import Database

from mesodash.catalogue.rows.effects import RedFlag
from mesodash.catalogue.types import Catalogue
from mesodash.catalogue.watching import sign_of
from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import patient_number
from mesodash.records.store.connection import Change, Clock, reading, utc_now, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.store.form_ids import form_id

ACTION: Final = "red_cards.handle"
COUNT: Final = "red_cards.count"
ESCALATES_AFTER: Final[Mapping[str, timedelta]] = {
    "emergency": timedelta(minutes=15),
    "same_day": timedelta(hours=4),
}
"""From opening, by the urgency of the sign, while nobody has acknowledged the card."""

Standing = Literal["open", "acknowledged", "escalated", "closed"]


@dataclass(frozen=True, slots=True)
class RedCard:
    """One red card; times are local to the clinic, YYYY-MM-DDTHH:MM.

    Attributes:
        red_card_id: its id.
        patient_id: whose.
        session_id, held_at, protocol: the session it followed, or None.
        flag: a code of the catalogue's red flags.
        opened_at, opened_by: when and by whom.
        owner: who is responsible for it, or None.
        acknowledged_at, acknowledged_by: when and by whom it was acknowledged.
        escalated_at: when it was given to everybody.
        closed_at, closed_by, examination, closing_reason: how it was closed.
        note: what was reported.
    """

    red_card_id: str
    patient_id: str
    session_id: str | None
    held_at: str | None
    flag: str
    opened_at: str
    opened_by: str
    owner: str | None
    acknowledged_at: str | None
    acknowledged_by: str | None
    escalated_at: str | None
    closed_at: str | None
    closed_by: str | None
    examination: str | None
    closing_reason: str | None
    note: str | None
    protocol: str | None = None


_CARDS = """SELECT r.red_card_id, p.patient_id, s.session_id, s.held_at, r.flag, r.opened_at,
    r.opened_by, r.owner, r.acknowledged_at, r.acknowledged_by, r.escalated_at, r.closed_at,
    r.closed_by, r.examination, r.closing_reason, r.note,
    coalesce(s.protocol, c.protocol) AS protocol
    FROM red_cards AS r JOIN patients AS p ON p.id = r.patient
    LEFT JOIN sessions AS s ON s.id = r.session LEFT JOIN courses AS c ON c.id = s.course"""

_TOLD = """SELECT e.side_effect_id, e.effect, e.term, e.onset_at, s.session_id, s.held_at
    FROM side_effects AS e JOIN sessions AS s ON s.id = e.session
    WHERE s.patient = :patient AND s.state = 'held'
    AND e.resolved_at IS NULL AND e.gone_by_at IS NULL
    AND coalesce(e.reported_on, substr(e.onset_at, 1, 10)) = :told ORDER BY e.id"""


def standing(card: RedCard, flag: RedFlag | None, at: datetime) -> Standing:
    """The state of a card at a moment, local to the clinic.

    An unknown sign escalates as soon as an emergency does.
    """
    if card.closed_at is not None:
        return "closed"
    if card.acknowledged_at is not None:
        return "acknowledged"
    after = ESCALATES_AFTER["emergency" if flag is None else flag.urgency]
    late = at.replace(tzinfo=None) >= datetime.fromisoformat(card.opened_at) + after
    return "escalated" if late or card.escalated_at is not None else "open"


def raise_red_card(
    path: Path,
    patient_id: str,
    flag: str,
    actor: Actor,
    *,
    at: datetime,
    nonce: str,
    session_id: str | None = None,
    owner: str | None = None,
    note: str = "",
    clock: Clock = utc_now,
) -> str:
    """Open a red card; the same form sent twice opens one.

    Args:
        path: the clinic's file.
        patient_id: whose.
        flag: a code of the catalogue's red flags.
        actor: who opens it.
        at: now, local to the clinic.
        nonce: 8 to 64 characters made with the form.
        session_id: the held session it followed, if it is known.
        owner: who is responsible for it; by default who opens it.
        note: what was reported, at most 4000 characters.
        clock: gives the time for the change log.

    Returns:
        The card's id.

    Raises:
        RecordError: an unknown patient or session of this patient, or a broken form.
    """
    require(path, actor, ACTION, clock=clock)
    if not flag:
        raise RecordError(_("Choose the warning sign, then open the card."))
    red_card_id = form_id("red", nonce)
    with writing(path, actor, clock=clock) as change:
        patient = patient_number(change.db, patient_id)
        if change.db.execute(
            "SELECT 1 FROM red_cards WHERE red_card_id = ?", [red_card_id]
        ).fetchone():
            return red_card_id
        session = None if session_id is None else _session(change.db, session_id, patient)
        change.db.table("red_cards").insert(
            {
                "red_card_id": red_card_id,
                "patient": patient,
                "session": session,
                "flag": flag,
                "opened_at": _minute(at),
                "opened_by": actor.actor_id,
                "owner": " ".join((owner or "").split())[:200] or actor.actor_id,
                "note": note.strip()[:4000] or None,
            }
        )
        change.log("create", "red_cards", key=red_card_id, patient=patient)
    return red_card_id


def raise_reported(
    path: Path,
    patient_id: str,
    catalogue: Catalogue,
    actor: Actor,
    *,
    on: date,
    at: datetime,
    clock: Clock = utc_now,
) -> int:
    """Open the red cards that the side effects reported on a day raise; return how many.

    An effect raises none where it has gone, or where a card of that sign was opened since it began,
    so looking twice opens nothing twice. Where only the month of its onset is known, it counts from
    the day it was reported.

    Args:
        path: the clinic's file.
        patient_id: whose.
        catalogue: says which effects raise which sign.
        actor: who noted them; the owner of the cards.
        on: the day of the contact, of the diary's entry, or of the session.
        at: now, local to the clinic.
        clock: gives the time for the change log.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, ACTION, clock=clock)
    told = on.isoformat()
    with reading(path) as db:
        patient = patient_number(db, patient_id)
        effects = list(db.query(_TOLD, {"patient": patient, "told": told}))
        cards = [(card.flag, card.opened_at[:10]) for card in _read(db, "r.patient = ?", [patient])]
    raised = 0
    for one in effects:
        began = one["onset_at"][:10] if len(one["onset_at"]) >= len(told) else told
        after = date.fromisoformat(began) - date.fromisoformat(one["held_at"][:10])
        sign = sign_of(catalogue, one["effect"], after.days)
        if sign is None or any(flag == sign.code and began <= day for flag, day in cards):
            continue
        key = f"{one['side_effect_id']} {sign.code}"
        raise_red_card(
            path,
            patient_id,
            sign.code,
            actor,
            at=at,
            nonce=sha256(key.encode()).hexdigest()[:32],
            session_id=one["session_id"],
            note=one["term"] or catalogue.side_effects[one["effect"]].label,
            clock=clock,
        )
        raised += 1
    return raised


def acknowledge_red_card(
    path: Path, red_card_id: str, actor: Actor, *, at: datetime, clock: Clock = utc_now
) -> None:
    """Acknowledge a card and become its owner; does nothing if somebody did so before.

    Raises:
        RecordError: there is no such card, or it is closed.
    """
    require(path, actor, ACTION, clock=clock)
    with writing(path, actor, clock=clock) as change:
        row = _open_card(change.db, red_card_id)
        if row["acknowledged_at"] is not None:
            return
        values = {
            "acknowledged_at": _minute(at),
            "acknowledged_by": actor.actor_id,
            "owner": actor.actor_id,
        }
        _update(change, row, red_card_id, values)


def escalate_red_cards(
    path: Path,
    flags: Mapping[str, RedFlag],
    actor: Actor,
    *,
    at: datetime,
    clock: Clock = utc_now,
) -> int:
    """Escalate the cards that nobody acknowledged in time; return how many.

    Args:
        path: the clinic's file.
        flags: the catalogue's red flags.
        actor: who looked.
        at: now, local to the clinic.
        clock: gives the time for the change log.
    """
    require(path, actor, ACTION, clock=clock)
    late = [card.red_card_id for card in _escalated(path, flags, at) if card.escalated_at is None]
    if not late:
        return 0
    with writing(path, actor, clock=clock) as change:
        for red_card_id in late:
            row = _open_card(change.db, red_card_id)
            _update(change, row, red_card_id, {"escalated_at": _minute(at)})
    return len(late)


def close_red_card(
    path: Path,
    red_card_id: str,
    actor: Actor,
    *,
    at: datetime,
    examination: str,
    reason: str,
    clock: Clock = utc_now,
) -> None:
    """Close a card under the actor's name.

    Args:
        path: the clinic's file.
        red_card_id: which.
        actor: who closes it.
        at: now, local to the clinic.
        examination: what was found when the patient was examined.
        reason: why the card may be closed.
        clock: gives the time for the change log.

    Raises:
        RecordError: no examination or reason is given, there is no such card, or it is closed.
    """
    require(path, actor, ACTION, clock=clock)
    found, why = examination.strip()[:4000], reason.strip()[:4000]
    if not found or not why:
        raise RecordError(
            _("Say what the examination found and why the card may be closed; both are kept.")
        )
    with writing(path, actor, clock=clock) as change:
        row = _open_card(change.db, red_card_id)
        _update(
            change,
            row,
            red_card_id,
            {
                "closed_at": _minute(at),
                "closed_by": actor.actor_id,
                "examination": found,
                "closing_reason": why,
            },
        )


def open_red_cards(path: Path, actor: Actor, *, clock: Clock = utc_now) -> tuple[RedCard, ...]:
    """All cards that are not closed, the oldest first; the look at the list is noted."""
    require(path, actor, ACTION, clock=clock)
    with reading(path) as db:
        found = _read(db, "r.closed_at IS NULL", [])
    if found:
        note_view(path, actor, table="red_cards", key="open", clock=clock)
    return found


def red_cards_of(
    path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[RedCard, ...]:
    """All cards of a patient, the oldest first; noted as a view.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, ACTION, clock=clock)
    with reading(path) as db:
        patient = patient_number(db, patient_id)
        found = _read(db, "r.patient = ?", [patient])
    note_view(path, actor, table="red_cards", key=patient_id, patient=patient, clock=clock)
    return found


def count_open_red_cards(path: Path, actor: Actor, *, clock: Clock = utc_now) -> int:
    """How many cards are not closed; a count without patients."""
    require(path, actor, COUNT, clock=clock)
    with reading(path) as db:
        (count,) = db.execute("SELECT count(*) FROM red_cards WHERE closed_at IS NULL").fetchone()
    return int(count)


def count_escalated_red_cards(
    path: Path,
    flags: Mapping[str, RedFlag],
    actor: Actor,
    *,
    at: datetime,
    clock: Clock = utc_now,
) -> int:
    """How many cards nobody acknowledged in time and nobody closed; a count without patients.

    Args:
        path: the clinic's file.
        flags: the catalogue's red flags.
        actor: who looks.
        at: now, local to the clinic.
        clock: gives the time for the change log.
    """
    require(path, actor, COUNT, clock=clock)
    return len(_escalated(path, flags, at))


def _escalated(path: Path, flags: Mapping[str, RedFlag], at: datetime) -> list[RedCard]:
    """The cards that nobody acknowledged in time and nobody closed."""
    with reading(path) as db:
        cards = _read(db, "r.closed_at IS NULL AND r.acknowledged_at IS NULL", [])
    return [card for card in cards if standing(card, flags.get(card.flag), at) == "escalated"]


def _read(db: Database, where: str, values: list[Any]) -> tuple[RedCard, ...]:
    rows = db.query(f"{_CARDS} WHERE {where} ORDER BY r.opened_at, r.id", values)
    return tuple(RedCard(**row) for row in rows)


def _minute(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="minutes")


def _open_card(db: Database, red_card_id: str) -> dict[str, Any]:
    row = next(
        db.query(
            "SELECT id, patient, acknowledged_at, closed_at, closed_by FROM red_cards"
            " WHERE red_card_id = ?",
            [red_card_id],
        ),
        None,
    )
    if row is None:
        raise RecordError(_("There is no such red card; choose one from the list."))
    if row["closed_at"] is not None:
        raise ChangedMeanwhileError(
            _("{who} has closed this card on {at}; look at it again.").format(
                who=row["closed_by"], at=row["closed_at"]
            )
        )
    return row


def _session(db: Database, session_id: str, patient: int) -> int:
    row = db.execute(
        "SELECT id FROM sessions WHERE session_id = ? AND patient = ?", [session_id, patient]
    ).fetchone()
    if row is None:
        raise RecordError(_("This patient has no such session; choose one from the list."))
    return int(row[0])


def _update(
    change: Change, row: Mapping[str, Any], red_card_id: str, values: dict[str, str]
) -> None:
    change.db.table("red_cards").update(row["id"], values)
    change.log("update", "red_cards", key=red_card_id, patient=row["patient"])
