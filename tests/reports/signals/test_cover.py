"""Cover: a group that is asked more often, or less, is not called out for what is heard of it."""

import numpy as np
import pandas as pd
import pytest
from tests.reports.signals.test_clusters import clinic_with_lot

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import writing
from mesodash.reports.core.reader import Reader
from mesodash.reports.signals.cover import Cover, CoverStratum
from mesodash.reports.stats.clustering import Totals


def followed(path, of_bad, of_others, *, on="2024-05-20", until="2024-06-15"):
    """Telephone so many of each ten patients with the lot, and of each ten of the others.

    They are telephoned on a day; the last contact of the clinic is one of a patient with a lump.
    """
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
                    {"session": session, "contacted_at": on, "channel": "phone"}
                )
        ill = change.db.execute("SELECT min(session) FROM side_effects").fetchone()[0]
        change.db["follow_ups"].insert({"session": ill, "contacted_at": until, "channel": "phone"})
        change.log("import", "follow_ups")


@pytest.fixture
def asked(tmp_path, catalogue):
    def made(of_bad, of_others, **days):
        path = clinic_with_lot(tmp_path / "c.db", 12)
        followed(path, of_bad, of_others, **days)
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


def test_asked_less_it_is_told_but_not_called(asked):
    reader = asked(1, 9)
    row = lot_of(reader.report("signals"))
    assert row["p_corrected"] < 0.05
    assert (row["cover_differs"], bool(row["stands_out"])) == ("less", False)
    assert "BAD" not in set(reader.clusters()["value"])


@pytest.mark.parametrize(
    ("of_bad", "days"),
    [
        (5, {}),
        # Too soon to tell: not four weeks had passed for anybody.
        (9, {"until": "2024-05-21"}),
        # Reporting it later than within four weeks is not the same as being asked.
        (9, {"on": "2024-06-10"}),
    ],
)
def test_asked_alike_it_is_called(asked, of_bad, days):
    reader = asked(of_bad, 5 if not days else 1, **days)
    row = lot_of(reader.report("signals"))
    assert bool(row["stands_out"])
    assert pd.isna(row["cover_differs"])
    assert "BAD" in set(reader.clusters()["value"])


def test_a_visit_within_four_weeks_is_as_good_as_a_contact(asked, tmp_path):
    """Twenty patients with another lot come again, on day 14 or on day 40."""
    reader = asked(0, 0)
    with writing(tmp_path / "c.db", DEMO) as change:
        ids = [row[0] for row in change.db.execute(
            "SELECT p.session FROM products_used p LEFT JOIN side_effects e USING (session)"
            " WHERE p.lot != 'BAD' AND e.id IS NULL ORDER BY p.session")]  # fmt: skip
        for n, (session, day) in enumerate(zip(ids[:20], ["2024-05-15", "2024-06-10"] * 10,
                                               strict=True)):  # fmt: skip
            change.db["sessions"].insert(
                {"session_id": f"again{n}", "patient": session, "held_at": day, "state": "held"}
            )
        change.log("import", "sessions")
    row = lot_of(reader.report("signals"))
    # Ten of 88 came again within four weeks; those ten visits were not followed up themselves, and
    # the ten later ones have not had their four weeks.
    assert row["other_followed_share"] == pytest.approx(10 / 98)
    assert row["followed_share"] == 0


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
