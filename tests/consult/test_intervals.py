"""The rest map: days since, held against the interval; nothing known is never called free."""

from datetime import timedelta

import pytest
from tests.conftest import TODAY
from tests.sentences import numbers_in

from mesodash.bodymap.choice import AreaSide
from mesodash.consult.intervals import STATES, Interval, interval_of, rest_states
from mesodash.records.courses.protocol_versions import Parameters, ProtocolVersion

LEFT = AreaSide("hip", "left")
RIGHT = AreaSide("hip", "right")
WEEKLY = Interval(7, 15, "published")


def ago(days):
    return TODAY - timedelta(days=days)


def adopted(**parameters):
    return ProtocolVersion(1, "cellulite_mix", 1, TODAY, "dr-a", Parameters(**parameters), None)


SINCE = "since the last session"
EARLY = "too early, the interval is at least 7 days"
FREE = "free, the interval of 7–15 days has passed."
LATE = "beyond the longest interval of 15 days."


@pytest.mark.parametrize(
    ("days", "state", "sentence"),
    [
        (0, "too_early", f"Treated today: {EARLY}; 7 days to go."),
        (1, "too_early", f"1 day {SINCE}: {EARLY}; 6 days to go."),
        (6, "too_early", f"6 days {SINCE}: {EARLY}; 1 day to go."),
        (7, "free", f"7 days {SINCE}: {FREE}"),
        (15, "free", f"15 days {SINCE}: {FREE}"),
        (22, "free", f"22 days {SINCE}: {FREE}"),  # a week of grace
        (23, "overdue", f"23 days {SINCE}: overdue, 8 days {LATE}"),
        (40, "overdue", f"40 days {SINCE}: overdue, 25 days {LATE}"),
    ],
)
def test_the_state_of_an_area(days, state, sentence):
    (found,) = rest_states({LEFT: ago(days)}, WEEKLY, TODAY).values()

    assert (found.area, found.days, found.state, found.sentence) == (LEFT, days, state, sentence)
    assert found.last_on == ago(days)
    assert found.free_on == ago(days) + timedelta(days=7)


def test_an_area_asked_about_without_a_session_was_never_treated():
    found = rest_states({LEFT: ago(3)}, WEEKLY, TODAY, areas=[LEFT, RIGHT])

    assert {site: one.state for site, one in found.items()} == {LEFT: "too_early", RIGHT: "never"}
    assert (found[RIGHT].days, found[RIGHT].free_on) == (None, None)
    assert found[RIGHT].sentence == "No session is recorded here."


def test_without_an_interval_nothing_is_called_free():
    (found,) = rest_states({LEFT: ago(3)}, Interval(None, None, "none"), TODAY).values()

    assert found.state == "no_interval"
    assert "no interval is published" in found.sentence


def test_without_a_longest_interval_nothing_is_overdue():
    (found,) = rest_states({LEFT: ago(3000)}, Interval(30, None, "published"), TODAY).values()

    assert found.state == "free"
    assert numbers_in(found.sentence)[-1] == 30


def test_both_sides_count_for_the_left_and_the_right():
    both = {("hip", "both"): ago(2), ("hip", "left"): ago(20)}

    assert {s: one.days for s, one in rest_states(both, WEEKLY, TODAY).items()} == {
        LEFT: 2, RIGHT: 2
    }  # fmt: skip
    asked = rest_states({("hip", "left"): ago(2)}, WEEKLY, TODAY, areas=[AreaSide("hip", "both")])
    assert [one.days for one in asked.values()] == [2]


@pytest.mark.parametrize("recorded", ["midline", "both", "left", "right"])
def test_any_side_counts_for_an_area_across_the_middle(recorded):
    """The figure shows the lower abdomen as one; records may name sides of it."""
    lower = AreaSide("abdomen.lower", "midline")

    found = rest_states({("abdomen.lower", recorded): ago(2)}, WEEKLY, TODAY, areas=[lower])

    assert (found[lower].days, found[lower].state) == (2, "too_early")


def test_a_session_on_a_larger_part_counts_for_what_lies_inside(catalogue):
    treated = {("leg", "left"): ago(2)}
    knee = AreaSide("leg.knee", "left")
    asked = [knee, AreaSide("leg.knee", "right"), AreaSide("face.cheek", "left")]

    found = rest_states(treated, WEEKLY, TODAY, areas=asked, catalogue=catalogue)

    assert [one.state for one in found.values()] == ["too_early", "never", "never"]
    without = rest_states(treated, WEEKLY, TODAY, areas=[knee])
    assert without[knee].state == "never"  # the tree of areas is the catalogue's


def test_a_day_after_today_counts_as_today():
    (found,) = rest_states({LEFT: TODAY + timedelta(days=4)}, WEEKLY, TODAY).values()

    assert (found.days, found.state) == (0, "too_early")


@pytest.mark.parametrize(
    ("protocol", "version", "expected"),
    [
        ("cellulite_mix", None, Interval(7, 15, "published")),
        ("cellulite_mix", adopted(interval_days=10), Interval(10, 15, "adopted")),
        ("cellulite_mix", adopted(interval_days=21), Interval(21, 21, "adopted")),
        ("cellulite_mix", adopted(sessions=8), Interval(7, 15, "published")),
        ("fat_submental_dc", None, Interval(30, None, "published")),
        ("laxity_body", None, Interval(None, None, "none")),
    ],
)
def test_the_adopted_interval_stands_before_the_published(catalogue, protocol, version, expected):
    assert interval_of(catalogue, protocol, version) == expected


def test_the_adopted_interval_is_named_as_the_clinics_own(catalogue):
    interval = interval_of(catalogue, "cellulite_mix", adopted(interval_days=10))

    (found,) = rest_states({LEFT: ago(8)}, interval, TODAY).values()

    assert found.state == "too_early"
    assert "the clinic's own interval" in found.sentence
    assert numbers_in(found.sentence)[-2:] == [10, 2]  # the interval, days to go


def test_every_state_is_in_the_list_of_states():
    assert set(STATES) == {"free", "too_early", "overdue", "never", "no_interval"}
