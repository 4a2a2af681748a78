"""A question on a curve with open effects: when is half gone, if some were still there at last?

The effects are invented around a published median, so that the curve can be read by a learner; its
answer is that of the clinic's own reports (`reports.stats.survival`). The wrong answers are what
one gets by leaving the open ones out, and by taking their last contact for the end.
"""

from dataclasses import replace
from itertools import pairwise
from math import isfinite
from statistics import median
from typing import Final

from mesodash.catalogue.types import Duration
from mesodash.language import _, catalogue_text, format_days
from mesodash.reports.stats.survival import Curve, kaplan_meier
from mesodash.teaching.asking.question_types import Asked, Seen, TaughtQuestion

PEOPLE: Final = 12
OPEN: Final = 4
APART: Final = 0.12
"""The least distance between answers, as a share of the axis, so that they can be told apart."""
_SHORTEST_DAYS: Final = 4.0
_TRIES: Final = 400


def curve_of(seen: tuple[Seen, ...]) -> Curve:
    """The Kaplan-Meier curve of such effects."""
    return kaplan_meier(
        [days for days, _ended in seen],
        [float(ended) for _days, ended in seen],
        [float(not ended) for _days, ended in seen],
    )


def ask_curve(a: Asked) -> TaughtQuestion | None:
    """The question on an effect whose median is published for this protocol or for the needle."""
    rows = [
        row
        for row in a.catalogue.durations.values()
        if row.kind == "median"
        and (row.days_max or 0.0) >= _SHORTEST_DAYS
        and a.catalogue.concerns(a.protocol.code, row.scope)
    ]
    if not rows:
        return None
    row = a.chance.choice(rows)
    for _try in range(_TRIES):
        seen = _invented(a, row)
        found = _answers(seen)
        if found is None:
            continue
        right, wrong = found
        effect = a.catalogue.side_effects[row.effect]
        made = a.make(
            "curve",
            f"durations.{row.code}",
            _(
                "{effect} of {n} invented people, {k} of whom still had it when last seen (small"
                " strokes). When is half of them gone, by the curve?"
            ).format(
                effect=catalogue_text("side_effects", effect.code, "label", effect.label),
                n=PEOPLE,
                k=OPEN,
            ),
            format_days(right),
            [format_days(one) for one in wrong],
            why=_(
                "Those still open count for as long as they were watched, then neither as ended nor"
                " as left out: {right}. Without them it would be {ended}, and with their last"
                " contact taken for the end {all}. Published: {text}"
            ).format(
                right=format_days(right),
                ended=format_days(wrong[0]),
                all=format_days(wrong[1]),
                text=row.text,
            ),
            sources=row.sources,
        )
        return None if made is None else replace(made, curve=seen)
    return None


def _invented(a: Asked, row: Duration) -> tuple[Seen, ...]:
    """Effects that last about as long as published; the open ones were watched for a part of it."""
    usual = row.days_max or _SHORTEST_DAYS
    lasted = [max(1.0, round(usual * a.chance.uniform(0.3, 2.2))) for _one in range(PEOPLE)]
    part = [max(1.0, round(lasted[at] * a.chance.uniform(0.35, 0.9))) for at in range(OPEN)]
    seen = [(days, False) for days in part] + [(days, True) for days in lasted[OPEN:]]
    return tuple(sorted(seen))


def _answers(seen: tuple[Seen, ...]) -> tuple[float, tuple[float, ...]] | None:
    """The right answer and the wrong ones; None where they cannot be told apart on the curve."""
    right = curve_of(seen).median()[0]
    ended = sorted(days for days, over in seen if over)
    longest = max(days for days, _over in seen)
    wrong = (median(ended), median(days for days, _over in seen), longest)
    every = sorted((right, *wrong))
    if not all(isfinite(one) and one == round(one) for one in every):
        return None
    if any(after - before < APART * longest for before, after in pairwise(every)):
        return None
    return right, wrong
