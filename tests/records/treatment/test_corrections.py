"""Corrections of held sessions: with a reason, with the old version readable, never unseen."""

from dataclasses import replace
from datetime import date

import pytest
from tests.records.treatment.test_recording import (
    DOCTOR,
    ENTRY,
    clinic,  # noqa: F401 (a fixture)
    clock,
    course,  # noqa: F401 (a fixture)
    record,
    rows,
)

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.audit.row_history import row_versions
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.treatment.corrections import (
    amend_session,
    finalise_session,
    former_rows,
    void_session,
)
from mesodash.records.treatment.entries import ReactionEntry
from mesodash.records.treatment.follow_up import EffectAnswer, record_contact
from mesodash.records.treatment.sessions import read_session
from mesodash.records.watch.consents import record_consent, withdraw_consent


@pytest.fixture
def held(clinic):  # noqa: F811
    return read_session(clinic, record(clinic), DOCTOR, clock=clock)


def now(path, session):
    return read_session(path, session.entry.session_id, DOCTOR, clock=clock)


def amend(path, seen, reason="", **changes):
    amend_session(
        path, replace(seen.entry, **changes), DOCTOR, seen=seen, reason=reason, clock=clock
    )
    return now(path, seen)


def test_an_open_session_is_corrected_and_the_old_version_stays(clinic, held):  # noqa: F811
    area = replace(held.entry.areas[0], volume_ml=2.5)
    found = amend(clinic, held, areas=(area,), note="as measured", held_at="2026-11-24T11:00")

    assert found.entry == replace(
        held.entry, areas=(area,), note="as measured", held_at="2026-11-24T11:00"
    )
    versions = row_versions(clinic, "sessions", held.entry.session_id, DOCTOR, clock=clock)
    assert [one.action for one in versions] == ["insert", "update"]
    assert versions[1].before["note"] == "went well"
    old = former_rows(clinic, held.entry.session_id, DOCTOR, clock=clock)
    volumes = [one.before.get("volume_ul") for one in old if one.table == "treated_areas"]
    assert sorted(volumes) == [1600, 1700]
    assert rows(clinic, "SELECT held_at FROM treated_areas") == [("2026-11-24T11:00",)]
    assert rows(clinic, "SELECT onset_at FROM side_effects") == [("2026-11-24T11:00",)]


def test_once_finalised_it_takes_a_reason(clinic, held):  # noqa: F811
    finalise_session(clinic, DOCTOR, seen=held, clock=clock)
    assert former_rows(clinic, held.entry.session_id, DOCTOR, clock=clock)[0].table == "sessions"
    closed = now(clinic, held)
    assert (closed.finalised_at, closed.finalised_by) == ("2026-11-24T09:30:00+00:00", "dr-a")

    with pytest.raises(RecordError, match="Say why"):
        amend(clinic, closed, note="other")
    found = amend(clinic, closed, reason=" wrong  syringe ", note="other")

    assert (found.entry.note, found.finalised_by) == ("other", "dr-a")
    versions = row_versions(clinic, "sessions", held.entry.session_id, DOCTOR, clock=clock)
    assert versions[-1].why == "wrong syringe"


def test_use_beyond_the_label_takes_a_consent_or_a_reason(clinic, held):  # noqa: F811
    def finalise(seen, reason=""):
        finalise_session(clinic, DOCTOR, seen=seen, off_label=True, reason=reason, clock=clock)
        return now(clinic, seen).finalised_by

    def consent(purpose, **more):
        record_consent(
            clinic,
            held.entry.patient_id,
            DOCTOR,
            nonce=f"{purpose}-{len(more)}-consent",
            purpose=purpose,
            given_on=date(2026, 11, 20),
            given_how="paper",
            today=date(2026, 11, 24),
            clock=clock,
            **more,
        )

    consent("treatment")
    consent("off_label", protocol="another")
    with pytest.raises(RecordError, match="say why there is none"):
        finalise(held, "  ")
    assert now(clinic, held).finalised_at is None
    assert finalise(held, "signed at the\n hospital") == "dr-a"
    versions = row_versions(clinic, "sessions", held.entry.session_id, DOCTOR, clock=clock)
    assert versions[-1].why == "signed at the hospital"


def test_a_consent_that_stands_on_the_day_needs_no_reason(clinic, held):  # noqa: F811
    consent_id = record_consent(
        clinic, held.entry.patient_id, DOCTOR, nonce="a-consent", purpose="off_label",
        given_on=date(2026, 11, 20), given_how="paper", today=date(2026, 11, 24), clock=clock,
    )  # fmt: skip
    withdraw_consent(
        clinic, consent_id, DOCTOR, on=date(2026, 11, 24), today=date(2026, 11, 24), clock=clock
    )
    with pytest.raises(RecordError, match="beyond the label"):  # withdrawn on the very day
        finalise_session(clinic, DOCTOR, seen=held, off_label=True, clock=clock)
    record_consent(
        clinic, held.entry.patient_id, DOCTOR, nonce="another-consent", purpose="off_label",
        given_on=date(2026, 11, 24), given_how="paper", today=date(2026, 11, 24), clock=clock,
    )  # fmt: skip
    finalise_session(clinic, DOCTOR, seen=held, off_label=True, clock=clock)
    assert now(clinic, held).finalised_by == "dr-a"


def test_what_another_one_changed_is_not_overwritten(clinic, held):  # noqa: F811
    amend(clinic, held, note="of the first")

    with pytest.raises(ChangedMeanwhileError, match="compare both"):
        amend(clinic, held, note="of the second")
    assert now(clinic, held).entry.note == "of the first"


def test_reactions_come_and_go_but_not_those_followed_up(clinic, held):  # noqa: F811
    more = amend(clinic, held, reactions=(ReactionEntry("pain", 2), *held.entry.reactions))
    assert {one.effect for one in more.entry.reactions} == {"erythema", "pain"}
    less = amend(clinic, more, reactions=(ReactionEntry("erythema", 3),))
    assert less.entry.reactions == (ReactionEntry("erythema", 3),)

    (effect,) = rows(clinic, "SELECT side_effect_id FROM side_effects")
    record_contact(
        clinic,
        "P1",
        DOCTOR,
        contacted_at="2026-11-25",
        channel="phone",
        answers=[EffectAnswer(effect[0], "gone")],
        clock=clock,
    )
    with pytest.raises(RecordError, match="followed up since"):
        amend(clinic, now(clinic, held), reactions=())


def test_a_session_is_not_moved_past_what_followed_it(clinic, held):  # noqa: F811
    ended = EffectAnswer(f"{held.entry.session_id}-erythema", "gone", gone_on="2026-11-25")
    record_contact(
        clinic,
        held.entry.patient_id,
        DOCTOR,
        contacted_at="2026-11-26",
        channel="phone",
        answers=[ended],
        clock=clock,
    )
    seen = now(clinic, held)
    with pytest.raises(RecordError, match="2026-11-25, before the new day"):
        amend(clinic, seen, held_at="2026-11-26T10:00")
    assert now(clinic, held) == seen
    assert amend(clinic, seen, held_at="2026-11-25T10:00").entry.held_at == "2026-11-25T10:00"


def test_a_correction_of_price_and_times_keeps_the_old_ones_readable(clinic, held):  # noqa: F811
    first = amend(clinic, held, price=80.0, currency="EUR", ended_at=held.entry.held_at)
    with pytest.raises(RecordError, match="currency"):
        amend(clinic, first, currency=None)
    with pytest.raises(RecordError, match="ends before it begins"):
        amend(clinic, first, ended_at="2026-01-01")
    amend(clinic, first, "a slip", price=90.0, currency="GBP", ended_at=None)

    old = former_rows(clinic, held.entry.session_id, DOCTOR, clock=clock)
    was = next(one for one in old if one.table == "sessions")
    assert was.why == "a slip"
    assert {name: was.before[name] for name in ("price_milli", "currency", "ended_at")} == {
        "price_milli": 80_000,
        "currency": "EUR",
        "ended_at": held.entry.held_at,
    }


def test_another_session_of_the_course_makes_no_look_stale(clinic, course):  # noqa: F811
    entry = replace(ENTRY, course_id=course)
    session_id = record(clinic, entry)
    seen = read_session(clinic, session_id, DOCTOR, clock=clock)
    record(clinic, replace(entry, held_at="2026-11-20T10:00"), nonce="nonce-of-the-earlier")
    assert (seen.number, now(clinic, seen).number) == (1, 2)

    found = amend(clinic, seen, note="as measured")

    assert found.entry.note == "as measured"
    with pytest.raises(ChangedMeanwhileError):
        amend(clinic, seen, note="of the first look")


def test_a_void_session_stays_readable_and_frees_its_course(clinic, course):  # noqa: F811
    first, second = f"{course}-1", f"{course}-2"
    for session_id, on in ((first, "2026-11-24"), (second, "2026-12-01")):
        entry = replace(ENTRY, session_id=session_id, course_id=course, held_at=on)
        record(clinic, entry, nonce=f"nonce-{session_id}", seen=on)
    assert rows(clinic, "SELECT state FROM courses") == [("completed",)]
    seen = read_session(clinic, second, DOCTOR, clock=clock)

    with pytest.raises(RecordError, match="Say why"):
        void_session(clinic, DOCTOR, seen=seen, reason=" ", clock=clock)
    void_session(clinic, DOCTOR, seen=seen, reason="another patient", clock=clock)

    found = read_session(clinic, second, DOCTOR, clock=clock)
    assert (found.state, found.reason, found.entry) == ("void", "another patient", seen.entry)
    assert rows(clinic, "SELECT state FROM courses") == [("active",)]
    with pytest.raises(RecordError, match="Only a held session"):
        amend(clinic, found, note="x")


def test_who_may_not_correct(clinic, held):  # noqa: F811
    with pytest.raises(NotAllowedError):
        void_session(
            clinic, Actor("m", "manager", sees_names=True), seen=held, reason="x", clock=clock
        )
