"""Red cards: from call to closing, escalation on a clock that is passed in."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.consult_clinic import make_clinic

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.treatment.follow_up import EffectAnswer, NewEffect, record_contact
from mesodash.records.watch.red_cards import (
    ESCALATES_AFTER,
    acknowledge_red_card,
    close_red_card,
    count_escalated_red_cards,
    count_open_red_cards,
    escalate_red_cards,
    open_red_cards,
    raise_red_card,
    raise_reported,
    red_cards_of,
    standing,
)

DOCTOR, OTHER = Actor("dr-a", "practitioner"), Actor("dr-b", "practitioner")
OPENED = datetime.fromisoformat("2026-11-22T09:30")


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path):
    path = tmp_path / "rooms.db"
    make_clinic(path)
    return path


def raised(path, flag="late_lump", nonce="nonce-of-card", **values):
    return raise_red_card(
        path, "HUGO", flag, DOCTOR, at=OPENED, nonce=nonce, session_id="S3", clock=clock, **values
    )


def card(path):
    (found,) = red_cards_of(path, "HUGO", DOCTOR, clock=clock)
    return found


def test_from_the_call_to_closing(clinic):
    first = raised(clinic, note="a lump since Monday")
    assert raised(clinic) == first  # the same form, sent twice
    assert (card(clinic).owner, card(clinic).session_id) == ("dr-a", "S3")
    acknowledge_red_card(clinic, first, OTHER, at=OPENED + timedelta(hours=1), clock=clock)
    assert (card(clinic).owner, card(clinic).acknowledged_at) == ("dr-b", "2026-11-22T10:30")

    with pytest.raises(RecordError, match="examination found"):
        close_red_card(clinic, first, OTHER, at=OPENED, examination="", reason="seen", clock=clock)
    close_red_card(
        clinic,
        first,
        OTHER,
        at=OPENED + timedelta(hours=2),
        examination="soft, no pus",
        reason="a bruise",
        clock=clock,
    )

    found = card(clinic)
    assert (found.closed_by, found.closed_at) == ("dr-b", "2026-11-22T11:30")
    assert (found.examination, found.closing_reason) == ("soft, no pus", "a bruise")
    assert open_red_cards(clinic, DOCTOR, clock=clock) == ()
    with pytest.raises(ChangedMeanwhileError, match="dr-b has closed"):
        acknowledge_red_card(clinic, first, DOCTOR, at=OPENED, clock=clock)


@pytest.mark.parametrize("flag", ["skin_blanching", "late_lump"])
def test_nobody_acknowledges(clinic, catalogue, flag):
    sign = catalogue.red_flags[flag]
    raised(clinic, flag)
    last = OPENED + ESCALATES_AFTER[sign.urgency] - timedelta(minutes=1)

    assert standing(card(clinic), sign, last) == "open"
    assert escalate_red_cards(clinic, catalogue.red_flags, OTHER, at=last, clock=clock) == 0
    due = last + timedelta(minutes=1)
    assert standing(card(clinic), sign, due) == "escalated"
    assert escalate_red_cards(clinic, catalogue.red_flags, OTHER, at=due, clock=clock) == 1
    assert escalate_red_cards(clinic, catalogue.red_flags, OTHER, at=due, clock=clock) == 0
    assert card(clinic).escalated_at == due.isoformat(timespec="minutes")


def test_each_practitioner_is_told_how_many_escalated_on_the_clock_that_is_passed_in(
    clinic, catalogue
):
    first = raised(clinic, "skin_blanching")
    raised(clinic, "late_lump", nonce="nonce-of-other")

    def counted(after, who=OTHER):
        at = OPENED + after
        return count_escalated_red_cards(clinic, catalogue.red_flags, who, at=at, clock=clock)

    hours = [timedelta(minutes=14), timedelta(minutes=15), timedelta(hours=3), timedelta(hours=4)]
    assert [counted(after) for after in hours] == [0, 1, 1, 2]
    assert [counted(after, DOCTOR) for after in hours] == [0, 1, 1, 2]
    assert counted(hours[-1], Actor("m", "manager", sees_names=True)) == 2
    with pytest.raises(NotAllowedError):
        counted(hours[-1], Actor("t", "trainer"))
    acknowledge_red_card(clinic, first, DOCTOR, at=OPENED, clock=clock)
    assert counted(hours[-1]) == 1


def test_what_was_acknowledged_does_not_escalate(clinic, catalogue):
    acknowledge_red_card(clinic, raised(clinic), DOCTOR, at=OPENED, clock=clock)
    late = OPENED + timedelta(days=2)

    assert standing(card(clinic), catalogue.red_flags["late_lump"], late) == "acknowledged"
    assert escalate_red_cards(clinic, catalogue.red_flags, OTHER, at=late, clock=clock) == 0


def test_managers_see_a_count_and_trainers_none(clinic):
    raised(clinic)
    manager = Actor("m", "manager", sees_names=True)

    assert count_open_red_cards(clinic, manager, clock=clock) == 1
    for who, ask in ((manager, open_red_cards), (Actor("t", "trainer"), count_open_red_cards)):
        with pytest.raises(NotAllowedError):
            ask(clinic, who, clock=clock)


def test_a_session_of_somebody_else_is_refused(clinic):
    with pytest.raises(RecordError, match="no such session"):
        raise_red_card(
            clinic, "ANNA", "pus", DOCTOR, at=OPENED, nonce="nonce-of-card", session_id="S3"
        )
    with reading(clinic) as db:
        assert db.execute("SELECT count(*) FROM red_cards").fetchone() == (0,)


def told(path, catalogue, *new, on="2026-11-24", answers=()):
    """A contact with new effects; how many cards it opened."""
    record_contact(
        path, "HUGO", DOCTOR, contacted_at=on, channel="phone", new=new, answers=answers,
        clock=clock,
    )  # fmt: skip
    return raise_reported(
        path, "HUGO", catalogue, DOCTOR, on=date.fromisoformat(on), at=OPENED, clock=clock
    )


def cards(path):
    return [(one.flag, one.session_id) for one in red_cards_of(path, "HUGO", DOCTOR, clock=clock)]


@pytest.mark.parametrize(
    ("session", "effect", "onset", "opens"),
    [
        ("S1", "nodule", "2026-11-14", ["late_lump"]),  # day 8
        ("S1", "nodule", "2026-11-13", []),  # day 7
        ("S1", "nodule", "2026-11", ["late_lump"]),  # reported on day 18, the day itself not known
        ("S3", "nodule", "2026-11-24", []),  # day 4
        ("S3", "infection_bact", "2026-11-22", ["pus"]),
        ("S3", "vasc_occlusion", "2026-11-20", ["skin_blanching"]),
        ("S3", "ulcer", "2026-11-23", ["open_sore"]),
        ("S3", "anaphylaxis", "2026-11-20", ["breathing"]),
        ("S3", "itch", "2026-11-21", []),
    ],
)
def test_a_report_raises_a_card_where_the_catalogue_says_so(
    clinic, catalogue, session, effect, onset, opens
):
    assert told(clinic, catalogue, NewEffect(session, effect, onset)) == len(opens)
    assert cards(clinic) == [(flag, session) for flag in opens]


def test_what_was_told_twice_or_has_a_card_raises_no_second_one(clinic, catalogue):
    lump = NewEffect("S1", "nodule", "2026-11-20")
    assert told(clinic, catalogue, lump) == 1
    assert told(clinic, catalogue, lump) == 0
    (key,) = _keys(clinic, "nodule")
    still = EffectAnswer(key, "still_there")
    assert told(clinic, catalogue, on="2026-11-28", answers=[still]) == 0
    assert cards(clinic) == [("late_lump", "S1")]


def test_what_has_gone_raises_none_and_what_is_still_there_does(clinic, catalogue):
    record_contact(
        clinic, "HUGO", DOCTOR, contacted_at="2026-11-24", channel="phone",
        new=[NewEffect("S3", "ulcer", "2026-11-23"), NewEffect("S3", "dysphagia", "2026-11-23")],
        clock=clock,
    )  # fmt: skip
    (gone,), (still,) = _keys(clinic, "ulcer"), _keys(clinic, "dysphagia")
    answers = [EffectAnswer(gone, "gone"), EffectAnswer(still, "still_there")]
    assert told(clinic, catalogue, on="2026-11-25", answers=answers) == 1
    assert cards(clinic) == [("face_swallowing", "S3")]


def test_only_who_handles_red_cards_raises_them(clinic, catalogue):
    with pytest.raises(NotAllowedError):
        raise_reported(
            clinic, "HUGO", catalogue, Actor("m", "manager", sees_names=True),
            on=OPENED.date(), at=OPENED, clock=clock,
        )  # fmt: skip


def _keys(path, effect):
    with reading(path) as db:
        return [
            str(key)
            for (key,) in db.execute(
                "SELECT side_effect_id FROM side_effects WHERE effect = ?", [effect]
            )
        ]
