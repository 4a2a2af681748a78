"""Side effects, recounted in plain Python; the curve itself by lifelines."""

import math
from collections import Counter, defaultdict
from datetime import date

import numpy as np
import pandas as pd
import pytest

from mesodash.lake.durations import count
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import writing
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.reader import Reader
from mesodash.reports.effects.side_effects import BY_DAY, COLUMNS
from mesodash.reports.stats.clustering import Totals, rate
from mesodash.reports.stats.survival import kaplan_meier, turnbull


def recount(rows, key, sessions_of):
    contact = defaultdict(str)
    for one in rows.follow_ups:
        contact[one.session] = max(contact[one.session], one.contacted_at)
    # A later held session of the patient is a contact where nothing says when it was last seen.
    visits = defaultdict(str)
    for one in rows.sessions:
        later = [
            s.held_at
            for s in rows.sessions
            if s.patient == one.patient and s.state == "held" and s.held_at > one.held_at
        ]
        visits[one.id] = max(later, default="")
    cells = defaultdict(list)
    for effect in rows.following:
        session = rows.session[effect.session]
        counted = count(
            effect.onset_at,
            effect.resolved_at,
            effect.last_seen_at,
            effect.gone_by_at,
            max(contact[effect.session], "" if effect.last_seen_at else visits[effect.session])
            or None,
        )
        cells[key(effect, session)].append((counted, session.patient))
    return {
        cell: (
            Counter(counted.counting for counted, _ in found),
            len({patient for _, patient in found}),
            sessions_of(cell),
            [(counted, who) for counted, who in found if counted.counting != "imprecise"],
            Counter(who for _, who in found),
        )
        for cell, found in cells.items()
    }


def assert_same(frame, by, expected):
    """`expected` is by cell; its sessions are by patient, None where the area is not known."""
    counted = frame[frame["n"] > 0]
    assert len(counted) == len(expected)
    for row in counted.to_dict("records"):
        cell = tuple(None if row[k] != row[k] else row[k] for k in by)
        kinds, patients, sessions, inside, events = expected[cell]
        assert row["n"] == kinds.total()
        assert row["resolved"] == kinds["resolved"] + kinds["interval"]
        assert (row["ongoing"], row["no_follow_up"], row["imprecise"]) == (
            kinds["ongoing"],
            kinds["no_follow_up"],
            kinds["imprecise"],
        )
        assert row["patients"] == patients
        if sessions is None:
            assert pd.isna(row["sessions"])
            assert math.isnan(row["per_100_sessions"])
        else:
            assert row["sessions"] == sessions.total()
            people = sorted({*sessions, *events})
            totals = Totals.of([events[p] for p in people], [sessions[p] for p in people])
            ours = [row["per_100_sessions"], row["per_100_low"], row["per_100_high"]]
            np.testing.assert_allclose(ours, 100 * np.array(rate(totals)), rtol=1e-9)
        who = [patient for _, patient in inside]
        inside = [counted for counted, _ in inside]
        low = np.array([c.from_minutes for c in inside]) / 1440
        high = np.array([np.inf if c.to_minutes is None else c.to_minutes for c in inside]) / 1440
        if kinds["interval"]:
            curve = turnbull(low, high, np.ones(len(inside)), who)
        else:
            over = np.isfinite(high)
            curve = kaplan_meier(low, over, ~over, who)
        ends = ("days", "low", "high")
        ours = [row[f"{share}_{end}"] for share in ("median", "nine_in_ten") for end in ends]
        theirs = [*curve.median(), *curve.time_until(0.9)]
        gone = curve.time_until(0.9)[0]
        assert row["nine_in_ten_reliable"] == (not math.isnan(gone) and curve.reliable(gone))
        for day in (1, 3, 7, 14):
            name = f"resolved_by_{day}d"
            ours += [row[name], row[f"{name}_low"], row[f"{name}_high"]]
            theirs += curve.resolved_by(day)
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def held(rows, keep=lambda _session: True):
    """patient -> held sessions."""
    return Counter(s.patient for s in rows.sessions if s.state == "held" and keep(s))


def test_by_effect(reader, rows):
    frame = reader.side_effects()
    assert list(frame.columns) == ["effect", *COLUMNS]
    assert_same(frame, ["effect"], recount(rows, lambda e, _s: (e.effect,), lambda _c: held(rows)))


def test_by_protocol(reader, rows):
    frame = reader.side_effects(by=("protocol",))
    expected = recount(
        rows,
        lambda e, s: (e.effect, s.protocol),
        lambda cell: held(rows, lambda s: s.protocol == cell[1]),
    )
    assert_same(frame, ["effect", "protocol"], expected)


def test_by_area_the_denominator_is_sessions_that_treated_it(reader, rows):
    frame = reader.side_effects(by=("effect", "area"))
    treated = {(a.session, a.area) for a in rows.treated_areas}

    def sessions(cell):
        if cell[1] is None:
            return None
        return held(rows, lambda s: (s.id, cell[1]) in treated)

    assert frame["area"].isna().any()
    assert_same(
        frame, ["effect", "area"], recount(rows, lambda e, _s: (e.effect, e.area), sessions)
    )


def test_by_lot_counts_under_each_lot_of_the_session(reader, rows):
    lots = defaultdict(set)
    for product in rows.products_used:
        if product.lot:
            lots[product.session].add(product.lot)
    frame = reader.side_effects(by=("effect", "lot")).set_index(["effect", "lot"])
    for lot in ("L1", "L2"):
        n = sum(e.effect == "itch" and lot in lots[e.session] for e in rows.following)
        assert frame.loc[("itch", lot), "n"] == n
        sessions = held(rows, lambda s, lot=lot: lot in lots[s.id])
        assert frame.loc[("itch", lot), "sessions"] == sessions.total()
    none = sum(e.effect == "itch" and not lots[e.session] for e in rows.following)
    assert frame[frame.index.get_level_values("lot").isna()].loc["itch", "n"].item() == none


def test_the_period_is_that_of_the_session(reader, rows):
    start, end = date(2024, 5, 1), date(2024, 12, 31)
    frame = reader.side_effects(Filters(Period(start, end)))
    inside = [e for e in rows.following if start <= rows.session[e.session].held_on <= end]
    assert frame["n"].sum() == len(inside)
    assert set(frame["sessions"]) == {held(rows, lambda s: start <= s.held_on <= end).total()}


def test_an_area_filter_leaves_effects_there(reader, rows):
    frame = reader.side_effects(Filters(areas=("abdomen",)))
    n = sum((e.area or "").startswith("abdomen.") for e in rows.following)
    assert frame["n"].sum() == n > 0


def test_what_cannot_have_followed_its_session_is_counted_apart(reader, rows):
    frame = reader.side_effects().set_index("effect")
    apart = Counter(e.effect for e in rows.side_effects if not e.follows)
    assert frame["not_following"].to_dict() == {effect: apart[effect] for effect in frame.index}
    assert 0 < frame["not_following"].sum() < frame["n"].sum()


def a_clinic(path, sessions, areas, effects):
    """One patient; sessions: day, state; areas: session, area; effects: session, area, onset."""
    with writing(path, DEMO) as change:
        change.db["patients"].insert({"id": 1, "patient_id": "P1", "sex": "female"})
        for number, (day, state) in enumerate(sessions, start=1):
            change.db["sessions"].insert(
                {"id": number, "session_id": f"S{number}", "patient": 1, "held_at": day,
                 "state": state}
            )  # fmt: skip
        for session, area in areas:
            change.db["treated_areas"].insert(
                {"session": session, "patient": 1, "held_at": sessions[session - 1][0],
                 "area": area, "side": "midline"}
            )  # fmt: skip
        for number, (session, area, onset) in enumerate(effects, start=1):
            change.db["side_effects"].insert(
                {"side_effect_id": f"E{number}", "session": session, "area": area,
                 "effect": "bruise", "onset_at": onset}
            )  # fmt: skip
        change.log("import", "side_effects")


@pytest.mark.parametrize(
    ("session", "area", "onset", "follows"),
    [
        (2, "face.cheek", "2024-03-01", True),
        (2, "face", "2024-03-01", True),  # the group of what was treated
        (2, None, "2024-03-01", True),
        (2, "face.nose", "2024-03-01", False),
        (2, "face.cheek", "2024-01-31", False),  # before the first held session
        (2, "face.cheek", "2024-02-01", True),
        (2, "face.cheek", "2024-01", True),  # a month alone: cannot be known
        (1, None, "2024-03-01", False),  # of a session that was cancelled
        (3, "leg.knee", "2024-03-02", True),  # no area was recorded of that session
    ],
)
def test_what_can_follow_a_session(empty_clinic, catalogue, session, area, onset, follows):
    days = [("2024-01-01", "cancelled"), ("2024-02-01", "held"), ("2024-03-02", "held")]
    a_clinic(empty_clinic, days, [(2, "face.cheek")], [(session, area, onset)])
    (row,) = Reader(empty_clinic, catalogue).side_effects().to_dict("records")
    assert (row["n"], row["not_following"]) == (int(follows), int(not follows))
    assert row["sessions"] == 2


def test_promises_come_from_the_catalogue(reader, catalogue):
    frame = reader.side_effects().set_index("effect")
    assert (
        frame.loc["erythema", "promised_days"] == catalogue.side_effects["erythema"].promised_days
    )
    assert math.isnan(frame.loc["nodule", "promised_days"])
    assert math.isnan(frame.loc["nodule", "within_promise"])


def test_curves_agree_with_the_table(reader):
    frame = reader.side_effects().set_index("effect")
    curves = reader.curves()
    assert [curve.keys["effect"] for curve in curves] == list(frame.index)
    for curve in curves:
        row = frame.loc[curve.keys["effect"]]
        assert curve.n == row["n"]
        assert curve.curve.n == row["n"] - row["imprecise"]
        assert curve.open_effects == row["ongoing"] + row["no_follow_up"]
        assert curve.median[0] == row["median_days"]
        if curve.promised_days is not None:
            share, low, high = curve.within_promise
            assert share == row["within_promise"]
            assert low <= share <= high


def test_open_effects_lengthen_the_median(reader, rows):
    """A median of the resolved alone would be shorter: the negative control of censoring."""
    frame = reader.side_effects().set_index("effect")
    resolved = [
        count(e.onset_at, e.resolved_at, None, None, None).to_minutes / 1440
        for e in rows.following
        if e.effect == "erythema" and e.resolved_at and len(e.onset_at) >= 10
    ]
    assert frame.loc["erythema", "median_days"] > np.median(resolved)


def test_a_row_says_whether_its_intervals_hold_and_what_repeating_costs(reader):
    frame = reader.side_effects().set_index("effect")
    curves = {curve.keys["effect"]: curve for curve in reader.curves()}
    for effect, row in frame.iterrows():
        curve = curves[effect].curve
        assert row["reliable"] == (curve.patients >= 30)
        assert all(row[f"resolved_by_{d}d_reliable"] == curve.reliable(d) for d in BY_DAY)
        half = curve.median()[0]
        if not math.isnan(half):
            expected = curve.design_effect(half)
            assert row["design_effect"] == pytest.approx(expected, nan_ok=True)
    assert set(frame["reliable"]) <= {True, False}
