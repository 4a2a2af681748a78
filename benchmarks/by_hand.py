"""The same questions written by hand: one SQL text for DuckDB over the lake and for SQLite.

The SQLite file gets temporary views with the lake's columns, so that both answer the very same
question; only days, months and differences of days are spelled differently. Nothing here is
simpler than what the report counts: sessions follow their course's protocol where they name none.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb

from mesodash.lake import schema
from mesodash.reports.core.filters import Period

Rows = list[tuple[object, ...]]

SQL = {file.stem: file.read_text("utf-8") for file in (Path(__file__).parent / "sql").glob("*.sql")}
"""Report -> its question, in `sql/`; the braces are filled in by `_filled`."""

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


def duckdb_asker(lake: Path) -> Callable[[str, Period], list[Rows]]:
    """What answers a report by its SQL over the lake's Parquet files."""
    connection = duckdb.connect()
    for table in schema.TABLES:
        files = f"{lake}/{table}/**/part.parquet"
        connection.execute(
            f"CREATE VIEW {table} AS SELECT * FROM read_parquet("
            f"'{files}', hive_partitioning = true, hive_types_autocast = false)"
        )

    def ask(report: str, period: Period) -> list[Rows]:
        sql = _filled(SQL[report], period, "DATE '{}'")
        return [connection.execute(part).fetchall() for part in sql.split(";")]

    return ask


def sqlite_asker(db: Path) -> Callable[[str, Period], list[Rows]]:
    """What answers a report by the same SQL on the clinic's file."""
    connection = sqlite3.connect(db)
    (clinic,) = connection.execute("SELECT clinic_id FROM clinic").fetchone()
    connection.executescript(SQLITE_VIEWS.format(clinic=clinic))

    def ask(report: str, period: Period) -> list[Rows]:
        sql = _filled(SQL[report], period, "'{}'")
        for table in schema.TABLES:
            sql = sql.replace(f"FROM {table}", f"FROM v_{table}")
            sql = sql.replace(f"JOIN {table}", f"JOIN v_{table}")
        return [connection.execute(part).fetchall() for part in sql.split(";")]

    return ask


def _filled(sql: str, period: Period, day: str) -> str:
    return sql.format(
        start=day.format(period.start),
        end=day.format(period.end),
        first_month=f"'{period.start:%Y-%m}'",
        last_month=f"'{period.end:%Y-%m}'",
    )
