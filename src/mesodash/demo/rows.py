"""The rows of a demo clinic in the making: numbers them and hands them over in batches."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import TypeVar

from mesodash.records.transfer.bulk_load import COLUMNS

T = TypeVar("T")


def stamp(at: datetime | None) -> str | None:
    """A date-time as the clinic's file holds it, to the minute."""
    return None if at is None else at.isoformat(timespec="minutes")


@dataclass(slots=True)
class RowBuffer:
    """Numbers rows across the whole clinic and gathers those of the current batch.

    Attributes:
        today: sessions before it were held, others are planned; nothing is known of it yet.
        wanted: how many sessions the clinic is to have.
        rows: table -> tuples in the order of `COLUMNS`.
    """

    today: date
    wanted: int
    rows: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)
    patients: int = 0
    courses: int = 0
    sessions: int = 0
    side_effects: int = 0

    def __post_init__(self) -> None:
        self.rows = {table: [] for table in COLUMNS}

    @property
    def is_full(self) -> bool:
        """Whether no further session may be written."""
        return self.sessions >= self.wanted

    @property
    def now(self) -> datetime:
        """The last moment of which anything can be known."""
        return datetime.combine(self.today, datetime.min.time())

    def take_batch(self) -> dict[str, list[tuple[object, ...]]]:
        """The batch's rows, and start an empty one."""
        rows, self.rows = self.rows, {table: [] for table in COLUMNS}
        return rows

    def patient(self, sex: str, birth_year: int | None, phototype: str | None) -> int:
        """A new patient's number."""
        self.patients += 1
        number = self.patients
        row = (number, f"P-{number:04d}", sex, birth_year, phototype, None)
        self.rows["patients"].append(row)
        return number

    def course_number(self) -> int:
        """A new course's number; its row follows once its fate is known."""
        self.courses += 1
        return self.courses

    def session(
        self,
        patient: int,
        course: int | None,
        practitioner: int,
        protocol: str,
        at: datetime,
        state: str,
    ) -> int:
        """A new session's number."""
        self.sessions += 1
        number = self.sessions
        self.rows["sessions"].append(
            (
                number,
                f"S-{number:06d}",
                patient,
                course,
                practitioner + 1,
                protocol,
                stamp(at),
                state,
                None,
            )
        )
        return number

    def side_effect(self, session: int, values: tuple[object, ...]) -> None:
        """A side effect; `values` from `area` on."""
        self.side_effects += 1
        number = self.side_effects
        self.rows["side_effects"].append((number, f"E-{number:06d}", session, *values))


def pick(rng: Random, choices: tuple[tuple[T, float], ...]) -> T:
    """One of the choices, each with its share (shares sum to 1)."""
    drawn = rng.random()
    for choice, share in choices:
        drawn -= share
        if drawn < 0:
            return choice
    return choices[-1][0]


Progress = Callable[[int, int], None]
