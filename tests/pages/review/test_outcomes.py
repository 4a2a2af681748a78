"""The outcomes page shows what its reports say."""

import html as entities
import re

from tests.pages.drawn_page import YEAR, charts, table, text
from tests.sentences import numbers_in

from mesodash.reports.core.filters import Filters
from mesodash.ui.parts import phrases


def test_outcomes_equal_the_report_and_small_rows_show_no_figures(open_page, reader, catalogue):
    report = reader.report("outcomes", YEAR, ("protocol", "scale"))
    few = int((report["patients"] < 5).sum())
    assert few, "the demo is meant to have small rows"

    page = open_page("review/outcomes")

    assert f"{few} of {len(report)} pairs" in text(page)
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

    page = open_page("review/outcomes", filter_period="all", outcomes_scale=best["scale"])

    shown = [
        (label, row)
        for label, row in table(page, "All protocols and scales").items()
        if label == catalogue.protocols[best["protocol"]].label
    ]
    assert shown
    assert phrases.number(best["patients"]) in text(page)
    assert len(charts(page)) >= 1


def test_outcomes_name_who_is_missing(open_page, reader):
    total = reader.report("followed_up", YEAR, ()).iloc[0]

    page = open_page("review/outcomes")

    said = text(page).partition(f"Of {phrases.courses(total['due'])}")[2]
    assert numbers_in(said)[0] == total["missing"]
