"""When each area of a patient was last treated: held sessions only, one index range."""

from datetime import date

import pytest

from mesodash.records.audit.actor import DEMO
from mesodash.records.patients.last_treated import LastTreated, last_treated
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import RecordError

SESSIONS = [
    (1, 1, "2026-01-05T10:00", "held", "hair_minox"),
    (2, 1, "2026-02-05", "held", "fat_pcdc"),
    (3, 1, "2026-03-05", "planned", "fat_pcdc"),
    (4, 2, "2026-04-01", "held", "fat_pcdc"),
    (5, 1, "2026-01-20", "held", None),
]
TREATED = [
    (1, "scalp.vertex", "midline"),
    (1, "hip", "left"),
    (2, "hip", "left"),
    (2, "hip", "right"),
    (3, "hip", "left"),
    (4, "hip", "left"),
    (5, "abdomen.flank", "both"),
]


@pytest.fixture
def clinic(empty_clinic):
    when = {number: (patient, at) for number, patient, at, _, _ in SESSIONS}
    with writing(empty_clinic, DEMO) as change:
        for n in (1, 2):
            change.db["patients"].insert({"id": n, "patient_id": f"P{n}", "sex": "female"})
        change.db["courses"].insert(
            {"id": 1, "course_id": "C1", "patient": 1, "indication": "cellulite",
             "protocol": "cellulite_mix", "started_on": "2026-01-20", "state": "active"}
        )  # fmt: skip
        for number, patient, at, state, protocol in SESSIONS:
            change.db["sessions"].insert(
                {"id": number, "session_id": f"S{number}", "patient": patient, "held_at": at,
                 "state": state, "protocol": protocol, "course": 1 if number == 5 else None}
            )  # fmt: skip
        for session, area, side in TREATED:
            patient, at = when[session]
            change.db["treated_areas"].insert(
                {"session": session, "patient": patient, "held_at": at, "area": area, "side": side}
            )
        change.log("create", "sessions", rows=5)
    return empty_clinic


def test_the_last_held_session_of_each_area_and_side(clinic):
    assert last_treated(clinic, "P1", DEMO) == (
        LastTreated("abdomen.flank", "both", date(2026, 1, 20), "S5", "cellulite_mix"),
        LastTreated("hip", "left", date(2026, 2, 5), "S2", "fat_pcdc"),
        LastTreated("hip", "right", date(2026, 2, 5), "S2", "fat_pcdc"),
        LastTreated("scalp.vertex", "midline", date(2026, 1, 5), "S1", "hair_minox"),
    )


def test_only_sessions_of_one_protocol(clinic):
    found = last_treated(clinic, "P1", DEMO, protocol="hair_minox")

    assert [(row.area, row.on) for row in found] == [
        ("hip", date(2026, 1, 5)),
        ("scalp.vertex", date(2026, 1, 5)),
    ]


def test_the_look_is_noted(clinic):
    last_treated(clinic, "P1", DEMO)

    with reading(clinic) as db:
        seen = db.execute(
            "SELECT table_name, row_key, patient FROM change_log WHERE action = 'view'"
        ).fetchall()
    assert [tuple(row) for row in seen] == [("sessions", "P1", 1)]


def test_an_unknown_patient_is_refused(clinic):
    with pytest.raises(RecordError, match="No patient has the id 'P9'"):
        last_treated(clinic, "P9", DEMO)


def test_one_index_range_answers_it(clinic):
    with reading(clinic) as db:
        plan = " ".join(
            row[-1]
            for row in db.execute(
                "EXPLAIN QUERY PLAN SELECT t.area, t.side, max(t.held_at), s.session_id FROM"
                " treated_areas AS t JOIN sessions AS s ON s.id = t.session"
                " WHERE t.patient = 1 AND s.state = 'held' GROUP BY t.area, t.side"
            )
        )
    assert "treated_areas_patient (patient=?)" in plan
    assert "SCAN" not in plan


def test_only_what_was_held_before_a_session_of_its_own_time_left_out(clinic):
    found = last_treated(clinic, "P1", DEMO, before="2026-02-05")
    assert [(one.area, one.side, one.session_id) for one in found] == [
        ("abdomen.flank", "both", "S5"),
        ("hip", "left", "S1"),
        ("scalp.vertex", "midline", "S1"),
    ]
    assert last_treated(clinic, "P1", DEMO, before="2026-01-05T10:00") == ()
