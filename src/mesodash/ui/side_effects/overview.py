"""The side-effects page: lead, measures, the list of open ones, and what its parts share."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.language import N_, _, format_list, ngettext
from mesodash.reports.effects.side_effects import EffectCurve
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.parts.caution_marks import unsure
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.shell import context

ENOUGH = 5
HALF = 0.5
MOST_ROWS = 200
VERDICTS = {
    "kept": N_("Half or more were gone within the promised time: {effects}."),
    "broken": N_("Fewer than half were gone within the promised time: {effects}."),
    "unclear": N_("Whether half were gone within it cannot be told yet: {effects}."),
}
"""The words for effects with a promise, by `promise_verdict`."""


def effects_by_number(frame: pd.DataFrame) -> list[str]:
    """The effects of a report, the most frequent first; `other` is always last."""
    ordered = frame.sort_values("n", ascending=False, kind="stable")["effect"].tolist()
    return sorted(ordered, key=lambda code: code == "other")


def leading(frame: pd.DataFrame, curves: Sequence[EffectCurve], catalogue: Catalogue) -> str:
    """How many were reported, how many are open, and which promises were kept.

    Args:
        frame: the side-effects report by effect.
        curves: of the same effects.
        catalogue: gives the labels.
    """
    reported, kinds, open_ones = int(frame["n"].sum()), len(frame), int(frame["ongoing"].sum())
    sentences = [
        _("{reports} of {kinds}; {n} still there when last seen.").format(
            reports=ngettext("{n} side effect", "{n} side effects", reported).format(
                n=phrases.number(reported)
            ),
            kinds=ngettext("{n} kind", "{n} kinds", kinds).format(n=kinds),
            n=phrases.number(open_ones),
        )
    ]
    judged: dict[str, list[str]] = {"kept": [], "broken": [], "unclear": []}
    for curve in curves:
        verdict = promise_verdict(curve)
        if verdict is not None:
            name = labels.value(catalogue, "effect", curve.keys["effect"])
            judged[verdict].append(name)
    for verdict, text in VERDICTS.items():
        if judged[verdict]:
            sentences.append(_(text).format(effects=format_list(judged[verdict])))
    return " ".join(sentences)


def promise_verdict(effect: EffectCurve) -> str | None:
    """Whether half or more were gone within the promised time: kept, broken or unclear.

    Kept or broken only if the whole 95 % interval of the share gone by then is at or above, or
    below, one half; unclear too with fewer than five known durations. None without a promise.
    """
    if effect.promised_days is None:
        return None
    _share, low, high = effect.within_promise
    if effect.curve.n < ENOUGH or phrases.is_missing(low) or phrases.is_missing(high):
        return "unclear"
    if low >= HALF:
        return "kept"
    return "broken" if high < HALF else "unclear"


def choose_part(parts: Sequence[str]) -> str:
    """Draw the choice of the page's part; only the chosen part is computed and drawn."""
    part = st.segmented_control(
        _("Look at"),
        parts,
        default=parts[0],
        format_func=_,
        required=True,
        key="effects_part",
        bind="query-params",
        wrap=True,
    )
    return part or parts[0]


def measures(frame: pd.DataFrame, sessions: int) -> list[tuple[str, str, str]]:
    """The cards: reports, resolved, still open, without follow-up; each with its denominator."""
    total = {
        name: int(frame[name].sum())
        for name in ("n", "resolved", "ongoing", "no_follow_up", "imprecise")
    }
    of_all = _("of {n} reported").format(n=phrases.number(total["n"]))
    per = phrases.number(100 * total["n"] / sessions, 1) if sessions else phrases.MISSING
    numbers = {
        "n": _("{number} per 100 of {sessions}").format(
            number=per, sessions=phrases.sessions(sessions)
        ),
        "resolved": of_all,
        "ongoing": of_all,
        "no_follow_up": of_all,
        "imprecise": _("{of_all}; not in the curves").format(of_all=of_all),
    }
    return [
        (_(LABELS[name]), phrases.number(total[name]), words) for name, words in numbers.items()
    ]


def definitions() -> dict[str, str]:
    """What each of the `measures` counts, by the label of its card."""
    return {_(LABELS[name]): _(text) for name, text in MEANT.items()}


LABELS = {
    "n": N_("Reported"),
    "resolved": N_("Resolved"),
    "ongoing": N_("Still there when last seen"),
    "no_follow_up": N_("Never asked about again"),
    "imprecise": N_("Dates too imprecise"),
}
MEANT = {
    "n": N_("every report of a side effect after a held session of the period and filters"),
    "resolved": N_("with an end, known exactly or between two contacts"),
    "ongoing": N_("without an end, at the last contact after the onset"),
    "no_follow_up": N_("without an end, and without any contact after the onset"),
    "imprecise": N_("onset or end known only to the month or year"),
}


def median_words(row: Mapping[Any, Any]) -> str:
    """The median of a row of the side-effects report, or that too few durations are known."""
    return _unless_few(row, median_of)


def nine_in_ten_words(row: Mapping[Any, Any]) -> str:
    """By when nine in ten were gone, with its interval, or that too few durations are known."""
    return _unless_few(row, lambda known: _gone_by(known, "nine_in_ten", "nine_in_ten_reliable"))


def _unless_few(row: Mapping[Any, Any], words: Callable[[Mapping[Any, Any]], str]) -> str:
    known = row["n"] - row["imprecise"]
    if not known:
        return phrases.MISSING
    return too_few() if known < ENOUGH else words(row)


def too_few() -> str:
    """The text in place of a median or share of fewer than five known durations."""
    return _("too few")


def median_of(row: Mapping[Any, Any]) -> str:
    """`7 days (7–8)`; `not reached` if half were not gone."""
    return _gone_by(row, "median", "reliable")


def _gone_by(row: Mapping[Any, Any], name: str, mark: str) -> str:
    """A time in days of the report with its interval; `mark`: the column of its reliability."""
    gone, low, high = (row.get(f"{name}_{end}") for end in ("days", "low", "high"))
    if phrases.is_missing(gone):
        return _("not reached")
    text = phrases.duration(gone)
    if phrases.is_missing(low):
        return text
    reliable = bool(row.get(mark, True))
    if phrases.is_missing(high):
        words = _("{time} (at least {low})").format(time=text, low=phrases.duration(low))
        return unsure(words, reliable=reliable)
    words = _("{time} ({span})").format(
        time=text, span=_span(phrases.duration(low), phrases.duration(high), text)
    )
    return unsure(words, reliable=reliable)


def _span(low: str, high: str, middle: str) -> str:
    """Both ends of an interval; without the unit if it is that of the middle."""
    units = {words.rsplit(" ", 1)[-1].removesuffix("s") for words in (low, high, middle)}
    if len(units) > 1 or phrases.duration(0) in (low, high, middle):
        return _("{low} to {high}").format(low=low, high=high)
    return f"{low.rsplit(' ', 1)[0]}–{high.rsplit(' ', 1)[0]}"


def other_note(frame: pd.DataFrame) -> str | None:
    """A note on reports with a term that the catalogue has no code for; None without any."""
    others = int(frame.loc[frame["effect"] == "other", "n"].sum())
    if not others:
        return None
    return ngettext(
        "{n} report of {of} has a term that the catalogue has no code for; it is counted as Other,"
        " and the term itself stays in the record.",
        "{n} reports of {of} have terms that the catalogue has no code for; they are counted"
        " together as Other, and the terms themselves stay in the record.",
        others,
    ).format(n=phrases.number(others), of=phrases.number(frame["n"].sum()))


def show_open(view: ReviewView, _frame: pd.DataFrame) -> None:
    """Every effect without an end, the longest open first, with patients."""
    if not view.lists_people:
        page.show_hidden(view, _("The list of open side effects"))
        return
    frame = view.reader.open_effects(context.actor(), view.filters)
    if frame.empty:
        markup.show(
            "empty",
            title=_("No side effect is open."),
            text=_("{period}. Looked at: every side effect without a recorded end.").format(
                period=view.period
            ),
        )
        return
    shown = frame.head(MOST_ROWS)
    said = [
        _("{period}. {reports} without an end, of {patients}.").format(
            period=view.period,
            reports=phrases.reports(len(frame)),
            patients=phrases.patients(frame["patient_id"].nunique()),
        )
    ]
    if len(shown) < len(frame):
        said.append(_("The first {n}; the file holds all.").format(n=MOST_ROWS))
    said.append(_("That you opened this list is noted in the change log."))
    page.show_table(
        _("Still open"),
        " ".join(said),
        [
            page.head("open_effects", "patient_id", number=False),
            page.head("open_effects", "effect", number=False),
            page.head("open_effects", "area", number=False),
            page.head("open_effects", "protocol", number=False),
            page.head("open_effects", "onset_on"),
            page.head("open_effects", "days_followed"),
            page.head("open_effects", "last_contact_on"),
            page.head("open_effects", "severity"),
            page.head("open_effects", "session_id", number=False),
        ],
        [
            [
                row["patient_id"],
                labels.value(view.catalogue, "effect", row["effect"]),
                labels.value(view.catalogue, "area", row["area"]),
                labels.value(view.catalogue, "protocol", row["protocol"]),
                day_cell(row["onset_on"]),
                phrases.number(row["days_followed"]),
                day_cell(row["last_contact_on"]),
                phrases.number(row["severity"]),
                row["session_id"],
            ]
            for row in shown.to_dict("records")
        ],
        sheet=view.sheet(_("Open side effects"), frame, "open_effects"),
    )


def day_cell(day: Any) -> page.Cell:
    """A day as people write it, sorted by the calendar."""
    if phrases.is_missing(day):
        return page.Cell(phrases.MISSING, None)
    return page.Cell(phrases.day(day), date.fromisoformat(str(day)[:10]).toordinal())
