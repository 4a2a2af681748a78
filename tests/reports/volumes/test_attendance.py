"""Attendance, recounted in plain Python."""

from collections import Counter
from datetime import date

import pytest
from tests.reports.by_patient import design_effect, share_of

from mesodash.reports.core.filters import Filters, Period, ReportError
from mesodash.reports.stats.rates import wilson
from mesodash.reports.volumes.attendance import COLUMNS


@pytest.mark.slow
def test_recounted_by_month(reader, rows):
    frame = reader.report("attendance")
    assert list(frame.columns) == ["month", *COLUMNS]
    states = Counter((f"{s.held_on:%Y-%m}", s.state) for s in rows.sessions)
    months = {month for month, state in states if state != "planned"}
    assert set(frame["month"]) == months
    for row in frame.itertuples():
        counts = [states[row.month, state] for state in ("held", "cancelled", "no_show")]
        assert [row.held, row.cancelled, row.no_show] == counts
        assert row.appointments == sum(counts)
        there = [s for s in rows.sessions if f"{s.held_on:%Y-%m}" == row.month]
        there = [s for s in there if s.state != "planned"]
        who = [s.patient for s in there]
        for state in ("cancelled", "no_show"):
            found = [getattr(row, f"{state}_{part}") for part in ("share", "low", "high")]
            marked = [s.state == state for s in there]
            assert found == pytest.approx(share_of(who, marked), abs=1e-12)


def test_who_misses_often_widens_the_interval(reader, rows):
    """By statsmodels; the negative control is Wilson's interval, which takes all for unrelated."""
    (row,) = reader.report("attendance", by=()).to_dict("records")
    there = [s for s in rows.sessions if s.state != "planned"]
    for state in ("cancelled", "no_show"):
        marked = [s.state == state for s in there]
        expected = design_effect([s.patient for s in there], marked)
        assert row[f"{state}_design_effect"] == pytest.approx(expected, rel=1e-9)
    who, once = [s.patient for s in there], [s.patient % 9 == 0 for s in there]
    _, low, high = share_of(who, once)
    _, usual_low, usual_high = wilson(sum(once), len(once))
    assert high - low > 1.3 * (usual_high - usual_low)


def test_held_are_the_sessions_of_the_volumes(reader, rows):
    period = Filters(Period(date(2024, 3, 1), date(2024, 9, 30)))
    (row,) = reader.report("attendance", period, ()).to_dict("records")
    assert row["held"] == reader.volumes(period, ()).loc[0, "sessions"]


def test_an_area_leaves_the_appointments_of_courses_treated_there(reader, rows):
    held = {s.id for s in rows.sessions if s.state == "held"}
    there = {
        rows.session[a.session].course
        for a in rows.treated_areas
        if a.area.startswith("face.") and a.session in held
    }
    (row,) = reader.report("attendance", Filters(areas=("face",)), ()).to_dict("records")
    expected = Counter(s.state for s in rows.sessions if s.course in there)
    assert (row["held"], row["cancelled"], row["no_show"]) == (
        expected["held"],
        expected["cancelled"],
        expected["no_show"],
    )
    assert row["cancelled"] > 0


def test_an_unknown_key_is_told(reader):
    with pytest.raises(ReportError, match="cannot be counted by"):
        reader.report("attendance", by=("area",))
