"""Attendance, recounted in plain Python."""

from collections import Counter
from datetime import date

import pytest

from mesodash.reports.attendance import COLUMNS
from mesodash.reports.filters import Filters, Period, ReportError
from mesodash.reports.rates import wilson


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
        assert (row.cancelled_share, row.cancelled_low, row.cancelled_high) == wilson(
            counts[1], sum(counts)
        )
        assert (row.no_show_share, row.no_show_low, row.no_show_high) == wilson(
            counts[2], sum(counts)
        )


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
