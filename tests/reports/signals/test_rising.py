"""What becomes more frequent in the whole clinic is called; an even clinic is not."""

from datetime import date, timedelta

import pandas as pd
import pytest

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import writing
from mesodash.reports.core.filters import Filters, Period, ReportError
from mesodash.reports.core.reader import Reader
from mesodash.reports.signals.rising import TYPES

FIRST = date(2024, 5, 1)
APRIL = Filters(Period(date(2025, 4, 1), date(2025, 4, 30)))


def clinic(path, ill, *, onset=1, sessions_a_day=2):
    """A year of sessions, each of a patient of its own; `ill(n, day)` says which have a bruise."""
    create_clinic(path, clinic_id="test", name="x", kind="demo", actor=DEMO)
    with writing(path, DEMO) as change:
        for n in range(365 * sessions_a_day):
            day = FIRST + timedelta(days=n // sessions_a_day)
            change.db["patients"].insert({"id": n, "patient_id": f"P{n}", "sex": "female"})
            change.db["sessions"].insert(
                {"id": n, "session_id": f"S{n}", "patient": n, "held_at": f"{day}", "state": "held"}
            )
            if ill(n, day):
                change.db["side_effects"].insert(
                    {"side_effect_id": f"E{n}", "session": n, "effect": "nodule",
                     "onset_at": f"{day + timedelta(days=onset)}"}
                )  # fmt: skip
        change.log("import", "sessions")
    return path


def every_twentieth_then_fifth(n, day):
    return n % 20 == 0 or (day >= date(2025, 3, 1) and n % 5 == 0)


@pytest.mark.parametrize(("onset", "since"), [(1, "2025-03"), (20, "2025-04")])
def test_a_change_of_the_whole_clinic_is_called(tmp_path, catalogue, onset, since):
    reader = Reader(clinic(tmp_path / "c.db", every_twentieth_then_fifth, onset=onset), catalogue)
    frame = reader.report("rising", APRIL, ())
    assert list(frame.columns) == list(TYPES)
    (row,) = frame.to_dict("records")
    assert (row["effect"], row["late"], row["stands_out"]) == ("nodule", onset > 7, True)
    assert row["since"] == since
    assert row["patients_since"] > 1.8 * row["expected_since"] > 0
    # No lot, hand or place differs, so that nothing else could have shown it.
    assert reader.clusters(APRIL).empty


def test_an_even_clinic_is_not(tmp_path, catalogue):
    reader = Reader(clinic(tmp_path / "c.db", lambda n, _: n % 20 == 0), catalogue)
    (row,) = reader.report("rising", APRIL, ()).to_dict("records")
    assert not row["stands_out"]
    assert row["p_value"] > 0.05


def test_more_sessions_are_no_rise(tmp_path, catalogue):
    """Twice the sessions have twice the lumps: expected. Their number alone would show it."""

    def ill(n, day):
        return n % 20 == 0 and (n % 40 == 0 or day >= date(2025, 3, 1))

    path = clinic(tmp_path / "c.db", ill)
    with writing(path, DEMO) as change:
        change.db.execute("UPDATE sessions SET state = 'cancelled' WHERE held_at < '2025-03-01'"
                          " AND id % 40 >= 20")  # fmt: skip
        change.log("update", "sessions")
    (row,) = Reader(path, catalogue).report("rising", APRIL, ()).to_dict("records")
    assert not row["stands_out"]
    assert row["p_value"] > 0.05


def test_it_is_not_counted_by_anything(tmp_path, catalogue):
    reader = Reader(clinic(tmp_path / "c.db", lambda n, _: n % 90 == 0), catalogue)
    assert len(reader.report("rising", by=())) == 1  # without a period: up to the last session
    with pytest.raises(ReportError, match="rising cannot be counted by"):
        reader.report("rising", by=("month",))


def telephone(path, share, *, since=date(2025, 3, 1), before=0.3):
    """A contact a week after the sessions without a lump: so many of ten since a day."""
    with writing(path, DEMO) as change:
        rows = change.db.execute(
            "SELECT s.id, s.held_at FROM sessions s LEFT JOIN side_effects e ON e.session = s.id"
            " WHERE e.id IS NULL ORDER BY s.id"
        ).fetchall()
        for n, (session, held_at) in enumerate(rows):
            held = date.fromisoformat(held_at)
            if n % 10 < 10 * (share if held >= since else before):
                change.db["follow_ups"].insert(
                    {"session": session, "contacted_at": f"{held + timedelta(days=7)}",
                     "channel": "phone"}
                )  # fmt: skip
        change.log("import", "follow_ups")


@pytest.mark.parametrize(
    ("share", "differs"), [(0.9, "more"), (0.3, None), (0.35, None), (0.0, "less")]
)
def test_a_rise_after_which_patients_were_asked_otherwise_is_not_called(
    tmp_path, catalogue, share, differs
):
    path = clinic(tmp_path / "c.db", every_twentieth_then_fifth)
    telephone(path, share)
    (row,) = Reader(path, catalogue).report("rising", APRIL, ()).to_dict("records")
    assert row["p_corrected"] < 0.02
    assert row["stands_out"] == (differs is None)
    assert row["cover_differs"] == differs or (differs is None and pd.isna(row["cover_differs"]))
    assert row["followed_share"] == pytest.approx(share, abs=0.06)
    assert row["earlier_followed_share"] == pytest.approx(0.3, abs=0.01)
