"""The seeded demo clinic: synthetic patients in a clinic that looks like a real one.

Nobody in it exists. `make_demo` writes the same rows for the same number of sessions, seed and day.
"""

import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from os import link
from pathlib import Path
from random import Random
from string import ascii_uppercase

from mesodash.catalogue.types import Catalogue
from mesodash.demo.courses import CourseSimulation, DemoCourse
from mesodash.demo.follow_up import HeldSession, write_follow_up
from mesodash.demo.outcomes import write_outcomes
from mesodash.demo.recipes import Recipe, recipes_from
from mesodash.demo.rows import RowBuffer
from mesodash.demo.treatments import LotSupply, plan_course, write_treatment
from mesodash.language import _
from mesodash.records.audit.actor import DEMO
from mesodash.records.audit.keys import keep_key
from mesodash.records.store.clinic import Clinic, create_clinic, read_clinic
from mesodash.records.store.connection import Clock, utc_now
from mesodash.records.store.errors import RecordError
from mesodash.records.transfer.bulk_load import Batch, fill_clinic
from mesodash.settings import audit_key_file

COUNTRY = "GB"

_BATCH_PATIENTS = 400
_PRACTITIONERS = 4
_SESSIONS_A_PRACTITIONER = 5000
_SILENT, _NEVER_ANSWERS = 0.1, 0.08


def make_demo(
    path: Path,
    *,
    sessions: int = 3000,
    seed: int = 1,
    today: date,
    catalogue: Catalogue,
    progress: Callable[[int, int], None] | None = None,
    clock: Clock = utc_now,
) -> Clinic:
    """Make a demo clinic of `sessions` sessions in the three years before `today`.

    About one patient for every 7.5 sessions; four practitioners up to 20,000 sessions, then one for
    every 5,000. Sessions from `today` on are planned, the others held, cancelled or missed; nothing
    that followed is dated `today` or later. One lot (see `LotSupply.raised`) causes late nodules in
    about a third of its sessions, so that the report on clusters has something to find.

    The file appears under its name only once it is complete.

    Args:
        path: a file that does not exist yet, or an empty one.
        sessions: how many rows `sessions` gets, exactly.
        seed: of the random numbers; equal arguments give equal rows.
        today: the day the demo is seen from.
        catalogue: its protocols, areas, scales and side effects are used.
        progress: called with sessions done and wanted.
        clock: gives the time of creation, the only difference between equal demos.

    Returns:
        The clinic: id `demo`, kind `demo`.

    Raises:
        RecordError: the file exists, or fewer than one session is asked for.
    """
    if sessions < 1:
        raise RecordError(_("A demo clinic needs at least one session; ask for 1 or more."))
    if path.exists() and path.stat().st_size:
        raise RecordError(_("{path} exists already; choose another file name.").format(path=path))
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".mesodash-demo-", dir=path.parent) as folder:
        made = Path(folder) / path.name
        own_key = audit_key_file(path)
        key_file = own_key if own_key.exists() else Path(folder) / own_key.name
        create_clinic(
            made,
            clinic_id="demo",
            name="Demo clinic",
            kind="demo",
            country=COUNTRY,
            actor=DEMO,
            clock=clock,
            key_file=key_file,
        )
        fill_clinic(
            made,
            _batches(sessions, seed, today, catalogue),
            actor=DEMO,
            clock=clock,
            progress=None if progress is None else lambda done: progress(done, sessions),
            key_file=key_file,
        )
        _give_name(made, path)
        keep_key(key_file, path)
    return read_clinic(path)


def _give_name(made: Path, path: Path) -> None:
    """Move the finished file to `path`, never over a clinic that was made there meanwhile."""
    if path.exists() and not path.stat().st_size:
        path.unlink()
    try:
        link(made, path)
    except FileExistsError as error:
        raise RecordError(
            _("{path} exists already; choose another file name.").format(path=path)
        ) from error


def _batches(sessions: int, seed: int, today: date, catalogue: Catalogue) -> Iterator[Batch]:
    rng = Random(seed)  # noqa: S311 - synthetic patients, no secret
    recipes = recipes_from(catalogue, COUNTRY)
    buffer = RowBuffer(today, sessions)
    count = max(_PRACTITIONERS, round(sessions / _SESSIONS_A_PRACTITIONER))
    for n in range(count):
        buffer.rows["practitioners"].append(
            (n + 1, f"D-{n + 1:02d}", f"Practitioner {_letters(n)}")
        )
    supplies = LotSupply(recipes, today, rng)
    courses = CourseSimulation(recipes, buffer, count)
    known = frozenset(catalogue.side_effects) | {"other"}
    while not buffer.is_full:
        answers = _NEVER_ANSWERS if rng.random() < _SILENT else rng.betavariate(8, 2)
        for course in courses.live(rng):
            if course.visits:
                _write_course(buffer, supplies, course, answers, known, rng)
        if buffer.patients % _BATCH_PATIENTS == 0:
            yield buffer.take_batch()
    yield buffer.take_batch()


def _write_course(
    buffer: RowBuffer,
    supplies: LotSupply,
    course: DemoCourse,
    answers: float,
    known: frozenset[str],
    rng: Random,
) -> None:
    """Write what was done in a course's held sessions and what came of it."""
    recipe: Recipe = course.recipe
    plan = plan_course(recipe, rng)
    times = tuple(at for _number, at in course.visits)
    for turn, (number, at) in enumerate(course.visits, start=1):
        raised = write_treatment(
            buffer, supplies, recipe, plan, session=number, patient=course.patient, at=at, rng=rng
        )
        visit = HeldSession(number, at, turn, times[turn:], raised)
        write_follow_up(buffer, recipe, plan, visit, answers=answers, known=known, rng=rng)
    write_outcomes(
        buffer,
        recipe,
        patient=course.patient,
        course=course.number,
        visits=[(number, at.date()) for number, at in course.visits],
        planned=course.planned,
        area=plan.sites[0].area.code,
        rng=rng,
    )


def _letters(number: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = ascii_uppercase[rest] + letters
    return letters
