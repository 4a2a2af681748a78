"""Rates on a real trial, counted from its own files: two libraries each say the same as we do."""

import gzip
import io
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from mesodash.reports.stats.exact import clopper_pearson
from mesodash.reports.stats.rates import exact_excess, holm, wilson

DATA = Path(__file__).parents[1] / "data" / "cdiscpilot01"


def sheet(name):
    raw = gzip.decompress((DATA / f"{name}.csv.gz").read_bytes())
    return pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def arms():
    """term -> (patients with it, patients) by what those treated were given."""
    people = sheet("ex").drop_duplicates("USUBJID")
    size = people.groupby("EXTRT")["USUBJID"].nunique()
    events = sheet("ae").merge(people[["USUBJID", "EXTRT"]], on="USUBJID")
    ill = events.groupby(["AEDECOD", "EXTRT"])["USUBJID"].nunique()
    terms = events.groupby("AEDECOD")["USUBJID"].nunique().nlargest(40).index
    return {
        term: {arm: (int(ill.get((term, arm), 0)), int(n)) for arm, n in size.items()}
        for term in terms
    }


def test_the_trial_is_the_known_one(arms):
    assert {arm: n for arm, (_, n) in arms["PRURITUS"].items()} == {
        "PLACEBO": 86,
        "XANOMELINE": 168,
    }
    assert arms["PRURITUS"]["PLACEBO"][0] == 8  # as the study's report has it


def test_intervals(arms):
    for counts in arms.values():
        for events, n in counts.values():
            test = stats.binomtest(events, n)
            ours = wilson(events, n)[1:]
            assert ours == pytest.approx(proportion_confint(events, n, method="wilson"), abs=1e-12)
            assert ours == pytest.approx(tuple(test.proportion_ci(method="wilson")), abs=1e-12)
            exact = clopper_pearson(events, n)[1:]
            by_statsmodels = proportion_confint(events, n, method="beta")
            assert exact == pytest.approx(by_statsmodels, abs=1e-9, nan_ok=True)
            assert exact == pytest.approx(tuple(test.proportion_ci(method="exact")), abs=1e-9)


def test_the_exact_test_and_its_correction(arms):
    ours, theirs = [], []
    for counts in arms.values():
        (high, n_high), (placebo, n_placebo) = (counts[arm] for arm in ("XANOMELINE", "PLACEBO"))
        ours.append(exact_excess(high, n_high, placebo, n_placebo))
        table = [[high, n_high - high], [placebo, n_placebo - placebo]]
        theirs.append(stats.fisher_exact(table, alternative="greater").pvalue)
        tail = stats.hypergeom.sf(high - 1, n_high + n_placebo, high + placebo, n_high)
        assert ours[-1] == pytest.approx(tail, rel=1e-9)
    assert ours == pytest.approx(theirs, rel=1e-9)
    assert holm(ours) == pytest.approx(list(multipletests(theirs, method="holm")[1]), rel=1e-9)
    assert min(holm(ours)) < 0.05  # the patch's own reactions stand out


def test_negative_control_a_two_sided_test_would_show(arms):
    (high, n_high), (placebo, n_placebo) = (
        arms["PRURITUS"][arm] for arm in ("XANOMELINE", "PLACEBO")
    )
    table = [[high, n_high - high], [placebo, n_placebo - placebo]]
    two_sided = stats.fisher_exact(table, alternative="two-sided").pvalue
    assert exact_excess(high, n_high, placebo, n_placebo) != pytest.approx(two_sided, rel=1e-3)
