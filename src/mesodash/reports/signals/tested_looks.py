"""The result of each look: its p-value, corrected within its family, and its shrunken ratio.

A family is a kind (lots, practitioners, areas, clinics) with the effects that can come late, or
with the others: a late lump is rare and grave, and would drown among the many looks at redness.
The two families of a kind share its level, so that the kind keeps its false discovery rate.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Final

from mesodash.catalogue.types import Catalogue
from mesodash.reports.signals.comparisons import Compared, Comparison
from mesodash.reports.stats.multiplicity import (
    false_discovery,
    looks_that_count,
    smallest_possible,
)
from mesodash.reports.stats.shrinkage import shrunken_ratios
from mesodash.reports.stats.strata import stratified_excesses

LEVEL: Final = 0.05
"""The false discovery rate below which a look is called, and the p-value below which it is told."""


@dataclass(frozen=True, slots=True)
class Tested(Comparison):
    """A comparison and its result.

    Attributes:
        p_value: of its exact test alone.
        corrected: the false discovery rate among the looks of its family at which it would be
            called.
        looks: how many looks of its family were taken.
        level: the strictest level at which one of them is called.
        shrunken: with_effect / expected, drawn towards 1 by what the looks at the same effect of
            its kind tell.
    """

    p_value: float
    corrected: float
    looks: int
    level: float
    shrunken: float

    @property
    def called(self) -> bool:
        """Whether it stands out among groups that were followed up as it was."""
        return self.corrected < LEVEL and not self.cover.difference


def _shrunken(looks: Sequence[Comparison]) -> list[float]:
    """The shrunken ratio of each look, among those of its kind, clinic and effect."""
    found = [1.0] * len(looks)
    alike: dict[tuple[str, str, str], list[int]] = {}
    for i, look in enumerate(looks):
        among = "" if look.kind == "clinic" else look.clinic
        alike.setdefault((look.kind, among, look.effect), []).append(i)
    for places in alike.values():
        # The numbers as if no patient came twice.
        effects = [looks[i].design_effect for i in places]
        seen = [looks[i].with_effect / d for i, d in zip(places, effects, strict=True)]
        usual = [looks[i].expected / d for i, d in zip(places, effects, strict=True)]
        for i, ratio in zip(places, shrunken_ratios(seen, usual), strict=True):
            found[i] = float(ratio)
    return found


def can_come_late(catalogue: Catalogue) -> frozenset[str]:
    """The effects that can come late, by the catalogue."""
    known = catalogue.side_effects.items()
    return frozenset(code for code, one in known if one.late_after_days is not None)


def tested(found: Compared, late: Collection[str]) -> list[Tested]:
    """Every look that was taken, with its p-value, alone and corrected within its family.

    Args:
        found: the looks.
        late: the effects that can come late.
    """
    strata = [look.effective for look in found.looks]
    p_values = stratified_excesses(strata)
    smallest = [smallest_possible(tables) for tables in strata]
    shrunken = _shrunken(found.looks)
    made: list[Tested] = []
    families = [(look.kind, look.effect in late) for look in found.looks]
    for family in dict.fromkeys(families):
        of = [i for i, one in enumerate(families) if one == family]
        # The level of a kind is shared by its families, so that the kind keeps it.
        shared = sum(kind == family[0] for kind, _late in set(families))
        least = [smallest[i] for i in of]
        rates = false_discovery([p_values[i] for i in of], least, LEVEL / shared)
        corrected = [min(1.0, rate * shared) for rate in rates]
        level = LEVEL / shared / looks_that_count(least, LEVEL / shared)
        made += [
            Tested(
                **{one.name: getattr(found.looks[i], one.name) for one in fields(Comparison)},
                p_value=p_values[i],
                corrected=rate,
                looks=len(of),
                level=level,
                shrunken=shrunken[i],
            )
            for i, rate in zip(of, corrected, strict=True)
        ]
    return made
