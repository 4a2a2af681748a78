"""A demo, which anybody may open, takes back its own export and no new people."""

from datetime import UTC, date, datetime

import pytest
from tests.exchange.small_clinic import ACTOR, FILES, clock
from tests.recorded import NOTED, contents

from mesodash.demo import make_demo
from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.exporting.export_folder import export_csv


@pytest.fixture
def demo(tmp_path, catalogue):
    make_demo(tmp_path / "demo.db", sessions=30, today=date(2026, 11, 22), catalogue=catalogue)
    return tmp_path / "demo.db"


@pytest.mark.parametrize("name", ["patients.csv", "practitioners.csv"])
def test_new_people_are_refused_and_nothing_is_kept(demo, put, take, name):
    before = contents(demo, but=NOTED)

    with pytest.raises(ExchangeError, match="is a demo clinic") as caught:
        take(demo, put({name: FILES[name]}))

    assert "`mesodash init`" in str(caught.value)
    assert contents(demo, but=NOTED) == before


def test_it_may_be_tried_and_its_own_comes_back(demo, put, take, tmp_path):
    tried = take(demo, put(FILES), dry_run=True)
    export_csv(demo, tmp_path / "out", actor=ACTOR, clock=clock)
    own = take(demo, tmp_path / "out", clock=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))

    assert sum(file.inserted for file in tried.files) > 0
    assert sum(file.inserted + file.updated + file.rejected for file in own.files) == 0
