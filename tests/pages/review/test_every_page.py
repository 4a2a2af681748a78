"""What all pages of the review have in common: the period, the empty clinic, the definitions."""

import pytest
from tests.pages.drawn_page import PAGES, charts, text


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


@pytest.mark.parametrize("page", PAGES)
def test_every_table_explains_its_columns(open_page, page):
    bodies = " ".join(block.proto.body for block in open_page(f"review/{page}").get("html"))

    assert bodies.count("How each column is counted") >= 1
