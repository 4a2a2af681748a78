"""The same questions written by hand: one SQL text for DuckDB over the lake and for SQLite.

The SQLite file gets temporary views with the lake's columns, so that both answer the very same
question; only days, months and differences of days are spelled differently. Nothing here is
simpler than what the report counts: sessions follow their course's protocol where they name none.
"""

import sqlite3
from collections.abc import Callable
from datetime import date
from math import ceil
from pathlib import Path

import duckdb

from mesodash.catalogue.types import Catalogue
from mesodash.lake import schema
from mesodash.reports.due import (
    ASK_AGAIN_AFTER,
    FOLLOW_UP_FROM,
    FOLLOW_UP_UNTIL,
    LATE_FROM,
    LATE_UNTIL,
    TOP_UP_LISTED,
)
from mesodash.reports.filters import Period

Rows = list[tuple[object, ...]]

VOLUMES = """
WITH firsts AS (SELECT clinic_id, patient, min(held_on) AS first_on FROM sessions
                WHERE state = 'held' GROUP BY clinic_id, patient),
     areas AS (SELECT clinic_id, session, area, side, sum(volume_ul) AS volume_ul
               FROM treated_areas WHERE month BETWEEN {first_month} AND {last_month}
               GROUP BY clinic_id, session, area, side),
     cells AS (SELECT s.clinic_id, s.month, a.area, count(DISTINCT s.session) AS sessions,
                      count(DISTINCT s.patient) AS patients,
                      count(DISTINCT CASE WHEN substr(CAST(f.first_on AS TEXT), 1, 7) = s.month
                                          THEN s.patient END) AS fresh,
                      count(a.area) AS treated, sum(a.volume_ul) AS volume_ul
               FROM sessions s
               JOIN firsts f ON f.clinic_id = s.clinic_id AND f.patient = s.patient
               LEFT JOIN areas a ON a.clinic_id = s.clinic_id AND a.session = s.session
               WHERE s.state = 'held' AND s.held_on BETWEEN {start} AND {end}
                 AND s.month BETWEEN {first_month} AND {last_month}
               GROUP BY s.clinic_id, s.month, a.area)
SELECT month, area, sum(sessions), sum(patients), sum(fresh), sum(treated), sum(volume_ul)
FROM cells GROUP BY month, area
"""
SIDE_EFFECTS = """
SELECT effect, counting, from_minutes, to_minutes, count(*) FROM side_effects
WHERE held_on BETWEEN {start} AND {end} AND month BETWEEN {first_month} AND {last_month}
GROUP BY effect, counting, from_minutes, to_minutes;
SELECT effect, sum(n) FROM (
    SELECT clinic_id, effect, count(DISTINCT patient) AS n FROM side_effects
    WHERE held_on BETWEEN {start} AND {end} AND month BETWEEN {first_month} AND {last_month}
    GROUP BY clinic_id, effect) GROUP BY effect;
SELECT count(*) FROM sessions
WHERE state = 'held' AND held_on BETWEEN {start} AND {end}
  AND month BETWEEN {first_month} AND {last_month}
"""
OUTCOMES = """
WITH days AS (SELECT o.clinic_id, o.patient, o.course, o.scale, o.measured_on,
                     avg(o.value) AS value, max(coalesce(s.protocol, c.protocol)) AS protocol,
                     max(CASE WHEN o.timing = 'baseline' THEN 1 ELSE 0 END) AS marked
              FROM outcomes o
              LEFT JOIN sessions s ON s.clinic_id = o.clinic_id AND s.session = o.session
              LEFT JOIN courses c ON c.clinic_id = o.clinic_id AND c.course = o.course
              WHERE o.measured_on <= {end} AND o.month <= {last_month}
              GROUP BY o.clinic_id, o.patient, o.course, o.scale, o.measured_on),
     ends AS (SELECT clinic_id, patient, course, scale, max(measured_on) AS last_on,
                     coalesce(min(CASE WHEN marked = 1 THEN measured_on END),
                              min(measured_on)) AS base_on
              FROM days GROUP BY clinic_id, patient, course, scale),
     units AS (SELECT d.scale, max(d.protocol) AS protocol,
                      sum(CASE WHEN d.measured_on = e.base_on THEN d.value END) AS baseline,
                      sum(CASE WHEN d.measured_on = e.last_on THEN d.value END) AS last
               FROM days d JOIN ends e ON e.clinic_id = d.clinic_id AND e.course = d.course
                    AND e.patient = d.patient AND e.scale = d.scale
               WHERE e.last_on > e.base_on AND e.last_on BETWEEN {start} AND {end}
               GROUP BY d.clinic_id, d.patient, d.course, d.scale)
SELECT u.protocol, u.scale, count(*), sum(u.baseline), sum(u.last), sum(u.last - u.baseline),
       sum((u.last - u.baseline) * (u.last - u.baseline))
FROM units u GROUP BY u.protocol, u.scale
"""
COURSES = """
WITH held AS (SELECT clinic_id, course, count(*) AS n FROM sessions
              WHERE state = 'held' GROUP BY clinic_id, course)
SELECT c.protocol, count(*), sum(CASE WHEN c.state = 'completed' THEN 1 ELSE 0 END),
       sum(CASE WHEN c.state = 'stopped' THEN 1 ELSE 0 END), sum(c.planned_sessions), sum(h.n)
FROM courses c LEFT JOIN held h ON h.clinic_id = c.clinic_id AND h.course = c.course
WHERE c.started_on BETWEEN {start} AND {end} GROUP BY c.protocol;
WITH held AS (SELECT clinic_id, course, count(*) AS n FROM sessions
              WHERE state = 'held' GROUP BY clinic_id, course)
SELECT c.protocol, coalesce(h.n, 0), count(*)
FROM courses c LEFT JOIN held h ON h.clinic_id = c.clinic_id AND h.course = c.course
WHERE c.state = 'stopped' AND c.started_on BETWEEN {start} AND {end}
GROUP BY c.protocol, coalesce(h.n, 0)
"""
CLUSTERS = """
WITH held AS (SELECT s.clinic_id, s.session, s.practitioner,
                     coalesce(s.protocol, c.protocol) AS protocol
              FROM sessions s
              LEFT JOIN courses c ON c.clinic_id = s.clinic_id AND c.course = s.course
              WHERE s.state = 'held' AND s.held_on BETWEEN {start} AND {end}
                AND s.month BETWEEN {first_month} AND {last_month}),
     effects AS (SELECT clinic_id, session, area, effect FROM side_effects
                 WHERE held_on BETWEEN {start} AND {end}
                   AND month BETWEEN {first_month} AND {last_month}),
     events AS (SELECT DISTINCT e.clinic_id, e.session, e.effect, h.practitioner, h.protocol
                FROM effects e
                JOIN held h ON h.clinic_id = e.clinic_id AND h.session = e.session),
     lots AS (SELECT DISTINCT p.clinic_id, p.session, p.lot, h.protocol FROM products_used p
              JOIN held h ON h.clinic_id = p.clinic_id AND h.session = p.session
              WHERE p.lot IS NOT NULL),
     places AS (SELECT DISTINCT t.clinic_id, t.session, t.area, h.protocol FROM treated_areas t
                JOIN held h ON h.clinic_id = t.clinic_id AND h.session = t.session
                WHERE t.month BETWEEN {first_month} AND {last_month}),
     sites AS (SELECT DISTINCT p.clinic_id, p.session, p.area, p.protocol, e.effect FROM effects e
               JOIN places p ON p.clinic_id = e.clinic_id AND p.session = e.session
                            AND p.area = e.area)
SELECT 'sessions', clinic_id, NULL, protocol, NULL, count(*) FROM held
GROUP BY clinic_id, protocol
UNION ALL SELECT 'places', clinic_id, NULL, protocol, NULL, count(*) FROM places
          GROUP BY clinic_id, protocol
UNION ALL SELECT 'sessions effect', clinic_id, NULL, protocol, effect, count(*) FROM events
          GROUP BY clinic_id, protocol, effect
UNION ALL SELECT 'places effect', clinic_id, NULL, protocol, effect, count(*) FROM sites
          GROUP BY clinic_id, protocol, effect
UNION ALL SELECT 'lot', clinic_id, lot, protocol, NULL, count(*) FROM lots
          GROUP BY clinic_id, lot, protocol
UNION ALL SELECT 'practitioner', clinic_id, clinic_id || '/' || practitioner, protocol, NULL,
                 count(*)
          FROM held WHERE practitioner IS NOT NULL GROUP BY clinic_id, practitioner, protocol
UNION ALL SELECT 'site', clinic_id, area, protocol, NULL, count(*) FROM places
          GROUP BY clinic_id, area, protocol
UNION ALL SELECT 'lot effect', l.clinic_id, l.lot, l.protocol, e.effect, count(*) FROM lots l
          JOIN events e ON e.clinic_id = l.clinic_id AND e.session = l.session
          GROUP BY l.clinic_id, l.lot, l.protocol, e.effect
UNION ALL SELECT 'practitioner effect', clinic_id, clinic_id || '/' || practitioner, protocol,
                 effect, count(*)
          FROM events WHERE practitioner IS NOT NULL
          GROUP BY clinic_id, practitioner, protocol, effect
UNION ALL SELECT 'site effect', clinic_id, area, protocol, effect, count(*) FROM sites
          GROUP BY clinic_id, area, protocol, effect
"""
DUE = """
WITH followed AS (
       SELECT s.clinic_id, s.session, s.patient, s.course, s.held_on, s.state,
              coalesce(s.protocol, c.protocol) AS protocol
       FROM sessions s LEFT JOIN courses c ON c.clinic_id = s.clinic_id AND c.course = s.course),
     held AS (SELECT * FROM followed WHERE state = 'held' AND held_on <= {on}),
     booked AS (SELECT * FROM followed WHERE state = 'planned' AND held_on >= {on}),
     rules AS (SELECT * FROM (VALUES {protocols}) AS known (protocol, interval_days, top_up)),
     promises AS (SELECT * FROM (VALUES {effects}) AS known (effect, days)),
     by_course AS (SELECT *, row_number() OVER (PARTITION BY clinic_id, course
                                ORDER BY held_on DESC, session DESC) AS back,
                          count(*) OVER (PARTITION BY clinic_id, course) AS number
                   FROM held WHERE course IS NOT NULL),
     nexts AS (
       SELECT c.clinic_id, c.patient, c.course, l.session, c.protocol,
              CASE WHEN l.held_on IS NULL THEN {on_minus_started}
                   ELSE {on_minus_held} - coalesce(c.interval_days, r.interval_days) END AS days,
              'next_session' AS reason
       FROM courses c
       LEFT JOIN by_course l ON l.clinic_id = c.clinic_id AND l.course = c.course AND l.back = 1
       LEFT JOIN rules r ON r.protocol = c.protocol
       WHERE c.state IN ('active', 'planned')
         AND (c.planned_sessions IS NULL OR coalesce(l.number, 0) < c.planned_sessions)
         AND NOT EXISTS (SELECT 1 FROM booked b WHERE b.clinic_id = c.clinic_id
                                                  AND b.course = c.course)),
     by_protocol AS (SELECT *, row_number() OVER (PARTITION BY clinic_id, patient, protocol
                                  ORDER BY held_on DESC, session DESC) AS back FROM held),
     done AS (SELECT clinic_id, patient, protocol, max(course) AS course FROM courses c
              WHERE state = 'completed'
                AND NOT EXISTS (SELECT 1 FROM courses o WHERE o.clinic_id = c.clinic_id
                       AND o.patient = c.patient AND o.protocol = c.protocol
                       AND o.state IN ('active', 'planned'))
                AND NOT EXISTS (SELECT 1 FROM booked b WHERE b.clinic_id = c.clinic_id
                       AND b.patient = c.patient AND b.protocol = c.protocol)
              GROUP BY clinic_id, patient, protocol),
     tops AS (
       SELECT l.clinic_id, l.patient, d.course, l.session, l.protocol,
              {on_minus_held} - r.top_up AS days, 'top_up' AS reason
       FROM by_protocol l
       JOIN done d ON d.clinic_id = l.clinic_id AND d.patient = l.patient
                  AND d.protocol = l.protocol
       JOIN rules r ON r.protocol = l.protocol
       WHERE l.back = 1 AND {on_minus_held} - r.top_up <= {top_up_listed}),
     by_patient AS (SELECT *, row_number() OVER (PARTITION BY clinic_id, patient, course
                                 ORDER BY held_on DESC, session DESC) AS back FROM held),
     contacts AS (SELECT clinic_id, session, max(contacted_on) AS contacted_on FROM follow_ups
                  WHERE contacted_on <= {on} GROUP BY clinic_id, session),
     visits AS (SELECT clinic_id, patient, max(held_on) AS visited_on FROM held
                GROUP BY clinic_id, patient),
     asked AS (
       SELECT l.clinic_id, l.patient, l.course, l.session, l.protocol, l.held_on,
              CASE WHEN coalesce(k.contacted_on, l.held_on) > v.visited_on
                   THEN coalesce(k.contacted_on, l.held_on) ELSE v.visited_on END AS contact
       FROM by_patient l
       LEFT JOIN contacts k ON k.clinic_id = l.clinic_id AND k.session = l.session
       JOIN visits v ON v.clinic_id = l.clinic_id AND v.patient = l.patient
       WHERE l.back = 1 AND {on_minus_held} BETWEEN {follow_up_from} AND {late_until}),
     missed AS (
       SELECT clinic_id, patient, course, session, protocol,
              {on_minus_asked} - {follow_up_from} AS days, 'follow_up' AS reason
       FROM asked WHERE {contact_minus_held} <= 0 AND {on_minus_asked} <= {follow_up_until}
       UNION ALL
       SELECT clinic_id, patient, course, session, protocol,
              {on_minus_asked} - {late_from} AS days, 'late_watch' AS reason
       FROM asked WHERE {contact_minus_held} < {late_from} AND {on_minus_asked} >= {late_from}),
     found AS (SELECT * FROM nexts UNION ALL SELECT * FROM tops UNION ALL SELECT * FROM missed),
     overdue AS (SELECT * FROM found WHERE days >= 0),
     open_ones AS (
       SELECT e.clinic_id, e.patient, e.course, e.area,
              coalesce(e.protocol, c.protocol) AS protocol,
              min(CAST({on_minus_onset} - coalesce(p.days, {ask_again}) AS INTEGER),
                  CAST(coalesce({on_minus_contact} - {ask_again},
                                {on_minus_onset} - coalesce(p.days, {ask_again})) AS INTEGER)
              ) AS days
       FROM side_effects e
       LEFT JOIN courses c ON c.clinic_id = e.clinic_id AND c.course = e.course
       LEFT JOIN promises p ON p.effect = e.effect
       WHERE NOT e.has_end AND e.counting IN ('ongoing', 'no_follow_up', 'imprecise'))
SELECT o.clinic_id, o.patient, o.course, o.session, o.protocol, o.reason, o.days,
       {areas} AS areas
FROM overdue o LEFT JOIN treated_areas t ON t.clinic_id = o.clinic_id AND t.session = o.session
GROUP BY o.clinic_id, o.patient, o.course, o.session, o.protocol, o.reason, o.days
UNION ALL
SELECT clinic_id, patient, course, NULL, protocol, 'open_effect', max(days), area
FROM open_ones WHERE days >= 0 GROUP BY clinic_id, patient, course, area, protocol
"""
SQL = {
    "volumes": VOLUMES,
    "side_effects": SIDE_EFFECTS,
    "outcomes": OUTCOMES,
    "courses": COURSES,
    "clusters": CLUSTERS,
    "due": DUE,
}

MINUTES = "CAST(round((julianday({}) - julianday(e.onset_at)) * 1440) AS INTEGER)"
_HAS_TIME = "length(e.onset_at) > 10 AND length(e.resolved_at) > 10"
_DAYS = (
    "1440 * CAST(julianday(substr({}, 1, 10)) - julianday(substr(e.onset_at, 1, 10)) AS INTEGER)"
)
_LAST = "(SELECT max(f.contacted_at) FROM follow_ups f WHERE f.session = e.session)"
_IMPRECISE = "length(e.onset_at) < 10 OR length(e.resolved_at) < 10"
SQLITE_VIEWS = f"""
CREATE TEMP VIEW v_sessions AS SELECT '{{clinic}}' AS clinic_id, id AS session, patient, course,
    practitioner, protocol, substr(held_at, 1, 10) AS held_on, state,
    substr(held_at, 1, 7) AS month FROM main.sessions;
CREATE TEMP VIEW v_courses AS SELECT '{{clinic}}' AS clinic_id, id AS course, patient, protocol,
    planned_sessions, interval_days, substr(started_on, 1, 10) AS started_on, state
    FROM main.courses;
CREATE TEMP VIEW v_treated_areas AS SELECT '{{clinic}}' AS clinic_id, session, area, side,
    volume_ul, substr(held_at, 1, 7) AS month FROM main.treated_areas;
CREATE TEMP VIEW v_products_used AS SELECT '{{clinic}}' AS clinic_id, session, lot
    FROM main.products_used;
CREATE TEMP VIEW v_follow_ups AS SELECT '{{clinic}}' AS clinic_id, session,
    substr(contacted_at, 1, 10) AS contacted_on FROM main.follow_ups;
CREATE TEMP VIEW v_outcomes AS SELECT '{{clinic}}' AS clinic_id, session, patient, course, scale,
    value, substr(measured_on, 1, 10) AS measured_on, substr(measured_on, 1, 7) AS month, timing
    FROM main.outcomes;
CREATE TEMP VIEW v_side_effects AS SELECT '{{clinic}}' AS clinic_id, e.session, s.patient, s.course,
    s.protocol, substr(s.held_at, 1, 10) AS held_on, substr(s.held_at, 1, 7) AS month, e.area,
    e.effect, CASE WHEN length(e.onset_at) >= 10 THEN substr(e.onset_at, 1, 10) END AS onset_on,
    max(coalesce(e.last_seen_at, ''), coalesce({_LAST}, '')) AS last_contact,
    e.resolved_at IS NOT NULL OR e.gone_by_at IS NOT NULL AS has_end,
    CASE WHEN {_IMPRECISE} THEN 'imprecise' WHEN e.resolved_at IS NOT NULL THEN 'resolved'
         WHEN e.gone_by_at IS NOT NULL THEN 'interval'
         WHEN e.last_seen_at IS NOT NULL OR {_LAST} IS NOT NULL THEN 'ongoing'
         ELSE 'no_follow_up' END AS counting,
    CASE WHEN {_IMPRECISE} THEN NULL
         WHEN e.resolved_at IS NOT NULL AND {_HAS_TIME} THEN {MINUTES.format("e.resolved_at")}
         WHEN e.resolved_at IS NOT NULL THEN {_DAYS.format("e.resolved_at")}
         WHEN e.gone_by_at IS NOT NULL THEN {_DAYS.format("e.last_seen_at")}
         ELSE max(coalesce({_DAYS.format("e.last_seen_at")}, 0),
                  coalesce({_DAYS.format(_LAST)}, 0)) END AS from_minutes,
    CASE WHEN {_IMPRECISE} THEN NULL
         WHEN e.resolved_at IS NOT NULL AND {_HAS_TIME} THEN {MINUTES.format("e.resolved_at")}
         WHEN e.resolved_at IS NOT NULL THEN {_DAYS.format("e.resolved_at")}
         WHEN e.gone_by_at IS NOT NULL THEN {_DAYS.format("e.gone_by_at")} END AS to_minutes
    FROM main.side_effects e JOIN main.sessions s ON s.id = e.session
"""


def duckdb_asker(lake: Path, catalogue: Catalogue) -> Callable[[str, Period, date], list[Rows]]:
    """What answers a report by its SQL over the lake's Parquet files."""
    connection = duckdb.connect()
    for table in schema.TABLES:
        files = f"{lake}/{table}/**/part.parquet"
        connection.execute(
            f"CREATE VIEW {table} AS SELECT * FROM read_parquet("
            f"'{files}', hive_partitioning = true, hive_types_autocast = false)"
        )

    def ask(report: str, period: Period, on: date) -> list[Rows]:
        sql = _filled(SQL[report], period, on, catalogue, "DATE '{}'", "({} - {})")
        sql = sql.replace("min(CAST(", "least(CAST(").replace(
            "%AREAS%", "string_agg(DISTINCT t.area, ', ')"
        )
        return [connection.execute(part).fetchall() for part in sql.split(";")]

    return ask


def sqlite_asker(db: Path, catalogue: Catalogue) -> Callable[[str, Period, date], list[Rows]]:
    """What answers a report by the same SQL on the clinic's file."""
    connection = sqlite3.connect(db)
    (clinic,) = connection.execute("SELECT clinic_id FROM clinic").fetchone()
    connection.executescript(SQLITE_VIEWS.format(clinic=clinic))

    def ask(report: str, period: Period, on: date) -> list[Rows]:
        difference = "CAST(julianday({}) - julianday({}) AS INTEGER)"
        sql = _filled(SQL[report], period, on, catalogue, "'{}'", difference)
        for table in schema.TABLES:
            sql = sql.replace(f"FROM {table}", f"FROM v_{table}")
            sql = sql.replace(f"JOIN {table}", f"JOIN v_{table}")
        sql = sql.replace("%AREAS%", "group_concat(DISTINCT t.area)")
        sql = sql.replace("e.last_contact_on", "nullif(e.last_contact, '')")
        for columns in ("protocol, interval_days, top_up", "effect, days"):
            sql = _named_values(sql, columns)
        return [connection.execute(part).fetchall() for part in sql.split(";")]

    return ask


def _named_values(sql: str, columns: str) -> str:
    """SQLite cannot name the columns of VALUES where they stand; it calls them column1 and on."""
    named = f") AS known ({columns})"
    before, found, after = sql.partition(named)
    if not found:
        return sql
    start, values = before.rsplit("SELECT * FROM (VALUES", 1)
    picked = ", ".join(f"column{n} AS {c}" for n, c in enumerate(columns.split(", "), start=1))
    return f"{start}SELECT {picked} FROM (VALUES{values}){after}"


def _filled(
    sql: str, period: Period, on: date, catalogue: Catalogue, day: str, difference: str
) -> str:
    today = day.format(on)
    protocols = ", ".join(
        f"('{code}', {_days(p.interval_days_min)}, {_days(p.top_up_days)})"
        for code, p in catalogue.protocols.items()
    )
    effects = ", ".join(
        f"('{code}', {_days(e.promised_days)})" for code, e in catalogue.side_effects.items()
    )
    return sql.format(
        start=day.format(period.start),
        end=day.format(period.end),
        first_month=f"'{period.start:%Y-%m}'",
        last_month=f"'{period.end:%Y-%m}'",
        on=today,
        protocols=protocols,
        effects=effects,
        areas="%AREAS%",
        on_minus_held=difference.format(today, "l.held_on"),
        on_minus_started=difference.format(today, "c.started_on"),
        on_minus_asked=difference.format(today, "held_on"),
        contact_minus_held=difference.format("contact", "held_on"),
        on_minus_onset=difference.format(today, "coalesce(e.onset_on, e.held_on)"),
        on_minus_contact=difference.format(today, "e.last_contact_on"),
        follow_up_from=FOLLOW_UP_FROM,
        follow_up_until=FOLLOW_UP_UNTIL,
        late_from=LATE_FROM,
        late_until=LATE_UNTIL,
        ask_again=ASK_AGAIN_AFTER,
        top_up_listed=TOP_UP_LISTED,
    )


def _days(value: float | None) -> str:
    return "NULL" if value is None else str(ceil(value))
