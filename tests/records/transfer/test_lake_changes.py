"""What publish reads: snapshot, months and what changed since."""

from datetime import UTC, date, datetime

import pytest
from tests.consult_clinic import make_clinic as consult_clinic
from tests.reports.made_clinic import make_clinic

from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea
from mesodash.records.courses.plans import save_plan
from mesodash.records.store.connection import reading, writing
from mesodash.records.transfer.lake_changes import ChangedMonths, Position, snapshot

DATED = ("sessions", "treated_areas", "products_used", "side_effects", "follow_ups", "outcomes")


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "clinic.db", sessions=80)


def position(clinic):
    with snapshot(clinic) as record:
        return record.position()


def touched(clinic, then):
    with snapshot(clinic) as record:
        return record.touched_since(then)


def log(clinic, *entries):
    with writing(clinic, DEMO) as change:
        for action, table, month in entries:
            change.log(action, table, month=month)


@pytest.mark.parametrize("table", DATED)
def test_months_one_by_one_equal_the_stream(clinic, table):
    with snapshot(clinic) as record:
        stream = {month: list(rows) for month, rows in record.dated(table)}
        picked = {month: list(rows) for month, rows in record.dated(table, set(stream))}
        first = min(stream)
        one = {month: list(rows) for month, rows in record.dated(table, [first, "1999-01"])}
    assert len(stream) > 5
    assert list(stream) == sorted(stream)
    assert picked == stream
    assert one == {first: stream[first]}


def test_side_effects_carry_the_last_follow_up(clinic):
    with writing(clinic, DEMO) as change:
        session = next(change.db.query("SELECT session FROM side_effects"))["session"]
        for day in ("2027-01-05", "2027-03-01", "2027-02-01"):
            change.db["follow_ups"].insert({"session": session, "contacted_at": day})
        change.log("create", "follow_ups", month="2024-01")
    with snapshot(clinic) as record:
        rows = [row for _, rows in record.dated("side_effects") for row in rows]
    assert {row[-2] for row in rows if row[1] == session} == {"2027-03-01"}


def test_a_course_planned_here_starts_at_its_consultation(tmp_path):
    """Not with its first session: else nobody would ever have waited for one."""
    path = consult_clinic(tmp_path / "clinic.db")
    area = PlannedArea("scalp.vertex", "midline")
    plan = CoursePlan("hair_duta", "hair_aga_m", (area,), (date(2027, 1, 20),))
    made = datetime(2027, 1, 1, 12, tzinfo=UTC)
    save_plan(path, "MIA", plan, None, DEMO, nonce="0123456789", clock=lambda: made)
    with reading(path) as db:
        recorded = dict(db.execute("SELECT id, started_on FROM courses").fetchall())
    with snapshot(path) as record:
        published = {row[0]: row[6] for row in record.undated("courses")}
    planned = max(recorded)
    assert (recorded.pop(planned), published.pop(planned)) == ("2027-01-20", "2027-01-01")
    assert published == {course: day[:10] for course, day in recorded.items()}


def test_what_changed_since(clinic):
    then = position(clinic)
    assert touched(clinic, then) == ChangedMonths(everything=False)
    log(clinic, ("update", "sessions", "2024-05"), ("create", "patients", None))
    log(clinic, ("update", "outcomes", "2024-03"), ("update", "courses", "2023-01"))
    log(clinic, ("update", "practitioners", None), ("adopt", "protocol_versions", None))
    assert touched(clinic, then) == ChangedMonths(
        everything=False,
        months=("2024-03", "2024-05"),
        undated=("courses", "patients", "protocol_versions"),
    )
    assert touched(clinic, position(clinic)) == ChangedMonths(everything=False)


def test_a_fact_without_a_month_touches_everything(clinic):
    then = position(clinic)
    log(clinic, ("import", "side_effects", None))
    assert touched(clinic, then) == ChangedMonths(everything=True)


def test_views_touch_nothing(clinic):
    then = position(clinic)
    log(clinic, ("view", "patients", None), ("export", "sessions", None))
    assert touched(clinic, then) == ChangedMonths(everything=False)


def test_another_history_touches_everything(clinic, tmp_path):
    then = position(clinic)
    other = make_clinic(tmp_path / "other.db", sessions=70, seed=9)
    assert touched(other, then) == ChangedMonths(everything=True)
    log(other, ("update", "sessions", "2024-01"))
    assert touched(other, then) == ChangedMonths(everything=True)
    ahead = Position(then.clinic_id, then.revision + 1, then.entry, then.fingerprint)
    assert touched(clinic, ahead) == ChangedMonths(everything=True)


def test_practitioners_by_number(clinic):
    with snapshot(clinic) as record:
        assert record.practitioner_ids() == {1: "dr-1", 2: "dr-2", 3: "dr-3"}
