"""What each session has and lacks, and how each tick is won."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.consult_clinic import make_clinic

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.completeness import ticks_of
from mesodash.records.treatment.corrections import amend_session, finalise_session
from mesodash.records.treatment.entries import ProductEntry
from mesodash.records.treatment.follow_up import record_contact
from mesodash.records.treatment.sessions import read_session
from mesodash.records.watch.consents import record_consent, withdraw_consent

DOCTOR = Actor("dr-a", "practitioner")
TODAY = "2026-11-22"
NAMES = ("products", "dose", "consent", "baseline", "follow_up")


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


def ticks(path, today=TODAY):
    return {
        one.session_id: tuple(getattr(one, name) for name in NAMES)
        for one in ticks_of(path, "HUGO", DOCTOR, today=today, clock=clock)
    }


def consent(path, given_on, **more):
    return record_consent(
        path, "HUGO", DOCTOR, nonce=f"n{given_on}{more}"[:64], purpose="treatment",
        given_on=given_on, given_how="paper", today=date.fromisoformat(TODAY), clock=clock, **more,
    )  # fmt: skip


def test_a_course_under_way_newest_first(clinic):
    assert ticks(clinic) == {
        "S3": (True, True, False, True, False),
        "S2": (False, True, False, True, True),
        "S1": (False, True, False, True, True),
    }
    assert list(ticks(clinic)) == ["S3", "S2", "S1"]
    assert ticks(clinic, "2026-11-20")["S3"][-1] is None


def test_a_consent_counts_from_its_day_to_its_withdrawal_and_for_its_protocol(clinic):
    consent(clinic, date(2026, 11, 6), protocol="face_polyvit")
    assert {one[2] for one in ticks(clinic).values()} == {False}
    name = consent(clinic, date(2026, 11, 13))
    assert [one[2] for one in ticks(clinic).values()] == [True, True, False]
    withdraw_consent(
        clinic, name, DOCTOR, on=date(2026, 11, 20), today=date(2026, 11, 22), clock=clock
    )
    assert [one[2] for one in ticks(clinic).values()] == [False, True, False]


def test_what_is_mended_is_ticked(clinic):
    consent(clinic, date(2026, 11, 6))
    record_contact(clinic, "HUGO", DOCTOR, contacted_at=TODAY, channel="phone", clock=clock)
    seen = read_session(clinic, "S1", DOCTOR, clock=clock)
    whole = replace(seen.entry, products=(ProductEntry("Saline", "S-1"),))
    amend_session(clinic, whole, DOCTOR, seen=seen, clock=clock)
    finalise_session(
        clinic, DOCTOR, seen=read_session(clinic, "S1", DOCTOR, clock=clock), clock=clock
    )

    found = {one.session_id: one for one in ticks_of(clinic, "HUGO", DOCTOR, today=TODAY)}
    assert {name: (o.is_complete, o.finalised) for name, o in found.items()} == {
        "S3": (True, False),
        "S2": (False, False),
        "S1": (True, True),
    }


def test_not_everybody_may_look(clinic):
    with pytest.raises(NotAllowedError):
        ticks_of(clinic, "HUGO", Actor("m", "manager"), today=TODAY, clock=clock)
