"""The page Search: links to what a role may open, and to nothing else."""

import pytest

from mesodash.ui.shell.context import DEMO_ROLE


def links(page):
    """Page and parameters of every link that the page draws."""
    return {
        (link.proto.page.rsplit("/", 1)[-1], link.proto.label, link.proto.query_string)
        for link in page.get("page_link")
    }


@pytest.fixture
def found(open_page):
    def run(asked, role):
        return links(open_page("consult/search", search_asked=asked, **{DEMO_ROLE: role}))

    return run


def test_an_area_a_protocol_and_a_page_are_one_link_away(found):
    assert ("body_map", "Lower abdomen", "area=abdomen.lower&side=midline") in found(
        "lower abdomen", "practitioner"
    )
    assert {page for page, *_ in found("deoxycholic", "practitioner")} == {"protocols"}
    assert ("signals", "Signals", "") in found("signals", "manager")


def test_a_patient_is_found_by_part_of_a_code(found):
    assert ("patient", "patient=P-0001") in {
        (page, query) for page, _label, query in found("P-0001", "practitioner")
    }


def test_who_may_not_see_patients_finds_none_and_no_page_that_is_shut(found):
    assert found("P-0001", "trainer") == set()
    assert found("signals", "trainer") == set()
    assert found("lower abdomen", "trainer") == {
        ("teaching_map", "Lower abdomen", "area=abdomen.lower&side=midline")
    }
    assert found("lower abdomen", "auditor") == set()
