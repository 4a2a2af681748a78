"""Screenings: a patient's dated answers before a treatment; confirmed again, never changed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store import vocabulary
from mesodash.records.store.connection import Change, Clock, reading, utc_now, writing
from mesodash.records.store.errors import RecordError

Said = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    Attributes:
        said: yes, no, or unknown (asked, but the patient does not know).
        areas: where, as area codes; empty is anywhere.
        detail: which or since when, in the patient's words; free text, so it stays in the file.
        answered_on: the day it was said or last confirmed; None in an answer not recorded yet.
    """

    said: Said
    areas: tuple[str, ...] = ()
    detail: str | None = None
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class ScreeningAnswers:
    """The answers of one patient by question code; a question that is missing was not asked."""

    given: Mapping[str, Answer] = field(default_factory=dict)

    def get(self, question: str) -> Answer | None:
        """The answer to a question; None if it was not asked."""
        return self.given.get(question)


NO_ANSWERS = ScreeningAnswers()


@dataclass(frozen=True, slots=True)
class Screening:
    """One dated screening of one patient.

    Attributes:
        screening_id: its number in the file.
        confirms: the earlier screening whose answers still hold; None if asked anew.
    """

    screening_id: int
    patient_id: str
    screened_on: date
    screened_by: str
    confirms: int | None
    answers: ScreeningAnswers


def record_screening(
    path: Path,
    patient_id: str,
    answers: Mapping[str, Answer],
    actor: Actor,
    on: date,
    *,
    carry: bool = True,
    clock: Clock = utc_now,
) -> int:
    """Save a new screening; earlier ones stay, and one that is sent twice is saved once.

    Args:
        path: the clinic's file.
        patient_id: whose answers.
        answers: question code -> answer; an `answered_on` in them is replaced by `on`.
        actor: who asked; recorded as `screened_by` and in the change log.
        on: the day of the screening, in the clinic's calendar.
        carry: take over the latest answers to questions not asked this time, each with the day it
            was last said, so that asking about one more protocol forgets nothing.
        clock: gives the time for the change log.

    Returns:
        The screening's number.

    Raises:
        RecordError: nobody has this id, no question was answered, a word is not an answer, or a
            newer screening is on file.
    """
    require(path, actor, "patients.screen", clock=clock)
    _check(answers)
    with writing(path, actor, clock=clock) as change:
        number = _patient_number(change.db, patient_id)
        latest = _newest(change.db, number, patient_id)
        _not_older(on, latest)
        kept = dict(latest.answers.given) if carry and latest is not None else {}
        kept |= {code: replace(one, answered_on=on) for code, one in answers.items()}
        if latest is not None and _is_same(latest, kept, actor, on):
            return latest.screening_id
        return _write(change, number, patient_id, kept, on, confirms=None)


def confirm_screening(
    path: Path,
    patient_id: str,
    actor: Actor,
    on: date,
    *,
    screening_id: int | None = None,
    clock: Clock = utc_now,
) -> int:
    """Record that the latest answers still hold: a new dated screening that refers to the earlier.

    Args:
        path: the clinic's file.
        patient_id: whose answers.
        actor: who asked.
        on: the day, in the clinic's calendar.
        screening_id: the screening that was read out; None is the latest.
        clock: gives the time for the change log.

    Returns:
        The new screening's number.

    Raises:
        RecordError: nobody has this id, there is nothing to confirm, or somebody recorded newer
            answers in the meantime.
    """
    require(path, actor, "patients.screen", clock=clock)
    with writing(path, actor, clock=clock) as change:
        number = _patient_number(change.db, patient_id)
        latest = _newest(change.db, number, patient_id)
        if latest is None:
            raise RecordError(_("There are no answers to confirm yet; ask the questions first."))
        if screening_id is not None and screening_id != latest.screening_id:
            raise RecordError(
                _("Newer answers were recorded meanwhile; look at them, then confirm.")
            )
        _not_older(on, latest)
        # What the patient did not know is not made known by confirming it; it stays as it is.
        kept = {code: replace(one, answered_on=on) for code, one in latest.answers.given.items()}
        return _write(change, number, patient_id, kept, on, confirms=latest.screening_id)


def latest_screening(
    path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now
) -> Screening | None:
    """The newest screening of a patient, logged as a view; None if there is none.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, "patients.view", clock=clock)
    found = screenings_of(path, patient_id, actor, limit=1, clock=clock)
    return found[0] if found else None


def screenings_of(
    path: Path, patient_id: str, actor: Actor, *, limit: int = 100, clock: Clock = utc_now
) -> tuple[Screening, ...]:
    """The screenings of a patient, newest first, logged as a view.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, "patients.view", clock=clock)
    with reading(path) as db:
        number = _patient_number(db, patient_id)
        found = _read(db, number, patient_id, limit)
    note_view(path, actor, table="screenings", key=patient_id, patient=number, clock=clock)
    return found


def _check(answers: Mapping[str, Answer]) -> None:
    if not answers:
        raise RecordError(_("No question was answered; answer at least one."))
    for code, one in answers.items():
        if one.said not in vocabulary.ANSWERS:
            raise RecordError(
                _("{answer!r} is not an answer to {code}; say yes, no or unknown.").format(
                    answer=one.said[:64], code=code
                )
            )
        if one.detail is not None and not 1 <= len(one.detail) <= vocabulary.LONGEST_DETAIL:
            raise RecordError(
                _(
                    "The note to {code} must have 1 to {longest_detail} characters; shorten it."
                ).format(code=code, longest_detail=vocabulary.LONGEST_DETAIL)
            )


def _is_same(latest: Screening, kept: Mapping[str, Answer], actor: Actor, on: date) -> bool:
    """Whether this is the latest screening sent again, for example by a double click."""
    return (
        latest.confirms is None
        and (latest.screened_on, latest.screened_by) == (on, actor.actor_id)
        and latest.answers.given == kept
    )


def _not_older(on: date, latest: Screening | None) -> None:
    if latest is not None and on < latest.screened_on:
        raise RecordError(
            _(
                "Answers of {screened_on} are on file already; give a day that is not before it."
            ).format(screened_on=latest.screened_on.isoformat())
        )


def _patient_number(db: Database, patient_id: str) -> int:
    row = db.execute("SELECT id FROM patients WHERE patient_id = ?", [patient_id]).fetchone()
    if row is None:
        raise RecordError(
            _("No patient has the id {patient_id!r}; choose one from the list.").format(
                patient_id=patient_id[:64]
            )
        )
    return int(row[0])


def _newest(db: Database, number: int, patient_id: str) -> Screening | None:
    found = _read(db, number, patient_id, 1)
    return found[0] if found else None


def _read(db: Database, number: int, patient_id: str, limit: int) -> tuple[Screening, ...]:
    rows = db.execute(
        "SELECT id, screened_on, screened_by, confirms FROM screenings WHERE patient = ?"
        " ORDER BY screened_on DESC, id DESC LIMIT ?",
        [number, limit],
    ).fetchall()
    return tuple(
        Screening(
            screening_id=screening,
            patient_id=patient_id,
            screened_on=date.fromisoformat(screened_on),
            screened_by=screened_by,
            confirms=confirms,
            answers=ScreeningAnswers(dict(_answers(db, screening))),
        )
        for screening, screened_on, screened_by, confirms in rows
    )


def _answers(db: Database, screening: int) -> Iterable[tuple[str, Answer]]:
    for question, said, areas, detail, answered_on in db.execute(
        "SELECT question, said, areas, detail, answered_on FROM screening_answers"
        " WHERE screening = ? ORDER BY id",
        [screening],
    ):
        day = date.fromisoformat(answered_on)
        yield question, Answer(cast("Said", said), tuple(json.loads(areas)), detail, day)


def _write(
    change: Change,
    number: int,
    patient_id: str,
    answers: Mapping[str, Answer],
    on: date,
    *,
    confirms: int | None,
) -> int:
    row: dict[str, Any] = {
        "patient": number,
        "screened_on": on.isoformat(),
        "screened_by": change.actor.actor_id,
        "confirms": confirms,
    }
    screening = int(change.db.table("screenings").insert(row).last_pk)  # type: ignore[arg-type]
    change.db.table("screening_answers").insert_all(
        {
            "screening": screening,
            "question": question,
            "said": one.said,
            "areas": json.dumps(list(one.areas)),
            "detail": one.detail,
            "answered_on": cast("date", one.answered_on).isoformat(),
        }
        for question, one in answers.items()
    )
    change.log("create", "screenings", key=patient_id, patient=number, rows=len(answers))
    return screening
