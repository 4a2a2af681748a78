"""Cover: a group that is asked more often is not called out for what is heard of it."""

import numpy as np
import pandas as pd
import pytest
from tests.reports.signals.test_clusters import clinic_with_lot

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import writing
from mesodash.reports.core.reader import Reader
from mesodash.reports.signals.cover import Cover, CoverStratum
from mesodash.reports.stats.clustering import Totals


def followed(path, of_bad, of_others):
    """Telephone so many of each ten patients with the lot, and of each ten of the others."""
    with writing(path, DEMO) as change:
        rows = change.db.execute(
            "SELECT p.session, p.lot = 'BAD' FROM products_used p"
            " LEFT JOIN side_effects e ON e.session = p.session WHERE e.id IS NULL"
            " ORDER BY p.session"
        ).fetchall()
        seen = {0: 0, 1: 0}
        for session, bad in rows:
            seen[bad] += 1
            if seen[bad] % 10 < (of_bad if bad else of_others):
                change.db["follow_ups"].insert(
                    {"session": session, "contacted_at": "2024-06-01", "channel": "phone"}
                )
        change.log("import", "follow_ups")


@pytest.fixture
def asked(tmp_path, catalogue):
    def made(of_bad, of_others):
        path = clinic_with_lot(tmp_path / "c.db", 12)
        followed(path, of_bad, of_others)
        return Reader(path, catalogue)

    return made


def lot_of(frame):
    return frame[frame["kind"] == "lot"].set_index("value").loc["BAD"]


def test_asked_more_it_is_told_but_not_called(asked):
    reader = asked(9, 2)
    row = lot_of(reader.report("signals"))
    # 18 sessions of the lot and 88 others had no lump: 16 and 18 of them were telephoned.
    assert row["followed_share"] == pytest.approx(17 / 18, abs=0.06)
    assert row["other_followed_share"] == pytest.approx(0.2, abs=0.02)
    assert row["p_corrected"] < 0.05
    assert (row["cover_differs"], bool(row["stands_out"])) == ("more", False)
    assert "BAD" not in set(reader.clusters()["value"])
    assert lot_of(reader.report("funnel"))["cover_differs"] == "more"


@pytest.mark.parametrize(("of_bad", "of_others", "differs"), [(5, 5, None), (1, 9, "less")])
def test_asked_alike_or_less_it_is_called(asked, of_bad, of_others, differs):
    reader = asked(of_bad, of_others)
    row = lot_of(reader.report("signals"))
    assert bool(row["stands_out"])
    assert (None if pd.isna(row["cover_differs"]) else row["cover_differs"]) == differs
    assert "BAD" in set(reader.clusters()["value"])


def drawn(rng, patients, share, spread):
    """Sessions of patients who are reached by a chance of their own: n and followed of each."""
    own = share if spread == 0 else rng.beta(share * spread, (1 - share) * spread, patients)
    n = rng.integers(1, 7, patients)
    return n, rng.binomial(n, own)


def cover_of(here, elsewhere):
    every = Totals.of(here[1], here[0]) + Totals.of(elsewhere[1], elsewhere[0])
    (n, followed_up), (other_n, other_up) = ((x.sum(), y.sum()) for x, y in (here, elsewhere))
    return Cover(
        (CoverStratum(n, followed_up, other_n, other_up, Totals.of(here[1], here[0]), every),)
    )


@pytest.mark.parametrize("spread", [0, 2])
def test_equal_cover_seldom_differs_and_unequal_is_seen(spread):
    """Patients repeat: one who is reached once is reached again (spread 2: correlation 0.33)."""
    rng = np.random.default_rng(12)
    alike = [
        cover_of(drawn(rng, 20, 0.6, spread), drawn(rng, 200, 0.6, spread)) for _ in range(400)
    ]
    unlike = [
        cover_of(drawn(rng, 60, 0.9, spread), drawn(rng, 200, 0.6, spread)) for _ in range(100)
    ]
    assert np.mean([one.difference != 0 for one in alike]) < 0.08
    assert np.mean([one.difference == 1 for one in unlike]) > 0.9


def test_nothing_to_compare_with_is_alike():
    nothing = Totals.of([], [])
    cover = Cover((CoverStratum(0, 0, 10, 5, nothing, nothing),))
    assert cover.difference == 0
    assert np.isnan(cover.share)
