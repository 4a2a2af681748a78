"""What a planned course is made of, before it is written and as it is read back."""

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class PlannedArea:
    """What a planned session is to do in one area; None is left to the session itself.

    Attributes:
        technique: code; depth_mm: mm; points: injections; volume_ml: mL in this area.
    """

    area: str
    side: str
    technique: str | None = None
    depth_mm: float | None = None
    points: int | None = None
    volume_ml: float | None = None


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A course worked out by `consult.planning.plan_course`, not yet written.

    Attributes:
        areas: what every session treats.
        dates: of the sessions, in order; `at` is their time of day, if said.
        interval_days: as asked; a closed day can make a single one longer. None for one session.
        version: the record's number of the adopted version followed, if any.
        reason: why it departs from what is published or advised, if it does.
    """

    protocol: str
    indication: str
    areas: tuple[PlannedArea, ...]
    dates: tuple[date, ...]
    at: time | None = None
    interval_days: int | None = None
    version: int | None = None
    reason: str | None = None

    def sessions(self, course_id: str) -> dict[str, str]:
        """The sessions it becomes as the course of that id: session_id -> held_at, in order."""
        at = "" if self.at is None else f"T{self.at.isoformat(timespec='minutes')}"
        return {
            f"{course_id}-{number}": f"{day.isoformat()}{at}"
            for number, day in enumerate(self.dates, 1)
        }


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A session of a planned course, as the calendar shows it.

    Attributes:
        held_at: when, a date or a local date-time.
        state: planned, held, cancelled or no_show.
        number, planned_sessions: its place in the course, and how many that has.
        areas: what it is to treat.
        moves: how often it was given another day or time.
    """

    session_id: str
    course_id: str
    patient_id: str
    protocol: str
    held_at: str
    state: str
    number: int
    planned_sessions: int | None
    practitioner: str | None
    areas: tuple[PlannedArea, ...]
    moves: int = 0

    @property
    def on(self) -> date:
        """The day."""
        return date.fromisoformat(self.held_at[:10])

    @property
    def at(self) -> time | None:
        """The time of day, if one was said."""
        return time.fromisoformat(self.held_at[11:]) if len(self.held_at) > 10 else None
