"""Behind a figure: each cell's sessions are as many as the cell says, and are the record's."""

from collections import Counter
from datetime import date, datetime

import pytest

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.store.connection import reading
from mesodash.reports.core.filters import Filters, Period, ReportError
from mesodash.reports.core.reader import Reader

pytestmark = pytest.mark.slow

SUMMER = Filters(Period(date(2024, 6, 1), date(2024, 8, 31)))


def cell(row, keys):
    return {key: None if row[key] != row[key] else row[key] for key in keys}


@pytest.mark.parametrize(
    "keys",
    [
        ("month", "area"),
        ("week", "practitioner"),
        ("day",),
        ("region", "side"),
        ("protocol", "indication", "clinic"),
    ],
    ids=str,
)
def test_as_many_sessions_as_the_volumes_count(reader, keys):
    frame = reader.volumes(SUMMER, keys)
    for row in [*frame.head(4).to_dict("records"), *frame.tail(3).to_dict("records")]:
        found = reader.sessions_behind(DEMO, cell(row, keys), SUMMER)
        assert len(found) == row["sessions"], row
        assert found["patient_id"].nunique() == row["patients"]
        assert found["session_id"].is_unique


@pytest.mark.parametrize("keys", [("effect",), ("effect", "lot"), ("effect", "area")], ids=str)
def test_as_many_sessions_as_the_incidence_counts(reader, keys):
    frame = reader.report("incidence", SUMMER, keys)
    for row in frame.head(6).to_dict("records"):
        found = reader.sessions_behind(DEMO, cell(row, keys), SUMMER)
        assert len(found) == row["sessions_with"], row


def test_the_sessions_are_the_records(reader, rows):
    found = reader.sessions_behind(DEMO, {"month": "2024-07", "area": "buttock"})
    expected = {
        rows.session[a.session].session_id: rows.session[a.session]
        for a in rows.treated_areas
        if a.area == "buttock" and f"{rows.session[a.session].held_on:%Y-%m}" == "2024-07"
        and rows.session[a.session].state == "held"
    }  # fmt: skip
    assert set(found["session_id"]) == set(expected)
    assert found["held_at"].is_monotonic_decreasing
    for row in found.itertuples():
        session = expected[row.session_id]
        assert row.held_at == session.held_at
        areas = sorted({a.area for a in rows.treated_areas if a.session == session.id})
        assert row.areas == ", ".join(areas)
        names = {1: "dr-1", 2: "dr-2", 3: "dr-3"}
        assert row.practitioner == names.get(session.practitioner, row.practitioner)


def test_hours_of_the_week_recounted(reader, rows):
    frame = reader.weekday_hours(SUMMER)
    expected = Counter()
    for session in rows.sessions:
        inside = SUMMER.period.start <= session.held_on <= SUMMER.period.end
        if session.state == "held" and inside:
            at = datetime.fromisoformat(session.held_at)
            expected[at.weekday(), at.hour] += 1
    assert {(r.weekday, r.hour): r.sessions for r in frame.itertuples()} == dict(expected)
    assert frame.attrs == {"sessions": expected.total(), "without_time": 0}
    (weekday, hour), n = expected.most_common(1)[0]
    found = reader.sessions_behind(DEMO, {"weekday": str(weekday), "hour": str(hour)}, SUMMER)
    assert len(found) == n


def test_sessions_without_a_time_are_said_and_left_out(empty_clinic, catalogue):
    from mesodash.records.store.connection import writing

    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].insert({"id": 1, "patient_id": "P1", "sex": "female"})
        for n, at in enumerate(("2024-05-06", "2024-05-06T09:30", "2024-05-07T00:10"), start=1):
            change.db["sessions"].insert(
                {"session_id": f"S{n}", "patient": 1, "held_at": at, "state": "held"}
            )
        change.log("import", "sessions")
    frame = Reader(empty_clinic, catalogue).weekday_hours()
    assert frame.to_dict("records") == [
        {"weekday": 0, "hour": 9, "sessions": 1},
        {"weekday": 1, "hour": 0, "sessions": 1},
    ]
    assert frame.attrs == {"sessions": 3, "without_time": 1}


def test_a_role_that_sees_no_single_sessions_is_refused(reader):
    for role in ("auditor", "trainer", "manager"):
        with pytest.raises(NotAllowedError, match="may not look at single sessions"):
            reader.sessions_behind(Actor("x", role), {"month": "2024-07"})


def test_a_look_is_noted_with_what_was_looked_at(reader):
    practitioner = Actor("a-1", "practitioner")
    found = reader.sessions_behind(practitioner, {"month": "2024-07"})
    assert len(found) > 0
    assert found["patient_id"].notna().all()
    with reading(reader.db) as db:
        (key,) = db.execute(
            "SELECT row_key FROM change_log WHERE action = 'view' AND actor = 'a-1'"
        ).fetchone()
    assert key == "behind month=2024-07"


def test_unknown_keys_and_bare_lakes_are_told(reader, catalogue):
    with pytest.raises(ReportError, match="cannot be counted by"):
        reader.sessions_behind(DEMO, {"colour": "red"})
    reader.volumes()
    bare = Reader(None, catalogue, lake=reader.db.with_suffix(".lake"))
    for ask in (lambda: bare.sessions_behind(DEMO, {}), bare.weekday_hours):
        with pytest.raises(ReportError, match="only from the clinic's file"):
            ask()


def test_another_cell_of_the_same_keys_compiles_nothing(reader, monkeypatch):
    keys = ("month", "area")
    frame = reader.volumes(SUMMER, keys).dropna().head(4).to_dict("records")
    reader.sessions_behind(DEMO, cell(frame[0], keys), SUMMER)
    monkeypatch.setattr("mesodash.lake.engines.Lake._prepare", None)
    for row in frame[1:]:
        assert len(reader.sessions_behind(DEMO, cell(row, keys), SUMMER)) == row["sessions"]
    with pytest.raises(TypeError):  # other keys are another shape
        reader.sessions_behind(DEMO, {"month": "2024-07"}, SUMMER)
