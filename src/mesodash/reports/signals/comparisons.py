"""What is compared: the counts behind each look at a group and an effect, protocol by protocol.

An effect is largely due to the protocol itself, so a lot, a practitioner or a site is compared
with the sessions of the same protocols elsewhere, never with the whole clinic.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.filters import Filters
from mesodash.reports.signals.counted import Count, Sums, counts
from mesodash.reports.signals.cover import Cover, CoverStratum
from mesodash.reports.stats.clustering import Totals, design_effect_within
from mesodash.reports.stats.strata import Table, effective

KIND_WORDS: Final = {
    "lot": N_("Lot"),
    "practitioner": N_("Practitioner"),
    "site": N_("Treated area"),
    "clinic": N_("Clinic"),
}
"""What is compared: kind -> its everyday name."""
KINDS = tuple(KIND_WORDS)


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
        cover: how many of its sessions without the effect were followed up, and elsewhere.
    """

    kind: str
    value: str
    clinic: str
    effect: str
    strata: tuple[Table, ...]
    new: int
    here: tuple[Totals, ...]
    elsewhere: tuple[Totals, ...]
    cover: Cover

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
        """The strata as if each session were a different patient's, to be tested."""
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
    cover: dict[Any, tuple[Sums, Sums]] = field(default_factory=dict)
    """The sums of those asked and of those followed up, by the keys of `groups` with a protocol and
    of `whole`."""
    cases_cover: dict[Any, tuple[int, int]] = field(default_factory=dict)
    """How many with the effect were asked and followed up, by the keys of `cases` and of `seen`
    with it."""

    def cover_of(self, group: tuple[Any, ...], whole: tuple[Any, ...], effect: str) -> CoverStratum:
        """The stratum of a group, within all of its protocol: sessions without the effect."""
        asked, heard = self.cover.get(group, (_NONE, _NONE))
        all_asked, all_heard = self.cover.get(whole, (_NONE, _NONE))
        asked_ill, heard_ill = self.cases_cover.get((*group, effect), (0, 0))
        all_asked_ill, all_heard_ill = self.cases_cover.get((*whole, effect), (0, 0))
        n, followed = asked[0] - asked_ill, heard[0] - heard_ill
        return CoverStratum(
            n,
            followed,
            all_asked[0] - all_asked_ill - n,
            all_heard[0] - all_heard_ill - followed,
            _totals(heard, asked),
            _totals(all_heard, all_asked),
        )


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
            strata, here, elsewhere, cover = [], [], [], []
            for protocol, own in parts.items():
                every = counted.whole[among, protocol]
                others = every[0] - own[0]
                if others:
                    cases = counted.cases.get((kind, clinic, value, protocol, effect), _NONE)
                    all_cases = seen[protocol].get(effect, _NONE)
                    strata.append((cases[0], own[0], all_cases[0] - cases[0], others))
                    here.append(_totals(cases, own))
                    elsewhere.append(_totals(all_cases, every))
                    cover.append(
                        counted.cover_of((kind, clinic, value, protocol), (among, protocol), effect)
                    )
            if any(k or other_k for k, _, other_k, _ in strata):
                new = counted.new.get((kind, clinic, value, effect), 0)
                looks.append(
                    Comparison(
                        kind, value, clinic, effect, tuple(strata), new,
                        tuple(here), tuple(elsewhere), Cover(tuple(cover)),
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
                asked, heard = counted.cover.get(key, (_NONE, _NONE))
                counted.cover[key] = (
                    _added(asked, row.asked_sums),
                    _added(heard, row.followed_sums),
                )
            else:
                of = counted.seen.setdefault((among, row.protocol), {})
                of[row.effect] = _added(of.get(row.effect, _NONE), row.sums)
                case = (among, row.protocol, row.effect)
                asked_ill, heard_ill = counted.cases_cover.get(case, (0, 0))
                counted.cases_cover[case] = (asked_ill + row.asked, heard_ill + row.followed)
    return counted


def _put(counted: _Counted, group: tuple[str, str, str], row: Count) -> None:
    if row.effect is None:
        counted.groups.setdefault(group, {})[row.protocol] = row.sums
        counted.cover[*group, row.protocol] = (row.asked_sums, row.followed_sums)
    else:
        counted.cases[*group, row.protocol, row.effect] = row.sums
        counted.cases_cover[*group, row.protocol, row.effect] = (row.asked, row.followed)
        key = (*group, row.effect)
        counted.new[key] = counted.new.get(key, 0) + row.new
