"""The reader of numbers in sentences."""

from tests.sentences import numbers_in


def test_numbers_days_and_times_in_their_order():
    said = "On 9 Mar 2026, 9:05: 1\xa0070 more (+12 %), \N{MINUS SIGN}0.4 (2.1 to 2.9), 2026-10-25."

    assert numbers_in(said) == ["2026-03-09", "9:05", 1070, 12, -0.4, 2.1, 2.9, "2026-10-25"]


def test_what_belongs_to_an_id_is_no_number():
    said = "Practitioner D-01, lot HA21686, patient P2, V1"

    assert numbers_in(said) == []


def test_negative_control_another_number_is_seen():
    assert numbers_in("18 of 44 sessions") != numbers_in("18 of 43 sessions")
