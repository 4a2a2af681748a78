"""How long publishing and each report take, beside hand-written SQL over the same Parquet files.

    python benchmarks/reports.py SESSIONS [--keep FOLDER]

Prints, in milliseconds: the first run (a new reader: view definitions, compilation) and the median
of the next (the reader's memory emptied before each, so that the engine answers every time), the
hand-written query's median where there is one, and their ratio. The query counts the same cells but
computes no curves or intervals.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.reports.made_clinic import make_clinic

from mesodash.catalogue.load import load_catalogue
from mesodash.lake.engines import warm
from mesodash.lake.publish import publish
from mesodash.records.actor import DEMO
from mesodash.records.connection import writing
from mesodash.reports.reader import Reader
from mesodash.settings import lake_beside, load_settings

RUNS = 5
SQL = {
    "volumes": """
        SELECT s.month, t.area, count(DISTINCT s.session), count(DISTINCT s.patient),
               count(DISTINCT s.patient) FILTER (WHERE strftime(f.first_on, '%Y-%m') = s.month),
               count(t.area), sum(t.volume_ul)
        FROM sessions s
        JOIN (SELECT clinic_id, patient, min(held_on) AS first_on FROM sessions
              WHERE state = 'held' GROUP BY ALL) f
          ON f.clinic_id = s.clinic_id AND f.patient = s.patient
        LEFT JOIN (SELECT clinic_id, session, area, side, sum(volume_ul) AS volume_ul
                   FROM treated_areas GROUP BY ALL) t
          ON t.clinic_id = s.clinic_id AND t.session = s.session
        WHERE s.state = 'held' GROUP BY ALL""",
    "side_effects": """
        SELECT effect, counting, from_minutes, to_minutes, count(*) FROM side_effects GROUP BY ALL;
        SELECT effect, count(DISTINCT (clinic_id, patient)) FROM side_effects GROUP BY ALL;
        SELECT count(*) FROM sessions WHERE state = 'held'""",
    "outcomes": """
        WITH d AS (SELECT clinic_id, patient, course, scale, measured_on, avg(value) AS value,
                          max(timing = 'baseline') AS marked
                   FROM outcomes GROUP BY ALL),
             u AS (SELECT clinic_id, course, scale,
                          coalesce(arg_min(value, measured_on) FILTER (WHERE marked),
                                   arg_min(value, measured_on)) AS baseline,
                          arg_max(value, measured_on) AS last, count(*) AS days
                   FROM d GROUP BY clinic_id, patient, course, scale)
        SELECT c.protocol, scale, count(*), sum(baseline), sum(last), sum(last - baseline),
               sum((last - baseline) * (last - baseline))
        FROM u JOIN courses c ON c.clinic_id = u.clinic_id AND c.course = u.course
        WHERE days > 1 GROUP BY ALL""",
    "courses": """
        SELECT c.protocol, count(*), count(*) FILTER (WHERE c.state = 'completed'),
               count(*) FILTER (WHERE c.state = 'stopped'), sum(c.planned_sessions), sum(h.n)
        FROM courses c LEFT JOIN (SELECT clinic_id, course, count(*) AS n FROM sessions
                                  WHERE state = 'held' GROUP BY ALL) h
          ON h.clinic_id = c.clinic_id AND h.course = c.course
        GROUP BY ALL""",
}


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def by_hand(lake: Path) -> duckdb.DuckDBPyConnection:
    """A connection with a view over each table of the lake."""
    connection = duckdb.connect()
    for folder in sorted(lake.iterdir()):
        if folder.name.startswith("_"):
            continue
        connection.execute(
            f"CREATE VIEW {folder.name} AS SELECT * FROM read_parquet("
            f"'{folder}/**/part.parquet', hive_partitioning = true, hive_types_autocast = false)"
        )
    return connection


def measure(db: Path) -> None:
    """Print one line a report."""
    catalogue = load_catalogue(load_settings().catalogue)
    warm().join()
    lake = lake_beside(db)
    print(f"publish, all               {milliseconds(lambda: publish(db, lake)):9.1f}")
    print(f"publish, nothing changed   {milliseconds(lambda: publish(db, lake)):9.1f}")
    with writing(db, DEMO) as change:
        change.log("update", "side_effects", month="2025-01")
    print(f"publish, one month         {milliseconds(lambda: publish(db, lake)):9.1f}")
    connection = by_hand(lake)
    reader = Reader(db, catalogue)
    asked: dict[str, Callable[[], object]] = {
        "volumes": reader.volumes,
        "side_effects": reader.side_effects,
        "curves": reader.curves,
        "outcomes": reader.outcomes,
        "courses": reader.courses,
        "clusters": reader.clusters,
        "due": lambda: reader.due(date(2025, 6, 1), DEMO),
    }
    print(
        f"{'report':14} {'first':>9} {'median':>9} {'remembered':>11} {'by hand':>9} {'ratio':>6}"
    )
    for name, ask in asked.items():
        first = milliseconds(ask)
        remembered = milliseconds(ask)
        times = []
        for _ in range(RUNS):
            reader.forget()
            times.append(milliseconds(ask))
        median = statistics.median(times)
        line = f"{name:14} {first:9.1f} {median:9.1f} {remembered:11.1f}"
        if name in SQL:
            hand = statistics.median(
                milliseconds(
                    lambda sql=SQL[name]: [
                        connection.execute(part).fetchall() for part in sql.split(";")
                    ]
                )
                for _ in range(RUNS)
            )
            line += f" {hand:9.1f} {median / hand:6.1f}"
        print(line)


def main() -> None:
    """Make a clinic of the asked size and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sessions", type=int)
    parser.add_argument("--keep", type=Path, help="keep the clinic in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        db = folder / "bench.db"
        if not db.exists():
            make_clinic(db, sessions=options.sessions)
        measure(db)


if __name__ == "__main__":
    main()
