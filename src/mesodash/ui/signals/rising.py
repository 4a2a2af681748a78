"""Effects that became more frequent in the whole clinic, on the signals page."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from mesodash.documents.rising_apart import apart_words
from mesodash.documents.small_groups import suppressed
from mesodash.language import N_, _, format_month
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.signals.overview import p_words

RULE = N_(
    "The {months} months before the period's end, month by month: a cumulative sum of newly"
    " affected patients beyond those expected by the sessions of each protocol and the effect's"
    " usual time to onset. It is called where the false discovery rate among the effects is below"
    " 2 % and the sessions were followed up as the earlier ones were: a clinic that begins to ask"
    " all its patients hears of more. Only large changes are found: of simulated clinics in which a"
    " rate of 1 % tripled, about half were called within six months."
)


def show_rising(view: ReviewView) -> None:
    """What stands out from its own past: a table, or a note that nothing does."""
    rule = _(RULE).format(months=phrases.number(view.filters.trailing_months))
    every = view.reader.report("rising", view.filters, ())
    apart = apart_words(every)
    frame = every[every["stands_out"].astype(bool)].reset_index(drop=True)
    if view.shared:
        frame = suppressed(frame, "rising")
    if frame.empty:
        markup.show(
            "empty",
            title=_("No effect was found to be more frequent lately.")
            if len(every) and not int(every["stands_out"].sum())
            else _("Nothing can be said of these months."),
            text=" ".join(filter(None, (apart, rule))),
        )
        return
    page.show_table(
        _("More frequent lately"),
        " ".join(filter(None, (apart, rule))),
        [
            page.head("rising", "effect", number=False),
            page.head("rising", "since", number=False),
            page.head("rising", "patients_since"),
            page.head("rising", "expected_since"),
            page.head("rising", "followed_share"),
            page.head("rising", "p_corrected"),
        ],
        [
            [
                _named(view, row["effect"], late=bool(row["late"])),
                format_month(date.fromisoformat(f"{row['since']}-01")),
                phrases.number(row["patients_since"]),
                page.Cell(phrases.number(row["expected_since"], 1), row["expected_since"]),
                _followed(row),
                page.Cell(p_words(row["p_corrected"]), row["p_corrected"]),
            ]
            for row in frame.to_dict("records")
        ],
        sheet=view.sheet(_("More frequent lately"), pd.DataFrame(frame), "rising"),
    )


def _followed(row: Mapping[Any, Any]) -> page.Cell:
    """`82 % (79 %)`: of the sessions of the rise and of those before it."""
    here, earlier = row["followed_share"], row["earlier_followed_share"]
    if phrases.is_missing(here) or phrases.is_missing(earlier):
        return page.Cell(phrases.percent(here), here)
    text = _("{here} ({before} before)").format(
        here=phrases.percent(here), before=phrases.percent(earlier)
    )
    return page.Cell(text, here)


def _named(view: ReviewView, effect: str, *, late: bool) -> str:
    words = labels.value(view.catalogue, "effect", effect)
    return _("{effect}, late").format(effect=words) if late else words
