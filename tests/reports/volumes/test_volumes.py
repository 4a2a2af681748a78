"""Volumes, recounted in plain Python from the record's rows."""

import math
from collections import defaultdict
from datetime import date

import pytest

from mesodash.reports.core.filters import Filters, Period, ReportError
from mesodash.reports.volumes.volumes import COLUMNS

NAMES = {1: "dr-1", 2: "dr-2", 3: "dr-3", None: None}


def recount(rows, by, keep=lambda _session: True, inside=lambda _area: True, need_area=False):
    held = [s for s in rows.sessions if s.state == "held"]
    first = {}
    for session in held:
        first[session.patient] = min(session.held_on, first.get(session.patient, session.held_on))
    places = defaultdict(dict)
    for area in rows.treated_areas:
        if inside(area.area):
            volumes = places[area.session].setdefault((area.area, area.side), [])
            volumes.append(area.volume_ul)
    cells = defaultdict(lambda: [set(), set(), set(), 0, []])
    for session in filter(keep, held):
        here = places.get(session.id) or ({} if need_area else {(None, None): []})
        for (area, side), volumes in here.items():
            known = {
                "month": f"{session.held_on:%Y-%m}",
                "day": session.held_on.isoformat(),
                "area": area,
                "side": side,
                "protocol": session.protocol,
                "indication": session.indication,
                "practitioner": NAMES[session.practitioner],
                "clinic": "test",
            }
            cell = cells[tuple(known[key] for key in by)]
            cell[0].add(session.id)
            cell[1].add(session.patient)
            start = first[session.patient]
            step = {"month": f"{start:%Y-%m}", "day": start.isoformat()}
            if all(step[key] == known[key] for key in by if key in step):
                cell[2].add(session.patient)
            cell[3] += area is not None
            cell[4] += [volume for volume in volumes if volume is not None]
    return {
        key: (len(s), len(p), len(n), areas, sum(v) / 1000 if v else None)
        for key, (s, p, n, areas, v) in cells.items()
    }


def as_dict(frame, by):
    def plain(value):
        return None if isinstance(value, float) and math.isnan(value) else value

    return {
        tuple(plain(row[key]) for key in by): tuple(plain(row[name]) for name in COLUMNS)
        for row in frame.to_dict("records")
    }


@pytest.mark.parametrize(
    "by",
    [
        ("month", "area"),
        ("area", "side", "protocol"),
        ("practitioner",),
        ("indication", "clinic"),
        ("day",),
        (),
    ],
)
def test_recounted(reader, rows, by):
    frame = reader.volumes(by=by)
    assert list(frame.columns) == [*by, *COLUMNS]
    assert as_dict(frame, by) == recount(rows, by)


def test_filters_recounted(reader, rows):
    start, end = date(2024, 4, 10), date(2025, 2, 20)
    filters = Filters(
        Period(start, end), areas=("face",), protocols=("melasma_txa",), practitioners=("dr-1",)
    )
    frame = reader.volumes(filters, ("month",))
    expected = recount(
        rows,
        ("month",),
        lambda s: start <= s.held_on <= end and s.protocol == "melasma_txa" and s.practitioner == 1,
        lambda area: area.startswith("face."),
        need_area=True,
    )
    assert len(expected) > 3
    assert as_dict(frame, ("month",)) == expected


def test_a_parent_takes_in_all_below(reader, catalogue):
    below = tuple(code for code in catalogue.areas if catalogue.within(code, "face"))
    assert reader.volumes(Filters(areas=("face",)), ()).equals(
        reader.volumes(Filters(areas=below), ())
    )
    by_region = reader.volumes(by=("region",))
    assert set(by_region["region"].dropna()) == {"face", "abdomen", "buttock", "leg"}


def test_without_a_month_new_means_new_in_the_period(reader, rows):
    period = Period(date(2025, 1, 1), date(2025, 12, 31))
    first = {}
    for s in rows.sessions:
        if s.state == "held":
            first[s.patient] = min(s.held_on, first.get(s.patient, s.held_on))
    expected = sum(day.year == 2025 for day in first.values())
    assert reader.volumes(Filters(period), ()).loc[0, "new_patients"] == expected


def test_weeks_begin_on_monday(reader):
    days = {date.fromisoformat(week).weekday() for week in reader.volumes(by=("week",))["week"]}
    assert days == {0}


def test_nothing_in_the_period_is_no_row(reader):
    long_ago = Filters(Period(date(1990, 1, 1), date(1990, 12, 31)))
    assert len(reader.volumes(long_ago)) == 0


def test_an_unknown_key_names_the_allowed(reader):
    with pytest.raises(ReportError, match='"colour"; choose from month, area'):
        reader.volumes(by=("colour",))


def test_an_unknown_area_is_told(reader):
    with pytest.raises(ReportError, match='no area "elbowish"'):
        reader.volumes(Filters(areas=("elbowish",)))
