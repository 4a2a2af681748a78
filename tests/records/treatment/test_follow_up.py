"""A contact: what is still there, what is gone and since when, what is new; whole or not at all."""

import pytest
from tests.consult_clinic import make_clinic

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.treatment.corrections import void_session
from mesodash.records.treatment.effect_corrections import effects_of, remove_effect
from mesodash.records.treatment.follow_up import (
    EffectAnswer,
    NewEffect,
    open_effects,
    record_contact,
)
from mesodash.records.treatment.sessions import read_session

DOCTOR = Actor("dr-a", "practitioner")
SWELLING = "E2"


@pytest.fixture
def rooms(tmp_path):
    path = tmp_path / "rooms.db"
    make_clinic(path)
    return path


def contact(path, *answers, new=(), at="2026-11-24", channel="phone", patient="HUGO"):
    return record_contact(
        path, patient, DOCTOR, contacted_at=at, channel=channel, answers=answers, new=new
    )


def rows(path, sql):
    with reading(path) as db:
        return [tuple(row) for row in db.execute(sql)]


def swelling(path):
    return rows(
        path,
        "SELECT resolved_at, last_seen_at, gone_by_at FROM side_effects"
        " WHERE side_effect_id = 'E2'",
    )


def test_only_what_has_no_end_is_open(rooms):
    found = open_effects(rooms, "HUGO", DOCTOR)

    assert [(one.side_effect_id, one.effect, one.session_id) for one in found] == [
        (SWELLING, "swelling", "S3")
    ]


def test_still_there_moves_the_day_it_was_last_seen(rooms):
    contact(rooms, EffectAnswer(SWELLING, "still_there"))

    assert swelling(rooms) == [(None, "2026-11-24", None)]
    assert rows(rooms, "SELECT contacted_at, channel FROM follow_ups WHERE session = 3") == [
        ("2026-11-24", "phone")
    ]


def test_gone_since_a_known_day_is_an_end(rooms):
    contact(rooms, EffectAnswer(SWELLING, "gone", "2026-11-22"))

    assert swelling(rooms) == [("2026-11-22", "2026-11-21", None)]
    assert open_effects(rooms, "HUGO", DOCTOR) == ()


def test_gone_nobody_knows_since_when_is_gone_by(rooms):
    contact(rooms, EffectAnswer(SWELLING, "gone"))

    assert swelling(rooms) == [(None, "2026-11-21", "2026-11-24")]


def test_a_contact_without_news_is_one_of_the_latest_session(rooms):
    assert contact(rooms) == 1
    assert contact(rooms) == 1  # sent twice

    assert rows(rooms, "SELECT session, contacted_at FROM follow_ups ORDER BY id DESC LIMIT 1") == [
        (3, "2026-11-24")
    ]
    assert rows(rooms, "SELECT count(*) FROM follow_ups WHERE contacted_at = '2026-11-24'") == [
        (1,)
    ]


def test_a_new_effect_is_kept_with_its_session(rooms):
    contact(rooms, new=[NewEffect("S2", "nodule", "2026-11-23", severity=2)])

    assert rows(
        rooms,
        "SELECT effect, session, onset_at, last_seen_at, severity, told_by FROM side_effects"
        " WHERE effect = 'nodule'",
    ) == [("nodule", 2, "2026-11-23", "2026-11-24", 2, "patient")]


def test_a_new_effect_finds_a_free_id_after_another_was_taken_out(rooms):
    contact(rooms, new=[NewEffect("S1", "bruise", "2026-11-07")])
    contact(rooms, new=[NewEffect("S1", "bruise", "2026-11-08")])
    (first,) = [
        one
        for one in effects_of(rooms, "HUGO", DOCTOR)
        if (one.effect, one.onset_at) == ("bruise", "2026-11-07")
    ]
    remove_effect(rooms, DOCTOR, seen=first, reason="a slip")
    contact(rooms, new=[NewEffect("S1", "bruise", "2026-11-09")])

    assert rows(
        rooms, "SELECT onset_at FROM side_effects WHERE effect = 'bruise' ORDER BY onset_at"
    ) == [("2026-11-08",), ("2026-11-09",)]


def test_what_followed_a_session_that_is_void_by_now_is_not_answered(rooms):
    seen = read_session(rooms, "S3", DOCTOR)
    void_session(rooms, DOCTOR, seen=seen, reason="another patient")
    with pytest.raises(RecordError, match="open the page again"):
        contact(rooms, EffectAnswer(SWELLING, "gone"))
    assert swelling(rooms) == [(None, "2026-11-21", None)]


def test_a_new_effect_sent_twice_is_one(rooms):
    for _turn in range(2):
        contact(rooms, new=[NewEffect("S2", "nodule", "2026-11-23", severity=2)])

    assert rows(rooms, "SELECT count(*) FROM side_effects WHERE effect = 'nodule'") == [(1,)]


@pytest.mark.parametrize(
    ("answers", "more", "sentence"),
    [
        ([EffectAnswer(SWELLING, "gone", "2026-11-19")], {}, "began on 2026-11-20"),
        ([EffectAnswer(SWELLING, "gone", "2026-11-25")], {}, "after the contact"),
        ([EffectAnswer(SWELLING, "gone", "2026-11-20")], {}, "still there on 2026-11-21"),
        ([EffectAnswer(SWELLING, "gone")], {"at": "2026-11-20"}, "still there on 2026-11-21"),
        ([], {"new": [NewEffect("S3", "nodule", "2026-11-19")]}, "began before the session"),
        ([EffectAnswer("E9", "gone")], {}, "not of this patient"),
        ([], {"channel": "fax"}, "how the contact was"),
        ([], {"at": "2026-11-01"}, "no session before"),
        ([], {"patient": "ANNA"}, "no session before"),
        ([], {"new": [NewEffect("S4", "nodule", "2026-11-23")]}, "Choose the session"),
        ([], {"new": [NewEffect("S3", "nodule", "2026-11-25")]}, "after the contact"),
        ([], {"new": [NewEffect("S3", "other", "2026-11-23")]}, "Write down what it is"),
    ],
)
def test_what_cannot_be_is_refused_whole(rooms, answers, more, sentence):
    before = rows(rooms, "SELECT count(*) FROM follow_ups"), swelling(rooms)

    with pytest.raises(RecordError, match=sentence):
        contact(rooms, *answers, **more)
    assert (rows(rooms, "SELECT count(*) FROM follow_ups"), swelling(rooms)) == before


def test_one_bad_answer_leaves_the_good_one_out_as_well(rooms):
    with pytest.raises(RecordError):
        contact(rooms, EffectAnswer(SWELLING, "gone"), EffectAnswer("E9", "gone"))

    assert swelling(rooms) == [(None, "2026-11-21", None)]


def test_an_end_noted_by_somebody_else_is_not_overwritten(rooms):
    contact(rooms, EffectAnswer(SWELLING, "gone", "2026-11-22"))

    with pytest.raises(ChangedMeanwhileError):
        contact(rooms, EffectAnswer(SWELLING, "still_there"))
    assert swelling(rooms) == [("2026-11-22", "2026-11-21", None)]


def test_only_who_may_follow_up_does(rooms):
    with pytest.raises(NotAllowedError):
        record_contact(
            rooms, "HUGO", Actor("tess", "trainer"), contacted_at="2026-11-24", channel="phone"
        )


def test_what_was_told_of_an_effect_stands_with_who_told_it(rooms):
    record_contact(
        rooms,
        "HUGO",
        DOCTOR,
        contacted_at="2026-11-24",
        channel="phone",
        told_by="other",
        answers=[
            EffectAnswer(
                SWELLING,
                "gone",
                None,
                3,
                "no",
                "probable",
                sequelae=True,
                treatment_given=" ice ",
            )
        ],
    )

    assert rows(
        rooms,
        "SELECT severity, serious, related, outcome, treatment_given, told_by, gone_by_at"
        " FROM side_effects WHERE side_effect_id = 'E2'",
    ) == [(3, "no", "probable", "resolved_with_sequelae", "ice", "other", "2026-11-24")]


def test_what_is_not_said_of_an_effect_stays(rooms):
    contact(rooms, EffectAnswer(SWELLING, "still_there", severity=2, related="possible"))
    contact(rooms, EffectAnswer(SWELLING, "still_there"), at="2026-11-25")

    assert rows(
        rooms, "SELECT severity, related FROM side_effects WHERE side_effect_id = 'E2'"
    ) == [(2, "possible")]


def test_somebody_told_it(rooms):
    with pytest.raises(RecordError, match="who told it"):
        record_contact(
            rooms, "HUGO", DOCTOR, contacted_at="2026-11-24", channel="phone", told_by="nobody"
        )
