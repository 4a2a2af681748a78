"""Colour on the light: skin, lips, brows, lashes and a shaved scalp, for each phototype.

Colours are those of `data/body/skins.csv` (sRGB of each part where light falls full), parts that of
`data/body/tones.csv`; hairs are drawn one by one on the face chart, with a fixed seed.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import areas
import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

if TYPE_CHECKING:
    from pathlib import Path

    import figure
    import mesh
    from charts import Charts
    from views import View

CURVE = 2.2
FULL = {"body": 0.60, "face": 0.68, "crown": 0.66, "throat": 0.68}  # exposure
CONTRAST = {"body": 1.25, "face": 1.12, "crown": 1.12, "throat": 1.12}
GLOSS = {"II": 0.030, "V": 0.030}
GLOWS = 0.5  # how much warmer skin is where light leaves it
MOTTLE = 0.03
CUT = ("face", "throat")  # parts that the frame cuts off
LEAST_BLUR = 0.7  # pixels
KNEE, WHITEST = 0.68, 1.04  # from the first on bright light is compressed, up to the second
HAIR_SOFT_CM = 0.6
BROW_SHADE = 0.55  # of the soft shade under the hairs of a brow
FINE_HAIR = 3000  # cells of the hair drawing to the decimetre
FACE_LOW = np.array([0.0, 7.05])  # corner and size of the hair drawing on the face chart
FACE_SIZE = np.array([0.7, 0.55])
LASH_LINE = np.array([[0.185, 7.272], [0.24, 7.246], [0.32, 7.236], [0.41, 7.248], [0.472, 7.285]])
# Where blood shows: a joint of the rig, decimetres around it, how much.
WARM_JOINTS = (
    ("knee", 0.55, 0.55),
    ("elbow", 0.45, 0.7),
    ("ankle", 0.4, 0.3),
    *((f"finger-{n}-{i}", 0.10, 0.8) for n in range(1, 6) for i in range(2, 5)),
    *((f"toe-{n}-{i}", 0.14, 0.7) for n in range(1, 6) for i in range(2, 4)),
)
# The same on the face chart: across, along, across and along its radius, how much.
WARM_FACE = (
    (0.40, 6.98, 0.20, 0.20, 0.75),
    (0.0, 6.92, 0.14, 0.12, 0.75),
    (0.82, 7.1, 0.12, 0.28, 1.0),
    (0.0, 6.3, 0.18, 0.12, 0.35),
    (0.32, 7.24, 0.2, 0.10, 0.35),
)


@dataclass(frozen=True)
class Part:
    """The colour of a part on one skin."""

    colour: np.ndarray  # (3,) linear
    opacity: float


def read_skins(folder: Path) -> dict[str, dict[str, Part]]:
    """Read skins.csv: phototype -> part -> colour."""
    skins: dict[str, dict[str, Part]] = {}
    with (folder / "skins.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            colour = np.array([float(row[name]) for name in ("red", "green", "blue")]) / 255
            part = Part(colour**CURVE, float(row["opacity"]))
            skins.setdefault(row["phototype"], {})[row["part"]] = part
    return skins


def shares(
    drawing: figure.Drawing,
    surface: mesh.Surface,
    measured: Charts,
    declared: areas.Areas,
    folder: Path,
) -> dict[str, np.ndarray]:
    """How much of each pixel each part takes, 0 to 1, and `mottle`, the skin's own unevenness."""
    hits = drawing.hits
    points, arm = hits.sample(surface.reference), hits.sample(surface.fields["arm"])
    fine = hits.size[0] / drawing.height
    pixel = drawing.cm_per_px / fine / 10  # decimetres
    whole = hits.image(np.ones(len(points)), 0.0)

    def soft(inside: np.ndarray, soft_cm: float) -> np.ndarray:
        blur = max(soft_cm / 10 / pixel, LEAST_BLUR)
        share = ndimage.gaussian_filter(hits.image(inside.astype(float), 0.0), blur, truncate=3)
        body = ndimage.gaussian_filter(whole, blur, truncate=3)
        return np.clip(share / np.maximum(body, 1e-3), 0, 1)

    found: dict[str, np.ndarray] = {}
    for tone in areas.read_tones(folder):
        chart = tone.region.chart
        near = areas.belongs(chart, measured, points, arm)
        inside = np.zeros(len(points), dtype=bool)
        cells = areas.on_grid(chart, measured.place(chart, points[near]))
        inside[near] = areas.covered(tone.region, cells)
        found[tone.name] = soft(inside, tone.soft_cm)
    labels = declared.label(measured, points, arm)
    scalp = [i + 1 for i, (area, _) in enumerate(declared.order) if area.startswith("scalp.")]
    found["hair"] = soft(np.isin(labels, scalp), HAIR_SOFT_CM)
    found["hair"] = _shaved(found["hair"], hits, points, pixel)
    on_face = areas.belongs("face", measured, points, arm)
    for name, drawn in (("brow", brow_hairs()), ("lash", lash_hairs())):
        values = np.zeros(len(points))
        places = np.abs(points[on_face][:, 0]), points[on_face][:, 1]
        values[on_face] = _looked_up(drawn, *places, pixel)
        under = BROW_SHADE * found["brow"] if name == "brow" else 0.0
        found[name] = np.clip(under + hits.image(values, 0.0), 0, 1)
    found["warm"] = np.clip(hits.image(hits.sample(surface.fields["warm"]), 0.0), 0, 1)
    found["mottle"] = hits.image(hits.sample(surface.fields["mottle"]), 0.0)
    return found


def _shaved(share: np.ndarray, hits: figure.Hits, points: np.ndarray, pixel: float) -> np.ndarray:
    """Stubble: thinner towards the hair line, in dots where they are large enough to be seen."""
    size = 0.006  # decimetres between hairs
    cell = np.floor(points / size).astype(np.int64)
    mixed = (cell[:, 0] * 73856093) ^ (cell[:, 1] * 19349663) ^ (cell[:, 2] * 83492791)
    noise = ((mixed * 2654435761) % 4294967296) / 4294967296
    seen = np.clip(size / pixel / 3, 0, 1)  # fades where the dots are smaller than pixels
    grain = ndimage.gaussian_filter(hits.image(noise, 0.5), 0.8) - 0.5
    edge = np.clip(share, 0, 1) ** 1.3
    return np.clip(edge * (1 + 0.9 * seen * grain), 0, 1)


def brow_hairs() -> np.ndarray:
    """Hairs of the left brow on the face chart, 0 to 1."""
    random = np.random.default_rng(7)
    picture = Image.new("L", tuple((FACE_SIZE * FINE_HAIR).astype(int).tolist()), 0)
    draw = ImageDraw.Draw(picture)
    for _ in range(700):
        t = random.beta(1.25, 1.3)
        x = 0.115 + 0.44 * t
        arch = 0.048 * np.sin(min(t * 1.55, 1.0) * np.pi * 0.62)
        top = 7.432 + arch - 0.1 * max(0, t - 0.62) ** 1.2
        half = 0.026 * (1 - 0.75 * t) * min(1.0, 0.45 + 5 * t)
        y = top + random.uniform(-1, 1) * half
        steep = np.radians(78 - 75 * min(1, t * 1.9) + random.normal(0, 9))
        long = random.uniform(0.035, 0.06) * (1 - 0.35 * t)
        lean = 1 if y < top else 0.55
        end = x + long * np.cos(steep), y + long * np.sin(steep) * lean - 0.008 * t
        shade = int(random.uniform(80, 150) * min(1.0, 0.35 + 6 * t))
        draw.line([_cell(x, y), _cell(*end)], fill=shade, width=int(random.integers(5, 10)))
    return ndimage.gaussian_filter(np.asarray(picture, dtype=float) / 255, 2.0)


def lash_hairs() -> np.ndarray:
    """The closed lid's lashes on the face chart: a dark line and short hairs below it."""
    random = np.random.default_rng(11)
    picture = Image.new("L", tuple((FACE_SIZE * FINE_HAIR).astype(int).tolist()), 0)
    draw = ImageDraw.Draw(picture)
    at = np.linspace(0, 1, 60)
    x = np.interp(at, np.linspace(0, 1, len(LASH_LINE)), LASH_LINE[:, 0])
    y = np.polyval(np.polyfit(LASH_LINE[:, 0], LASH_LINE[:, 1], 4), x)
    draw.line([_cell(a, b) for a, b in zip(x, y, strict=True)], fill=190, width=20)
    for t in np.linspace(0.08, 0.92, 42) + random.normal(0, 0.006, 42):
        px, py = np.interp(t, at, x), np.interp(t, at, y)
        long = 0.020 + 0.022 * t + random.normal(0, 0.003)
        out = np.radians(-95 + 48 * t + random.normal(0, 4))
        tip = px + long * np.cos(out), py + long * np.sin(out)
        middle = px + 0.5 * long * np.cos(out - 0.25), py + 0.5 * long * np.sin(out - 0.25)
        draw.line([_cell(px, py), _cell(*middle), _cell(*tip)], fill=110, width=7)
    return ndimage.gaussian_filter(np.asarray(picture, dtype=float) / 255, 2.0)


def _cell(x: float, y: float) -> tuple[float, float]:
    across = (x - FACE_LOW[0]) * FINE_HAIR
    return float(across), float((FACE_LOW[1] + FACE_SIZE[1] - y) * FINE_HAIR)


def _looked_up(drawn: np.ndarray, x: np.ndarray, y: np.ndarray, pixel: float) -> np.ndarray:
    """The drawing at points of the face chart, averaged over a pixel of the view."""
    calm = ndimage.gaussian_filter(drawn, 0.42 * pixel * FINE_HAIR)
    row = (FACE_LOW[1] + FACE_SIZE[1] - y) * FINE_HAIR
    column = (x - FACE_LOW[0]) * FINE_HAIR
    return ndimage.map_coordinates(calm, [row, column], order=1, mode="constant")


def blood(source: mesh.Source, reference: np.ndarray) -> np.ndarray:
    """Where skin is warmer, 0 to 1 at each vertex: joints, cheeks, nose, ears, finger tips."""
    total = np.zeros(len(reference))
    for name, reach, share in WARM_JOINTS:
        for side in "lr":
            joint = source.joints.get(f"{side}-{name}")
            if joint is None:
                continue
            middle = source.base[joint].mean(0)
            away = np.linalg.norm(reference - middle, axis=1)
            total = np.maximum(total, share * np.exp(-((away / reach) ** 2)))
    x, y, z = np.abs(reference[:, 0]), reference[:, 1], reference[:, 2]
    for at_x, at_y, wide, high, share in WARM_FACE:
        near = np.exp(-(((x - at_x) / wide) ** 2) - ((y - at_y) / high) ** 2)
        total = np.maximum(total, share * near * (z > 0.2) * (y > 6))
    return total


def mottle(relaxed: list[np.ndarray]) -> np.ndarray:
    """Unevenness of the skin from noise smoothed to several sizes, about -1 to 1."""
    total = sum(layer / max(float(layer.std()), 1e-9) for layer in relaxed) / len(relaxed)
    return np.clip(total / 2, -1, 1)


def coloured(
    light: np.ndarray,
    gloss: np.ndarray,
    found: dict[str, np.ndarray],
    skin: dict[str, Part],
    part: str,
) -> np.ndarray:
    """The picture (h, w, 3), 0 to 255, of one phototype."""
    albedo = np.broadcast_to(skin["skin"].colour, light.shape).copy()
    albedo *= 1 + MOTTLE * found["mottle"][..., None] * np.array([0.5, 1.0, 0.9])
    for name in ("warm", "lips", "hair", "brow", "lash"):
        if name in found:
            share = (found[name] * skin[name].opacity)[..., None]
            albedo = albedo * (1 - share) + skin[name].colour * share
    level = (light * FULL[part]) ** CONTRAST[part]
    gap = found["mouth"][..., None]
    level = level * (1 - gap) + np.maximum(level, 0.42) * gap
    room = WHITEST - KNEE
    level = np.where(level > KNEE, KNEE + room * np.tanh((level - KNEE) / room), level)
    share = (found["mouth"] * skin["mouth"].opacity)[..., None]
    albedo = albedo * (1 - share) + skin["mouth"].colour * share
    middle = level.mean(axis=2, keepdims=True)
    lit = level * albedo ** (1 + GLOWS * (1 - np.clip(middle, 0, 1)))
    dull = 1 - 0.8 * found["hair"][..., None] - 0.6 * found["mouth"][..., None]
    shine = np.minimum(gloss, 6) * np.clip(dull, 0, 1)
    lit = lit + 0.02 * np.tanh(shine * 1.2)
    return 255 * np.clip(lit, 0, 1) ** (1 / CURVE)


def faded(alpha: np.ndarray, view: View) -> np.ndarray:
    """Opacity that runs out towards the frame where the frame cuts shoulders and chest."""
    if view.part not in CUT:
        return alpha
    height, width = alpha.shape
    down = np.arange(height) / height
    aside = np.minimum(np.arange(width), np.arange(width)[::-1]) / width
    shoulders = _ramp((down - 0.55) / 0.15)[:, None]
    sides = 1 - shoulders * (1 - _ramp((aside - 0.005) / 0.13)[None, :])
    return alpha * _ramp((1 - down) / 0.20)[:, None] * sides


def _ramp(place: np.ndarray) -> np.ndarray:
    at = np.clip(place, 0, 1)
    return at * at * (3 - 2 * at)
