"""A demo patient's history with the clinic: courses, appointments, drop-outs and top-ups."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from mesodash.demo.calendar import (
    BOOKED_AHEAD_DAYS,
    EVEN,
    SUMMER,
    YEARS_BACK,
    Appointments,
    Arrivals,
)
from mesodash.demo.recipes import Recipe
from mesodash.demo.rows import RowBuffer, pick

_ANOTHER_COURSE = 0.5
_LATE, _CANCELLED, _NO_SHOW = 0.1, 0.05, 0.025
_BOOKED = 0.7
_TOPS_UP = 0.5
_LOST_AFTER_DAYS = 75

#: The probability of dropping out after the 1st, 2nd, ... session; the last applies from there on.
_DROP_OUT = {
    "face": (0.12, 0.08, 0.05, 0.03),
    "hair": (0.10, 0.06, 0.04, 0.03, 0.025),
    "body": (0.10, 0.07, 0.05, 0.035, 0.03),
    # real-life deoxycholic acid: median 1 session, mean 1.6 (domain.md 7H)
    "lipolysis": (0.42, 0.30, 0.25, 0.20),
    "pain": (0.08, 0.06, 0.05),
}
_REASONS = (
    ("did not return", 0.42),
    ("cost", 0.16),
    ("no improvement seen", 0.14),
    ("content with the result so far", 0.12),
    ("side effects", 0.08),
    ("moved away", 0.05),
    ("pregnancy", 0.03),
)
_CONTENT = (("content with the result so far", 0.7), ("did not return", 0.2), ("cost", 0.1))
_PHOTOTYPES = (("I", 0.07), ("II", 0.3), ("III", 0.33), ("IV", 0.16), ("V", 0.09), ("VI", 0.05))
_MEN_ONLY, _WOMEN_ONLY = ("hair_aga_m",), ("hair_aga_f", "hair_te", "melasma", "cellulite")

_WAITED = tuple(timedelta(days=days) for days in (0, 7, 3, 14, 0, 5, 10, 21, 0, 4))
"""From the consultation, which starts a course, to its first session: courses take turns."""


@dataclass(slots=True)
class DemoCourse:
    """A simulated course.

    Attributes:
        visits: the held sessions: number, time, practitioner; top-ups included.
        planned: how many sessions were planned.
    """

    number: int
    patient: int
    recipe: Recipe
    planned: int
    interval: int | None
    started_on: date | None = None
    visits: list[tuple[int, datetime]] = field(default_factory=list)
    upcoming: int = 0


class CourseSimulation:
    """Draws patients and writes their people, courses and sessions into the rows."""

    def __init__(self, recipes: Sequence[Recipe], buffer: RowBuffer, practitioners: int) -> None:
        first = buffer.today - timedelta(days=round(365.25 * YEARS_BACK))
        last = buffer.today + timedelta(days=BOOKED_AHEAD_DAYS)
        self._recipes = recipes
        self._buffer = buffer
        self._weights = list(accumulate(recipe.weight for recipe in recipes))
        self._summer = Arrivals(first, last - timedelta(days=7), SUMMER)
        self._even = Arrivals(first, last - timedelta(days=7), EVEN)
        self._appointments = Appointments(first, last, practitioners)
        self._last = last

    def live(self, rng: Random) -> list[DemoCourse]:
        """One patient from the first visit on; the courses that got at least one appointment."""
        recipe = rng.choices(self._recipes, cum_weights=self._weights)[0]
        sex = _sex(recipe, rng)
        born, phototype = self._person(recipe, rng)
        patient = self._buffer.patient(sex, born, phototype)
        starts = (self._summer if recipe.summery else self._even).draw(rng)
        usual = self._appointments.practitioner(rng, starts)
        courses = []
        while not self._buffer.is_full and starts < self._last:
            course = self._course(patient, recipe, starts, usual, rng)
            if course is None:
                break
            courses.append(course)
            if rng.random() > _ANOTHER_COURSE or not course.visits:
                break
            after = course.visits[-1][1].date()
            starts = after + timedelta(days=round(rng.triangular(14, 240, 60)))
            others = [other for other in self._recipes if _open_to(other, sex)]
            recipe = rng.choices(others, [other.weight for other in others])[0]
        return courses

    def _person(self, recipe: Recipe, rng: Random) -> tuple[int | None, str | None]:
        mean = {"face": 46, "hair": 38, "body": 39, "lipolysis": 42, "pain": 50}[recipe.family]
        age = min(max(round(rng.gauss(mean, 10)), 20), 82)
        born = None if rng.random() < 0.02 else self._buffer.today.year - age - 1
        return born, None if rng.random() < 0.05 else pick(rng, _PHOTOTYPES)

    def _course(
        self, patient: int, recipe: Recipe, starts: date, usual: int, rng: Random
    ) -> DemoCourse | None:
        low, high = recipe.sessions
        planned = round(rng.triangular(low, high, low))
        interval = None if recipe.interval_days is None else rng.randint(*recipe.interval_days)
        number = self._buffer.course_number()
        course = DemoCourse(number, patient, recipe, planned, interval)
        left_early = self._attend(course, starts, usual, rng)
        if course.started_on is None:
            self._buffer.courses -= 1
            return None
        completed = len(course.visits) >= planned
        if completed and course.visits:
            self._top_up(course, usual, rng)
        state, reason = self._fate(course, completed=completed, left_early=left_early, rng=rng)
        self._buffer.rows["courses"].append(
            (
                number,
                f"C-{number:05d}",
                patient,
                recipe.indication,
                recipe.protocol,
                planned,
                interval,
                course.started_on.isoformat(),
                state,
                reason,
            )
        )
        return course

    def _attend(self, course: DemoCourse, starts: date, usual: int, rng: Random) -> bool:
        """Go through the planned sessions; True if the patient stayed away before the last."""
        hazards = _DROP_OUT[course.recipe.family]
        wanted = starts
        while len(course.visits) + course.upcoming < course.planned:
            state = self._appointment(course, wanted, usual, rng)
            if state is None:
                break
            if state != "held":
                wanted = self._wanted_again(course, wanted, state, rng)
                continue
            done = len(course.visits)
            if done < course.planned and rng.random() < hazards[min(done, len(hazards)) - 1]:
                return True
            wanted = _next_day(course, course.visits[-1][1].date(), rng)
        return False

    def _wanted_again(self, course: DemoCourse, wanted: date, state: str, rng: Random) -> date:
        if state == "planned":
            return _next_day(course, wanted, rng)
        return wanted + timedelta(days=rng.randint(3, 16))

    def _appointment(self, course: DemoCourse, wanted: date, usual: int, rng: Random) -> str | None:
        """Write one appointment and return its state; None if none was made."""
        buffer = self._buffer
        if buffer.is_full or wanted >= self._last:
            return None
        ahead = wanted >= buffer.today
        if ahead and course.started_on is not None and rng.random() > _BOOKED:
            return None
        slot = self._appointments.book(rng, wanted, usual)
        if slot is None:
            return None
        at, who = slot
        if at.date() >= buffer.today:
            state = "planned"
        else:
            state = pick(
                rng,
                (
                    ("cancelled", _CANCELLED),
                    ("no_show", _NO_SHOW),
                    ("held", 1 - _CANCELLED - _NO_SHOW),
                ),
            )
        if course.started_on is None:
            if state in ("cancelled", "no_show"):
                state = "held"  # a course has its first session
            course.started_on = at.date() - _WAITED[course.number % len(_WAITED)]
        number = buffer.session(
            course.patient, course.number, who, course.recipe.protocol, at, state
        )
        if state == "held":
            course.visits.append((number, at))
        elif state == "planned":
            course.upcoming += 1
        return state

    def _top_up(self, course: DemoCourse, usual: int, rng: Random) -> None:
        """Come back after a completed course, a few times at most."""
        months = course.recipe.top_up_days
        for _ in range(3):
            if rng.random() > _TOPS_UP:
                return
            days = (
                rng.randint(120, 240) if months is None else rng.randint(months - 10, months + 40)
            )
            wanted = course.visits[-1][1].date() + timedelta(days=days)
            if self._appointment(course, wanted, usual, rng) != "held":
                return

    def _fate(
        self, course: DemoCourse, *, completed: bool, left_early: bool, rng: Random
    ) -> tuple[str, str | None]:
        if completed:
            return "completed", None
        if not course.visits:
            return "planned", None
        silent = (self._buffer.today - course.visits[-1][1].date()).days
        patience = _LOST_AFTER_DAYS if left_early else 2 * _LOST_AFTER_DAYS
        if course.upcoming or silent <= (course.interval or 0) + patience:
            return "active", None
        content = course.recipe.family == "lipolysis"
        return "stopped", pick(rng, _CONTENT if content else _REASONS)


def _next_day(course: DemoCourse, last: date, rng: Random) -> date:
    interval = course.interval or 1
    days = max(1, round(rng.gauss(interval, interval * 0.08)))
    if rng.random() < _LATE:
        days += rng.randint(3, 7 + interval)
    return last + timedelta(days=days)


def _sex(recipe: Recipe, rng: Random) -> str:
    if recipe.indication in _MEN_ONLY or "female" in recipe.not_for:
        return "male"
    if recipe.indication in _WOMEN_ONLY:
        women = 1.0 if recipe.indication == "hair_aga_f" else 0.95
    else:
        women = 0.62 if recipe.family == "pain" else 0.86
    drawn = rng.random()
    if drawn < women - 0.01:
        return "female"
    return "male" if drawn < 0.99 else pick(rng, (("other", 0.5), ("unknown", 0.5)))


def _open_to(recipe: Recipe, sex: str) -> bool:
    if recipe.indication in _MEN_ONLY or "female" in recipe.not_for:
        return sex == "male"  # "unknown" may be whom the catalogue excludes
    if sex in recipe.not_for:
        return False
    return recipe.indication not in _WOMEN_ONLY or sex != "male"
