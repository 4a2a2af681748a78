"""The page Month shows what its reports say of the month that its address names."""

import json
from datetime import date

from tests.pages.drawn_page import charts, table, text

from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.stats.control_chart import usual_variation
from mesodash.ui.parts import phrases

MONTH = Filters(period=Period(date(2026, 10, 1), date(2026, 10, 31)))


def test_it_opens_on_the_last_whole_month_with_five_findings(open_page, reader):
    total = reader.report("volumes", MONTH, ()).iloc[0]

    page = open_page("review/month")

    assert page.selectbox(key="month").value == "2026-10"
    words = text(page)
    bodies = " ".join(block.proto.body for block in page.get("html"))
    assert bodies.count('<span class="md-sign"') == 5
    assert f"{phrases.sessions(total['sessions'])} for {phrases.patients(total['patients'])}" in (
        words
    )
    assert len(charts(page)) == 2


def test_the_band_is_that_of_the_months_before(open_page, reader):
    span = Filters(period=Period(date(2025, 10, 1), date(2026, 9, 30)))
    earlier = reader.report("volumes", span, ("month",))["sessions"].tolist()
    band = usual_variation(earlier)

    words = text(open_page("review/month"))

    assert (
        f"A usual month has {phrases.number(band.low)} to {phrases.number(band.high)}"
        f" (individuals chart, {len(earlier)} months)." in words
    )


def test_practitioners_are_those_of_the_month_without_a_ranking(open_page, reader):
    report = reader.report("volumes", MONTH, ("practitioner",)).set_index("practitioner")

    shown = table(open_page("review/month"), "Practitioners")

    assert list(shown) == sorted(report.index)
    assert {who: cells[0] for who, cells in shown.items()} == {
        who: phrases.number(row["sessions"]) for who, row in report.iterrows()
    }


def test_months_whose_window_is_running_are_marked_in_chart_table_and_sentence(open_page, reader):
    """On 22 November 2026: 203 days after their last day, April is over and May is not."""
    span = Filters(period=Period(date(2025, 10, 1), date(2026, 10, 31)))
    late = reader.report("late", span, ("month",)).set_index("month")["n"].to_dict()

    page = open_page("review/month")

    shown = table(page, "Late lumps and their kind, by month of the session")
    marked = [name for name, cells in shown.items() if cells[-1] == "window still running"]
    assert marked == ["October 2026", "September 2026", "August 2026", "July 2026", "June 2026",
                      "May 2026"]  # fmt: skip
    assert list(shown)[6] == "April 2026"
    assert sum(int(cells[0]) for cells in shown.values()) == sum(late.values())
    over, running = json.loads(page.get("plotly_chart")[1].proto.spec)["data"]
    assert (len(over["x"]), len(running["x"])) == (7, 6)
    assert running["marker"]["pattern"]["shape"] == "/"
    assert "In 6 months the window is still running" in text(page)


def test_a_running_month_is_not_compared(open_page):
    words = text(open_page("review/month", month="2026-11"))
    assert "not compared yet" in words


def test_the_buttons_go_a_month_back_and_forth(open_page):
    page = open_page("review/month")
    page.button(key="month_earlier").click().run()
    assert page.selectbox(key="month").value == "2026-09"
    page.button(key="month_later").click().run()
    assert page.selectbox(key="month").value == "2026-10"


def test_a_shared_view_leaves_small_groups_out(open_page, reader):
    few = reader.report("volumes", MONTH, ("practitioner",)).set_index("practitioner")
    small = set(few.index[few["patients"] < 5])

    shown = table(open_page("review/month", filter_shared=True), "Practitioners")

    assert small.isdisjoint(shown)


def test_a_clinic_without_sessions_says_so(open_page, bare_clinic):
    page = open_page("review/month", clinic=bare_clinic)
    assert "No session was held" in text(page)
    assert charts(page) == []


def test_a_month_that_was_never_offered_opens_the_last_whole_one(open_page):
    page = open_page("review/month", month="forged")
    assert list(page.exception) == []
    assert "October 2026" in page.selectbox(key="month").options[1]
