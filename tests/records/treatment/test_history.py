"""The history of an area: which sessions, in which order, with what they hold."""

import pytest

from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.history import EffectSeen, Score, Site, area_history


def session(change, number, patient, held_at, *, state="held", course=None):
    change.db["sessions"].insert(
        {
            "id": number,
            "session_id": f"S{number}",
            "patient": patient,
            "course": course,
            "practitioner": 1,
            "protocol": "fat_pcdc",
            "held_at": held_at,
            "state": state,
        }
    )


def treat(change, number, area, side, **more):
    patient, held_at = change.db.execute(
        "SELECT patient, held_at FROM sessions WHERE id = ?", [number]
    ).fetchone()
    change.db["treated_areas"].insert(
        {"session": number, "patient": patient, "held_at": held_at, "area": area, "side": side}
        | more
    )


@pytest.fixture
def clinic(empty_clinic):
    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].insert_all(
            {"id": n, "patient_id": f"P{n}", "sex": "female"} for n in (1, 2)
        )
        change.db["practitioners"].insert(
            {"id": 1, "practitioner_id": "D1", "name": "Practitioner A"}
        )
        change.db["courses"].insert(
            {
                "id": 1,
                "course_id": "C1",
                "patient": 1,
                "indication": "fat_local",
                "protocol": "fat_pcdc",
                "planned_sessions": 4,
                "started_on": "2026-01-05",
                "state": "active",
            }
        )
        session(change, 1, 1, "2026-01-05T10:00", course=1)
        session(change, 2, 1, "2026-02-05", course=1)
        session(change, 3, 2, "2026-03-01")
        session(change, 4, 2, "2026-04-01", state="cancelled")
        treat(change, 1, "abdomen.lower", "midline", volume_ul=2_200, points=44, depth_um=4_500)
        treat(change, 1, "hip", "left")
        treat(change, 2, "abdomen.lower", "midline")
        treat(change, 3, "hip", "both")
        treat(change, 4, "hip", "left")
        change.db["products_used"].insert_all(
            [
                {"session": 1, "area": None, "product": "caffeine", "lot": "L1", "volume_ul": 500},
                {"session": 1, "area": "hip", "product": "saline", "lot": None, "volume_ul": None},
            ]
        )
        change.db["side_effects"].insert(
            {
                "side_effect_id": "E1",
                "session": 1,
                "area": "abdomen.lower",
                "effect": "bruise",
                "onset_at": "2026-01-05",
                "resolved_at": "2026-01-09",
                "severity": 1,
            }
        )
        change.db["outcomes"].insert(
            {
                "patient": 1,
                "course": 1,
                "session": 1,
                "area": "abdomen.lower",
                "scale": "circumference",
                "value": 81.5,
                "measured_on": "2026-01-05",
            }
        )
        change.log("import", "sessions", rows=4)
    return empty_clinic


def test_newest_first_with_everything_of_the_session(clinic):
    newest, first = area_history(clinic, [Site("abdomen.lower")], DEMO)

    assert (newest.session_id, newest.number) == ("S2", 2)
    assert (newest.volume_ml, newest.points, newest.products, newest.effects) == (
        None,
        None,
        (),
        (),
    )
    assert first.session_id == "S1"
    assert first.patient_id == "P1"
    assert first.held_at == "2026-01-05T10:00"
    assert (first.number, first.planned_sessions) == (1, 4)
    assert (first.volume_ml, first.points, first.depth_mm) == (2.2, 44, 4.5)
    assert first.practitioner == "Practitioner A"
    assert first.products == (("caffeine", "L1", 0.5),), "the hip's own product is not here"
    assert first.effects == (
        EffectSeen("bruise", None, "abdomen.lower", "2026-01-05", "2026-01-09", None, None, 1),
    )
    assert first.scores == (Score("circumference", "abdomen.lower", 81.5, "2026-01-05"),)


def test_a_side_matches_itself_and_both_and_only_held_sessions_count(clinic):
    left = area_history(clinic, [Site("hip", "left")], DEMO)
    right = area_history(clinic, [Site("hip", "right")], DEMO)

    assert [(row.session_id, row.side) for row in left] == [("S3", "both"), ("S1", "left")]
    assert [(row.session_id, row.side) for row in right] == [("S3", "both")]


def test_one_patient_only(clinic):
    rows = area_history(clinic, [Site("hip"), Site("abdomen.lower")], DEMO, patient_id="P2")

    assert [row.session_id for row in rows] == ["S3"]


def test_the_limit_keeps_the_newest(clinic):
    rows = area_history(clinic, [Site("hip"), Site("abdomen.lower")], DEMO, limit=2)

    assert [row.session_id for row in rows] == ["S3", "S2"]


def test_no_area_no_history(clinic):
    assert area_history(clinic, [], DEMO) == ()


def test_an_unknown_patient_is_told(clinic):
    with pytest.raises(RecordError, match="No patient has the id 'P9'; choose one from the list"):
        area_history(clinic, [Site("hip")], DEMO, patient_id="P9")


def test_a_look_is_noted_once_in_a_while_for_each_actor(clinic):
    for actor in (DEMO, DEMO, Actor("other", "practitioner")):
        area_history(clinic, [Site("hip")], actor, patient_id="P2")
    with reading(clinic) as db:
        views = list(
            db.query(
                "SELECT actor, table_name, row_key, patient FROM change_log WHERE action='view'"
            )
        )
        revisions = {r for (r,) in db.execute("SELECT revision FROM change_log WHERE seq > 1")}

    assert views == [
        {"actor": "demo", "table_name": "sessions", "row_key": "P2", "patient": 2},
        {"actor": "other", "table_name": "sessions", "row_key": "P2", "patient": 2},
    ]
    assert revisions == {2}, "a look does not move the revision"


def test_history_reads_one_index_range_an_area(clinic):
    with reading(clinic) as db:
        plan = db.execute(
            "EXPLAIN QUERY PLAN SELECT id FROM treated_areas WHERE area = 'hip'"
            " ORDER BY held_at DESC LIMIT 5"
        ).fetchall()

    assert "treated_areas_history" in plan[0][3]
    assert not any("TEMP B-TREE" in step[3] for step in plan)
