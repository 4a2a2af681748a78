"""What is compared: the counts behind each look at a group and an effect, protocol by protocol.

An effect is to a large part the protocol's own doing, so a lot, a practitioner or a site is held
against the sessions of the same protocols elsewhere, never against the whole clinic.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.asking import ask
from mesodash.reports.filters import Filters
from mesodash.reports.scope import (
    areas_in_scope,
    codes_below,
    held_sessions,
    months_of,
    narrowed,
    of_clinics,
    of_course,
    on_session,
    practitioner_label,
    rows_of,
)
from mesodash.reports.strata import Table

KIND_WORDS: Final = {
    "lot": "Lot",
    "practitioner": "Practitioner",
    "site": "Treated area",
    "clinic": "Clinic",
}
"""What is looked at: kind -> how people call it."""
KINDS = tuple(KIND_WORDS)

Count = tuple[str, str, str | None, str | None, str | None, int]
"""what, clinic, value, protocol, effect, how many."""

_Scope = tuple[str, str | None]
"""sessions or places, and the clinic; None for all clinics."""


@dataclass(frozen=True, slots=True)
class Look:
    """One value of a kind and one effect, with a stratum for each protocol held elsewhere too."""

    kind: str
    value: str
    clinic: str
    effect: str
    strata: tuple[Table, ...]

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
        """One table in the place of all: the others with the rate expected here.

        The very counts where one protocol was compared.
        """
        here, n = self.with_effect, self.sessions
        elsewhere = self.expected / n * self.other_sessions
        return here, n, max(round(elsewhere), int(elsewhere > 0)), self.other_sessions


@dataclass(frozen=True, slots=True)
class Compared:
    """The looks that can be taken, and how many could not for want of anything to compare with.

    Attributes:
        looks: one for each value and each effect seen after a protocol of it that was held
            elsewhere too, those without a case of its own as well.
        alone: (kind, effect) -> values after whose protocols the effect was seen, but no such
            protocol was held elsewhere.
    """

    looks: tuple[Look, ...]
    alone: dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class _Counted:
    """The counts by what they are of; every key ends with a protocol, cases with an effect too."""

    groups: dict[tuple[str, str, str], dict[str | None, int]] = field(default_factory=dict)
    """kind, clinic, value -> protocol -> sessions."""
    cases: dict[tuple[str, str, str, str | None, str], int] = field(default_factory=dict)
    """kind, clinic, value, protocol, effect -> sessions with the effect."""
    whole: dict[tuple[_Scope, str | None], int] = field(default_factory=dict)
    """scope, protocol -> sessions."""
    seen: dict[tuple[_Scope, str | None], dict[str, int]] = field(default_factory=dict)
    """scope, protocol -> effect -> sessions with it."""


def compared(lake: Lake, catalogue: Catalogue, filters: Filters) -> Compared:
    """Every look that can be taken.

    Raises:
        ReportError: unknown area.
    """
    return looks_of(counts(lake, catalogue, filters))


def looks_of(rows: list[Count]) -> Compared:
    """Every look that can be taken with what `counts` gave."""
    counted = _sorted_out(rows)
    looks: list[Look] = []
    alone: dict[tuple[str, str], int] = {}
    for (kind, clinic, value), parts in counted.groups.items():
        scope = ("places" if kind == "site" else "sessions", None if kind == "clinic" else clinic)
        seen = {protocol: counted.seen.get((scope, protocol), {}) for protocol in parts}
        # An effect never seen after these protocols, here or elsewhere, tells nothing.
        for effect in sorted({effect for effects in seen.values() for effect in effects}):
            strata = []
            for protocol, n in parts.items():
                others = counted.whole[scope, protocol] - n
                if others:
                    k = counted.cases.get((kind, clinic, value, protocol, effect), 0)
                    strata.append((k, n, seen[protocol].get(effect, 0) - k, others))
            if any(k or other_k for k, _, other_k, _ in strata):
                looks.append(Look(kind, value, clinic, effect, tuple(strata)))
            else:
                alone[kind, effect] = alone.get((kind, effect), 0) + 1
    return Compared(tuple(looks), alone)


def _sorted_out(rows: list[Count]) -> _Counted:
    """The counts by what they are of; each clinic of several is a group among all."""
    counted = _Counted()
    clinics = {clinic for what, clinic, *_ in rows if what == "sessions"}
    for what, clinic, value, protocol, effect, n in rows:
        kind = what.removesuffix(" effect")
        if value is None:
            scopes: list[_Scope] = [(kind, clinic)]
            if kind == "sessions" and len(clinics) > 1:
                scopes.append((kind, None))
                _put(counted, ("clinic", clinic, clinic), protocol, effect, n)
            for scope in scopes:
                if effect is None:
                    key = (scope, protocol)
                    counted.whole[key] = counted.whole.get(key, 0) + n
                else:
                    of = counted.seen.setdefault((scope, protocol), {})
                    of[effect] = of.get(effect, 0) + n
        else:
            _put(counted, (kind, clinic, value), protocol, effect, n)
    return counted


def _put(
    counted: _Counted, group: tuple[str, str, str], protocol: str | None, effect: str | None, n: int
) -> None:
    if effect is None:
        counted.groups.setdefault(group, {})[protocol] = n
    else:
        counted.cases[*group, protocol, effect] = n


def counts(lake: Lake, catalogue: Catalogue, filters: Filters) -> list[Count]:
    """All that is counted: what, clinic_id, value, protocol, effect, n.

    what: a kind ("lot": sessions with that value), the kind with " effect" behind it (those with
    that effect), "sessions" or "places" (all the kind's rows of the clinic, value empty) and the
    same with " effect" behind. An empty protocol: neither session nor course names one.

    Raises:
        ReportError: unknown area.
    """
    counted: list[Count] = []
    # Two questions, one after the other: the engine would hold both in memory at once.
    for build, of_all, every in (
        (_by_session, "practitioner", "sessions"),
        (_by_place, "site", "places"),
    ):
        frame = ask(lake, build, catalogue, filters)
        rows = [_plain(row) for row in rows_of(frame.astype({"n": "int64"}))]
        totals: dict[tuple[str, str, str | None, str | None], int] = {}
        for what, clinic, _, protocol, effect, n in rows:
            if what.removesuffix(" effect") == of_all:
                key = (what.replace(of_all, every), clinic, protocol, effect)
                totals[key] = totals.get(key, 0) + n
        counted += [
            (what, clinic, None, protocol, effect, n)
            for (what, clinic, protocol, effect), n in totals.items()
        ]
        counted += [row for row in rows if row[2] is not None]
    return counted


def _plain(row: Any) -> Count:
    texts = (row.value, row.protocol, row.effect)
    value, protocol, effect = (None if pd.isna(text) else text for text in texts)
    return row.what, row.clinic_id, value, protocol, effect, row.n


def _scope(lake: Lake, catalogue: Catalogue, filters: Filters) -> tuple[Any, Any, Any]:
    """The held sessions, the side effects of the same time, and the treated areas."""
    sessions = held_sessions(lake, filters, ("protocol",))
    effects = narrowed(of_course(lake.tables.side_effects, lake, filters, ()), filters)
    inside = areas_in_scope(lake, catalogue, filters)
    if filters.areas:
        sessions = on_session(sessions, inside.select("clinic_id", "session").distinct())
        codes = codes_below(catalogue, filters.areas)
        effects = effects.filter(effects.area.isin(codes))
    return sessions, effects, inside.select("clinic_id", "session", value="area")


def _by_session(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    """Sessions by practitioner (empty where none is noted) and by lot, and those with an effect."""
    sessions, effects, _ = _scope(lake, catalogue, filters)
    known = sessions.select("clinic_id", "session", "protocol", value=practitioner_label(sessions))
    effects = effects.select("clinic_id", "session", "effect")
    events = on_session(effects, known).distinct()
    lots = of_clinics(lake.tables.products_used, filters)
    lots = lots.filter(lots.lot.notnull(), *months_of(lots, filters.period))  # noqa: PD004 - Ibis, not pandas
    lots = lots.select("clinic_id", "session", value="lot")
    lots = on_session(lots, known.drop("value")).distinct()
    ill = events.drop("value", "protocol")
    return ibis.union(
        _count("practitioner", known),
        _count("practitioner effect", events, "effect"),
        _count("lot", lots),
        _count("lot effect", on_session(lots, ill), "effect"),
    )


def _by_place(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    """Sessions by treated area, and those with an effect in that very area."""
    sessions, effects, inside = _scope(lake, catalogue, filters)
    kept = sessions.select("clinic_id", "session", "protocol")
    places = on_session(inside, kept).distinct()
    effects = effects.select("clinic_id", "session", "effect", value="area")
    on_site = effects.inner_join(places, ["clinic_id", "session", "value"]).distinct()
    return ibis.union(_count("site", places), _count("site effect", on_site, "effect"))


def _count(what: str, rows: Any, *more: str) -> Any:
    counted = rows.group_by("clinic_id", "value", "protocol", *more).agg(n=rows.count())
    empty = {} if more else {"effect": ibis.null("string")}
    return counted.mutate(what=ibis.literal(what), **empty).select(
        "what", "clinic_id", "value", "protocol", "effect", "n"
    )
