"""The demo clinic: equal for equal arguments, and shaped like a clinic."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import comb

import pytest

from mesodash.demo import make_demo
from mesodash.demo.recipes import recipes_from
from mesodash.records.check import check_clinic
from mesodash.records.clinic import read_clinic
from mesodash.records.connection import reading
from mesodash.records.errors import RecordError
from mesodash.records.fill import COLUMNS, count_by_month
from mesodash.records.words import COURSE_STATES, PHOTOTYPES, SESSION_STATES

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def make(path, catalogue, **options):
    return make_demo(
        path,
        **{"sessions": 3000, "seed": 1, "today": TODAY} | options,
        catalogue=catalogue,
        clock=lambda: NOW,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory, catalogue):
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make(path, catalogue)
    return path


@pytest.fixture
def ask(demo):
    with reading(demo) as db:
        yield lambda sql: [tuple(row) for row in db.execute(sql)]


def content(path):
    with reading(path) as db:
        return {
            table: [tuple(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY id")]
            for table in COLUMNS
        } | {"log": [tuple(row) for row in db.execute("SELECT * FROM change_log ORDER BY seq")]}


def test_it_says_that_it_is_a_demo(demo):
    clinic = read_clinic(demo)

    assert (clinic.clinic_id, clinic.name, clinic.kind, clinic.country) == (
        "demo",
        "Demo clinic",
        "demo",
        "GB",
    )


def test_equal_arguments_give_equal_rows(tmp_path, catalogue):
    for name in ("a", "b"):
        make(tmp_path / f"{name}.db", catalogue, sessions=400)

    assert content(tmp_path / "a.db") == content(tmp_path / "b.db")


@pytest.mark.parametrize("changed", [{"seed": 2}, {"today": TODAY - timedelta(days=1)}])
def test_another_seed_or_day_gives_another_clinic(tmp_path, catalogue, changed):
    make(tmp_path / "a.db", catalogue, sessions=60)
    make(tmp_path / "b.db", catalogue, sessions=60, **changed)

    assert content(tmp_path / "a.db")["sessions"] != content(tmp_path / "b.db")["sessions"]


@pytest.mark.parametrize("sessions", [1, 2, 7, 100])
def test_it_has_exactly_as_many_sessions_as_asked_for(tmp_path, catalogue, sessions):
    path = tmp_path / "demo.db"
    told = []

    make(path, catalogue, sessions=sessions, progress=lambda *now: told.append(now))

    found = check_clinic(path, catalogue)
    assert found.counts["sessions"] == sessions
    assert told[-1] == (sessions, sessions)
    assert found.is_sound


def test_nothing_is_left_beside_it_and_nothing_is_overwritten(tmp_path, catalogue):
    path = tmp_path / "demo.db"
    make(path, catalogue, sessions=20)

    with pytest.raises(RecordError, match="exists already"):
        make(path, catalogue, sessions=20)

    # readers of a WAL file leave its two helpers
    assert {file.name for file in tmp_path.iterdir()} <= {"demo.db", "demo.db-wal", "demo.db-shm"}


def test_an_empty_file_is_taken(tmp_path, catalogue):
    path = tmp_path / "demo.db"
    path.touch()

    assert make(path, catalogue, sessions=5).is_demo


def test_a_demo_without_sessions_is_refused(tmp_path, catalogue):
    with pytest.raises(RecordError, match="at least one"):
        make(tmp_path / "demo.db", catalogue, sessions=0)


def test_a_failure_leaves_no_file(tmp_path, catalogue):
    def stop(done, wanted):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "demo.db", catalogue, sessions=20, progress=stop)

    assert list(tmp_path.iterdir()) == []


def test_it_is_sound_and_knows_only_the_catalogue_s_codes(demo, catalogue):
    found = check_clinic(demo, catalogue)

    assert (found.damage, found.unknown_codes, found.sessions_without_areas) == ((), (), 0)
    assert found.counts["sessions"] == 3000
    assert 350 <= found.counts["patients"] <= 480
    assert found.counts["practitioners"] == 4


def test_the_log_names_every_table_and_month(demo, ask):
    with reading(demo) as db:
        counted = count_by_month(db)
    logged = ask("SELECT table_name, month, row_count FROM change_log WHERE action = 'import'")

    assert {(table, month): rows for table, month, rows in logged} == counted
    assert len(logged) == len(counted)


def test_nobody_has_a_name(ask):
    assert {name for (name,) in ask("SELECT name FROM practitioners")} == {
        f"Practitioner {letter}" for letter in "ABCD"
    }
    assert ask("SELECT patient_id FROM patients WHERE id = 193") == [("P-0193",)]
    assert ask("SELECT session_id FROM sessions WHERE id = 123") == [("S-000123",)]
    assert ask("SELECT count(*) FROM patients WHERE note IS NOT NULL") == [(0,)]


def test_every_group_of_the_founding_text_occurs(ask, catalogue):
    groups = {catalogue.area(area).group for (area,) in ask("SELECT area FROM treated_areas")}

    assert groups >= {
        "face",
        "neck",
        "arm",
        "leg",
        "buttock",
        "back",
        "abdomen",
        "scalp",
        "head",
    }


@pytest.mark.parametrize("table", ["treated_areas", "side_effects"])
def test_sides_fit_their_area(ask, catalogue, table):
    pairs = set(ask(f"SELECT area, side FROM {table} WHERE area IS NOT NULL"))

    def allowed(area):
        sides = set(catalogue.area(area).sides)
        return sides | {"both"} if {"left", "right"} <= sides else sides

    assert {(area, side) for area, side in pairs if side not in allowed(area)} == set()
    assert {side for _, side in pairs} == {"left", "right", "both", "midline"}


def test_most_areas_are_drawn_ones(ask, catalogue):
    areas = [area for (area,) in ask("SELECT area FROM treated_areas")]
    drawn = sum(catalogue.area(area).leaf for area in areas)

    assert 0.95 < drawn / len(areas) < 1


def test_areas_belong_to_their_protocol(ask, catalogue):
    for protocol, area in set(
        ask("SELECT protocol, area FROM treated_areas t JOIN sessions s ON s.id = t.session")
    ):
        chosen = catalogue.protocols[protocol]
        if catalogue.area(area).leaf:
            assert area in catalogue.covered(chosen.areas), (protocol, area)


def test_what_the_catalogue_does_not_publish_stays_empty(ask, catalogue):
    rows = ask(
        "SELECT protocol, technique, depth_um, points, volume_ul, side"
        " FROM treated_areas t JOIN sessions s ON s.id = t.session"
    )
    for protocol, technique, depth, points, volume, side in rows:
        published = catalogue.protocols[protocol]
        if technique is not None:
            assert technique in published.techniques
        if published.depth_mm_max is None and published.depth_mm_min is None:
            assert depth is None
        else:
            low, high = published.depth_mm_min, published.depth_mm_max
            assert (low or high) * 1000 <= depth <= (high or low) * 1000
        if published.volume_per_point_ml is not None:
            assert volume == points * round(published.volume_per_point_ml * 1000)
        if published.max_volume_per == "side":
            assert volume <= published.max_volume_ml * 1000 * (2 if side == "both" else 1)
    assert {depth is None for _, _, depth, _, _, _ in rows} == {True, False}


def test_sessions_stay_within_the_published_maximum(ask, catalogue):
    for protocol, volume in ask(
        "SELECT protocol, sum(volume_ul) FROM treated_areas t JOIN sessions s ON s.id = t.session"
        " GROUP BY s.id"
    ):
        published = catalogue.protocols[protocol]
        if published.max_volume_per == "session":
            assert volume <= published.max_volume_ml * 1000


def test_products_add_up_to_what_was_injected(ask):
    differences = ask(
        "SELECT 1 FROM (SELECT session, sum(volume_ul) AS ul FROM products_used GROUP BY 1) p"
        " JOIN (SELECT session, sum(volume_ul) AS ul FROM treated_areas GROUP BY 1) a"
        " USING (session) WHERE p.ul <> a.ul"
    )
    assert differences == []


def test_lots_are_not_used_after_their_expiry(ask):
    assert (
        ask(
            "SELECT lot FROM products_used p JOIN sessions s ON s.id = p.session"
            " WHERE expires_on < substr(held_at, 1, length(expires_on))"
        )
        == []
    )


def test_protocols_with_negative_evidence_or_a_ban_are_not_used(ask, catalogue):
    used = {protocol for (protocol,) in ask("SELECT protocol FROM courses")}

    assert {p for p in used if catalogue.protocols[p].evidence == "N"} == set()
    assert {p for p in used if "GB" in catalogue.protocols[p].banned_in} == set()
    banned = {p.code for p in catalogue.protocols.values() if "FR" in p.banned_in}
    assert {recipe.protocol for recipe in recipes_from(catalogue, "FR")} & banned == set()


def test_the_clinic_keeps_its_hours(ask):
    times = [datetime.fromisoformat(at) for (at,) in ask("SELECT held_at FROM sessions")]
    weekdays = Counter(at.weekday() for at in times)
    hours = Counter(at.hour for at in times)

    assert weekdays[6] == 0
    assert 0 < weekdays[5] < min(weekdays[day] for day in range(5))
    assert min(hours) == 9
    assert max(hours) == 18
    assert hours[13] < 0.6 * min(hours[11], hours[15])
    assert max(at.hour for at in times if at.weekday() == 5) == 13
    assert not {(at.month, at.day) for at in times} & {(12, 25), (12, 26), (1, 1)}


def test_no_practitioner_sees_two_patients_at_once(ask):
    assert ask("SELECT practitioner, held_at FROM sessions GROUP BY 1, 2 HAVING count(*) > 1") == []


def test_it_has_seasons_and_grows(ask):
    held = [
        date.fromisoformat(day)
        for (day,) in ask(
            "SELECT substr(held_at, 1, 10) FROM sessions WHERE held_at < '2026-11-22'"
        )
    ]
    months = Counter(day.month for day in held)
    years = Counter((TODAY - day).days // 366 for day in held)

    assert months[8] < 0.9 * (months[6] + months[7]) / 2
    assert years[0] > years[1] > years[2]
    assert min(held) < TODAY - timedelta(days=3 * 365 - 14)


def test_sessions_before_today_are_done_and_later_ones_are_planned(ask):
    states = dict(ask("SELECT state, count(*) FROM sessions GROUP BY 1"))

    assert set(states) == set(SESSION_STATES)
    assert ask("SELECT min(held_at) >= '2026-11-22' FROM sessions WHERE state = 'planned'") == [
        (1,)
    ]
    assert ask("SELECT max(held_at) < '2026-11-22' FROM sessions WHERE state <> 'planned'") == [
        (1,)
    ]
    assert 20 <= states["planned"] <= 200
    assert 0.02 < states["cancelled"] / 3000 < 0.07
    assert 0.01 < states["no_show"] / 3000 < 0.04


def test_the_states_of_courses_agree_with_their_sessions(ask):
    rows = ask(
        "SELECT c.state, c.planned_sessions, c.stopped_reason, c.started_on, min(s.held_at),"
        " sum(s.state = 'held'), sum(s.state = 'planned')"
        " FROM courses c JOIN sessions s ON s.course = c.id GROUP BY c.id"
    )
    assert len(rows) == ask("SELECT count(*) FROM courses")[0][0]
    assert {state for state, *_ in rows} == set(COURSE_STATES)
    for state, planned, reason, started, first, held, upcoming in rows:
        assert started == first[:10]
        assert (reason is not None) == (state == "stopped")
        if state == "completed":
            assert held >= planned
        elif state == "planned":
            assert (held, upcoming > 0) == (0, True)
        else:
            assert 0 < held < planned
        if state == "stopped":
            assert upcoming == 0


def test_people_drop_out_top_up_and_come_back(ask):
    courses = Counter(dict(ask("SELECT state, count(*) FROM courses GROUP BY 1")))
    ended = courses["completed"] + courses["stopped"]
    after = Counter(
        held
        for (held,) in ask(
            "SELECT count(*) FROM courses c JOIN sessions s ON s.course = c.id AND s.state = 'held'"
            " WHERE c.state = 'stopped' GROUP BY c.id"
        )
    )
    [(topped_up,)] = ask(
        "SELECT count(*) FROM (SELECT 1 FROM courses c JOIN sessions s ON s.course = c.id"
        " WHERE c.state = 'completed' AND s.state = 'held' GROUP BY c.id"
        " HAVING count(*) > c.planned_sessions)"
    )
    [(again,)] = ask(
        "SELECT count(*) FROM (SELECT 1 FROM courses GROUP BY patient HAVING count(*) > 1)"
    )

    assert 0.15 < courses["stopped"] / ended < 0.4
    assert after[1] > after[3] > 0
    assert topped_up > 0.15 * courses["completed"]
    assert again > 100


def test_courses_follow_their_protocol_s_schedule(ask, catalogue):
    for protocol, planned, interval in ask(
        "SELECT protocol, planned_sessions, interval_days FROM courses"
    ):
        published = catalogue.protocols[protocol]
        if published.sessions_max is not None:
            assert planned <= published.sessions_max
        if published.interval_days_max is not None and interval is not None:
            low = published.interval_days_min or published.interval_days_max
            assert round(low) <= interval <= round(published.interval_days_max)


def test_intervals_keep_to_the_plan_with_some_coming_late(ask):
    rows = ask(
        "SELECT s.course, substr(s.held_at, 1, 10), c.interval_days FROM sessions s"
        " JOIN courses c ON c.id = s.course WHERE s.state = 'held' AND c.interval_days >= 7"
        " ORDER BY s.course, s.held_at"
    )
    ratios = [
        (date.fromisoformat(now[1]) - date.fromisoformat(then[1])).days / now[2]
        for then, now in pairwise(rows)
        if then[0] == now[0]
    ]
    middle = sorted(ratios)[len(ratios) // 2]

    assert 0.95 < middle < 1.25
    assert 0.08 < sum(ratio > 1.5 for ratio in ratios) / len(ratios) < 0.4
    assert min(ratios) > 0.4


def test_people_fit_their_indication(ask):
    sexes = Counter(
        ask("SELECT indication, sex FROM courses c JOIN patients p ON p.id = c.patient")
    )
    [(youngest, oldest)] = ask("SELECT min(birth_year), max(birth_year) FROM patients")

    assert {sex for indication, sex in sexes if indication == "hair_aga_m"} == {"male"}
    assert "male" not in {sex for indication, sex in sexes if indication == "hair_aga_f"}
    assert 1940 <= youngest < oldest <= TODAY.year - 19
    assert {p for (p,) in ask("SELECT DISTINCT phototype FROM patients")} == {*PHOTOTYPES, None}


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
def test_one_lot_stands_out_by_its_late_nodules(tmp_path, catalogue, seed):
    path = tmp_path / "demo.db"
    make(path, catalogue, seed=seed)
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


def test_outcomes_stay_on_their_scales(ask, catalogue):
    rows = ask("SELECT scale, min(value), max(value) FROM outcomes GROUP BY scale")
    for scale, low, high in rows:
        published = catalogue.scales[scale]
        assert published.low is None or low >= published.low
        assert published.high is None or high <= published.high
    ordinal = [scale for scale, *_ in rows if catalogue.scales[scale].ordinal]
    fractions = ask(
        "SELECT scale FROM outcomes WHERE value <> round(value)"
        f" AND scale IN ({', '.join(map(repr, ordinal))})"
    )

    assert len(rows) > 15
    assert fractions == []
    assert ask("SELECT DISTINCT timing FROM outcomes WHERE scale = 'gais'") == [("follow_up",)]


def test_outcomes_are_those_of_the_indication_and_improve_modestly(ask, catalogue):
    rows = ask(
        "SELECT o.course, o.scale, c.indication, o.value, o.timing FROM outcomes o"
        " JOIN courses c ON c.id = o.course ORDER BY o.course, o.scale, o.measured_on"
    )
    first, last = {}, {}
    for course, scale, indication, value, timing in rows:
        assert scale in catalogue.indications[indication].scales
        if timing == "baseline":
            first[course, scale] = value
        else:
            last[course, scale] = value
    changes = [
        (first[key] - last[key]) * (1 if catalogue.scales[key[1]].better == "lower" else -1)
        for key in first.keys() & last.keys()
        if catalogue.scales[key[1]].better != "depends"
    ]
    better = sum(change > 0 for change in changes) / len(changes)
    worse = sum(change < 0 for change in changes) / len(changes)

    assert 0.4 < better < 0.8
    assert 0.05 < worse < 0.3
    assert 0.15 < 1 - len(changes) / len(first) < 0.6  # many are never measured again


def test_a_follow_up_is_measured_after_its_baseline(ask):
    assert (
        ask(
            "SELECT 1 FROM outcomes b JOIN outcomes f USING (course, scale)"
            " WHERE b.timing = 'baseline' AND f.timing = 'follow_up'"
            " AND f.measured_on <= b.measured_on"
        )
        == []
    )
