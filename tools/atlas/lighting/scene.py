"""The light of each view: what the renderer is asked, and its answer as the atlas needs it.

The renderer draws one light for each pair of views that mirror each other, at `SCALE` pixels to a
pixel of the paths; the answer is brought to the frame of the atlas, so that outlines stay in place.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import figure
import mesh
import numpy as np
import pose
from lighting import relief
from scipy import ndimage
from views import HEIGHT, VIEWS, View

if TYPE_CHECKING:
    import charts

SCRIPT = Path(__file__).with_name("renderer.py")
SCALE = 1.5
SAMPLES = {"body": 8, "face": 7, "throat": 7}
SUBSURFACE = {"body": 0.0, "face": 0.6, "throat": 0.6}
# Place in the eye's frame (right, up, toward), size and strength: key, fill, two from behind.
LAMPS = {
    "body": (
        (-0.9, 0.9, 1.25, 0.55, 42),
        (1.3, 0.1, 0.8, 0.9, 8),
        (0.9, 0.7, -1.0, 0.5, 14),
        (-0.9, 0.6, -1.1, 0.5, 9),
    ),
    "face": (
        (-0.85, 0.85, 1.35, 0.7, 42),
        (1.3, 0.1, 0.9, 1.0, 11),
        (0.9, 0.7, -1.0, 0.5, 12),
        (-0.9, 0.6, -1.1, 0.5, 9),
    ),
}
ROOM = 0.28
MIRRORS = {"right": "left", "face_right": "face_left"}  # drawn as the mirror image of the other
WRAP, SHARP = 0.15, 14.0  # of the dome: softness of the lamps, width of the gloss
SURE = 0.97  # from this cover on a pixel's light is the skin's own


@dataclass(frozen=True)
class Light:
    """Light and gloss (h, w, 3) on the skin, in the frame of the view's picture."""

    light: np.ndarray
    gloss: np.ndarray
    cover: np.ndarray  # (h, w) how much of each pixel the renderer found the figure in


def draw(
    renderer: Path, source: mesh.Source, measured: charts.Charts, sex: str, view: View, folder: Path
) -> Path:
    """The light of one view as a file; drawn only where it is not there yet."""
    path = path_of(folder, sex, view)
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    if view.part == "crown":
        np.savez(path, **on_dome(figure.build(source, sex, view.pose, 2), view))
        return path
    view = next(one for one in VIEWS if one.name == MIRRORS.get(view.name, view.name))
    with tempfile.TemporaryDirectory() as aside:
        job, answer = Path(aside) / "job.npz", Path(aside) / "answer.npz"
        np.savez(job, **asked(source, measured, sex, view))
        words = [renderer, SCRIPT, job, answer]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - the builder's
        answer.replace(path)
    return path


def path_of(folder: Path, sex: str, view: View) -> Path:
    """Where the light of a view is kept."""
    return folder / f"{sex}-{MIRRORS.get(view.name, view.name)}.npz"


def asked(
    source: mesh.Source, measured: charts.Charts, sex: str, view: View
) -> dict[str, np.ndarray]:
    """What renderer.py needs for a view: the surface with its fine forms, the eye, the lamps."""
    carried = {"fine": relief.trained(source, sex), "quiet": shadowless(source, view)}
    surface = figure.build(source, sex, view.pose, 2, carried)
    strokes = relief.read_strokes(Path(__file__).resolve().parents[3] / "data" / "body")
    height = surface.fields["fine"] + relief.drawn(
        strokes, sex, measured, surface.reference, surface.fields["arm"]
    )
    points = surface.points + height[:, None] * surface.normals
    normals = mesh.vertex_normals(points, surface.triangles)
    frame = figure.frame(surface, view)
    right, up, toward = view.axes()
    used, triangles = np.unique(frame.triangles, return_inverse=True)
    span = HEIGHT / frame.scale
    lamps = LAMPS["body" if view.part == "body" else "face"]
    return {
        "points": points[used],
        "normals": normals[used],
        "triangles": triangles.reshape(-1, 3),
        "shadowless": surface.fields["quiet"][frame.triangles].mean(1) > 0.5,
        "right": right,
        "up": up,
        "toward": toward,
        "centre": np.array(frame.centre()),
        "depth": np.array((points[used] @ toward).mean()),
        "span": np.array(span),
        "reach": np.array(span),
        "pixels": np.array([round(frame.width * SCALE), round(HEIGHT * SCALE)]),
        "samples": np.array(SAMPLES[view.part]),
        "subsurface": np.array(SUBSURFACE[view.part]),
        "room": np.array(ROOM),
        "lamps": np.array(lamps),
    }


def on_dome(surface: mesh.Surface, view: View) -> dict[str, np.ndarray]:
    """The light on the head from above, of the same lamps, without the renderer.

    A dome throws no shadow on itself: each lamp gives what its angle and distance say.
    """
    drawing = figure.draw(surface, replace(view, fine=round(2 * SCALE)))
    hits, frame = drawing.hits, figure.frame(surface, view)
    axes = np.stack(view.axes(), axis=1)
    normals = hits.sample(surface.normals)
    normals = normals / np.linalg.norm(normals, axis=1, keepdims=True) @ axes
    places = hits.sample(surface.points) @ axes
    middle = np.array([*frame.centre(), float(places[:, 2].mean())])
    reach = HEIGHT / frame.scale
    light, gloss = np.full(len(places), ROOM), np.zeros(len(places))
    for x, y, z, _, power in LAMPS["face"]:
        lamp = middle + np.array([x, y, z]) * reach
        way = lamp - places
        far = np.linalg.norm(way, axis=1)
        way = way / far[:, None]
        axis = (lamp - middle) / np.linalg.norm(lamp - middle)
        given = power * (reach / far) ** 2 * np.clip(way @ axis, 0, 1) / np.pi**2
        facing = np.einsum("nd,nd->n", normals, way)
        light += given * np.clip((facing + WRAP) / (1 + WRAP), 0, 1)
        half = way + np.array([0.0, 0, 1])
        half = half / np.linalg.norm(half, axis=1, keepdims=True)
        gloss += given * np.clip(np.einsum("nd,nd->n", normals, half), 0, 1) ** SHARP
    layers = {"light": light, "gloss": gloss, "alpha": np.ones(len(light))}
    height, width = (size // 2 for size in hits.size)
    found = {}
    for name, values in layers.items():
        fine = hits.image(values, 0.0)
        found[name] = fine.reshape(height, 2, width, 2).mean((1, 3)).astype(np.float16)
    for name in ("light", "gloss"):
        found[name] = np.repeat(found[name][..., None], 3, axis=2)
    return found


def shadowless(source: mesh.Source, view: View) -> np.ndarray:
    """How much of each vertex is of a part that throws no shadow, 0 to 1.

    Of a hand, on the thigh behind it, a shadow would read as a bruise; of an arm held forward it
    would hide the flank.
    """
    if view.pose == "forward":
        weights = [pose.arm_weights(source, side) for side in "LR"]
        return sum(weight["upper"] + weight["fore"] for weight in weights)
    bones = ("wrist", "metacarpal", "finger")
    return sum(source.weights[bone] for bone in source.weights if bone.startswith(bones))


def read(path: Path, surface: mesh.Surface, view: View, fine: int) -> Light:
    """The light of a view at `fine` pixels to a pixel of the paths."""
    with np.load(path) as kept:
        layers = (kept[name].astype(np.float32) for name in ("light", "gloss", "alpha"))
        light, gloss, alpha = layers
    frame = figure.frame(surface, view)
    height, width = HEIGHT * fine, frame.width * fine
    # Where each pixel of the picture lies on the renderer's: the same place, or its mirror image.
    across = (np.arange(width) + 0.5) / fine
    if view.name in MIRRORS:
        other = next(one for one in VIEWS if one.name == MIRRORS[view.name])
        twin = figure.frame(surface, other)
        place = (across - figure.MARGIN) / frame.scale + frame.low[0]
        across = (-place - twin.low[0]) * twin.scale + figure.MARGIN
    down = (np.arange(height) + 0.5) / fine
    at = np.meshgrid(down * SCALE - 0.5, across * SCALE - 0.5, indexing="ij")
    # Beyond the figure's edge the nearest skin goes on, so that the edge is not darkened.
    nearest = ndimage.distance_transform_edt(
        ndimage.minimum_filter(alpha, 3) < SURE, return_distances=False, return_indices=True
    )

    def brought(values: np.ndarray) -> np.ndarray:
        whole = values[tuple(nearest)]
        layers = [
            ndimage.map_coordinates(whole[..., i], at, order=1, mode="nearest") for i in range(3)
        ]
        return np.stack(layers, axis=2)

    cover = ndimage.map_coordinates(alpha, at, order=1, mode="constant")
    return Light(brought(light), brought(gloss), cover)
