"""Taking many rows in at once: inserts, updates, what is touched, and what is known already."""

import pytest

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import reading, writing
from mesodash.records.transfer.dump import ordered_rows
from mesodash.records.transfer.lookup import CHUNK, ExistingRows
from mesodash.records.transfer.upsert import Counts, WrittenRows, upsert

PATIENTS = ("patient_id", "sex")
SESSIONS = ("session_id", "patient", "held_at", "state")


def put(path, *tables):
    touched = WrittenRows()
    with writing(path, DEMO) as change:
        counts = [upsert(change, table, columns, rows, touched) for table, columns, rows in tables]
        touched.log(change)
    return counts, touched


@pytest.fixture
def clinic(empty_clinic):
    put(
        empty_clinic,
        ("patients", PATIENTS, [("P1", "female"), ("P2", "male")]),
        ("sessions", SESSIONS, [("S1", "P1", "2024-01-05", "held")]),
        (
            "treated_areas",
            ("session", "area", "side", "volume_ul"),
            [("S1", "face", "left", 5), ("S1", "hip", "left", None)],
        ),
    )
    return empty_clinic


def test_new_changed_and_equal_rows_are_told_apart(clinic):
    rows = [("P1", "female"), ("P2", "female"), ("P3", "other")]

    counts, touched = put(clinic, ("patients", PATIENTS, rows))

    assert counts == [Counts(inserted=1, updated=1, unchanged=1)]
    assert touched.patients == {2: 1, 3: 1}
    with reading(clinic) as db:
        assert list(ordered_rows(db, "patients", PATIENTS)) == rows


def test_the_same_rows_again_write_and_log_nothing(clinic):
    counts, touched = put(clinic, ("patients", PATIENTS, [("P1", "female")]))

    assert counts == [Counts(0, 0, 1)]
    assert (touched.months, touched.patients) == ({}, {})


def test_rows_without_an_id_are_known_by_their_natural_key(clinic):
    columns = ("session", "area", "side", "technique", "volume_ul")
    rows = [("S1", "face", "left", None, 7), ("S1", "face", "left", "papule", 7)]

    counts, _ = put(clinic, ("treated_areas", columns, rows))

    assert counts == [Counts(inserted=1, updated=1, unchanged=0)]


def test_a_treated_area_repeats_its_session_and_follows_it(clinic):
    moved = [("S1", "P2", "2023-12-31", "held")]

    _, touched = put(clinic, ("sessions", SESSIONS, moved))

    with reading(clinic) as db:
        areas = set(db.execute("SELECT patient, held_at FROM treated_areas"))
    assert areas == {(2, "2023-12-31")}
    assert touched.months == {
        ("sessions", "2023-12"): 1,
        ("sessions", "2024-01"): 1,
        ("treated_areas", "2023-12"): 2,
        ("treated_areas", "2024-01"): 2,
    }
    assert touched.patients == {1: 3, 2: 3}


def test_more_ids_than_one_statement_takes(empty_clinic):
    rows = [(f"P{n:05}", "other") for n in range(2 * CHUNK + 1)]

    put(empty_clinic, ("patients", PATIENTS, rows))

    with reading(empty_clinic) as db:
        known = ExistingRows(db).owners("patients", [*(row[0] for row in rows), "nobody"])
    assert known == {row[0]: row[0] for row in rows}


def test_what_is_known_of_courses_sessions_and_effects(clinic):
    effect = ("side_effect_id", "session", "effect", "onset_at")
    score = ("patient", "session", "scale", "value", "measured_on")
    put(
        clinic,
        ("side_effects", effect, [("E1", "S1", "itch", "2024-01")]),
        ("outcomes", score, [("P1", "S1", "gais", 2.0, "2024-01-05")]),
    )

    with reading(clinic) as db:
        known = ExistingRows(db)
        assert known.owners("sessions", ["S1", "S2"]) == {"S1": "P1"}
        assert known.owners("courses", ["C1"]) == {}
        assert known.owners("side_effects", ["E1"]) == {"E1": "P1"}
        assert known.scored_sessions(["S1", "S2"]) == {"S1"}
        assert known.held_sessions(["P1", "P2"]) == [("P1", "2024-01-05", "S1")]
        assert known.effects_now(["E1"], ["effect", "onset_at"]) == {
            "E1": {"session_id": "S1", "effect": "itch", "onset_at": "2024-01"}
        }


def test_a_row_the_schema_refuses_takes_the_others_with_it(clinic):
    before = clinic.read_bytes()

    with pytest.raises(Exception, match="CHECK constraint"):
        put(clinic, ("patients", PATIENTS, [("P3", "other"), ("P4", "neither")]))

    assert clinic.read_bytes() == before


VERSIONS = ("protocol", "version", "adopted_on", "adopted_by", "parameters")


def test_a_row_that_stands_is_never_updated(clinic):
    first = ("face_ncha", 1, "2024-01-01", "ada", "{}")
    put(clinic, ("protocol_versions", VERSIONS, [first]))

    counts, touched = put(
        clinic, ("protocol_versions", VERSIONS, [("face_ncha", 1, "2025-01-01", "bea", "{}")])
    )

    assert (counts, touched.months) == ([Counts(0, 0, 1)], {})
    with reading(clinic) as db:
        assert list(ordered_rows(db, "protocol_versions", VERSIONS)) == [first]


def test_a_session_keeps_the_version_it_names_beside_its_protocol(clinic):
    columns = ("session_id", "patient", "protocol", "protocol_version", "held_at", "state")
    followed = [
        ("S1", "P1", "melasma_txa", 1, "2024-01-05", "held"),
        ("S2", "P1", "melasma_txa", None, "2024-01-06", "held"),
    ]
    put(
        clinic,
        (
            "protocol_versions",
            VERSIONS,
            [(code, 1, "2024-01-01", "ada", "{}") for code in ("face_ncha", "melasma_txa")],
        ),
        ("sessions", columns, followed),
    )

    with reading(clinic) as db:
        assert db.execute(
            "SELECT session_id, protocol_version FROM sessions ORDER BY 1"
        ).fetchall() == [("S1", 2), ("S2", None)]
        assert list(ordered_rows(db, "sessions", columns)) == followed
        assert ExistingRows(db).versioned_sessions(["S1", "S2"]) == {"S1": "melasma_txa"}


def test_a_plan_from_elsewhere_is_tied_to_no_form_of_this_clinic(clinic):
    course = ("course_id", "patient", "indication", "protocol", "started_on", "state")
    plan = ("course", "made_by", "made_at", "reason")
    tables = (
        ("courses", course, [("C1", "P2", "melasma", "melasma_txa", "2024-01-05", "planned")]),
        ("plans", plan, [("C1", "ada", "2024-01-04T09:00:00+00:00", None)]),
    )

    counts, touched = put(clinic, *tables)
    again, _ = put(clinic, *tables)

    assert (counts, again) == ([Counts(1, 0, 0)] * 2, [Counts(0, 0, 1)] * 2)
    assert touched.patients == {2: 2}
    with reading(clinic) as db:
        (nonce, content) = db.execute("SELECT nonce, content FROM plans").fetchone()
        assert list(ordered_rows(db, "plans", plan)) == tables[1][2]
    assert (nonce[:15], len(content)) == ("from-elsewhere-", 64)
