"""What is doubtful or missing is found, and goes once it is mended."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.consult_clinic import make_clinic

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.store.connection import writing
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.corrections import amend_session
from mesodash.records.treatment.data_quality import (
    KINDS,
    ComponentBound,
    ProtocolBounds,
    data_findings,
)
from mesodash.records.treatment.entries import ProductEntry
from mesodash.records.treatment.sessions import read_session

DOCTOR = Actor("dr-a", "practitioner")
LIMITS = {"hair_duta": ProtocolBounds(2.0, False, 7)}


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path):
    path = tmp_path / "rooms.db"
    make_clinic(path)
    return path


def found(path, limits=None, today="2026-11-22"):
    return {
        one.kind: sorted({row.session_id for row in one.newest})
        for one in data_findings(path, limits or LIMITS, today, DOCTOR, clock=clock)
    }


def change(path, sql):
    with writing(path, DEMO, clock=clock) as writing_to:
        writing_to.db.execute(sql)
        writing_to.log("update", "sessions")


def test_sessions_without_a_product_are_found_until_they_have_one(clinic):
    assert found(clinic) == {"product": ["S1", "S2"]}
    for session_id in ("S1", "S2"):
        seen = read_session(clinic, session_id, DOCTOR, clock=clock)
        entry = replace(seen.entry, products=(ProductEntry("Saline", "S-1"),))
        amend_session(clinic, entry, DOCTOR, seen=seen, clock=clock)

    assert found(clinic) == {}


@pytest.mark.parametrize(
    ("kind", "sql", "where"),
    [
        ("lot", "UPDATE products_used SET lot = NULL", ["S3"]),
        (
            "dose",
            "UPDATE treated_areas SET points = NULL, volume_ul = NULL WHERE session = 2",
            ["S2"],
        ),
        (
            "no_end",
            "UPDATE side_effects SET outcome = 'resolved' WHERE side_effect_id = 'E2'",
            ["S3"],
        ),
        ("effect", "UPDATE side_effects SET area = 'face.cheek' WHERE id = 1", ["S1"]),
        (
            "order",
            (
                "UPDATE sessions SET started_at = '2026-11-06T12:00', ended_at = '2026-11-06T11:00'"
                " WHERE id = 1"
            ),
            ["S1"],
        ),
        ("order", "UPDATE sessions SET ended_at = '2026-11-05' WHERE id = 1", ["S1"]),
        ("order", "UPDATE side_effects SET gone_by_at = '2026-11-19' WHERE id = 2", ["S3"]),
        (
            "order",
            "UPDATE side_effects SET last_seen_at = '2026-11-09' WHERE id = 1",
            ["S1"],
        ),
    ],
)
def test_each_kind_is_found(clinic, kind, sql, where):
    assert kind not in found(clinic)  # control
    change(clinic, sql)

    assert found(clinic)[kind] == where


@pytest.mark.parametrize(
    "sql",
    [
        (
            "UPDATE sessions SET started_at = '2026-11-06T12:00', ended_at = '2026-11-06'"
            " WHERE id = 1"
        ),
        "UPDATE sessions SET started_at = '2026-11-06', ended_at = '2026-11-06T12:00' WHERE id = 1",
        "UPDATE side_effects SET resolved_at = '2026-11' WHERE id = 1",
    ],
)
def test_a_time_that_is_known_to_the_day_alone_is_in_no_wrong_order(clinic, sql):
    change(clinic, sql)
    assert "order" not in found(clinic)


def test_a_session_that_ends_before_it_begins_is_mended_by_its_correction(clinic):
    change(
        clinic,
        "UPDATE sessions SET started_at = '2026-11-06T12:00', ended_at = '2026-11-06T11:00'"
        " WHERE id = 1",
    )
    seen = read_session(clinic, "S1", DOCTOR, clock=clock)
    with pytest.raises(RecordError, match="ends before it begins"):
        amend_session(clinic, replace(seen.entry, note="x"), DOCTOR, seen=seen, clock=clock)
    entry = replace(seen.entry, ended_at="2026-11-06T12:30")
    amend_session(clinic, entry, DOCTOR, seen=seen, clock=clock)

    assert "order" not in found(clinic)
    assert read_session(clinic, "S1", DOCTOR, clock=clock).entry == entry


def test_more_than_the_maximum_without_a_note(clinic):
    limits = {"hair_duta": ProtocolBounds(1.5, False, None)}
    assert found(clinic, limits)["over_maximum"] == ["S1", "S2", "S3"]
    change(clinic, "UPDATE sessions SET note = 'thick scalp' WHERE id = 2")
    assert found(clinic, limits)["over_maximum"] == ["S1", "S3"]
    assert "over_maximum" not in found(clinic, {"hair_duta": ProtocolBounds(1.5, True, None)})


def test_a_maximum_of_a_side_is_halved_of_what_both_sides_had_together(clinic):
    limits = {"hair_duta": ProtocolBounds(0.75, True, None)}
    assert found(clinic, limits)["over_maximum"] == ["S1", "S2", "S3"]
    change(clinic, "UPDATE treated_areas SET side = 'both' WHERE session < 3")
    assert found(clinic, limits)["over_maximum"] == ["S3"]


def test_more_of_a_component_than_its_most_on_a_day_without_a_note(clinic):
    # Two areas of 1 mL on each day: 16 mg a day.
    def limits(most, per_kg=None):
        return {
            "hair_duta": ProtocolBounds(
                None, False, None, (ComponentBound("piroxicam", 8.0, most, per_kg),)
            )
        }

    assert "over_maximum" not in found(clinic, limits(16.0))
    assert found(clinic, limits(15.0))["over_maximum"] == ["S1", "S2", "S3"]
    change(clinic, "UPDATE sessions SET note = 'as agreed' WHERE id = 2")
    assert found(clinic, limits(15.0))["over_maximum"] == ["S1", "S3"]
    change(clinic, "UPDATE sessions SET held_at = '2026-11-20T08:00' WHERE id = 1")
    assert found(clinic, limits(16.0))["over_maximum"] == ["S3"]  # two sessions of one day
    change(clinic, "UPDATE patients SET weight_g = 50000")
    assert found(clinic, limits(None, 0.5)) == found(clinic, limits(25.0))


def test_a_session_sooner_than_its_interval(clinic):
    assert found(clinic, {"hair_duta": ProtocolBounds(None, False, 8)})["interval"] == ["S2", "S3"]


def test_every_kind_has_words_and_not_everybody_may_look(clinic):
    assert len(KINDS) == 8
    with pytest.raises(NotAllowedError):
        data_findings(clinic, {}, "2026-11-22", Actor("m", "manager"), clock=clock)
