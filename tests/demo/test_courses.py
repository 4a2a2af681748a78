"""Courses, appointments, drop-outs and top-ups."""

from collections import Counter
from datetime import date
from itertools import pairwise

from tests.conftest import TODAY

from mesodash.records.store.vocabulary import COURSE_STATES, PHOTOTYPES, SESSION_STATES


def test_sessions_before_today_are_done_and_later_ones_are_planned(ask):
    states = dict(ask("SELECT state, count(*) FROM sessions GROUP BY 1"))

    assert set(states) == set(SESSION_STATES) - {"void"}  # nothing is entered by mistake
    assert ask("SELECT min(held_at) >= '2026-11-22' FROM sessions WHERE state = 'planned'") == [
        (1,)
    ]
    assert ask("SELECT max(held_at) < '2026-11-22' FROM sessions WHERE state <> 'planned'") == [
        (1,)
    ]
    assert 20 <= states["planned"] <= 200
    assert 0.02 < states["cancelled"] / 3000 < 0.07
    assert 0.01 < states["no_show"] / 3000 < 0.04


def test_the_states_of_courses_agree_with_their_sessions(ask):
    rows = ask(
        "SELECT c.state, c.planned_sessions, c.stopped_reason, c.started_on, min(s.held_at),"
        " sum(s.state = 'held'), sum(s.state = 'planned')"
        " FROM courses c JOIN sessions s ON s.course = c.id GROUP BY c.id"
    )
    assert len(rows) == ask("SELECT count(*) FROM courses")[0][0]
    assert {state for state, *_ in rows} == set(COURSE_STATES)
    waits = Counter()
    for state, planned, reason, started, first, held, upcoming in rows:
        waits[(date.fromisoformat(first[:10]) - date.fromisoformat(started)).days] += 1
        assert (reason is not None) == (state == "stopped")
        if state == "completed":
            assert held >= planned
        elif state == "planned":
            assert (held, upcoming > 0) == (0, True)
        else:
            assert 0 < held < planned
        if state == "stopped":
            assert upcoming == 0
    # From the consultation to the first session, which nobody waits for more than three weeks.
    assert set(waits) == {0, 3, 4, 5, 7, 10, 14, 21}


def test_people_drop_out_top_up_and_come_back(ask):
    courses = Counter(dict(ask("SELECT state, count(*) FROM courses GROUP BY 1")))
    ended = courses["completed"] + courses["stopped"]
    after = Counter(
        held
        for (held,) in ask(
            "SELECT count(*) FROM courses c JOIN sessions s ON s.course = c.id AND s.state = 'held'"
            " WHERE c.state = 'stopped' GROUP BY c.id"
        )
    )
    [(topped_up,)] = ask(
        "SELECT count(*) FROM (SELECT 1 FROM courses c JOIN sessions s ON s.course = c.id"
        " WHERE c.state = 'completed' AND s.state = 'held' GROUP BY c.id"
        " HAVING count(*) > c.planned_sessions)"
    )
    [(again,)] = ask(
        "SELECT count(*) FROM (SELECT 1 FROM courses GROUP BY patient HAVING count(*) > 1)"
    )

    assert 0.15 < courses["stopped"] / ended < 0.4
    assert after[1] > after[3] > 0
    assert topped_up > 0.15 * courses["completed"]
    assert again > 100


def test_courses_follow_their_protocol_s_schedule(ask, catalogue):
    for protocol, planned, interval in ask(
        "SELECT protocol, planned_sessions, interval_days FROM courses"
    ):
        published = catalogue.protocols[protocol]
        if published.sessions_max is not None:
            assert planned <= published.sessions_max
        if published.interval_days_max is not None and interval is not None:
            low = published.interval_days_min or published.interval_days_max
            assert round(low) <= interval <= round(published.interval_days_max)


def test_intervals_keep_to_the_plan_with_some_coming_late(ask):
    rows = ask(
        "SELECT s.course, substr(s.held_at, 1, 10), c.interval_days FROM sessions s"
        " JOIN courses c ON c.id = s.course WHERE s.state = 'held' AND c.interval_days >= 7"
        " ORDER BY s.course, s.held_at"
    )
    ratios = [
        (date.fromisoformat(now[1]) - date.fromisoformat(then[1])).days / now[2]
        for then, now in pairwise(rows)
        if then[0] == now[0]
    ]
    middle = sorted(ratios)[len(ratios) // 2]

    assert 0.95 < middle < 1.25
    assert 0.08 < sum(ratio > 1.5 for ratio in ratios) / len(ratios) < 0.4
    assert min(ratios) > 0.4


def test_people_fit_their_indication(ask):
    sexes = Counter(
        ask("SELECT indication, sex FROM courses c JOIN patients p ON p.id = c.patient")
    )
    [(youngest, oldest)] = ask("SELECT min(birth_year), max(birth_year) FROM patients")

    assert {sex for indication, sex in sexes if indication == "hair_aga_m"} == {"male"}
    assert "male" not in {sex for indication, sex in sexes if indication == "hair_aga_f"}
    assert 1940 <= youngest < oldest <= TODAY.year - 19
    assert {p for (p,) in ask("SELECT DISTINCT phototype FROM patients")} == {*PHOTOTYPES, None}
