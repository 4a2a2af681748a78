"""From a view's map of labels to its entry in atlas.json: what is drawn, its paths and anchors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from outlines import trace
from scipy import ndimage
from views import HEIGHT, View

if TYPE_CHECKING:
    import areas

# What is smaller or thinner is given to its neighbour; in pixels of the paths.
PIECE, FACE_PIECE = 150.0, 12.0  # patches; the second for the face on a view of the whole body
WIDTH, FACE_WIDTH, HEAD_WIDTH = 4.0, 2.2, 8.0
CRUMB = {
    "body": 0.08,
    "face": 0.2,
    "crown": 0.2,
    "throat": 0.2,
}  # share of the area's largest patch on the view
SHOWN = {  # what a view takes in; the rest is cut by the frame or only peeps out
    "body": ("",),
    "face": ("face.", "scalp.", "neck."),
    "throat": ("face.", "neck.anterior", "neck.submental"),
    "crown": ("scalp.", "face.forehead", "face.temple"),
}
NEARLY = 0.93  # share of the greatest depth that will do for an anchor
ON_AXIS = 0.6  # share of it that will do on the midline


def entry(
    labels: np.ndarray,
    view: View,
    width: int,
    cm_per_px: float,
    declared: areas.Areas,
    sizes: np.ndarray,
    names: dict[str, str],
) -> dict:
    """The view's entry for atlas.json from its map of labels; `names` are its pictures by tone."""
    if view.symmetric:
        labels = mirrored(labels, declared)
    labels = np.where(undrawn(view, declared)[labels], trace.SKIN, labels)
    labels = trace.clean(labels, *limits(declared, view), CRUMB[view.part])
    if view.symmetric:  # what was given away may have found the neighbour of one side
        labels = mirrored(labels, declared)
    pieces = trace.borders(labels, view.fine)
    entries = []
    for number, (area, side) in enumerate(declared.order, start=2):
        mask = labels == number
        if not mask.any():
            continue
        entries.append(
            {
                "area": area,
                "side": side,
                "path": trace.path(trace.rings(pieces, {number})),
                "anchor": anchor(mask, side, view),
                "px_area": round(float(mask.sum()) / view.fine**2),
                "cm2": round(float(sizes[number - 1]), 1),
            }
        )
    skin = set(range(1, len(declared.order) + 2))
    right, left = view.side_labels(width)
    return {
        "width": width,
        "height": HEIGHT,
        "pictures": names,
        "cm_per_px": round(cm_per_px, 6),
        "outline": trace.path(trace.rings(pieces, skin)),
        "r_label": right,
        "l_label": left,
        "areas": entries,
    }


def mirrored(labels: np.ndarray, declared: areas.Areas) -> np.ndarray:
    """The right half of the picture and its mirror image, the sides exchanged."""
    other = np.arange(len(declared.order) + 2)
    for number, (_, side) in enumerate(declared.order, start=2):
        other[number] += {"right": 1, "left": -1, "midline": 0}[side]
    half = labels[:, labels.shape[1] // 2 :]
    return np.concatenate([other[half[:, ::-1]], half], axis=1)


def undrawn(view: View, declared: areas.Areas) -> np.ndarray:
    """True for the labels that stay plain skin here: of the far side, or not taken in."""
    apart = [
        side == view.far or not area.startswith(SHOWN[view.part]) for area, side in declared.order
    ]
    return np.array([False, False, *apart])


def limits(declared: areas.Areas, view: View) -> tuple[np.ndarray, np.ndarray]:
    """Smallest patch and thinnest part of each label, in fine pixels."""
    body = view.part == "body"
    small = [area.startswith("face.") and body for area, _ in declared.order]
    small = np.array([True, body, *small])
    piece = np.where(small, FACE_PIECE, PIECE) * view.fine**2
    width = np.where(small, FACE_WIDTH, WIDTH if body else HEAD_WIDTH) * view.fine
    return piece, width


def anchor(mask: np.ndarray, side: str, view: View) -> list[float]:
    """A point deep inside an area, in pixels of the paths: on the midline where that is as good.

    Of the points nearly as far from the border as the farthest, the one nearest to the middle.
    """
    turned = view.symmetric and side == "right"  # so that a pair's anchors mirror each other
    whole = mask[:, ::-1] if turned else mask
    rows, columns = (np.flatnonzero(whole.any(axis)) for axis in (1, 0))
    box = whole[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    deep = ndimage.distance_transform_edt(np.pad(box, 1))[1:-1, 1:-1]
    middle = whole.shape[1] // 2
    on_axis = middle - columns[0]
    if view.symmetric and side == "midline" and 0 <= on_axis < box.shape[1]:
        line = deep[:, on_axis]
        if line.max() >= ON_AXIS * deep.max():
            rest = np.flatnonzero(line >= NEARLY * line.max())
            y = rest[np.abs(rest - np.flatnonzero(box).mean() / box.shape[1]).argmin()]
            return [round(middle / view.fine, 1), round((rows[0] + float(y) + 0.5) / view.fine, 1)]
    ys, xs = np.nonzero(deep >= NEARLY * deep.max())
    at_y, at_x = (places.mean() for places in np.nonzero(box))
    best = np.hypot(ys - at_y, xs - at_x).argmin()
    x = columns[0] + float(xs[best]) + 0.5
    x = whole.shape[1] - x if turned else x
    return [round(x / view.fine, 1), round((rows[0] + float(ys[best]) + 0.5) / view.fine, 1)]
