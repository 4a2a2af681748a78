"""From source to a drawn figure: shape, smooth, pose, subdivide; then one view of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import mesh
import numpy as np
import pose
from raster import Hits, rasterise
from views import HEIGHT, View

POSES = {"standing": pose.STANDING, "forward": pose.FORWARD}
HEAD_BONES = (
    "head", "jaw", "eye", "levator", "oculi", "orbicularis", "oris", "risorius", "special",
    "temporalis", "tongue",
)  # fmt: skip
WAIST, WAIST_REACH, WAIST_ROUNDS = 2.85, 0.45, 14  # the base mesh has a crease there
NIPPLE_REACH, NIPPLE_ROUNDS = 0.3, 6  # decimetres
MARGIN = 14  # pixels around the figure
# Decimetres below the crown where the mesh is cut, on the views whose frame cuts it.
BUST = {"face": 3.35, "throat": 5.2}
ASIDE = {"face": 1.45, "throat": 1.2}  # decimetres of it on either side of the middle
THROAT = 2.35  # decimetres that the frame from below holds, from the highest point down
EDGE_BLOCK = 2  # fine pixels averaged at the edge of a picture, each way


@dataclass(frozen=True)
class Drawing:
    """One view, drawn: the hits and the frame that maps the mesh to pixels."""

    hits: Hits
    width: int
    height: int
    cm_per_px: float


@dataclass(frozen=True)
class Frame:
    """Where a view's picture lies: the eye's axes, and how decimetres become pixels."""

    low: np.ndarray  # (2,) across and down, decimetres, of the corner inside the margin
    scale: float  # pixels to the decimetre
    width: int
    triangles: np.ndarray  # what of the surface is drawn

    def centre(self) -> tuple[float, float]:
        """Decimetres across and up of the picture's middle."""
        across = self.low[0] + (self.width / 2 - MARGIN) / self.scale
        return float(across), -float(self.low[1] + (HEIGHT / 2 - MARGIN) / self.scale)


def build(
    source: mesh.Source,
    sex: str,
    pose_name: str,
    levels: int = 1,
    extra: dict[str, np.ndarray] | None = None,
) -> mesh.Surface:
    """The figure's surface in a pose; `extra` are more fields of the vertices to carry along."""
    points = mesh.shape(source, sex)
    posed = pose.turn(source, points, POSES[pose_name])
    reference = mesh.reference(source)
    quads = source.quads
    centres = nipples(source, posed)
    for centre in centres:
        posed = mesh.smooth_away(posed, centre, NIPPLE_REACH)
    away = np.min([np.linalg.norm(posed - centre, axis=1) for centre in centres], axis=0)
    tips = np.clip(1 - (away / (2 * NIPPLE_REACH)) ** 2, 0, 1)
    posed = mesh.relax(posed, quads, 0.5 * tips, NIPPLE_ROUNDS)
    arm = sum(pose.arm_weights(source, side)[part] for side in "LR" for part in ("upper", "fore"))
    waist = np.exp(-(((reference[:, 1] - WAIST) / WAIST_REACH) ** 2)) * (arm < 0.01)
    posed = mesh.relax(posed, quads, 0.5 * waist, WAIST_ROUNDS)
    head = sum(source.weights[bone] for bone in source.weights if bone.startswith(HEAD_BONES))
    weights = {"head": head, "arm": arm, **(extra or {})}
    stack = np.column_stack([posed, reference, *weights.values()])
    for _ in range(levels):
        matrix, quads = mesh.subdivide(quads, len(stack))
        stack = matrix @ stack
    triangles = mesh.split_quads(quads)
    posed = stack[:, :3]
    fields = {name: stack[:, 6 + i] for i, name in enumerate(weights)}
    return mesh.Surface(
        posed, stack[:, 3:6], mesh.vertex_normals(posed, triangles), triangles, fields
    )


def nipples(source: mesh.Source, points: np.ndarray) -> list[np.ndarray]:
    """The middle of each nipple: where the breast's vertices lie closest together."""
    links = mesh.neighbours(source.quads, mesh.BODY).tocoo()
    edges = np.linalg.norm(points[links.row] - points[links.col], axis=1)
    count = np.maximum(np.bincount(links.row, minlength=mesh.BODY), 1)
    spacing = np.bincount(links.row, edges, minlength=mesh.BODY) / count
    centres = []
    for side in "LR":
        breast = np.flatnonzero(source.weights[f"breast.{side}"] > 0.2)
        closest = breast[np.argsort(spacing[breast], kind="stable")[:12]]
        centres.append(points[closest].mean(0))
    return centres


def frame(surface: mesh.Surface, view: View) -> Frame:
    """The frame of a view, and what of the surface it takes in."""
    right, up, _ = view.axes()
    points, triangles = surface.points, surface.triangles
    head_y = points[surface.fields["head"] > 0.5][:, 1]
    if view.part == "crown":
        triangles = triangles[(surface.fields["head"][triangles] > 0.5).all(1)]
    elif view.part in BUST:
        bottom = head_y.max() - BUST[view.part]
        triangles = triangles[(points[triangles][:, :, 1] > bottom - 0.3).any(1)]
    used = np.unique(triangles)
    flat = np.stack([points @ right, -(points @ up)], axis=1)
    low, high = flat[used].min(0), flat[used].max(0)
    if view.part == "face":
        high[1] = -bottom
    if view.part == "throat":
        high[1] = low[1] + THROAT
    if view.part in BUST:
        middle = 0.0 if view.azimuth == 0 else flat[surface.fields["head"] > 0.5][:, 0].mean()
        low[0], high[0] = middle - ASIDE[view.part], middle + ASIDE[view.part]
    scale = (HEIGHT - 2 * MARGIN) / (high[1] - low[1])
    if view.part in BUST:
        scale = (HEIGHT - MARGIN) / (high[1] - low[1])
    width = int(np.ceil((high[0] - low[0]) * scale)) + 2 * MARGIN
    width += width % 2  # even, so that any number of fine pixels makes whole blocks
    if view.symmetric:  # the midline runs between the two middle pixels
        low[0] = -(width / 2 - MARGIN) / scale
    return Frame(low, float(scale), width, triangles)


def draw(surface: mesh.Surface, view: View) -> Drawing:
    """Project a surface and find what is seen."""
    right, up, toward = view.axes()
    points = surface.points
    at = frame(surface, view)
    flat = np.stack([points @ right, -(points @ up)], axis=1)
    screen = ((flat - at.low) * at.scale + MARGIN) * view.fine
    away = -(points @ toward) * at.scale * view.fine
    hits = rasterise(screen, away, at.triangles, (HEIGHT * view.fine, at.width * view.fine))
    return Drawing(hits, at.width, HEIGHT, mesh.CM_PER_UNIT / at.scale)


def cover(surface: mesh.Surface, view: View, fine: int) -> np.ndarray:
    """How much of each pixel the figure covers, 0 to 1, at `fine` pixels to one of the paths."""
    hits = draw(surface, replace(view, fine=fine * EDGE_BLOCK)).hits
    inside = hits.image(np.ones(len(hits.pixels), dtype=np.float32), 0.0)
    height, width = (size // EDGE_BLOCK for size in hits.size)
    return inside.reshape(height, EDGE_BLOCK, width, EDGE_BLOCK).mean((1, 3))
