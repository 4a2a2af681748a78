"""Which area a point of the body belongs to, from the outlines drawn on the charts."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from pathlib import Path

    from charts import Charts

# Where each chart's grid starts, and its cells per unit across and along.
GRIDS = {
    "trunk": ((0, -2), (10, 400)),
    "leg": ((-180, -1), (6, 900)),
    "arm": ((-180, -2), (6, 600)),
    "face": ((0, 5), (1500, 1500)),
    "side": ((-2, 5), (1000, 1000)),
    "front": ((0, 3), (1000, 1000)),
    "crown": ((0, -180), (12, 12)),
}
ARM_LEADS = 0.4  # share of the arm's bones in a point from which it counts as arm
TURNING = ("leg", "arm")  # charts whose angle closes on itself
STEPS = 12  # points put on the curve between two given ones


@dataclass(frozen=True)
class Region:
    """One painted outline; a later one lies over an earlier one."""

    area: str  # empty where it only clears
    side: str  # pair, midline or none
    chart: str
    stamps: tuple[tuple[np.ndarray, np.ndarray], ...]  # the filled outline, see stamp()


@dataclass(frozen=True)
class Tone:
    """A part of the picture with a colour of its own: brows, lips."""

    name: str
    region: Region
    soft_cm: float  # how far its edge is blurred


@dataclass(frozen=True)
class Areas:
    """The declared areas in reading order and the regions that paint them."""

    order: tuple[tuple[str, str], ...]  # (area, side) with right before left
    regions: tuple[Region, ...]

    def label(self, charts: Charts, points: np.ndarray, arm: np.ndarray) -> np.ndarray:
        """Number of the area, 1 for the first of `order`, 0 for none, at reference points."""
        number = {pair: i + 1 for i, pair in enumerate(self.order)}
        found = np.zeros(len(points), dtype=np.int16)
        left = points[:, 0] > 0
        cells: dict[str, np.ndarray] = {}
        masks: dict[str, np.ndarray] = {}
        for region in self.regions:
            chart = region.chart
            if chart not in cells:
                masks[chart] = belongs(chart, charts, points, arm)
                cells[chart] = on_grid(chart, charts.place(chart, points[masks[chart]]))
            inside = np.zeros(len(points), dtype=bool)
            inside[masks[chart]] = covered(region, cells[chart])
            if region.side == "pair":
                found[inside & left] = number[region.area, "left"]
                found[inside & ~left] = number[region.area, "right"]
            else:
                found[inside] = number[region.area, "midline"] if region.area else 0
        return found


def belongs(chart: str, charts: Charts, points: np.ndarray, arm: np.ndarray) -> np.ndarray:
    """Where a chart may be used: the arm's on the arm, the face's in front, and so on."""
    x, y, z = points.T
    on_arm = arm >= ARM_LEADS
    if chart == "arm":
        return on_arm
    if chart == "front":
        return z > np.interp(y, charts.levels, charts.centre) - 0.35
    if chart == "face":
        # In front of the ears above, in front of the throat below.
        return ~on_arm & (z > np.interp(y, [6.2, 6.7], [1.05, 0.6])) & (y > 5.6)
    if chart == "crown":
        return ~on_arm & (y > 5.9)
    if chart == "side":
        return ~on_arm & (y > 5.0) & (np.abs(x) < 1.2)
    return ~on_arm


def on_grid(chart: str, places: np.ndarray) -> np.ndarray:
    """Cells (n, 2) of the chart's grid at places on it."""
    low, grain = GRIDS[chart]
    return np.round((places - low) * grain).astype(np.int32)


def covered(region: Region, cells: np.ndarray) -> np.ndarray:
    """True at the cells inside the region's outline."""
    found = np.zeros(len(cells), dtype=bool)
    for mask, corner in region.stamps:
        x, y = (cells[:, i] - np.int32(corner[i]) for i in range(2))
        fits = np.flatnonzero((x >= 0) & (x < mask.shape[0]) & (y >= 0) & (y < mask.shape[1]))
        found[fits] |= mask[x[fits], y[fits]]
    return found


def stamp(outline: np.ndarray, chart: str) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """The outline filled on the chart's grid: masks, each with the cell of its low corner."""
    low, grain = (np.array(part, dtype=float) for part in GRIDS[chart])
    made = []
    for shift in (-360, 0, 360) if chart in TURNING else (0,):
        cells = (outline + np.array([shift, 0]) - low) * grain
        if chart in TURNING and (cells[:, 0].max() < 0 or cells[:, 0].min() > 360 * grain[0]):
            continue
        corner = np.floor(cells.min(0)).astype(int)
        size = np.ceil(cells.max(0)).astype(int) - corner + 1
        picture = Image.new("1", tuple(size[::-1].tolist()))
        ImageDraw.Draw(picture).polygon(
            [(y, x) for x, y in (cells - corner).tolist()], fill=1, outline=1
        )
        made.append((np.array(picture, dtype=bool), corner))
    return tuple(made)


def read_areas(folder: Path) -> Areas:
    """Read areas.csv and regions.csv; a region of an undeclared area is an error."""
    with (folder / "areas.csv").open(encoding="utf-8", newline="") as file:
        declared = [(row["area"], row["side"]) for row in csv.DictReader(file)]
    order = []
    for area, side in declared:
        order += [(area, "right"), (area, "left")] if side == "pair" else [(area, "midline")]
    with (folder / "regions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    regions = []
    for number, row in enumerate(rows, start=2):
        if row["area"] and (row["area"], row["side"]) not in declared:
            raise ValueError(
                f"regions.csv line {number}: {row['area']} {row['side']} is not in areas.csv."
            )
        if row["chart"] not in GRIDS:
            raise ValueError(f"regions.csv line {number}: there is no chart {row['chart']!r}.")
        filled = stamp(curve(row["outline"]), row["chart"])
        regions.append(Region(row["area"], row["side"], row["chart"], filled))
    return Areas(tuple(order), tuple(regions))


def read_tones(folder: Path) -> list[Tone]:
    """Read tones.csv."""
    with (folder / "tones.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Tone(
            row["name"],
            Region("", "none", row["chart"], stamp(curve(row["outline"]), row["chart"])),
            float(row["soft_cm"]),
        )
        for row in rows
    ]


def curve(text: str) -> np.ndarray:
    """A closed curve through points `x,y`; `!` marks a corner, `|` one on the midline.

    Catmull-Rom between corners, its tangent at a corner pointing straight to the next point. On the
    midline the curve runs on into its mirror image without a kink.
    """
    points, mark = [], []
    for part in text.split():
        mark.append(part[-1] if part[-1] in "!|" else "")
        points.append([float(value) for value in part.rstrip("!|").split(",")])
    given = np.array(points)
    count = len(given)
    out = []
    share = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    for i in range(count):
        a, b = given[i], given[(i + 1) % count]
        before = _beyond(a, b, mark[i], given[i - 1])
        after = _beyond(b, a, mark[(i + 1) % count], given[(i + 2) % count])
        out.append(
            0.5
            * (
                2 * a
                + (b - before) * share
                + (2 * before - 5 * a + 4 * b - after) * share**2
                + (3 * a - before - 3 * b + after) * share**3
            )
        )
    return np.concatenate(out)


def _beyond(end: np.ndarray, other: np.ndarray, mark: str, next_one: np.ndarray) -> np.ndarray:
    """The point that bends a curve at its end."""
    if mark == "|":
        return np.array([2 * end[0] - other[0], other[1]])
    return end if mark == "!" else next_one
