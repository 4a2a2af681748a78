"""The share followed up with each rate, recounted from the record."""

from collections import defaultdict
from datetime import date

import pandas as pd
import pytest

from mesodash.reports.core.filters import Filters, Period


def was_followed(rows, session, end=date.max):
    days = [date.fromisoformat(f.contacted_at[:10]) for f in rows.follow_ups
            if f.session == session.id]  # fmt: skip
    days += [s.held_on for s in rows.sessions if s.patient == session.patient and s.state == "held"]
    return any(session.held_on < day <= end for day in days)


@pytest.mark.parametrize("report", ["side_effects", "incidence"])
@pytest.mark.parametrize("key", ["practitioner", "protocol"])
def test_each_group_has_the_share_of_its_sessions(reader, rows, report, key):
    period = Period(date(2024, 2, 1), date(2024, 12, 31))
    frame = reader.report(report, Filters(period), ("effect", key))
    asked = defaultdict(list)
    for session in rows.sessions:
        if session.state == "held" and period.start <= session.held_on <= period.end:
            value = session.protocol if key == "protocol" else session.practitioner
            asked[value and str(value)].append(was_followed(rows, session, period.end))
    names = {None: None} | {f"{n}": f"dr-{n}" for n in (1, 2, 3)} if key == "practitioner" else {}
    asked = {names.get(value, value): found for value, found in asked.items()}
    assert len(frame) > 5
    for row in frame.to_dict("records"):
        value = None if pd.isna(row[key]) else row[key]
        assert row["sessions"] == len(asked[value])
        assert row["followed_share"] == pytest.approx(sum(asked[value]) / len(asked[value]))


def test_by_area_a_session_counts_once(reader, rows):
    frame = reader.report("incidence", Filters(), ("effect", "area")).set_index(["effect", "area"])
    area = "face.cheek"
    treated = {a.session for a in rows.treated_areas if a.area == area}
    mine = [s for s in rows.sessions if s.id in treated and s.state == "held"]
    row = frame.xs(area, level="area").iloc[0]
    assert row["sessions"] == len(mine)
    assert row["followed_share"] == pytest.approx(
        sum(was_followed(rows, one) for one in mine) / len(mine)
    )
