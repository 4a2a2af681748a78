"""Consents: what they cover, and until when."""

from datetime import UTC, date, datetime

import pytest
from tests.consult_clinic import make_clinic

from mesodash.records.audit.actor import Actor
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.watch.consents import (
    TYPED,
    consents_of,
    is_consented,
    record_consent,
    version_of,
    withdraw_consent,
    words_of,
)

DOCTOR = Actor("dr-a", "practitioner")
TODAY = date(2026, 11, 22)


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path):
    path = tmp_path / "rooms.db"
    make_clinic(path)
    return path


def given(path, nonce="nonce-of-consent", **values):
    what = {
        "purpose": "treatment",
        "protocol": "hair_duta",
        "given_on": date(2026, 11, 1),
        "given_how": "paper",
        "text_version": "abc",
    }
    return record_consent(
        path, "HUGO", DOCTOR, nonce=nonce, today=TODAY, clock=clock, **(what | values)
    )


def test_what_a_consent_covers(clinic):
    first = given(clinic)
    assert given(clinic) == first
    (found,) = consents_of(clinic, "HUGO", DOCTOR, clock=clock)
    assert (found.consent_id, found.taken_by, found.text_version) == (first, "dr-a", "abc")

    covers = [
        is_consented([found], purpose, protocol, on)
        for purpose, protocol, on in (
            ("treatment", "hair_duta", TODAY),
            ("treatment", "cellulite_mix", TODAY),
            ("off_label", "hair_duta", TODAY),
            ("treatment", "hair_duta", date(2026, 10, 31)),
        )
    ]
    assert covers == [True, False, False, False]


def test_a_withdrawn_one_covers_nothing_from_that_day_on(clinic):
    consent_id = given(clinic, protocol=None)
    withdraw_consent(clinic, consent_id, DOCTOR, on=date(2026, 11, 20), today=TODAY, clock=clock)
    (found,) = consents_of(clinic, "HUGO", DOCTOR, clock=clock)

    days = [date(2026, 11, 19), date(2026, 11, 20)]
    assert [is_consented([found], "treatment", "hair_duta", on) for on in days] == [True, False]
    with pytest.raises(ChangedMeanwhileError, match="2026-11-20"):
        withdraw_consent(clinic, consent_id, DOCTOR, on=TODAY, today=TODAY, clock=clock)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"purpose": "all"}, "what the consent is for"),
        ({"given_how": "nod"}, "how it was given"),
        ({"given_on": date(2026, 11, 23)}, "day to come"),
    ],
)
def test_what_is_refused(clinic, changed, sentence):
    with pytest.raises(RecordError, match=sentence):
        given(clinic, **changed)
    assert consents_of(clinic, "HUGO", DOCTOR, clock=clock) == ()


def test_a_day_before_it_was_given_is_refused(clinic):
    with pytest.raises(RecordError, match="between the day it was given and today"):
        withdraw_consent(
            clinic, given(clinic), DOCTOR, on=date(2026, 10, 1), today=TODAY, clock=clock
        )


STROKES = "M12 30L14 31L15 33M40 20L44 22"


def test_one_on_the_screen_bears_its_signature_and_its_words(clinic):
    words = "I agree to be treated.\nI may withdraw this."
    given(clinic, given_how="screen", signature=STROKES, words=words)
    (found,) = consents_of(clinic, "HUGO", DOCTOR, clock=clock)

    assert found.signature == STROKES
    assert found.text_version == version_of(words)
    assert words_of(clinic, found.text_version) == tuple(words.split("\n"))
    assert words_of(clinic, "of-another-day") == ()
    given(clinic, nonce="nonce-of-another", given_how="paper", words=words)  # kept once


def test_who_cannot_draw_types_the_name(clinic):
    given(clinic, given_how="screen", signature=TYPED + "  Hugo   Martin ")
    (found,) = consents_of(clinic, "HUGO", DOCTOR, clock=clock)

    assert found.signature == "/s/ Hugo Martin"


@pytest.mark.parametrize(
    "signature",
    [None, "", "  ", TYPED, "M1 2", "M1 2L3 4Z", '"/><script>', "M1 2" + "L3 4" * 20_000],
)
def test_without_a_signature_there_is_none_on_the_screen(clinic, signature):
    with pytest.raises(RecordError, match="is signed there"):
        given(clinic, given_how="screen", signature=signature)
    assert consents_of(clinic, "HUGO", DOCTOR, clock=clock) == ()


def test_on_paper_no_strokes_are_kept(clinic):
    given(clinic, given_how="paper", signature=STROKES)
    (found,) = consents_of(clinic, "HUGO", DOCTOR, clock=clock)

    assert found.signature is None
