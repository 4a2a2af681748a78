import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodash.exchange.cell_text import csv_line, protect, real, thousandths, unprotect

ANY = st.text(st.characters(codec="utf-8"))
LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.mark.parametrize("start", LIVE)
def test_a_formula_is_made_text_and_comes_back(start):
    text = f"{start}cmd|' /C calc'!A0"

    assert protect(text) == f"'{text}"
    assert unprotect(protect(text)) == text


@pytest.mark.parametrize("text", ["", "O'Neill", "'quoted'", "a=b", "1-2"])
def test_plain_text_stays_as_it_is(text):
    assert (protect(text), unprotect(text)) == (text, text)


@given(st.lists(st.sampled_from("'=+-@\t\r\n＝＠a1"), max_size=6).map("".join) | ANY)
def test_unprotect_undoes_protect_exactly(text):
    assert unprotect(protect(text)) == text
    assert not protect(text).startswith(LIVE)


@given(st.lists(ANY, min_size=2, max_size=5))
def test_pythons_strict_reader_reads_every_line_back(cells):
    assert list(csv.reader(io.StringIO(csv_line(cells), newline=""), strict=True)) == [cells]


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0"), (1, "0.001"), (100, "0.1"), (1250, "1.25"), (2000, "2"), (1_000_000, "1000")],
)
def test_thousandths_are_exact(amount, text):
    assert thousandths(amount) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_real_reads_back_as_itself(number):
    assert float(real(number)) == number


def test_a_whole_real_has_no_tail():
    assert (real(3.0), real(-2.5), real(0.1 + 0.2)) == ("3", "-2.5", "0.30000000000000004")
