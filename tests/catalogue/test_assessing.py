"""When a course is to be scored: by the session from which its protocol's source counts."""

from dataclasses import replace
from datetime import date

import pytest

from mesodash.catalogue.assessing import ScoreDue, assessment_of, counted_from, score_due
from mesodash.catalogue.checks import cross_check

DAYS = [date(2026, 1, 5), date(2026, 1, 19), date(2026, 2, 2)]


@pytest.fixture
def judged(catalogue):
    return lambda protocol: assessment_of(catalogue, protocol)


@pytest.mark.parametrize(
    ("protocol", "over", "start"),
    [
        ("hair_duta", False, DAYS[0]),
        ("striae_ha_aa", False, DAYS[1]),
        ("fat_submental_dc", True, DAYS[2]),
        ("fat_submental_dc", False, None),
    ],
)
def test_the_session_that_the_days_count_from(judged, protocol, over, start):
    assert counted_from(judged(protocol), DAYS[::-1], over=over) == start


def test_a_course_that_has_not_come_to_it_has_no_day(judged):
    assert counted_from(judged("striae_ha_aa"), DAYS[:1], over=False) is None
    assert counted_from(judged("fat_pcdc"), [], over=True) is None


def test_a_protocol_without_a_source_is_due_at_no_time(judged):
    assert [judged(code) for code in ("scar_ncha_pn", "fat_lipolytic", None)] == [None] * 3


def test_twelve_weeks_after_the_last_session_and_settled_by_a_score_of_that_time(judged):
    one = judged("fat_submental_dc")
    due = ScoreDue(date(2026, 4, 27), expected=False)
    assert score_due(one, DAYS, [], [], over=True) == due
    assert score_due(one, DAYS, [], [date(2026, 4, 19)], over=True) == due
    assert score_due(one, DAYS, [], [date(2026, 4, 20)], over=True) is None  # a week early


def test_a_score_of_the_day_itself_settles_what_is_judged_at_once(judged):
    one = judged("migraine_acute")
    assert score_due(one, DAYS[:1], [], [], over=True) == ScoreDue(DAYS[0], expected=False)
    assert score_due(one, DAYS[:1], [], [date(2026, 1, 4)], over=True) is not None
    assert score_due(one, DAYS[:1], [], [DAYS[0]], over=True) is None


def test_a_planned_session_gives_an_expected_day(judged):
    one = judged("fat_submental_dc")
    expected = ScoreDue(date(2026, 4, 27), expected=True)
    assert score_due(one, DAYS[:2], DAYS[2:], [], over=False) == expected
    assert score_due(one, DAYS[:2], [], [], over=False) is None


def test_a_protocol_has_one_row(catalogue):
    rows = dict(catalogue.assessments)
    again = replace(rows["striae_days"], code="again")
    where = {
        (f"{name}.csv", code): f"{name}.csv, {code}"
        for name in catalogue.__dataclass_fields__
        if not name.startswith("_")
        for code in getattr(catalogue, name)
    } | {("assessments.csv", "again"): "assessments.csv, row 17"}
    assert list(cross_check(catalogue, where)) == []
    doubled = replace(catalogue, assessments=rows | {"again": again})
    (fault,) = cross_check(doubled, where)
    assert fault.startswith("assessments.csv, row 17: ")
