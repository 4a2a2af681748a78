"""The courses page: lead, measures, completion, intervals, waiting times, top-ups."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.documents.small_groups import SMALLEST
from mesodash.figures.dot_whisker import dot_whisker
from mesodash.figures.stopping import stopping_curve
from mesodash.language import _, ngettext
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView

SPLITS = ("protocol", "practitioner")
MOST_ROWS = 10
Row = Mapping[Any, Any]
CellMaker = Callable[[Row], str | page.Cell]


def leading(whole: Row, ends: pd.DataFrame, stops: pd.DataFrame) -> str:
    """How many started, how many of those that ended were completed, and where most stop."""
    n = int(whole["courses"])
    sentences = [phrases.filled(ngettext("{n} course started.", "{n} courses started.", n), n)]
    if len(ends) and int(ends["ended"].iloc[0]):
        row = ends.to_dict("records")[0]
        ended = int(row["ended"])
        sentences.append(
            ngettext(
                "{n} has ended; {share} are completed in the end, those still running counted as"
                " far as they have come.",
                "{n} have ended; {share} are completed in the end, those still running counted as"
                " far as they have come.",
                ended,
            ).format(n=phrases.number(ended), share=phrases.percent(row["completed_share"]))
        )
    where = most_stop(stops)
    if where is not None:
        sentences.append(
            _(
                "Most who stop do so after session {session}: {stopped} of {of} who got that far."
            ).format(
                session=int(where["after_session"]),
                stopped=phrases.number(where["stopped"]),
                of=phrases.number(where["at_risk"]),
            )
        )
    return " ".join(sentences)


def most_stop(stops: pd.DataFrame) -> Row | None:
    """The row of the session after which most stopped; None if nobody did."""
    if stops.empty or not int(stops["stopped"].max()):
        return None
    rows: list[Row] = list(stops.to_dict("records"))
    return max(rows, key=lambda row: int(row["stopped"]))


def measures(whole: Row, ends: pd.DataFrame, waits: pd.DataFrame) -> list[tuple[str, str, str]]:
    """The cards: label, number, denominator."""
    end = ends.to_dict("records")[0] if len(ends) else {}
    wait = waits.to_dict("records")[0] if len(waits) else {}
    started = _("of {courses}").format(courses=phrases.courses(whole["courses"]))
    planned, held = whole["sessions_planned"], whole["sessions_held"]
    half = wait.get("median_days")
    ended: Any = end.get("ended")
    waiting: Any = wait.get("waiting")
    return [
        (_("Courses started"), phrases.number(whole["courses"]), _("planned ones included")),
        (
            _("Completed in the end"),
            phrases.percent(end.get("completed_share")),
            phrases.MISSING
            if phrases.is_missing(ended)
            else phrases.filled(
                ngettext("{n} course has ended", "{n} courses have ended", int(ended)), ended
            ),
        ),
        (_("Stopped"), phrases.number(whole["stopped"]), started),
        (_("Still running"), phrases.number(whole["active"]), started),
        (
            _("Sessions held"),
            phrases.number(held),
            _("no course says how many were planned")
            if phrases.is_missing(planned)
            else _("of {n} planned, some still to come").format(n=phrases.number(planned)),
        ),
        (
            _("Usual wait for the first session"),
            wait_words(half),
            phrases.MISSING
            if phrases.is_missing(waiting)
            else phrases.filled(
                ngettext(
                    "half had begun by then; {n} course still waiting",
                    "half had begun by then; {n} courses still waiting",
                    int(waiting),
                ),
                waiting,
            ),
        ),
    ]


def choose_split() -> str:
    """Draw the choice of what completion and intervals are compared by."""
    return st.segmented_control(
        _("Compare by"),
        SPLITS,
        default="protocol",
        required=True,
        format_func=labels.key_word,
        key="courses_by",
        bind="query-params",
    )


def show_stopping(view: ReviewView, stops: pd.DataFrame) -> None:
    """How many are still in the course after each session."""
    if stops.empty:
        markup.show(
            "empty", title=_("Nothing to follow yet"), text=_("No course has a held session.")
        )
        return
    page.show_chart(
        stopping_curve(stops, period=view.words(stops)),
        key="courses_stopping",
        definition=_(
            "Of those who had this many sessions, the share that went on to another one. Courses"
            " still running count as long as they are followed, and then no more."
        ),
    )


def show_completion(view: ReviewView, key: str) -> None:
    """The share of ended courses that were completed, by protocol or practitioner."""
    frame = view.report("completion", (key,))
    rows = frame[frame["ended"] > 0].sort_values("ended", ascending=False, kind="stable")
    if rows.empty:
        markup.show(
            "empty", title=_("No course has ended"), text=_("Completion needs ended courses.")
        )
        return
    drawn = rows.head(MOST_ROWS)
    ended = int(frame["ended"].sum())
    subtitle = [
        view.caption(frame),
        phrases.filled(ngettext("{n} ended course.", "{n} ended courses.", ended), ended),
        _("95 % interval by patient."),
    ]
    if len(rows) > len(drawn):
        subtitle.append(_("The {n} largest of {of}.").format(n=len(drawn), of=len(rows)))
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
            title=(
                _("Completed in the end, % of courses, by protocol")
                if key == "protocol"
                else _("Completed in the end, % of courses, by practitioner")
            ),
            subtitle=" ".join(subtitle),
            unit=_("% of courses"),
            share=True,
        ),
        key="courses_completion",
        definition=_(
            "Those still running count as far as they have come (Aalen-Johansen by the number of"
            " sessions; stopping competes with completing)."
        ),
    )


def show_planned(view: ReviewView) -> None:
    """Planned against held sessions, by protocol."""
    frame = view.report("courses", ("protocol",))
    if view.shared:
        kept = pd.Series([large_counts(n) for n in frame["dropped_after"]], frame.index, "object")
        frame = frame.assign(dropped_after=kept)
    frame = frame.sort_values("courses", ascending=False, kind="stable")
    _table(
        view, _("Planned against held"), frame, "courses", "protocol",
        phrases.courses(int(frame["courses"].sum())),
        _("By the day a course started; of those still running, sessions are to come."),
        [
            ("courses", number_cell("courses")),
            ("completed", number_cell("completed")),
            ("stopped", number_cell("stopped")),
            ("active", number_cell("active")),
            ("sessions_planned", number_cell("sessions_planned")),
            ("sessions_held", number_cell("sessions_held")),
            ("dropped_after", stopped_cell),
        ],
    )  # fmt: skip


def show_intervals(view: ReviewView, key: str) -> None:
    """How often the planned interval between sessions was kept."""
    frame = view.report("gaps", (key,))
    frame = frame.sort_values("gaps", ascending=False, kind="stable")
    gaps = int(frame["gaps"].sum())
    _table(
        view, _("Intervals kept"), frame, "gaps", key,
        phrases.filled(ngettext("{n} interval", "{n} intervals", gaps), gaps),
        _("From each session to the next of its course."),
        [
            ("gaps", number_cell("gaps")),
            ("within_share", share_cell("within")),
            ("within_week", percent_cell("within_week")),
            ("gap_median", days_cell("gap_median")),
            ("planned_low", planned_cell),
            ("deviation_median", deviation_cell("deviation_median")),
        ],
    )  # fmt: skip


def show_waiting(view: ReviewView) -> None:
    """Days from a course's start to its first session."""
    frame = view.report("first_session", ("protocol",))
    frame = frame.sort_values("courses", ascending=False, kind="stable")
    at_once = not frame["waiting"].any() and (frame["median_days"] == 0).all()
    note = _(
        "From the day a course starts; those not begun count as waiting, they are not dropped."
    )
    if at_once and len(frame):
        note = " ".join([note, _("In every protocol half or more began on the very day.")])
    _table(
        view, _("From consultation to first session"), frame, "first_session", "protocol",
        phrases.courses(int(frame["courses"].sum())),
        note,
        [
            ("courses", number_cell("courses")),
            ("waiting", number_cell("waiting")),
            ("gave_up", number_cell("gave_up")),
            ("median_days", wait_cell("median_days")),
            ("started_by_7d", percent_cell("started_by_7d")),
            ("started_by_28d", percent_cell("started_by_28d")),
        ],
    )  # fmt: skip


def show_top_ups(view: ReviewView) -> None:
    """Top-ups that fell due, and those that were made."""
    frame = view.report("top_ups", ("protocol",))
    if frame.empty:
        markup.show(
            "empty",
            title=_("No top-up fell due"),
            text=" ".join(
                [
                    view.caption(frame),
                    _("A top-up falls due once a completed course's protocol names a time for it."),
                ]
            ),
        )
        return
    frame = frame.sort_values("due", ascending=False, kind="stable")
    # No usual value is given of two.
    usual = frame["median_days_late"].where(frame["made"] >= SMALLEST)
    frame = frame.assign(median_days_late=usual)
    due = int(frame["due"].sum())
    _table(
        view, _("Top-ups due and made"), frame, "top_ups", "protocol",
        ngettext("{n} top-up due, {made} made", "{n} top-ups due, {made} made", due).format(
            n=phrases.number(due), made=phrases.number(frame["made"].sum())
        ),
        _(
            "Protocols that name no time for a top-up are left out. Those still running count as"
            " far as they have come; when it is usually made is said of {n} or more."
        ).format(n=SMALLEST),
        [
            ("due", number_cell("due")),
            ("made", number_cell("made")),
            ("waiting", number_cell("waiting")),
            ("made_share", share_cell("made")),
            ("median_days_late", deviation_cell("median_days_late")),
        ],
    )  # fmt: skip


def _table(
    view: ReviewView,
    title: str,
    frame: pd.DataFrame,
    report: str,
    key: str,
    whole: str,
    note: str,
    columns: list[tuple[str, CellMaker]],
) -> None:
    if frame.empty:
        advice = _("Choose a longer period or fewer filters above.")
        markup.show(
            "empty",
            title=_("{what}: nothing to show").format(what=title),
            text=f"{view.caption(frame)} {advice}",
        )
        return
    page.show_table(
        title,
        f"{view.caption(frame)} {whole}. {note}",
        [
            page.key_head(key),
            *(page.head(report, name, interval=name.endswith("_share")) for name, _make in columns),
        ],
        [
            [
                labels.value(view.catalogue, key, row[key]),
                *(make(row) for _name, make in columns),
            ]
            for row in frame.to_dict("records")
        ],
        sheet=view.sheet(title, frame, report, about={_("Denominator"): whole}),
    )


def number_cell(name: str) -> CellMaker:
    """A column of whole numbers."""
    return lambda row: phrases.number(row[name])


def percent_cell(name: str) -> CellMaker:
    """A column of shares."""
    return lambda row: phrases.percent(row[name])


def share_cell(name: str) -> CellMaker:
    """A column of shares with their intervals, of `<name>_share`, `_low` and `_high`."""

    def make(row: Row) -> page.Cell:
        value, low, high = (row[f"{name}_{part}"] for part in ("share", "low", "high"))
        return page.Cell(phrases.interval(phrases.percent, value, low, high), value)

    return make


def days_cell(name: str) -> CellMaker:
    """A column of lengths of time, recorded in days."""
    return lambda row: page.Cell(phrases.duration(row[name]), row[name])


def wait_cell(name: str) -> CellMaker:
    """A column of waits, recorded in days."""
    return lambda row: page.Cell(wait_words(row[name]), row[name])


def wait_words(length: Any) -> str:
    """A wait in words; 0 days is none."""
    if not phrases.is_missing(length) and float(length) == 0:
        return _("none")
    return phrases.duration(length)


def deviation_cell(name: str) -> CellMaker:
    """A column of days after the intended day; below 0 is early."""
    return lambda row: page.Cell(deviation_words(row[name]), row[name])


def deviation_words(past: Any) -> str:
    """Days after the intended day, in words: `34 days early`, `on time`, `1 day late`."""
    if phrases.is_missing(past):
        return phrases.MISSING
    past = float(past)
    if past == 0:
        return _("on time")
    text = _("{time} early") if past < 0 else _("{time} late")
    return text.format(time=phrases.duration(abs(past)))


def planned_cell(row: Row) -> str:
    """The shortest and the longest interval planned."""
    return phrases.between(row["planned_low"], row["planned_high"])


def stopped_cell(row: Row) -> page.Cell:
    """How many stopped after how many sessions: `3 after 1, 1 after 2`."""
    after = row["dropped_after"]
    text = ", ".join(
        _("{n} after {session}").format(n=n, session=held) for held, n in after.items()
    )
    return page.Cell(text or phrases.MISSING, sum(after.values()))


def large_counts(after: Mapping[int, int]) -> dict[int, int]:
    """The counts of stopped courses by session that a shared view may show."""
    return {held: n for held, n in after.items() if n >= SMALLEST}
