"""Cover over time: whether the sessions of a rise were followed up as those before them were.

A clinic that begins to telephone every patient hears of more effects, though nothing else changed.
Compared are the sessions that a rise comes from with the earlier ones of the same protocols, by the
rule for groups (`cover`). A rise is called in its first weeks too, when few of its sessions have
had the days on which patients are asked: then both sides are held against as many days as half of
them have had.
"""

from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.catalogue.watching import last_check
from mesodash.lake.engines import Lake
from mesodash.lake.parameters import as_day
from mesodash.language import N_
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.followed import with_asked
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import on_session, rows_of
from mesodash.reports.core.spec import ReportColumn, alike
from mesodash.reports.effects.single_effects import came_late
from mesodash.reports.signals.counted import scope
from mesodash.reports.signals.cover import DIFFERENCE_WORDS, Cover, CoverStratum
from mesodash.reports.stats.clustering import NOT_KNOWN, Totals

COVER_COLUMNS: Final = (
    *alike(
        {
            "followed_share": N_("Followed up"),
            "earlier_followed_share": N_("Followed up before"),
        },
        "float64",
        N_(
            "only of a row with p_corrected below 0.02: of the sessions without the effect, the"
            " share followed up (a recorded contact or another visit of the patient) within the"
            " days on which the catalogue asks about anything, or as many as half of them have had;"
            " of the sessions held since the rise began, less the usual time to onset, and of the"
            " earlier ones of the same protocols within the twelve months"
        ),
        "share",
    ),
    ReportColumn(
        "cover_differs",
        "str",
        N_(
            "more or less, if those shares differ by ten points or more and by more than chance:"
            " then more or fewer effects would be heard of had nothing else changed, so it is not"
            " called; else empty"
        ),
        label=N_("Cover"),
    ),
)
"""What the report on rises says of it."""
_NUMBERS: Final = ("asked", "heard", "asked_since", "heard_since")
FEWEST_DAYS: Final = 2
"""No patient can be expected to have been asked sooner."""


def no_cover() -> dict[str, Any]:
    """The cells of `COVER_COLUMNS` where the question does not arise."""
    return {
        "followed_share": NOT_KNOWN,
        "earlier_followed_share": NOT_KNOWN,
        "cover_differs": None,
    }


def cells(cover: Cover) -> dict[str, Any]:
    """The cells of `COVER_COLUMNS`."""
    return {
        "followed_share": cover.share,
        "earlier_followed_share": cover.other_share,
        "cover_differs": DIFFERENCE_WORDS[cover.difference],
    }


def days_to_ask(held_on: Any, n: Any, begin: int, end: int, most: int) -> int:
    """As many days as half of the sessions held since a day have had, at most so many.

    Args:
        held_on: days of sessions, as numbers.
        n: how many on each.
        begin: the first day of those that count.
        end: the last day on which anything is known.
        most: the days on which patients are asked.
    """
    held_on, n = np.asarray(held_on), np.asarray(n)
    since = (held_on >= begin) & (held_on <= end)
    ages = np.repeat(end - held_on[since], n[since])
    if not ages.size:
        return most
    return int(np.clip(np.median(ages), FEWEST_DAYS, most))


def changed_cover(
    lake: Lake,
    catalogue: Catalogue,
    filters: Filters,
    *,
    of: tuple[str, str, bool],
    begin: date,
    sessions: pd.DataFrame,
) -> Cover:
    """The sessions of a rise beside the earlier ones of its window.

    Args:
        lake: where they are.
        catalogue: says until when patients are asked.
        filters: of the report, with the whole window for a period.
        of: clinic, effect, and whether only those that came late.
        begin: the first day of the sessions that the rise comes from.
        sessions: clinic_id, held_on (day numbers) and n of the same sessions.

    Raises:
        ReportError: unknown area.
    """
    clinic, effect, late = of
    own = sessions[sessions["clinic_id"] == clinic]
    end = min((filters.period.end or date.max).toordinal(), int(own["held_on"].max()))
    most = last_check(catalogue)
    days = days_to_ask(own["held_on"], own["n"], begin.toordinal(), end, most)
    every = ask(lake, _every, catalogue, filters, days, begin)
    ill = ask(lake, _ill, catalogue, filters, days, begin)
    every = every[every["clinic_id"] == clinic]
    ill = ill[(ill["clinic_id"] == clinic) & (ill["effect"] == effect) & (ill["late"] == late)]
    return cover_of(every, ill)


def cover_of(every: pd.DataFrame, ill: pd.DataFrame) -> Cover:
    """The comparison, from the sums by protocol of all sessions and of those with the effect."""
    counted = every.columns.drop(["clinic_id", "protocol"])
    every = every.fillna({"protocol": ""}).astype(dict.fromkeys(counted, "int64"))
    strata = []
    for row in rows_of(every):
        its = ill[ill["kept"].fillna("") == row.protocol]
        without = {name: int(getattr(row, name)) - int(its[name].sum()) for name in _NUMBERS}
        strata.append(
            CoverStratum(
                without["asked_since"],
                without["heard_since"],
                without["asked"] - without["asked_since"],
                without["heard"] - without["heard_since"],
                Totals(row.patients_since, row.heard_since, row.asked_since, row.hh_since,
                       row.ha_since, row.aa_since),
                Totals(row.patients, row.heard, row.asked, row.hh, row.ha, row.aa),
            )
        )  # fmt: skip
    return Cover(tuple(strata))


def begin_of(since: date, median_wait: float, first: date) -> date | None:
    """The first day of the sessions that a rise comes from; None where all of the window are.

    Args:
        since: the first day of the rise.
        median_wait: days from session to onset.
        first: the window's first day.
    """
    begin = since - timedelta(days=int(median_wait))
    return begin if begin > first else None


def _every(lake: Lake, catalogue: Catalogue, filters: Filters, days: int, begin: date) -> Any:
    """By clinic and protocol the sessions asked and followed up, and those held since a day.

    Summed patient by patient: one pass over the sessions.
    """
    sessions, _, _ = scope(lake, catalogue, filters, filters.period.start, filters.period.end)
    rows = _with_since(with_asked(sessions, lake, filters, days), begin)
    by_patient = rows.group_by("clinic_id", "protocol", "patient").agg(
        a=rows.asked.sum(), h=rows.followed.sum(), sa=rows.asked_since.sum(),
        sh=rows.heard_since.sum(),
    )  # fmt: skip
    a, h, sa, sh = (by_patient[name] for name in ("a", "h", "sa", "sh"))
    return by_patient.group_by("clinic_id", "protocol").agg(
        patients=(a > 0).sum(), asked=a.sum(), heard=h.sum(), hh=(h * h).sum(), ha=(h * a).sum(),
        aa=(a * a).sum(), patients_since=(sa > 0).sum(), asked_since=sa.sum(),
        heard_since=sh.sum(), hh_since=(sh * sh).sum(), ha_since=(sh * sa).sum(),
        aa_since=(sa * sa).sum(),
    )  # fmt: skip


def _ill(lake: Lake, catalogue: Catalogue, filters: Filters, days: int, begin: date) -> Any:
    """The same numbers of the sessions with each effect."""
    sessions, effects, _ = scope(lake, catalogue, filters, filters.period.start, filters.period.end)
    kept = _with_since(with_asked(sessions, lake, filters, days), begin)
    kept = kept.select(
        "clinic_id", "session", "asked", "asked_since", "heard_since", heard="followed",
        kept="protocol",
    )  # fmt: skip
    effects = effects.select(
        "clinic_id", "session", "effect", "held_on",
        begun=effects.onset_on.coalesce(effects.held_on),
    )  # fmt: skip
    day = effects.begun.delta(effects.held_on, unit="day").cast("int64")
    effects = effects.mutate(late=came_late(effects.effect, day, catalogue))
    once = effects.select("clinic_id", "session", "effect", "late").distinct()
    rows = on_session(once, kept)
    return rows.group_by("clinic_id", "effect", "late", "kept").agg(
        **{name: rows[name].sum() for name in _NUMBERS}
    )


def _with_since(rows: Any, begin: date) -> Any:
    since = (rows.held_on >= as_day(begin)).cast("int64")
    return rows.mutate(asked_since=rows.asked * since, heard_since=rows.followed * since)
