"""The signals page: what stands out, what was compared, and what would have been noticed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.documents.small_groups import SMALLEST, suppressed
from mesodash.language import N_, _, ngettext
from mesodash.reports.core.filters import Filters
from mesodash.reports.signals.signals import set_apart
from mesodash.reports.signals.tested_looks import LEVEL
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView

MOST_ROWS = 200
SAFE = N_(
    "Each lot, practitioner and treated area is compared with the sessions of the same protocols"
    " elsewhere in the clinic, over the {months} months before the period's end, by an exact test"
    " (one-sided, each protocol a stratum) that does not take several sessions of one patient for"
    " those of several patients. It is called where the false discovery rate among the"
    " comparisons of its kind, those of late effects apart, is below 5 %, a case began in the"
    " period, and it was followed up as the others were: patients who are asked more often report"
    " more, and of those who are rarely heard from little is known."
    " A signal is a reason to look into the records, not a proof of a cause."
)
KINDS = {
    "lot": N_("Lot"),
    "practitioner": N_("Practitioner"),
    "site": N_("Treated area"),
    "clinic": N_("Clinic"),
}

MONTHS = (3, 6, 9, 12, 18, 24, 36)
"""The choices of how many months are compared; the command takes any number."""


def choose_window(view: ReviewView) -> ReviewView:
    """Draw the field of how many months are compared; the view that compares so many."""
    months = st.selectbox(
        _("Compare over, months"),
        MONTHS,
        index=MONTHS.index(Filters().trailing_months),
        format_func=str,
        key="signals_months",
        bind="query-params",
        width=170,
        help=_(
            "What began in the period is held against the sessions of so many months before its"
            " end. Fewer months follow a change of habits sooner; more months find smaller"
            " excesses."
        ),
    )
    return replace(view, filters=replace(view.filters, trailing_months=months))


def _safe(view: ReviewView) -> str:
    return _(SAFE).format(months=phrases.number(view.filters.trailing_months))


def value_words(view: ReviewView, row: Mapping[Any, Any]) -> str:
    """What was compared: `Lot ABC123`, `Under the chin`."""
    if row["kind"] == "site":
        return labels.area(view.catalogue, row["value"])
    return _("{kind} {value}").format(kind=_(KINDS[row["kind"]]), value=row["value"])


def standing_out(view: ReviewView, near: pd.DataFrame) -> pd.DataFrame:
    """The rows of the signals report that stand out and may be shown, the most striking first."""
    found = near[near["stands_out"].astype(bool)].reset_index(drop=True)
    return suppressed(found, "signals") if view.shared else found


def leading(view: ReviewView, looks: pd.DataFrame, near: pd.DataFrame) -> str:
    """How many comparisons were made, how many stand out, and what could have been noticed.

    Args:
        view: the page.
        looks: the looks report, one row per kind and effect.
        near: the signals report.
    """
    if looks.empty or not int(looks["looks"].sum()):
        return _("Nothing could be compared: that needs a side effect and at least two groups.")
    taken = int(looks["looks"].sum())
    kinds = ", ".join(
        _("{kind}: {n}").format(kind=_(KINDS[str(kind)]), n=phrases.number(n))
        for kind, n in looks.groupby("kind", sort=False)["looks"].sum().items()
    )
    sentences = [
        ngettext(
            "{n} comparison of a group and a side effect was made ({kinds}).",
            "{n} comparisons of a group and a side effect were made ({kinds}).",
            taken,
        ).format(n=phrases.number(taken), kinds=kinds)
    ]
    found = int(near["stands_out"].astype(bool).sum())
    if found:
        sentences.append(
            ngettext("{n} stands out.", "{n} stand out.", found).format(n=phrases.number(found))
        )
        shown = standing_out(view, near)
        if not shown.empty:
            sentences.append(_most_striking(view, shown.to_dict("records")[0], found))
    else:
        sentences.append(_nothing(looks, taken))
    sentences.append(_apart_words(near))
    return " ".join(filter(None, sentences))


def _nothing(looks: pd.DataFrame, taken: int) -> str:
    """A sentence that nothing stands out, as far as that could have been noticed."""
    able = taken - int(looks["too_small"].sum())
    if not able:
        return _(
            "None stands out, but all are too small: not even a case after each session would have."
        )
    if able == taken:
        return _("None stands out; how large an excess would have been noticed is said below.")
    return ngettext(
        "None stands out, but only {n} was large enough to: what it would have noticed is said"
        " below.",
        "None stands out, but only {n} were large enough to: what they would have noticed is said"
        " below.",
        able,
    ).format(n=phrases.number(able))


def _most_striking(view: ReviewView, row: Mapping[Any, Any], found: int) -> str:
    values = {
        "where": value_words(view, row),
        "effect": labels.value(view.catalogue, "effect", row["effect"]),
        "n": phrases.number(row["with_effect"]),
        "sessions": phrases.sessions(row["sessions"]),
    }
    if _few_elsewhere(row):
        text = (
            _("{where}, {effect}: {n} of {sessions}, and after fewer than {few} elsewhere.")
            if found == 1
            else _(
                "The most striking: {where}, {effect}: {n} of {sessions}, and after fewer than"
                " {few} elsewhere."
            )
        )
        return text.format(few=SMALLEST, **values)
    text = (
        _("{where}, {effect}: {n} of {sessions}, where {expected} would be expected.")
        if found == 1
        else _(
            "The most striking: {where}, {effect}: {n} of {sessions}, where {expected} would be"
            " expected."
        )
    )
    return text.format(expected=phrases.number(row["expected"], 1), **values)


def cover_cell(row: Mapping[Any, Any]) -> page.Cell:
    """`82 % (79 %)`: followed up here and elsewhere, and whether that differs."""
    here, other = row["followed_share"], row["other_followed_share"]
    text = _("{here} ({elsewhere} elsewhere)").format(
        here=phrases.percent(here), elsewhere=phrases.percent(other)
    )
    if phrases.is_missing(here) or phrases.is_missing(other):
        text = phrases.percent(here)
    words = {"more": _("more"), "less": _("less")}.get(row["cover_differs"])
    return page.Cell(f"{text}: {words}" if words else text, here)


def _apart_words(near: pd.DataFrame) -> str:
    """How many are not called since their follow-up differs; empty if none."""
    n = len(set_apart(near))
    if not n:
        return ""
    return ngettext(
        "{n} more is not called, as it was not followed up as the others were: it is listed below.",
        "{n} more are not called, as they were not followed up as the others were: they are listed"
        " below.",
        n,
    ).format(n=phrases.number(n))


def show_apart(view: ReviewView, near: pd.DataFrame) -> None:
    """What has more cases than expected and a follow-up that differs; nothing if there is none."""
    rows = set_apart(near)
    if view.shared:
        rows = suppressed(rows, "signals")
    if rows.empty:
        return
    page.show_table(
        _("Cannot be compared: followed up otherwise"),
        " ".join(
            [
                view.caption(rows),
                _(
                    "More cases than expected, but not called. Followed up more: patients who"
                    " are asked more often report more. Followed up less: what is known comes from"
                    " those who got in touch by themselves, and others may have had it too. Ask the"
                    " patients of such a group first, then look again."
                ),
            ]
        ),
        [
            page.head("signals", "value", number=False),
            page.head("signals", "effect", number=False),
            page.head("signals", "sessions"),
            page.head("signals", "with_effect"),
            page.head("signals", "expected"),
            page.head("signals", "followed_share"),
            page.head("signals", "p_corrected"),
        ],
        [
            [
                value_words(view, row),
                labels.value(view.catalogue, "effect", row["effect"]),
                phrases.number(row["sessions"]),
                phrases.number(row["with_effect"]),
                page.Cell(phrases.number(row["expected"], 1), row["expected"]),
                cover_cell(row),
                page.Cell(p_words(row["p_corrected"]), row["p_corrected"]),
            ]
            for row in rows.to_dict("records")
        ],
        sheet=view.sheet(_("Followed up otherwise"), rows, "signals"),
    )


def show_standing_out(view: ReviewView, near: pd.DataFrame) -> None:
    """The comparisons that stand out after correction, the most striking first."""
    found = standing_out(view, near)
    if found.empty:
        hidden = int(found.attrs.get("suppressed", 0))
        markup.show(
            "empty",
            title=ngettext(
                "{n} signal may not be shown here.", "{n} signals may not be shown here.", hidden
            ).format(n=hidden)
            if hidden
            else _("No lot, practitioner or area stands out."),
            text=" ".join(
                [
                    view.caption(found),
                    _safe(view),
                    _(
                        "What was compared, and how large an excess would have been noticed, is"
                        " below: a smaller excess cannot be ruled out."
                    ),
                ]
            ),
        )
        return
    page.show_table(
        _("Standing out"),
        f"{view.caption(found)} {_safe(view)}",
        [
            page.head("signals", "value", number=False),
            page.head("signals", "effect", number=False),
            page.head("signals", "sessions"),
            page.head("signals", "with_effect"),
            page.head("signals", "patients_with"),
            page.head("signals", "expected"),
            page.head("signals", "rate", interval=True),
            page.head("signals", "shrunken_rate"),
            page.head("signals", "other_rate"),
            page.head("signals", "rate_ratio"),
            page.head("signals", "followed_share"),
            page.head("signals", "p_corrected"),
        ],
        [
            [
                value_words(view, row),
                labels.value(view.catalogue, "effect", row["effect"]),
                phrases.number(row["sessions"]),
                phrases.number(row["with_effect"]),
                phrases.number(row["patients_with"]),
                page.Cell(phrases.number(row["expected"], 1), row["expected"]),
                page.Cell(
                    phrases.interval(phrases.percent, row["rate"], row["rate_low"],
                                     row["rate_high"]), row["rate"]),
                page.Cell(
                    phrases.MISSING if _few_elsewhere(row)
                    else phrases.exact_percent(row["shrunken_rate"]), row["shrunken_rate"]),
                elsewhere(row),
                page.Cell(
                    phrases.MISSING if _few_elsewhere(row) else times_words(row["rate_ratio"]),
                    row["rate_ratio"],
                ),
                cover_cell(row),
                page.Cell(p_words(row["p_corrected"]), row["p_corrected"]),
            ]
            for row in found.to_dict("records")
        ],
        sheet=view.sheet(_("Signals standing out"), found, "signals"),
    )  # fmt: skip


def _few_elsewhere(row: Mapping[Any, Any]) -> bool:
    """Whether a shared view leaves out the few cases elsewhere."""
    return phrases.is_missing(row["other_with_effect"])


def elsewhere(row: Mapping[Any, Any]) -> page.Cell:
    """`1.4 % of 352`: the rate expected from the sessions compared with, and their number."""
    if _few_elsewhere(row):
        rate = _("fewer than {n}").format(n=SMALLEST)
    else:
        rate = phrases.exact_percent(row["other_rate"]) if row["other_rate"] else _("none")
    text = _("{rate} of {n}").format(rate=rate, n=phrases.number(row["other_sessions"]))
    return page.Cell(text, row["other_rate"])


def times_words(ratio: Any) -> str:
    """`3.2`; a rate elsewhere of zero gives no number."""
    if phrases.is_missing(ratio) or ratio == float("inf"):
        return _("none elsewhere")
    return phrases.plain(round(float(ratio), 1))


def p_words(p: Any) -> str:
    """A p-value as read: three decimals, or that it is below 0.001."""
    if phrases.is_missing(p):
        return phrases.MISSING
    return f"< {phrases.number(0.001, 3)}" if p < 0.001 else phrases.number(p, 3)


def show_near(view: ReviewView, near: pd.DataFrame) -> None:
    """The comparisons below 0.05 alone but not after the correction, in a fold."""
    rest = near[near["p_corrected"].ge(LEVEL)].reset_index(drop=True)
    if view.shared:
        rest = suppressed(rest, "signals")
    if rest.empty:
        return
    n = len(rest)
    title = ngettext(
        "{n} comparison with p below 0.05 alone, but not once corrected for all",
        "{n} comparisons with p below 0.05 alone, but not once corrected for all",
        n,
    )
    with st.expander(title.format(n=n)):
        page.show_table(
            _("Not standing out"),
            " ".join(
                [
                    view.caption(rest),
                    _(
                        "With this many comparisons some fall below 0.05 by chance alone; these are"
                        " listed for completeness, not as signals."
                    ),
                ]
            ),
            [
                page.head("signals", "value", number=False),
                page.head("signals", "effect", number=False),
                page.head("signals", "sessions"),
                page.head("signals", "with_effect"),
                page.head("signals", "expected"),
                page.head("signals", "rate", interval=True),
                page.head("signals", "other_rate"),
                page.head("signals", "p_value"),
                page.head("signals", "followed_share"),
                page.head("signals", "p_corrected"),
                page.head("signals", "detectable_rate"),
            ],
            [
                [
                    value_words(view, row),
                    labels.value(view.catalogue, "effect", row["effect"]),
                    phrases.number(row["sessions"]),
                    phrases.number(row["with_effect"]),
                    page.Cell(phrases.number(row["expected"], 1), row["expected"]),
                    page.Cell(
                        phrases.interval(phrases.exact_percent, row["rate"], row["rate_low"],
                                         row["rate_high"]), row["rate"]),
                    elsewhere(row),
                    page.Cell(p_words(row["p_value"]), row["p_value"]),
                    cover_cell(row),
                    page.Cell(p_words(row["p_corrected"]), row["p_corrected"]),
                    page.Cell(
                        phrases.MISSING if _few_elsewhere(row)
                        else noticed_words(row["detectable_rate"]), row["detectable_rate"]),
                ]
                for row in rest.head(MOST_ROWS).to_dict("records")
            ],
            sheet=view.sheet(_("Comparisons before correction"), rest, "signals"),
        )  # fmt: skip


def noticed_words(rate: Any) -> str:
    """The rate from which a comparison would have found it, or that no rate is enough."""
    return _("not even at 100 %") if phrases.is_missing(rate) else phrases.percent(rate)


def show_compared(view: ReviewView, looks: pd.DataFrame) -> None:
    """What was compared, and how large an excess each comparison would have found."""
    if looks.empty:
        markup.show(
            "empty",
            title=_("Nothing could be compared."),
            text=_("That needs a side effect, and at least two lots, practitioners or areas."),
        )
        return
    page.show_table(
        _("What was compared, and what would have been noticed"),
        " ".join(
            [
                f"{view.period}.",
                _(
                    "Every lot, practitioner and treated area with every effect seen after its"
                    " protocols, also without a case of it. If its protocols were held nowhere else"
                    " there is nothing to compare it with: see it by protocol on the side effects"
                    " page."
                ),
            ]
        ),
        [
            page.key_head("kind"),
            page.key_head("effect"),
            page.head("looks", "looks"),
            page.head("looks", "alone"),
            page.head("looks", "too_small"),
            page.head("looks", "median_sessions"),
            page.head("looks", "detectable_rate"),
            page.head("looks", "detectable_ratio"),
        ],
        [
            [
                _(KINDS[row["kind"]]),
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
        sheet=view.sheet(_("Comparisons made"), looks, "looks"),
    )
