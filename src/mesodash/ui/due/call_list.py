"""The due page: choices, measures, the call list with its calendar file, and counts alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.catalogue.watching import last_check, late_watches
from mesodash.consult.calendar_file import Event, calendar
from mesodash.documents.small_groups import SMALLEST
from mesodash.documents.tables import DownloadTable
from mesodash.language import N_, _, current, format_days, format_list, ngettext, use_language
from mesodash.reports.core.filters import Period
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import patient_links

MOST_ROWS = 200
MONTH_DAYS = 28
CLOSES_SOON = 7
WITHIN: dict[str, int | None] = {"all": None, "4_weeks": MONTH_DAYS, "3_months": 91}
WITHIN_WORDS = {
    "all": N_("All"),
    "4_weeks": N_("Up to 4 weeks overdue"),
    "3_months": N_("Up to 3 months overdue"),
}
RULES = {
    "next_session": N_("a course with sessions left, none booked, and its interval passed"),
    "top_up": N_("a completed course whose top-up time has passed, none booked"),
    "follow_up": N_("no contact since the session: from day 7 to day {last}"),
    "open_effect": N_(
        "a side effect without an end, the time told to patients (else 7 days) passed, and no"
        " contact for 7 days"
    ),
    "late_watch": N_(
        "no contact since a window for late lumps opened, while it is open: {windows}"
    ),
    "score": N_(
        "no score yet of a course whose protocol was judged by now, by the time its source names"
    ),
}


@dataclass(frozen=True, slots=True)
class DueChoice:
    """The choices above the list.

    Attributes:
        on: the day.
        reasons: codes; none means all.
        overdue: a key of `WITHIN`.
    """

    on: date
    reasons: tuple[str, ...] = ()
    overdue: str = "all"

    @property
    def within(self) -> int | None:
        """The largest number of days overdue; None means any."""
        return WITHIN.get(self.overdue)

    @property
    def words(self) -> dict[str, str]:
        """The choices as lines for the notes of a file."""
        reasons = format_list([_reason(code) for code in self.reasons])
        return {
            _("Due on"): self.on.isoformat(),
            _("Reasons"): reasons or _("all"),
            _("Overdue"): _(WITHIN_WORDS.get(self.overdue, self.overdue)),
        }


def choose(today: date) -> DueChoice:
    """Draw the choices: the day, the largest number of days overdue, the reasons."""
    with st.container(horizontal=True, gap="small", key="row_of_due_choices"):
        on = st.date_input(
            _("Due on"),
            value=today,
            key="due_on",
            bind="query-params",
            format="DD/MM/YYYY",
            width=165,
        )
        overdue = st.selectbox(
            _("Overdue"),
            list(WITHIN),
            format_func=phrases.wording(WITHIN_WORDS),
            key="due_within",
            bind="query-params",
            width=220,
        )
        reasons = st.pills(
            _("Reasons"),
            list(labels.REASONS),
            selection_mode="multi",
            format_func=phrases.wording(labels.REASONS),
            key="due_reasons",
            bind="query-params",
            wrap=True,
        )
    return DueChoice(on or today, tuple(reasons), overdue)


def narrowed(frame: pd.DataFrame, reasons: Sequence[str], within: int | None) -> pd.DataFrame:
    """The rows of these reasons (all if none), at most `within` days overdue."""
    if reasons:
        frame = frame[frame["reason"].isin(reasons)]
    if within is not None:
        frame = frame[frame["days_overdue"] <= within]
    return frame.reset_index(drop=True)


def leading(frame: pd.DataFrame, on: date) -> str:
    """How many to call, why, and for how many the time to ask ends within a week.

    Args:
        frame: the due list: reason, closes_on, and patient_id (or any other mark of a patient).
        on: the day.
    """
    n = frame["patient_id"].nunique()
    counts = frame["reason"].value_counts()
    why = ", ".join(f"{_reason(str(code))} ({number})" for code, number in counts.items())
    first = ngettext(
        "{n} patient to call on {day}. Reasons: {reasons}.",
        "{n} patients to call on {day}. Reasons: {reasons}.",
        n,
    ).format(n=phrases.number(n), day=phrases.day(on.isoformat()), reasons=why)
    soon = frame["closes_on"].dropna() <= on + timedelta(days=CLOSES_SOON)
    closing = int(soon.sum())
    words = ngettext(
        "For {n} the time to ask ends within a week.",
        "For {n} the time to ask ends within a week.",
        closing,
    )
    return f"{first} {words.format(n=phrases.number(closing))}"


def measures(frame: pd.DataFrame) -> list[tuple[str, str, str]]:
    """One card per reason: how many, and how many of them at most 4 weeks overdue."""
    cards = []
    for code in labels.REASONS:
        mine = frame[frame["reason"] == code]
        recent = int((mine["days_overdue"] <= MONTH_DAYS).sum())
        words = ngettext("{n} up to 4 weeks overdue", "{n} up to 4 weeks overdue", recent).format(
            n=recent
        )
        cards.append((_reason(code), phrases.number(len(mine)), words))
    return cards


def show_nobody(catalogue: Catalogue, everyone: pd.DataFrame, on: date) -> None:
    """Say that the list is empty, and how many are due under other choices."""
    n = len(everyone)
    sentences = [_("Looked at: {rules}.").format(rules="; ".join(rules(catalogue).values()))]
    if n:
        sentences.append(
            ngettext(
                "{n} call for other reasons, or longer overdue.",
                "{n} calls for other reasons, or longer overdue.",
                n,
            ).format(n=phrases.number(n))
        )
    markup.show(
        "empty",
        title=_("Nobody is due on {day} for this choice.").format(day=phrases.day(on.isoformat())),
        text=" ".join(sentences),
    )


def rules(catalogue: Catalogue) -> dict[str, str]:
    """The rule of each reason in words, with the days of the catalogue, by its code."""
    windows = [
        _("day {first} to {last}").format(first=one.from_day, last=one.to_day)
        for one in late_watches(catalogue)
    ]
    said = {"last": last_check(catalogue), "windows": format_list(windows)}
    return {code: _(rule).format(**said) for code, rule in RULES.items()}


def definitions(catalogue: Catalogue) -> dict[str, str]:
    """The rule of each reason, by the label of its card."""
    return {_reason(code): rule for code, rule in rules(catalogue).items()}


def show_list(view: ReviewView, frame: pd.DataFrame, choice: DueChoice) -> None:
    """The worklist with its CSV, Excel and calendar files; old side effects folded below it."""
    from mesodash.reports.courses.due import OLD_AFTER, is_old  # noqa: PLC0415 - slow to import

    old = is_old(frame)
    now_due, folded = frame[~old], frame[old]
    shown = now_due.head(MOST_ROWS)
    count = ngettext("{n} reason of {patients}", "{n} reasons of {patients}", len(frame)).format(
        n=phrases.number(len(frame)), patients=phrases.patients(frame["patient_id"].nunique())
    )
    said = [_("{count}, the window that closes first on top.").format(count=count)]
    if len(shown) < len(now_due):
        said.append(_("The first {n}; the files hold all.").format(n=MOST_ROWS))
    said.append(_("That you opened this list is noted in the change log."))
    _show_rows(
        view,
        _("Call list of {day}").format(day=phrases.day(choice.on.isoformat())),
        " ".join(said),
        shown,
        sheet=_until(view, choice).sheet(
            _("Call list"), frame, "due", about={**choice.words, _("Denominator"): count}
        ),
        more_files=partial(offer_calendar, view, frame, choice.on),
    )
    if not folded.empty:
        words = ngettext(
            "{n} side effect due for more than {days} days",
            "{n} side effects due for more than {days} days",
            len(folded),
        ).format(n=phrases.number(len(folded)), days=OLD_AFTER)
        with st.expander(words, key="due_old"):
            _show_rows(
                view,
                _("Old side effects still open"),
                _("Ask once more at the next visit; the day it ended is hardly known any more."),
                folded.head(MOST_ROWS),
            )
    if context.actor().may("page.patient"):
        patient_links(shown["patient_id"], key="due_patients")


def _show_rows(
    view: ReviewView,
    title: str,
    caption: str,
    shown: pd.DataFrame,
    *,
    sheet: DownloadTable | None = None,
    more_files: Callable[[], None] | None = None,
) -> None:
    said_rules = "; ".join(f"{name}: {rule}" for name, rule in definitions(view.catalogue).items())
    page.show_table(
        title,
        caption,
        [
            page.head("due", "patient_id", number=False, short=True),
            page.column(_("Reason"), said_rules, number=False, short=True),
            page.head("due", "closes_on", number=False, short=True),
            page.head("due", "severity"),
            page.head("due", "days_overdue"),
            page.head("due", "protocol", number=False),
            page.head("due", "area", number=False),
            page.head("due", "course_id", number=False, short=True),
        ],
        [
            [
                row["patient_id"],
                labels.value(view.catalogue, "reason", row["reason"]),
                _closing(row["closes_on"]),
                phrases.MISSING
                if phrases.is_missing(row["severity"])
                else phrases.number(row["severity"]),
                phrases.number(row["days_overdue"]),
                labels.value(view.catalogue, "protocol", row["protocol"]),
                labels.value(view.catalogue, "area", row["area"]),
                phrases.MISSING if phrases.is_missing(row["course_id"]) else row["course_id"],
            ]
            for row in shown.to_dict("records")
        ],
        sheet=sheet,
        more_files=more_files,
    )


def _closing(day: date | None) -> page.Cell:
    """A window without an end sorts after all that have one."""
    if day is None or phrases.is_missing(day):
        return page.Cell(phrases.MISSING, "9999")
    return page.Cell(phrases.day(day.isoformat()), day.isoformat())


def show_counts(view: ReviewView, counts: pd.DataFrame, choice: DueChoice) -> None:
    """How many are due, by reason and protocol, for a view without single patients.

    Args:
        view: the page.
        counts: of `Reader.due_counts`.
        choice: what is chosen; how long overdue narrows only the list of patients.
    """
    day = phrases.day(choice.on.isoformat())
    if counts.empty:
        markup.show(
            "empty",
            title=_("Nobody is due on {day}.").format(day=day),
            text=_("Looked at: {rules}.").format(rules="; ".join(rules(view.catalogue).values())),
        )
        return
    n = int(counts.attrs["patients"])
    if view.shared and n < SMALLEST:
        page.say(_("Fewer than {n} patients are due on {day}.").format(n=SMALLEST, day=day))
        return
    page.say(
        ngettext(
            "{n} patient is due on {day}. This view has no single patients, so these are counts.",
            "{n} patients are due on {day}. This view has no single patients, so these are counts.",
            n,
        ).format(n=phrases.number(n), day=day)
    )
    if choice.reasons:
        counts = counts[counts["reason"].isin(choice.reasons)]
    shown = counts.sort_values("patients", ascending=False, kind="stable")
    page.show_table(
        _("Due, by reason and protocol"),
        _("A patient who is due for several reasons counts in each."),
        [
            page.key_head("reason"),
            page.key_head("protocol"),
            page.head("due", "patients"),
            page.head("due", "recent"),
            page.head("due", "longest_days"),
        ],
        [
            [
                labels.value(view.catalogue, "reason", row["reason"]),
                labels.value(view.catalogue, "protocol", row["protocol"]),
                _few(row["patients"], view),
                _few(row["recent"], view),
                phrases.MISSING
                if view.shared and row["patients"] < SMALLEST
                else phrases.number(row["longest_days"]),
            ]
            for row in shown.to_dict("records")
        ],
    )


def _few(n: int, view: ReviewView) -> page.Cell:
    """A count; in a shared view 1 to 4 are shown alike."""
    if view.shared and 0 < n < SMALLEST:
        return page.Cell(_("fewer than {n}").format(n=SMALLEST), 0)
    return page.Cell(phrases.number(n), n)


def calendar_events(rows: Iterable[Mapping[Any, Any]], on: date, clinic: str) -> tuple[Event, ...]:
    """One all-day entry per patient, with every reason to call, without names or birth dates.

    Args:
        rows: the due list: patient_id, reason, days_overdue.
        on: the day to call.
        clinic: the place of the entries.
    """
    reasons: dict[str, list[str]] = {}
    for row in rows:
        text = _("{reason}, {days} overdue").format(
            reason=_reason(row["reason"]), days=format_days(int(row["days_overdue"]))
        )
        reasons.setdefault(row["patient_id"], []).append(text)
    return tuple(
        Event(
            uid=f"due-{on:%Y%m%d}-{patient}",
            on=on,
            title=_("Call {patient}").format(patient=patient),
            text="; ".join(why),
            place=clinic,
        )
        for patient, why in reasons.items()
    )


def offer_calendar(view: ReviewView, frame: pd.DataFrame, on: date) -> None:
    """The button that makes the calendar file when it is pressed."""
    rows, clinic, language = frame.to_dict("records"), view.clinic, current().code
    now: datetime = view.clock()

    def make() -> bytes:
        # Runs in another thread, without Streamlit's context and in no language yet.
        with use_language(language):
            title = _("{clinic}: calls").format(clinic=clinic)
            return calendar(calendar_events(rows, on, clinic), title, now)

    st.download_button(
        _("Save as calendar (.ics)"),
        make,
        file_name=f"calls-{on:%Y-%m-%d}.ics",
        mime="text/calendar",
        key="save_ics",
        on_click="ignore",
        type="tertiary",
        icon=":material/event:",
        help=_("One all-day entry per patient, by number only"),
    )


def _reason(code: str) -> str:
    return _(labels.REASONS[code]) if code in labels.REASONS else code


def _until(view: ReviewView, choice: DueChoice) -> ReviewView:
    """The view with the period that the list covers, for the notes of a file."""
    return replace(view, filters=replace(view.filters, period=Period(None, choice.on)))
