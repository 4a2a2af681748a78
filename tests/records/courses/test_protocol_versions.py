"""Adopted versions: numbered one after the other, never edited, read back as they were."""

from datetime import date

import pytest
from sqlite_utils.utils import sqlite3

from mesodash.records.audit.actor import Actor
from mesodash.records.courses.protocol_versions import (
    Parameters,
    add_version,
    read_current,
    read_version,
    read_versions,
)
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import RecordError

DOCTOR = Actor("dr-a", "practitioner")
FIRST = Parameters(technique="nappage", depth_mm=3, sessions=4, interval_days=15)
DAY = date(2026, 11, 22)


def log_of(path):
    with reading(path) as db:
        return [
            tuple(row)
            for row in db.execute(
                "SELECT actor, action, row_key FROM change_log WHERE table_name ="
                " 'protocol_versions' ORDER BY seq"
            )
        ]


def test_a_version_is_read_back_as_it_was_adopted(empty_clinic):
    added = add_version(empty_clinic, "face_polyvit", FIRST, DOCTOR, on=DAY, reason="own practice")

    assert (added.protocol, added.version) == ("face_polyvit", 1)
    assert (added.adopted_on, added.adopted_by) == (DAY, "dr-a")
    assert (added.parameters, added.reason) == (FIRST, "own practice")
    assert read_version(empty_clinic, added.key) == added
    assert log_of(empty_clinic) == [("dr-a", "adopt", "face_polyvit 1")]


def test_a_change_makes_the_next_version_and_keeps_the_first(empty_clinic):
    first = add_version(empty_clinic, "face_polyvit", FIRST, DOCTOR, on=DAY)
    second = add_version(
        empty_clinic, "face_polyvit", Parameters(sessions=5), DOCTOR, on=date(2026, 12, 1)
    )
    other = add_version(empty_clinic, "hair_minox", Parameters(), DOCTOR, on=DAY)

    assert second.version == 2
    assert read_versions(empty_clinic, "face_polyvit") == (second, first)
    assert read_versions(empty_clinic) == (second, first, other)
    assert read_current(empty_clinic) == {"face_polyvit": second, "hair_minox": other}


def test_the_same_again_is_no_new_version(empty_clinic):
    first = add_version(empty_clinic, "face_polyvit", FIRST, DOCTOR, on=DAY)
    again = add_version(empty_clinic, "face_polyvit", FIRST, DOCTOR, on=date(2027, 1, 1))

    assert again == first
    assert len(log_of(empty_clinic)) == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE protocol_versions SET parameters = '{}'", "DELETE FROM protocol_versions"]
)
def test_a_version_cannot_be_edited_or_deleted(empty_clinic, statement):
    first = add_version(empty_clinic, "face_polyvit", FIRST, DOCTOR, on=DAY)

    with (
        pytest.raises(sqlite3.IntegrityError, match="never changed"),
        writing(empty_clinic, DOCTOR) as change,
    ):
        change.db.execute(statement)

    assert read_versions(empty_clinic) == (first,)


def test_parameters_keep_what_is_given_and_ignore_names_of_later_versions():
    values = {"sessions": 3, "interval_days": 30, "a_later_parameter": 1}

    assert Parameters.of(values) == Parameters(sessions=3, interval_days=30)
    assert Parameters(sessions=3).given() == {"sessions": 3}


def test_an_unknown_version_is_refused_in_words(empty_clinic):
    with pytest.raises(RecordError, match="not in the clinic's file"):
        read_version(empty_clinic, 7)
