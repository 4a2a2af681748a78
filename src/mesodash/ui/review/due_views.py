"""The due page's parts: the day and the reasons, the list, the call list and the calendar."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from mesodash.reports.filters import Period
from mesodash.ui import labels, markup, phrases
from mesodash.ui.review import calendar_of_due, page
from mesodash.ui.review.scope import View

MOST_ROWS = 200
WITHIN: dict[str, int | None] = {
    "All": None,
    "Up to 4 weeks overdue": 28,
    "Up to 3 months overdue": 91,
}
RULES = {
    "next_session": "a course with sessions left, none booked, and its interval passed",
    "top_up": "a completed course whose top-up time has passed, none booked",
    "follow_up": "nobody in touch since the session: day 7 to 28",
    "open_effect": "a side effect without an end, its promised time (else 7 days) passed and nobody"
    " in touch for 7 days",
    "late_watch": "nobody in touch since day 28: day 28 to 56, when late nodules appear",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked of the list.

    Attributes:
        on: the day.
        reasons: codes; none means all.
        overdue: one of WITHIN.
    """

    on: date
    reasons: tuple[str, ...] = ()
    overdue: str = "All"

    @property
    def within(self) -> int | None:
        """At most so many days overdue; None for any number."""
        return WITHIN[self.overdue]

    @property
    def words(self) -> dict[str, str]:
        """The choice as lines on top of a file."""
        reasons = ", ".join(labels.REASONS.get(code, code) for code in self.reasons)
        return {
            "Due on": self.on.isoformat(),
            "Reasons": reasons or "all",
            "Overdue": self.overdue.lower(),
        }


def choose(today: date) -> Choice:
    """Draw the choices: the day, how long overdue at the most, the reasons."""
    with st.container(horizontal=True, gap="small", key="row_of_due_choices"):
        on = st.date_input(
            "Due on",
            value=today,
            key="due_on",
            bind="query-params",
            format="DD/MM/YYYY",
            width=165,
        )
        overdue = st.selectbox(
            "Overdue", list(WITHIN), key="due_within", bind="query-params", width=220
        )
        reasons = st.pills(
            "Reasons",
            list(labels.REASONS),
            selection_mode="multi",
            format_func=phrases.wording(labels.REASONS),
            key="due_reasons",
            bind="query-params",
            wrap=True,
        )
    return Choice(on or today, tuple(reasons), overdue)


def narrowed(frame: pd.DataFrame, reasons: Sequence[str], within: int | None) -> pd.DataFrame:
    """The rows of these reasons (all if none), at most `within` days overdue."""
    if reasons:
        frame = frame[frame["reason"].isin(reasons)]
    if within is not None:
        frame = frame[frame["days_overdue"] <= within]
    return frame.reset_index(drop=True)


def leading(frame: pd.DataFrame, on: date) -> str:
    """How many to call, why, and how long the longest has waited."""
    patients = phrases.count(frame["patient_id"].nunique(), "patient")
    counts = frame["reason"].value_counts()
    why = ", ".join(f"{labels.REASONS[str(code)].lower()} ({n})" for code, n in counts.items())
    longest = int(frame["days_overdue"].max())
    return (
        f"{patients} to call on {phrases.day(on.isoformat())}, for"
        f" {phrases.count(len(frame), 'reason')}: {why}. The longest is"
        f" {phrases.count(longest, 'day')} overdue."
    )


def measures(frame: pd.DataFrame) -> list[tuple[str, str, str]]:
    """A card a reason: how many, and how many of them within the last 4 weeks."""
    cards = []
    for code, word in labels.REASONS.items():
        mine = frame[frame["reason"] == code]
        recent = int((mine["days_overdue"] <= WITHIN["Up to 4 weeks overdue"]).sum())
        cards.append((word, phrases.number(len(mine)), f"{recent} up to 4 weeks overdue"))
    return cards


def show_nobody(everyone: pd.DataFrame, on: date) -> None:
    """The empty list, and how many other choices would show."""
    others = phrases.count(len(everyone), "call")
    hidden = f" {others} for other reasons, or longer overdue." if len(everyone) else ""
    markup.show(
        "empty",
        title=f"Nobody is due on {phrases.day(on.isoformat())} for this choice.",
        text=f"Looked at: {'; '.join(RULES.values())}.{hidden}",
    )


def definitions() -> dict[str, str]:
    """When somebody is due for the reason of each card, by its label."""
    return {labels.REASONS[code]: rule for code, rule in RULES.items()}


def show_list(view: View, frame: pd.DataFrame, choice: Choice) -> None:
    """The call list, the longest overdue first, with its CSV, Excel and calendar."""
    shown = frame.head(MOST_ROWS)
    patients = phrases.count(frame["patient_id"].nunique(), "patient")
    count = f"{phrases.count(len(frame), 'reason')} of {patients}"
    more = "" if len(shown) == len(frame) else f" The first {MOST_ROWS}; the files hold all."
    until = replace(view, filters=replace(view.filters, period=Period(None, choice.on)))
    page.show_table(
        f"Call list of {phrases.day(choice.on.isoformat())}",
        f"{count}, the longest overdue first.{more} This look is noted in the change log.",
        [
            page.column("Patient", number=False, short=True),
            page.column("Reason", "; ".join(f"{labels.REASONS[c]}: {RULES[c]}" for c in RULES),
                          number=False, short=True),
            page.column("Days overdue", "days from the due day to the day asked for"),
            page.column("Due since", number=False, short=True),
            page.column("Protocol", number=False),
            page.column("Area", "what the last session treated, or where the effect is",
                          number=False),
            page.column("Course", number=False, short=True),
        ],
        [
            [
                row["patient_id"],
                labels.value(view.catalogue, "reason", row["reason"]),
                phrases.number(row["days_overdue"]),
                page.Cell(phrases.day(row["due_on"]), str(row["due_on"])),
                labels.value(view.catalogue, "protocol", row["protocol"]),
                labels.value(view.catalogue, "area", row["area"]),
                phrases.MISSING if phrases.is_missing(row["course_id"]) else row["course_id"],
            ]
            for row in shown.to_dict("records")
        ],
        sheet=until.sheet(
            "Call list", frame, "due",
            about={**choice.words, "Denominator": count},
        ),
        more_files=partial(calendar_of_due.offer, view, frame, choice.on),
    )  # fmt: skip
