"""Outcomes, recounted in plain Python."""

import math
from collections import defaultdict
from datetime import date

import numpy as np
import pytest
from scipy import stats

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import writing
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.reader import Reader
from mesodash.reports.outcomes.outcomes import COLUMNS
from mesodash.reports.stats.clustering import Totals, mean, share

RESPONDED = {
    "nrs": lambda first, last: first - last >= 2 or first - last >= 0.33 * first,
    "wsrs": lambda first, last: first - last >= 1,
    "gais": lambda _first, last: last <= 3,
}


def recount(rows, until=date.max, since=date.min):
    found = defaultdict(list)
    for one in rows.outcomes:
        day = date.fromisoformat(one.measured_on)
        if day <= until:
            found[one.patient, one.course, one.scale].append((day, one.value, one.timing))
    cells = defaultdict(list)
    for (_, course, scale), scores in found.items():
        scores.sort()
        first = next((s for s in scores if s[2] == "baseline"), scores[0])
        last = scores[-1]
        if last[0] >= since and (scale == "gais" or last[0] > first[0]):
            known = rows.course[course]
            cells[known.protocol, scale].append((first[1], last[1], known.patient))
    return cells


@pytest.mark.parametrize("period", [Period(), Period(date(2024, 9, 1), date(2025, 3, 31))], ids=str)
def test_recounted(reader, rows, period):
    frame = reader.outcomes(Filters(period))
    assert list(frame.columns) == ["protocol", "scale", *COLUMNS]
    expected = recount(rows, period.end or date.max, period.start or date.min)
    assert {(r.protocol, r.scale) for r in frame.itertuples()} == set(expected)
    for row in frame.itertuples():
        pairs = np.array([pair[:2] for pair in expected[row.protocol, row.scale]])
        who = [pair[2] for pair in expected[row.protocol, row.scale]]
        change = pairs[:, 1] if row.scale == "gais" else pairs[:, 1] - pairs[:, 0]
        assert row.patients == len(pairs)
        assert row.last_mean == pytest.approx(pairs[:, 1].mean())
        assert row.change_mean == pytest.approx(change.mean())
        if row.scale == "gais":
            assert math.isnan(row.baseline_mean)
        else:
            assert row.baseline_mean == pytest.approx(pairs[:, 0].mean())
        if len(pairs) > 1 and change.std() > 0:
            low, high = mean(by_patient(change, who))[1:]
            if len(set(who)) == len(who):
                single = stats.t.interval(0.95, len(who) - 1, change.mean(), stats.sem(change))
                assert (low, high) == pytest.approx(single, rel=1e-6)
            assert (row.change_low, row.change_high) == pytest.approx((low, high), nan_ok=True)
        if row.scale in RESPONDED:
            responded = [RESPONDED[row.scale](*pair) for pair in pairs]
            assert row.responders == sum(responded)
            limits = (row.responder_rate, row.rate_low, row.rate_high)
            assert limits == pytest.approx(share(by_patient(responded, who)))
        else:
            assert str(row.responders) == "<NA>"
            assert math.isnan(row.responder_rate)


def by_patient(values, who):
    people = sorted(set(who))
    sums = [sum(v for v, w in zip(values, who, strict=True) if w == one) for one in people]
    return Totals.of(sums, [who.count(one) for one in people])


def test_ordinal_scales_are_named(reader):
    assert set(reader.outcomes().attrs["ordinal"]) == {"gais", "satisfaction", "wsrs"}


def test_published_melasma_change(empty_clinic, catalogue):
    """mMASI of 11 patients, 12.2 to 5.1 (doc 7I): the means, the change and its sign."""
    with writing(empty_clinic, DEMO) as change:
        for number in range(1, 12):
            shift = (number - 6) / 2
            change.db["patients"].insert(
                {"id": number, "patient_id": f"P{number}", "sex": "female"}
            )
            for day, value, timing in (
                ("2024-01-01", 12.2 + shift, "baseline"),
                ("2024-02-01", 9.0, None),
                ("2024-04-01", 5.1 + shift / 2, "follow_up"),
            ):
                change.db["outcomes"].insert(
                    {
                        "patient": number,
                        "scale": "mmasi",
                        "value": value,
                        "measured_on": day,
                        "timing": timing,
                    }
                )
        change.log("import", "outcomes")
    (row,) = Reader(empty_clinic, catalogue).outcomes(by=("scale",)).to_dict("records")
    assert row["patients"] == 11
    assert row["baseline_mean"] == pytest.approx(12.2)
    assert row["last_mean"] == pytest.approx(5.1)
    assert row["change_mean"] == pytest.approx(-7.1)


def test_one_measurement_is_no_change(empty_clinic, catalogue):
    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].insert({"id": 1, "patient_id": "P1", "sex": "female"})
        for scale in ("mmasi", "gais"):
            change.db["outcomes"].insert(
                {"patient": 1, "scale": scale, "value": 2.0, "measured_on": "2024-01-01"}
            )
        change.log("import", "outcomes")
    frame = Reader(empty_clinic, catalogue).outcomes(by=("scale",))
    assert frame["scale"].tolist() == ["gais"]  # which states a change itself


def test_filters_follow_the_course(reader, rows):
    face = {a.session for a in rows.treated_areas if a.area.startswith("face.")}
    courses = {rows.session[s].course for s in face if rows.session[s].state == "held"}
    everything = recount(rows)
    frame = reader.outcomes(Filters(areas=("face",)))
    assert 0 < frame["patients"].sum() < sum(map(len, everything.values()))
    inside = [one for one in rows.outcomes if one.course in courses]
    rows_inside = type(rows)(**{**vars(rows), "outcomes": inside})
    assert frame["patients"].sum() == sum(map(len, recount(rows_inside).values()))
    assert reader.outcomes(Filters(practitioners=("dr-1",)))["patients"].sum() > 0
