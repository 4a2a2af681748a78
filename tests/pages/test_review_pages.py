"""The review and protocols pages show what the reports say, and say so when there is nothing."""

import html as entities
import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from mesodash.demo import make_demo
from mesodash.records.actor import DEMO
from mesodash.records.clinic import create_clinic
from mesodash.reports.filters import Filters, Period
from mesodash.reports.reader import Reader
from mesodash.settings import PROJECT
from mesodash.ui import access, phrases
from mesodash.ui.filters import preset

TODAY = date(2026, 11, 22)
YEAR = Filters(period=preset("12_months", TODAY))
PAGES = ("volumes", "outcomes", "side_effects")


@pytest.fixture(scope="session")
def demo_clinic(tmp_path_factory, catalogue):
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo(path, sessions=300, seed=1, today=TODAY, catalogue=catalogue)
    return path


@pytest.fixture(scope="session")
def bare_clinic(tmp_path_factory):
    path = tmp_path_factory.mktemp("bare") / "clinic.db"
    create_clinic(path, clinic_id="bare", name="Bare", kind="clinical", actor=DEMO)
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
    assert len(charts(page)) == 1


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


def test_protocols_are_all_there(open_page, catalogue):
    page = open_page("consult/protocols")

    assert f"{len(catalogue.protocols)} protocols of {len(catalogue.protocols)}" in text(page)


def test_protocols_narrow_to_an_area(open_page, catalogue):
    page = open_page("consult/protocols", protocols_area="scalp")

    assert f"{len(catalogue.protocols_at('scalp'))} protocols of" in text(page)


def test_protocols_that_do_not_fit_say_so(open_page):
    page = open_page("consult/protocols", protocols_search="no such substance")

    assert "No protocol fits this choice." in text(page)
