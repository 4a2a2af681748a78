"""The volumes page shows what its reports say."""

from datetime import date, timedelta

import pytest
from tests.pages.drawn_page import YEAR, charts, measures, table, text

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import reading
from mesodash.reports.core.filters import Filters, Period
from mesodash.ui.parts import phrases
from mesodash.ui.volumes.changes import change


def test_volumes_cards_and_table_equal_the_report(open_page, reader):
    total = reader.report("volumes", YEAR, ()).to_dict("records")[0]
    months = reader.report("volumes", YEAR, ("month",))

    page = open_page("review/volumes")

    assert measures(page) == {
        "Sessions": phrases.number(total["sessions"]),
        "Patients": phrases.number(total["patients"]),
        "New patients": phrases.number(total["new_patients"]),
        "Areas treated": phrases.number(total["areas_treated"]),
        "Volume, mL": phrases.number(total["volume_ml"]),
    }
    shown = table(page, "By month")
    assert {month: row[0] for month, row in shown.items()} == {
        phrases.day(row["month"]): phrases.number(row["sessions"])
        for row in months.to_dict("records")
    }
    assert [" ".join(alt.split()[:3]) for alt in charts(page)] == [
        "Sessions by month.",
        "Sessions by weekday",
    ]


def test_volumes_name_the_change_against_the_period_before(open_page, reader):
    before = reader.report(
        "volumes", Filters(period=Period(date(2024, 11, 23), date(2025, 11, 22))), ()
    )

    page = open_page("review/volumes")

    said = text(page)
    assert f"than the {before['sessions'].iloc[0]} of the 12 months before" in said
    assert said.index("23 Nov 2024") < said.index("22 Nov 2025")
    assert said.count("(the same days last year)") == 1


def test_volumes_of_all_time_compare_with_nothing(open_page, reader):
    page = open_page("review/volumes", filter_period="all")

    total = reader.report("volumes", Filters(), ())
    assert measures(page)["Sessions"] == phrases.number(total["sessions"].iloc[0])
    assert "no earlier period to compare" in text(page)


@pytest.mark.parametrize("split", ["region", "protocol", "indication", "practitioner"])
def test_volumes_split(open_page, reader, split):
    report = reader.report("volumes", YEAR, (split,))

    page = open_page("review/volumes", volumes_split=split, volumes_count="volume_ml")

    title = {"region": "By area group"}.get(split, f"By {split}")
    assert sorted(row[0] for row in table(page, title).values()) == sorted(
        phrases.number(n) for n in report["sessions"]
    )


def test_volumes_of_one_practitioner(open_page, reader):
    page = open_page("review/volumes", filter_practitioner="D-01")

    mine = reader.report("volumes", Filters(period=YEAR.period, practitioners=("D-01",)), ())
    assert measures(page)["Sessions"] == phrases.number(mine["sessions"].iloc[0])
    assert "practitioner D-01." in text(page)


@pytest.mark.parametrize("by", ["week", "day"])
def test_volumes_by_week_and_day(open_page, reader, by):
    report = reader.report("volumes", YEAR, (by,))

    page = open_page("review/volumes", volumes_by=by)

    assert [row[0] for row in table(page, f"By {by}").values()] == [
        phrases.number(n) for n in report.sort_values(by, ascending=False)["sessions"]
    ]


def test_volumes_against_the_same_days_last_year(open_page, reader):
    now = Filters(period=Period(date(2026, 10, 1), date(2026, 10, 31)))
    year = Filters(period=Period(date(2025, 10, 1), date(2025, 10, 31)))
    sessions = [reader.report("volumes", f, ())["sessions"].iloc[0] for f in (now, year)]

    page = open_page("review/volumes", filter_period="last_month")

    assert change(*sessions, "a year ago") in text(page)


def test_volumes_name_the_protocol_that_changed_most(open_page, reader, catalogue):
    now, then = (
        reader.report("volumes", Filters(period=Period(*days)), ("protocol",)).set_index(
            "protocol"
        )["sessions"]
        for days in (
            (date(2025, 11, 23), date(2026, 11, 22)),
            (date(2024, 11, 23), date(2025, 11, 22)),
        )
    )
    moved = now.sub(then, fill_value=0).abs()
    code = moved.idxmax()

    page = open_page("review/volumes")

    assert (moved == moved[code]).sum() == 1, "the demo is meant to have one that changed most"
    assert f"By protocol, “{catalogue.protocols[code].label}” changed most" in text(page)


def test_a_shared_view_without_an_area_says_so_and_draws_no_body(open_page, reader):
    weeks = reader.report("volumes", Filters(), ("week",)).set_index("week")["patients"]
    areas = reader.report("volumes", Filters(), ("week", "area"))
    most = areas.groupby("week")["patients"].max()
    monday = date.fromisoformat(next(week for week, n in weeks.items() if n >= 5 > most[week]))

    page = open_page(
        "review/volumes",
        filter_shared=True,
        volumes_split="area",
        filter_period="custom",
        filter_dates=(monday, monday + timedelta(days=6)),
    )

    assert "No area to show in" in text(page)
    assert "Each area had fewer" in text(page)
    assert "Sessions by month: nothing to" in text(page)
    assert "By area: nothing to show" in text(page)
    assert [alt for alt in charts(page) if not alt.startswith("Sessions by weekday")] == []


def test_a_month_opens_the_sessions_behind_it(open_page, reader):
    page = open_page("review/volumes", volumes_behind="month=2026-10")

    behind = reader.sessions_behind(DEMO, {"month": "2026-10"}, YEAR)
    shown = table(page, "Sessions behind Oct 2026")
    assert list(shown) == behind["session_id"].tolist()
    assert shown[behind["session_id"].iloc[0]][0] == behind["patient_id"].iloc[0]


def test_the_look_at_sessions_behind_a_bar_is_noted(open_page, demo_clinic):
    open_page("review/volumes", volumes_behind="month=2026-09")

    with reading(demo_clinic) as db:
        keys = {
            row[0] for row in db.execute("SELECT row_key FROM change_log WHERE action = 'view'")
        }
    assert any("month=2026-09" in key for key in keys)


def test_attendance_and_products_equal_the_reports(open_page, reader):
    attendance = reader.report("attendance", YEAR, ("practitioner",))
    products = reader.report("products", YEAR, ("product",))

    page = open_page("review/volumes")

    assert {name: row[0] for name, row in table(page, "Cancelled and missed").items()} == {
        row["practitioner"]: phrases.number(row["appointments"])
        for row in attendance.to_dict("records")
    }
    assert sorted(row[0] for row in table(page, "Products used").values()) == sorted(
        phrases.number(n) for n in products["sessions"]
    )
