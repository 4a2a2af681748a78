"""Our numbers equal R's to 1e-9: `survfit` by patient on a real trial, real inputs, made ones.

The inputs (durations.csv, courses.csv) hold the CDISC pilot study counted from its own files, the
side effects of inputs that people brought (the sources "case ..."), and made data with ties and
few patients. R's numbers are committed; where R is installed they are made anew and must be equal.
"""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mesodash.reports.stats.clustering import greenwood, log_log, patient_sums
from mesodash.reports.stats.competing_events import aalen_johansen, shares_by

HERE = Path(__file__).parent
OUTPUTS = ("curves.csv", "medians.csv", "ends.csv")


def table(name, folder=HERE):
    text = {"effect": str, "patient": str, "end": str, "source": str}
    return pd.read_csv(folder / name, dtype=text, keep_default_na=False, na_values={
        c: [""] for c in (
            "low", "high", "median", "tenth", "tenth_low", "tenth_high", "se", "plain_se",
        )
    })  # fmt: skip


def robust(rows):
    """Grid, at risk, S, its error by patient, its error as if nobody repeated."""
    grid, place = np.unique(rows["days"], return_inverse=True)
    over = rows["over"].to_numpy(float)
    ended = np.bincount(place, over)
    at_risk = len(rows) - np.concatenate([[0], np.cumsum(np.bincount(place))[:-1]]).astype(float)
    survival = np.cumprod(1 - ended / at_risk)
    who = np.unique(rows["patient"], return_inverse=True)[1]
    half = who % 2 == 0  # two clinics, whose sums are added
    sums = [
        patient_sums(who[c], place[c], over[c], 1 - over[c], at_risk=at_risk, all_ended=ended)
        for c in (half, ~half)
    ]
    cumulative = greenwood(at_risk, ended)
    variance = (sums[0] + sums[1]).variance_of_log(cumulative)
    error = np.where(survival > 0, survival * np.sqrt(variance), np.nan)
    return grid, at_risk, survival, error, survival * np.sqrt(cumulative)


GROUPS = list(table("durations.csv").groupby(["source", "effect"]))


@pytest.mark.parametrize("group", GROUPS, ids=["-".join(key) for key, _ in GROUPS])
def test_a_curve_by_patient_is_that_of_r(group):
    (source, effect), rows = group
    curves = table("curves.csv")
    expected = curves[(curves["source"] == source) & (curves["effect"] == effect)]
    grid, at_risk, survival, error, plain = robust(rows)
    np.testing.assert_allclose(grid, expected["time"], rtol=1e-12)
    np.testing.assert_array_equal(at_risk, expected["at_risk"])
    np.testing.assert_allclose(survival, expected["surv"], rtol=0, atol=1e-12)
    known = survival > 1e-12
    np.testing.assert_allclose(error[known], expected["se"][known], rtol=0, atol=1e-9)
    np.testing.assert_allclose(plain[known], expected["plain_se"][known], rtol=0, atol=1e-9)
    low, high = log_log(survival, error)
    inside = known & (survival < 1)
    np.testing.assert_allclose(low[inside], expected["low"][inside], rtol=0, atol=1e-9)
    np.testing.assert_allclose(high[inside], expected["high"][inside], rtol=0, atol=1e-9)


def test_an_error_that_ignores_patients_would_show():
    rows = dict(GROUPS)["trial", "other"]
    curves = table("curves.csv")
    expected = curves[(curves["source"] == "trial") & (curves["effect"] == "other")]
    at = int(np.searchsorted(expected["time"], 14, side="right")) - 1
    row = expected.iloc[at]
    assert 1.4 < (row["se"] / row["plain_se"]) ** 2 < 2
    plain = robust(rows)[4]
    assert abs(plain[at] - row["se"]) > 1e-3


COURSES = list(table("courses.csv").groupby("source"))


@pytest.mark.parametrize("group", COURSES, ids=[key for key, _ in COURSES])
@pytest.mark.parametrize("at_once", [4_000_000, 2_000])
def test_shares_with_competing_ends_are_those_of_r(group, at_once, monkeypatch):
    monkeypatch.setattr("mesodash.reports.stats.competing_events._AT_ONCE", at_once)
    source, rows = group
    found = aalen_johansen(rows["patient"], rows["days"], rows["end"])
    expected = table("ends.csv")
    expected = expected[expected["source"] == source]
    assert set(found.shares) == set(expected["end"])
    for end, theirs in expected.groupby("end"):
        at = np.searchsorted(found.times, theirs["time"], side="right") - 1
        np.testing.assert_allclose(found.times[at], theirs["time"], rtol=1e-12)
        np.testing.assert_allclose(found.shares[end][at], theirs["share"], rtol=0, atol=1e-9)
        np.testing.assert_allclose(found.errors[end][at], theirs["se"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("group", COURSES, ids=[key for key, _ in COURSES])
def test_shares_by_one_day_are_those_of_r(group):
    """The running sums give what the whole curves give, at every time and between times."""
    source, rows = group
    expected = table("ends.csv")
    expected = expected[expected["source"] == source]
    whole = aalen_johansen(rows["patient"], rows["days"], rows["end"])
    times = np.unique(expected["time"])
    for time in [*times[:: max(1, times.size // 25)], times.mean(), times.max() + 1]:
        found = shares_by(rows["patient"], rows["days"], rows["end"], time)
        for end, theirs in expected.groupby("end"):
            past = theirs[theirs["time"] <= time]
            known = not np.isnan(whole.by(end, time)[0])
            assert (end in found) == (known and len(past) > 0 and past["share"].iloc[-1] > 0)
            if end in found:
                np.testing.assert_allclose(found[end][0], past["share"].iloc[-1], rtol=0, atol=1e-9)
                np.testing.assert_allclose(found[end], whole.by(end, time), rtol=0, atol=1e-9)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed here")
def test_r_still_says_so(tmp_path):
    for name in ("durations.csv", "courses.csv"):
        shutil.copy(HERE / name, tmp_path)
    made = subprocess.run(
        ["Rscript", str(HERE / "oracle.R"), str(tmp_path)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if "there is no package called" in made.stderr:
        pytest.skip("R is here, but not its package survival")
    assert made.returncode == 0, made.stderr
    for name in OUTPUTS:
        pd.testing.assert_frame_equal(table(name, tmp_path), table(name), rtol=0, atol=1e-9)
