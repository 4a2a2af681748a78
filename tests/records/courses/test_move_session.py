"""Two people on one planned session, or one protocol: nobody's change is lost, and the loser reads
both. The lock is what was seen, so no row needs a number of its own for it.
"""

import re
import threading
from datetime import date, datetime, time, timedelta

import pytest
from tests.consult_clinic import make_clinic
from tests.sentences import numbers_in

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea, planned_sessions
from mesodash.records.courses.plans import move_session, save_plan
from mesodash.records.courses.protocol_versions import Parameters, add_version, read_versions
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError

ADA, BEA = Actor("ada", "practitioner"), Actor("bea", "practitioner")
START = date(2027, 1, 1)
THREADS, TRIES = 8, 200


@pytest.fixture
def planned(tmp_path):
    """A clinic's file and the id of a session planned in it."""
    db = make_clinic(tmp_path / "clinic.db", kind="clinical")
    plan = CoursePlan(
        "hair_duta", "hair_aga_m", (PlannedArea("scalp.vertex", "midline"),), (START,)
    )
    return db, f"{save_plan(db, 'MIA', plan, None, ADA, nonce='0123456789')}-1"


def stands(db, session):
    with reading(db) as file:
        return file.execute(
            "SELECT held_at FROM sessions WHERE session_id = ?", [session]
        ).fetchone()[0]


def test_a_session_moves_with_what_is_to_be_treated(planned):
    db, session = planned

    assert planned_sessions(db, ADA, patient_id="MIA")[0].moves == 0
    moved = move_session(db, session, ADA, seen="2027-01-01", to=date(2027, 2, 3), at=time(9, 30))

    assert moved == stands(db, session) == "2027-02-03T09:30"
    (found,) = planned_sessions(db, ADA, patient_id="MIA")
    assert (found.on, found.at, found.state) == (date(2027, 2, 3), time(9, 30), "planned")
    assert found.moves == 1  # although noted for two months
    with reading(db) as file:
        assert file.execute(
            "SELECT DISTINCT t.held_at FROM treated_areas AS t JOIN sessions AS s"
            " ON s.id = t.session WHERE s.session_id = ?",
            [session],
        ).fetchall() == [("2027-02-03T09:30",)]
        months = file.execute(
            "SELECT table_name, month FROM change_log WHERE action = 'update' ORDER BY seq"
        ).fetchall()
    assert [tuple(row) for row in months] == [
        ("sessions", "2027-01"),
        ("treated_areas", "2027-01"),
        ("sessions", "2027-02"),
        ("treated_areas", "2027-02"),
    ]


def test_the_second_reads_both_days_and_changes_nothing(planned):
    db, session = planned
    move_session(db, session, ADA, seen="2027-01-01", to=date(2027, 1, 4))

    with pytest.raises(ChangedMeanwhileError) as caught:
        move_session(db, session, BEA, seen="2027-01-01", to=date(2027, 1, 9))

    # The day that was seen, the day on which it is planned now, the day it was not moved to.
    assert numbers_in(str(caught.value)) == ["2027-01-01", "2027-01-04", "2027-01-09"]
    assert stands(db, session) == "2027-01-04"


def test_a_session_that_was_held_meanwhile_stays(planned):
    db, session = planned
    with writing(db, ADA) as change:
        change.db.execute("UPDATE sessions SET state = 'held' WHERE session_id = ?", [session])
        change.log("update", "sessions", key=session)

    with pytest.raises(ChangedMeanwhileError, match=re.escape("is held (1 Jan 2027) by now")):
        move_session(db, session, BEA, seen="2027-01-01", to=date(2027, 1, 9))


def test_the_same_day_again_is_no_change(planned):
    db, session = planned

    assert move_session(db, session, ADA, seen="2027-01-01", to=START) == "2027-01-01"


def test_who_may_not_and_what_is_not_there(planned):
    db, session = planned
    with pytest.raises(NotAllowedError):
        move_session(db, session, Actor("t", "trainer"), seen="2027-01-01", to=START)
    with pytest.raises(RecordError, match="choose one from the list"):
        move_session(db, "nothing", ADA, seen="2027-01-01", to=START)


def test_a_version_adopted_meanwhile_is_shown_beside_ones_own(planned):
    db, _ = planned
    add_version(db, "hair_duta", Parameters(depth_mm=2), ADA, on=START, after=0)

    with pytest.raises(ChangedMeanwhileError) as caught:
        add_version(db, "hair_duta", Parameters(depth_mm=3, points=9), BEA, on=START, after=0)

    theirs, ours = str(caught.value).split("), ")
    assert theirs.startswith("ada adopted version 1 ")
    assert "(Depth, mm: 2; Points: open" in theirs
    assert "(Depth, mm: 3; Points: 9);" in ours
    assert add_version(db, "hair_duta", Parameters(depth_mm=2), BEA, on=START, after=0).version == 1
    assert add_version(db, "hair_duta", Parameters(depth_mm=3), BEA, on=START, after=1).version == 2


def all_at_once(work):
    """Run `work(number)` in eight threads that begin together; gives what each returned."""
    gate, results = threading.Barrier(THREADS), [None] * THREADS
    errors = []

    def run(number):
        gate.wait()
        try:
            results[number] = work(number)
        except BaseException as error:  # noqa: BLE001 - told after the threads have ended
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    return results


@pytest.mark.slow
def test_eight_move_one_session_and_no_move_is_lost(planned, checks):
    db, session = planned

    def mover(number):
        actor = Actor(f"practitioner-{number}", "practitioner")
        done, sentences = 0, []
        for _ in range(TRIES):
            seen = stands(db, session)
            to = date.fromisoformat(seen) + timedelta(days=1)
            try:
                move_session(db, session, actor, seen=seen, to=to)
                done += 1
            except ChangedMeanwhileError as error:
                sentences.append((seen, to.isoformat(), str(error)))
        return done, sentences

    results = all_at_once(mover)

    done = sum(moved for moved, _ in results)
    lost = [one for _, sentences in results for one in sentences]
    with checks("one session, eight practitioners", planned=THREADS * TRIES + 3) as count:
        for _ in range(done):
            count.that(True, "a move")
        for seen, to, sentence in lost:
            days = [
                datetime.strptime(one, "%d %b %Y").date().isoformat()  # noqa: DTZ007 - a day
                for one in re.findall(r"\d{1,2} [A-Z]\w\w \d{4}", sentence)
            ]
            count.that(days[0] == seen and days[2] == to and days[1] > seen, sentence)
        count.that(stands(db, session) == (START + timedelta(days=done)).isoformat(), "a move lost")
        count.that(lost, "nobody ever lost, so nothing was tried at the same time")
        with reading(db) as file:
            moves = file.execute(
                "SELECT count(DISTINCT revision) FROM change_log"
                " WHERE action = 'update' AND table_name = 'sessions'"
            ).fetchone()[0]
        count.that(moves == done, f"{moves} moves in the log of {done}")
    print(f"{done} moved, {len(lost)} told of a conflict")


@pytest.mark.slow
def test_eight_adopt_one_protocol_and_no_version_is_passed_over(planned, checks):
    db, _ = planned
    tries = 20

    def adopter(number):
        actor = Actor(f"practitioner-{number}", "practitioner")
        done, told = 0, []
        for _ in range(tries):
            known = read_versions(db, "hair_duta")
            newest = known[0] if known else None
            points = (newest.parameters.points or 0) + 1 if newest else 1
            try:
                add_version(
                    db,
                    "hair_duta",
                    Parameters(points=points, needle=f"{number}-{points}"),
                    actor,
                    on=START,
                    after=newest.version if newest else 0,
                )
                done += 1
            except ChangedMeanwhileError as error:
                told.append(f"yours says (Needle: {number}-{points}" in str(error) or str(error))
        return done, told

    results = all_at_once(adopter)

    done = sum(adopted for adopted, _ in results)
    lost = [holds for _, told in results for holds in told]
    with checks("one protocol, eight practitioners", planned=len(lost) + 3) as count:
        for holds in lost:
            count.that(holds is True, holds)
        count.that(lost, "nobody ever lost, so nothing was tried at the same time")
        versions = read_versions(db, "hair_duta")
        count.that([v.version for v in versions] == list(range(done, 0, -1)), f"{len(versions)}")
        count.that(versions[0].parameters.points == done, "a version was passed over")


@pytest.mark.slow
def test_negative_control_without_the_lock_moves_are_lost(planned):
    db, session = planned

    def blind(_):
        for _ in range(25):
            to = date.fromisoformat(stands(db, session)) + timedelta(days=1)
            with writing(db, ADA) as change:
                change.db.execute(
                    "UPDATE sessions SET held_at = ? WHERE session_id = ?",
                    [to.isoformat(), session],
                )
                change.log("update", "sessions", key=session)
        return 25

    done = sum(all_at_once(blind))

    assert date.fromisoformat(stands(db, session)) < START + timedelta(days=done)
