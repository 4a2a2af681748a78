"""The courses page shows what its reports say."""

from tests.pages.drawn_page import YEAR, charts, measures, table

from mesodash.ui.parts import phrases


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
