"""Saving twice, and a run that another overtakes while it saves: all of it is kept, once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from time import monotonic, sleep

import pytest
from tests.hostile.client import Client
from tests.hostile.conftest import token_of
from tests.hostile.doors import Open, adoption, plan, screening

from mesodash.records.actor import Actor
from mesodash.records.check import check_clinic
from mesodash.records.connection import reading, writing
from mesodash.records.plan_rows import CoursePlan, PlannedArea
from mesodash.records.plans import save_plan

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
    course = CoursePlan(
        indication="melasma",
        protocol="melasma_txa",
        dates=tuple(date(2026, 12, 1) + timedelta(weeks=n) for n in range(4)),
        areas=(PlannedArea("face.chin", "midline"),),
    )
    before, plans = counted(clinic, "sessions"), counted(clinic, "plans")

    def save(nonce: str, wait: float) -> str:
        sleep(wait)
        return save_plan(clinic, "ANNA", course, None, ACTOR, nonce=nonce)

    def pair(turn: int) -> tuple[str, ...]:
        with ThreadPoolExecutor(2) as two:
            return tuple(two.map(save, [f"double-click-{turn:04d}"] * 2, (0, turn / (TIMES - 1))))

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
        count.that(not check_clinic(clinic, catalogue).damage, "not sound")
