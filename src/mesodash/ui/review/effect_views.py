"""The side-effects page's parts: the leading sentence, measures, curves, the table."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.figures.survival import MOST_CURVES, lasting_curves
from mesodash.figures.theme import Chart
from mesodash.reports.side_effects import EffectCurve
from mesodash.ui import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.scope import View

ENOUGH = 5
HALF, MOST = 0.5, 0.9
SPLITS = ("protocol", "area", "practitioner", "product", "lot")
HOW_LONG = (
    "From onset to end. Effects without an end are counted as still there for as long as somebody"
    " asked, then no more (Kaplan-Meier; Turnbull where the end lies between two contacts). Bands"
    " are 95 % intervals; the numbers below are those still followed."
)
DAYS = (1, 3, 7, 14)


def effects_by_number(frame: pd.DataFrame) -> list[str]:
    """The effects of a report, the one reported most first; `other` always last."""
    ordered = frame.sort_values("n", ascending=False, kind="stable")["effect"].tolist()
    return sorted(ordered, key=lambda code: code == "other")


def leading(frame: pd.DataFrame, catalogue: Catalogue) -> str:
    """How many, how many are open, and how many of the promised kinds kept their promise."""
    reports, open_ones = int(frame["n"].sum()), int(frame["ongoing"].sum())
    text = (
        f"{phrases.count(reports, 'side effect')} of {phrases.count(len(frame), 'kind')} reported;"
        f" {open_ones} still there when last seen."
    )
    judged = frame[frame["promised_days"].notna() & (frame["n"] >= ENOUGH)]
    judged = judged[judged["within_promise"].notna()]
    if judged.empty:
        return text
    late = judged[judged["within_promise"] < HALF]
    if late.empty:
        return f"{text} Of every kind with a promise, half or more were gone within it."
    names = [labels.value(catalogue, "effect", code).lower() for code in late["effect"]]
    return f"{text} Fewer than half were gone within the promised time: {', '.join(names)}."


def measures(frame: pd.DataFrame, sessions: int) -> list[tuple[str, str, str]]:
    """The cards: reports, resolved, still open, without follow-up, each with its denominator."""
    total = {name: int(frame[name].sum()) for name in
             ("n", "resolved", "ongoing", "no_follow_up", "imprecise")}  # fmt: skip
    of_all = f"of {phrases.number(total['n'])} reported"
    per = phrases.number(100 * total["n"] / sessions, 1) if sessions else phrases.MISSING
    return [
        ("Reported", phrases.number(total["n"]),
         f"{per} per 100 of {phrases.count(sessions, 'session')}"),
        ("Resolved", phrases.number(total["resolved"]), of_all),
        ("Still there when last seen", phrases.number(total["ongoing"]), of_all),
        ("Never asked about again", phrases.number(total["no_follow_up"]), of_all),
        ("Dates too imprecise", phrases.number(total["imprecise"]),
         f"{of_all}; not in the curves"),
    ]  # fmt: skip


MEANT = {
    "Reported": "every report of a side effect after a held session of the period and filters",
    "Resolved": "with an end, known exactly or between two contacts",
    "Still there when last seen": "without an end, at the last contact after the onset",
    "Never asked about again": "without an end, and without any contact after the onset",
    "Dates too imprecise": "onset or end known only to the month or year",
}
"""What each of the `measures` counts."""


def choose_curve(frame: pd.DataFrame, catalogue: Catalogue) -> tuple[str, str | None, bool]:
    """Draw the choices of the curve: the effect, what splits it, and whether to show gone."""
    with st.container(horizontal=True, gap="small", key="row_of_curve_choices"):
        effect = st.selectbox(
            "Side effect",
            effects_by_number(frame),
            format_func=lambda code: labels.value(catalogue, "effect", code),
            key="effects_which",
            bind="query-params",
            width=210,
        )
        split = st.selectbox(
            "Compare by",
            SPLITS,
            index=None,
            format_func=phrases.wording(labels.KEY_WORDS),
            key="effects_split",
            bind="query-params",
            placeholder="All together",
            width=165,
        )
        shown = st.segmented_control(
            "Show",
            ("Still there", "Gone"),
            default="Still there",
            required=True,
            key="effects_show",
            bind="query-params",
        )
    return effect, split, shown == "Gone"


def show_facts(effect: EffectCurve, catalogue: Catalogue, sessions: int) -> None:
    """One effect in a sentence fit for a patient, its counts, and what was published on it."""
    code = effect.keys["effect"] or ""
    known = catalogue.side_effects.get(code)
    facts = []
    for days in DAYS:
        share = effect.curve.resolved_by(days)
        if not phrases.is_missing(share[0]):
            facts.append((f"Gone by {phrases.duration(days)}", _share_words(share)))
        if share[0] >= 1:
            break
    if effect.promised_days is not None:
        promised = phrases.duration(effect.promised_days)
        facts.insert(0, (f"Gone by the promised {promised}", _share_words(effect.within_promise)))
    facts += [
        ("Still there when last seen", f"{effect.ongoing} of {effect.n}"),
        ("Never asked about again", f"{effect.no_follow_up} of {effect.n}"),
        ("Dates too imprecise", f"{effect.imprecise} of {effect.n}"),
    ]
    if known and known.published_text:
        facts.append(("Published", known.published_text))
    markup.show(
        "facts",
        title=labels.value(catalogue, "effect", code),
        aside=f"{phrases.count(effect.n, 'report')} in {phrases.count(sessions, 'session')}",
        text=patient_sentence(effect),
        facts=facts,
        note=_note(effect),
    )


def _note(effect: EffectCurve) -> str:
    """What the shares are, and from when on the curve rests on few."""
    text = "Shares with 95 % intervals, read off the curve."
    few = effect.curve.times[(effect.curve.at_risk < ENOUGH) & (effect.curve.survival > 0)]
    if effect.curve.n < ENOUGH or not few.size:
        return text
    return (
        f"{text} Fewer than {ENOUGH} were still followed from {phrases.duration(float(few[0]))} on."
    )


def patient_sentence(effect: EffectCurve) -> str:
    """How long it lasted here, in words for a patient; silent below five reports in the curve."""
    if effect.curve.n < ENOUGH:
        return f"Fewer than {ENOUGH} reports with a known duration: too few to say how long."
    half, most = gone_by(effect, HALF), gone_by(effect, MOST)
    open_ones = f"{effect.open_effects} of {effect.n} were not seen to end."
    if half is None:
        return f"Half had not gone while enough were followed; {open_ones}"
    text = f"Half had gone by {phrases.duration(half)}"
    if most is not None:
        text += f" and nine in ten by {phrases.duration(most)}"
    return f"{text}; {open_ones}" if effect.open_effects else f"{text}."


def gone_by(effect: EffectCurve, share: float) -> float | None:
    """Days until `share` (0 to 1) had gone, by the curve.

    None if not reached, or reached only where fewer are followed than would be without any loss,
    and fewer than five: a step there rests on one or two.
    """
    curve = effect.curve
    reached = (curve.survival <= 1 - share + 1e-9).nonzero()[0]
    if not reached.size:
        return None
    needed = min(ENOUGH, (1 - share) * curve.n)
    first = reached[0]
    return float(curve.times[first]) if curve.at_risk[first] >= needed else None


def _share_words(share: tuple[float, float, float]) -> str:
    value, low, high = share
    if phrases.is_missing(low) or phrases.is_missing(high):
        return phrases.percent(value)
    return f"{phrases.percent(value)} ({phrases.percent(low)} to {phrases.percent(high)})"


def chart(
    curves: Sequence[EffectCurve],
    catalogue: Catalogue,
    *,
    effect: str,
    split: str | None,
    period: str,
    gone: bool,
) -> Chart | None:
    """The curves of one effect, the largest groups first; None where no report has a duration."""
    mine = [c for c in curves if c.keys["effect"] == effect and c.curve.n]
    mine = sorted(mine, key=lambda c: -c.curve.n)[:MOST_CURVES]
    if not mine:
        return None
    word = labels.value(catalogue, "effect", effect)
    named = {
        labels.value(catalogue, split, c.keys[split]) if split else word: c.curve for c in mine
    }
    return lasting_curves(
        named, effect=word, period=period, promised_days=mine[0].promised_days, gone=gone
    )


def show_table(view: View, frame: pd.DataFrame, *, title: str, key: str, caption: str) -> None:
    """A row an effect (or a group of one effect), the one reported most first."""
    ordered = frame.sort_values("n", ascending=False, kind="stable")
    page.show_table(
        title,
        caption,
        [
            page.column(labels.KEY_WORDS[key], number=False),
            page.column("n", "all reports, in the curve or not"),
            page.column("Per 100 sessions", "reports per 100 held sessions in the same scope"),
            page.column("Resolved", "with an end, known exactly or between two contacts"),
            page.column("Open", "still there at the last contact; counted as open until then"),
            page.column("No follow-up", "no contact after onset; counted as open at 0"),
            page.column("Imprecise", "onset or end known only to month or year; not in the curve"),
            page.column("Half gone by (95 %)", "median of the curve; empty if not reached"),
            *(
                page.column(f"By {d}\N{NO-BREAK SPACE}d", f"share gone by day {d}, by the curve")
                for d in DAYS
            ),
            page.column("Promised", "the duration told to patients"),
            page.column("Within it", "share gone by the promised time, by the curve"),
        ],
        [_row(row, view.catalogue, key) for row in ordered.to_dict("records")],
        aside="open ones are counted as open, never dropped",
        sheet=view.sheet(title, ordered, "side_effects"),
    )


def _row(row: Mapping[Any, Any], catalogue: Catalogue, key: str) -> list[str | page.Cell]:
    return [
        labels.value(catalogue, key, row[key]),
        phrases.number(row["n"]),
        phrases.number(row["per_100_sessions"], 1),
        phrases.number(row["resolved"]),
        phrases.number(row["ongoing"]),
        phrases.number(row["no_follow_up"]),
        phrases.number(row["imprecise"]),
        page.Cell(median_words(row), row["median_days"]),
        *(phrases.percent(row[f"resolved_by_{d}d"]) for d in DAYS),
        page.Cell(phrases.duration(row["promised_days"]), row["promised_days"]),
        phrases.percent(row["within_promise"]),
    ]


def median_words(row: Mapping[Any, Any]) -> str:
    """`7 days (7-8)`; an interval open at its end says `or more`."""
    if phrases.is_missing(row["median_days"]) and not row["n"] - row["imprecise"]:
        return phrases.MISSING
    return median_of(row)


def median_of(row: Mapping[Any, Any]) -> str:
    """The median of a curve with its interval; `not reached` where half were not gone."""
    half, low, high = (row[name] for name in ("median_days", "median_low", "median_high"))
    if phrases.is_missing(half):
        return "not reached"
    text = phrases.duration(half)
    if phrases.is_missing(low):
        return text
    if phrases.is_missing(high):
        return f"{text} ({phrases.duration(low)} or more)"
    return f"{text} ({_span(phrases.duration(low), phrases.duration(high), text)})"


def _span(low: str, high: str, middle: str) -> str:
    """Both ends of an interval; their unit is left out where it is that of the middle."""
    units = {words.rsplit(" ", 1)[1].removesuffix("s") for words in (low, high, middle)}
    if len(units) > 1 or phrases.duration(0) in (low, high, middle):
        return f"{low} to {high}"
    return f"{low.rsplit(' ', 1)[0]}–{high.rsplit(' ', 1)[0]}"


def other_note(frame: pd.DataFrame) -> str | None:
    """What to say where reports carry a term that the catalogue has no code for."""
    others = int(frame.loc[frame["effect"] == "other", "n"].sum())
    if not others:
        return None
    return (
        f"{phrases.count(others, 'report')} of {phrases.number(frame['n'].sum())} carry a term that"
        " the catalogue has no code for; they are counted together as Other, and the terms"
        " themselves stay in the record."
    )
