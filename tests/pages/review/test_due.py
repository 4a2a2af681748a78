"""The due page shows what its report says."""

from datetime import date

from tests.pages.drawn_page import TODAY, measures, table, text

from mesodash.records.actor import DEMO
from mesodash.ui import phrases


def test_the_due_list_equals_the_report(open_page, reader):
    due = reader.due(TODAY, DEMO)

    page = open_page("review/due")

    shown = table(page, "Call list of 22 Nov 2026")
    assert set(shown) == set(due["patient_id"].head(200))
    assert f"for {len(due)} reasons" in text(page)


def test_the_due_list_of_one_reason(open_page, reader):
    due = reader.due(TODAY, DEMO)
    mine = due[due["reason"] == "top_up"]

    page = open_page("review/due", due_reasons=["top_up"])

    assert {row[0] for row in table(page, "Call list of 22 Nov 2026").values()} == {"Top-up"}
    assert measures(page)["Top-up"] == phrases.number(len(mine))
    assert measures(page)["Follow-up call"] == "0"


def test_the_due_list_of_another_day(open_page, reader):
    day = date(2026, 6, 1)

    page = open_page("review/due", due_on=day)

    assert f"for {len(reader.due(day, DEMO))} reasons" in text(page)


def test_due_is_asked_for_a_day_and_says_so(open_page):
    page = open_page("review/due", filter_practitioner="D-01")

    assert "On the day chosen below, practitioner D-01." in text(page)
    assert page.selectbox(key="filter_period").disabled
    assert "From 23 Nov 2025" not in text(page)
