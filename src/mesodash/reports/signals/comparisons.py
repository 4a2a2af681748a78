"""What is compared: the counts behind each look at a group and an effect, protocol by protocol.

An effect is to a large part the protocol's own doing, so a lot, a practitioner or a site is held
against the sessions of the same protocols elsewhere, never against the whole clinic.
"""

import functools
import operator
from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.filters import Filters, Period
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
from mesodash.reports.stats.clustering import Totals, design_effect_within
from mesodash.reports.stats.strata import Table, effective

KIND_WORDS: Final = {
    "lot": N_("Lot"),
    "practitioner": N_("Practitioner"),
    "site": N_("Treated area"),
    "clinic": N_("Clinic"),
}
"""What is looked at: kind -> how people call it."""
KINDS = tuple(KIND_WORDS)


class Count(NamedTuple):
    """One counted number and what tells how far its patients repeat.

    Attributes:
        what: see `counts`.
        clinic, value, protocol, effect: what it is of; empty where it is of all.
        n: how many sessions or places.
        new: how many of them had the effect begin in the period.
        patients: how many patients they are of.
        squares: the sum over patients of their number, squared.
        products: of a count with an effect, the sum over patients of their number with it times
            their number in all. Where these three are left out each is another patient's.
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

    @property
    def sums(self) -> "Sums":
        """n, patients, squares, products."""
        n = self.n
        patients = n if self.patients is None else self.patients
        squares = n if self.squares is None else self.squares
        return n, patients, squares, n if self.products is None else self.products


Sums = tuple[int, int, int, int]
"""n, patients, squares and products, as in `Count`."""
_NONE: Final[Sums] = (0, 0, 0, 0)

_Scope = tuple[str, str | None]
"""sessions or places, and the clinic; None for all clinics."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One value of a kind and one effect, with a stratum for each protocol held elsewhere too.

    Attributes:
        kind, value, clinic, effect: what is compared.
        strata: its sessions with the effect and all, then those elsewhere.
        new: of its sessions with the effect, those in which it began in the period that was asked
            for; the others only help to tell whether that is too many.
        here: per stratum, the sums over its patients.
        elsewhere: per stratum, the sums over all patients of the protocol.
    """

    kind: str
    value: str
    clinic: str
    effect: str
    strata: tuple[Table, ...]
    new: int
    here: tuple[Totals, ...]
    elsewhere: tuple[Totals, ...]

    @property
    def patients_with(self) -> int:
        """Patients of `with_effect`, in each protocol once."""
        return sum(int(one.patients_with) for one in self.here)

    @property
    def design_effect(self) -> float:
        """How many times the variance is that of unrelated sessions, as patients come again.

        Where nobody had the effect here, that of all the sessions compared.
        """
        return design_effect_within(self.here if self.with_effect else self.elsewhere)

    @property
    def effective(self) -> tuple[Table, ...]:
        """The strata as they were if each session were another patient's, to be tested."""
        return effective(self.strata, self.design_effect, design_effect_within(self.elsewhere))

    @property
    def with_effect(self) -> int:
        """Sessions of the value that were followed by the effect."""
        return sum(events for events, *_ in self.strata)

    @property
    def sessions(self) -> int:
        """Sessions of the value, of protocols held elsewhere too."""
        return sum(n for _, n, *_ in self.strata)

    @property
    def other_with_effect(self) -> int:
        """Sessions of the same protocols elsewhere that were followed by the effect."""
        return sum(events for *_, events, _ in self.strata)

    @property
    def other_sessions(self) -> int:
        """Sessions of the same protocols elsewhere."""
        return sum(n for *_, n in self.strata)

    @property
    def expected(self) -> float:
        """Sessions with the effect, had it followed each protocol as often as it did elsewhere."""
        return sum(n * events / other_n for _, n, events, other_n in self.strata)

    @property
    def pooled(self) -> Table:
        """One table in the place of the effective ones: the others with the rate expected here.

        The very counts where one protocol was compared and no patient came twice.
        """
        tables = self.effective
        here, n, _, others = (sum(column) for column in zip(*tables, strict=True))
        expected = sum(own * events / of for _, own, events, of in tables if of)
        elsewhere = expected / n * others if n else 0.0
        return here, n, max(round(elsewhere), int(elsewhere > 0)), others


@dataclass(frozen=True, slots=True)
class Compared:
    """The possible comparisons, and how many values had nothing to compare with.

    Attributes:
        looks: one for each value and each effect seen after a protocol of it that was held
            elsewhere too, those without a case of its own as well.
        alone: (kind, effect) -> values after whose protocols the effect was seen, but no such
            protocol was held elsewhere.
    """

    looks: tuple[Comparison, ...]
    alone: dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class _Counted:
    """The counts by what they are of; every key ends with a protocol, cases with an effect too."""

    groups: dict[tuple[str, str, str], dict[str | None, Sums]] = field(default_factory=dict)
    """kind, clinic, value -> protocol -> sessions."""
    cases: dict[tuple[str, str, str, str | None, str], Sums] = field(default_factory=dict)
    """kind, clinic, value, protocol, effect -> sessions with the effect."""
    whole: dict[tuple[_Scope, str | None], Sums] = field(default_factory=dict)
    """scope, protocol -> sessions."""
    seen: dict[tuple[_Scope, str | None], dict[str, Sums]] = field(default_factory=dict)
    """scope, protocol -> effect -> sessions with it."""
    new: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    """kind, clinic, value, effect -> sessions with the effect begun in the period."""


def _added(one: Sums, other: Sums) -> Sums:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]


def _totals(cases: Sums, of: Sums) -> Totals:
    """The sums over patients of a number with an effect and the number in all."""
    x, ill, xx, xn = cases
    n, patients, nn, _ = of
    return Totals(patients, x, n, xx, xn, nn, ill)


def compared(lake: Lake, catalogue: Catalogue, filters: Filters) -> Compared:
    """Every possible comparison.

    Raises:
        ReportError: unknown area.
    """
    return looks_of(counts(lake, catalogue, filters))


def looks_of(rows: list[Count]) -> Compared:
    """Every look that can be taken with what `counts` gave."""
    # An engine gives rows in any order; sums of floats over them would differ in their last digits.
    counted = _sorted_out(sorted(rows, key=_place))
    looks: list[Comparison] = []
    alone: dict[tuple[str, str], int] = {}
    for (kind, clinic, value), parts in counted.groups.items():
        among = ("places" if kind == "site" else "sessions", None if kind == "clinic" else clinic)
        seen = {protocol: counted.seen.get((among, protocol), {}) for protocol in parts}
        # An effect never seen after these protocols, here or elsewhere, tells nothing.
        for effect in sorted({effect for effects in seen.values() for effect in effects}):
            strata, here, elsewhere = [], [], []
            for protocol, own in parts.items():
                every = counted.whole[among, protocol]
                others = every[0] - own[0]
                if others:
                    cases = counted.cases.get((kind, clinic, value, protocol, effect), _NONE)
                    all_cases = seen[protocol].get(effect, _NONE)
                    strata.append((cases[0], own[0], all_cases[0] - cases[0], others))
                    here.append(_totals(cases, own))
                    elsewhere.append(_totals(all_cases, every))
            if any(k or other_k for k, _, other_k, _ in strata):
                new = counted.new.get((kind, clinic, value, effect), 0)
                looks.append(
                    Comparison(
                        kind, value, clinic, effect, tuple(strata), new,
                        tuple(here), tuple(elsewhere),
                    )
                )  # fmt: skip
            else:
                alone[kind, effect] = alone.get((kind, effect), 0) + 1
    return Compared(tuple(looks), alone)


def _place(row: Count) -> tuple[str, ...]:
    return tuple(text or "" for text in (row.what, row.clinic, row.value, row.protocol, row.effect))


def _sorted_out(rows: list[Count]) -> _Counted:
    """The counts by what they are of; each clinic of several is a group among all."""
    counted = _Counted()
    clinics = {row.clinic for row in rows if row.what == "sessions"}
    for row in rows:
        kind = row.what.removesuffix(" effect")
        if row.value is not None:
            _put(counted, (kind, row.clinic, row.value), row)
            continue
        scopes: list[_Scope] = [(kind, row.clinic)]
        if kind == "sessions" and len(clinics) > 1:
            scopes.append((kind, None))
            _put(counted, ("clinic", row.clinic, row.clinic), row)
        for among in scopes:
            if row.effect is None:
                key = (among, row.protocol)
                counted.whole[key] = _added(counted.whole.get(key, _NONE), row.sums)
            else:
                of = counted.seen.setdefault((among, row.protocol), {})
                of[row.effect] = _added(of.get(row.effect, _NONE), row.sums)
    return counted


def _put(counted: _Counted, group: tuple[str, str, str], row: Count) -> None:
    if row.effect is None:
        counted.groups.setdefault(group, {})[row.protocol] = row.sums
    else:
        counted.cases[*group, row.protocol, row.effect] = row.sums
        key = (*group, row.effect)
        counted.new[key] = counted.new.get(key, 0) + row.new


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
    numbers = dict.fromkeys(("n", "new", "patients", "squares", "products"), "int64")
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
        row.n, row.new, row.patients, row.squares, row.products,
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
    by_then = [begun <= ibis.literal(end)] if end else []
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
    known = sessions.select(*_SESSION, "protocol", value=practitioner_label(sessions))
    effects = effects.group_by("clinic_id", "session", "effect").agg(new=effects.new.max())
    events = on_session(effects, known)
    lots = of_clinics(lake.tables.products_used, filters)
    lots = lots.filter(lots.lot.notnull(), *months_of(lots, filters.period))  # noqa: PD004 - Ibis, not pandas
    lots = lots.select("clinic_id", "session", value="lot")
    lots = on_session(lots, known.drop("value")).distinct()
    ill = events.drop("value", "protocol", "patient")
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
    kept = sessions.select(*_SESSION, "protocol")
    places = on_session(inside, kept).distinct()
    effects = effects.mutate(value=effects.area)
    effects = effects.group_by("clinic_id", "session", "effect", "value").agg(new=effects.new.max())
    on_site = effects.inner_join(places, ["clinic_id", "session", "value"])
    return ibis.union(
        *_both("site", places, on_site), *_both("places", _of_all(places), _of_all(on_site))
    )


_SESSION: Final = ("clinic_id", "session", "patient")


def _of_all(rows: Any) -> Any:
    """The rows as one group."""
    return rows.mutate(value=ibis.null("string"))


def _both(what: str, rows: Any, events: Any) -> tuple[Any, Any]:
    """The rows and those with an effect, counted by value and protocol, patient by patient."""
    unit = ["clinic_id", "patient", "value", "protocol"]
    own = rows.group_by(*unit).agg(own=rows.count())
    every = own.group_by("clinic_id", "value", "protocol").agg(
        n=own.own.sum(), patients=own.count(), squares=(own.own * own.own).sum()
    )
    ill = events.group_by(*unit, "effect").agg(ill=events.count(), new=events.new.sum())
    right = own.select(**{f"right_{name}": own[name] for name in own.columns})
    same = [ill[name].identical_to(right[f"right_{name}"]) for name in unit]
    ill = ill.inner_join(right, same)
    cases = ill.group_by("clinic_id", "value", "protocol", "effect").agg(
        n=ill.ill.sum(),
        new=ill.new.sum(),
        patients=ill.count(),
        squares=(ill.ill * ill.ill).sum(),
        products=(ill.ill * ill.right_own).sum(),
    )
    nothing = ibis.literal(0, "int64")
    every = every.mutate(effect=ibis.null("string"), new=nothing, products=nothing)
    return _named(what, every), _named(f"{what} effect", cases)


def _named(what: str, cells: Any) -> Any:
    numbers = ("n", "new", "patients", "squares", "products")
    return cells.select(
        "clinic_id", "value", "protocol", "effect",
        what=ibis.literal(what), **{name: cells[name].cast("int64") for name in numbers},
    )  # fmt: skip
