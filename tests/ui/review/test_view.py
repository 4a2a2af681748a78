"""A view's files carry its filters, its definitions and what a shared view leaves out."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest
from tests.sentences import numbers_in

from mesodash.reports.core.filters import Filters, Period
from mesodash.ui.review.view import ReviewView, with_words

FRAME = pd.DataFrame(
    {"protocol": ["cellulite_mix", "x", None], "sessions": [9, 4, 8], "patients": [7, 2, 6],
     "new_patients": [0, 0, 5]}
)  # fmt: skip


class OneAnswer:
    """Answers every report with FRAME."""

    def report(self, _name, _filters, _by):
        return FRAME.copy()


@pytest.fixture
def view(catalogue):
    def make(*, shared):
        return ReviewView(
            "Volumes",
            Filters(period=Period(date(2026, 1, 1), date(2026, 1, 31))),
            shared,
            catalogue,
            OneAnswer(),
            "Test clinic",
            clock=lambda: datetime(2026, 2, 1, 8, 0, tzinfo=UTC),
        )

    return make


def test_a_view_that_is_not_shared_shows_all(view):
    assert len(view(shared=False).report("volumes", ("protocol",))) == 3


def test_a_shared_view_leaves_small_groups_out_of_report_caption_and_file(view):
    shared = view(shared=True)
    frame = shared.report("volumes", ("protocol",))

    assert len(frame) == 1
    assert numbers_in(shared.caption(frame)) == ["2026-01-01", "2026-01-31", 2, 5]
    about = dict(shared.sheet("By protocol", frame, "volumes").about)
    assert about["Shared view"].startswith("yes: ")
    assert about["Left out"].startswith("Shared view: 2 groups")


def test_a_file_says_its_filters_and_when_it_was_made(view):
    mine = view(shared=False)
    sheet = mine.sheet("By protocol", FRAME, "volumes", about={"Denominator": "21 sessions"})

    about = dict(sheet.about)
    assert list(about) == ["Clinic", "Filters", "Shared view", "Denominator", "Made"]
    assert numbers_in(about.pop("Filters")) == ["2026-01-01", "2026-01-31"]
    assert tuple(about.values()) == (
        "Test clinic",
        "no",
        "21 sessions",
        "2026-02-01T08:00:00+00:00",
    )
    assert sheet.definitions["patients"]


def test_codes_get_words_beside_them(catalogue):
    made = with_words(FRAME, catalogue)

    assert list(made.columns)[:2] == ["protocol", "protocol_name"]
    assert made["protocol_name"].iloc[0] == catalogue.protocols["cellulite_mix"].label
    assert made["protocol_name"].iloc[1] == "x"
    assert pd.isna(made["protocol_name"].iloc[2])
