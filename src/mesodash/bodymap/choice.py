"""Chosen areas of the body and their form in a page's address; draws nothing."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from mesodash.language import _

SIDES: tuple[str, ...] = ("left", "right", "both", "midline")
# An address is text a stranger may have written: more than this is not a choice a person made.
MOST_AREAS = 80
_CODE = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*", re.ASCII)
_LONGEST_CODE = 64


@dataclass(frozen=True, slots=True, order=True)
class AreaSide:
    """One area on one side of the patient's body, such as the left cheek.

    Attributes:
        area: an area's code, such as `abdomen.lower`.
        side: `left`, `right`, `both` or `midline`, always the patient's.
    """

    area: str
    side: str

    def __post_init__(self) -> None:
        if not is_code(self.area):
            raise ValueError("An area is a lower snake case code with dots, as in abdomen.lower.")
        if self.side not in SIDES:
            raise ValueError(f"A side is one of {', '.join(SIDES)}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `area|side`, the form the figure's front end sends.

        Raises:
            ValueError: the text is not an area and a side.
        """
        area, bar, side = text.partition("|")
        if not bar:
            raise ValueError("An area and its side are written area|side.")
        return cls(area, side)

    @classmethod
    def of(cls, key: "AreaSide | tuple[str, str]") -> "AreaSide":
        """Take either an AreaSide or a pair (area, side)."""
        return key if isinstance(key, AreaSide) else AreaSide(*key)

    def __str__(self) -> str:
        return f"{self.area}|{self.side}"


@dataclass(frozen=True, slots=True)
class ReadChoice:
    """The content of an address: the chosen areas, and a sentence for each part left out."""

    chosen: tuple[AreaSide, ...] = ()
    problems: tuple[str, ...] = field(default=())


def is_code(text: str) -> bool:
    """Say whether a text has the form of a code (not whether the catalogue knows it)."""
    return len(text) <= _LONGEST_CODE and _CODE.fullmatch(text) is not None


def read_choice(
    areas: Sequence[str], sides: Sequence[str], known: Collection[AreaSide]
) -> ReadChoice:
    """Read the chosen areas out of an address, `?area=abdomen.lower&side=midline`.

    Several areas are repeated parameters or comma lists; the first side belongs to the first
    area and so on. `both` chooses the left and the right. A missing side is filled in only if the
    area has just one: left and right are never guessed.

    Args:
        areas: every value of the parameter `area`, in the order of the address.
        sides: every value of the parameter `side`.
        known: the areas and sides that may be chosen.

    Returns:
        The known choices, each once, in the order of the address, and what was left out and why.
    """
    allowed = frozenset(known)
    wanted, given = _split(areas), _split(sides)
    chosen: dict[AreaSide, None] = {}
    problems: dict[str, None] = {}
    if len(wanted) > MOST_AREAS:
        text = _("The address names more than {n} areas; only the first were taken.")
        problems[text.format(n=MOST_AREAS)] = None
    for index, area in enumerate(wanted[:MOST_AREAS]):
        found, problem = _resolve(area, given[index] if index < len(given) else "", allowed)
        chosen.update(dict.fromkeys(found))
        if problem:
            problems[problem] = None
    if len(given) > len(wanted):
        text = _("The address has more sides than areas; the sides left over were ignored.")
        problems[text] = None
    return ReadChoice(tuple(chosen), tuple(problems))


def write_choice(chosen: Iterable[AreaSide]) -> dict[str, str]:
    """Write the chosen areas as the address's parameters; nothing chosen gives no parameters."""
    once = tuple(dict.fromkeys(chosen))
    if not once:
        return {}
    return {
        "area": ",".join(item.area for item in once),
        "side": ",".join(item.side for item in once),
    }


def only_known(
    items: Iterable[object], known: Mapping[AreaSide, object] | Collection[AreaSide]
) -> tuple[AreaSide, ...]:
    """Keep what a browser sent only where it is a known area and side, each once, in order.

    Args:
        items: what came over the wire: `area|side` texts if all is well, anything if not.
        known: the areas and sides that may be chosen.
    """
    by_text = {str(item): item for item in known}
    found = (by_text[item] for item in items if isinstance(item, str) and item in by_text)
    return tuple(dict.fromkeys(found))


def _split(values: Sequence[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",")] if any(values) else []


def _resolve(
    area: str, side: str, known: frozenset[AreaSide]
) -> tuple[tuple[AreaSide, ...], str | None]:
    if not is_code(area):
        # Not repeated back: the text may be anything, even an instruction to the reader.
        return (), _("The address holds something that is not an area; it was left out.")
    here = sorted(item for item in known if item.area == area)
    if not here:
        text = _("The area {area} in the address is not on this map; it was left out.")
        return (), text.format(area=area)
    if side == "both" and AreaSide(area, "both") not in known:
        pair = tuple(item for item in here if item.side in {"left", "right"})
        if len(pair) == 2:
            return pair, None
    if side in SIDES and AreaSide(area, side) in known:
        return (AreaSide(area, side),), None
    if not side and len(here) == 1:
        return (here[0],), None
    text = _("The address gives {area} no side it has; add one of: {sides}.")
    return (), text.format(area=area, sides=", ".join(f"side={item.side}" for item in here))
