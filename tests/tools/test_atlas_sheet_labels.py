"""The names next to a view: none lies on another, none is lost, no leader crosses its neighbour."""

import itertools
import random
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools" / "atlas_sheet"


@pytest.fixture
def names(monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    import sheet_labels

    return sheet_labels


@pytest.mark.parametrize("seed", range(5))
def test_names_keep_their_distance_and_stay_on_the_sheet(names, seed):
    draw = random.Random(seed)  # noqa: S311 - places, not secrets
    given = [names.Label(f"{i}", (draw.uniform(0, 100), draw.gauss(50, 20))) for i in range(40)]
    placed = names.place(given, edges=(-20, 120), ends=(0, 500), pitch=20)

    assert sorted(label.text for label in placed) == sorted(label.text for label in given)
    for left, edge in ((True, -20), (False, 120)):
        column = sorted((label for label in placed if label.left is left), key=lambda row: row.y)
        assert len(column) == 20
        assert all(b.y - a.y >= 20 - 1e-9 for a, b in itertools.pairwise(column))
        assert column[0].y >= 0
        assert column[-1].y <= 500
        for a, b in itertools.pairwise(column):
            assert not names.crosses((edge, a.y), a.spot, (edge, b.y), b.spot)


def test_a_name_with_room_stands_level_with_its_spot(names):
    assert names.spread([10, 50, 90], (0, 100), 20) == [10, 50, 90]
    assert names.spread([50, 50], (0, 100), 20) == [40, 60]
    assert names.spread([-5, 0], (0, 100), 20) == [0, 20]
    assert names.spread([99, 100], (0, 100), 20) == [80, 100]


def test_too_many_names_are_refused(names):
    with pytest.raises(ValueError, match="6 names do not fit"):
        names.spread([1, 2, 3, 4, 5, 6], (0, 99), 20)
