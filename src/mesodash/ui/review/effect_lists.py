"""Tables of the side-effects page: promises, gone by a day, the open ones, the published form."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from mesodash.exchange.suppression import SMALLEST
from mesodash.ui import access, labels, markup, phrases
from mesodash.ui.review import effect_views, page
from mesodash.ui.review.effects_often import exact_percent
from mesodash.ui.review.scope import View

MOST_ROWS = 200
Row = Mapping[Any, Any]


def show_promises(view: View) -> None:
    """Per protocol and effect: the founding text's promise and the source's, against observed."""
    frame = view.report("promises", ("effect", "protocol"))
    told = frame["promised_days"].notna() | frame["source_text"].notna()
    frame = frame[told & (frame["n"] >= SMALLEST)].sort_values("n", ascending=False, kind="stable")
    if frame.empty:
        return
    page.show_table(
        "Promised by the text and by the protocol's source",
        f"{view.caption(frame)} Effects of a protocol with {SMALLEST} known durations or more.",
        [
            page.column("Side effect", number=False),
            page.column("Protocol", number=False),
            page.column("n", "side effects in the curve"),
            page.column("Half gone by (95 %)", "median of the curve; the open ones counted"),
            page.column("Promised", "the founding text's promise"),
            page.column("Gone within it (95 %)", "share gone by then, by the curve"),
            page.column("The source says", "its own words, from the catalogue", number=False),
            page.column(
                "Gone within that (95 %)",
                "share gone by the source's longest time; against a median expect half, against"
                " usual nearly all",
            ),
        ],
        [
            [
                labels.value(view.catalogue, "effect", row["effect"]),
                labels.value(view.catalogue, "protocol", row["protocol"]),
                phrases.number(row["n"]),
                page.Cell(effect_views.median_of(row), row["median_days"]),
                page.Cell(phrases.duration(row["promised_days"]), row["promised_days"]),
                _share(row, "promised_share", "promised_low", "promised_high"),
                phrases.MISSING if phrases.is_missing(row["source_text"]) else row["source_text"],
                _share(row, "source_share", "source_share_low", "source_share_high"),
            ]
            for row in frame.head(MOST_ROWS).to_dict("records")
        ],
        sheet=view.sheet("Promised against observed", frame, "promises"),
    )  # fmt: skip


def _share(row: Row, *names: str) -> page.Cell:
    value, low, high = (row[name] for name in names)
    return page.Cell(phrases.interval(phrases.percent, value, low, high), value)


def show_gone_by(view: View, order: list[str]) -> None:
    """The share gone by 1, 3, 7 and 14 days with its interval, a row an effect."""
    frame = view.report("resolution", ("effect",))
    frame = frame[frame["effect"].isin(order)]
    rows: list[list[str | page.Cell]] = []
    for effect in order:
        mine = frame[frame["effect"] == effect].set_index("day").to_dict("index")
        if not mine:
            continue
        rows.append(
            [
                labels.value(view.catalogue, "effect", effect),
                phrases.number(mine[effect_views.DAYS[0]]["n"]),
                *(_share(mine[day], "share", "low", "high") for day in effect_views.DAYS),
            ]
        )
    if not rows:
        return
    page.show_table(
        "Gone by 1, 3, 7 and 14 days",
        f"{view.caption(frame)} Read off the curve, with log-log 95 % intervals.",
        [
            page.column("Side effect", number=False),
            page.column("n", "side effects in the curve"),
            *(
                page.column(
                    f"By {day}\N{NO-BREAK SPACE}d (95 %)",
                    f"share gone by day {day}; empty if nobody was watched so long while some were"
                    " still affected",
                )
                for day in effect_views.DAYS
            ),
        ],
        rows,
        sheet=view.sheet("Gone by day", frame, "resolution"),
    )


def show_open(view: View, _frame: pd.DataFrame) -> None:
    """Every effect without an end, the longest open first; it names patients."""
    if not view.lists_people:
        page.show_hidden(view, "The list of open side effects")
        return
    frame = view.reader.open_effects(access.actor(), view.filters)
    if frame.empty:
        markup.show(
            "empty",
            title="No side effect is open.",
            text=f"{view.period}. Looked at: every side effect without a recorded end.",
        )
        return
    shown = frame.head(MOST_ROWS)
    more = "" if len(shown) == len(frame) else f" The first {MOST_ROWS}; the file holds all."
    page.show_table(
        "Still open",
        f"{view.period}. {phrases.count(len(frame), 'report')} without an end of"
        f" {phrases.count(frame['patient_id'].nunique(), 'patient')}.{more} This look is noted in"
        " the change log.",
        [
            page.column("Patient", number=False),
            page.column("Side effect", number=False),
            page.column("Area", number=False),
            page.column("Protocol", number=False),
            page.column("Onset", "the day it began, as recorded; empty if only the month is known"),
            page.column("Lasted so far, days", "from the onset to the last contact at least"),
            page.column("Last contact", "the last time anybody asked"),
            page.column("Grade", "severity as recorded, 1 to 5"),
            page.column("Session", number=False),
        ],
        [
            [
                row["patient_id"],
                labels.value(view.catalogue, "effect", row["effect"]),
                labels.value(view.catalogue, "area", row["area"]),
                labels.value(view.catalogue, "protocol", row["protocol"]),
                day_cell(row["onset_on"]),
                phrases.number(row["days_followed"]),
                day_cell(row["last_contact_on"]),
                phrases.number(row["severity"]),
                row["session_id"],
            ]
            for row in shown.to_dict("records")
        ],
        sheet=view.sheet("Open side effects", frame, "open_effects"),
    )


def day_cell(day: Any) -> page.Cell:
    """A day as people write it, sorted by the calendar."""
    if phrases.is_missing(day):
        return page.Cell(phrases.MISSING, None)
    return page.Cell(phrases.day(day), date.fromisoformat(str(day)[:10]).toordinal())


def show_reactions(view: View, _frame: pd.DataFrame) -> None:
    """The injection-site-reaction table in the form a publication prints."""
    frame = view.report("reactions", ("effect",))
    if frame.empty:
        markup.show("empty", title="No reaction may be shown.", text=view.caption(frame))
        return
    frame = frame.sort_values("sessions_with", ascending=False, kind="stable")
    sessions, patients = (int(frame[name].max()) for name in ("sessions", "patients"))
    page.show_table(
        "Injection-site reactions",
        f"{view.caption(frame)} {phrases.count(sessions, 'session')} of"
        f" {phrases.count(patients, 'patient')}. One session counts once, by its worst grade.",
        [
            page.column("Reaction", number=False),
            page.column("Sessions, n (%)", f"of {phrases.number(sessions)} held sessions"),
            page.column("Patients, n (%)", f"of {phrases.number(patients)} patients"),
            page.column("Mild", "sessions by worst grade 1"),
            page.column("Moderate", "sessions by worst grade 2"),
            page.column("Severe", "sessions by worst grade 3 or more"),
            page.column("Not graded", "sessions without a grade"),
            page.column("Median duration (95 %)", "by the curve, the open ones counted as open"),
            page.column("Longest", "the longest seen; + where it was still there then"),
        ],
        [
            [
                labels.value(view.catalogue, "effect", row["effect"]),
                _n_percent(row["sessions_with"], row["session_share"]),
                _n_percent(row["patients_with"], row["patient_share"]),
                *(phrases.number(row[name]) for name in ("mild", "moderate", "severe",
                                                         "not_graded")),
                page.Cell(effect_views.median_of(row), row["median_days"]),
                page.Cell(
                    phrases.duration(row["longest_days"]) + ("+" if row["longest_open"] else ""),
                    row["longest_days"]),
            ]
            for row in frame.to_dict("records")
        ],
        sheet=view.sheet("Injection-site reactions", frame, "reactions",
                         about={"Denominator": f"{sessions} sessions, {patients} patients"}),
    )  # fmt: skip


def _n_percent(n: Any, share: Any) -> page.Cell:
    return page.Cell(f"{phrases.number(n)} ({exact_percent(share)})", n)
