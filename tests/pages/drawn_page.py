"""What a drawn page shows, read from its blocks: words, tables, cards, charts."""

import html as entities
import re

from tests.conftest import TODAY

from mesodash.reports.core.filters import Filters
from mesodash.ui.parts.filters import preset

YEAR = Filters(period=preset("12_months", TODAY))


PAGES = ("volumes", "courses", "outcomes", "side_effects", "signals")


SINGLE = re.compile(r"\b[PS]-\d{4,}\b")


def text(page):
    """All words on the page that our own templates drew."""
    bodies = " ".join(block.proto.body for block in page.get("html"))
    return " ".join(entities.unescape(re.sub(r"<[^>]+>", " ", bodies)).split())


def table(page, title):
    """The rows of the table with this title, cells as text; {first cell: other cells}."""
    found = re.compile(rf'aria-label="{re.escape(title)}, table">(.*?)</table>', re.DOTALL)
    (body,) = (m[1] for block in page.get("html") if (m := found.search(block.proto.body)))
    rows = {}
    for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)[1:]:
        first, *others = (
            entities.unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        )
        rows[first] = others
    return rows


def measures(page):
    """The cards: {label: number}."""
    (body,) = (
        block.proto.body for block in page.get("html") if 'class="md-measures"' in block.proto.body
    )
    labels = re.findall(r'<div class="md-quiet">([^<]*)</div>\s*<div class="md-number">', body)
    numbers = re.findall(r'<div class="md-number">([^<]*)</div>', body)
    return dict(zip(labels, numbers, strict=True))


def charts(page):
    return [chart.proto.alt for chart in page.get("plotly_chart")]


def body_of(page, title):
    found = re.compile(rf'aria-label="{re.escape(title)}, table">(.*?)</table>', re.DOTALL)
    (body,) = (m[1] for block in page.get("html") if (m := found.search(block.proto.body)))
    return body
