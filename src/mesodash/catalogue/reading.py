"""How thoroughly a row's sources were read: full text, abstract, or a page that describes them."""

from collections.abc import Sequence
from typing import Final

from mesodash.catalogue.rows.sources import HowRead
from mesodash.catalogue.types import Catalogue

BEST_FIRST: Final[tuple[HowRead, ...]] = (
    "text",
    "label",
    "abstract",
    "secondary",
    "not_read",
    "choice",
)
"""A choice of the catalogue's own comes last: beside a source it says nothing about how that was
read."""
SECOND_HAND: Final = frozenset({"secondary", "not_read"})
"""Nobody on this project has seen the source itself."""


def best_read(catalogue: Catalogue, keys: Sequence[str]) -> HowRead | None:
    """How thoroughly the best-read of these sources was read; None without sources."""
    read = {catalogue.sources[key].how_read for key in keys}
    return next((how for how in BEST_FIRST if how in read), None)


def row_read(catalogue: Catalogue, part: str, code: str) -> HowRead | None:
    """How the source of a row's figures was read.

    Decided by what was found when the row was checked against its sources; if it never was, by how
    these sources were read as a whole. None where the row names no source.

    Args:
        catalogue: the catalogue.
        part: the row's file, without `.csv`.
        code: the row's.
    """
    held = {
        passage.how_read
        for passage in catalogue.passages_of(part, code)
        if passage.finding != "not_in_source"
    }
    found = next((how for how in BEST_FIRST if how in held), None)
    keys: tuple[str, ...] = getattr(getattr(catalogue, part)[code], "sources", ())
    return found or best_read(catalogue, keys)


def is_second_hand(catalogue: Catalogue, part: str, code: str) -> bool:
    """Whether nothing better than a page that describes the source was read for a row."""
    return row_read(catalogue, part, code) in SECOND_HAND
