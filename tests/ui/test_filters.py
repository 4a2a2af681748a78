"""Periods, what they mean on a day, and the filters as a sentence."""

from datetime import date

import pytest

from mesodash.reports.filters import Filters, Period
from mesodash.ui.filters import PRESETS, describe, period_words, preset

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("30_days", Period(date(2026, 10, 24), TODAY)),
        ("3_months", Period(date(2026, 8, 23), TODAY)),
        ("12_months", Period(date(2025, 11, 23), TODAY)),
        ("this_year", Period(date(2026, 1, 1), TODAY)),
        ("this_month", Period(date(2026, 11, 1), TODAY)),
        ("last_month", Period(date(2026, 10, 1), date(2026, 10, 31))),
        ("this_quarter", Period(date(2026, 10, 1), TODAY)),
        ("last_quarter", Period(date(2026, 7, 1), date(2026, 9, 30))),
        ("last_year", Period(date(2025, 1, 1), date(2025, 12, 31))),
        ("all", Period()),
        ("custom", Period()),
    ],
)
def test_preset(name, period):
    assert preset(name, TODAY) == period


def test_every_preset_has_words():
    assert all(PRESETS.values())
    assert next(iter(PRESETS)) == "12_months"


@pytest.mark.parametrize(
    ("today", "start"),
    [
        (date(2026, 5, 31), date(2026, 3, 1)),  # 28 February is the last day three months back
        (date(2024, 5, 31), date(2024, 3, 1)),
        (date(2026, 1, 15), date(2025, 10, 16)),
        (date(2026, 3, 30), date(2025, 12, 31)),
    ],
)
def test_three_months_at_the_ends_of_months(today, start):
    assert preset("3_months", today) == Period(start, today)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (Period(), "All time"),
        (Period(date(2026, 1, 1), TODAY), "From 1 Jan 2026 to 22 Nov 2026"),
        (Period(TODAY, None), "From 22 Nov 2026 on"),
        (Period(None, TODAY), "Until 22 Nov 2026"),
    ],
)
def test_period_words(period, words):
    assert period_words(period) == words


def test_describe_the_whole_clinic(catalogue):
    assert describe(Filters(), catalogue) == "All time, the whole clinic."


def test_describe_every_choice(catalogue):
    filters = Filters(
        period=Period(None, TODAY),
        areas=("abdomen.lower",),
        protocols=("melasma_txa",),
        practitioners=("D-01",),
    )

    assert describe(filters, catalogue) == (
        "Until 22 Nov 2026, area Abdomen: Lower abdomen, protocol Tranexamic acid for melasma,"
        " practitioner D-01."
    )


def test_describe_codes_that_are_no_longer_known(catalogue):
    filters = Filters(areas=("old_area",), protocols=("old_protocol",))

    assert describe(filters, catalogue) == "All time, area old_area, protocol old_protocol."
