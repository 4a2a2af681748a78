"""Nobody is alone in a group of a pseudonymised export, and no more is blanked than needed."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.small_clinic import ACTOR, FILES, clock

from mesodash.documents import small_groups
from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.exporting.coarsening import BANDS, SMALLEST, coarsened
from mesodash.exchange.exporting.export_folder import export_csv

ANYBODY = st.tuples(
    st.none() | st.integers(1880, 2026),
    st.sampled_from(["female", "male", "other", "unknown"]),
    st.none() | st.sampled_from(["I", "II", "III", "IV", "V", "VI"]),
)


def group(count, person, name):
    return {f"{name}{n}": person for n in range(count)}


@pytest.mark.slow
@given(st.lists(ANYBODY, min_size=5, max_size=80))
def test_every_combination_is_shared_by_five(people):
    named = {f"P{n}": person for n, person in enumerate(people)}

    told = coarsened(named)

    assert told.keys() == named.keys()
    assert min(Counter(told.values()).values()) >= SMALLEST
    for name, (year, sex, phototype) in told.items():
        true_year, true_sex, true_phototype = named[name]
        assert year is None or any(year == true_year // width * width for width in BANDS)
        assert sex in (true_sex, "unknown")
        assert phototype in (true_phototype, None)


def test_the_same_number_counts_as_few_everywhere():
    assert SMALLEST == small_groups.SMALLEST


def test_large_groups_stay_as_they_are_but_for_the_band():
    people = group(5, (1983, "female", "III"), "A") | group(5, (1984, "male", None), "B")

    assert coarsened(people) == group(5, (1980, "female", "III"), "A") | group(
        5, (1980, "male", None), "B"
    )


def test_a_rare_phototype_goes_first():
    people = group(9, (1983, "female", "III"), "A") | group(5, (1983, "female", "IV"), "B")
    people |= group(4, (1983, "female", None), "C") | group(1, (1984, "female", "VI"), "D")

    told = coarsened(people)

    assert Counter(told.values()) == {
        (1980, "female", "III"): 9,
        (1980, "female", "IV"): 5,
        (1980, "female", None): 5,
    }


def test_scattered_years_are_told_in_wider_bands():
    people = {f"P{n}": (1960 + 2 * n, "female", "II") for n in range(10)}

    assert Counter(coarsened(people).values()) == {
        (1960, "female", "II"): 5,
        (1970, "female", "II"): 5,
    }


def test_one_old_patient_does_not_widen_everybodys_band():
    people = group(60, (1983, "female", "III"), "A") | group(1, (1921, "female", "III"), "B")
    people |= group(5, (None, "female", None), "C")

    told = coarsened(people)

    assert told["A0"] == (1980, "female", "III")
    assert told["B0"] == (None, "female", None)


def test_two_men_among_women_are_hidden_among_some_of_them():
    people = group(60, (1983, "female", "III"), "A") | group(5, (1993, "female", "II"), "B")
    people |= group(2, (1983, "male", "III"), "C")

    assert Counter(coarsened(people).values()) == {
        (1980, "female", "III"): 60,
        (None, "unknown", None): 7,
    }


def test_no_patients_no_risk():
    assert coarsened({}) == {}


@pytest.mark.parametrize("count", [1, 4])
def test_too_few_patients_are_refused(count):
    with pytest.raises(ExchangeError, match="fewer than 5 patients"):
        coarsened(group(count, (1983, "female", "III"), "A"))


def test_a_refused_export_leaves_nothing_and_is_not_logged(clinic, put, take, tmp_path):
    take(clinic, put(FILES))

    with pytest.raises(ExchangeError, match="export without --pseudonymised"):
        export_csv(clinic, tmp_path / "out", actor=ACTOR, clock=clock, pseudonymised=True)

    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def test_cells_below_five_are_in_the_plain_export_only(clinic, put, take, tmp_path):
    rows = [f"P{n},{'male' if n < 2 else 'female'},{1950 + n},II," for n in range(40)]
    take(
        clinic,
        put({"patients.csv": "\n".join(["patient_id,sex,birth_year,phototype,note", *rows])}),
    )

    def sizes(folder, **options):
        export_csv(clinic, folder, actor=ACTOR, clock=clock, **options)
        lines = (folder / "patients.csv").read_text("utf-8").splitlines()[1:]
        return Counter(tuple(line.split(",")[1:4]) for line in lines)

    assert min(sizes(tmp_path / "plain").values()) == 1  # the control
    assert min(sizes(tmp_path / "hidden", pseudonymised=True).values()) >= 5
