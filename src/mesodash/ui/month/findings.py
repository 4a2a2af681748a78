"""Five findings of a month in sentences: each respects its interval and names what is unknown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd
import streamlit as st

from mesodash.catalogue.watching import watched_until
from mesodash.documents.monthly_report import Month
from mesodash.documents.small_groups import SMALLEST
from mesodash.language import N_, _, format_day, format_list, ngettext
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.periods import year_to
from mesodash.reports.signals.signals import set_apart
from mesodash.reports.stats.control_chart import RUN, Change, change_of, usual_variation
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.review.view import ReviewView
from mesodash.ui.side_effects.overview import median_of, promise_verdict
from mesodash.ui.signals.overview import standing_out, value_words

Level = Literal["alarm", "change", "steady", "early"]
SIGNS: dict[Level, tuple[str, str]] = {
    "alarm": ("!", N_("Look into it")),
    "change": ("↕", N_("A change")),
    "steady": ("✓", N_("As usual")),
    "early": ("…", N_("Not known yet")),
}
CHANGES: dict[Change, str] = {
    "above": N_("{count} for {patients}: more than the usual variation"),
    "below": N_("{count} for {patients}: fewer than the usual variation"),
    "rising": N_("{count} for {patients}: the last of {run} months above the mean"),
    "falling": N_("{count} for {patients}: the last of {run} months below the mean"),
    "usual": N_("{count} for {patients}: within the usual variation"),
}
SMALL = 20
"""A month of fewer sessions says little; findings that need more are of twelve months."""

FEW_JUDGED = 10
"""A share of fewer than this is not put into a headline."""


@dataclass(frozen=True, slots=True)
class MonthFinding:
    """What should be known, in a headline and a sentence.

    Attributes:
        level: how much attention it needs.
        title: the finding.
        text: what it is based on, with interval, number and period.
    """

    level: Level
    title: str
    text: str

    @property
    def sign(self) -> str:
        """A mark beside the headline, so that the colour is not alone."""
        return SIGNS[self.level][0]

    @property
    def words(self) -> str:
        """The mark for those who do not see it."""
        return _(SIGNS[self.level][1])


def five_findings(
    view: ReviewView, month: Month, counts: Sequence[float], total: pd.Series, today: date
) -> list[MonthFinding]:
    """What to know about the month, the most urgent first."""
    year = year_to(month.period.end or today)
    running = today <= (month.period.end or today)
    small = int(total["sessions"]) < SMALL
    widened = replace(view, filters=Filters(period=year)) if small else view
    found = [
        stands_out(view),
        how_much(counts, total, month.back(1).words, running=running),
        lasting(view, year),
        coming_back(widened),
        late_effects(view, today),
    ]
    order = list(SIGNS)
    return sorted(found, key=lambda one: order.index(one.level))


def stands_out(view: ReviewView) -> MonthFinding:
    """The most striking lot, practitioner or area, or what could have been noticed."""
    near, looks = view.report("signals", ()), view.reader.report("looks", view.filters)
    shown = standing_out(view, near)
    if not shown.empty:
        row = shown.to_dict("records")[0]
        more = len(shown) - 1
        text = _(
            "{expected} would be expected after the same protocols elsewhere, over the twelve"
            " months to the month's end. A reason to look into the records, not a proof."
        ).format(expected=phrases.number(row["expected"], 1))
        if more:
            text += " " + ngettext("{n} more stands out.", "{n} more stand out.", more).format(
                n=more
            )
        return MonthFinding(
            "alarm",
            _("{where}: {effect} after {n} of {sessions}").format(
                where=value_words(view, row),
                effect=labels.value(view.catalogue, "effect", row["effect"]),
                n=phrases.number(row["with_effect"]),
                sessions=phrases.sessions(row["sessions"]),
            ),
            text,
        )
    apart = len(set_apart(near))
    if apart:
        return MonthFinding(
            "early",
            _("Whether a lot, practitioner or area stands out cannot be told"),
            ngettext(
                "{n} has more cases than expected, but was not followed up as the others were; the"
                " page Signals says which.",
                "{n} have more cases than expected, but were not followed up as the others were;"
                " the page Signals says which.",
                apart,
            ).format(n=phrases.number(apart)),
        )
    taken = int(looks["looks"].sum()) if len(looks) else 0
    able = taken - int(looks["too_small"].sum()) if len(looks) else 0
    if not able:
        return MonthFinding(
            "early",
            _("Whether a lot, practitioner or area stands out cannot be told"),
            _("No comparison has enough sessions for an excess to be noticed."),
        )
    return MonthFinding(
        "steady",
        _("No lot, practitioner or area stands out"),
        _(
            "Of {n} comparisons, {able} had enough sessions for a large excess to be noticed; how"
            " large is said on the page Signals."
        ).format(n=phrases.number(taken), able=phrases.number(able)),
    )


def how_much(
    counts: Sequence[float], now: pd.Series, before: str, *, running: bool = False
) -> MonthFinding:
    """The month's sessions beside the usual variation of the months before.

    Args:
        counts: sessions by month, oldest first; the last is the month itself.
        now: the month's row of the volumes report.
        before: the name of the month before.
        running: whether the month is not over.
    """
    *earlier, count = counts
    known = [one for one in earlier if not pd.isna(one)]
    words = {
        "count": phrases.sessions(count),
        "patients": phrases.patients(now["patients"]),
        "run": RUN,
    }
    change, band = change_of(count, known), usual_variation(known)
    than = _than(count, earlier[-1] if earlier else float("nan"), before)
    if running:
        return MonthFinding(
            "early",
            _("{count} for {patients} so far").format(**words),
            _("The month is not over, so it is not compared yet."),
        )
    if change is None or band is None:
        return MonthFinding(
            "early",
            _("{count} for {patients}").format(**words),
            _(
                "{than} From {n} earlier months the usual variation cannot be told; it takes eight."
            ).format(than=than, n=len(known)),
        )
    text = _("{than} A usual month has {low} to {high} (individuals chart, {n} months).").format(
        than=than,
        low=phrases.number(band.low),
        high=phrases.number(band.high),
        n=band.months,
    )
    level: Level = "steady" if change == "usual" else "change"
    return MonthFinding(level, _(CHANGES[change]).format(**words), text)


def _than(count: float, then: float, before: str) -> str:
    if math.isnan(then):
        return ""
    if count == then:
        return _("As many as in {month}.").format(month=before)
    n = phrases.number(abs(count - then))
    text = _("{n} more than in {month}.") if count > then else _("{n} fewer than in {month}.")
    return text.format(n=n, month=before)


def lasting(view: ReviewView, period: Period) -> MonthFinding:
    """Whether side effects were over when patients were told they would be, over twelve months."""
    filters = Filters(period=period)
    frame = view.report("side_effects", ("effect",), filters)
    rows: dict[str, dict[Any, Any]] = {str(row["effect"]): row for row in frame.to_dict("records")}
    judged: dict[str, list[str]] = {"kept": [], "broken": [], "unclear": []}
    for curve in view.reader.curves(filters, ("effect",)):
        code = str(curve.keys["effect"])
        verdict = promise_verdict(curve)
        if verdict is not None and code in rows and curve.n >= SMALLEST:
            judged[verdict].append(code)

    def names(codes: list[str]) -> str:
        return format_list([labels.value(view.catalogue, "effect", code) for code in codes])

    if judged["broken"]:
        most = max(judged["broken"], key=lambda code: int(rows[code]["n"]))
        row = rows[most]
        return MonthFinding(
            "alarm",
            _("{effect} lasts longer than promised").format(
                effect=labels.value(view.catalogue, "effect", most)
            ),
            _(
                "Promised: {promised}. Half were gone after {median}; {reports} in the twelve"
                " months to the month's end."
            ).format(
                promised=phrases.duration(row["promised_days"]),
                median=median_of(row),
                reports=phrases.reports(row["n"]),
            ),
        )
    if judged["kept"]:
        text = _("At least half were gone by the day promised, by the whole 95 % interval.")
        if judged["unclear"]:
            text += " " + _("Not known yet: {effects}.").format(effects=names(judged["unclear"]))
        return MonthFinding(
            "steady", _("Over when promised: {effects}").format(effects=names(judged["kept"])), text
        )
    return MonthFinding(
        "early",
        _("Whether side effects end when promised cannot be told"),
        _("Too few durations are known in the twelve months to the month's end."),
    )


def coming_back(view: ReviewView) -> MonthFinding:
    """Who came back for the next session within its interval, beside the year before."""
    now = view.report("returns", (), Filters(period=view.filters.period))
    row = now.iloc[0] if len(now) else None
    if row is None or row["judged"] < FEW_JUDGED:
        n = 0 if row is None else int(row["due"])
        return MonthFinding(
            "early",
            _("Too early to tell who came back"),
            ngettext(
                "{n} session led to a next one due in this month; a visit counts up to a week"
                " after that day.",
                "{n} sessions led to a next one due in this month; a visit counts up to a week"
                " after that day.",
                n,
            ).format(n=n),
        )
    first = view.filters.period.start
    usual = view.report(
        "returns", (), Filters(period=year_to((first or date.min) - timedelta(days=1)))
    )
    title = _("{share} came back within their interval").format(
        share=phrases.percent(row["returned_share"])
    )
    text = _("{n} of {judged} who were due (95 %: {low} to {high}).").format(
        n=phrases.number(row["returned"]),
        judged=phrases.number(row["judged"]),
        low=phrases.percent(row["returned_low"]),
        high=phrases.percent(row["returned_high"]),
    )
    if row["waiting"]:
        text += " " + ngettext(
            "{n} more is still in time.", "{n} more are still in time.", int(row["waiting"])
        ).format(n=int(row["waiting"]))
    then = usual.iloc[0] if len(usual) else None
    if then is None or then["judged"] < FEW_JUDGED:
        return MonthFinding("steady", title, text)
    text += " " + _("In the twelve months before: {share} ({low} to {high}).").format(
        share=phrases.percent(then["returned_share"]),
        low=phrases.percent(then["returned_low"]),
        high=phrases.percent(then["returned_high"]),
    )
    apart = (
        row["returned_high"] < then["returned_low"] or row["returned_low"] > then["returned_high"]
    )
    return MonthFinding("change" if apart else "steady", title, text)


def late_effects(view: ReviewView, today: date) -> MonthFinding:
    """Late effects of the month's sessions, or when they can be known."""
    found = view.reader.report("late", Filters(period=view.filters.period), ())
    n = int(found["n"].sum()) if len(found) else 0
    days = watched_until(view.catalogue)
    start, end = view.filters.period.start, view.filters.period.end
    closes = None if end is None else end + timedelta(days=days)
    if n:
        return MonthFinding(
            "alarm",
            ngettext(
                "{n} late effect after this month's sessions",
                "{n} late effects after this month's sessions",
                n,
            ).format(n=n),
            _("Every one is counted, however few; Signals lists them."),
        )
    if start is None or closes is None or closes > today:
        opens = None if start is None else start + timedelta(days=days)
        return MonthFinding(
            "early",
            _("Too early to tell: late effects of this month"),
            ""
            if opens is None or closes is None
            else _("None so far; they are watched for until between {first} and {last}.").format(
                first=format_day(opens), last=format_day(closes)
            ),
        )
    return MonthFinding(
        "steady",
        _("No late effect is recorded after this month's sessions"),
        _("All of them have been watched for {n} days.").format(n=days),
    )


def show_findings(found: Sequence[MonthFinding], total: pd.Series) -> None:
    """The findings in a card, with a note where the month is small."""
    note = ""
    if int(total["sessions"]) < SMALL:
        note = _(
            "A month of {sessions} says little, so who came back is told of the twelve months to"
            " its end."
        ).format(sessions=phrases.sessions(total["sessions"]))
    with st.container(border=True, key="card_findings"):
        markup.show("findings", title=_("Five things to know"), note=note, findings=found)
