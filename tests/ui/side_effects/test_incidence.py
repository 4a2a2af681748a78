"""The axis of a chart of shares."""

import pandas as pd
import pytest

from mesodash.ui.side_effects.incidence import axis_end


@pytest.mark.parametrize(
    ("highs", "end"), [([0.031, 0.044], 0.05), ([0.31], 0.5), ([0.98, 0.2], 1.0), ([0.2], 0.2)]
)
def test_the_axis_of_rare_effects_is_not_mostly_empty(highs, end):
    assert axis_end(pd.Series(highs)) == end
