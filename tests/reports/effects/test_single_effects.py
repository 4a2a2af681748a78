"""Open and late effects one by one, by the record's ids, for those who may see them."""

from datetime import date, timedelta

import pytest

from mesodash.catalogue.watching import watched_until
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.store.connection import reading, writing
from mesodash.reports.core.filters import Filters, Period, ReportError
from mesodash.reports.core.reader import Reader

NAMED = ("side_effect_id", "session_id", "patient_id")


def is_open(effect):
    return not effect.resolved_at and not effect.gone_by_at


def test_the_open_ones_are_those_of_the_record(reader, rows):
    frame = reader.open_effects(DEMO)
    expected = {e.side_effect_id for e in rows.side_effects if is_open(e)}
    assert set(frame["side_effect_id"]) == expected
    sessions = {e.side_effect_id: rows.session[e.session] for e in rows.side_effects}
    patients = {p.id: p.patient_id for p in rows.patients}
    for row in frame.head(40).itertuples():
        session = sessions[row.side_effect_id]
        assert row.session_id == session.session_id
        assert row.patient_id == patients[session.patient]
        assert row.held_on == session.held_on


def test_the_open_ones_are_as_many_as_the_side_effects_report_says(reader, rows):
    total = reader.side_effects()
    frame = reader.open_effects(DEMO)
    assert frame["days_followed"].dropna().is_monotonic_decreasing
    followed = {e.side_effect_id for e in rows.following}
    frame = frame[frame["side_effect_id"].isin(followed)]
    assert (frame["counting"] == "ongoing").sum() == total["ongoing"].sum()
    assert (frame["counting"] == "no_follow_up").sum() == total["no_follow_up"].sum()


def test_filters_narrow_the_list(reader, rows):
    period = Filters(Period(date(2024, 3, 1), date(2024, 5, 31)), areas=("face",))
    frame = reader.open_effects(DEMO, period)
    assert 0 < len(frame) < len(reader.open_effects(DEMO))
    assert frame["area"].str.startswith("face.").all()
    assert frame["held_on"].between(date(2024, 3, 1), date(2024, 5, 31)).all()


@pytest.fixture
def lumps(empty_clinic, catalogue):
    """Nodules on day 0, 7, 8 and 30; hives on day 20; a bruise on day 30; lots A and B."""
    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].insert({"id": 1, "patient_id": "P1", "sex": "female"})
        onsets = [("nodule", 1), ("nodule", 8), ("nodule", 9), ("nodule", 31), ("urticaria", 21),
                  ("bruise", 31)]  # fmt: skip
        for n, (effect, day) in enumerate(onsets, start=1):
            change.db["sessions"].insert(
                {"id": n, "session_id": f"S{n}", "patient": 1, "held_at": "2024-01-01T10:00",
                 "state": "held"}
            )  # fmt: skip
            change.db["side_effects"].insert(
                {"side_effect_id": f"E{n}", "session": n, "effect": effect,
                 "onset_at": f"2024-01-{day:02}"}
            )  # fmt: skip
            for lot in ("A", "B") if n == 4 else ("A",):
                change.db["products_used"].insert({"session": n, "product": lot, "lot": lot})
        change.log("import", "side_effects")
    return Reader(empty_clinic, catalogue)


def test_late_lumps_are_listed_whatever_their_number(lumps):
    frame = lumps.late_effects(DEMO)
    assert set(zip(frame["side_effect_id"], frame["onset_day"], strict=True)) == {
        ("E3", 8),
        ("E4", 30),
        ("E5", 20),
    }


def test_late_ones_are_counted_without_names(lumps, catalogue):
    frame = lumps.report("late")
    assert frame.drop(columns="ripe_on").to_dict("records") == [
        {"effect": "nodule", "n": 2, "sessions": 2, "first_day": 8, "last_day": 30},
        {"effect": "urticaria", "n": 1, "sessions": 1, "first_day": 20, "last_day": 20},
    ]
    by_lot = lumps.report("late", by=("lot",)).set_index("lot")["n"].to_dict()
    assert by_lot == {"A": 3, "B": 1}
    (month,) = lumps.report("late", by=("month",)).to_dict("records")
    assert (month["month"], month["n"]) == ("2024-01", 3)
    assert month["ripe_on"] == date(2024, 1, 31) + timedelta(watched_until(catalogue))


def test_the_look_is_noted_and_trainers_are_refused(lumps):
    with pytest.raises(NotAllowedError, match="may not look at single sessions"):
        lumps.late_effects(Actor("t-1", "trainer"))
    assert lumps.late_effects(DEMO)["patient_id"].tolist() == ["P1"] * 3
    with reading(lumps.db) as db:
        seen = set(db.execute(
            "SELECT actor, row_key FROM change_log WHERE action = 'view'").fetchall())  # fmt: skip
    assert seen == {("demo", "late_effects")}


def test_a_bare_lake_names_nobody(lumps, catalogue):
    lumps.report("late")
    bare = Reader(None, catalogue, lake=lumps.db.with_suffix(".lake"))
    assert bare.report("late")["n"].sum() == 3
    with pytest.raises(ReportError, match="only from the clinic's file"):
        bare.open_effects(DEMO)
