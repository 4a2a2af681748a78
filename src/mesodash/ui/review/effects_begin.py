"""When side effects begin, and how severe they were at their worst."""

import pandas as pd
import streamlit as st

from mesodash.figures.onset import onset_steps
from mesodash.ui import labels, markup, phrases
from mesodash.ui.review import effect_views, page
from mesodash.ui.review.scope import View

GRADES = {1: "Mild", 2: "Moderate", 3: "Severe", 4: "Life-threatening", 5: "Death"}
ONSET_DAYS = (0, 1, 3, 7, 14, 28)


def show(view: View, frame: pd.DataFrame) -> None:
    """When effects begin, and how severe they were at their worst."""
    order = effect_views.effects_by_number(frame)
    if not view.shared:  # its bars are days of one or two
        _draw_onset(view, order)
    _show_onset(view, order)
    _show_severity(view, order)


def _draw_onset(view: View, order: list[str]) -> None:
    """When one effect begins, drawn."""
    effect = st.selectbox(
        "Side effect",
        order,
        format_func=lambda code: labels.value(view.catalogue, "effect", code),
        key="effects_which",
        bind="query-params",
        width=210,
    )
    frame = view.report("onset", ("effect",))
    mine = frame[frame["effect"] == effect]
    if mine["day"].notna().any():
        page.show_chart(
            onset_steps(
                mine,
                effect=labels.value(view.catalogue, "effect", effect),
                period=view.words(frame),
            ),
            key="effects_onset",
            definition="Days from the session to the onset; a report whose onset is known only to"
            " the month or year is not drawn, and said above.",
        )


def onset_row(rows: pd.DataFrame) -> dict[int, float]:
    """The share begun by each of `ONSET_DAYS`; rows are one effect's onset report, days known."""
    shares: dict[int, float] = {}
    for day in ONSET_DAYS:
        upto = rows[rows["day"] <= day]
        shares[day] = 0.0 if upto.empty else float(upto["share_by"].iloc[-1])
    return shares


def _show_onset(view: View, order: list[str]) -> None:
    frame = view.report("onset", ("effect",))
    rows: list[list[str | page.Cell]] = []
    for effect in order:
        mine = frame[frame["effect"] == effect]
        known = mine[mine["day"].notna()].sort_values("day")
        if known.empty:
            continue
        unknown = int(mine.loc[mine["day"].isna(), "n"].sum())
        shares = onset_row(known)
        rows.append(
            [
                labels.value(view.catalogue, "effect", effect),
                phrases.number(known["of"].iloc[0]),
                *(page.Cell(phrases.percent(share), share) for share in shares.values()),
                phrases.number(known["day"].max()),
                phrases.number(unknown),
            ]
        )
    if not rows:
        markup.show("empty", title="No onset is known to the day.", text=view.caption(frame))
        return
    page.show_table(
        "Onset: how many days after the session",
        f"{view.caption(frame)} Share of the reports with a known day of onset.",
        [
            page.column("Side effect", number=False),
            page.column("n", "reports whose onset is known to the day"),
            *(
                page.column(
                    "Same day" if day == 0 else f"By {day}\N{NO-BREAK SPACE}d",
                    f"begun by day {day} after the session",
                )
                for day in ONSET_DAYS
            ),
            page.column("Latest, day", "the latest onset"),
            page.column("Day not known", "onset known only to the month or year"),
        ],
        rows,
        sheet=view.sheet("Onset", frame, "onset"),
    )


def _show_severity(view: View, order: list[str]) -> None:
    frame = view.report("severity", ("effect",))
    rows: list[list[str | page.Cell]] = []
    for effect in order:
        mine = frame[frame["effect"] == effect]
        if mine.empty:
            continue
        of = int(mine["of"].iloc[0])
        counts = {
            None if phrases.is_missing(r["grade"]) else int(r["grade"]): int(r["n"])
            for r in mine.to_dict("records")
        }
        # In a shared view a grade of few is left out; it must not be taken for none.
        absent = 0 if sum(counts.values()) == of else None
        rows.append(
            [
                labels.value(view.catalogue, "effect", effect),
                phrases.number(of),
                *(_of(counts.get(grade, absent), of) for grade in (*GRADES, None)),
            ]
        )
    if not rows:
        markup.show("empty", title="No severity may be shown.", text=view.caption(frame))
        return
    page.show_table(
        "Severity: the worst grade after each session",
        f"{view.caption(frame)} Sessions with the effect. Not graded is not mild.",
        [
            page.column("Side effect", number=False),
            page.column("Sessions", "held sessions after which it was recorded"),
            *(page.column(word, f"worst grade {grade}, CTCAE") for grade, word in GRADES.items()),
            page.column("Not graded", "no grade was recorded"),
        ],
        rows,
        sheet=view.sheet("Severity", frame, "severity"),
    )


def _of(n: int | None, of: int) -> page.Cell:
    if n is None:
        return page.Cell("fewer than 5", 0)
    return page.Cell("0" if n == 0 else f"{phrases.number(n)} ({phrases.percent(n / of)})", n)
