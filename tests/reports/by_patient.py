"""A share with its interval by patient, from two lists: what a report must say."""

from collections import Counter

import numpy as np
import statsmodels.api as sm

from mesodash.reports.stats.clustering import Totals, share


def share_of(patients, marked):
    """share, low, high of rows, each a patient and whether it counts."""
    return share(totals(patients, marked))


def totals(patients, marked):
    n = Counter(patients)
    x = Counter(patient for patient, mark in zip(patients, marked, strict=True) if mark)
    return Totals.of([x[patient] for patient in n], list(n.values()))


def design_effect(patients, marked):
    """Of a share, by statsmodels: its cluster-robust variance over that of unrelated rows."""
    y = np.asarray(marked, float)
    groups = np.unique(patients, return_inverse=True)[1]
    k, n = groups.max() + 1, y.size
    fit = sm.OLS(y, np.ones(n)).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    variance = float(fit.cov_params()[0, 0]) * k / (k - 1)
    return max(variance / (y.mean() * (1 - y.mean()) / n), 1.0)
