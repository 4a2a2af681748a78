"""Side effects, recounted in plain Python; the curve itself by lifelines."""

import math
from collections import Counter, defaultdict
from datetime import date

import numpy as np
import pandas as pd
import pytest

from mesodash.lake.counting import count
from mesodash.reports.filters import Filters, Period
from mesodash.reports.side_effects import COLUMNS
from mesodash.reports.survival import kaplan_meier, turnbull


def recount(rows, key, sessions_of):
    contact = defaultdict(str)
    for one in rows.follow_ups:
        contact[one.session] = max(contact[one.session], one.contacted_at)
    cells = defaultdict(list)
    for effect in rows.side_effects:
        session = rows.session[effect.session]
        counted = count(
            effect.onset_at,
            effect.resolved_at,
            effect.last_seen_at,
            effect.gone_by_at,
            contact[effect.session] or None,
        )
        cells[key(effect, session)].append((counted, session.patient))
    return {
        cell: (
            Counter(counted.counting for counted, _ in found),
            len({patient for _, patient in found}),
            sessions_of(cell),
            [counted for counted, _ in found if counted.counting != "imprecise"],
        )
        for cell, found in cells.items()
    }


def assert_same(frame, by, expected):
    assert len(frame) == len(expected)
    for row in frame.to_dict("records"):
        cell = tuple(None if row[k] != row[k] else row[k] for k in by)
        kinds, patients, sessions, inside = expected[cell]
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
            assert row["sessions"] == sessions
            assert row["per_100_sessions"] == pytest.approx(100 * kinds.total() / sessions)
        low = np.array([c.from_minutes for c in inside]) / 1440
        high = np.array([np.inf if c.to_minutes is None else c.to_minutes for c in inside]) / 1440
        if kinds["interval"]:
            curve = turnbull(low, high, np.ones(len(inside)))
        else:
            over = np.isfinite(high)
            curve = kaplan_meier(low, over, ~over)
        ours = [row["median_days"], row["median_low"], row["median_high"], row["resolved_by_3d"]]
        theirs = [*curve.median(), curve.resolved_by(3)[0]]
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def held(rows, keep=lambda _session: True):
    return sum(s.state == "held" and keep(s) for s in rows.sessions)


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
        n = sum(e.effect == "itch" and lot in lots[e.session] for e in rows.side_effects)
        assert frame.loc[("itch", lot), "n"] == n
        assert frame.loc[("itch", lot), "sessions"] == held(
            rows, lambda s, lot=lot: lot in lots[s.id]
        )
    none = sum(e.effect == "itch" and not lots[e.session] for e in rows.side_effects)
    assert frame[frame.index.get_level_values("lot").isna()].loc["itch", "n"].item() == none


def test_the_period_is_that_of_the_session(reader, rows):
    start, end = date(2024, 5, 1), date(2024, 12, 31)
    frame = reader.side_effects(Filters(Period(start, end)))
    inside = [e for e in rows.side_effects if start <= rows.session[e.session].held_on <= end]
    assert frame["n"].sum() == len(inside)
    assert set(frame["sessions"]) == {held(rows, lambda s: start <= s.held_on <= end)}


def test_an_area_filter_leaves_effects_there(reader, rows):
    frame = reader.side_effects(Filters(areas=("abdomen",)))
    n = sum((e.area or "").startswith("abdomen.") for e in rows.side_effects)
    assert frame["n"].sum() == n > 0


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
        for e in rows.side_effects
        if e.effect == "erythema" and e.resolved_at and len(e.onset_at) >= 10
    ]
    assert frame.loc["erythema", "median_days"] > np.median(resolved)
