"""How long each report takes and how much memory, beside the same question asked in other ways.

    python benchmarks/reports.py [SESSIONS ...] [--folder FOLDER] [--reports NAME ...] [--clock cpu]

Ways: ours; the SQL of `by_hand` on DuckDB over the same Parquet files, alone and with the plain
statistics of `same_counts` after it; the same SQL on the clinic's SQLite file; everything loaded
into pandas first. The last two only up to a million sessions. Cold is a process of its own, from
its start to the first answer; memory is that process's highest resident size after a second
question. Ours and the SQL by hand are timed in turn in one process, on other values each time, and
their counts must be equal. Prints tables in Markdown, ready for docs/benchmarks.md.
"""

# ruff: noqa: E402, PLC0415 - the clock starts before anything is imported, and each way has its own
import time

STARTED = time.perf_counter()

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from mesodash.catalogue.load import load_catalogue
from mesodash.reports.core.filters import Filters, Period
from mesodash.settings import load_settings

REPORTS = ("volumes", "side_effects", "outcomes", "courses", "clusters")
MOST_IN_A_FILE = 1_000_000
CLINIC = "bench"
PATIENCE = 10_000.0


CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
clock = CLOCKS["wall"]


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes, by the chosen clock."""
    start = clock()
    work()
    return 1000 * (clock() - start)


def period(turn: int) -> Period:
    """Four years, other ones each time."""
    return Period(date(2020, 3, 2) + timedelta(days=3 * turn), date(2024, 6, 30))


class Ours:
    """The reports as the app asks them."""

    def __init__(self, folder: Path) -> None:
        from mesodash.lake.engines import open_lake
        from mesodash.reports.core.reader import Reader

        self.catalogue = load_catalogue(load_settings().catalogue)
        self.lake = open_lake(folder / "lake")
        self._reader = Reader(None, self.catalogue, lake=folder / "lake")

    def ask(self, report: str, turn: int, **more: Any) -> Any:
        """One report on the turn's period."""
        return self._reader.report(report, Filters(period=period(turn), **more))


def ours_alone(report: str, folder: Path) -> dict[str, float]:
    """Ours in a fresh process: cold, a shape never asked before, memory."""
    ours = Ours(folder)
    ours.ask(report, 0)
    found = {"cold": 1000 * (clock() - (STARTED if clock is time.perf_counter else 0))}
    # A filter never set before makes another shape: built and compiled anew.
    found["new"] = milliseconds(lambda: ours.ask(report, 1, areas=("face",)))
    ours.ask(report, 1)
    return found | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def beside(report: str, folder: Path, runs: int) -> dict[str, float]:
    """Ours and the SQL by hand in turn, in one process, on questions with other values each time.

    Raises:
        AssertionError: their counts differ.
    """
    from by_hand import duckdb_asker
    from same_counts import hand_counted, ours_counted
    from same_counts import statistics as by_plain_code

    ours = Ours(folder)
    ask = duckdb_asker(folder / "lake")
    if runs > 1:  # else so large that imports and the first compilation are nothing beside it
        ours.ask(report, 0)
        by_plain_code(report, ask(report, period(0)))
    times: dict[str, list[float]] = {"ours": [], "hand": [], "after": []}
    for turn in range(1, runs + 1):
        start = clock()
        frame = ours.ask(report, turn)
        asked = clock()
        rows = ask(report, period(turn))
        counted = clock()
        by_plain_code(report, rows)
        for name, took in (
            ("ours", asked - start),
            ("hand", counted - asked),
            ("after", clock() - counted),
        ):
            times[name].append(1000 * took)
    catalogue, asked_last = ours.catalogue, Filters(period=period(runs))
    by_hand = hand_counted(report, rows)
    assert by_hand == ours_counted(report, frame, ours.lake, catalogue, asked_last)
    assert by_hand
    return {name: statistics.median(values) for name, values in times.items()}


def in_sqlite(report: str, folder: Path) -> dict[str, float]:
    """The SQL on the clinic's file; the second time, unless the first took ten seconds."""
    from by_hand import sqlite_asker

    ask = sqlite_asker(folder / "clinic.db")
    took = milliseconds(lambda: ask(report, period(0)))
    if took < PATIENCE:
        took = milliseconds(lambda: ask(report, period(1)))
    return {"warm": took}


def by_pandas(folder: Path) -> dict[str, float]:
    """Loading the whole file, then each report."""
    import in_pandas

    frames = {}
    found = {"load": milliseconds(lambda: frames.update(in_pandas.load(folder / "clinic.db")))}
    for report in REPORTS:
        found[report] = milliseconds(lambda r=report: in_pandas.REPORTS[r](frames, period(0)))
    return found | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def publishing(folder: Path) -> dict[str, float]:
    """Publishing after one new session with one treated area: median, and the first of all."""
    from mesodash.lake.publish import publish
    from mesodash.records.audit.actor import DEMO
    from mesodash.records.store.connection import writing

    db, lake = folder / "clinic.db", folder / "published"
    found = {"whole": milliseconds(lambda: publish(db, lake))}
    times = []
    for number in range(7):
        held_at = f"2024-12-{10 + number}T10:00"
        with writing(db, DEMO) as change:
            (last,) = change.db.execute("SELECT max(id) FROM sessions").fetchone()
            row = {"id": last + 1, "session_id": f"new-{last}", "patient": 1, "state": "held"}
            change.db["sessions"].insert(row | {"held_at": held_at})
            area = {"session": last + 1, "patient": 1, "held_at": held_at, "area": "face.cheek"}
            change.db["treated_areas"].insert(area | {"side": "left", "volume_ul": 1000})
            for table in ("sessions", "treated_areas"):
                change.log("create", table, month=held_at[:7])
        times.append(milliseconds(lambda: publish(db, lake)))
    return found | {"one": statistics.median(times)}


def make(folder: Path, sessions: int) -> None:
    """The lake of the asked size, and up to a million sessions the same clinic as a record."""
    from made_lake import MadeClinic, copy_clinic, write_lake, write_record

    made = MadeClinic(load_catalogue(load_settings().catalogue), min(sessions, MOST_IN_A_FILE), 0)
    write_lake(made, folder / "lake", f"{CLINIC}0")
    if sessions <= MOST_IN_A_FILE:
        write_record(made, folder / "clinic.db", f"{CLINIC}0")
    for number in range(1, -(-sessions // MOST_IN_A_FILE)):
        copy_clinic(folder / "lake", f"{CLINIC}0", f"{CLINIC}{number}")


def run(*arguments: str) -> dict[str, float]:
    """This script in a process of its own; what it measured."""
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, __file__, *arguments], check=True, stdout=subprocess.PIPE
    )
    answer: dict[str, float] = json.loads(done.stdout or b"{}")
    return answer


HEADER = (
    "| sessions | report | cold | new shape | warm | SQL by hand | ratio | with statistics | ratio"
    " | SQLite | times | pandas | times | memory MB |\n|" + " ---: | :--- |" + " ---: |" * 12
)
Found = dict[str, dict[str, float]]


def row(sessions: int, report: str, found: Found) -> str:
    """One line of the table; times in milliseconds."""
    alone, both = found["ours"], found["beside"]
    warm, hand = both["ours"], both["hand"]
    whole = hand + both["after"]
    cells = [f"{sessions:,}", report.replace("_", " "), f"{alone['cold']:,.0f}"]
    cells += [f"{alone['new']:,.0f}", f"{warm:,.0f}", f"{hand:,.0f}", f"{warm / hand:.2f}"]
    cells += [f"{whole:,.0f}", f"{warm / whole:.2f}"]
    if "sqlite" in found:
        lite, pandas = found["sqlite"]["warm"], found["pandas"]["load"] + found["pandas"][report]
        cells += [f"{lite:,.0f}", f"{lite / warm:.1f}", f"{pandas:,.0f}", f"{pandas / warm:.0f}"]
    else:
        cells += ["-"] * 4
    return "| " + " | ".join([*cells, f"{alone['memory']:.0f}"]) + " |"


def growth(sizes: list[int], warm: dict[tuple[int, str], float]) -> str:
    """How many times longer ours takes from each size to the next."""
    steps = list(pairwise(sizes))
    lines = ["| report | " + " | ".join(f"{a:,} to {b:,}" for a, b in steps) + " |"]
    lines.append("| :--- |" + " ---: |" * len(steps))
    for report in dict.fromkeys(name for _, name in warm):
        cells = [f"{warm[b, report] / warm[a, report]:.1f}" for a, b in steps]
        lines.append(f"| {report.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def measure(sessions: int, folder: Path, reports: list[str], how: str) -> dict[str, float]:
    """Print the lines of one size; return ours, warm, a report."""
    if not folder.exists():
        folder.mkdir(parents=True)
        run("--one", "make", "--folder", str(folder), "--", str(sessions))
    same = ["--folder", str(folder), "--clock", how]
    recorded = sessions <= MOST_IN_A_FILE
    runs = 5 if sessions < MOST_IN_A_FILE else 3 if recorded else 1
    common = {"pandas": run("--one", "pandas", *same)} if recorded else {}
    warm = {}
    for report in reports:
        asked = [*same, "--runs", str(runs), "--reports", report]
        ways = ("ours", "beside", "sqlite") if recorded else ("ours", "beside")
        found = common | {way: run("--one", way, *asked) for way in ways}
        print(row(sessions, report, found), flush=True)
        warm[report] = found["beside"]["ours"]
    return warm


def main() -> None:
    """Make clinics of the asked sizes, measure, print."""
    global clock  # noqa: PLW0603 - chosen once, before anything is timed
    options = arguments()
    clock = CLOCKS[options.clock]
    if options.one:
        report, folder = options.reports[0], options.folder
        work: dict[str, Callable[[], object]] = {
            "make": lambda: make(folder, options.sessions[0]),
            "ours": lambda: ours_alone(report, folder),
            "beside": lambda: beside(report, folder, options.runs),
            "sqlite": lambda: in_sqlite(report, folder),
            "pandas": lambda: by_pandas(folder),
            "publish": lambda: publishing(folder),
        }
        print(json.dumps(work[options.one]() or {}))
        return
    said: list[str] = []
    warm: dict[tuple[int, str], float] = {}
    print(HEADER, flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        for sessions in options.sessions:
            folder = (options.folder or Path(temporary)) / str(sessions)
            took = measure(sessions, folder, options.reports, options.clock)
            warm |= {(sessions, report): value for report, value in took.items()}
            if sessions <= MOST_IN_A_FILE:
                same = ["--folder", str(folder), "--clock", options.clock]
                found = run("--one", "publish", *same)
                said.append(
                    f"Publishing at {sessions:,} sessions: {found['one']:.0f} ms after one new"
                    f" session, {found['whole'] / 1000:.1f} s the whole clinic."
                )
            if options.folder is None:
                shutil.rmtree(folder)
    print(f"\n{growth(options.sessions, warm)}\n\n" + "\n".join(said))


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sessions", type=int, nargs="*", default=[10_000])
    parser.add_argument("--folder", type=Path, help="keep what is made in this folder")
    parser.add_argument("--reports", nargs="*", default=list(REPORTS), choices=REPORTS)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=5, help=argparse.SUPPRESS)
    parser.add_argument(
        "--clock",
        choices=tuple(CLOCKS),
        default="wall",
        help="cpu counts processor time of all threads: fairer on a machine shared with others",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
