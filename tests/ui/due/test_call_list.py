"""The due list in words, narrowed by reason and by how long it is overdue."""

from datetime import UTC, date, datetime

import pandas as pd
from icalendar import Calendar
from tests.sentences import numbers_in

from mesodash.consult.calendar_file import calendar
from mesodash.reports.courses.due import REASONS as ALL_REASONS
from mesodash.ui.due.call_list import (
    RULES,
    DueChoice,
    calendar_events,
    definitions,
    leading,
    measures,
    narrowed,
)
from mesodash.ui.parts import labels

FRAME = pd.DataFrame(
    {
        "patient_id": ["P-1", "P-1", "P-2"],
        "reason": ["top_up", "open_effect", "open_effect"],
        "days_overdue": [3, 28, 400],
        "closes_on": [date(2026, 12, 30), date(2026, 11, 29), date(2026, 11, 22)],
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
    said = leading(FRAME, date(2026, 11, 22))
    assert numbers_in(said) == [2, "2026-11-22", 2, 1, 2]
    assert said.index("Side effect still open (2)") < said.index("Top-up (1)")


def test_a_card_for_every_reason():
    cards = {label: (number, words) for label, number, words in measures(FRAME)}

    overdue = {label: (number, numbers_in(words)[0]) for label, (number, words) in cards.items()}
    assert overdue["Side effect still open"] == ("2", 1)
    assert overdue["Late watch"] == ("0", 0)


def test_every_card_has_its_rule(catalogue):
    assert set(definitions(catalogue)) == {label for label, *_ in measures(FRAME)}
    assert numbers_in(definitions(catalogue)["Late watch"]) == [28, 55, 56, 203]


def test_a_choice_stands_on_top_of_the_file():
    choice = DueChoice(date(2026, 11, 22), ("top_up", "late_watch"), "4_weeks")

    assert (choice.within, choice.words) == (
        28,
        {
            "Due on": "2026-11-22",
            "Reasons": "Top-up and Late watch",
            "Overdue": "Up to 4 weeks overdue",
        },
    )
    assert DueChoice(date(2026, 11, 22)).words["Reasons"] == "all"


ROWS = [
    {"patient_id": "P-1", "reason": "top_up", "days_overdue": 3},
    {"patient_id": "P-2", "reason": "late_watch", "days_overdue": 1},
    {"patient_id": "P-1", "reason": "open_effect", "days_overdue": 9},
]
ON = date(2026, 11, 23)


def test_one_entry_a_patient_with_every_reason():
    made = calendar_events(ROWS, ON, "Test clinic")

    assert [(e.title, e.on, e.at, e.place) for e in made] == [
        ("Call P-1", ON, None, "Test clinic"),
        ("Call P-2", ON, None, "Test clinic"),
    ]
    assert [numbers_in(e.text) for e in made] == [[3, 9], [1]]  # days overdue, a reason each


def test_the_file_can_be_read_back():
    text = calendar(calendar_events(ROWS, ON, "Test"), "Calls", datetime(2026, 11, 22, tzinfo=UTC))

    found = Calendar.from_ical(text).walk("VEVENT")
    assert [str(event["summary"]) for event in found] == ["Call P-1", "Call P-2"]
    assert [event.decoded("dtstart") for event in found] == [ON, ON]
