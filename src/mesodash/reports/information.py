"""The variance of a Turnbull curve at each of its steps, without a matrix of all steps by all.

A row that ended between steps a and b contributes w log(S_a - S_b). In the values S of the curve
its observed information is w / (S_a - S_b)^2 on the edge a-b: the sum over rows is the Laplacian of
a graph whose ends, S = 1 and S = 0, are fixed. Exact ends are edges between neighbours and the
censored are edges to an end, so all but the few different intervals make a tridiagonal matrix;
those are added by the Woodbury identity (Golub & Van Loan, Matrix Computations, 4th ed., 2.1.4).
Time and memory grow with the steps times the different intervals, not with the steps squared.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ranks = NDArray[np.intp]


def variances(first: Ranks, last: Ranks, counts: Array, steps: Array) -> Array:
    """The variance of S after each step; 0 after the last, where S is 0.

    Args:
        first: for each row the first step it may have ended in.
        last: for each row the step after the last it may have ended in.
        counts: how many share the row.
        steps: the sizes of the steps, which sum to 1.
    """
    size = steps.size - 1
    if not size:
        return np.zeros(1)
    edges, place = np.unique(np.stack([first, last], axis=1), axis=0, return_inverse=True)
    survival = np.append(1.0, 1 - np.cumsum(steps))
    survival[-1] = 0.0
    start, stop = edges[:, 0], edges[:, 1]
    weight = np.bincount(place.ravel(), counts) / (survival[start] - survival[stop]) ** 2
    weight[(start == 0) & (stop == steps.size)] = 0.0  # says nothing
    link = np.zeros(steps.size)  # between the values j and j + 1
    near = stop - start == 1
    link[start[near]] = weight[near]
    ground = np.zeros(size + 2)
    fixed = ~near & ((start == 0) | (stop == steps.size))
    np.add.at(ground, np.where(start == 0, stop, start)[fixed], weight[fixed])
    far = ~near & ~fixed
    start, stop, weight = start[far] - 1, stop[far] - 1, weight[far]
    # A link that no exact end holds is lent to the tridiagonal part and taken back with the rest.
    missing = np.flatnonzero(link[1:-1] == 0)
    lent = float(np.median(link[link > 0])) if (link > 0).any() else 1.0
    link[1:-1][missing] = lent
    start = np.concatenate([start, missing])
    stop = np.concatenate([stop, missing + 1])
    weight = np.concatenate([weight, np.full(missing.size, -lent)])
    diagonal = link[:-1] + link[1:] + ground[1:-1]
    found = _with_far_edges(diagonal, -link[1:-1], start, stop, weight)
    if not np.isfinite(found).all() or (found < 0).any():
        found = _dense(diagonal, -link[1:-1], start, stop, weight)
    return np.append(found, 0.0)


def _with_far_edges(
    diagonal: Array, beside: Array, start: Ranks, stop: Ranks, weight: Array
) -> Array:
    """The diagonal of the inverse of a tridiagonal matrix plus weighted edges; NaN if singular."""
    size = diagonal.size
    down, up = diagonal.copy(), diagonal.copy()
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for j in range(1, size):
            down[j] -= beside[j - 1] ** 2 / down[j - 1]
            up[-1 - j] -= beside[-j] ** 2 / up[-j]
        alone: Array = 1 / (down + up - diagonal)
        if not start.size:
            return alone
        ends = np.zeros((size, start.size))
        column = np.arange(start.size)
        ends[start, column], ends[stop, column] = 1.0, -1.0
        solved = ends.copy()
        for j in range(1, size):
            solved[j] -= solved[j - 1] * (beside[j - 1] / down[j - 1])
        solved[-1] /= down[-1]
        for j in range(size - 2, -1, -1):
            solved[j] = (solved[j] - beside[j] * solved[j + 1]) / down[j]
        inner = np.diag(1 / weight) + solved[start] - solved[stop]
        try:
            corrected: Array = alone - (solved * np.linalg.solve(inner, solved.T).T).sum(axis=1)
        except np.linalg.LinAlgError:
            return np.full(size, np.nan)
    return corrected


def _dense(diagonal: Array, beside: Array, start: Ranks, stop: Ranks, weight: Array) -> Array:
    """The same by the pseudo-inverse, where the rows leave some steps undetermined."""
    matrix = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
    for a, b, w in zip(start, stop, weight, strict=True):
        matrix[[a, b], [a, b]] += w
        matrix[[a, b], [b, a]] -= w
    found: Array = np.diagonal(np.linalg.pinv(matrix, hermitian=True))
    return found
