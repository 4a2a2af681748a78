"""Fine forms that the smooth mesh lacks: what light shows of bone and muscle under the skin.

Two layers, both heights along the normal: the shape targets of a trained and of a lean body, of
which only the fine part is kept, and strokes of `data/body/relief.csv` drawn on the reference mesh.
They are for the light alone: areas, outlines and sizes are those of the mesh without them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mesh
import numpy as np
from areas import belongs
from figure import NIPPLE_REACH, nipples
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from pathlib import Path

    from charts import Charts

TRAINED = {"female": 0.35, "male": 0.55}  # share of the fine forms of a trained body
LEAN = {"female": 0.30, "male": 0.35}
COARSE_ROUNDS = 40  # what survives so much smoothing is shape, not detail
MOST = 0.035  # decimetres: no fine form is higher
NECK, NECK_FADE = 5.75, 0.6  # decimetres of the reference mesh: none above, all below
STEP = 0.01  # decimetres between the points of a stroke


@dataclass(frozen=True)
class Stroke:
    """A ridge or a groove along a line on the reference mesh."""

    chart: str
    height: dict[str, float]  # decimetres, by figure
    width: float  # decimetres from the line to 1/e of its height
    points: np.ndarray  # (n, 2) on the chart


def read_strokes(folder: Path) -> list[Stroke]:
    """Read relief.csv."""
    with (folder / "relief.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Stroke(
            row["chart"],
            {sex: float(row[f"{sex}_mm"]) / 100 for sex in mesh.FIGURES},
            float(row["width_cm"]) / 10,
            np.array([pair.split(",") for pair in row["points"].split()], dtype=float),
        )
        for row in rows
    ]


def trained(source: mesh.Source, sex: str) -> np.ndarray:
    """Heights (BODY,) of the fine forms of a trained, lean body over the average one."""
    plain = mesh.shape(source, sex)[: mesh.BODY]
    normals = mesh.vertex_normals(plain, mesh.split_quads(source.quads))
    average = source.targets[f"{sex}-build"]
    total = np.zeros(mesh.BODY)
    for kind, share in (("trained", TRAINED[sex]), ("lean", LEAN[sex])):
        change = (source.targets[f"{sex}-{kind}"] - average)[: mesh.BODY]
        height = np.einsum("nd,nd->n", change, normals)
        column = np.repeat(height[:, None], 1, axis=1)
        coarse = mesh.relax(column, source.quads, np.full(mesh.BODY, 0.5), COARSE_ROUNDS)[:, 0]
        total += share * (height - coarse)
    away = np.min([np.linalg.norm(plain - tip, axis=1) for tip in nipples(source, plain)], axis=0)
    height = source.base[: mesh.BODY, 1]
    here = np.clip(away / NIPPLE_REACH - 1, 0, 1) * np.clip((NECK - height) / NECK_FADE, 0, 1)
    return MOST * np.tanh(total / MOST) * here


def drawn(
    strokes: list[Stroke], sex: str, charts: Charts, reference: np.ndarray, arm: np.ndarray
) -> np.ndarray:
    """Heights (n,) of the strokes at points of the reference mesh, both sides alike."""
    folded = reference * [1, 1, 1]
    folded[:, 0] = np.abs(folded[:, 0])
    total = np.zeros(len(folded))
    cache: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
    for stroke in strokes:
        if not stroke.height[sex]:
            continue
        if stroke.chart not in cache:
            near = np.flatnonzero(_side(stroke.chart, charts, folded, arm))
            places = _places(stroke.chart, charts, folded[near])
            cache[stroke.chart] = near, places, folded[near]
        near, places, points = cache[stroke.chart]
        line = _on_skin(stroke, places, points)
        tree = cKDTree(line[:, :3])
        away, which = tree.query(points, distance_upper_bound=3 * stroke.width)
        hit = np.flatnonzero(np.isfinite(away))
        faded = line[which[hit], 3]
        total[near[hit]] += stroke.height[sex] * faded * np.exp(-((away[hit] / stroke.width) ** 2))
    return total


def _side(chart: str, charts: Charts, points: np.ndarray, arm: np.ndarray) -> np.ndarray:
    if chart in ("front", "rear"):
        centre = np.interp(points[:, 1], charts.levels, charts.centre)
        return (arm < 0.4) & ((points[:, 2] > centre) == (chart == "front"))
    return belongs(chart, charts, points, arm)


def _places(chart: str, charts: Charts, points: np.ndarray) -> np.ndarray:
    if chart in ("front", "rear", "face"):
        return points[:, :2]
    return charts.place(chart, points) * [1 / 90, 1.0]


def _on_skin(stroke: Stroke, places: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points on the skin along the stroke, each (x, y, z, share); a line fades at its ends."""
    given = stroke.points if stroke.chart != "arm" else stroke.points * [1 / 90, 1.0]
    if len(given) > 1:
        length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(given, axis=0), axis=1))])
        at = np.arange(0, length[-1] + STEP / 2, STEP)
        given = np.stack([np.interp(at, length, given[:, i]) for i in range(2)], axis=1)
    _, nearest = cKDTree(places).query(given)
    along = np.linspace(0, 1, len(given)) if len(given) > 1 else np.array([0.5])
    share = np.clip(np.minimum(along, 1 - along) * 5 + 0.25, 0, 1)
    on_midline = np.abs(stroke.points[:, 0]).max() == 0
    skin = points[nearest]
    if on_midline:
        skin = skin * [0, 1, 1]
    # The nearest vertex jumps from one to the next: the line is smoothed.
    if len(skin) > 8:
        kernel = np.ones(7) / 7
        padded = np.pad(skin, ((3, 3), (0, 0)), mode="edge")
        skin = np.stack([np.convolve(padded[:, i], kernel, "valid") for i in range(3)], axis=1)
    return np.column_stack([skin, share])
