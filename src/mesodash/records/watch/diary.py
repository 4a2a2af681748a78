"""The diary of a patient: fourteen days after a session, one figure a day and effect.

Day 1 is the day of the session. A figure is how bad it was: 0 none, 1 mild, 2 moderate, 3 severe
(the first three grades of CTCAE); a day left blank says nothing. Nobody knows the hour of an end,
so what was there on one day and gone on the next one written ended between the two: `last_seen_at`
and `gone_by_at`, never a known end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from mesodash.language import _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import patient_number
from mesodash.records.store import vocabulary
from mesodash.records.store.connection import Change, Clock, utc_now, writing
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.follow_up import ACTION

DAYS: Final = 14
WORST: Final = 3
BLANK: Final = "-"


@dataclass(frozen=True, slots=True)
class DiaryLine:
    """What a diary says of one side effect.

    Attributes:
        effect: a code of the catalogue.
        days: from day 1 on: 0 to 3, or None where nothing was written.
        term: the patient's words, needed for `other`.
    """

    effect: str
    days: tuple[int | None, ...]
    term: str | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """Days in a row on which an effect was there; days count from 1, the day of the session.

    Attributes:
        first, last: the first and the last day written on which it was there.
        gone_by: the next day written, on which it was not; None where nothing was written after.
        worst: 1 to 3.
    """

    first: int
    last: int
    gone_by: int | None
    worst: int


def read_days(text: str) -> tuple[int | None, ...]:
    """The days of a line as typed: `2211000`; a hyphen, a full stop or a space is a blank.

    Raises:
        RecordError: another sign, or more days than a diary has.
    """
    text = text.rstrip()
    if len(text) > DAYS:
        raise RecordError(
            _("A diary has {n} days; {given} were typed.").format(n=DAYS, given=len(text))
        )
    days: list[int | None] = []
    for sign in text:
        if sign in (BLANK, ".", " "):
            days.append(None)
        elif sign in "0123":
            days.append(int(sign))
        else:
            raise RecordError(
                _("Type 0, 1, 2 or 3 for each day, and a hyphen for one left blank; not {sign}.")
                .format(sign=sign)
            )  # fmt: skip
    return tuple(days)


def spells(days: Sequence[int | None]) -> tuple[Spell, ...]:
    """When an effect was there; days left blank lie within a spell if it was there after them."""
    found: list[Spell] = []
    for day, figure in enumerate(days, 1):
        if figure is None:
            continue
        running = found[-1] if found and found[-1].gone_by is None else None
        if running is None and figure:
            found.append(Spell(day, day, None, figure))
        elif running is not None and figure:
            found[-1] = Spell(running.first, day, None, max(running.worst, figure))
        elif running is not None:
            found[-1] = Spell(running.first, running.last, day, running.worst)
    return tuple(found)


def record_diary(
    path: Path,
    patient_id: str,
    session_id: str,
    lines: Iterable[DiaryLine],
    actor: Actor,
    *,
    channel: str,
    today: date,
    clock: Clock = utc_now,
) -> int:
    """Save a diary completely or not at all; sent twice, it is saved once.

    A spell of an effect that is already recorded, without an end or overlapping it, completes that
    row: what is known of its onset and its end stays. The contact is that of the last day written,
    since nothing is known of the days after it.

    Args:
        path: the clinic's file.
        patient_id: whose.
        session_id: the held session it followed.
        lines: one a side effect.
        actor: who enters it.
        channel: how it came: visit, phone, message or portal.
        today: the clinic's calendar day; no day written lies after it.
        clock: gives the time for the change log.

    Returns:
        How many side effects were added or completed.

    Raises:
        RecordError: an unknown patient, session or channel, nothing written, a day to come, or an
            `other` without words.
    """
    require(path, actor, ACTION, clock=clock)
    if channel not in vocabulary.CHANNELS:
        raise RecordError(_("Say how the contact was: visit, phone, message or portal."))
    lines = tuple(lines)
    written = [day for one in lines for day, figure in enumerate(one.days, 1) if figure is not None]
    if not written:
        raise RecordError(_("Nothing is written yet; type the figures of at least one line."))
    with writing(path, actor, clock=clock) as change:
        patient = patient_number(change.db, patient_id)
        row = change.db.execute(
            "SELECT id, held_at FROM sessions WHERE session_id = ? AND patient = ?"
            " AND state = 'held'",
            [session_id, patient],
        ).fetchone()
        if row is None:
            raise RecordError(_("Choose the session that the diary followed."))
        session = _Session(int(row[0]), session_id, row[1], patient)
        if session.on(max(written)) > today.isoformat():
            raise RecordError(
                _("Day {n} of this diary is still to come; choose the session again.").format(
                    n=max(written)
                )
            )
        touched = sum(_keep(change, session, line, today) for line in lines)
        made = change.db.execute(
            "INSERT OR IGNORE INTO follow_ups (session, contacted_at, channel) VALUES (?, ?, ?)",
            [session.number, session.on(max(written)), channel],
        )
        if made.rowcount:
            change.log("create", "follow_ups", key=session_id, patient=patient, month=session.month)
    return touched


@dataclass(frozen=True, slots=True)
class _Session:
    number: int
    session_id: str
    held_at: str
    patient: int

    @property
    def month(self) -> str:
        return self.held_at[:7]

    def on(self, day: int) -> str:
        """The date of a day of the diary, YYYY-MM-DD."""
        held = date.fromisoformat(self.held_at[:10])
        return (held + timedelta(days=day - 1)).isoformat()


def _keep(change: Change, session: _Session, line: DiaryLine, today: date) -> int:
    """Write one line; how many rows it added or completed."""
    term = (line.term or "").strip()[:200] or None
    found = spells(line.days)
    if line.effect == "other" and not term and found:
        raise RecordError(_("Write down what it is: the effect is none of the list."))
    known = list(
        change.db.query(
            "SELECT id, side_effect_id, onset_at, last_seen_at, gone_by_at, resolved_at, severity"
            " FROM side_effects WHERE session = ? AND effect = ? AND (term IS ? OR ? IS NULL)"
            " ORDER BY onset_at, id",
            [session.number, line.effect, term, term],
        )
    )
    touched = 0
    for one in found:
        mine = next((row for row in known if _same(row, session, one)), None)
        if mine is None:
            _add(change, session, line.effect, term, one, today)
            touched += 1
        else:
            known.remove(mine)
            touched += _complete(change, session, mine, one, today)
    for row in known:  # followed by zeros alone: gone by the first of them
        since = max(row["onset_at"][:10], (row["last_seen_at"] or "")[:10])
        zeros = (
            day
            for day, figure in enumerate(line.days, 1)
            if figure == 0 and session.on(day) >= since
        )
        day = next(zeros, None)
        if row["resolved_at"] is None and row["gone_by_at"] is None and day is not None:
            values = {"gone_by_at": session.on(day), "outcome": "resolved"}
            touched += _update(change, session, row, values, today)
    return touched


def _same(row: dict[str, Any], session: _Session, one: Spell) -> bool:
    """Whether a recorded row and a spell of the diary overlap in time."""
    ended = row["resolved_at"] or row["gone_by_at"]
    begun = row["onset_at"][:10] <= session.on(one.gone_by or one.last)
    return bool(begun and (ended is None or ended[:10] >= session.on(one.first)))


def _complete(
    change: Change, session: _Session, row: dict[str, Any], one: Spell, today: date
) -> int:
    values: dict[str, Any] = {}
    if one.worst > (row["severity"] or 0):
        values["severity"] = one.worst
    if row["resolved_at"] is None and row["gone_by_at"] is None:
        seen, last = (row["last_seen_at"] or "")[:10], session.on(one.last)
        if last > seen:
            values["last_seen_at"] = last
        if one.gone_by is not None and session.on(one.gone_by) >= seen:
            values |= {"gone_by_at": session.on(one.gone_by), "outcome": "resolved"}
    return _update(change, session, row, values, today)


def _update(
    change: Change,
    session: _Session,
    row: dict[str, Any],
    values: dict[str, Any],
    today: date,
) -> int:
    if not values:
        return 0
    told = {"reported_on": today.isoformat(), "told_by": "patient"}
    change.db.table("side_effects").update(row["id"], values | told)
    change.log(
        "update",
        "side_effects",
        key=row["side_effect_id"],
        patient=session.patient,
        month=session.month,
    )
    return 1


def _add(
    change: Change, session: _Session, effect: str, term: str | None, one: Spell, today: date
) -> None:
    (count,) = change.db.execute(
        "SELECT count(*) FROM side_effects WHERE session = ?", [session.number]
    ).fetchone()
    key = f"{session.session_id[:40]}-{effect}-{count + 1}"
    gone = None if one.gone_by is None else session.on(one.gone_by)
    change.db.table("side_effects").insert(
        {
            "side_effect_id": key,
            "session": session.number,
            "effect": effect,
            "term": term,
            "onset_at": session.on(one.first),
            "last_seen_at": session.on(one.last),
            "gone_by_at": gone,
            "outcome": None if gone is None else "resolved",
            "severity": one.worst,
            "reported_on": today.isoformat(),
            "told_by": "patient",
        }
    )
    change.log("create", "side_effects", key=key, patient=session.patient, month=session.month)
