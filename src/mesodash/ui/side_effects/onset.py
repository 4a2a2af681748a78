"""When side effects begin, and how severe they were at their worst."""

import pandas as pd
import streamlit as st

from mesodash.figures.onset import onset_steps
from mesodash.language import N_, _
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.side_effects import overview

GRADES = {
    1: N_("Mild"),
    2: N_("Moderate"),
    3: N_("Severe"),
    4: N_("Life-threatening"),
    5: N_("Death"),
}
ONSET_DAYS = (0, 1, 3, 7, 14, 28)


def show(view: ReviewView, frame: pd.DataFrame) -> None:
    """When effects begin, and how severe they were at their worst."""
    order = overview.effects_by_number(frame)
    if not view.shared:  # its steps are based on one or two
        _draw_onset(view, order)
    _show_onset(view, order)
    _show_severity(view, order)


def _draw_onset(view: ReviewView, order: list[str]) -> None:
    """When one effect begins, drawn."""
    effect = st.selectbox(
        _("Side effect"),
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
            definition=_(
                "Days from the session to the onset. A report whose onset is known only to the"
                " month or year is not drawn, and counted above."
            ),
        )


def onset_row(rows: pd.DataFrame) -> dict[int, float]:
    """The share begun by each of `ONSET_DAYS`, from one effect's onset report with known days."""
    shares: dict[int, float] = {}
    for day in ONSET_DAYS:
        upto = rows[rows["day"] <= day]
        shares[day] = 0.0 if upto.empty else float(upto["share_by"].iloc[-1])
    return shares


def _show_onset(view: ReviewView, order: list[str]) -> None:
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
                *(
                    page.Cell(phrases.percent(share), share)
                    if known["of"].iloc[0] >= overview.ENOUGH
                    else page.Cell(overview.too_few(), None)
                    for share in shares.values()
                ),
                phrases.number(known["day"].max()),
                phrases.number(unknown),
            ]
        )
    if not rows:
        markup.show("empty", title=_("No onset is known to the day."), text=view.caption(frame))
        return
    page.show_table(
        _("Onset: how many days after the session"),
        " ".join([view.caption(frame), _("Share of the reports with a known day of onset.")]),
        [
            page.key_head("effect"),
            page.head("onset", "known"),
            *(page.head("onset", "by_day" if day else "same_day", n=day) for day in ONSET_DAYS),
            page.head("onset", "latest"),
            page.head("onset", "day_not_known"),
        ],
        rows,
        sheet=view.sheet(_("Onset"), frame, "onset"),
    )


def _show_severity(view: ReviewView, order: list[str]) -> None:
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
        # In a shared view a small grade is left out, which does not mean none.
        absent = 0 if sum(counts.values()) == of else None
        rows.append(
            [
                labels.value(view.catalogue, "effect", effect),
                phrases.number(of),
                *(_of(counts.get(grade, absent), of) for grade in (*GRADES, None)),
            ]
        )
    if not rows:
        markup.show("empty", title=_("No severity may be shown."), text=view.caption(frame))
        return
    page.show_table(
        _("Severity: the worst grade after each session"),
        " ".join([view.caption(frame), _("Sessions with the effect. Not graded is not mild.")]),
        [
            page.key_head("effect"),
            page.head("severity", "sessions"),
            *(
                page.head("severity", "of_grade", word=_(word), grade=grade)
                for grade, word in GRADES.items()
            ),
            page.head("severity", "not_graded"),
        ],
        rows,
        sheet=view.sheet(_("Severity"), frame, "severity"),
    )


def _of(n: int | None, of: int) -> page.Cell:
    if n is None:
        return page.Cell(_("fewer than {n}").format(n=overview.ENOUGH), 0)
    return page.Cell("0" if n == 0 else f"{phrases.number(n)} ({phrases.percent(n / of)})", n)
