"""How ends became known, and areas treated again: recounted row by row from the record."""

from collections import Counter
from datetime import datetime

import numpy as np
import pytest

from mesodash.lake.durations import count
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import writing
from mesodash.reports.core.reader import Reader
from mesodash.reports.effects.ends import AGAIN, AGAIN_TYPES, END_SOURCES_TYPES, HORIZON, WAYS
from mesodash.reports.stats.competing_events import aalen_johansen
from mesodash.reports.stats.survival import kaplan_meier, turnbull

DAY = 1440
SHARES = ("gone_by_14d", "censored_by_14d", "competing_by_14d", "again_by_14d")


def contact_of(rows, session, last_seen):
    known = [f.contacted_at for f in rows.follow_ups if f.session == session.id]
    known += [
        s.held_at
        for s in rows.sessions
        if not last_seen
        and s.patient == session.patient
        and s.state == "held"
        and s.held_at > session.held_at
    ]
    return max(known, default=None)


def again(rows, effect, session):
    """The first later held session that treated the effect's area on a side that fits."""
    if effect.area is None:
        return None
    found = []
    for place in rows.treated_areas:
        later = rows.session[place.session]
        if later.patient != session.patient or later.state != "held":
            continue
        if later.held_at <= session.held_at or later.held_at[:10] <= effect.onset_at[:10]:
            continue
        one, other = effect.area, place.area
        near = one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
        sides = {effect.side or place.side, place.side}
        if near and (len(sides) == 1 or "both" in sides):
            found.append(later.held_at)
    return min(found, default=None)


def counted(rows):
    """Effect code -> (counted, patient, days until treated again) of those in the curve."""
    found = {}
    for effect in rows.following:
        session = rows.session[effect.session]
        one = count(effect.onset_at, effect.resolved_at, effect.last_seen_at, effect.gone_by_at,
                    contact_of(rows, session, effect.last_seen_at))  # fmt: skip
        if one.counting == "imprecise":
            continue
        at, days = again(rows, effect, session), np.nan
        if at is not None:
            timed = len(effect.onset_at) > 10
            ends = [datetime.fromisoformat(t if timed else t[:10]) for t in (at, effect.onset_at)]
            days = (ends[0] - ends[1]).total_seconds() / 86400
            if one.to_minutes is not None and one.to_minutes / DAY <= days + 1e-9:
                days = np.nan
        found.setdefault(effect.effect, []).append((one, session.patient, days))
    return found


def arrays(found):
    start = np.array([c.from_minutes / DAY for c, *_ in found])
    end = np.array([np.inf if c.to_minutes is None else c.to_minutes / DAY for c, *_ in found])
    who = np.array([p for _, p, _ in found])
    return start, end, who, np.array([days for *_, days in found])


def fit(start, end, who):
    if (np.isfinite(end) & (start < end)).any():
        return turnbull(start, end, np.ones(start.size), who)
    return kaplan_meier(start, np.isfinite(end), ~np.isfinite(end), who)


def test_treating_again_censors_or_competes(reader, rows):
    frame = reader.report("retreatment").set_index("effect")
    assert list(frame.columns) == list(AGAIN_TYPES)
    expected = counted(rows)
    assert set(frame.index) == set(expected)
    assert frame["treated_again"].sum() >= 5  # the recount below looks at something
    main = reader.side_effects().set_index("effect")
    for effect, found in expected.items():
        row = frame.loc[effect]
        start, end, who, days = arrays(found)
        treated = np.isfinite(days)
        assert (row["n"], row["treated_again"]) == (len(found), treated.sum())
        assert row["median_days"] == pytest.approx(main.loc[effect, "median_days"], nan_ok=True)
        watched = fit(np.where(treated, np.fmin(start, days), start),
                      np.where(treated, np.inf, end), who)  # fmt: skip
        ours = row[["censored_by_14d", "censored_by_14d_low", "censored_by_14d_high"]]
        np.testing.assert_allclose(
            ours.to_numpy(float), watched.resolved_by(HORIZON), rtol=1e-6, atol=1e-9
        )
        over = np.isfinite(end)
        ends = np.where(treated, AGAIN, np.where(over, "gone", "")).astype(object)
        both = aalen_johansen(who, np.where(treated, days, np.where(over, end, start)), ends)
        for name, what in (("competing_by_14d", "gone"), ("again_by_14d", AGAIN)):
            ours = row[[name, f"{name}_low", f"{name}_high"]].to_numpy(float)
            theirs = both.by(what, HORIZON) if what in both.shares else (0, np.nan, np.nan)
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)
        assert row["competing_by_14d"] + row["again_by_14d"] <= 1 + 1e-9


def test_ways_of_knowing_add_up(reader, rows):
    frame = reader.report("end_sources").set_index("effect")
    assert list(frame.columns) == list(END_SOURCES_TYPES)
    assert (frame[list(WAYS)].sum(axis=1) == frame["ended"]).all()
    channel = {(f.session, f.contacted_at[:10]) for f in rows.follow_ups}  # all by telephone
    expected = {}
    for effect in rows.following:
        end = effect.resolved_at or effect.gone_by_at
        if end is None or len(effect.onset_at) < 10 or len(end) < 10:
            continue
        told = (effect.gone_by_at or effect.resolved_at)[:10]
        way = "telephone" if (effect.session, told) in channel else "not_recorded"
        expected.setdefault(effect.effect, Counter())[way] += 1
    assert sum(one["telephone"] for one in expected.values()) >= 1
    for effect, ways in expected.items():
        assert frame.loc[effect, list(WAYS)].to_dict() == {w: ways[w] for w in WAYS}


def effect_of(number, **facts):
    day = {"onset_at": "2024-05-01", "effect": "bruise", "area": "face.cheek", "side": "left"}
    return {"side_effect_id": f"E{number}", "session": number, **day, **facts}


@pytest.fixture
def six(empty_clinic, catalogue):
    """Six patients with a bruise of the left cheek each; sessions 7 to 9 are their later ones."""
    effects = [
        effect_of(1, resolved_at="2024-05-05", told_by="practitioner"),
        effect_of(2, resolved_at="2024-05-06", reported_on="2024-05-08", told_by="patient"),
        effect_of(3, resolved_at="2024-05-07", reported_on="2024-05-09", told_by="patient"),
        effect_of(4, resolved_at="2024-05-20", told_by="patient"),
        effect_of(5, resolved_at="2024-05-25", told_by="other"),
        effect_of(6, gone_by_at="2024-05-10", last_seen_at="2024-05-03"),
    ]
    with writing(empty_clinic, DEMO) as change:
        for number in range(1, 10):
            patient = number if number <= 6 else number - 3
            if number <= 6:
                change.db["patients"].insert(
                    {"id": number, "patient_id": f"P{number}", "sex": "female"}
                )
            at = "2024-05-01T09:00" if number <= 6 else "2024-05-11T09:00"
            change.db["sessions"].insert(
                {"id": number, "session_id": f"S{number}", "patient": patient, "held_at": at,
                 "state": "held"}
            )  # fmt: skip
            # P4 comes again for the same cheek, P5 for the other one.
            side = "right" if number == 8 else "left"
            change.db["treated_areas"].insert(
                {"session": number, "patient": patient, "held_at": at, "area": "face.cheek",
                 "side": side}
            )  # fmt: skip
        change.db["side_effects"].insert_all(effects)
        change.db["follow_ups"].insert_all(
            [
                {"session": 2, "contacted_at": "2024-05-08T12:00", "channel": "phone"},
                {"session": 3, "contacted_at": "2024-05-09", "channel": "portal"},
                {"session": 6, "contacted_at": "2024-05-10", "channel": "visit"},
            ]
        )
        change.log("import", "side_effects")
    return Reader(empty_clinic, catalogue)


def test_each_way_and_each_side_by_hand(six):
    (told,) = six.report("end_sources").to_dict("records")
    assert {way: told[way] for way in WAYS} == {
        "seen": 2, "telephone": 1, "patient": 2, "other": 1, "not_recorded": 0
    }  # fmt: skip
    assert told["seen_by_14d"] == pytest.approx(2 / 6)
    assert told["patient_by_14d"] == pytest.approx(1 / 6)  # the other ended on day 19
    (row,) = six.report("retreatment").to_dict("records")
    # P4 was treated again on day 10, before the end on day 19; P5's other cheek does not matter,
    # and P6's was gone by day 9.
    assert (row["n"], row["treated_again"]) == (6, 1)
    assert row["again_by_14d"] == pytest.approx(1 / 6)
    assert row["competing_by_14d"] == pytest.approx(4 / 6)
    assert row["gone_by_14d"] == pytest.approx(4 / 6)
    assert row["censored_by_14d"] == pytest.approx(4 / 6)
