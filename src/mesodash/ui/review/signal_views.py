"""The signals page's parts: what stands out, what was compared and how sharply."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.exchange.suppression import SMALLEST, suppressed
from mesodash.reports.compared import KIND_WORDS as KINDS
from mesodash.ui import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.effects_often import exact_percent
from mesodash.ui.review.scope import View

MOST_ROWS = 200
SAFE = (
    "Each lot, practitioner and treated area is compared with the sessions of the same protocols"
    " elsewhere in the clinic, by an exact test (one-sided, each protocol a stratum) that is"
    " corrected for every comparison made (Holm)."
    " A signal is a reason to look into the records, not a proof of a cause."
)
ELSEWHERE = (
    "rate after the same protocols elsewhere in the clinic, each weighted by its share here, and"
    " the number of those sessions"
)


def value_words(view: View, row: Mapping[Any, Any]) -> str:
    """What a look was at: `Lot ABC123`, `Under the chin`."""
    if row["kind"] == "site":
        return labels.area(view.catalogue, row["value"])
    return f"{KINDS[row['kind']]} {row['value']}"


def standing_out(view: View, near: pd.DataFrame) -> pd.DataFrame:
    """The rows of the signals report that stand out, the most striking first, as may be shown."""
    found = near[near["stands_out"].astype(bool)].reset_index(drop=True)
    return suppressed(found, "signals") if view.shared else found


def leading(view: View, looks: pd.DataFrame, near: pd.DataFrame) -> str:
    """How many comparisons were made, how many stand out, and the most striking in words.

    Args:
        view: what may be shown.
        looks: the looks report, a row a kind and effect.
        near: the signals report.
    """
    if looks.empty or not int(looks["looks"].sum()):
        return "Nothing could be compared: that needs a side effect and at least two groups."
    taken = phrases.number(looks["looks"].sum())
    kinds = ", ".join(
        f"{KINDS[str(kind)].lower()}s {phrases.number(n)}"
        for kind, n in looks.groupby("kind", sort=False)["looks"].sum().items()
    )
    made = f"{taken} comparisons of a group and a side effect were made ({kinds})"
    found = int(near["stands_out"].astype(bool).sum())
    if not found:
        return f"{made}: nothing stands out."
    shown = standing_out(view, near)
    said = f"{made}: {phrases.number(found)} {'stands' if found == 1 else 'stand'} out."
    if shown.empty:
        return said
    first = shown.to_dict("records")[0]
    which = "" if found == 1 else "The most striking: "
    return (
        f"{said} {which}{value_words(view, first)},"
        f" {labels.value(view.catalogue, 'effect', first['effect']).lower()}:"
        f" {phrases.number(first['with_effect'])} of {phrases.count(first['sessions'], 'session')}"
        f"{_where_expected(first)}."
    )


def _where_expected(row: Mapping[Any, Any]) -> str:
    if _few_elsewhere(row):
        return f", and after fewer than {SMALLEST} elsewhere"
    return f", where {phrases.number(row['expected'], 1)} would be expected"


def show_standing_out(view: View, near: pd.DataFrame) -> None:
    """The comparisons that stand out after correction, the most striking first."""
    found = standing_out(view, near)
    if found.empty:
        hidden = int(found.attrs.get("suppressed", 0))
        markup.show(
            "empty",
            title=f"{phrases.count(hidden, 'signal')} may not be shown here."
            if hidden
            else "No lot, practitioner or area stands out.",
            text=f"{view.caption(found)} {SAFE} What was compared, and how large an excess would"
            " have been noticed, stands below: a smaller excess cannot be ruled out.",
        )
        return
    page.show_table(
        "Standing out",
        f"{view.caption(found)} {SAFE}",
        [
            page.column("Where", "a lot, a practitioner or a treated area", number=False),
            page.column("Side effect", number=False),
            page.column(
                "Sessions",
                "held sessions with it (for an area, treatments of it) of protocols that were"
                " held elsewhere too",
            ),
            page.column("With the effect", "of these, followed by the effect"),
            page.column(
                "Expected",
                "sessions with the effect, had it followed each protocol as often as elsewhere",
            ),
            page.column("Rate (95 %)", "with the effect of sessions, Wilson interval"),
            page.column("Elsewhere", ELSEWHERE),
            page.column("Times as often", "with the effect / expected"),
            page.column("p, corrected", "exact test after Holm's correction for all comparisons"),
        ],
        [
            [
                value_words(view, row),
                labels.value(view.catalogue, "effect", row["effect"]),
                phrases.number(row["sessions"]),
                phrases.number(row["with_effect"]),
                page.Cell(phrases.number(row["expected"], 1), row["expected"]),
                page.Cell(
                    phrases.interval(phrases.percent, row["rate"], row["rate_low"],
                                     row["rate_high"]), row["rate"]),
                elsewhere(row),
                page.Cell(
                    phrases.MISSING if _few_elsewhere(row) else times_words(row["rate_ratio"]),
                    row["rate_ratio"],
                ),
                page.Cell(p_words(row["p_corrected"]), row["p_corrected"]),
            ]
            for row in found.to_dict("records")
        ],
        sheet=view.sheet("Signals standing out", found, "signals"),
    )  # fmt: skip


def _few_elsewhere(row: Mapping[Any, Any]) -> bool:
    """Whether a shared view keeps the few cases elsewhere to itself."""
    return phrases.is_missing(row["other_with_effect"])


def elsewhere(row: Mapping[Any, Any]) -> page.Cell:
    """`1.4 % of 352`: the rate expected from the sessions compared with, and their number."""
    if _few_elsewhere(row):
        rate = f"fewer than {SMALLEST}"
    else:
        rate = exact_percent(row["other_rate"]) if row["other_rate"] else "none"
    return page.Cell(f"{rate} of {phrases.number(row['other_sessions'])}", row["other_rate"])


def times_words(ratio: Any) -> str:
    """`3.2`; a rate elsewhere of zero gives no number."""
    if phrases.is_missing(ratio) or ratio == float("inf"):
        return "none elsewhere"
    return phrases.plain(round(float(ratio), 1))


def p_words(p: Any) -> str:
    """A p-value as read: three decimals, or that it is below 0.001."""
    if phrases.is_missing(p):
        return phrases.MISSING
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def show_near(view: View, near: pd.DataFrame) -> None:
    """The comparisons that point somewhere alone but not after the correction, in a fold."""
    rest = near[~near["stands_out"].astype(bool)].reset_index(drop=True)
    if view.shared:
        rest = suppressed(rest, "signals")
    if rest.empty:
        return
    words = phrases.count(len(rest), "comparison")
    with st.expander(f"{words} with p below 0.05 alone, but not once corrected for all"):
        page.show_table(
            "Not standing out",
            f"{view.caption(rest)} With this many comparisons some fall below 0.05 by chance alone;"
            " these are listed for completeness, not as signals.",
            [
                page.column("Where", number=False),
                page.column("Side effect", number=False),
                page.column("Sessions"),
                page.column("With the effect", "of these, followed by the effect"),
                page.column(
                    "Expected",
                    "sessions with the effect, had it followed each protocol as often as elsewhere",
                ),
                page.column("Rate (95 %)", "with the effect of sessions, Wilson interval"),
                page.column("Elsewhere", ELSEWHERE),
                page.column("p", "exact test of this comparison alone"),
                page.column("p, corrected", "after Holm's correction for all comparisons"),
                page.column(
                    "Noticed from",
                    "the smallest rate that this comparison would have found four times in five",
                ),
            ],
            [
                [
                    value_words(view, row),
                    labels.value(view.catalogue, "effect", row["effect"]),
                    phrases.number(row["sessions"]),
                    phrases.number(row["with_effect"]),
                    page.Cell(phrases.number(row["expected"], 1), row["expected"]),
                    page.Cell(
                        phrases.interval(exact_percent, row["rate"], row["rate_low"],
                                         row["rate_high"]), row["rate"]),
                    elsewhere(row),
                    page.Cell(p_words(row["p_value"]), row["p_value"]),
                    page.Cell(p_words(row["p_corrected"]), row["p_corrected"]),
                    page.Cell(
                        phrases.MISSING if _few_elsewhere(row)
                        else noticed_words(row["detectable_rate"]), row["detectable_rate"]),
                ]
                for row in rest.head(MOST_ROWS).to_dict("records")
            ],
            sheet=view.sheet("Comparisons before correction", rest, "signals"),
        )  # fmt: skip


def noticed_words(rate: Any) -> str:
    """From which rate on a comparison would have found it; said where no rate is enough."""
    return "not even at 100 %" if phrases.is_missing(rate) else phrases.percent(rate)


def show_compared(view: View, looks: pd.DataFrame) -> None:
    """What was compared, and how large an excess each comparison would have found."""
    if looks.empty:
        markup.show(
            "empty",
            title="Nothing could be compared.",
            text="That needs a side effect, and two lots, practitioners or areas at the least.",
        )
        return
    page.show_table(
        "What was compared, and what would have been noticed",
        f"{view.period}. Every lot, practitioner and treated area with every effect seen after its"
        " protocols, those without a case of it too. One whose protocols were held nowhere else has"
        " nothing to be compared with: look at it by protocol on the side effects page.",
        [
            page.column("Kind", number=False),
            page.column("Side effect", number=False),
            page.column("Compared", "how many lots, practitioners or areas"),
            page.column(
                "Not compared", "those whose protocols were held nowhere else in the clinic"
            ),
            page.column(
                "Too small",
                "of those compared, with so few sessions that even a case after each would not"
                " stand out",
            ),
            page.column("Sessions, middle", "of the middle one (median) of those compared"),
            page.column(
                "Noticed from",
                "the smallest rate that the comparison of the middle one finds four times in five"
                " (80 % power), after the correction",
            ),
            page.column("Times elsewhere", "that rate / the rate elsewhere"),
        ],
        [
            [
                KINDS[row["kind"]],
                labels.value(view.catalogue, "effect", row["effect"]),
                phrases.number(row["looks"]),
                phrases.number(row["alone"]),
                phrases.number(row["too_small"]),
                phrases.number(row["median_sessions"]) if row["looks"] else phrases.MISSING,
                page.Cell(
                    phrases.MISSING if not row["looks"] else noticed_words(row["detectable_rate"]),
                    row["detectable_rate"],
                ),
                page.Cell(
                    phrases.MISSING
                    if not row["looks"] or phrases.is_missing(row["detectable_rate"])
                    else times_words(row["detectable_ratio"]),
                    row["detectable_ratio"],
                ),
            ]
            for row in looks.to_dict("records")
        ],
        sheet=view.sheet("Comparisons made", looks, "looks"),
    )
