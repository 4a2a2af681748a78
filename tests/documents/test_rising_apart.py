"""Rises that are not called for their cover are counted in a sentence."""

import pandas as pd
import pytest
from tests.sentences import numbers_in

from mesodash.documents.rising_apart import apart_words


def frame(*differs, p=0.001):
    return pd.DataFrame({"cover_differs": list(differs), "p_corrected": [p] * len(differs)})


@pytest.mark.parametrize(("differs", "n"), [(("more",), 1), (("more", None, "less"), 2)])
def test_they_are_counted(differs, n):
    assert numbers_in(apart_words(frame(*differs))) == [n]


def test_others_are_not():
    assert apart_words(frame(None, None)) == ""
    assert apart_words(frame("more", p=0.3)) == ""
