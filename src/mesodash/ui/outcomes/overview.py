"""The outcomes page: the charts of change and of responders, the table, who is missing."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.catalogue.types import Catalogue, OutcomeScale
from mesodash.figures.dot_whisker import dot_whisker
from mesodash.figures.theme import Chart
from mesodash.language import N_, _, catalogue_text, format_days, ngettext
from mesodash.reports.outcomes.worst_case import FOLLOW_UP_WINDOW
from mesodash.ui.outcomes.scales import ENOUGH, interval, limits, mcid_mark, one_decimal
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView

CHANGE = N_(
    "Each patient in each course: the last score minus the baseline, on this scale only; the mean"
    " with its 95 % interval. The dashed line is the smallest change that matters, if a source"
    " names one."
)
RESPONDED = N_(
    "Patients who met the scale's own published rule, of all patients followed on it, with a 95 %"
    " interval."
)
NO_CONTROL = N_(
    "Before and after, without a control group: people come when they are at their worst, so a part"
    " of a change for the better would have come without treatment (regression to the mean)."
)
NONE_LARGE = {
    "protocol": N_("No protocol has {n} patients or more followed on {scale}."),
    "area": N_("No area has {n} patients or more followed on {scale}."),
    "indication": N_("No indication has {n} patients or more followed on {scale}."),
}
SIDES = {"lower": N_("lower"), "higher": N_("higher"), "depends": N_("depends")}
TABLES = {
    "protocol": N_("All protocols and scales"),
    "area": N_("All areas and scales"),
    "indication": N_("All indications and scales"),
}


def show_change(view: ReviewView, frame: pd.DataFrame, scale: OutcomeScale, key: str) -> None:
    """The mean change with its interval, or a note that no group is large enough."""
    drawn = change_chart(frame, view.catalogue, scale, view.caption(frame), key)
    if drawn is None:
        _say_none(view, scale, key, _("Too few patients to draw"))
        return
    page.show_chart(drawn, key="outcomes_change", definition=_(CHANGE))


def show_responders(view: ReviewView, frame: pd.DataFrame, scale: OutcomeScale, key: str) -> None:
    """The share of responders with its interval, or a note that there is none."""
    drawn = responder_chart(frame, view.catalogue, scale, view.caption(frame), key)
    if drawn is not None:
        page.show_chart(drawn, key="outcomes_responders", definition=_(RESPONDED))
    elif scale.responder:
        _say_none(view, scale, key, _("No responders to count"))
    else:
        text = _("No source gives a rule for who has responded on this scale.")
        markup.show("empty", title=_("No responders to count"), text=text)


def _say_none(view: ReviewView, scale: OutcomeScale, key: str, title: str) -> None:
    name = labels.value(view.catalogue, "scale", scale.code)
    markup.show("empty", title=title, text=_(NONE_LARGE[key]).format(n=ENOUGH, scale=name))


def change_chart(
    frame: pd.DataFrame,
    catalogue: Catalogue,
    scale: OutcomeScale,
    period: str,
    key: str = "protocol",
) -> Chart | None:
    """The mean change with its interval, one row per group of five patients or more."""
    rows = _enough(frame, scale.code, "change_mean")
    if rows.empty:
        return None
    unit = catalogue_text("scales", scale.code, "unit", scale.unit)
    return dot_whisker(
        _rows(rows, catalogue, ("change_mean", "change_low", "change_high"), key),
        title=(
            _("Mean score, {unit}") if scale.is_change else _("Change from baseline, {unit}")
        ).format(unit=unit),
        subtitle=" ".join(
            filter(
                None,
                (
                    period,
                    _("Mean of the last score, 95 % interval.")
                    if scale.is_change
                    else _("Mean of last minus first score, 95 % interval."),
                    ordinal_words(scale),
                    mcid_words(scale),
                    "" if scale.is_change else _(NO_CONTROL),
                ),
            )
        ),
        unit=unit,
        better=scale.better,
        limits=limits(scale) if scale.is_change else None,
        mark=mcid_mark(scale),
    )


def ordinal_words(scale: OutcomeScale) -> str:
    """A remark on an ordinal scale's mean; empty for others."""
    return _("Ordinal scale: a mean is a summary, see the levels.") if scale.ordinal else ""


def mcid_words(scale: OutcomeScale) -> str:
    """What the dashed line is; empty if there is none."""
    if mcid_mark(scale) is None:
        return ""
    return _("Dashed: the smallest change that matters, {points}.").format(
        points=phrases.plain(scale.mcid)
    )


def responder_chart(
    frame: pd.DataFrame,
    catalogue: Catalogue,
    scale: OutcomeScale,
    period: str,
    key: str = "protocol",
) -> Chart | None:
    """The share of responders with its interval, one row per group of five patients or more."""
    rows = _enough(frame, scale.code, "responder_rate")
    if rows.empty:
        return None
    return dot_whisker(
        _rows(rows, catalogue, ("responder_rate", "rate_low", "rate_high"), key),
        title=_("Responders, % of patients"),
        subtitle=_("{period} {rule}. 95 % interval.").format(
            period=period,
            rule=catalogue_text("scales", scale.code, "responder", scale.responder or ""),
        ),
        unit=_("% of patients"),
        share=True,
    )


def _enough(frame: pd.DataFrame, scale: str, column: str) -> pd.DataFrame:
    rows = frame[(frame["scale"] == scale) & (frame["patients"] >= ENOUGH) & frame[column].notna()]
    return rows.sort_values("patients", ascending=False, kind="stable")


def _rows(
    rows: pd.DataFrame, catalogue: Catalogue, columns: tuple[str, str, str], key: str
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": [labels.value(catalogue, key, code) for code in rows[key]],
            "n": rows["patients"].to_list(),
            **{name: rows[c].to_list() for name, c in zip(("value", "low", "high"), columns,
                                                           strict=True)},
        }
    )  # fmt: skip


def show_table(view: ReviewView, frame: pd.DataFrame, key: str) -> None:
    """One row per group and scale of five patients or more; the others are only named."""
    ordered = frame.sort_values("patients", ascending=False, kind="stable")
    enough = ordered[ordered["patients"] >= ENOUGH].reset_index(drop=True)
    enough.attrs = dict(frame.attrs)
    if len(enough):
        title = _(TABLES[key])
        page.show_table(
            title,
            view.caption(frame),
            [
                page.key_head(key),
                page.head("outcomes", "scale", number=False),
                page.head("outcomes", "better", number=False),
                page.head("outcomes", "patients"),
                page.head("outcomes", "baseline_mean"),
                page.head("outcomes", "last_mean"),
                page.head("outcomes", "change_mean", interval=True),
                page.head("outcomes", "responders"),
                page.head("outcomes", "responder_rate", interval=True),
                page.head("outcomes", "missing"),
                page.head("outcomes", "worst_to_best"),
            ],
            [_row(row, view.catalogue, key) for row in enough.to_dict("records")],
            sheet=view.sheet(title, enough, "outcomes"),
        )
    few = ordered[ordered["patients"] < ENOUGH]
    if len(few):
        title = ngettext(
            "{n} row with fewer than {few} patients",
            "{n} rows with fewer than {few} patients",
            len(few),
        ).format(n=len(few), few=ENOUGH)
        with st.expander(title):
            page.show_table(
                title,
                _("{period}. Too few patients for a mean or a rate.").format(period=view.period),
                [page.key_head(key), page.key_head("scale")],
                [_names(row, view.catalogue, key) for row in few.to_dict("records")],
            )


def _names(row: Mapping[Any, Any], catalogue: Catalogue, key: str) -> list[str]:
    scale = catalogue.scales.get(row["scale"])
    name = labels.value(catalogue, "scale", row["scale"])
    return [
        labels.value(catalogue, key, row[key]),
        _("{scale} · ordinal").format(scale=name) if scale and scale.ordinal else name,
    ]


def _row(row: Mapping[Any, Any], catalogue: Catalogue, key: str) -> list[str | page.Cell]:
    scale = catalogue.scales.get(row["scale"])
    return [
        *_names(row, catalogue, key),
        _(SIDES[scale.better]) if scale else phrases.MISSING,
        phrases.number(row["patients"]),
        phrases.number(row["baseline_mean"], 1),
        phrases.number(row["last_mean"], 1),
        change_cell(row, own=scale is not None and scale.is_change),
        phrases.number(row["responders"]),
        interval(phrases.percent, row, ("responder_rate", "rate_low", "rate_high")),
        phrases.number(row["missing"]),
        worst_to_best(row),
    ]


def worst_to_best(row: Mapping[Any, Any]) -> page.Cell:
    """`31 % to 58 %`: how far the missing could move the rate; missing without a rate."""
    worst, best = row["rate_worst"], row["rate_best"]
    if phrases.is_missing(worst):
        return page.Cell(phrases.MISSING, None)
    text = _("{low} to {high}").format(low=phrases.percent(worst), high=phrases.percent(best))
    return page.Cell(text, worst)


def change_cell(row: Mapping[Any, Any], *, own: bool) -> page.Cell:
    """The mean change with its interval; of a score that is itself a change, the mean score."""
    cell = interval(
        one_decimal if own else phrases.signed, row, ("change_mean", "change_low", "change_high")
    )
    return page.Cell(_("score {number}").format(number=cell.text), cell.value) if own else cell


def show_missing(view: ReviewView) -> None:
    """The table of who was followed up and who was not, by protocol."""
    total = view.report("followed_up", ())
    frame = view.report("followed_up", ("protocol",))
    if frame.empty or total.empty:
        markup.show(
            "empty",
            title=_("No course to follow up."),
            text=_("Courses appear here once they have a held session."),
        )
        return
    whole = total.to_dict("records")[0]
    frame = frame.sort_values("courses", ascending=False, kind="stable")
    due = int(whole["due"])
    said = (
        ngettext(
            "The window runs from the first session to {days} after the last. Of {n} course whose"
            " window has closed, {missing} have no score in it, or none to compare it with.",
            "The window runs from the first session to {days} after the last. Of {n} courses whose"
            " window has closed, {missing} have no score in it, or none to compare it with.",
            due,
        ).format(
            days=format_days(FOLLOW_UP_WINDOW),
            n=phrases.number(due),
            missing=phrases.number(whole["missing"]),
        )
        if due
        else _("No course's window has closed yet.")
    )
    page.show_table(
        _("Who is missing"),
        " ".join(
            [view.caption(frame), said, _("The results above are of those who were measured.")]
        ),
        [
            page.key_head("protocol"),
            page.head("followed_up", "courses"),
            page.head("followed_up", "with_baseline"),
            page.head("followed_up", "due"),
            page.head("followed_up", "scored"),
            page.head("followed_up", "missing"),
            page.head("followed_up", "scored_share", interval=True),
        ],
        [
            [
                labels.value(view.catalogue, "protocol", row["protocol"]),
                *(
                    phrases.number(row[name])
                    for name in ("courses", "with_baseline", "due", "scored", "missing")
                ),
                page.Cell(
                    phrases.interval(
                        phrases.percent, row["scored_share"], row["scored_low"], row["scored_high"]
                    ),
                    row["scored_share"],
                ),
            ]
            for row in frame.to_dict("records")
        ],
        sheet=view.sheet(_("Who is missing"), frame, "followed_up"),
    )
