"""How much memory and time the import of a large CSV file takes, by `mesodash import` itself.

    python benchmarks/import_million.py 100000 1000000

For each size it writes patients.csv (one for ten sessions) and sessions.csv with so many rows,
imports both into an empty clinic in a process of its own, and prints the peak memory of the largest
of its processes and of all together (what they share counted once, looked at twice a second), their
processor and wall time, and the rows that the clinic then has. Needs Linux, for /proc.
"""

import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import reading

SESSIONS_A_PATIENT = 10
FIRST = date(2020, 1, 1)
DAYS = 2000


def write_files(folder: Path, rows: int) -> None:
    """Exchange files with so many sessions, a free note in every fifth."""
    folder.mkdir()
    with (folder / "patients.csv").open("w", encoding="utf-8") as file:
        file.write("patient_id,sex,birth_year,phototype\n")
        for number in range(rows // SESSIONS_A_PATIENT + 1):
            file.write(f"P{number:07d},female,{1950 + number % 50},III\n")
    with (folder / "sessions.csv").open("w", encoding="utf-8") as file:
        file.write("session_id,patient_id,protocol,held_at,state,note\n")
        for number in range(rows):
            day = FIRST + timedelta(number % DAYS)
            note = "a note of some words on how it went" if number % 5 == 0 else ""
            file.write(
                f"S{number:08d},P{number // SESSIONS_A_PATIENT:07d},face_ncha,{day},held,{note}\n"
            )


def memory_kib(process: int) -> int:
    """What a process and its children hold now, in KiB; pages that several share count once."""
    held = 0
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        held += sum(memory_kib(int(child)) for child in tasks.read_text().split())
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            held += int(line.split()[1])
    return held


def run(command: list[str], place: Path) -> int:
    """Run a command to its end and give the most that its processes held together, in KiB.

    Raises:
        subprocess.CalledProcessError: the command failed.
    """
    most = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=place) as process:  # noqa: S603
        while process.poll() is None:
            with suppress(OSError):  # it, or a child, ended while it was looked at
                most = max(most, memory_kib(process.pid))
            time.sleep(0.5)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return most


def main(*sizes: str) -> None:
    """Run each size, smallest first, and print a row of Markdown for it."""
    print("| rows | largest process MB | all MB | processor s | wall s | sessions kept | file MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for rows in sorted(map(int, sizes)):
        with tempfile.TemporaryDirectory() as name:
            place = Path(name)
            db = place / "clinic.db"
            create_clinic(db, clinic_id="b", name="Bench", kind="clinical", actor=COMMAND_LINE)
            write_files(place / "in", rows)
            size = sum(file.stat().st_size for file in (place / "in").iterdir()) / 1e6
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            began = time.monotonic()
            together = run(
                [sys.executable, "-m", "mesodash", "import", str(place / "in"), "--db", str(db)],
                place,
            )
            wall = time.monotonic() - began
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            processor = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
            with reading(db) as file:
                (kept,) = file.execute("SELECT count(*) FROM sessions").fetchone()
            # Of all children the largest: sizes run smallest first.
            print(
                f"| {rows:,} | {used.ru_maxrss / 1024:,.0f} | {together / 1024:,.0f} |"
                f" {processor:,.0f} | {wall:,.0f} |"
                f" {kept:,} | {size:,.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
