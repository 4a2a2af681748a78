"""What is counted for the comparisons: sessions and places by what they have in common, with cases.

One question by session and one by treated area; only sums over patients leave the engine.
"""

import functools
import operator
from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.catalogue.watching import last_check
from mesodash.lake.engines import Lake
from mesodash.lake.parameters import as_day
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.followed import with_asked
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import (
    areas_in_scope,
    codes_below,
    held_sessions,
    in_period,
    months_of,
    narrowed,
    of_clinics,
    of_course,
    on_session,
    practitioner_label,
    rows_of,
)
from mesodash.reports.effects.counts import following

Sums = tuple[int, int, int, int]
"""n, patients, squares and products, as in `Count`."""


class Count(NamedTuple):
    """One counted number and what shows how far its patients repeat.

    Attributes:
        what: see `counts`.
        clinic, value, protocol, effect: what it is of; empty where it is of all.
        n: how many sessions or places.
        new: how many of them had the effect begin in the period.
        patients: how many patients they are of.
        squares: the sum over patients of their number, squared.
        products: of a count with an effect, the sum over patients of their number with it times
            their number in all. Where these three are left out each is another patient's.
        asked, followed: of the number, those with which a patient could have been in touch in the
            days after, and those of them who were (`with_asked`).
        asked_patients, asked_squares, followed_patients, followed_squares: of these, as above.
        followed_products: the sum over patients of followed times asked.
    """

    what: str
    clinic: str
    value: str | None
    protocol: str | None
    effect: str | None
    n: int
    new: int
    patients: int | None = None
    squares: int | None = None
    products: int | None = None
    asked: int = 0
    asked_patients: int = 0
    asked_squares: int = 0
    followed: int = 0
    followed_patients: int = 0
    followed_squares: int = 0
    followed_products: int = 0

    @property
    def sums(self) -> Sums:
        """n, patients, squares, products."""
        n = self.n
        patients = n if self.patients is None else self.patients
        squares = n if self.squares is None else self.squares
        return n, patients, squares, n if self.products is None else self.products

    @property
    def asked_sums(self) -> Sums:
        """The sums of those asked: n, patients, squares, products."""
        return self.asked, self.asked_patients, self.asked_squares, self.asked_squares

    @property
    def followed_sums(self) -> Sums:
        """The sums of those followed up: n, patients, squares, products."""
        return (
            self.followed,
            self.followed_patients,
            self.followed_squares,
            self.followed_products,
        )


_NUMBERS: Final = (
    "n",
    "new",
    "patients",
    "squares",
    "products",
    "asked",
    "asked_patients",
    "asked_squares",
    "followed",
    "followed_patients",
    "followed_squares",
    "followed_products",
)
"""The numbers of a `Count`, in its order."""


def counts(lake: Lake, catalogue: Catalogue, filters: Filters) -> list[Count]:
    """All that is counted, as `Count`s.

    what: a kind ("lot": sessions with that value), the kind with " effect" behind it (those with
    that effect), "sessions" or "places" (all the kind's rows of the clinic, value empty) and the
    same with " effect" behind. An empty protocol: neither session nor course names one.

    The period picks the cases that are `new`; counted are the sessions of the months before its end
    too (`Filters.trailing_months`), with the effects that had begun by its end. A month alone holds
    too few to compare with, and a lump of last month's session begins in this one.

    Raises:
        ReportError: unknown area.
    """
    window = replace(filters, period=window_of(filters.period, filters.trailing_months))
    numbers = dict.fromkeys(_NUMBERS, "int64")
    # Two questions, one after the other: the engine would hold both in memory at once.
    return [
        _plain(row)
        for build in (_by_session, _by_place)
        for row in rows_of(
            ask(lake, build, catalogue, window, filters.period.start, filters.period.end).astype(
                numbers
            )
        )
        # A session without a practitioner is nobody's group.
        if not pd.isna(row.value) or row.what.removesuffix(" effect") in ("sessions", "places")
    ]


def _plain(row: Any) -> Count:
    texts = (row.value, row.protocol, row.effect)
    value, protocol, effect = (None if pd.isna(text) else text for text in texts)
    return Count(
        row.what, row.clinic_id, value, protocol, effect,
        *(getattr(row, name) for name in _NUMBERS),
    )  # fmt: skip


def window_of(period: Period, months: int) -> Period:
    """The sessions that a period's cases are compared with: those of the months before its end.

    Never less than the period itself, and all there is where the period is open at a side.
    """
    if period.start is None or period.end is None:
        return period
    after = period.end + timedelta(days=1)
    year, month = divmod(after.year * 12 + after.month - 1 - months, 12)
    if year < 1:
        return period
    day = min(after.day, monthrange(year, month + 1)[1])
    return Period(min(period.start, date(year, month + 1, day)), period.end)


def scope(
    lake: Lake, catalogue: Catalogue, filters: Filters, start: date | None, end: date | None
) -> tuple[Any, Any, Any]:
    """The held sessions, the side effects begun by the end, and the treated areas.

    A side effect whose day of onset is not known counts by the day of its session.
    """
    sessions = held_sessions(lake, filters, ("protocol",))
    effects = narrowed(of_course(lake.tables.side_effects, lake, filters, ()), filters)
    effects = following(lake, effects, filters)
    begun = effects.onset_on.coalesce(effects.held_on)
    inside_period = in_period(begun, Period(start, end))
    new = functools.reduce(operator.and_, inside_period) if inside_period else ibis.literal(True)
    effects = effects.mutate(new=new.cast("int64"))
    by_then = [begun <= as_day(end)] if end is not None else []
    effects = effects.filter(effects.follows, *by_then)
    inside = areas_in_scope(lake, catalogue, filters)
    if filters.areas:
        sessions = on_session(sessions, inside.select("clinic_id", "session").distinct())
        codes = codes_below(catalogue, filters.areas)
        effects = effects.filter(effects.area.isin(codes))
    return sessions, effects, inside.select("clinic_id", "session", value="area")


def _by_session(
    lake: Lake, catalogue: Catalogue, filters: Filters, start: date | None, end: date | None
) -> Any:
    """Sessions by practitioner (empty where none is noted), by lot and all, and those with an
    effect.
    """  # noqa: D205
    sessions, effects, _ = scope(lake, catalogue, filters, start, end)
    sessions = with_asked(sessions, lake, filters, last_check(catalogue))
    known = sessions.select(*_SESSION, "protocol", *_COVER, value=practitioner_label(sessions))
    effects = effects.group_by("clinic_id", "session", "effect").agg(new=effects.new.max())
    events = on_session(effects, known)
    lots = of_clinics(lake.tables.products_used, filters)
    lots = lots.filter(lots.lot.notnull(), *months_of(lots, filters.period))  # noqa: PD004 - Ibis, not pandas
    lots = lots.select("clinic_id", "session", value="lot")
    lots = on_session(lots, known.drop("value")).distinct()
    ill = events.drop("value", "protocol", "patient", *_COVER)
    return ibis.union(
        *_both("practitioner", known, events),
        *_both("lot", lots, on_session(lots, ill)),
        *_both("sessions", _of_all(known), _of_all(events)),
    )


def _by_place(
    lake: Lake, catalogue: Catalogue, filters: Filters, start: date | None, end: date | None
) -> Any:
    """Sessions by treated area and all of these, and those with an effect in that very area."""
    sessions, effects, inside = scope(lake, catalogue, filters, start, end)
    kept = with_asked(sessions, lake, filters, last_check(catalogue))
    kept = kept.select(*_SESSION, "protocol", *_COVER)
    places = on_session(inside, kept).distinct()
    effects = effects.mutate(value=effects.area)
    effects = effects.group_by("clinic_id", "session", "effect", "value").agg(new=effects.new.max())
    on_site = effects.inner_join(places, ["clinic_id", "session", "value"])
    return ibis.union(
        *_both("site", places, on_site), *_both("places", _of_all(places), _of_all(on_site))
    )


_SESSION: Final = ("clinic_id", "session", "patient")
_COVER: Final = ("asked", "followed")


def _of_all(rows: Any) -> Any:
    """The rows as one group."""
    return rows.mutate(value=ibis.null("string"))


def _both(what: str, rows: Any, events: Any) -> tuple[Any, Any]:
    """The rows and those with an effect, counted by value and protocol, patient by patient."""
    unit = ["clinic_id", "patient", "value", "protocol"]
    own = rows.group_by(*unit).agg(
        own=rows.count(), asked=rows.asked.sum(), heard=rows.followed.sum()
    )
    every = own.group_by("clinic_id", "value", "protocol").agg(
        n=own.own.sum(),
        patients=own.count(),
        squares=(own.own * own.own).sum(),
        asked=own.asked.sum(),
        asked_patients=(own.asked > 0).sum(),
        asked_squares=(own.asked * own.asked).sum(),
        followed=own.heard.sum(),
        followed_patients=(own.heard > 0).sum(),
        followed_squares=(own.heard * own.heard).sum(),
        followed_products=(own.heard * own.asked).sum(),
    )
    ill = events.group_by(*unit, "effect").agg(
        ill=events.count(),
        new=events.new.sum(),
        asked=events.asked.sum(),
        heard=events.followed.sum(),
    )
    right = own.select(**{f"right_{name}": own[name] for name in own.columns})
    same = [ill[name].identical_to(right[f"right_{name}"]) for name in unit]
    ill = ill.inner_join(right, same)
    cases = ill.group_by("clinic_id", "value", "protocol", "effect").agg(
        n=ill.ill.sum(),
        new=ill.new.sum(),
        patients=ill.count(),
        squares=(ill.ill * ill.ill).sum(),
        products=(ill.ill * ill.right_own).sum(),
        asked=ill.asked.sum(),
        followed=ill.heard.sum(),
    )
    nothing = ibis.literal(0, "int64")
    every = every.mutate(effect=ibis.null("string"), new=nothing, products=nothing)
    missing = {name: nothing for name in _NUMBERS if name not in cases.columns}
    return _named(what, every), _named(f"{what} effect", cases.mutate(**missing))


def _named(what: str, cells: Any) -> Any:
    return cells.select(
        "clinic_id", "value", "protocol", "effect",
        what=ibis.literal(what), **{name: cells[name].cast("int64") for name in _NUMBERS},
    )  # fmt: skip
