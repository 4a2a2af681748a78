"""Outcomes along the course, recounted in plain Python."""

from collections import defaultdict
from datetime import date

import numpy as np
import pytest
from tests.reports.outcomes.test_outcomes import by_patient

from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.outcomes.trajectories import LINE_TYPES, MOST_LINES, TRAJECTORY_COLUMNS
from mesodash.reports.stats.clustering import mean, share


def followed(rows):
    """(protocol, scale) -> one list of (after_sessions, day, score, baseline) a unit."""
    held = defaultdict(list)
    for session in rows.sessions:
        if session.state == "held":
            held[session.course].append(session.held_on)
    scores = defaultdict(list)
    for one in rows.outcomes:
        day = date.fromisoformat(one.measured_on)
        scores[one.course, one.scale].append((day, one.value, one.timing))
    cells = defaultdict(list)
    for (course, scale), found in scores.items():
        found.sort()
        first = next((s for s in found if s[2] == "baseline"), found[0])
        own = scale == "gais"
        if not own and found[-1][0] <= first[0]:
            continue
        line = {}
        for day, value, _ in found:
            if own or day >= first[0]:
                before = sum(d < day for d in held[course])
                who = rows.course[course].patient
                at = max(before, 1) if own else before
                line[at] = (day, value, None if own else first[1], who)
        cells[rows.course[course].protocol, scale].append((line, first[0]))
    return cells


def test_trajectory_recounted(reader, rows):
    frame = reader.report("trajectory")
    assert list(frame.columns) == ["protocol", "scale", *TRAJECTORY_COLUMNS]
    expected = followed(rows)
    assert len(frame) == sum(
        len({k for line, _ in units for k in line}) for units in expected.values()
    )
    for row in frame.itertuples():
        units = expected[row.protocol, row.scale]
        there = [line[row.after_sessions] for line, _ in units if row.after_sessions in line]
        score = np.array([value for _, value, *_ in there])
        change = np.array([v if b is None else v - b for _, v, b, _ in there])
        assert row.patients == len(there)
        assert row.score_mean == pytest.approx(score.mean())
        assert row.change_mean == pytest.approx(change.mean(), abs=1e-9)
        if len(there) > 1 and change.std() > 0:
            _, *limits = mean(by_patient(change, [one[3] for one in there]))
            found = [row.change_low, row.change_high]
            assert found == pytest.approx(limits, rel=1e-6, nan_ok=True)


def test_responders_after_each_session(reader, rows):
    frame = reader.report("trajectory", by=("scale",))
    wsrs = frame[(frame["scale"] == "wsrs") & (frame["after_sessions"] > 0)]
    lines = [line for (_, scale), units in followed(rows).items() if scale == "wsrs"
             for line, _ in units]  # fmt: skip
    for row in wsrs.itertuples():
        there = [line[row.after_sessions] for line in lines if row.after_sessions in line]
        responded = [base - value >= 1 for _, value, base, _ in there]
        assert row.responders == sum(responded)
        limits = share(by_patient(responded, [one[3] for one in there]))
        assert (row.responder_rate, row.rate_low, row.rate_high) == pytest.approx(limits)
    at_start = frame[(frame["scale"] == "wsrs") & (frame["after_sessions"] == 0)]
    assert at_start["responder_rate"].isna().all()
    assert frame[frame["scale"] == "circumference"]["responders"].isna().all()


def test_the_smallest_change_that_matters_is_carried(reader, catalogue):
    frame = reader.report("trajectory", by=("scale",))
    mcid = frame.groupby("scale")["mcid"].first()
    assert mcid["nrs"] == catalogue.scales["nrs"].mcid == 1
    assert np.isnan(mcid["circumference"])
    assert frame.attrs["mcid"] == {"nrs": 1}
    assert reader.outcomes(by=("scale",)).attrs["mcid"] == {"nrs": 1}
    assert set(frame.attrs["ordinal"]) == {"gais", "satisfaction", "wsrs"}


def test_lines_are_the_trajectorys_scores(reader, rows):
    frame = reader.report("individual_lines", by=("scale",))
    assert list(frame.columns) == ["scale", *LINE_TYPES]
    expected = defaultdict(list)
    for (_, scale), units in followed(rows).items():
        for line, base_on in units:
            expected[scale].append(
                sorted((k, (day - base_on).days, value) for k, (day, value, *_) in line.items())
            )
    for scale, lines in expected.items():
        mine = frame[frame["scale"] == scale]
        drawn = [
            [(r.after_sessions, r.days, r.score) for r in one.itertuples()]
            for _, one in mine.groupby("line")
        ]
        assert sorted(drawn) == sorted(lines), scale
        assert frame.attrs["lines"][scale] == (len(lines), len(lines))
        assert len(lines) <= MOST_LINES


def test_lines_do_not_give_patients_away(reader, rows):
    """Keys are places in a scrambled order, not numbers or ids of the record."""
    frame = reader.report("individual_lines", by=("scale",))
    for _, one in frame.groupby("scale"):
        keys = sorted(int(key) for key in set(one["line"]))
        assert keys == list(range(len(keys)))
    assert not {"patient", "course", "patient_id"} & set(frame.columns)


def test_the_period_is_that_of_the_last_score(reader):
    period = Filters(Period(date(2024, 9, 1), date(2025, 3, 31)))
    units = reader.outcomes(period, ("scale",)).set_index("scale")["patients"]
    lines = reader.report("individual_lines", period, ("scale",)).groupby("scale")["line"].nunique()
    assert lines.to_dict() == units.to_dict()
