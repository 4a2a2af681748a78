"""The list of protocols and how it narrows."""

from tests.pages.drawn_page import text


def test_protocols_are_all_there(open_page, catalogue):
    page = open_page("consult/protocols")

    assert f"{len(catalogue.protocols)} protocols of {len(catalogue.protocols)}" in text(page)


def test_protocols_narrow_to_an_area(open_page, catalogue):
    page = open_page("consult/protocols", protocols_area="scalp")

    assert f"{len(catalogue.protocols_at('scalp'))} protocols of" in text(page)


def test_protocols_that_do_not_fit_say_so(open_page):
    page = open_page("consult/protocols", protocols_search="no such substance")

    assert "No protocol fits this choice." in text(page)
