"""How often side effects follow: per session, per patient and per treated area, with intervals."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.figures.intervals import dot_whisker
from mesodash.ui import labels, markup, phrases
from mesodash.ui.review import effect_views, page
from mesodash.ui.review.scope import View

SPLITS = ("protocol", "area", "practitioner", "product", "lot")
UNITS = {"session": "Sessions", "patient": "Patients", "area": "Treated areas"}
MOST_ROWS = 12
AXIS_ENDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75)
MOST_LISTED = 200


def show(view: View, frame: pd.DataFrame) -> None:
    """The chart of one unit and the table of all three."""
    with st.container(horizontal=True, gap="small", key="row_of_often_choices"):
        unit = st.segmented_control(
            "Out of",
            list(UNITS),
            default="session",
            required=True,
            format_func=phrases.wording(UNITS),
            key="often_of",
            bind="query-params",
        )
        split = st.selectbox(
            "Compare by",
            SPLITS,
            index=None,
            format_func=phrases.wording(labels.KEY_WORDS),
            key="often_split",
            bind="query-params",
            placeholder="All effects",
            width=165,
        )
        effect = None
        if split:
            effect = st.selectbox(
                "Side effect",
                effect_views.effects_by_number(frame),
                format_func=lambda code: labels.value(view.catalogue, "effect", code),
                key="effects_which",
                bind="query-params",
                width=210,
            )
    rows = view.report("incidence", ("effect", split) if split else ("effect",))
    if split:
        rows = rows[rows["effect"] == effect]
    rows = rows[rows[f"{unit}_share"].notna()]
    rows = rows.sort_values(f"{unit}s_with", ascending=False, kind="stable")
    if rows.empty:
        markup.show(
            "empty",
            title="Nothing to show for this choice.",
            text="No group has a report that may be shown with this denominator.",
        )
        return
    _show_chart(view, rows, unit or "session", split, effect)
    _show_table(view, rows, split, effect)


def _name(view: View, row: Mapping[Any, Any], key: str) -> str:
    return labels.value(view.catalogue, key, row[key])


def _show_chart(
    view: View, rows: pd.DataFrame, unit: str, split: str | None, effect: str | None
) -> None:
    key = split or "effect"
    drawn = rows.head(MOST_ROWS)
    about = labels.value(view.catalogue, "effect", effect) if effect else "Side effects"
    more = "" if len(drawn) == len(rows) else f" The {len(drawn)} commonest of {len(rows)}."
    compared = " Not compared on purpose: look at the intervals." if split else ""
    page.show_chart(
        dot_whisker(
            pd.DataFrame(
                {
                    "label": [_name(view, row, key) for row in drawn.to_dict("records")],
                    "n": drawn[f"{unit}s"].to_list(),
                    "value": drawn[f"{unit}_share"].to_list(),
                    "low": drawn[f"{unit}_low"].to_list(),
                    "high": drawn[f"{unit}_high"].to_list(),
                }
            ),
            title=f"{about}, % of {UNITS[unit].lower()}",
            subtitle=f"{view.caption(rows)} n is the denominator; 95 % Wilson interval.{more}"
            f"{compared}",
            unit=f"% of {UNITS[unit].lower()}",
            share=True,
            limits=(0, axis_end(drawn[f"{unit}_high"])),
        ),
        key="effects_often",
        definition=f"{UNITS[unit]} with the effect of all {UNITS[unit].lower()} in the same scope."
        " One counts once, however often the effect was noted. Areas: only effects recorded with"
        " their area.",
    )


def axis_end(highs: pd.Series) -> float:
    """Where an axis of shares from 0 ends, so that rare effects are told apart; 1 at the most."""
    highest = highs.max()
    return next((end for end in AXIS_ENDS if highest <= end), 1.0)


def _show_table(view: View, rows: pd.DataFrame, split: str | None, effect: str | None) -> None:
    key = split or "effect"
    about = (
        f"{labels.value(view.catalogue, 'effect', effect)} by {key}" if effect else "all effects"
    )
    shown = rows.head(MOST_LISTED)
    page.show_table(
        f"How often: {about}",
        f"{view.caption(rows)} Shares with 95 % Wilson intervals; counts are with / of.",
        [
            page.column(labels.KEY_WORDS[key], number=False),
            *(
                column
                for unit, word in UNITS.items()
                for column in (
                    page.column(word, f"{word.lower()} with the effect / all in the same scope"),
                    page.column(f"% of {word.lower()} (95 %)", "share, Wilson interval"),
                )
            ),
        ],
        [
            [_name(view, row, key), *(cell for unit in UNITS for cell in _cells(row, unit))]
            for row in shown.to_dict("records")
        ],
        sheet=view.sheet(f"Incidence {about}", rows, "incidence"),
    )


def _cells(row: Mapping[Any, Any], unit: str) -> tuple[page.Cell, page.Cell]:
    count = f"{phrases.number(row[f'{unit}s_with'])} / {phrases.number(row[f'{unit}s'])}"
    share, low, high = (row[f"{unit}_{part}"] for part in ("share", "low", "high"))
    return (
        page.Cell(count, row[f"{unit}s_with"]),
        page.Cell(phrases.interval(exact_percent, share, low, high), share),
    )


def exact_percent(share: Any) -> str:
    """A share in per cent; with one decimal below ten, where a whole number says too little."""
    if phrases.is_missing(share) or float(share) >= 0.0995:
        return phrases.percent(share)
    return f"{100 * float(share):.1f} %"
