"""The call list as a calendar: one entry a patient, by number only."""

from datetime import UTC, date, datetime

from icalendar import Calendar

from mesodash.consult.calendar_file import calendar
from mesodash.ui.review.calendar_of_due import events

ROWS = [
    {"patient_id": "P-1", "reason": "top_up", "days_overdue": 3},
    {"patient_id": "P-2", "reason": "late_watch", "days_overdue": 1},
    {"patient_id": "P-1", "reason": "open_effect", "days_overdue": 9},
]
ON = date(2026, 11, 23)


def test_one_entry_a_patient_with_every_reason():
    made = events(ROWS, ON, "Test clinic")

    assert [(e.title, e.text, e.on, e.at, e.place) for e in made] == [
        ("Call P-1", "Top-up, 3 days overdue; Side effect still open, 9 days overdue", ON, None,
         "Test clinic"),
        ("Call P-2", "Late watch, 1 day overdue", ON, None, "Test clinic"),
    ]  # fmt: skip


def test_the_file_can_be_read_back():
    text = calendar(events(ROWS, ON, "Test"), "Calls", datetime(2026, 11, 22, tzinfo=UTC))

    found = Calendar.from_ical(text).walk("VEVENT")
    assert [str(event["summary"]) for event in found] == ["Call P-1", "Call P-2"]
    assert [event.decoded("dtstart") for event in found] == [ON, ON]
