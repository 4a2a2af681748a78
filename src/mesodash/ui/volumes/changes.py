"""What changed between a period and earlier ones, in words and numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mesodash.language import N_, _, format_days, ngettext
from mesodash.reports.core.filters import Period
from mesodash.reports.core.periods import before, whole_months, year_before
from mesodash.ui.parts import phrases
from mesodash.ui.parts.filters import span_words
from mesodash.ui.review import page

MEASURES = {
    "sessions": N_("sessions"),
    "patients": N_("patients"),
    "new_patients": N_("new patients"),
    "areas_treated": N_("areas treated"),
    "volume_ml": N_("mL"),
}
OVERLAP_BY_AREA = ("sessions", "patients", "new_patients")
OVERLAP = ("patients", "new_patients")
PLACES = ("region", "area", "side")
"""Keys of which a session has several values."""
SMALLEST_BASE = 20
"""No per cent is given of a smaller number."""
NOTABLE = 3.0
"""A change is named if it is larger than this many of its standard errors."""
Row = Mapping[Any, Any]


def label(measure: str) -> str:
    """A measure's label, as its report declares it."""
    return page.declared("volumes", measure)[0]


def counted(value: float, measure: str) -> str:
    """A number with its unit: `1 session`, `12 areas treated`, `310 mL`, `0.4 mL`."""
    n = round(value)
    if measure == "volume_ml":
        return _("{n} mL").format(n=phrases.number(value, int(value < SMALLEST_BASE)))
    if measure == "new_patients":
        return phrases.filled(ngettext("{n} new patient", "{n} new patients", n), n)
    if measure == "areas_treated":
        return phrases.filled(ngettext("{n} area treated", "{n} areas treated", n), n)
    return phrases.patients(n) if measure == "patients" else phrases.sessions(n)


def overlaps(measure: str, split: str | None) -> bool:
    """Whether the parts of a split count a session or patient more than once."""
    if split is None:
        return False
    return measure in (OVERLAP_BY_AREA if split in PLACES else OVERLAP)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier period to compare with.

    Attributes:
        period: its days.
        short: put after one of its numbers: `before`, `a year ago`.
        words: put after "of" or "in": `the 23 days before, 9 Oct 2026 to 31 Oct 2026`.
        total: the volumes of the whole period; None where a shared view leaves them out.
    """

    period: Period
    short: str
    words: str
    total: Row | None = None


def earlier_periods(period: Period) -> tuple[Earlier, ...]:
    """The period before and the same one last year.

    One if both are the same; none if the period is open.
    """
    just, year = before(period), year_before(period)
    if just is None or year is None:
        return ()
    words = _before_words(just)
    if just == year:
        both = _("{period} (the same days last year)").format(period=words)
        return (Earlier(just, _("before"), both),)
    return (
        Earlier(just, _("before"), words),
        Earlier(year, _("a year ago"), _("the same days last year")),
    )


def _before_words(just: Period) -> str:
    """`the 3 months before, 1 Jan 2026 to 31 Mar 2026`."""
    span, months = span_words(just), whole_months(just)
    if months:
        return ngettext("the month before, {span}", "the {n} months before, {span}", months).format(
            n=months, span=span
        )
    if just.start is None or just.end is None:
        return span
    days = (just.end - just.start).days + 1
    if days == 1:
        return _("the day before, {span}").format(span=span)
    return _("the {days} before, {span}").format(days=format_days(days), span=span)


def change(now: Any, then: Any, short: str, *, amount: bool = False) -> str:
    """`12 more than 108 before (+11 %)`, in whole numbers.

    Args:
        now: the number.
        then: the earlier one; missing if it may not be shown.
        short: when that was: `before`, `a year ago`.
        amount: an amount (`less`) and not a count (`fewer`).
    """
    if phrases.is_missing(then):
        return _("nothing to compare with {when}").format(when=short)
    now, then = round(float(now)), round(float(then))
    if not then:
        return (_("none {when}") if now else _("none {when} either")).format(when=short)
    if now == then:
        return (_("as much {when}") if amount else _("as many {when}")).format(when=short)
    if now > then:
        text = _("{n} more than {then} {when}")
    else:
        text = _("{n} less than {then} {when}") if amount else _("{n} fewer than {then} {when}")
    text = text.format(n=phrases.number(abs(now - then)), then=phrases.number(then), when=short)
    share = _share(now, then)
    return f"{text} ({share})" if share else text


def against(row: Row, name: str, earlier: Sequence[Earlier]) -> str:
    """A measure against each earlier period, one line each."""
    if not earlier:
        return _("no earlier period to compare with")
    return "\n".join(
        change(
            row[name],
            None if e.total is None else e.total[name],
            e.short,
            amount=name == "volume_ml",
        )
        for e in earlier
    )


def _share(now: float, then: float) -> str:
    """The change in per cent; empty if the base is too small."""
    if then < SMALLEST_BASE:
        return ""
    return _("{number} %").format(number=phrases.signed(100 * (now - then) / then, 0))


def what_changed(now: Row, earlier: Iterable[Earlier]) -> str:
    """What was done in a period, and how that compares with the earlier ones.

    Args:
        now: `sessions`, `patients`, `new_patients` of the period.
        earlier: the periods to compare with.
    """
    new = now["new_patients"]
    new_words = (
        _("fewer than 5 of them new")
        if phrases.is_missing(new)
        else phrases.filled(ngettext("{n} of them new", "{n} of them new", int(new)), new)
    )
    sentences = [
        _("{sessions} for {patients}, {new}.").format(
            sessions=phrases.sessions(now["sessions"]),
            patients=phrases.patients(now["patients"]),
            new=new_words,
        ),
        *(_compared(int(now["sessions"]), e) for e in earlier),
    ]
    return " ".join(sentences)


def _compared(sessions: int, earlier: Earlier) -> str:
    """`13 more sessions (+12 %) than the 108 of the 23 days before, ...`, as a sentence."""
    if earlier.total is None:
        return _("Too few patients in {period} to compare with in a shared view.").format(
            period=earlier.words
        )
    then = int(earlier.total["sessions"])
    if not then:
        return _("No session is recorded in {period}.").format(period=earlier.words)
    n = abs(sessions - then)
    share = _share(sessions, then)
    if not n:
        return _("As many sessions as in {period}.").format(period=earlier.words)
    if sessions > then:
        text = (
            ngettext(
                "{n} more session ({share}) than the {then} of {period}.",
                "{n} more sessions ({share}) than the {then} of {period}.",
                n,
            )
            if share
            else ngettext(
                "{n} more session than the {then} of {period}.",
                "{n} more sessions than the {then} of {period}.",
                n,
            )
        )
    else:
        text = (
            ngettext(
                "{n} fewer session ({share}) than the {then} of {period}.",
                "{n} fewer sessions ({share}) than the {then} of {period}.",
                n,
            )
            if share
            else ngettext(
                "{n} fewer session than the {then} of {period}.",
                "{n} fewer sessions than the {then} of {period}.",
                n,
            )
        )
    return text.format(
        n=phrases.number(n), share=share, then=phrases.number(then), period=earlier.words
    )


def largest_change(changes: Iterable[tuple[str, int, int]]) -> str:
    """A sentence on the part whose sessions changed most; empty if no change is notable.

    Two counts of one rate differ by chance: their difference has a standard error of about
    sqrt(now + then) (Poisson). Only a change of more than three of these is named.

    Args:
        changes: (protocol in words, sessions now, sessions before).
    """
    notable = [row for row in changes if abs(row[1] - row[2]) > NOTABLE * (row[1] + row[2]) ** 0.5]
    if not notable:
        return ""
    name, now, then = max(notable, key=lambda row: abs(row[1] - row[2]))
    return _("By protocol, “{name}” changed most ({sessions}, {then} before).").format(
        name=name, sessions=phrases.sessions(now), then=phrases.number(then)
    )
