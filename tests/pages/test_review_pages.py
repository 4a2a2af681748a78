"""The review and protocols pages show what the reports say, and say so when there is nothing."""

import html as entities
import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from mesodash.demo import make_demo
from mesodash.exchange.suppression import suppressed
from mesodash.records.actor import DEMO
from mesodash.records.clinic import create_clinic
from mesodash.records.connection import reading
from mesodash.reports.filters import Filters, Period
from mesodash.reports.reader import Reader
from mesodash.settings import PROJECT
from mesodash.ui import access, phrases
from mesodash.ui.filters import preset
from mesodash.ui.review.volume_words import change

TODAY = date(2026, 11, 22)
YEAR = Filters(period=preset("12_months", TODAY))
PAGES = ("volumes", "courses", "outcomes", "side_effects", "signals")


@pytest.fixture(scope="session")
def demo_clinic(tmp_path_factory, catalogue):
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo(path, sessions=300, seed=1, today=TODAY, catalogue=catalogue)
    return path


@pytest.fixture(scope="session")
def bare_clinic(tmp_path_factory):
    path = tmp_path_factory.mktemp("bare") / "clinic.db"
    create_clinic(path, clinic_id="bare", name="Bare", kind="demo", actor=DEMO)
    return path


@pytest.fixture(scope="session")
def reader(demo_clinic, catalogue):
    return Reader(demo_clinic, catalogue)


@pytest.fixture
def open_page(monkeypatch, demo_clinic):
    """Run a page by its file on a clinic, as seen on TODAY."""

    def run(file, *, clinic=demo_clinic, **choices):
        monkeypatch.setenv("MESODASH_DB", str(clinic))
        monkeypatch.setattr(access, "today", lambda: TODAY)
        page = AppTest.from_file(PROJECT / "pages" / f"{file}.py", default_timeout=120)
        for key, value in choices.items():
            page.session_state[key] = value
        page.run()
        assert list(page.exception) == []
        return page

    return run


def text(page):
    """All words on the page that our own templates drew."""
    bodies = " ".join(block.proto.body for block in page.get("html"))
    return " ".join(entities.unescape(re.sub(r"<[^>]+>", " ", bodies)).split())


def table(page, title):
    """The rows of the table with this title, cells as text; {first cell: other cells}."""
    found = re.compile(rf'aria-label="{re.escape(title)}, table">(.*?)</table>', re.DOTALL)
    (body,) = (m[1] for block in page.get("html") if (m := found.search(block.proto.body)))
    rows = {}
    for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)[1:]:
        first, *others = (
            entities.unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        )
        rows[first] = others
    return rows


def measures(page):
    """The cards: {label: number}."""
    (body,) = (
        block.proto.body for block in page.get("html") if 'class="md-measures"' in block.proto.body
    )
    labels = re.findall(r'<div class="md-quiet">([^<]*)</div>\s*<div class="md-number">', body)
    numbers = re.findall(r'<div class="md-number">([^<]*)</div>', body)
    return dict(zip(labels, numbers, strict=True))


def charts(page):
    return [chart.proto.alt for chart in page.get("plotly_chart")]


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
    assert [alt.split()[0] for alt in charts(page)] == ["Bars", "Heat"]


def test_volumes_name_the_change_against_the_period_before(open_page, reader):
    before = reader.report(
        "volumes", Filters(period=Period(date(2024, 11, 23), date(2025, 11, 22))), ()
    )

    page = open_page("review/volumes")

    assert f"than the {before['sessions'].iloc[0]} of the 365 days before" in text(page)


def test_volumes_of_all_time_compare_with_nothing(open_page, reader):
    page = open_page("review/volumes", filter_period="all")

    total = reader.report("volumes", Filters(), ())
    assert measures(page)["Sessions"] == phrases.number(total["sessions"].iloc[0])
    assert "no earlier period to compare with" in text(page)


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


def test_side_effects_equal_the_report(open_page, reader, catalogue):
    report = reader.report("side_effects", YEAR, ("effect",))

    page = open_page("review/side_effects")

    shown = table(page, "All side effects")
    assert {effect: row[0] for effect, row in shown.items()} == {
        catalogue.side_effects[row["effect"]].label: phrases.number(row["n"])
        for row in report.to_dict("records")
    }
    total = report[["n", "resolved", "ongoing"]].sum()
    assert measures(page)["Reported"] == phrases.number(total["n"])
    assert measures(page)["Resolved"] == phrases.number(total["resolved"])
    assert measures(page)["Still there when last seen"] == phrases.number(total["ongoing"])
    assert "Promised against observed" in text(page)


def test_the_curve_is_of_the_chosen_effect(open_page, reader, catalogue):
    (redness,) = (c for c in reader.curves(YEAR) if c.keys["effect"] == "erythema")

    page = open_page("review/side_effects", effects_which="erythema")

    (alt,) = charts(page)
    assert alt.startswith("Curve of Redness still there")
    assert f"Redness, n {redness.curve.n}: half gone by" in alt


def test_the_curve_splits_by_protocol(open_page, reader):
    page = open_page("review/side_effects", effects_which="erythema", effects_split="protocol")

    report = reader.report("side_effects", YEAR, ("effect", "protocol"))
    assert len(table(page, "Redness by protocol")) == (report["effect"] == "erythema").sum()


def test_outcomes_equal_the_report_and_small_rows_show_no_figures(open_page, reader, catalogue):
    report = reader.report("outcomes", YEAR, ("protocol", "scale"))
    few = int((report["patients"] < 5).sum())
    assert few, "the demo is meant to have small rows"

    page = open_page("review/outcomes")

    assert f"{few} of {len(report)} pairs rest on fewer than 5 patients" in text(page)
    hidden = report[report["patients"] < 5].iloc[0]
    name = catalogue.protocols[hidden["protocol"]].label
    bodies = " ".join(block.proto.body for block in page.get("html"))
    (row,) = re.findall(
        rf'<th scope="row">{re.escape(entities.escape(name))}</th><td>'
        rf"{re.escape(entities.escape(catalogue.scales[hidden['scale']].label))}[^<]*</td>(.*?)</tr>",
        bodies,
        re.DOTALL,
    )
    assert re.findall(r"<td", row) == []


def test_outcomes_of_enough_patients_show_the_interval(open_page, reader, catalogue):
    everything = Filters()
    report = reader.report("outcomes", everything, ("protocol", "scale"))
    best = report.sort_values("patients", ascending=False, kind="stable").iloc[0]

    page = open_page("review/outcomes", filter_period="all")

    shown = [
        (label, row)
        for label, row in table(page, "All protocols and scales").items()
        if label == catalogue.protocols[best["protocol"]].label
    ]
    assert shown
    assert phrases.number(best["patients"]) in text(page)
    assert len(charts(page)) >= 1


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("volumes", "No session was held for this choice."),
        ("outcomes", "No outcome was measured for this choice."),
        ("side_effects", "No side effect is recorded for this choice."),
        ("courses", "No course was started for this choice."),
        ("signals", "No session was held for this choice."),
        ("due", "Nobody is due on 22 Nov 2026 for this choice."),
    ],
)
def test_an_empty_clinic_says_so(open_page, bare_clinic, page, sentence):
    drawn = open_page(f"review/{page}", clinic=bare_clinic)

    assert sentence in text(drawn)
    assert charts(drawn) == []


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_clinic_without_filters_says_what_would_fill_it(open_page, bare_clinic, page):
    drawn = open_page(f"review/{page}", clinic=bare_clinic, filter_period="all")

    assert " yet. " in text(drawn)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_starts_with_the_period(open_page, page):
    assert "From 23 Nov 2025 to 22 Nov 2026, the whole clinic." in text(open_page(f"review/{page}"))


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

    assert f"{change(*sessions)} a year ago" in text(page)


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


def test_courses_equal_the_reports(open_page, reader, catalogue):
    total = reader.report("courses", YEAR, ()).iloc[0]
    by_protocol = reader.report("courses", YEAR, ("protocol",))

    page = open_page("review/courses")

    assert measures(page)["Courses started"] == phrases.number(total["courses"])
    assert measures(page)["Stopped"] == phrases.number(total["stopped"])
    assert {name: row[0] for name, row in table(page, "Planned against held").items()} == {
        catalogue.protocols[row["protocol"]].label: phrases.number(row["courses"])
        for row in by_protocol.to_dict("records")
    }
    assert len(charts(page)) == 2


def test_courses_by_practitioner(open_page, reader):
    gaps = reader.report("gaps", YEAR, ("practitioner",))

    page = open_page("review/courses", courses_by="practitioner")

    assert {name: row[0] for name, row in table(page, "Intervals kept").items()} == {
        row["practitioner"]: phrases.number(row["gaps"]) for row in gaps.to_dict("records")
    }


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


def test_signals_say_what_was_looked_at(open_page, reader):
    looks = reader.report("looks", YEAR)
    near = reader.report("signals", YEAR, ())

    page = open_page("review/signals")

    assert f"{phrases.number(looks['looks'].sum())} looks were taken" in text(page)
    standing = int(near["stands_out"].sum())
    if standing:
        assert len(re.findall("data-value", body_of(page, "Standing out"))) > 0
    else:
        assert "No lot, practitioner or area stands out." in text(page)
    late = reader.report("late", YEAR, ("effect",))["n"].sum()
    words = phrases.count(late, "late effect") if late else "No late nodule was recorded."
    assert words in text(page)


def body_of(page, title):
    found = re.compile(rf'aria-label="{re.escape(title)}, table">(.*?)</table>', re.DOTALL)
    (body,) = (m[1] for block in page.get("html") if (m := found.search(block.proto.body)))
    return body


def test_incidence_equals_the_report(open_page, reader, catalogue):
    report = reader.report("incidence", YEAR, ("effect",))

    page = open_page("review/side_effects", effects_part="How often")

    assert {name: row[0] for name, row in table(page, "How often: all effects").items()} == {
        catalogue.side_effects[row["effect"]].label: (
            f"{phrases.number(row['sessions_with'])} / {phrases.number(row['sessions'])}"
        )
        for row in report.to_dict("records")
    }


def test_the_reaction_table_equals_the_report(open_page, reader, catalogue):
    report = reader.report("reactions", YEAR, ("effect",))

    page = open_page("review/side_effects", effects_part="For publication")

    shown = table(page, "Injection-site reactions")
    assert {name: row[2] for name, row in shown.items()} == {
        catalogue.side_effects[row["effect"]].label: phrases.number(row["mild"])
        for row in report.to_dict("records")
    }


def test_open_effects_are_listed(open_page, reader):
    rows = reader.open_effects(DEMO, YEAR)

    page = open_page("review/side_effects", effects_part="Still open")

    assert phrases.count(len(rows), "report") + " without an end" in text(page)
    assert set(table(page, "Still open")) == set(rows["patient_id"].head(200))


def test_onset_and_severity_have_a_row_an_effect(open_page, reader, catalogue):
    severity = reader.report("severity", YEAR, ("effect",))

    page = open_page("review/side_effects", effects_part="Onset and severity")

    assert {
        name: row[0]
        for name, row in table(page, "Severity: the worst grade after each session").items()
    } == {
        catalogue.side_effects[effect].label: phrases.number(of)
        for effect, of in severity.groupby("effect")["of"].first().items()
    }
    assert len(charts(page)) == 1


def test_outcomes_name_who_is_missing(open_page, reader):
    total = reader.report("followed_up", YEAR, ()).iloc[0]

    page = open_page("review/outcomes")

    assert (
        f"Of {phrases.count(total['due'], 'course')} whose window has closed,"
        f" {phrases.number(total['missing'])} have no score in it."
    ) in text(page)


SINGLE = re.compile(r"\b[PS]-\d{4,}\b")


@pytest.mark.parametrize(
    ("page", "choices"),
    [
        ("volumes", {"volumes_behind": "month=2026-10"}),
        ("volumes", {"volumes_split": "protocol"}),
        ("courses", {}),
        ("due", {}),
        ("outcomes", {}),
        ("side_effects", {}),
        ("side_effects", {"effects_part": "Still open"}),
        ("side_effects", {"effects_part": "How often"}),
        ("signals", {}),
    ],
)
def test_a_shared_view_names_no_patient(open_page, page, choices):
    drawn = open_page(f"review/{page}", filter_shared=True, **choices)

    assert "Shared view: groups of fewer than 5 are left out." in text(drawn)
    assert SINGLE.findall(text(drawn)) == []


def test_a_view_that_is_not_shared_does_name_them(open_page):
    assert SINGLE.findall(text(open_page("review/due")))


def test_a_shared_view_leaves_small_groups_out_of_table_and_file(open_page, reader):
    report = reader.report("volumes", YEAR, ("protocol",))
    kept = suppressed(report, "volumes")
    assert len(kept) < len(report), "the demo is meant to have small groups"

    page = open_page("review/volumes", filter_shared=True, volumes_split="protocol")

    assert sorted(row[0] for row in table(page, "By protocol").values()) == sorted(
        phrases.number(n) for n in kept["sessions"]
    )
    assert f"{len(report) - len(kept)} groups are left out" in text(page)


def test_a_period_without_enough_patients_is_not_shared(open_page, reader):
    days = reader.report("volumes", YEAR, ("day",))
    day = date.fromisoformat(days.loc[days["patients"].between(1, 4), "day"].iloc[0])

    page = open_page(
        "review/volumes",
        filter_shared=True,
        filter_period="custom",
        filter_dates=(day, day),
    )

    assert "A choice of fewer than 5 patients is not part of a shared view." in text(page)


@pytest.mark.parametrize("page", PAGES)
def test_every_table_explains_its_columns(open_page, page):
    bodies = " ".join(block.proto.body for block in open_page(f"review/{page}").get("html"))

    assert bodies.count("How each column is counted") >= 1


def test_protocols_are_all_there(open_page, catalogue):
    page = open_page("consult/protocols")

    assert f"{len(catalogue.protocols)} protocols of {len(catalogue.protocols)}" in text(page)


def test_protocols_narrow_to_an_area(open_page, catalogue):
    page = open_page("consult/protocols", protocols_area="scalp")

    assert f"{len(catalogue.protocols_at('scalp'))} protocols of" in text(page)


def test_protocols_that_do_not_fit_say_so(open_page):
    page = open_page("consult/protocols", protocols_search="no such substance")

    assert "No protocol fits this choice." in text(page)
