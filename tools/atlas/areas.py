"""Which area a point of the body belongs to, from the outlines drawn on the charts."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from skimage.draw import polygon2mask

if TYPE_CHECKING:
    from pathlib import Path

    from charts import Charts

# Extent and grain of each chart: low corner, high corner, cells per unit of across and along.
GRIDS = {
    "trunk": ((0, -1.6), (180, 6.6), (10, 400)),
    "leg": ((-180, -0.6), (180, 2.4), (6, 900)),
    "arm": ((-180, -2.1), (180, 3.6), (6, 600)),
    "face": ((0, 5.6), (1, 8.6), (1500, 1500)),
    "side": ((-1.0, 5.0), (1.8, 8.6), (1000, 1000)),
    "front": ((0, 3.6), (2.0, 5.6), (1000, 1000)),
    "crown": ((0, -180), (180, 180), (12, 12)),
}
TURNING = ("leg", "arm")  # charts whose angle closes on itself
STEPS = 12  # points put on the curve between two given ones


@dataclass(frozen=True)
class Region:
    """One painted outline; a later one lies over an earlier one."""

    area: str  # empty where it only clears
    side: str  # pair, midline or none
    chart: str
    outline: np.ndarray  # (n, 2) the smooth closed curve


@dataclass(frozen=True)
class Areas:
    """The declared areas in reading order and the regions that paint them."""

    order: tuple[tuple[str, str], ...]  # (area, side) with right before left
    regions: tuple[Region, ...]

    def label(
        self, charts: Charts, points: np.ndarray, arm: np.ndarray
    ) -> np.ndarray:
        """Number of the area, 1 for the first of `order`, 0 for none, at reference points."""
        number = {pair: i + 1 for i, pair in enumerate(self.order)}
        found = np.zeros(len(points), dtype=np.int16)
        left = points[:, 0] > 0
        for chart in dict.fromkeys(region.chart for region in self.regions):
            if chart not in GRIDS:
                raise ValueError(f"There is no chart called {chart!r}.")
        places: dict[str, np.ndarray] = {}
        masks: dict[str, np.ndarray] = {}
        for region in self.regions:
            chart = region.chart
            if chart not in places:
                masks[chart] = belongs(chart, charts, points, arm)
                places[chart] = charts.place(chart, points[masks[chart]])
            inside = np.zeros(len(points), dtype=bool)
            inside[masks[chart]] = covered(region, places[chart])
            if region.side == "pair":
                found[inside & left] = number[region.area, "left"]
                found[inside & ~left] = number[region.area, "right"]
            else:
                found[inside] = number[region.area, "midline"] if region.area else 0
        return found


def belongs(chart: str, charts: Charts, points: np.ndarray, arm: np.ndarray) -> np.ndarray:
    """Where a chart may be used: the arm's on the arm, the face's in front, and so on."""
    x, y, z = points.T
    on_arm = arm >= 0.5  # noqa: PLR2004 - the arm leads
    if chart == "arm":
        return on_arm
    if chart == "front":
        return z > np.interp(y, charts.levels, charts.centre) - 0.35
    if chart == "face":
        return ~on_arm & (z > 0.6) & (y > 5.6)  # noqa: PLR2004 - before the ears, above the chest
    if chart in ("side", "crown"):
        return ~on_arm & (y > 5.0) & (np.abs(x) < 1.2)  # noqa: PLR2004 - head and neck
    return ~on_arm


def covered(region: Region, places: np.ndarray) -> np.ndarray:
    """True at the places inside the region's outline."""
    low, high, grain = (np.array(part, dtype=float) for part in GRIDS[region.chart])
    size = np.ceil((high - low) * grain).astype(int) + 1
    shifts = (-360, 0, 360) if region.chart in TURNING else (0,)
    mask = np.zeros(size, dtype=bool)
    for shift in shifts:
        moved = (region.outline + [shift, 0] - low) * grain
        if (moved.max(0) < 0).any() or (moved.min(0) > size).any():
            continue
        mask |= polygon2mask(tuple(size), moved)
    cell = np.round((places - low) * grain).astype(int)
    fits = ((cell >= 0) & (cell < size)).all(1)
    cell = np.clip(cell, 0, size - 1)
    return fits & mask[cell[:, 0], cell[:, 1]]


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
        regions.append(Region(row["area"], row["side"], row["chart"], curve(row["outline"])))
    return Areas(tuple(order), tuple(regions))


def curve(text: str) -> np.ndarray:
    """A closed curve through points `x,y`; a point marked `!` is a corner, others are round.

    Catmull-Rom between corners, its tangent at a corner pointing straight to the next point.
    """
    points, corner = [], []
    for part in text.split():
        corner.append(part.endswith("!"))
        points.append([float(value) for value in part.rstrip("!").split(",")])
    given = np.array(points)
    count = len(given)
    out = []
    share = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    for i in range(count):
        a, b = given[i], given[(i + 1) % count]
        before = a if corner[i] else given[i - 1]
        after = b if corner[(i + 1) % count] else given[(i + 2) % count]
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
