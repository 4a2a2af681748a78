"""Asking the reports that pages will ask for, before anybody waits for them."""

import time
from collections.abc import Callable, Iterator
from datetime import date

from mesodash.catalogue.types import Catalogue
from mesodash.reports.filters import Filters
from mesodash.reports.reader import Reader
from mesodash.ui.filters import preset, previous

PERIOD = "12_months"
# Between two questions the interpreter is left to the people who are clicking already.
PAUSE_S = 0.3


def questions(catalogue: Catalogue, today: date) -> Iterator[tuple[str, Filters, tuple[str, ...]]]:
    """What the pages ask as they open, then what each area's panel asks, most treated first.

    Yields:
        (report, filters, keys), `curves` among the reports.
    """
    year = preset(PERIOD, today)
    yield "volumes", Filters(period=year), ("area", "side")
    yield "volumes", Filters(), ("practitioner",)
    yield "volumes", Filters(period=year), ()
    yield "volumes", Filters(period=year), ("month",)
    yield "volumes", Filters(period=previous(year) or year), ()
    yield "side_effects", Filters(period=year), ("effect",)
    yield "curves", Filters(period=year), ("effect",)
    yield "outcomes", Filters(period=year), ("protocol", "scale")
    for area in catalogue.areas.values():
        if area.leaf:
            yield "outcomes", Filters(areas=(area.code,)), ("protocol", "scale")
            yield "side_effects", Filters(areas=(area.code,)), ("effect",)


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
