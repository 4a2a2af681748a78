"""How long each report takes and how much memory, beside the same question asked in other ways.

    python benchmarks/reports.py [SESSIONS ...] [--folder FOLDER] [--runs N] [--reports NAME ...]
                                   [--clock cpu]

Ways: ours; the SQL of `by_hand` on DuckDB over the same Parquet files; the same SQL on the clinic's
SQLite file; everything loaded into pandas first. The last two only up to a million sessions. Each
way and report runs in a process of its own (cold is from its start to the first answer, memory its
highest resident size); ours and the SQL by hand are also timed in turn in one process, and their
counts must be equal. Prints a table in Markdown.
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
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from mesodash.catalogue.load import load_catalogue
from mesodash.reports.filters import Filters, Period
from mesodash.settings import load_settings

REPORTS = ("volumes", "side_effects", "outcomes", "courses", "clusters", "due")
WAYS = ("ours", "beside", "sqlite", "pandas")
MOST_IN_A_FILE = 1_000_000
CLINIC = "bench"


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


def on(turn: int) -> date:
    """A day to be due on, another one each time."""
    return date(2024, 6, 30) - timedelta(days=turn)


class Ours:
    """The reports as the app asks them."""

    def __init__(self, folder: Path) -> None:
        from mesodash.lake.engines import open_lake
        from mesodash.reports import due
        from mesodash.reports.reader import Reader

        self.catalogue = load_catalogue(load_settings().catalogue)
        self.lake = open_lake(folder / "lake")
        self._reader = Reader(None, self.catalogue, lake=folder / "lake")
        self._due = due.due

    def ask(self, report: str, turn: int, **more: Any) -> Any:
        """One report on the turn's period or day."""
        if report == "due":
            return self._due(self.lake, self.catalogue, Filters(**more), on(turn))
        return self._reader.report(report, Filters(period=period(turn), **more))


def one(way: str, report: str, folder: Path, runs: int) -> dict[str, float]:
    """The figures of one way and report, in this process."""
    found: dict[str, float] = {}
    if way == "ours":
        ours = Ours(folder)
        ours.ask(report, 0)
        found["cold"] = 1000 * (clock() - (STARTED if clock is time.perf_counter else 0))
        found["known"] = statistics.median(
            milliseconds(lambda n=n: ours.ask(report, n)) for n in range(1, runs + 1)
        )
        protocol, area = next(iter(ours.catalogue.protocols)), "face"
        others = ({"protocols": (protocol,)}, {"areas": (area,)}, {"clinics": (f"{CLINIC}0",)})
        found["never"] = statistics.median(
            milliseconds(lambda more=more: ours.ask(report, 1, **more)) for more in others[:runs]
        )
    elif way == "beside":
        found = beside(report, folder, runs)
    elif way == "sqlite":
        from by_hand import sqlite_asker

        ask = sqlite_asker(folder / "clinic.db", load_catalogue(load_settings().catalogue))
        found["first"] = milliseconds(lambda: ask(report, period(0), on(0)))
        again = range(1, min(runs, 3))
        times = [milliseconds(lambda n=n: ask(report, period(n), on(n))) for n in again]
        found["warm"] = min(times, default=found["first"])
    else:
        import in_pandas

        start = clock()
        frames = in_pandas.load(folder / "clinic.db")
        found["load"] = 1000 * (clock() - start)
        found["warm"] = milliseconds(lambda: in_pandas.REPORTS[report](frames, period(0)))
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def beside(report: str, folder: Path, runs: int) -> dict[str, float]:
    """Ours and the SQL by hand in turn, in one process, on questions with other values each time.

    Raises:
        AssertionError: their counts differ.
    """
    from by_hand import duckdb_asker

    ours = Ours(folder)
    ask = duckdb_asker(folder / "lake", ours.catalogue)
    times: tuple[list[float], list[float]] = ([], [])
    ours.ask(report, 0)
    ask(report, period(0), on(0))
    for turn in range(1, runs + 1):
        times[0].append(milliseconds(lambda n=turn: ours.ask(report, n)))
        times[1].append(milliseconds(lambda n=turn: ask(report, period(n), on(n))))
    rows = ask(report, period(1), on(1))
    assert counts_by_hand(report, rows) == counts(report, ours)
    assert counts_by_hand(report, rows)
    return {"ours": statistics.median(times[0]), "hand": statistics.median(times[1])}


def counts(report: str, ours: Ours) -> list[tuple[object, ...]]:
    """What our report counted, in the form of `counts_by_hand`."""
    if report == "clusters":  # the report shows what stands out only: take all it rests on
        from mesodash.reports.asking import ask
        from mesodash.reports.clusters import _counts

        frame = ask(ours.lake, _counts, ours.catalogue, Filters(period=period(1)))
        return plain(frame[["what", "clinic_id", "value", "effect", "n"]])
    frame = ours.ask(report, 1)
    if report == "volumes":
        frame["volume_ml"] = (1000 * frame["volume_ml"]).round()
    if report == "side_effects":
        return plain(frame[["effect", "n", "patients", "sessions"]])
    if report == "outcomes":
        frame = frame.assign(change=frame["change_mean"].round(6))
        frame = frame.assign(first=frame["baseline_mean"].round(6), end=frame["last_mean"].round(6))
        return plain(frame[["protocol", "scale", "patients", "first", "end", "change"]])
    if report == "courses":
        frame["dropped_after"] = [str(sorted(d.items())) for d in frame["dropped_after"]]
        return plain(frame.drop(columns="active"))
    if report == "due":
        columns = ["clinic_id", "patient", "course", "protocol", "reason", "days_overdue", "area"]
        return plain(frame[columns])
    return plain(frame)


def counts_by_hand(report: str, rows: list[list[tuple[Any, ...]]]) -> list[tuple[object, ...]]:
    """What the SQL counted, as sorted tuples of texts."""
    import pandas as pd

    first = pd.DataFrame(rows[0])
    if report == "side_effects":
        n = first.groupby(0)[4].sum()
        return plain(pd.DataFrame([(e, n[e], p, rows[2][0][0]) for e, p in rows[1]]))
    if report == "outcomes":
        for sums in (3, 4, 5):
            first[sums] = (first[sums] / first[2]).round(6)
        return plain(first.drop(columns=6))
    if report == "courses":
        dropped: dict[str, list[tuple[int, int]]] = {}
        for protocol, held, n in rows[1]:
            dropped.setdefault(protocol, []).append((held, n))
        return plain(first.assign(dropped=[str(sorted(dropped.get(p, []))) for p in first[0]]))
    if report == "due":
        areas = [", ".join(sorted(text.split(", "))) if text else None for text in first[7]]
        return plain(first[[0, 1, 2, 4, 5, 6]].assign(areas=areas))
    return plain(first)


def plain(frame: Any) -> list[tuple[object, ...]]:
    """The rows as sorted tuples of texts, whole numbers without a point, missing as "-"."""

    def text(value: Any) -> str:
        if value is None or value != value or str(value) == "<NA>":  # noqa: PLR0124 - NaN is not itself
            return "-"
        return str(int(value)) if not isinstance(value, str) and value == int(value) else str(value)

    return sorted(tuple(map(text, row)) for row in frame.itertuples(index=False))


def make(folder: Path, sessions: int) -> None:
    """The lake of the asked size, and up to a million sessions the same clinic as a record."""
    from made_lake import MadeClinic, write_lake, write_record

    catalogue = load_catalogue(load_settings().catalogue)
    for number in range(-(-sessions // MOST_IN_A_FILE)):
        made = MadeClinic(catalogue, min(sessions, MOST_IN_A_FILE), number)
        write_lake(made, folder / "lake", f"{CLINIC}{number}")
        if sessions <= MOST_IN_A_FILE:
            write_record(made, folder / "clinic.db", f"{CLINIC}{number}")


def run(*arguments: str) -> dict[str, float]:
    """This script in a process of its own; what it measured."""
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, __file__, *arguments], check=True, stdout=subprocess.PIPE
    )
    answer: dict[str, float] = json.loads(done.stdout or b"{}")
    return answer


HEADER = (
    "| sessions | report | cold | new shape | known shape | SQL by hand | ratio | SQLite | times"
    " | pandas load + count | times | memory MB |\n|" + " ---: |" * 12
)


def row(sessions: int, report: str, found: dict[str, dict[str, float]]) -> str:
    """One line of the table; times in milliseconds."""
    ours, both = found["ours"], found["beside"]
    cells = [
        f"{sessions:,}",
        report,
        f"{ours['cold']:.0f}",
        f"{ours['never']:.0f}",
        f"{both['ours']:.0f}",
        f"{both['hand']:.0f}",
        f"{both['ours'] / both['hand']:.2f}",
    ]
    if "sqlite" in found:
        lite, frame = found["sqlite"]["warm"], found["pandas"]
        cells += [f"{lite:.0f}", f"{lite / both['ours']:.1f}"]
        total = frame["load"] + frame["warm"]
        cells += [f"{frame['load']:.0f} + {frame['warm']:.0f}", f"{total / both['ours']:.0f}"]
    else:
        cells += ["-"] * 4
    return "| " + " | ".join([*cells, f"{ours['memory']:.0f}"]) + " |"


def main() -> None:
    """Make clinics of the asked sizes, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sessions", type=int, nargs="*", default=[10_000])
    parser.add_argument("--folder", type=Path, help="keep what is made in this folder")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--reports", nargs="*", default=REPORTS, choices=REPORTS)
    parser.add_argument("--one", choices=("make", *WAYS), help=argparse.SUPPRESS)
    parser.add_argument(
        "--clock",
        choices=tuple(CLOCKS),
        default="wall",
        help="cpu counts processor time of all threads: fairer on a machine shared with others",
    )
    options = parser.parse_args()
    global clock  # noqa: PLW0603 - chosen once, before anything is timed
    clock = CLOCKS[options.clock]
    if options.one == "make":
        make(options.folder, options.sessions[0])
        return
    if options.one:
        found = one(options.one, options.reports[0], options.folder, options.runs)
        print(json.dumps(found))
        return
    print(HEADER, flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        for sessions in options.sessions:
            folder = (options.folder or Path(temporary)) / str(sessions)
            if not folder.exists():
                folder.mkdir(parents=True)
                run("--one", "make", "--folder", str(folder), "--", str(sessions))
            for report in options.reports:
                ways = WAYS if sessions <= MOST_IN_A_FILE else WAYS[:2]
                same = ["--folder", str(folder), "--runs", str(options.runs), "--reports", report]
                same += ["--clock", options.clock]
                found = {way: run("--one", way, *same) for way in ways}
                print(row(sessions, report, found), flush=True)
            if options.folder is None:
                shutil.rmtree(folder)


if __name__ == "__main__":
    main()
