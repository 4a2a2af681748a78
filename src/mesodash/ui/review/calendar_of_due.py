"""The call list as a calendar file: one entry a patient on the day, without anybody's name."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.consult.calendar_file import Event, calendar
from mesodash.ui import labels, phrases
from mesodash.ui.review.scope import View


def events(rows: Iterable[Mapping[Any, Any]], on: date, clinic: str) -> tuple[Event, ...]:
    """One all-day entry a patient on `on`, with every reason to call; no date of birth, no name.

    Args:
        rows: the due list: patient_id, reason, days_overdue.
        on: the day to call.
        clinic: where.
    """
    reasons: dict[str, list[str]] = {}
    for row in rows:
        days = phrases.count(int(row["days_overdue"]), "day")
        word = labels.REASONS.get(row["reason"], row["reason"])
        reasons.setdefault(row["patient_id"], []).append(f"{word}, {days} overdue")
    return tuple(
        Event(
            uid=f"due-{on:%Y%m%d}-{patient}",
            on=on,
            title=f"Call {patient}",
            text="; ".join(why),
            place=clinic,
        )
        for patient, why in reasons.items()
    )


def offer(view: View, frame: pd.DataFrame, on: date) -> None:
    """The button that makes the calendar file when it is pressed."""
    rows, clinic = frame.to_dict("records"), view.clinic
    now: datetime = view.clock()
    st.download_button(
        "Save as calendar (.ics)",
        # On another thread than the page: no Streamlit in there.
        lambda: calendar(events(rows, on, clinic), f"{clinic}: calls", now),
        file_name=f"calls-{on:%Y-%m-%d}.ics",
        mime="text/calendar",
        key="save_ics",
        on_click="ignore",
        type="tertiary",
        icon=":material/event:",
        help="One all-day entry a patient, by number only",
    )
