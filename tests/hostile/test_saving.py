"""Saving twice, and a run that another overtakes while it saves: all of it is kept, once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from time import monotonic, sleep

import pytest
from tests.hostile.client import Client
from tests.hostile.conftest import token_of
from tests.hostile.doors import Open, adoption, plan, screening

from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea
from mesodash.records.courses.plans import cancel_plan, save_plan
from mesodash.records.files.check import check_clinic
from mesodash.records.store.connection import reading, writing

ACTOR = Actor("practitioner", "practitioner")
TIMES, TURNS = 100, 12
AT_ONCE = 10
MIA = "area=face.chin&side=midline&patient=MIA"


def counted(path, table: str) -> int:
    with reading(path) as db:
        return db.table(table).count


def soon_free(path) -> bool:
    """Whether somebody else may write at once: no transaction was left open."""
    began = monotonic()
    with writing(path, ACTOR, unlogged=True):
        return monotonic() - began < 1


def test_a_plan_saved_twice_at_once_is_one_course(clinic, catalogue, checks):
    """A hundred pairs, the second 0 to 1 s after the first, ten pairs at a time."""

    def course(turn: int) -> CoursePlan:
        # No area is planned twice on a day: each turn has four weeks of its own.
        return CoursePlan(
            indication="melasma",
            protocol="melasma_txa",
            dates=tuple(date(2026, 12, 1) + timedelta(weeks=4 * turn + n) for n in range(4)),
            areas=(PlannedArea("face.chin", "midline"),),
        )

    before, plans = counted(clinic, "sessions"), counted(clinic, "plans")

    def save(turn: int, wait: float) -> str:
        sleep(wait)
        nonce = f"double-click-{turn:04d}"
        return save_plan(clinic, "ANNA", course(turn), None, ACTOR, nonce=nonce)

    def pair(turn: int) -> tuple[str, ...]:
        with ThreadPoolExecutor(2) as two:
            return tuple(two.map(save, [turn] * 2, (0, turn / (TIMES - 1))))

    with checks("saved twice at once", planned=TIMES + 5) as count:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            made = list(pool.map(pair, range(TIMES)))
        for turn, (one, two) in enumerate(made):
            count.that(one == two, f"turn {turn}: {one} and {two}")
        count.that(len({one for one, _ in made}) == TIMES, "each its own course")
        count.that(counted(clinic, "plans") == plans + TIMES, "one plan a turn")
        count.that(counted(clinic, "sessions") == before + 4 * TIMES, "none torn")
        count.that(soon_free(clinic), "somebody holds the file")
        count.that(not check_clinic(clinic, catalogue).damage, "not sound")


def cancel_plans(clinic) -> None:
    """Cancel every course that was planned."""
    with reading(clinic) as db:
        rows = db.execute(
            "SELECT c.course_id, s.session_id, s.held_at FROM plans AS p"
            " JOIN courses AS c ON c.id = p.course JOIN sessions AS s ON s.course = c.id"
            " WHERE s.state = 'planned'"
        ).fetchall()
    for course_id in {row[0] for row in rows}:
        seen = {name: held_at for one, name, held_at in rows if one == course_id}
        cancel_plan(clinic, course_id, ACTOR, seen=seen, reason="not_known")


def answers(client: Client, turn: int) -> Open:
    """The questionnaire with all asked, and one question a turn that the patient cannot answer."""
    form = screening(client)
    _, unknown, _ = form.seen.widget("-screen_unknown")
    ticks = {w.id: {"bool_value": True} for _, w, _ in form.seen.widgets if "_rest_" in w.id}
    return form.again(
        client, {**ticks, unknown.id: {"string_array_value": [unknown.options[turn]]}}
    )


def course(client: Client, _turn: int) -> Open:
    return plan(client, MIA)


@pytest.mark.parametrize(
    ("name", "way", "button", "table", "rows"),
    [
        ("screening", answers, "-screen_save", "screenings", 1),
        ("plan", course, "-plan_save", "sessions", 4),
        ("adoption", adoption, "-adopt_save", "protocol_versions", 1),
    ],
)
def test_a_double_click_saves_once_and_whole(
    url, clinic, catalogue, checks, name, way: Callable, button, table, rows
):
    """The second press comes 0 to 1 s after the first, and may overtake its run."""
    token = token_of(clinic, "administrator")
    with checks(f"double click, {name}", planned=2 * TURNS + 1) as count:
        for turn in range(TURNS):
            before = counted(clinic, table)
            with Client(url, token) as client:
                form = way(client, turn)
                _, save, fragment = form.seen.widget(button)
                press = {**form.kept, save.id: {"trigger_value": True}}
                wait = turn / (TURNS - 1)
                client.twice(form.page, press, wait, query=form.query, fragment=fragment)
            made = counted(clinic, table) - before
            count.that(made == rows, f"turn {turn}: {made} rows of {table}")
            count.that(soon_free(clinic), f"turn {turn}: somebody holds the file")
            cancel_plans(clinic)  # so that the next turn may plan the same days
        count.that(not check_clinic(clinic, catalogue).damage, "not sound")
