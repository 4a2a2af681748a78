"""The due list in words, narrowed by reason and by how long it is overdue."""

from datetime import date

import pandas as pd

from mesodash.reports.due import REASONS as ALL_REASONS
from mesodash.ui import labels
from mesodash.ui.review.due_views import RULES, Choice, definitions, leading, measures, narrowed

FRAME = pd.DataFrame(
    {
        "patient_id": ["P-1", "P-1", "P-2"],
        "reason": ["top_up", "open_effect", "open_effect"],
        "days_overdue": [3, 28, 400],
    }
)


def test_every_reason_has_words_and_its_rule():
    assert set(labels.REASONS) == set(RULES) == set(ALL_REASONS)


def test_no_reason_chosen_means_all():
    assert len(narrowed(FRAME, (), None)) == 3


def test_reasons_and_days_narrow():
    assert narrowed(FRAME, ("open_effect",), 28)["patient_id"].tolist() == ["P-1"]
    assert narrowed(FRAME, (), 27)["reason"].tolist() == ["top_up"]


def test_leading_counts_patients_once():
    assert leading(FRAME, date(2026, 11, 22)) == (
        "2 patients to call on 22 Nov 2026, for 3 reasons: side effect still open (2), top-up (1)."
        " The longest is 400 days overdue."
    )


def test_a_card_for_every_reason():
    cards = {label: (number, words) for label, number, words in measures(FRAME)}

    assert cards["Side effect still open"] == ("2", "1 up to 4 weeks overdue")
    assert cards["Late watch"] == ("0", "0 up to 4 weeks overdue")


def test_every_card_has_its_rule():
    assert set(definitions()) == {label for label, *_ in measures(FRAME)}


def test_a_choice_stands_on_top_of_the_file():
    choice = Choice(date(2026, 11, 22), ("top_up", "late_watch"), "Up to 4 weeks overdue")

    assert (choice.within, choice.words) == (
        28,
        {
            "Due on": "2026-11-22",
            "Reasons": "Top-up, Late watch",
            "Overdue": "up to 4 weeks overdue",
        },
    )
    assert Choice(date(2026, 11, 22)).words["Reasons"] == "all"
