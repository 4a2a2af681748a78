"""The variances against the textbook way: the sandwich with the whole information matrix."""

import numpy as np
import pytest

from mesodash.reports.stats.survival import patient_variances, turnbull


def by_inversion(first, last, counts, steps, patient):
    """Variance of the cumulated steps: information of all but the last step, scores by patient."""
    column = np.arange(steps.size)
    member = ((column >= first[:, None]) & (column < last[:, None])).astype(float)
    free = member[:, :-1] - member[:, -1:]
    mass = member @ steps
    information = free.T @ (free * (counts / mass**2)[:, None])
    scores = free * (counts / mass)[:, None]
    by_patient = np.array([scores[patient == one].sum(axis=0) for one in np.unique(patient)])
    summed = np.tril(np.ones((steps.size, steps.size - 1)))
    summed[-1] = 0.0
    influence = summed @ np.linalg.inv(information) @ by_patient.T
    return (influence**2).sum(axis=1)


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
    patient = rng.integers(0, 30, first.size)
    found = patient_variances(first, last, counts, steps, patient)
    expected = by_inversion(first, last, counts, steps, patient)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-15)
    single = by_inversion(
        *(np.repeat(one, counts.astype(int)) for one in (first, last)),
        np.ones(int(counts.sum())), steps, np.arange(int(counts.sum())),
    )  # fmt: skip
    alone = patient_variances(first, last, counts, steps, None)
    np.testing.assert_allclose(alone, single, rtol=1e-8, atol=1e-15)
    assert (np.abs(found[:-1] / alone[:-1] - 1) > 0.01).any()  # it matters whose they are


def test_exact_ends_alone_are_binomial():
    steps = np.array([0.2, 0.3, 0.5])
    at = np.arange(3)
    found = patient_variances(at, at + 1, 100 * steps, steps, None)
    np.testing.assert_allclose(found, [0.2 * 0.8 / 100, 0.5 * 0.5 / 100, 0], atol=1e-15)


def test_one_step_has_no_variance():
    one = (np.array([0]), np.array([1]), np.array([4.0]), np.array([1.0]))
    assert patient_variances(*one, None).tolist() == [0]


def test_undetermined_steps_have_a_finite_variance():
    """Nobody was seen between the first two steps: their sizes cannot be distinguished."""
    first, last = np.array([0, 2, 0]), np.array([2, 3, 2])
    steps = np.array([0.25, 0.25, 0.5])
    found = patient_variances(first, last, np.array([3.0, 4.0, 1.0]), steps, None)
    assert np.isfinite(found).all()


def test_many_patients_are_solved_for_in_parts(monkeypatch):
    rng = np.random.default_rng(1)
    size = 2_000
    at = np.arange(size)
    first = np.concatenate([at, [10, 500]])
    last = np.concatenate([at + 1, [900, 1_200]])
    steps = np.full(size, 1 / size)
    patient = rng.integers(0, 300, first.size)
    whole = patient_variances(first, last, np.ones(first.size), steps, patient)
    assert (whole[:-1] > 0).all()
    monkeypatch.setattr("mesodash.reports.stats.survival._AT_ONCE", 50_000)
    parts = patient_variances(first, last, np.ones(first.size), steps, patient)
    np.testing.assert_allclose(parts, whole, rtol=1e-9, atol=1e-18)


@pytest.mark.slow
def test_the_interval_is_as_wide_as_a_bootstrap_of_patients_says():
    """Ends known between contacts, six a patient: the curve of patients drawn anew, 400 times."""
    rng = np.random.default_rng(20261129)
    patients = 80
    who = np.repeat(np.arange(patients), 6)
    ends = rng.exponential(6, who.size) / rng.gamma(2, 0.5, patients)[who]
    contacts = np.array([0.0, 2, 4, 7, 10, 14, 21, 28])
    place = np.searchsorted(contacts, ends)
    lower = contacts[place - 1]
    upper = np.append(contacts, np.inf)[place]
    curve = turnbull(lower, upper, np.ones(who.size), who)
    rows = [np.flatnonzero(who == one) for one in range(patients)]
    drawn = []
    for _ in range(400):
        picked = np.concatenate([rows[i] for i in rng.integers(0, patients, patients)])
        found = turnbull(lower[picked], upper[picked], np.ones(picked.size))
        at = np.searchsorted(found.times, contacts[1:6], side="right") - 1
        drawn.append(found.survival[at])
    at = np.searchsorted(curve.times, contacts[1:6], side="right") - 1
    ours = curve.survival[at] * np.sqrt(curve.variance[at])
    np.testing.assert_allclose(ours, np.std(drawn, axis=0), rtol=0.12)
    single = turnbull(lower, upper, np.ones(who.size))
    alone = single.survival[at] * np.sqrt(single.variance[at])
    assert (ours / alone > 1.3).any()  # and it would not be so wide if nobody repeated
