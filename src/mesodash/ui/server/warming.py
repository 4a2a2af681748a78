"""Asking the reports that pages will ask for, before anybody waits for them."""

import time
from collections.abc import Callable, Iterator
from datetime import date

from mesodash.catalogue.types import Catalogue
from mesodash.reports.filters import Filters
from mesodash.reports.reader import Reader
from mesodash.ui.filters import preset

PERIOD = "12_months"
OPENING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("volumes", ("area", "side")),
    ("volumes", ()),
    ("volumes", ("month",)),
    ("volumes", ("protocol",)),
    ("attendance", ()),
    ("attendance", ("practitioner",)),
    ("products", ("product",)),
    ("products", ("product", "lot")),
    ("side_effects", ("effect",)),
    ("curves", ("effect",)),
    ("resolution", ("effect",)),
    ("promises", ("effect", "protocol")),
    ("outcomes", ("protocol", "scale")),
    ("trajectory", ("protocol", "scale")),
    ("individual_lines", ("protocol", "scale")),
    ("levels", ("scale", "protocol")),
    ("followed_up", ()),
    ("followed_up", ("protocol",)),
    ("courses", ()),
    ("courses", ("protocol",)),
    ("completion", ()),
    ("completion", ("protocol",)),
    ("stopping", ()),
    ("first_session", ()),
    ("first_session", ("protocol",)),
    ("gaps", ("protocol",)),
    ("top_ups", ("protocol",)),
    ("signals", ()),
    ("looks", ("kind", "effect")),
    ("late", ("effect",)),
)
"""What the review pages ask as they open."""
# Between two questions the interpreter is left to the people who are clicking already.
PAUSE_S = 0.3


def questions(catalogue: Catalogue, today: date) -> Iterator[tuple[str, Filters, tuple[str, ...]]]:
    """What the pages ask as they open, then what an area's panel asks.

    One area is enough: a question about another one has the same shape, which is compiled by then.

    Yields:
        (report, filters, keys), `curves` among the reports.
    """
    from mesodash.reports.periods import before, year_before  # noqa: PLC0415 - slow to import

    year = preset(PERIOD, today)
    for name, by in OPENING:
        yield name, Filters(period=year), by
    for earlier in dict.fromkeys((before(year), year_before(year))):  # of a year both are one
        yield "volumes", Filters(period=earlier or year), ()
        yield "volumes", Filters(period=earlier or year), ("protocol",)
    for key in ("practitioner", "clinic"):
        yield "volumes", Filters(), (key,)
    area = next(area.code for area in catalogue.areas.values() if area.leaf)
    for name, by in (
        ("outcomes", ("protocol", "scale")),
        ("side_effects", ("protocol", "effect")),
        ("side_effects", ("effect",)),
    ):
        yield name, Filters(areas=(area,)), by


def warm(
    reader: Reader,
    catalogue: Catalogue,
    today: date,
    *,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Ask every question once, so that the reader remembers the answers; return how many."""
    asked = 0
    for name, filters, by in questions(catalogue, today):
        if name == "curves":
            reader.curves(filters, by)
        else:
            reader.report(name, filters, by)
        asked += 1
        pause(PAUSE_S)
    return asked
