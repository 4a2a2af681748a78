"""The courses page's parts: the leading sentence, measures, completion, intervals, top-ups."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.figures.intervals import dot_whisker
from mesodash.figures.stopping import stopping_curve
from mesodash.ui import labels, markup, phrases
from mesodash.ui.review import course_cells as cells
from mesodash.ui.review import page
from mesodash.ui.review.scope import View

SPLITS = ("protocol", "practitioner")
MOST_ROWS = 10
Row = Mapping[Any, Any]


def leading(whole: Row, ends: pd.DataFrame, stops: pd.DataFrame) -> str:
    """How many started, how many of the ended ones were completed, and where most stop."""
    text = f"{phrases.count(whole['courses'], 'course')} started."
    if len(ends) and int(ends["ended"].iloc[0]):
        row = ends.to_dict("records")[0]
        text += (
            f" Of {phrases.count(row['ended'], 'ended course')},"
            f" {phrases.percent(row['completed_share'])} were completed."
        )
    where = most_stop(stops)
    if where is not None:
        text += (
            f" Most who stop do so after session {int(where['after_session'])}:"
            f" {phrases.number(where['stopped'])} of {phrases.number(where['at_risk'])}"
            " who got that far."
        )
    return text


def most_stop(stops: pd.DataFrame) -> Row | None:
    """The row of the session after which most stopped; None if nobody did."""
    if stops.empty or not int(stops["stopped"].max()):
        return None
    rows: list[Row] = list(stops.to_dict("records"))
    return max(rows, key=lambda row: int(row["stopped"]))


def measures(whole: Row, ends: pd.DataFrame, waits: pd.DataFrame) -> list[tuple[str, str, str]]:
    """The cards, each with its denominator."""
    end = ends.to_dict("records")[0] if len(ends) else {}
    wait = waits.to_dict("records")[0] if len(waits) else {}
    started = f"of {phrases.count(whole['courses'], 'course')}"
    planned, held = whole["sessions_planned"], whole["sessions_held"]
    half = wait.get("median_days")
    return [
        ("Courses started", phrases.number(whole["courses"]), "planned ones included"),
        ("Completed", phrases.percent(end.get("completed_share")),
         f"of {phrases.count(end.get('ended'), 'ended course')}"),
        ("Stopped", phrases.number(whole["stopped"]), started),
        ("Still running", phrases.number(whole["active"]), started),
        ("Sessions held", phrases.number(held),
         "no course says how many were planned" if phrases.is_missing(planned)
         else f"of {phrases.number(planned)} planned, some still to come"),
        ("Usual wait for the first session", cells.wait(half),
         f"half had begun by then; {phrases.count(wait.get('waiting'), 'course')} still waiting"),
    ]  # fmt: skip


def choose_split() -> str:
    """Draw the choice of what completion and intervals are compared by."""
    return st.segmented_control(
        "Compare by",
        SPLITS,
        default="protocol",
        required=True,
        format_func=phrases.wording(labels.KEY_WORDS),
        key="courses_by",
        bind="query-params",
    )


def show_stopping(view: View, stops: pd.DataFrame) -> None:
    """How many are still in the course after each session."""
    if stops.empty:
        markup.show("empty", title="Nothing to follow yet", text="No course has a held session.")
        return
    page.show_chart(
        stopping_curve(stops, period=view.words(stops)),
        key="courses_stopping",
        definition="Of those who had this many sessions, the share that went on to another one."
        " Courses still running count as long as they are watched, and then no more.",
    )


def show_completion(view: View, key: str) -> None:
    """The share of ended courses that were completed, a row a protocol or practitioner."""
    frame = view.report("completion", (key,))
    rows = frame[frame["ended"] > 0].sort_values("ended", ascending=False, kind="stable")
    if rows.empty:
        markup.show("empty", title="No course has ended", text="Completion needs ended courses.")
        return
    drawn = rows.head(MOST_ROWS)
    more = "" if len(rows) == len(drawn) else f" The {len(drawn)} largest of {len(rows)}."
    page.show_chart(
        dot_whisker(
            pd.DataFrame(
                {
                    "label": [labels.value(view.catalogue, key, code) for code in drawn[key]],
                    "n": drawn["ended"].to_list(),
                    "value": drawn["completed_share"].to_list(),
                    "low": drawn["completed_low"].to_list(),
                    "high": drawn["completed_high"].to_list(),
                }
            ),
            title=f"Completed, % of ended courses, by {key}",
            subtitle=f"{view.caption(frame)}"
            f" {phrases.count(int(frame['ended'].sum()), 'ended course')}. 95 % Wilson"
            f" interval.{more}",
            unit="% of ended courses",
            share=True,
        ),
        key="courses_completion",
        definition="Completed of completed and stopped courses; those still running are not in it.",
    )


def show_planned(view: View) -> None:
    """Planned against held sessions, by protocol."""
    frame = view.report("courses", ("protocol",))
    if view.shared:
        kept = pd.Series([cells.large(n) for n in frame["dropped_after"]], frame.index, "object")
        frame = frame.assign(dropped_after=kept)
    frame = frame.sort_values("courses", ascending=False, kind="stable")
    _table(
        view, "Planned against held", frame, "courses", "protocol",
        phrases.count(int(frame["courses"].sum()), "course"),
        "By the day a course started; of those still running, sessions are to come.",
        [
            ("Courses", "all that started, planned ones included", cells.number("courses")),
            ("Completed", "of these", cells.number("completed")),
            ("Stopped", "of these", cells.number("stopped")),
            ("Running", "of these", cells.number("active")),
            ("Sessions planned", "sum of the planned ones; empty if none is stated",
             cells.number("sessions_planned")),
            ("Sessions held", "held sessions of these courses, whenever they were",
             cells.number("sessions_held")),
            ("Stopped after session", "how many stopped after how many held sessions",
             cells.stopped),
        ],
    )  # fmt: skip


def show_intervals(view: View, key: str) -> None:
    """How well the planned interval between sessions is kept."""
    frame = view.report("gaps", (key,))
    frame = frame.sort_values("gaps", ascending=False, kind="stable")
    _table(
        view, "Intervals kept", frame, "gaps", key,
        phrases.count(int(frame["gaps"].sum()), "interval"),
        "From each session to the next of its course.",
        [
            ("Intervals", "from one held session to the next", cells.number("gaps")),
            ("Kept (95 %)", "of the intervals with a plan, neither shorter nor longer; Wilson",
             cells.share("within")),
            ("Within a week", "of the intervals with a plan, no more than 7 days outside it",
             cells.percent("within_week")),
            ("Usual interval", "median", cells.days("gap_median")),
            ("Planned, days", "the shortest and the longest planned", cells.planned),
            ("Usually off by", "median of the days outside the plan",
             cells.off("deviation_median")),
        ],
    )  # fmt: skip


def show_waiting(view: View) -> None:
    """Days from a course's start to its first session."""
    frame = view.report("first_session", ("protocol",))
    frame = frame.sort_values("courses", ascending=False, kind="stable")
    at_once = not frame["waiting"].any() and (frame["median_days"] == 0).all()
    same = (
        " In every protocol half or more began on the very day." if at_once and len(frame) else ""
    )
    _table(
        view, "From consultation to first session", frame, "first_session", "protocol",
        phrases.count(int(frame["courses"].sum()), "course"),
        "From the day a course starts; those not begun count as waiting, they are not"
        f" dropped.{same}",
        [
            ("Courses", "all that started in the period", cells.number("courses")),
            ("Waiting", "no session held yet; counted as waiting until now",
             cells.number("waiting")),
            ("Gave up", "stopped before a first session; not among those who wait",
             cells.number("gave_up")),
            ("Usual wait", "half had begun by then (median); none means on the very day",
             cells.waited("median_days")),
            ("Within 7 days", "share with a first session by day 7",
             cells.percent("started_by_7d")),
            ("Within 28 days", "share with a first session by day 28",
             cells.percent("started_by_28d")),
        ],
    )  # fmt: skip


def show_top_ups(view: View) -> None:
    """Top-ups that fell due, and those that were made."""
    frame = view.report("top_ups", ("protocol",))
    if frame.empty:
        markup.show(
            "empty",
            title="No top-up fell due",
            text=f"{view.caption(frame)} A top-up falls due once a completed course's protocol"
            " names a time for it.",
        )
        return
    frame = frame.sort_values("due", ascending=False, kind="stable")
    _table(
        view, "Top-ups due and made", frame, "top_ups", "protocol",
        f"{phrases.count(int(frame['due'].sum()), 'top-up')} due,"
        f" {phrases.number(frame['made'].sum())} made",
        "Protocols that name no time for one are not here.",
        [
            ("Due", "completed courses whose top-up time fell into the period",
             cells.number("due")),
            ("Made", "of these, followed by another session of the protocol",
             cells.number("made")),
            ("Made (95 %)", "made of due, Wilson interval", cells.share("made")),
            ("Usually made", "median time between the due day and the session",
             cells.off("median_days_late")),
        ],
    )  # fmt: skip


def _table(
    view: View,
    title: str,
    frame: pd.DataFrame,
    report: str,
    key: str,
    whole: str,
    note: str,
    columns: list[tuple[str, str, cells.Maker]],
) -> None:
    if frame.empty:
        text = view.caption(frame) + " Choose a longer period or fewer filters above."
        markup.show("empty", title=f"{title}: nothing to show", text=text)
        return
    page.show_table(
        title,
        f"{view.caption(frame)} {whole}. {note}",
        [
            page.column(labels.KEY_WORDS[key], number=False),
            *(page.column(head, text) for head, text, _ in columns),
        ],
        [
            [labels.value(view.catalogue, key, row[key]), *(make(row) for *_, make in columns)]
            for row in frame.to_dict("records")
        ],
        sheet=view.sheet(title, frame, report, about={"Denominator": whole}),
    )
