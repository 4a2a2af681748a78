"""A side effect is corrected by who saw its latest state, and its old version stays readable."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.consult_clinic import make_clinic

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.store.connection import writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.treatment.corrections import former_rows
from mesodash.records.treatment.data_quality import data_findings
from mesodash.records.treatment.effect_corrections import (
    correct_effect,
    effects_of,
    remove_effect,
)
from mesodash.records.watch.red_cards import raise_red_card

DOCTOR = Actor("dr-a", "practitioner")
TODAY = date(2026, 11, 22)


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


def known(path):
    return {one.side_effect_id: one for one in effects_of(path, "HUGO", DOCTOR, clock=clock)}


def correct(path, seen, **values):
    correct_effect(
        path, replace(seen, **values), DOCTOR, seen=seen, today=TODAY, reason="misread", clock=clock
    )


def kinds(path, *of):
    found = data_findings(path, {}, "2026-11-22", DOCTOR, clock=clock)
    return {one.kind: [row.side_effect_id for row in one.newest] for one in found if one.kind in of}


def test_all_effects_are_listed_open_and_ended(clinic):
    assert [(e.side_effect_id, e.session_id, e.resolved_at) for e in known(clinic).values()] == [
        ("E2", "S3", None),
        ("E1", "S1", "2026-11-08"),
    ]


@pytest.mark.parametrize(
    ("kind", "sql", "values"),
    [
        ("no_end", "outcome = 'resolved', resolved_at = NULL", {"gone_by_at": "2026-11-09"}),
        ("effect", "area = 'face.cheek', side = 'left'", {"area": "scalp.vertex", "side": None}),
        ("order", "resolved_at = '2026-11-01'", {"resolved_at": "2026-11-10"}),
    ],
)
def test_the_correction_closes_what_was_found(clinic, kind, sql, values):
    with writing(clinic, DEMO, clock=clock) as change:
        change.db.execute(f"UPDATE side_effects SET {sql} WHERE side_effect_id = 'E1'")
        change.log("update", "side_effects")
    assert kinds(clinic, kind) == {kind: ["E1"]}

    correct(clinic, known(clinic)["E1"], **values)

    assert kinds(clinic, kind) == {}
    former = former_rows(clinic, "S1", DOCTOR, clock=clock)
    assert [(one.table, one.actor, one.why) for one in former[:1]] == [
        ("side_effects", "dr-a", "misread")
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"onset_at": "2026-11-31"},
        {"onset_at": ""},
        {"onset_at": "2026-11-23"},
        {"onset_at": "2026-12"},
        {"resolved_at": "2026-11-05"},
        {"resolved_at": "2026-10"},
        {"gone_by_at": "2026-11"},
        {"resolved_at": None, "outcome": "resolved"},
        {"side": "upper"},
        {"outcome": "better"},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(clinic, values):
    seen = known(clinic)["E1"]
    with pytest.raises(RecordError):
        correct(clinic, seen, **values)
    assert known(clinic)["E1"] == seen


def test_a_precision_is_kept(clinic):
    correct(clinic, known(clinic)["E1"], onset_at="2026-11", resolved_at="2026-11")
    after = known(clinic)["E1"]
    assert (after.onset_at, after.resolved_at) == ("2026-11", "2026-11")


def test_two_people_at_once_overwrite_nothing_unseen(clinic):
    seen = known(clinic)["E1"]
    correct(clinic, seen, severity=3)
    with pytest.raises(ChangedMeanwhileError, match='"severity": 3'):
        correct(clinic, seen, severity=2)
    assert known(clinic)["E1"].severity == 3


def test_one_recorded_by_mistake_is_taken_out_with_a_reason(clinic):
    seen = known(clinic)["E1"]
    with pytest.raises(RecordError):
        remove_effect(clinic, DOCTOR, seen=seen, reason=" ", clock=clock)
    remove_effect(clinic, DOCTOR, seen=seen, reason="another patient", clock=clock)

    assert list(known(clinic)) == ["E2"]
    (former, *_more) = former_rows(clinic, "S1", DOCTOR, clock=clock)
    assert (former.before["side_effect_id"], former.why) == ("E1", "another patient")


def test_an_effect_of_a_red_card_stays(clinic):
    card = raise_red_card(
        clinic, "HUGO", "late_lump", DOCTOR, at=clock(), nonce="n" * 8, clock=clock
    )
    with writing(clinic, DEMO, clock=clock) as change:
        change.db.execute(
            "UPDATE red_cards SET side_effect = (SELECT id FROM side_effects"
            " WHERE side_effect_id = 'E1') WHERE red_card_id = ?",
            [card],
        )
        change.log("update", "red_cards")
    with pytest.raises(RecordError):
        remove_effect(clinic, DOCTOR, seen=known(clinic)["E1"], reason="a slip", clock=clock)
    assert set(known(clinic)) == {"E1", "E2"}


def test_a_manager_may_neither_correct_nor_take_out(clinic):
    manager, seen = Actor("m", "manager", sees_names=True), known(clinic)["E1"]
    with pytest.raises(NotAllowedError):
        correct_effect(clinic, seen, manager, seen=seen, today=TODAY, clock=clock)
    with pytest.raises(NotAllowedError):
        remove_effect(clinic, manager, seen=seen, reason="a slip", clock=clock)
