"""Saving twice, and a run that another overtakes while it saves: all of it is kept, once."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from time import monotonic, sleep

from tests.hostile.client import Client
from tests.hostile.conftest import token_of

from mesodash.records.actor import Actor
from mesodash.records.check import check_clinic
from mesodash.records.connection import reading, writing
from mesodash.records.plan_rows import CoursePlan, PlannedArea
from mesodash.records.plans import save_plan

ACTOR = Actor("practitioner", "practitioner")
TIMES = 100
ADDRESS = "area=face.chin&side=midline&patient=ANNA"


def counted(path, table: str) -> int:
    with reading(path) as db:
        return db.table(table).count


def test_a_plan_saved_twice_at_once_is_one_course(clinic, catalogue, checks):
    plan = CoursePlan(
        indication="melasma",
        protocol="melasma_txa",
        dates=tuple(date(2026, 12, 1) + timedelta(weeks=n) for n in range(4)),
        areas=(PlannedArea("face.chin", "midline"),),
    )
    chance = random.Random(6)  # noqa: S311 - waits, no secrets
    before = counted(clinic, "sessions")

    def save(nonce: str, wait: float) -> str:
        sleep(wait)
        return save_plan(clinic, "ANNA", plan, None, ACTOR, nonce=nonce)

    with checks("saved twice at once", planned=TIMES + 4) as count:
        with ThreadPoolExecutor(2) as pool:
            for turn in range(TIMES):
                nonce = f"double-click-{turn:04d}"
                waits = (0.0, chance.uniform(0, 0.02))
                one, two = pool.map(save, (nonce, nonce), waits)
                count.that(one == two, f"turn {turn}: {one} and {two}")
        count.that(counted(clinic, "plans") == TIMES, "one plan a turn")
        count.that(counted(clinic, "sessions") == before + 4 * TIMES, "none torn")
        with writing(clinic, ACTOR, unlogged=True):
            count.that(True, "nobody holds the file")
        count.that(not check_clinic(clinic, catalogue).damage, "sound")


def test_answers_kept_by_a_double_click_are_kept_once_and_whole(url, clinic, catalogue, checks):
    """The second press comes 0 to 0.3 s after the first, and overtakes its run."""
    turns = 12
    token = token_of(clinic, "practitioner")
    with checks("screening, double click", planned=3) as count:
        with Client(url, token) as client:
            for turn in range(turns):
                first = client.run("body_map", query=ADDRESS)
                (button,) = [w for w in first.widgets if "screen_now" in w[1].id][:1] or [None]
                if button is None:
                    break
                pressed = {button[1].id: {"trigger_value": True}}
                form = client.run("body_map", pressed, query=ADDRESS, fragment=button[2])
                ticks = {
                    widget.id: {"bool_value": True}
                    for kind, widget, _ in form.widgets
                    if kind == "checkbox" and "screen_rest" in widget.id
                }
                _, save, fragment = form.widget("screen_save")
                press = {**ticks, save.id: {"trigger_value": True}}
                client.ask("body_map", press, query=ADDRESS, fragment=fragment)
                until = monotonic() + 0.3 * turn / turns
                while monotonic() < until:
                    sleep(0.01)
                client.ask("body_map", press, query=ADDRESS, fragment=fragment)
                client.answer()
        with Client(url, token) as client:
            count.that(not client.run("body_map", query=ADDRESS).failed, "alive")
        count.that(counted(clinic, "screenings") == 1, f"{counted(clinic, 'screenings')} kept")
        count.that(not check_clinic(clinic, catalogue).damage, "sound")
