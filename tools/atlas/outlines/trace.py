"""From a map of labels to smooth closed paths whose neighbours share the very same borders."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from outlines.bezier import fit
from scipy import ndimage

OUTSIDE, SKIN = 0, 1  # labels; areas come after
SMOOTH_RIM = 1.4  # Gaussian along the silhouette, in pixels of the paths
SMOOTH = 3.0  # and along a border within it
TOLERANCE = 0.4  # largest distance of a fitted curve from its border, in pixels of the paths


@dataclass(frozen=True)
class Border:
    """A piece of border between two labels, from one meeting point to the next."""

    left: int  # label on the left when walking with x right and y down
    right: int
    start: int  # corner number, equal to end for a closed loop
    end: int
    beziers: np.ndarray  # (k, 4, 2) tenths of a pixel, whole numbers


def clean(
    labels: np.ndarray, smallest: np.ndarray, thinnest: np.ndarray, crumb: float
) -> np.ndarray:
    """Give what is too small or too thin to be seen to the label beside it.

    Args:
        labels: (h, w) whole numbers, 0 outside the figure.
        smallest: fine pixels a patch of each label must have.
        thinnest: fine pixels a part of each label must be wide.
        crumb: share of an area's largest patch that its other patches must have.
    """
    for _ in range(2):  # what a tongue is given to may grow a tongue of its own
        lost = np.zeros(labels.shape, dtype=bool)
        for label, box in enumerate(ndimage.find_objects(labels), start=1):
            if box is not None:
                lost[box] |= _thin(labels[box] == label, thinnest[label] / 2)
        labels = _given_away(labels, lost)
    small = np.zeros(labels.shape, dtype=bool)
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        if box is None:
            continue
        patches, count = ndimage.label(labels[box] == label)
        sizes = np.bincount(patches.ravel(), minlength=count + 1)
        tiny = sizes < max(smallest[label], crumb * sizes[1:].max() if label > SKIN else 0)
        tiny[0] = False
        small[box] |= tiny[patches]
    return _given_away(labels, small)


def _thin(mask: np.ndarray, radius: float) -> np.ndarray:
    """Where no disc of the radius fits into the mask."""
    padded = np.pad(mask, 1)
    core = ndimage.distance_transform_edt(padded) >= radius
    if not core.any():
        return mask
    kept = ndimage.distance_transform_edt(~core) < radius
    return mask & ~kept[1:-1, 1:-1]


def _given_away(labels: np.ndarray, lost: np.ndarray) -> np.ndarray:
    if not lost.any():
        return labels
    blocked = lost | (labels == OUTSIDE)
    nearest = ndimage.distance_transform_edt(blocked, return_distances=False, return_indices=True)
    result = labels.copy()
    result[lost] = labels[tuple(axis[lost] for axis in nearest)]
    return result


def borders(labels: np.ndarray, scale: int) -> list[Border]:
    """All borders of the map, smoothed and fitted, in tenths of a picture pixel."""
    padded = np.pad(labels.astype(int), 1, constant_values=OUTSIDE)
    width = padded.shape[1]
    links: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    # A crack between an upper and a lower pixel runs right: the upper pixel lies on its left.
    y, x = np.nonzero(padded[:-1] != padded[1:])
    _link(links, (y + 1) * width + x, (y + 1) * width + x + 1, padded[y, x], padded[y + 1, x])
    # A crack between a left and a right pixel runs down: the right pixel lies on its left.
    y, x = np.nonzero(padded[:, :-1] != padded[:, 1:])
    _link(links, y * width + x + 1, (y + 1) * width + x + 1, padded[y, x + 1], padded[y, x])
    found = []
    for corners, left, right in _chains(links):
        numbers = np.array(corners)
        points = np.stack([numbers % width - 1, numbers // width - 1], axis=1) / scale
        closed = corners[0] == corners[-1]
        sigma = SMOOTH_RIM if OUTSIDE in (left, right) else SMOOTH
        curves = fit(smooth(points, sigma * scale, closed=closed), TOLERANCE, closed=closed)
        found.append(
            Border(left, right, corners[0], corners[-1], np.round(curves * 10).astype(int))
        )
    return found


def _link(
    links: dict[int, list[tuple[int, int, int]]],
    start: np.ndarray,
    end: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
) -> None:
    rows = zip(start.tolist(), end.tolist(), left.tolist(), right.tolist(), strict=True)
    for a, b, on_left, on_right in rows:
        links[a].append((b, on_left, on_right))
        links[b].append((a, on_right, on_left))


def _chains(
    links: dict[int, list[tuple[int, int, int]]],
) -> list[tuple[list[int], int, int]]:
    """Walk the cracks from meeting point to meeting point, then the loops that have none."""
    done: set[tuple[int, int]] = set()
    chains = []
    meeting = [corner for corner in sorted(links) if len(links[corner]) != 2]
    for corner in meeting + sorted(links):
        for step in links[corner]:
            if (corner, step[0]) in done:
                continue
            walk, (following, left, right) = [corner], step
            while True:
                done.add((walk[-1], following))
                done.add((following, walk[-1]))
                walk.append(following)
                if len(links[following]) != 2 or following == corner:
                    break
                ahead = [near for near, _, _ in links[following] if near != walk[-2]]
                following = ahead[0]
            chains.append((walk, left, right))
    return chains


def smooth(points: np.ndarray, sigma: float, *, closed: bool) -> np.ndarray:
    """Take the stairs out of a border; the ends of an open one stay where they are."""
    if closed:
        round_ = ndimage.gaussian_filter1d(points[:-1], sigma, 0, mode="wrap")
        return np.concatenate([round_, round_[:1]])
    reach = min(len(points) - 1, int(4 * sigma))
    if reach < 2:
        return points
    before = 2 * points[0] - points[reach:0:-1]
    after = 2 * points[-1] - points[-2 : -2 - reach : -1]
    long = ndimage.gaussian_filter1d(np.concatenate([before, points, after]), sigma, 0)
    result = long[reach : reach + len(points)]
    result[0], result[-1] = points[0], points[-1]
    return result


def rings(found: list[Border], inside: set[int]) -> list[list[np.ndarray]]:
    """Closed rings, as lists of Bézier pieces, around the labels taken together."""
    starts: dict[int, list[Border]] = defaultdict(list)
    for border in found:
        if (border.left in inside) == (border.right in inside):
            continue
        starts[(border if border.left in inside else turned(border)).start].append(
            border if border.left in inside else turned(border)
        )
    closed = []
    for corner in sorted(starts):
        while starts[corner]:
            walk = [starts[corner].pop(0)]
            while walk[-1].end != corner:
                walk.append(starts[walk[-1].end].pop(0))
            closed.append([border.beziers for border in walk])
    return closed


def turned(border: Border) -> Border:
    """The same border walked the other way."""
    return Border(border.right, border.left, border.end, border.start, border.beziers[::-1, ::-1])


def path(closed: list[list[np.ndarray]]) -> str:
    """SVG path data: absolute M, then relative c (curves) and l (straight pieces), z."""
    parts = []
    for ring in closed:
        pieces = np.concatenate(ring)
        text, before = "M" + _pair(pieces[0, 0]), ""
        for piece in pieces:
            straight = _is_straight(piece)
            chosen = (piece[3:] if straight else piece[1:]) - piece[0]
            if not chosen[-1].any() and straight:
                continue
            command = "l" if straight else "c"
            numbers = " ".join(_pair(point) for point in chosen).replace(" -", "-")
            gap = "" if numbers.startswith("-") else " "
            text += (gap if command == before else command) + numbers
            before = command
        if before:  # a ring that shrank to a point is not drawn
            parts.append(text + "z")
    return "".join(parts)


def _is_straight(piece: np.ndarray) -> bool:
    a, b, c, d = piece.astype(float)
    chord = d - a
    length = np.hypot(*chord)
    if length == 0:
        return True
    off = [abs(chord[0] * (p - a)[1] - chord[1] * (p - a)[0]) / length for p in (b, c)]
    return max(off) < 0.8


def _pair(point: np.ndarray) -> str:
    x, y = (_short(int(value)) for value in point)
    return x + y if y.startswith("-") else f"{x},{y}"


def _short(tenths: int) -> str:
    whole, rest = divmod(abs(tenths), 10)
    number = (f"{whole or ''}.{rest}") if rest else str(whole)
    return ("-" if tenths < 0 else "") + number
