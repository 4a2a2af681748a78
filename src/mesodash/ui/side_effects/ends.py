"""What the durations are based on: how ends became known, and areas treated again meanwhile."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mesodash.documents.small_groups import SMALLEST
from mesodash.language import N_, _
from mesodash.reports.effects.ends import WAYS
from mesodash.ui.parts import labels, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.side_effects.overview import too_few

KNOWN = N_(
    "An end seen in the clinic is surer than one remembered on the telephone or written by the"
    " patient. In brackets the share of all that was gone by day 14 and known in that way; the"
    " shares of a row add up to all that was gone by then."
)
AGAIN = N_(
    "The main figures count every effect to the end that its own record gives. How long it lasts if"
    " left alone is answered by watching it until its area is treated again and no longer"
    " (censored). As a check, treating again competes: what was treated again first never ended by"
    " itself."
)


def show(view: ReviewView, _frame: pd.DataFrame) -> None:
    """Two tables: by effect how ends became known, and what treating its area again changes."""
    _show_told(view)
    _show_again(view)


def _show_told(view: ReviewView) -> None:
    frame = view.report("end_sources", ("effect",))
    frame = frame.sort_values("n", ascending=False, kind="stable")
    page.show_table(
        _("How the ends became known"),
        f"{view.caption(frame)} {_(KNOWN)}",
        [
            page.key_head("effect"),
            page.head("end_sources", "n"),
            page.head("end_sources", "ended"),
            *(page.head("end_sources", way) for way in WAYS),
        ],
        [
            [
                labels.value(view.catalogue, "effect", row["effect"]),
                phrases.number(row["n"]),
                phrases.number(row["ended"]),
                *(_way(row, way) for way in WAYS),
            ]
            for row in frame.to_dict("records")
        ],
        sheet=view.sheet(_("How the ends became known"), frame, "end_sources"),
    )


def _way(row: Mapping[Any, Any], way: str) -> page.Cell:
    number, share = phrases.number(row[way]), row[f"{way}_by_14d"]
    if not row[way] or row["n"] < SMALLEST or phrases.is_missing(share):
        return page.Cell(number, row[way])
    return page.Cell(f"{number} ({phrases.percent(share)})", row[way])


def _show_again(view: ReviewView) -> None:
    frame = view.report("retreatment", ("effect",))
    frame = frame.sort_values("n", ascending=False, kind="stable")
    page.show_table(
        _("Where the area was treated again before the effect was over"),
        f"{view.caption(frame)} {_(AGAIN)}",
        [
            page.key_head("effect"),
            page.head("retreatment", "n"),
            page.head("retreatment", "treated_again"),
            page.head("retreatment", "gone_by_14d", interval=True),
            page.head("retreatment", "censored_by_14d", interval=True),
            page.head("retreatment", "competing_by_14d", interval=True),
            page.head("retreatment", "again_by_14d", interval=True),
        ],
        [
            [
                labels.value(view.catalogue, "effect", row["effect"]),
                phrases.number(row["n"]),
                phrases.number(row["treated_again"]),
                *(
                    _share(row, name)
                    for name in (
                        "gone_by_14d",
                        "censored_by_14d",
                        "competing_by_14d",
                        "again_by_14d",
                    )
                ),
            ]
            for row in frame.to_dict("records")
        ],
        sheet=view.sheet(_("Areas treated again"), frame, "retreatment"),
    )


def _share(row: Mapping[Any, Any], name: str) -> page.Cell:
    if row["n"] < SMALLEST:
        return page.Cell(too_few(), None)
    ends = (row[name], row[f"{name}_low"], row[f"{name}_high"])
    return page.Cell(phrases.interval(phrases.percent, *ends), row[name])
