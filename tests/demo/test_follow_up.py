"""Side effects and follow-ups, known in every way a clinic knows them."""

from collections import Counter
from itertools import pairwise
from math import comb

import pytest

from mesodash.records.store.connection import reading

pytestmark = pytest.mark.slow


def test_side_effects_are_known_in_every_way(ask):
    ways = Counter(
        (resolved is not None, gone is not None, seen is not None)
        for resolved, gone, seen in ask(
            "SELECT resolved_at, gone_by_at, last_seen_at FROM side_effects"
        )
    )
    assert ways[True, False, False] > 1000  # the end is known
    assert ways[False, True, True] > 100  # between two contacts
    assert ways[False, True, False] > 100  # gone at the first contact
    assert ways[False, False, True] > 50  # still there when last heard of
    assert ways[False, False, False] > 0  # nobody asked
    assert sum(ways.values()) == sum(
        ways[way]
        for way in (
            (True, False, False),
            (False, True, True),
            (False, True, False),
            (False, False, True),
            (False, False, False),
        )
    )
    precisions = Counter(length for (length,) in ask("SELECT length(onset_at) FROM side_effects"))
    assert set(precisions) == {7, 10, 16}


def test_times_of_side_effects_run_forwards(ask):
    for held, *times in ask(
        "SELECT held_at, onset_at, last_seen_at, gone_by_at, resolved_at"
        " FROM side_effects e JOIN sessions s ON s.id = e.session"
    ):
        known = [held, *(time for time in times if time is not None)]
        for earlier, later in pairwise(known):
            common = min(len(earlier), len(later))
            assert earlier[:common] <= later[:common]
        assert known[-1] < "2026-11-22"


def test_durations_are_of_the_published_order(ask):
    def middle(effect, families=""):
        days = sorted(
            days
            for (days,) in ask(
                "SELECT julianday(resolved_at) - julianday(onset_at) FROM side_effects e"
                " JOIN sessions s ON s.id = e.session"
                f" WHERE effect = '{effect}' AND length(onset_at) >= 10"
                f" AND resolved_at IS NOT NULL {families}"
            )
        )
        return days[len(days) // 2]

    assert 12 / 1440 < middle("heat", "AND protocol <> 'fat_submental_dc'") < 22 / 1440
    assert 0.5 < middle("erythema") < 3
    assert 4 < middle("bruise", "AND protocol <> 'fat_submental_dc'") < 10
    assert middle("numbness") > 10
    assert middle("swelling", "AND protocol = 'fat_submental_dc'") > 4


def test_follow_ups_are_asked_for_on_days_1_3_7_14_and_many_are_missing(ask):
    days = Counter(
        day
        for (day,) in ask(
            "SELECT cast(julianday(substr(contacted_at, 1, 10))"
            " - julianday(substr(held_at, 1, 10)) AS INTEGER)"
            " FROM follow_ups f JOIN sessions s ON s.id = f.session WHERE channel <> 'visit'"
        )
    )
    [(long_ago,)] = ask(
        "SELECT count(*) FROM sessions WHERE state = 'held' AND held_at < '2026-11-01'"
    )

    assert {day for day, _ in days.most_common(3)} == {1, 3, 7} or days[14] > days[7]
    assert 0.6 < days[1] / long_ago < 0.85
    assert days[2] < 0.05 * days[3]


def test_severity_relation_and_the_rare_serious_ones(ask):
    [(effects, serious)] = ask("SELECT count(*), sum(serious = 'yes') FROM side_effects")

    assert 0.8 < effects / 3000 < 1.6
    assert 0 < serious < 0.02 * effects
    assert {severity for (severity,) in ask("SELECT DISTINCT severity FROM side_effects")} == {
        None,
        1,
        2,
        3,
    }
    assert ask("SELECT count(*) FROM side_effects WHERE effect = 'other' AND term IS NULL") == [
        (0,)
    ]
    assert ask("SELECT count(*) > 0 FROM side_effects WHERE effect = 'other'") == [(1,)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_lot_stands_out_by_its_late_nodules(tmp_path, seed, make):
    path = tmp_path / "demo.db"
    make(path, seed=seed)
    with reading(path) as db:
        late = (
            "SELECT DISTINCT e.session FROM side_effects e JOIN sessions s ON s.id = e.session"
            " WHERE effect = 'nodule' AND julianday(onset_at) - julianday(held_at) > 19"
        )
        rows = db.execute(
            "SELECT product, count(DISTINCT session), sum(session IN (" + late + "))"
            " FROM (SELECT DISTINCT product, lot, session FROM products_used WHERE lot IS NOT NULL)"
            " GROUP BY product, lot ORDER BY 3 DESC, 2"
        ).fetchall()
        (all_sessions,) = db.execute("SELECT count(DISTINCT session) FROM products_used").fetchone()
        (all_late,) = db.execute(f"SELECT count(*) FROM ({late})").fetchone()
    (_, used, nodules), (_, _, next_nodules) = rows[:2]

    chance = sum(
        comb(used, k) * comb(all_sessions - used, all_late - k)
        for k in range(nodules, min(used, all_late) + 1)
    ) / comb(all_sessions, all_late)
    assert chance * len(rows) < 1e-3
    assert nodules > next_nodules  # that of a product used in the same sessions
