"""Levels of ordinal scales and courses without a score, recounted in plain Python."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from tests.reports.by_patient import design_effect, share_of
from tests.reports.outcomes.test_trajectories import followed

from mesodash.reports.outcomes.missing_scores import FOLLOWED_UP_COLUMNS, LEVEL_COLUMNS
from mesodash.reports.outcomes.worst_case import FOLLOW_UP_WINDOW


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
    counts, due = Counter(), []
    for course, days in held.items():
        first, last = min(days), max(days)
        counts["courses"] += 1
        base = any(day <= first or timing == "baseline" for day, timing in scores[course])
        counts["with_baseline"] += base
        window = last + timedelta(days=FOLLOW_UP_WINDOW)
        if window < until:
            counts["due"] += 1
            scored = base and any(first < day <= window for day, _ in scores[course])
            counts["scored"] += scored  # without a baseline it is missing
            due.append((rows.course[course].patient, scored))
    (row,) = frame.to_dict("records")
    assert {name: row[name] for name in counts} == dict(counts)
    assert row["missing"] == counts["due"] - counts["scored"] > 0
    shares = [row[name] for name in ("scored_share", "scored_low", "scored_high")]
    assert shares == pytest.approx(share_of(*zip(*due, strict=True)), abs=1e-12)
    assert row["design_effect"] == pytest.approx(design_effect(*zip(*due, strict=True)), rel=1e-9)
