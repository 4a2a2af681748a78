"""Drafts: one an account, patient and form; found again anywhere, and no fact of the clinic."""

from datetime import UTC, datetime

import pytest

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.store.clinic import read_revision
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.drafts import LONGEST, drafts_of, drop_draft, keep_draft, read_draft

DOCTOR, OTHER = Actor("dr-a", "practitioner"), Actor("dr-b", "practitioner")
AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def clinic(empty_clinic):
    with writing(empty_clinic, DOCTOR) as change:
        change.db["patients"].insert({"id": 1, "patient_id": "P1", "sex": "female"})
        change.log("create", "patients")
    return empty_clinic


def keep(path, content, actor=DOCTOR, form="session:new"):
    return keep_draft(path, "P1", form, content, actor, clock=lambda: AT)


def test_the_latest_is_found_again(clinic):
    keep(clinic, {"note": "first"})
    assert keep(clinic, {"note": "second", "volume": 1.5}) == "2026-11-24T09:30:00+00:00"

    found = read_draft(clinic, "P1", "session:new", DOCTOR)
    assert (found.content, found.saved_at) == (
        {"note": "second", "volume": 1.5},
        "2026-11-24T09:30:00+00:00",
    )
    assert [draft.form for draft in drafts_of(clinic, DOCTOR)] == ["session:new"]


def test_it_is_its_owners_alone(clinic):
    keep(clinic, {"note": "mine"})

    assert read_draft(clinic, "P1", "session:new", OTHER) is None
    assert drafts_of(clinic, OTHER) == ()


def test_forms_do_not_mix_and_a_dropped_one_is_gone(clinic):
    keep(clinic, {"n": 1})
    keep(clinic, {"n": 2}, form="session:S4")
    drop_draft(clinic, "P1", "session:new", DOCTOR)

    assert read_draft(clinic, "P1", "session:new", DOCTOR) is None
    assert read_draft(clinic, "P1", "session:S4", DOCTOR).content == {"n": 2}


def test_no_revision_moves_and_nothing_is_logged(clinic):
    with reading(clinic) as db:
        (entries,) = db.execute("SELECT count(*) FROM change_log").fetchone()
    before = read_revision(clinic)
    keep(clinic, {"note": "typing"})

    assert read_revision(clinic) == before
    with reading(clinic) as db:
        assert db.execute("SELECT count(*) FROM change_log").fetchone() == (entries,)


def test_too_long_unknown_or_not_allowed_is_refused(clinic):
    with pytest.raises(RecordError, match="shorten the note"):
        keep(clinic, {"note": "x" * LONGEST})
    with pytest.raises(RecordError, match="No patient"):
        keep_draft(clinic, "P9", "session:new", {}, DOCTOR)
    with pytest.raises(NotAllowedError):
        keep(clinic, {}, actor=Actor("tess", "trainer"))
    assert drafts_of(clinic, DOCTOR) == ()
