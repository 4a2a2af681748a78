"""Periods, what they mean on a day, and the filters as a sentence."""

from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest
from tests.calendar_days import on_each_day
from tests.conftest import TODAY

from mesodash.reports.core.filters import Filters, Period
from mesodash.ui.parts import phrases
from mesodash.ui.parts.filters import PRESETS, describe, period_words, preset


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


@on_each_day
def test_presets_fit_together_on_any_day(day):
    found = {name: preset(name, day) for name in PRESETS if name not in ("all", "custom")}

    assert all(period.start <= period.end for period in found.values())
    for last, this in (
        ("last_month", "this_month"),
        ("last_quarter", "this_quarter"),
        ("last_year", "this_year"),
    ):
        assert found[last].end + timedelta(days=1) == found[this].start
        assert found[this].end == day
    year = (found["12_months"].end - found["12_months"].start).days + 1
    assert found["12_months"].end == day
    assert year in (365, 366)
    assert (found["30_days"].end - found["30_days"].start).days == 29


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

    assert describe(filters, catalogue).split(", ") == [
        f"Until {phrases.day(TODAY)}",
        "area Abdomen: Lower abdomen",
        f"protocol {catalogue.protocols['melasma_txa'].label}",
        "practitioner D-01.",
    ]


def test_describe_codes_that_are_no_longer_known(catalogue):
    filters = Filters(areas=("old_area",), protocols=("old_protocol",))

    assert describe(filters, catalogue).split(", ")[1:] == [
        "area old_area",
        "protocol old_protocol.",
    ]


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ("last_month", "last_month"),
        ("Last month", "last_month"),
        ("Le mois dernier", "last_month"),
        ("no such", "12_months"),
    ],
)
def test_an_address_is_understood_by_code_and_in_each_language(asked, chosen):
    def script():
        import streamlit as st

        from mesodash.ui.parts import phrases
        from mesodash.ui.parts.filters import PRESETS, follow_address

        words = phrases.wording(PRESETS)
        follow_address("filter_period", list(PRESETS), words)
        st.selectbox(
            "Period", list(PRESETS), format_func=words, key="filter_period", bind="query-params"
        )

    page = AppTest.from_function(script, default_timeout=120)
    page.query_params["filter_period"] = asked
    page.run()

    assert list(page.exception) == []
    assert page.session_state["filter_period"] == chosen
