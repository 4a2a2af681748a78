"""Where the names stand beside a view: two columns, none over another, no leader over another."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Label:
    """One name and the spot it belongs to, in units of the sheet."""

    text: str
    spot: tuple[float, float]
    y: float = 0.0  # of the name's middle
    left: bool = True  # in the left column


def place(
    labels: list[Label], *, edges: tuple[float, float], ends: tuple[float, float], pitch: float
) -> list[Label]:
    """Share names between the columns and set them as near to the height of their spots as can be.

    Args:
        labels: names with their spots.
        edges: x where the leaders leave the left and the right column.
        ends: lowest and highest y a name may have.
        pitch: least distance of two names.

    Raises:
        ValueError: there are more names than fit.
    """
    ordered = sorted(labels, key=lambda label: (label.spot[0], label.spot[1]))
    half = (len(ordered) + 1) // 2
    columns = (ordered[:half], ordered[half:])
    placed = []
    for column, edge, left in zip(columns, edges, (True, False), strict=True):
        rows = sorted(column, key=lambda label: label.spot[1])
        heights = spread([label.spot[1] for label in rows], ends, pitch)
        rows = uncrossed(rows, heights, edge)
        placed += [replace(row, y=y, left=left) for row, y in zip(rows, heights, strict=True)]
    return placed


def spread(wanted: list[float], ends: tuple[float, float], pitch: float) -> list[float]:
    """Rising heights at least a pitch apart, nearest to the wanted ones in least squares.

    Names that would touch form a block about the mean of what they want (pool adjacent violators).
    """
    low, high = ends
    if pitch * (len(wanted) - 1) > high - low:
        raise ValueError(f"{len(wanted)} names do not fit between {low:g} and {high:g}.")
    blocks: list[list[float]] = []  # sum of what is wanted less the place in the row, and count
    for i, height in enumerate(wanted):
        blocks.append([height - i * pitch, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    top = high - pitch * (len(wanted) - 1)
    starts = [
        min(max(total / count, low), top) for total, count in blocks for _ in range(int(count))
    ]
    return [start + i * pitch for i, start in enumerate(starts)]


def uncrossed(rows: list[Label], heights: list[float], edge: float) -> list[Label]:
    """The names in an order in which no two neighbours' leaders cross."""
    rows = list(rows)
    for _ in rows:
        swapped = False
        for i in range(len(rows) - 1):
            upper, lower = (edge, heights[i]), (edge, heights[i + 1])
            if crosses(upper, rows[i].spot, lower, rows[i + 1].spot):
                rows[i], rows[i + 1] = rows[i + 1], rows[i]
                swapped = True
        if not swapped:
            break
    return rows


def crosses(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]
) -> bool:
    """Whether the stretches a-b and c-d cross."""

    def side(p: tuple[float, float], q: tuple[float, float], r: tuple[float, float]) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
