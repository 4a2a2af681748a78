"""A shared view of the review names no patient and leaves small groups out."""

from datetime import date

import pytest
from tests.pages.drawn_page import SINGLE, YEAR, charts, table, text

from mesodash.documents.small_groups import suppressed
from mesodash.ui.parts import phrases


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

    assert "Shared view: groups of fewer" in text(drawn)
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

    assert "not part of a shared view" in text(page)
    assert charts(page) == []
