"""Cubic Bézier pieces through a row of points, after Schneider (Graphics Gems, 1990)."""

from __future__ import annotations

import numpy as np

ROUNDS = 12  # improvements of the parameters before a piece is split


def fit(points: np.ndarray, tolerance: float, *, closed: bool) -> np.ndarray:
    """Pieces (k, 4, 2) that stay within tolerance of the points and meet smoothly."""
    keep = np.concatenate([[True], (np.abs(np.diff(points, axis=0)) > 1e-9).any(1)])
    points = points[keep]
    if len(points) < 2:
        return np.repeat(points[:1], 4, axis=0)[None]
    if closed:
        around = points[1] - points[-2]
        start = around / max(np.linalg.norm(around), 1e-12)
        end = -start
    else:
        start, end = _direction(points), _direction(points[::-1])
    return np.array(_pieces(points, start, end, tolerance))


def _direction(points: np.ndarray) -> np.ndarray:
    ahead = points[min(len(points) - 1, 4)] - points[0]
    return ahead / max(np.linalg.norm(ahead), 1e-12)


def _pieces(
    points: np.ndarray, start: np.ndarray, end: np.ndarray, tolerance: float
) -> list[np.ndarray]:
    if len(points) == 2:
        third = np.linalg.norm(points[1] - points[0]) / 3
        return [
            np.array([points[0], points[0] + start * third, points[1] + end * third, points[1]])
        ]
    steps = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    share = steps / steps[-1]
    worst = 0
    for _ in range(ROUNDS):
        piece = _solve(points, share, start, end)
        off = np.hypot(*(_at(piece, share) - points).T)
        worst = int(off.argmax())
        if off[worst] <= tolerance:
            return [piece]
        if off[worst] > 30 * tolerance:
            break
        share = _improve(piece, points, share)
    worst = min(max(worst, 1), len(points) - 2)
    low, high = max(worst - 3, 0), min(worst + 3, len(points) - 1)
    along = points[low] - points[high]
    along = along / max(np.linalg.norm(along), 1e-12)
    first = _pieces(points[: worst + 1], start, along, tolerance)
    return first + _pieces(points[worst:], -along, end, tolerance)


def _solve(points: np.ndarray, share: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    u, v = share[:, None], 1 - share[:, None]
    a, b = 3 * u * v**2 * start, 3 * u**2 * v * end
    rest = points - (points[0] * (v**3 + 3 * u * v**2) + points[-1] * (u**3 + 3 * u**2 * v))
    aa, ab, bb = (a * a).sum(), (a * b).sum(), (b * b).sum()
    ra, rb = (rest * a).sum(), (rest * b).sum()
    base = aa * bb - ab * ab
    length = float(np.linalg.norm(points[-1] - points[0]))
    third = max(length, 1e-9) / 3
    reach = [third, third]
    if abs(base) > 1e-12:
        reach = [(ra * bb - rb * ab) / base, (aa * rb - ab * ra) / base]
    if min(reach) < 1e-6 * length or max(reach) > 6 * max(length, 1.0):
        reach = [third, third]
    return np.array(
        [points[0], points[0] + start * reach[0], points[-1] + end * reach[1], points[-1]]
    )


def _at(piece: np.ndarray, share: np.ndarray) -> np.ndarray:
    u, v = share[:, None], 1 - share[:, None]
    return v**3 * piece[0] + 3 * v**2 * u * piece[1] + 3 * v * u**2 * piece[2] + u**3 * piece[3]


def _improve(piece: np.ndarray, points: np.ndarray, share: np.ndarray) -> np.ndarray:
    """One Newton step of each point's parameter towards the nearest place on the piece."""
    u, v = share[:, None], 1 - share[:, None]
    first, second = np.diff(piece, axis=0) * 3, np.diff(piece, 2, axis=0) * 6
    gap = _at(piece, share) - points
    speed = v**2 * first[0] + 2 * v * u * first[1] + u**2 * first[2]
    bend = v * second[0] + u * second[1]
    under = (speed**2).sum(1) + (gap * bend).sum(1)
    step = np.where(np.abs(under) > 1e-12, (gap * speed).sum(1) / np.where(under == 0, 1, under), 0)
    return np.clip(share - step, 0, 1)
