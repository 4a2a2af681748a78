"""Follow-up: a patient's open side effects, and what one contact found out about them.

"Last seen" and "gone by" are kept apart from a known end, since a duration may only count as known
if somebody knows the day (docs/statistics.md): an effect that has gone at an unknown time ended
between the last contact at which it was present and this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Literal

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import patient_number
from mesodash.records.store import vocabulary
from mesodash.records.store.connection import Change, Clock, reading, utc_now, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError

ACTION = "effects.follow_up"

State = Literal["still_there", "gone"]


@dataclass(frozen=True, slots=True)
class OpenEffect:
    """A side effect without an end.

    Attributes:
        side_effect_id: its id.
        session_id, held_at: the session it followed.
        effect, term, area, side: what and where; codes, and the words reported.
        onset_at: when it began, as precisely as recorded.
        last_seen_at: the last contact at which it was still there, or None.
        severity: 1 to 5, or None.
    """

    side_effect_id: str
    session_id: str
    held_at: str
    effect: str
    term: str | None
    area: str | None
    side: str | None
    onset_at: str
    last_seen_at: str | None
    severity: int | None


@dataclass(frozen=True, slots=True)
class EffectAnswer:
    """What a contact found out about one open effect.

    Attributes:
        side_effect_id: which.
        state: still there, or gone.
        gone_on: the day it ended, YYYY-MM-DD, if known; None otherwise.
        severity: the worst so far, 1 to 5, or None to leave it as it is.
        serious: yes or no, or None to leave it as it is.
        related: none, unlikely, possible, probable or definite, or None to leave it as it is.
        sequelae: whether an effect that has gone left anything behind.
        treatment_given: what was done about it, or "" to leave it as it is.
    """

    side_effect_id: str
    state: State
    gone_on: str | None = None
    severity: int | None = None
    serious: str | None = None
    related: str | None = None
    sequelae: bool = False
    treatment_given: str = ""


@dataclass(frozen=True, slots=True)
class NewEffect:
    """A side effect that a contact brought to light.

    Attributes:
        session_id: the held session it followed.
        effect: a code of the catalogue.
        onset_at: YYYY-MM-DD or YYYY-MM.
        term: the words of whoever reported it, required for `other`.
        severity: 1 to 5, or None.
    """

    session_id: str
    effect: str
    onset_at: str
    term: str | None = None
    severity: int | None = None


_OPEN = """SELECT e.side_effect_id, s.session_id, s.held_at, e.effect, e.term, e.area, e.side,
    e.onset_at, e.last_seen_at, e.severity
    FROM side_effects AS e JOIN sessions AS s ON s.id = e.session
    WHERE s.patient = ? AND s.state = 'held' AND e.resolved_at IS NULL AND e.gone_by_at IS NULL
    ORDER BY e.onset_at DESC, e.id"""


def open_effects(
    path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[OpenEffect, ...]:
    """The side effects of a patient that have no end, newest first; logged as a view.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, "sessions.view", clock=clock)
    with reading(path) as db:
        patient = patient_number(db, patient_id)
        found = tuple(OpenEffect(*row) for row in db.execute(_OPEN, [patient]))
    note_view(path, actor, table="sessions", key=patient_id, patient=patient, clock=clock)
    return found


def record_contact(
    path: Path,
    patient_id: str,
    actor: Actor,
    *,
    contacted_at: str,
    channel: str,
    answers: Sequence[EffectAnswer] = (),
    new: Sequence[NewEffect] = (),
    told_by: str = "patient",
    clock: Clock = utc_now,
) -> int:
    """Save one contact with everything it found out, in one transaction.

    The contact counts for every session whose effects were asked about, and for the latest held
    session of the patient, so that "nothing is wrong" is followed up as well.

    Args:
        path: the clinic's file.
        patient_id: whose.
        actor: who was in touch.
        contacted_at: YYYY-MM-DD or YYYY-MM-DDTHH:MM.
        channel: visit, phone, message or portal.
        answers: what was said about open effects.
        new: effects that came to light.
        told_by: patient, practitioner or other.
        clock: gives the time for the change log.

    Returns:
        For how many sessions the contact was recorded.

    Raises:
        ChangedMeanwhileError: somebody else has closed one of the effects.
        RecordError: an unknown patient, channel or session, an end before its onset or after the
            contact, or a patient without a held session.
    """
    require(path, actor, ACTION, clock=clock)
    if channel not in vocabulary.CHANNELS:
        raise RecordError(_("Say how the contact was: visit, phone, message or portal."))
    if told_by not in vocabulary.TOLD_BY:
        raise RecordError(_("Say who told it: the patient, a practitioner or somebody else."))
    with writing(path, actor, clock=clock) as change:
        patient = patient_number(change.db, patient_id)
        sessions = {_latest(change, patient, patient_id, contacted_at)}
        for answer in answers:
            sessions.add(_answer(change, patient, answer, contacted_at, told_by))
        for effect in new:
            sessions.add(_add(change, patient, effect, contacted_at, told_by))
        for session in sorted(sessions):
            _note_contact(change, session, patient, contacted_at, channel)
    return len(sessions)


def _latest(change: Change, patient: int, patient_id: str, contacted_at: str) -> int:
    row = change.db.execute(
        "SELECT id FROM sessions WHERE patient = ? AND state = 'held' AND substr(held_at, 1, 10)"
        " <= ? ORDER BY held_at DESC, id DESC LIMIT 1",
        [patient, contacted_at[:10]],
    ).fetchone()
    if row is None:
        sentence = _("{id} had no session before {day}; correct the day of the contact.")
        raise RecordError(sentence.format(id=patient_id[:64], day=contacted_at[:10]))
    return int(row[0])


def _answer(
    change: Change, patient: int, answer: EffectAnswer, contacted_at: str, told_by: str
) -> int:
    row = change.db.execute(
        "SELECT e.id, e.session, e.onset_at, e.last_seen_at, s.held_at,"
        " e.resolved_at IS NULL AND e.gone_by_at IS NULL"
        " FROM side_effects AS e JOIN sessions AS s ON s.id = e.session"
        " WHERE e.side_effect_id = ? AND s.patient = ? AND s.state = 'held'",
        [answer.side_effect_id, patient],
    ).fetchone()
    if row is None:
        raise RecordError(_("This side effect is not of this patient; open the page again."))
    number, session, onset_at, last_seen_at, held_at, is_open = row
    if not is_open:
        raise ChangedMeanwhileError(
            _("Somebody else has noted the end of this side effect; look at it again.")
        )
    _check_days(answer, contacted_at, onset_at, last_seen_at)
    values: dict[str, Any] = {"reported_on": contacted_at[:10], "told_by": told_by}
    told = {
        "severity": answer.severity,
        "serious": answer.serious,
        "related": answer.related,
        "treatment_given": answer.treatment_given.strip()[:4000] or None,
    }
    values |= {name: value for name, value in told.items() if value is not None}
    outcome = "resolved_with_sequelae" if answer.sequelae else "resolved"
    if answer.state == "still_there":
        values["last_seen_at"] = max(contacted_at, last_seen_at or "")
    elif answer.gone_on is None:
        values |= {"gone_by_at": contacted_at, "outcome": outcome}
    else:
        values |= {"resolved_at": answer.gone_on, "outcome": outcome}
    change.db.table("side_effects").update(number, values)
    change.log(
        "update",
        "side_effects",
        key=answer.side_effect_id,
        patient=patient,
        month=held_at[:7],
    )
    return int(session)


def _check_days(
    answer: EffectAnswer, contacted_at: str, onset_at: str, last_seen_at: str | None
) -> None:
    """Refuse days in an order that cannot be: onset, last seen, gone, contact."""
    if _before(contacted_at, onset_at):
        raise RecordError(
            _("It began on {onset}; the contact is on that day or later.").format(
                onset=onset_at[:10]
            )
        )
    if answer.state == "still_there":
        return
    if answer.gone_on is not None and _before(answer.gone_on, onset_at):
        raise RecordError(
            _("It began on {onset}; give an end on that day or later.").format(onset=onset_at[:10])
        )
    if answer.gone_on is not None and _before(contacted_at, answer.gone_on):
        raise RecordError(_("The end lies after the contact; give the day it was gone."))
    if last_seen_at is not None and _before(answer.gone_on or contacted_at, last_seen_at):
        raise RecordError(
            _("It was still there on {day}; give an end on that day or later.").format(
                day=last_seen_at[:10]
            )
        )


def _before(day: str, other: str) -> bool:
    """Whether a day lies before another, as far as both are known."""
    shortest = min(len(day), len(other), len("2026-11-22"))
    return day[:shortest] < other[:shortest]


def _add(change: Change, patient: int, effect: NewEffect, contacted_at: str, told_by: str) -> int:
    row = change.db.execute(
        "SELECT id, held_at FROM sessions WHERE session_id = ? AND patient = ? AND state = 'held'",
        [effect.session_id, patient],
    ).fetchone()
    if row is None:
        raise RecordError(_("Choose the session that the new side effect followed."))
    session, held_at = row
    if effect.onset_at > contacted_at[:10]:
        raise RecordError(_("The onset lies after the contact; give the day it began."))
    if effect.effect == "other" and not (effect.term or "").strip():
        raise RecordError(_("Write down what it is: the effect is none of the list."))
    if _before(effect.onset_at, held_at):
        raise RecordError(
            _("It began before the session of {day}; choose the session that it followed.").format(
                day=held_at[:10]
            )
        )
    term = (effect.term or "").strip() or None
    if change.db.execute(
        "SELECT 1 FROM side_effects WHERE session = ? AND effect = ? AND onset_at = ?"
        " AND term IS ? AND last_seen_at = ?",
        [session, effect.effect, effect.onset_at, term, contacted_at],
    ).fetchone():
        return int(session)  # the same form sent twice
    key = _free_key(change, f"{effect.session_id[:40]}-{effect.effect}")
    change.db.table("side_effects").insert(
        {
            "side_effect_id": key,
            "session": session,
            "effect": effect.effect,
            "term": term,
            "onset_at": effect.onset_at,
            "last_seen_at": contacted_at,
            "severity": effect.severity,
            "reported_on": contacted_at[:10],
            "told_by": told_by,
        }
    )
    change.log("create", "side_effects", key=key, patient=patient, month=held_at[:7])
    return int(session)


def _free_key(change: Change, stem: str) -> str:
    """The first id with this stem that no side effect has: one may have been taken out since."""
    for number in count(2):
        key = f"{stem}-{number}"
        row = change.db.execute("SELECT 1 FROM side_effects WHERE side_effect_id = ?", [key])
        if row.fetchone() is None:
            break
    return key


def _note_contact(
    change: Change, session: int, patient: int, contacted_at: str, channel: str
) -> None:
    """Record the contact once, however often it is sent."""
    session_id, held_at = change.db.execute(
        "SELECT session_id, held_at FROM sessions WHERE id = ?", [session]
    ).fetchone()
    made = change.db.execute(
        "INSERT OR IGNORE INTO follow_ups (session, contacted_at, channel) VALUES (?, ?, ?)",
        [session, contacted_at, channel],
    )
    if made.rowcount:
        change.log("create", "follow_ups", key=session_id, patient=patient, month=held_at[:7])
