"""The variances against the textbook way: invert the whole information matrix of the steps."""

import numpy as np
import pytest

from mesodash.reports.information import variances


def by_inversion(first, last, counts, steps):
    """Variance of the cumulated steps, from the observed information of all but the last step."""
    column = np.arange(steps.size)
    member = ((column >= first[:, None]) & (column < last[:, None])).astype(float)
    free = member[:, :-1] - member[:, -1:]
    information = free.T @ (free * (counts / (member @ steps) ** 2)[:, None])
    summed = np.tril(np.ones((steps.size, steps.size - 1)))
    summed[-1] = 0.0
    return np.diagonal(summed @ np.linalg.inv(information) @ summed.T)


def rows(rng, size, exact):
    """Random ranges over `size` steps, among them the first steps' and the censored."""
    far = rng.integers(0, size - 3, 40)
    first = np.concatenate([exact, far, rng.integers(1, size, 30)])
    last = np.concatenate(
        [exact + 1, np.minimum(far + rng.integers(2, 6, 40), size), np.full(30, size)]
    )
    return first, last, rng.integers(1, 9, first.size).astype(float)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("every", [1, 3])
def test_against_inversion(seed, every):
    """With an exact end at each step, and with links missing between neighbours."""
    rng = np.random.default_rng(seed)
    size = 25
    exact = np.repeat(np.arange(0, size, every), 2)
    first, last, counts = rows(rng, size, exact)
    steps = rng.random(size) + 0.1
    steps /= steps.sum()
    np.testing.assert_allclose(
        variances(first, last, counts, steps),
        by_inversion(first, last, counts, steps),
        rtol=1e-8,
        atol=1e-15,
    )


def test_exact_ends_alone_are_binomial():
    steps = np.array([0.2, 0.3, 0.5])
    at = np.arange(3)
    found = variances(at, at + 1, 100 * steps, steps)
    np.testing.assert_allclose(found, [0.2 * 0.8 / 100, 0.5 * 0.5 / 100, 0], atol=1e-15)


def test_one_step_has_no_variance():
    assert variances(np.array([0]), np.array([1]), np.array([4.0]), np.array([1.0])).tolist() == [0]


def test_undetermined_steps_have_a_finite_variance():
    """Nobody was seen between the first two steps: their sizes cannot be told apart."""
    first, last = np.array([0, 2, 0]), np.array([2, 3, 2])
    found = variances(first, last, np.array([3.0, 4.0, 1.0]), np.array([0.25, 0.25, 0.5]))
    assert np.isfinite(found).all()


def test_many_steps_need_no_square_matrix():
    size = 20_000
    at = np.arange(size)
    first = np.concatenate([at, [10, 500]])
    last = np.concatenate([at + 1, [9000, 12_000]])
    steps = np.full(size, 1 / size)
    found = variances(first, last, np.ones(first.size), steps)
    assert found.shape == (size,)
    assert (found[:-1] > 0).all()
