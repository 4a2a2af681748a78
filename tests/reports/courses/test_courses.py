"""Courses, recounted in plain Python."""

from collections import Counter, defaultdict
from datetime import date

import pandas as pd
import pytest

from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.courses.courses import COLUMNS


def recount(rows, keep=lambda _course: True):
    held = Counter(s.course for s in rows.sessions if s.state == "held")
    cells = defaultdict(list)
    for course in filter(keep, rows.courses):
        cells[course.protocol].append((course, held[course.id]))
    return {
        protocol: {
            "courses": len(found),
            **{
                state: sum(c.state == state for c, _ in found)
                for state in ("completed", "stopped", "active")
            },
            "sessions_planned": sum(c.planned_sessions or 0 for c, _ in found)
            if any(c.planned_sessions for c, _ in found)
            else None,
            "sessions_held": sum(n for _, n in found),
            "dropped_after": dict(Counter(n for c, n in found if c.state == "stopped")),
        }
        for protocol, found in cells.items()
    }


def as_dict(frame):
    return {
        row.pop("protocol"): {
            k: None if k == "sessions_planned" and pd.isna(v) else v for k, v in row.items()
        }
        for row in frame.to_dict("records")
    }


def test_recounted(reader, rows):
    frame = reader.courses()
    assert list(frame.columns) == ["protocol", *COLUMNS]
    assert as_dict(frame) == recount(rows)
    assert any(frame["dropped_after"])
    assert all(list(d) == sorted(d) for d in frame["dropped_after"])


def test_the_period_is_that_of_the_start(reader, rows):
    start, end = date(2024, 6, 1), date(2024, 12, 31)
    frame = reader.courses(Filters(Period(start, end)))
    expected = recount(rows, lambda c: start <= date.fromisoformat(c.started_on) <= end)
    assert as_dict(frame) == expected


def test_an_area_leaves_courses_held_there(reader, rows):
    inside = {
        rows.session[a.session].course for a in rows.treated_areas if a.area.startswith("abdomen.")
    }
    frame = reader.courses(Filters(areas=("abdomen",)))
    assert as_dict(frame) == recount(rows, lambda c: c.id in inside)
    theirs = {s.course for s in rows.sessions if s.practitioner == 2 and s.state == "held"}
    frame = reader.courses(Filters(practitioners=("dr-2",)))
    assert as_dict(frame) == recount(rows, lambda c: c.id in theirs)


@pytest.mark.parametrize("by", [(), ("month",), ("indication", "clinic")])
def test_every_course_is_in_one_cell(reader, rows, by):
    frame = reader.courses(by=by)
    assert frame["courses"].sum() == len(rows.courses)
    dropped = sum(n for cell in frame["dropped_after"] for n in cell.values())
    assert dropped == frame["stopped"].sum()
