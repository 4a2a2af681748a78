"""One look at the reports: what is at hand, what must be waited for, and that none is stale."""

import math

import pandas as pd
import pytest
from tests.consult_clinic import make_clinic

from mesodash.lake import publish
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import writing
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.reader import Reader
from mesodash.reports.core.snapshot import Memory, plain_rows

ASKED = ("volumes", Filters(), ("area",))


@pytest.fixture
def rooms(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


@pytest.fixture
def reader(rooms, catalogue):
    return Reader(rooms, catalogue)


def sessions(rows):
    return {row["area"]: row["sessions"] for row in rows}


def hold_the_planned_one(rooms):
    with writing(rooms, DEMO) as change:
        change.db.execute("UPDATE sessions SET state = 'held' WHERE state = 'planned'")
        change.db.execute(
            "INSERT INTO treated_areas (session, patient, held_at, area, side)"
            " SELECT id, patient, held_at, 'scalp.vertex', 'midline' FROM sessions"
            " WHERE session_id = 'S4'"
        )
        change.log("update", "sessions", month="2026-11")
        change.log("create", "treated_areas", month="2026-11")


def test_what_was_never_asked_is_not_at_hand_and_is_after_it_was_waited_for(reader, rooms):
    look = reader.look(read_clinic(rooms))
    assert look.at_hand(*ASKED) is None
    rows = look.rows(*ASKED)
    assert sessions(rows) == {"scalp.frontal": 3, "scalp.vertex": 3}
    assert reader.look(read_clinic(rooms)).at_hand(*ASKED) == rows
    assert reader.look().at_hand(*ASKED) == rows


def test_rows_are_those_of_the_report(reader):
    assert list(reader.look().rows(*ASKED)) == reader.report(*ASKED).to_dict("records")


@pytest.mark.slow
def test_a_look_after_a_change_is_not_answered_by_the_one_before(reader, rooms):
    before = reader.look(read_clinic(rooms))
    before.rows(*ASKED)
    reader.look(read_clinic(rooms)).at_hand(*ASKED)
    hold_the_planned_one(rooms)

    look = reader.look(read_clinic(rooms))
    assert look.at_hand(*ASKED) is None
    assert sessions(look.rows(*ASKED)) == {"scalp.frontal": 3, "scalp.vertex": 4}
    assert sessions(before.rows(*ASKED)) == {"scalp.frontal": 3, "scalp.vertex": 3}


@pytest.mark.slow
def test_the_file_is_asked_once_a_look_and_not_again_while_nothing_moves(
    reader, rooms, monkeypatch
):
    reader.look().rows(*ASKED)
    asked = []
    real = publish.is_up_to_date
    monkeypatch.setattr(
        "mesodash.reports.core.reader.is_up_to_date", lambda *given: asked.append(1) or real(*given)
    )
    clinic = read_clinic(rooms)
    first = reader.look(clinic)
    first.rows(*ASKED)
    first.rows("outcomes", Filters(), ("protocol", "scale"))
    assert len(asked) == 1
    reader.look(clinic).rows(*ASKED)
    assert len(asked) == 1
    reader.look().rows(*ASKED)  # without what was read of the clinic the file itself is asked
    assert len(asked) == 2


def test_a_lake_that_was_deleted_is_published_anew(reader, rooms):
    reader.look(read_clinic(rooms)).rows(*ASKED)
    (state,) = (rooms.with_suffix(".lake") / publish.STATE_FOLDER).glob("*.json")
    state.unlink()

    look = reader.look(read_clinic(rooms))
    assert look.at_hand(*ASKED) is None
    assert sessions(look.rows(*ASKED)) == {"scalp.frontal": 3, "scalp.vertex": 3}
    assert state.exists()


def test_memory_forgets_what_was_not_asked_for_longest(monkeypatch):
    monkeypatch.setattr("mesodash.reports.core.snapshot._REMEMBERED", 2)
    memory = Memory()
    memory.keep("a", 1)
    memory.keep("b", 2)
    assert memory.get("a") == 1
    memory.keep("c", 3)
    assert [memory.get(key) for key in "abc"] == [1, None, 3]
    memory.clear()
    assert memory.get("a") is None


def test_a_missing_word_is_none_and_a_missing_number_stays_nan():
    frame = pd.DataFrame(
        {
            "area": pd.Series(["hip", None], dtype="str"),
            "volume_ml": [None, 2.5],
            "sessions": [1, 2],
        }
    )

    first, second = plain_rows(frame)

    assert (first["area"], second["area"]) == ("hip", None)
    assert math.isnan(first["volume_ml"])
    assert second == {"area": None, "volume_ml": 2.5, "sessions": 2}
