"""Correcting a side effect: where and when it was, how it ended; or removing one made by mistake.

As with sessions, what the person saw is the optimistic lock, and the former row stays readable in
its versions (`audit.row_history`), with who, when and why.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import patient_number
from mesodash.records.store import vocabulary
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError

ACTION: Final = "sessions.correct"
LONGEST_REASON: Final = 500
_TIME: Final = r"(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?)?"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}" + _TIME, re.ASCII)
_PARTIAL: Final = re.compile(r"\d{4}(-\d{2}(-\d{2}" + _TIME + ")?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class RecordedEffect:
    """A side effect as currently recorded.

    Attributes:
        side_effect_id, session_id, patient_id, held_at: which, after which session, of whom.
        effect: a code of the catalogue.
        term: the words of who reported it, or None.
        area, side: codes, or None where it is not said.
        onset_at, resolved_at: YYYY, YYYY-MM, a date or a date-time.
        last_seen_at, gone_by_at: a date or a date-time; see the contract's durations.
        severity: 1 to 5, or None.
        outcome: one of `vocabulary.EFFECT_OUTCOMES`, or None.
        treatment_given: what was done about it, or None.
    """

    side_effect_id: str
    session_id: str
    patient_id: str
    held_at: str
    effect: str
    term: str | None
    area: str | None
    side: str | None
    onset_at: str
    resolved_at: str | None
    last_seen_at: str | None
    gone_by_at: str | None
    severity: int | None
    outcome: str | None
    treatment_given: str | None


CORRECTABLE: Final = (
    "area",
    "side",
    "onset_at",
    "resolved_at",
    "last_seen_at",
    "gone_by_at",
    "severity",
    "outcome",
)
"""What a correction may change; another effect is another row."""

_SELECT: Final = """SELECT e.side_effect_id, s.session_id, p.patient_id, s.held_at, e.effect,
    e.term, e.area, e.side, e.onset_at, e.resolved_at, e.last_seen_at, e.gone_by_at, e.severity,
    e.outcome, e.treatment_given
    FROM side_effects AS e JOIN sessions AS s ON s.id = e.session
    JOIN patients AS p ON p.id = s.patient"""


def effects_of(
    path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[RecordedEffect, ...]:
    """All side effects of a patient, open and ended, the newest first; noted as a view.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, "sessions.view", clock=clock)
    with reading(path) as db:
        patient = patient_number(db, patient_id)
        found = tuple(
            RecordedEffect(**row)
            for row in db.query(
                f"{_SELECT} WHERE s.patient = ? ORDER BY e.onset_at DESC, e.id DESC", [patient]
            )
        )
    note_view(path, actor, table="side_effects", key=patient_id, patient=patient, clock=clock)
    return found


def correct_effect(
    path: Path,
    corrected: RecordedEffect,
    actor: Actor,
    *,
    seen: RecordedEffect,
    today: date,
    reason: str = "",
    clock: Clock = utc_now,
) -> None:
    """Replace a recorded side effect by a corrected one.

    Args:
        path: the clinic's file.
        corrected: the corrected row; its effect, session and patient must be those of the recorded
            one.
        actor: who corrects.
        seen: the effect as the person saw it (`effects_of`).
        today: the clinic's calendar day; nothing happened after it.
        reason: why, at most 500 characters.
        clock: gives the time for the change log.

    Raises:
        ChangedMeanwhileError: it is not as it was seen.
        RecordError: a time that cannot be read, is in the future or in an impossible order, or an
            end without a day where it is said to be resolved.
    """
    require(path, actor, ACTION, clock=clock)
    _refuse_impossible(corrected, today)
    with writing(path, actor, clock=clock) as change:
        number, patient = _as_seen(change.db, seen)
        values = {name: getattr(corrected, name) for name in CORRECTABLE}
        if all(getattr(seen, name) == value for name, value in values.items()):
            return
        change.reason = " ".join(reason.split())[:LONGEST_REASON] or None
        change.db.table("side_effects").update(number, values)
        change.log(
            "update",
            "side_effects",
            key=seen.side_effect_id,
            patient=patient,
            month=seen.held_at[:7],
        )


def remove_effect(
    path: Path, actor: Actor, *, seen: RecordedEffect, reason: str, clock: Clock = utc_now
) -> None:
    """Remove a side effect that was recorded by mistake; its version stays readable.

    Raises:
        ChangedMeanwhileError: it is not as it was seen.
        RecordError: no reason is given, or a red card is about it.
    """
    require(path, actor, ACTION, clock=clock)
    why = " ".join(reason.split())[:LONGEST_REASON]
    if not why:
        raise RecordError(_("Say why; the reason stands beside the old version."))
    with writing(path, actor, clock=clock) as change:
        number, patient = _as_seen(change.db, seen)
        if change.db.execute("SELECT 1 FROM red_cards WHERE side_effect = ?", [number]).fetchone():
            raise RecordError(_("A red card is about this side effect, so it stays."))
        change.reason = why
        change.db.execute("DELETE FROM side_effects WHERE id = ?", [number])
        change.log(
            "void",
            "side_effects",
            key=seen.side_effect_id,
            patient=patient,
            month=seen.held_at[:7],
        )


def _as_seen(db: Database, seen: RecordedEffect) -> tuple[int, int]:
    """The numbers of the effect and its patient, if it is still as it was seen."""
    now = next(db.query(f"{_SELECT} WHERE e.side_effect_id = ?", [seen.side_effect_id]), None)
    if now is None or RecordedEffect(**now) != seen:
        sentence = _(
            "Somebody else has changed this side effect meanwhile, so nothing was written; it"
            " stands so now: {what}. Look at it again."
        )
        raise ChangedMeanwhileError(sentence.format(what=_differing(now, seen)))
    row = db.execute(
        "SELECT e.id, s.patient FROM side_effects AS e JOIN sessions AS s ON s.id = e.session"
        " WHERE e.side_effect_id = ?",
        [seen.side_effect_id],
    ).fetchone()
    return int(row[0]), int(row[1])


def _differing(now: Mapping[str, Any] | None, seen: RecordedEffect) -> str:
    if now is None:
        return _("taken out")
    before = asdict(seen)
    return json.dumps(
        {name: value for name, value in now.items() if before[name] != value}, ensure_ascii=False
    )[:300]


def _refuse_impossible(effect: RecordedEffect, today: date) -> None:
    """Raise where a time is invalid, in the future, or an end before its onset."""
    for text, form in (
        (effect.onset_at, _PARTIAL),
        (effect.resolved_at, _PARTIAL),
        (effect.last_seen_at, _DAY),
        (effect.gone_by_at, _DAY),
    ):
        if text is None:
            continue
        if not form.fullmatch(text) or not _is_real(text):
            sentence = _(
                "{text} is not a day; write it as 2026-11-22 or, of an onset or end, 2026-11."
            )
            raise RecordError(sentence.format(text=text[:20]))
        if text > today.isoformat()[: len(text)] + "T99":
            raise RecordError(_("{text} is still to come; correct the day.").format(text=text[:20]))
    for end in (effect.resolved_at, effect.gone_by_at, effect.last_seen_at):
        shared = min(len(end or ""), len(effect.onset_at))
        if end is not None and end[:shared] < effect.onset_at[:shared]:
            sentence = _("It began on {onset}; give an end on that day or later.")
            raise RecordError(sentence.format(onset=effect.onset_at))
    if (
        effect.outcome in ("resolved", "resolved_with_sequelae")
        and effect.resolved_at is None
        and effect.gone_by_at is None
    ):
        raise RecordError(
            _("Give the day on which it was gone or found to be gone, or another outcome.")
        )
    if effect.side is not None and effect.side not in vocabulary.SIDES:
        raise RecordError(_("Choose the side from the list."))
    if effect.outcome is not None and effect.outcome not in vocabulary.EFFECT_OUTCOMES:
        raise RecordError(_("Choose the outcome from the list."))


def _is_real(text: str) -> bool:
    try:
        date.fromisoformat((text + "-01-01"[len(text) - 4 :])[:10] if len(text) < 10 else text[:10])
    except ValueError:
        return False
    return True
