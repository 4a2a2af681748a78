"""A report's numbers do not depend on the order in which the engine gives its rows.

An engine of several threads gives grouped rows in any order, and another one at the next question.
Sums of floats in that order would differ in their last digits from one page to another.
"""

import random
from itertools import count

import pandas as pd
import pytest
from tests.reports.made_clinic import make_clinic

from mesodash.lake.engines import Lake
from mesodash.reports.core.reader import Reader
from mesodash.reports.core.registry import names

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    return make_clinic(tmp_path_factory.mktemp("order") / "clinic.db", sessions=120)


@pytest.fixture
def shuffled(monkeypatch):
    """Have every answer of the engine come in another order; gives how many there were."""
    fetch, asked = Lake._fetch, count()

    def fetch_shuffled(lake, sql, parameters):
        frame = fetch(lake, sql, parameters)
        if "ORDER BY" in sql.rpartition(")")[2].upper():  # the whole is sorted, not a window
            return frame
        places = list(range(len(frame)))
        random.Random(next(asked)).shuffle(places)  # noqa: S311 - no secret
        return frame.iloc[places].reset_index(drop=True)

    monkeypatch.setattr(Lake, "_fetch", fetch_shuffled)
    return lambda: next(asked)


@pytest.mark.parametrize("name", names())
def test_rows_in_another_order_give_the_same_numbers(clinic, catalogue, shuffled, name):
    answers = [Reader(clinic, catalogue).report(name) for _ in range(3)]

    assert shuffled() > 0 or name == "due"
    for other in answers[1:]:
        pd.testing.assert_frame_equal(other, answers[0], check_exact=True)
