"""What all pages of the review have in common: the period, the empty clinic, the definitions."""

from datetime import date

import pytest
from tests.pages.drawn_page import PAGES, charts, text
from tests.sentences import numbers_in

SENTENCES = {
    "volumes": "No session was held",
    "outcomes": "No outcome was measured",
    "side_effects": "No side effect is recorded",
    "courses": "No course was started",
    "signals": "No session was held",
}


@pytest.mark.parametrize(("page", "sentence"), SENTENCES.items())
def test_an_empty_clinic_says_so_and_what_would_fill_it(open_page, bare_clinic, page, sentence):
    drawn = open_page(f"review/{page}", clinic=bare_clinic)

    assert f"{sentence} yet." in text(drawn)
    assert "Choose a longer period" not in text(drawn)
    assert charts(drawn) == []


def test_nobody_is_due_in_an_empty_clinic(open_page, bare_clinic):
    drawn = open_page("review/due", clinic=bare_clinic)

    assert "Nobody is due on 22 Nov 2026" in text(drawn)


@pytest.mark.parametrize(("page", "sentence"), SENTENCES.items())
def test_a_period_without_anything_asks_for_a_longer_one(open_page, page, sentence):
    drawn = open_page(
        f"review/{page}",
        filter_period="custom",
        filter_dates=(date(2019, 1, 1), date(2019, 2, 1)),
    )

    assert sentence in text(drawn)
    assert "Choose a longer period" in text(drawn)
    assert charts(drawn) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_page_starts_with_the_period(open_page, page):
    said = text(open_page(f"review/{page}"))
    assert numbers_in(said[said.index("From ") :])[:2] == ["2025-11-23", "2026-11-22"]


@pytest.mark.parametrize("page", PAGES)
def test_every_table_explains_its_columns(open_page, page):
    bodies = " ".join(block.proto.body for block in open_page(f"review/{page}").get("html"))

    assert bodies.count("How each column is counted") >= 1
