"""The signals page's parts: what stands out, late effects, what was compared and how sharply."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.exchange.suppression import suppressed
from mesodash.reports.compared import KIND_WORDS as KINDS
from mesodash.ui import access, labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.scope import View

MOST_ROWS = 200
SAFE = (
    "Compared with the same protocols elsewhere in the clinic. One-sided exact test, each protocol"
    " a stratum, corrected (Holm) for every look."
    " A signal is a reason to look into the records, not a proof of a cause."
)
ELSEWHERE = "rate after the same protocols elsewhere in the clinic, each weighted by its share here"


def value_words(view: View, row: Mapping[Any, Any]) -> str:
    """What a look was at: `Lot ABC123`, `Under the chin`."""
    if row["kind"] == "site":
        return labels.area(view.catalogue, row["value"])
    return f"{KINDS[row['kind']]} {row['value']}"


def leading(looks: pd.DataFrame, near: pd.DataFrame) -> str:
    """How many looks were taken and how many stand out.

    Args:
        looks: the looks report, a row a kind and effect.
        near: the signals report.
    """
    if looks.empty:
        return "Nothing could be compared: a look needs an effect and at least two groups."
    taken = int(looks["looks"].sum())
    kinds = ", ".join(
        f"{KINDS[str(kind)].lower()} {phrases.number(n)}"
        for kind, n in looks.groupby("kind", sort=False)["looks"].sum().items()
    )
    found = int(near["stands_out"].sum()) if len(near) else 0
    said = (
        "nothing stands out"
        if not found
        else f"{phrases.number(found)} {'stands' if found == 1 else 'stand'} out"
    )
    return f"{phrases.number(taken)} looks were taken at a group and an effect ({kinds}): {said}."


def show_standing_out(view: View, near: pd.DataFrame) -> None:
    """The looks that stand out after correction, the most striking first."""
    found = near[near["stands_out"].astype(bool)].reset_index(drop=True)
    if view.shared:
        found = suppressed(found, "signals")
    if found.empty:
        markup.show(
            "empty",
            title="No lot, practitioner or area stands out.",
            text=f"{SAFE} What was looked at, and how large an excess would have been noticed,"
            " stands below: without a signal, a smaller excess cannot be ruled out.",
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
                "Expected", "had it followed each protocol as often as it did elsewhere"
            ),
            page.column("Rate (95 %)", "with the effect of sessions, Wilson interval"),
            page.column("Elsewhere", ELSEWHERE),
            page.column("Times as often", "with the effect / expected"),
            page.column("p, corrected", "exact test after Holm's correction for all looks"),
        ],
        [
            [
                value_words(view, row),
                labels.value(view.catalogue, "effect", row["effect"]),
                phrases.number(row["sessions"]),
                phrases.number(row["with_effect"]),
                page.Cell(phrases.plain(round(row["expected"], 1)), row["expected"]),
                page.Cell(
                    phrases.interval(phrases.percent, row["rate"], row["rate_low"],
                                     row["rate_high"]), row["rate"]),
                page.Cell(
                    f"{phrases.percent(row['other_rate'])} of"
                    f" {phrases.number(row['other_sessions'])}",
                    row["other_rate"]),
                times_words(row["rate_ratio"]),
                page.Cell(p_words(row["p_corrected"]), row["p_corrected"]),
            ]
            for row in found.to_dict("records")
        ],
        sheet=view.sheet("Signals standing out", found, "signals"),
    )  # fmt: skip


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
    """The looks that point somewhere by themselves but not after the correction, in a fold."""
    rest = near[~near["stands_out"].astype(bool)].reset_index(drop=True)
    if view.shared:
        rest = suppressed(rest, "signals")
    if rest.empty:
        return
    words = phrases.count(len(rest), "look")
    with st.expander(f"{words} below p 0.05 before the correction, not after it"):
        page.show_table(
            "Not standing out",
            f"{view.caption(rest)} So many are to be expected by chance among so many looks.",
            [
                page.column("Where", number=False),
                page.column("Side effect", number=False),
                page.column("Sessions"),
                page.column("Rate", "with the effect of sessions"),
                page.column("Elsewhere", ELSEWHERE),
                page.column("p", "exact test of this look alone"),
                page.column("p, corrected", "after Holm's correction for all looks"),
                page.column(
                    "Noticed from",
                    "the smallest rate that this look would have found four times in five",
                ),
            ],
            [
                [
                    value_words(view, row),
                    labels.value(view.catalogue, "effect", row["effect"]),
                    phrases.number(row["sessions"]),
                    phrases.percent(row["rate"]),
                    phrases.percent(row["other_rate"]),
                    page.Cell(p_words(row["p_value"]), row["p_value"]),
                    page.Cell(p_words(row["p_corrected"]), row["p_corrected"]),
                    phrases.percent(row["detectable_rate"]),
                ]
                for row in rest.head(MOST_ROWS).to_dict("records")
            ],
            sheet=view.sheet("Looks before correction", rest, "signals"),
        )


def show_late(view: View) -> None:
    """Late nodules and the like: every one of them, however few."""
    title = "Late effects"
    rule = (
        "Lumps that began after day 7, and effects known to come late: every one is counted,"
        " however few, and no test decides on them."
    )
    counts = view.reader.report("late", view.filters, ("effect",))
    if counts.empty or not int(counts["n"].sum()):
        markup.show("empty", title="No late nodule was recorded.", text=f"{rule} {view.period}.")
        return
    kinds = "; ".join(
        f"{labels.value(view.catalogue, 'effect', row['effect'])} {phrases.number(row['n'])}"
        f" (day {phrases.between(row['first_day'], row['last_day'])})"
        for row in counts.to_dict("records")
    )
    whole = phrases.count(int(counts["n"].sum()), "late effect")
    if not view.lists_people:
        why = "A shared view does" if view.names else "Your role does"
        who = "not list single patients." if view.names else "not see single patients."
        markup.show("empty", title=f"{whole}: {kinds}", text=f"{rule} {why} {who}")
        return
    frame = view.reader.late_effects(access.actor(), view.filters)
    shown = frame.head(MOST_ROWS)
    page.show_table(
        title,
        f"{view.period}. {whole} of {phrases.count(frame['patient_id'].nunique(), 'patient')}:"
        f" {kinds}. {rule}",
        [
            page.column("Patient", number=False),
            page.column("Session", number=False),
            page.column("Side effect", number=False),
            page.column("Area", number=False),
            page.column("Protocol", number=False),
            page.column("Onset, day", "days from the session to the onset"),
            page.column("Followed, days", "days from the session to the last contact"),
        ],
        [
            [
                row["patient_id"],
                row["session_id"],
                labels.value(view.catalogue, "effect", row["effect"]),
                labels.value(view.catalogue, "area", row["area"]),
                labels.value(view.catalogue, "protocol", row["protocol"]),
                phrases.number(row["onset_day"]),
                phrases.number(row["days_followed"]),
            ]
            for row in shown.to_dict("records")
        ],
        sheet=view.sheet(title, frame, "late_effects"),
    )


def show_compared(view: View, looks: pd.DataFrame) -> None:
    """What was compared, and how large an excess each look would have found."""
    if looks.empty:
        markup.show(
            "empty",
            title="Nothing could be compared.",
            text="A look needs a side effect, and at least two lots, practitioners or areas.",
        )
        return
    kinds = list(dict.fromkeys(looks["kind"]))
    page.show_table(
        "What was compared, and what would have been noticed",
        f"{view.period}. Every group with every effect seen after its protocols, those without a"
        f" case too. A group whose protocols were held nowhere else has nothing to be compared"
        f" with; look at it by protocol on the side effects page."
        f" Kinds: {', '.join(KINDS[kind].lower() for kind in kinds)}.",
        [
            page.column("Kind", number=False),
            page.column("Side effect", number=False),
            page.column("Looks", "how many lots, practitioners or areas were looked at"),
            page.column("Not compared", "their protocols were held with no other"),
            page.column(
                "Too small", "so few sessions that even a case after each would not stand out"
            ),
            page.column("Sessions", "of the middle group"),
            page.column(
                "Noticed from",
                "the smallest rate that the look at the middle group finds four times in five"
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
                    phrases.MISSING
                    if not row["looks"]
                    else "not even 100 %"
                    if phrases.is_missing(row["detectable_rate"])
                    else phrases.percent(row["detectable_rate"]),
                    row["detectable_rate"],
                ),
                times_words(row["detectable_ratio"]) if row["looks"] else phrases.MISSING,
            ]
            for row in looks.to_dict("records")
        ],
        sheet=view.sheet("Looks taken", looks, "looks"),
    )
