"""Coarser birth years, skin types and sexes, so that nobody in a pseudonymised export is unique.

Every combination of birth-year band, sex and phototype that is in the export is shared by at least
five patients (k-anonymity by recoding and local suppression: Hundepool et al., Statistical
Disclosure Control, 2012, 3.2). Other facts of a patient may still be rare.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from mesodash.exchange.errors import ExchangeError
from mesodash.language import _

SMALLEST: Final = 5
BANDS: Final = (5, 10, 20, 40)
"""The widths of a band of birth years, the narrowest first; one width for a whole export."""

WORTH: Final = 20
"""A wider band is worth it if it keeps the birth year of more than one patient in so many."""

Person = tuple[int | None, str, str | None]
"""Birth year, sex, phototype; None is not known, or not disclosed."""


def coarsened(people: Mapping[str, Person]) -> dict[str, Person]:
    """What may be disclosed about each patient, by patient_id; the year is the first of its band.

    A patient whose combination fewer than five share loses the phototype, then the birth year,
    then the sex, as far as needed. Should that leave one to four without any, the smallest other
    group joins them.

    Raises:
        ExchangeError: there are one to four patients in all.
    """
    if 0 < len(people) < SMALLEST:
        raise ExchangeError(
            _(
                "The clinic has fewer than {smallest} patients, who might be known by"
                " their age and sex; export without --pseudonymised, or when there are"
                " more."
            ).format(smallest=SMALLEST)
        )
    tried = [_with_band(people, width) for width in BANDS]
    blanked = [sum(year is None for year, _sex, _phototype in told.values()) for told in tried]
    return next(
        told
        for told, count in zip(tried, blanked, strict=True)
        if (count - min(blanked)) * WORTH <= len(people)
    )


def _with_band(people: Mapping[str, Person], width: int) -> dict[str, Person]:
    told: dict[str, Person] = {
        name: (None if year is None else year // width * width, sex, phototype)
        for name, (year, sex, phototype) in people.items()
    }
    for step in (_without_phototype, _without_year, _without_sex):
        sizes = Counter(told.values())
        told = {n: step(one) if sizes[one] < SMALLEST else one for n, one in told.items()}
    left = Counter(told.values())
    if 0 < left[NOTHING] < SMALLEST:
        joining = _smallest(left)
        told = {n: NOTHING if one == joining else one for n, one in told.items()}
    return told


NOTHING: Final[Person] = (None, "unknown", None)


def _without_phototype(one: Person) -> Person:
    return (one[0], one[1], None)


def _without_year(one: Person) -> Person:
    return (None, one[1], None)


def _without_sex(_: Person) -> Person:
    return NOTHING


def _smallest(sizes: Counter[Person]) -> Person:
    """The smallest group other than the one without any facts; of equals the first in order."""
    others = [one for one in sizes if one != NOTHING]
    return min(others, key=lambda one: (sizes[one], str(one)))
