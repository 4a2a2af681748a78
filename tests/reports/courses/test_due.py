"""Due: each rule on a clinic of one patient, day by day."""

from datetime import date, timedelta

import pytest
from tests.conftest import TODAY

from mesodash.catalogue.assessing import assessment_of, score_due
from mesodash.demo import make_demo
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import reading, writing
from mesodash.records.watch.scores import courses_of
from mesodash.reports.core.filters import Filters, ReportError
from mesodash.reports.core.reader import Reader

pytestmark = pytest.mark.slow

COLUMNS = ["patient_id", "course_id", "area", "protocol", "reason", "due_on", "days_overdue",
    "closes_on", "severity",
]  # fmt: skip


@pytest.fixture
def ask(empty_clinic, catalogue):
    """Insert rows, then ask who is due: (reason, due_on, days_overdue) a row."""

    def fill(**tables):
        with writing(empty_clinic, DEMO) as change:
            for table, rows in tables.items():
                change.db[table].insert_all(rows)
            change.log("import", "sessions")

    fill(patients=[{"id": 7, "patient_id": "ANNA", "sex": "female"}])

    def due(on, filters=None, **tables):
        if tables:
            fill(**tables)
        frame = Reader(empty_clinic, catalogue).due(date.fromisoformat(on), DEMO, filters)
        assert list(frame.columns) == COLUMNS
        return [(r.reason, str(r.due_on), r.days_overdue) for r in frame.itertuples()]

    return due


def course(**changes):
    return {
        "id": 3,
        "course_id": "C3",
        "patient": 7,
        "indication": "melasma",
        "protocol": "melasma_txa",
        "planned_sessions": 3,
        "interval_days": 14,
        "started_on": "2024-01-01",
        "state": "active",
    } | changes


def session(number, held_at, **changes):
    return {
        "id": number,
        "session_id": f"S{number}",
        "patient": 7,
        "course": 3,
        "held_at": held_at,
        "state": "held",
    } | changes


def called(*days):
    return [{"session": 1, "contacted_at": day, "channel": "phone"} for day in days]


def test_next_session_after_the_interval(ask):
    tables = {
        "courses": [course()],
        "sessions": [session(1, "2024-01-01T10:00")],
        "follow_ups": called("2024-01-02", "2024-01-30"),
    }
    assert ask("2024-01-14", **tables) == []
    assert ask("2024-01-15") == [("next_session", "2024-01-15", 0)]
    assert ask("2024-01-20") == [("next_session", "2024-01-15", 5)]
    booked = session(2, "2024-02-01", state="planned")
    assert ask("2024-01-20", sessions=[booked]) == []
    assert ask("2024-02-02") == [("next_session", "2024-01-15", 18)]  # the booking has passed


def test_the_protocols_interval_where_the_course_has_none(ask, catalogue):
    days = int(catalogue.protocols["melasma_txa"].interval_days_min)
    found = ask(
        "2024-03-01",
        courses=[course(interval_days=None)],
        sessions=[session(1, "2024-01-01")],
        follow_ups=called("2024-02-28"),
    )
    assert found == [("next_session", str(date(2024, 1, 1 + days)), 60 - days)]


def test_the_first_session_is_due_at_the_start(ask):
    assert ask("2024-01-03", courses=[course(state="planned")]) == [
        ("next_session", "2024-01-01", 2)
    ]


def test_a_full_course_needs_no_next_session(ask):
    done = [session(n, f"2024-01-{n:02}") for n in (1, 2, 3)]
    # Only the watch for late effects is left of it.
    found = ask("2024-06-01", courses=[course()], sessions=done)
    assert found == [("late_watch", "2024-02-28", 94)]


def test_top_up(ask, catalogue):
    code, protocol = next((c, p) for c, p in catalogue.protocols.items() if p.top_up_days)
    days = int(protocol.top_up_days)
    last = date(2024, 1, 1)
    tables = {
        "courses": [course(state="completed", protocol=code)],
        "sessions": [session(1, last.isoformat())],
        "follow_ups": called("2024-02-28"),
    }
    on = date.fromordinal(last.toordinal() + days)
    before = date.fromordinal(on.toordinal() - 1)

    def due(*asked, **more):  # a score may be due as well, by the protocol's own time
        return [row for row in ask(*asked, **more) if row[0] != "score"]

    assert due(str(before), **tables) == []
    assert due(str(on)) == [("top_up", str(on), 0)]
    assert due(str(date.fromordinal(on.toordinal() + 366))) == []
    assert due(
        str(on), courses=[course(id=4, course_id="C4", protocol=code, planned_sessions=1)]
    ) == [("next_session", "2024-01-01", days)]


def test_follow_up_then_late_watch(ask):
    tables = {
        "courses": [course(state="stopped")],
        "sessions": [session(1, "2024-01-01T10:00")],
    }
    assert ask("2024-01-07", **tables) == []
    assert ask("2024-01-08") == [("follow_up", "2024-01-08", 0)]
    assert ask("2024-01-28") == [("follow_up", "2024-01-08", 20)]
    assert ask("2024-01-30") == [("late_watch", "2024-01-29", 1)]
    assert ask("2024-02-25") == [("late_watch", "2024-01-29", 27)]
    # Weeks 8 to 29 are a window of their own: mycobacteria may take so long.
    assert ask("2024-02-26") == [("late_watch", "2024-02-26", 0)]
    assert ask("2024-07-22") == [("late_watch", "2024-02-26", 147)]  # day 203
    assert ask("2024-07-23") == []
    assert ask("2024-01-30", follow_ups=called("2024-01-05")) == [("late_watch", "2024-01-29", 1)]
    assert ask("2024-01-20") == []
    assert ask("2024-02-05", follow_ups=called("2024-02-01")) == []
    assert ask("2024-03-01") == [("late_watch", "2024-02-26", 4)]  # asked in the first window only
    assert ask("2024-03-10", follow_ups=called("2024-03-05")) == []


def test_a_later_visit_is_a_contact(ask):
    other = session(2, "2024-02-03", course=None)
    tables = {"courses": [course(state="stopped")], "sessions": [session(1, "2024-01-01"), other]}
    assert ask("2024-02-05", **tables) == []


def test_open_effect_after_its_promise_and_a_week_after_the_last_contact(ask):
    effect = {
        "side_effect_id": "E1",
        "session": 1,
        "area": "face.cheek",
        "effect": "erythema",  # promised: 2 days
        "onset_at": "2024-01-01",
    }
    tables = {
        "courses": [course(state="stopped")],
        "sessions": [session(1, "2024-01-01")],
        "side_effects": [effect],
    }
    assert ask("2024-01-02", **tables) == []
    assert ask("2024-01-03") == [("open_effect", "2024-01-03", 0)]
    assert ask("2024-01-03", follow_ups=called("2024-01-02")) == []
    assert ask("2024-01-09") == [("open_effect", "2024-01-09", 0)]
    assert ask("2024-03-09", Filters(areas=("face",))) == [("open_effect", "2024-01-09", 60)]
    assert ask("2024-03-09", Filters(areas=("abdomen",))) == []


def test_an_effect_is_asked_after_once_its_own_source_says_it_is_over(ask):
    """Deoxycholic acid: swelling 20 days by its trial, not the founding text's 2."""
    effect = {"side_effect_id": "E1", "session": 1, "effect": "swelling", "onset_at": "2024-01-01"}
    tables = {
        "courses": [course(state="stopped", protocol="fat_submental_dc")],
        "sessions": [session(1, "2024-01-01")],
        "follow_ups": called("2024-01-02"),
        "side_effects": [effect],
    }
    assert ask("2024-01-20", **tables) == []
    assert ask("2024-01-21") == [("open_effect", "2024-01-21", 0)]


def test_a_resolved_effect_is_not_open(ask):
    effect = {"side_effect_id": "E1", "session": 1, "effect": "itch", "onset_at": "2024-01"}
    ended = {"side_effect_id": "E2", "session": 1, "effect": "itch", "onset_at": "2024-01-01"}
    tables = {
        "courses": [course(state="stopped")],
        "sessions": [session(1, "2024-01-01")],
        "follow_ups": called("2024-01-02", "2024-02-01"),
        "side_effects": [effect | {"resolved_at": None}, ended | {"resolved_at": "2024-02"}],
    }
    # Known to the month only: still open, counted from its session.
    assert ask("2024-02-20", **tables) == [("open_effect", "2024-02-08", 12)]


def test_the_row_names_patient_course_areas_and_protocol(empty_clinic, catalogue, ask):
    area = {"session": 1, "patient": 7, "held_at": "2024-01-01", "side": "left"}
    ask(
        "2024-01-01",
        courses=[course()],
        sessions=[session(1, "2024-01-01")],
        treated_areas=[area | {"area": "face.cheek"}, area | {"area": "face.chin"}],
    )
    row = Reader(empty_clinic, catalogue).due(date(2024, 1, 20), DEMO).iloc[0]
    assert row.tolist()[:4] == ["ANNA", "C3", "face.cheek, face.chin", "melasma_txa"]


def test_a_bare_lake_has_no_names(tmp_path, catalogue):
    with pytest.raises(ReportError, match="give --db"):
        Reader(None, catalogue, lake=tmp_path).due(date(2024, 1, 1), DEMO)


def test_reading_the_names_is_noted(empty_clinic, catalogue):
    Reader(empty_clinic, catalogue).due(date(2024, 1, 20), DEMO)

    with reading(empty_clinic) as db:
        views = db.execute("SELECT actor, row_key FROM change_log WHERE action = 'view'").fetchall()
    assert views == [("demo", "due")]


@pytest.mark.parametrize("column", ["died_on", "left_on"])
@pytest.mark.parametrize("day", ["2024-03-01", "2024-03", "2024"])
def test_who_died_or_left_is_not_due(ask, empty_clinic, column, day):
    effect = {
        "side_effect_id": "E1",
        "session": 1,
        "effect": "bruise",
        "onset_at": "2024-01-01",
    }
    tables = {
        "courses": [course()],
        "sessions": [session(1, "2024-01-01")],
        "side_effects": [effect],
    }
    before = ask("2024-03-02", **tables)
    assert {reason for reason, *_ in before} >= {"next_session", "open_effect"}
    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].update(7, {column: day})
        change.log("import", "patients")
    assert ask("2024-03-02") == []
    if day == "2024-03-01":  # until then they were
        assert ask("2024-02-29") != []


def test_the_window_that_closes_first_leads_then_severity_and_old_effects_stand_last(
    empty_clinic, catalogue, ask
):
    """Day 29 after the sessions; erythema is to be seen by a doctor after 7 days, so today."""
    patients = [{"id": n, "patient_id": name, "sex": "female"} for n, name in enumerate(
        ("LATE", "MILD", "SERIOUS", "SEVERE", "OLD"), 11)]  # fmt: skip
    sessions = [session(n, "2024-01-01", patient=n + 10, course=None) for n in range(1, 5)]
    sessions.append(session(5, "2023-06-01", patient=15, course=None))
    effects = [
        {"side_effect_id": f"E{n}", "session": n, "effect": "erythema", "onset_at": day} | more
        for n, day, more in (
            (2, "2024-01-01", {"severity": 1}),
            (3, "2024-01-01", {"severity": 2, "serious": "yes"}),
            (4, "2024-01-01", {"severity": 3}),
            (5, "2023-06-01", {"severity": 5}),
        )
    ]
    seen = [{"session": n, "contacted_at": "2024-01-29", "channel": "phone"} for n in (2, 3, 4)]
    ask("2024-01-01", patients=patients, sessions=sessions, side_effects=effects)
    frame = Reader(empty_clinic, catalogue).due(date(2024, 1, 30), DEMO)
    alone = frame[frame["reason"] == "open_effect"]
    assert [(row.patient_id, str(row.closes_on), row.severity) for row in alone.itertuples()] == [
        ("SERIOUS", "2024-01-30", 2),
        ("SEVERE", "2024-01-30", 3),
        ("MILD", "2024-01-30", 1),
        ("OLD", "None", 5),
    ]
    assert frame["patient_id"].tolist()[-1] == "OLD"
    late = frame[frame["reason"] == "late_watch"]
    assert set(late["closes_on"].astype(str)) == {"2024-02-25"}  # day 55
    assert late.index.min() == 3
    ask("2024-01-30", follow_ups=seen)
    again = Reader(empty_clinic, catalogue).due(date(2024, 1, 30), DEMO)
    assert again["patient_id"].tolist() == ["LATE", "OLD"]


def judged(protocol, *scores, **changes):
    """A course of a protocol over three days of January, and its scores after the baseline."""
    return {
        "courses": [course(protocol=protocol, **changes)],
        "sessions": [session(n, f"2024-01-{n:02}") for n in (1, 2, 3)],
        "follow_ups": called("2024-07-20"),
        "outcomes": [
            {"patient": 7, "course": of, "scale": "vas", "value": 3, "measured_on": on}
            | {"timing": timing}
            for on, timing, of in scores
        ],
    }


def scores_due(found):
    return [(on, days) for reason, on, days in found if reason == "score"]


def test_a_score_is_due_by_the_time_at_which_the_protocol_was_judged(ask):
    """Under the chin: 12 weeks after the last session, and no longer once 90 days have passed."""
    baseline = ("2024-01-01", "baseline", 3)
    assert scores_due(ask("2024-03-26", **judged("fat_submental_dc", baseline))) == []
    assert scores_due(ask("2024-03-27")) == [("2024-03-27", 0)]
    assert scores_due(ask("2024-04-02")) == [("2024-03-27", 6)]
    assert scores_due(ask("2024-04-03")) == []


@pytest.mark.parametrize(
    ("protocol", "due_on"),
    [("hair_duta", "2024-03-25"), ("striae_ha_aa", "2024-01-17"), ("knee_oa", "2024-01-17")],
)
def test_it_counts_from_the_first_the_second_or_the_last_session(ask, protocol, due_on):
    assert scores_due(ask(due_on, **judged(protocol))) == [(due_on, 0)]


@pytest.mark.parametrize(
    ("score", "settled"),
    [
        (("2024-01-09", "follow_up", 3), False),  # more than a week before its day
        (("2024-01-10", "follow_up", 3), True),
        (("2024-01-10", "baseline", 3), False),
        (("2024-01-10", "follow_up", None), True),  # the patient's, of no course
    ],
)
def test_a_score_of_that_time_settles_it(ask, score, settled):
    found = ask("2024-01-20", **judged("knee_oa", score))
    assert scores_due(found) == ([] if settled else [("2024-01-17", 3)])


def test_after_the_last_session_means_after_the_last_that_is_planned(ask):
    open_course = judged("knee_oa", planned_sessions=5)
    assert scores_due(ask("2024-01-20", **open_course)) == []
    booked = session(4, "2024-01-25", state="planned")
    assert scores_due(ask("2024-01-20", sessions=[booked])) == []


def test_a_course_that_was_stopped_is_scored_as_well(ask):
    stopped = judged("knee_oa", planned_sessions=5, state="stopped")
    assert scores_due(ask("2024-01-20", **stopped)) == [("2024-01-17", 3)]


def test_a_protocol_of_which_no_source_says_when_has_no_day(ask):
    assert scores_due(ask("2024-02-20", **judged("melasma_txa"))) == []


def test_the_page_of_one_patient_says_the_same_day(tmp_path, catalogue):
    """The rule in the report and the rule in Python, over the courses of a demo clinic."""
    path, on = tmp_path / "demo.db", TODAY
    make_demo(path, sessions=700, seed=3, today=on, catalogue=catalogue)
    frame = Reader(path, catalogue).due(on, DEMO)
    reported = {(row.course_id, row.due_on) for row in frame.itertuples() if row.reason == "score"}
    told = set()
    with reading(path) as db:
        patients = [row[0] for row in db.execute("SELECT patient_id FROM patients ORDER BY id")]
        later = {}
        for patient, of, day in db.execute(
            "SELECT p.patient_id, c.course_id, o.measured_on FROM outcomes AS o"
            " JOIN patients AS p ON p.id = o.patient LEFT JOIN courses AS c ON c.id = o.course"
            " WHERE o.timing <> 'baseline'"
        ):
            later.setdefault((patient, of), []).append(date.fromisoformat(day[:10]))
    for patient in patients:
        for one in courses_of(path, patient, DEMO):
            rule = assessment_of(catalogue, one.protocol)
            if rule is None or not one.held:
                continue
            held = [date.fromisoformat(day) for day in one.held]
            coming = [date.fromisoformat(day) for day in one.coming]
            scored = [*later.get((patient, one.course_id), ()), *later.get((patient, None), ())]
            found = score_due(rule, held, coming, scored, over=one.over)
            start = None if found is None else found.on - timedelta(days=rule.from_day)
            if found is None or found.expected or found.on > on:
                continue
            closes = max(held[-1] + timedelta(days=90), start + timedelta(days=rule.to_day))
            if closes >= on:
                told.add((one.course_id, found.on))
    assert len(told) > 3
    assert reported == told
