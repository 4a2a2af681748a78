"""Levels of ordinal scales and courses without a score, recounted in plain Python."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from tests.reports.test_trajectories import followed

from mesodash.reports.rates import wilson
from mesodash.reports.unscored import FOLLOW_UP_WINDOW, FOLLOWED_UP_COLUMNS, LEVEL_COLUMNS


def test_levels_are_counted_and_never_averaged(reader, rows):
    frame = reader.report("levels")
    assert list(frame.columns) == ["scale", *LEVEL_COLUMNS]
    assert set(frame["scale"]) == {"gais", "satisfaction", "wsrs"}
    first, last = Counter(), Counter()
    for (_, scale), units in followed(rows).items():
        if scale not in set(frame["scale"]):
            continue
        for line, _ in units:
            latest = max(line.values())
            last[scale, latest[1]] += 1
            if latest[2] is not None:
                first[scale, latest[2]] += 1
    found = {(r.at, r.scale, r.level): r.n for r in frame.itertuples()}
    expected = {("baseline", *cell): n for cell, n in first.items()}
    expected |= {("last", *cell): n for cell, n in last.items()}
    assert found == expected
    assert frame.groupby(["scale", "at"])["share"].sum().tolist() == pytest.approx(
        [1.0] * frame.groupby(["scale", "at"]).ngroups
    )


def test_who_is_missing(reader, rows):
    frame = reader.report("followed_up", by=())
    assert list(frame.columns) == list(FOLLOWED_UP_COLUMNS)
    held = defaultdict(list)
    for session in rows.sessions:
        if session.state == "held":
            held[session.course].append(session.held_on)
    until = max(day for days in held.values() for day in days)
    scores = defaultdict(list)
    for one in rows.outcomes:
        scores[one.course].append((date.fromisoformat(one.measured_on), one.timing))
    counts = Counter()
    for course, days in held.items():
        first, last = min(days), max(days)
        counts["courses"] += 1
        if not any(day <= first or timing == "baseline" for day, timing in scores[course]):
            continue
        counts["with_baseline"] += 1
        window = last + timedelta(days=FOLLOW_UP_WINDOW)
        if window < until:
            counts["due"] += 1
            counts["scored"] += any(first < day <= window for day, _ in scores[course])
    (row,) = frame.to_dict("records")
    assert {name: row[name] for name in counts} == dict(counts)
    assert row["missing"] == counts["due"] - counts["scored"] > 0
    assert (row["scored_share"], row["scored_low"], row["scored_high"]) == wilson(
        counts["scored"], counts["due"]
    )
