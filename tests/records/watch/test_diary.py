"""A diary: its spells, what becomes of them in the record, and that twice is once."""

from datetime import date

import pytest
from tests.consult_clinic import make_clinic

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError
from mesodash.records.watch.diary import DiaryLine, Spell, read_days, record_diary, spells

DOCTOR = Actor("dr-a", "practitioner")
TODAY = date(2026, 12, 20)
# S3 was held on 2026-11-20; swelling (E2) began that day and was last seen on 2026-11-21.


@pytest.fixture
def rooms(tmp_path):
    path = tmp_path / "rooms.db"
    make_clinic(path)
    return path


def keep(path, *lines, session="S3", today=TODAY, channel="visit"):
    return record_diary(path, "HUGO", session, lines, DOCTOR, channel=channel, today=today)


def line(effect, text, term=None):
    return DiaryLine(effect, read_days(text), term)


def effects(path, session=3):
    with reading(path) as db:
        return [
            tuple(row)
            for row in db.execute(
                "SELECT effect, onset_at, last_seen_at, gone_by_at, resolved_at, severity"
                " FROM side_effects WHERE session = ? ORDER BY id",
                [session],
            )
        ]


def contacts(path):
    with reading(path) as db:
        return [
            tuple(row)
            for row in db.execute(
                "SELECT contacted_at, channel FROM follow_ups WHERE session = 3 ORDER BY id"
            )
        ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("000", []),
        ("1", [Spell(1, 1, None, 1)]),
        ("2210", [Spell(1, 3, 4, 2)]),
        ("2--1-0", [Spell(1, 4, 6, 2)]),
        ("0130", [Spell(2, 3, 4, 3)]),
        ("1001", [Spell(1, 1, 2, 1), Spell(4, 4, None, 1)]),
    ],
)
def test_spells(text, found):
    assert list(spells(read_days(text))) == found


@pytest.mark.parametrize(("text", "sentence"), [("012x", "not x"), ("0" * 15, "14 days")])
def test_what_is_no_diary_is_refused(text, sentence):
    with pytest.raises(RecordError, match=sentence):
        read_days(text)


def test_a_new_effect_has_an_onset_and_ends_between_two_days(rooms):
    assert keep(rooms, line("itch", "02210")) == 1

    assert effects(rooms)[-1] == ("itch", "2026-11-21", "2026-11-23", "2026-11-24", None, 2)
    assert contacts(rooms)[-1] == ("2026-11-24", "visit")  # the last day written


def test_sent_twice_it_is_kept_once(rooms):
    keep(rooms, line("itch", "02210"), line("pain", "1"))
    before = effects(rooms), contacts(rooms)

    assert keep(rooms, line("itch", "02210"), line("pain", "1")) == 0
    assert (effects(rooms), contacts(rooms)) == before


def test_an_effect_that_is_open_is_completed_not_doubled(rooms):
    assert keep(rooms, line("swelling", "222210")) == 1

    (swelling,) = [one for one in effects(rooms) if one[0] == "swelling"]
    assert swelling[1:5] == ("2026-11-20", "2026-11-24", "2026-11-25", None)


def test_zeros_after_it_was_last_seen_close_it(rooms):
    assert keep(rooms, line("swelling", "--00")) == 1

    (swelling,) = [one for one in effects(rooms) if one[0] == "swelling"]
    assert swelling[1:5] == ("2026-11-20", "2026-11-21", "2026-11-22", None)


def test_a_known_end_stays(rooms):
    before = effects(rooms, 1)

    keep(rooms, line("erythema", "1110"), session="S1")
    assert [one[:5] for one in effects(rooms, 1)] == [one[:5] for one in before]


@pytest.mark.parametrize(
    ("lines", "more", "sentence"),
    [
        ([], {}, "Nothing is written"),
        ([line("itch", "--")], {}, "Nothing is written"),
        ([line("itch", "1")], {"session": "S4"}, "Choose the session"),
        ([line("itch", "1")], {"channel": "fax"}, "how the contact was"),
        ([line("itch", "1" * 14)], {"today": date(2026, 11, 25)}, "still to come"),
        ([line("itch", "1"), line("other", "1")], {}, "Write down what it is"),
    ],
)
def test_what_cannot_be_is_refused_whole(rooms, lines, more, sentence):
    before = effects(rooms), contacts(rooms)

    with pytest.raises(RecordError, match=sentence):
        keep(rooms, *lines, **more)
    assert (effects(rooms), contacts(rooms)) == before


def test_only_who_may_follow_up_enters_it(rooms):
    with pytest.raises(NotAllowedError):
        record_diary(
            rooms, "HUGO", "S3", [line("itch", "1")], Actor("tess", "trainer"), channel="visit",
            today=TODAY,
        )  # fmt: skip
