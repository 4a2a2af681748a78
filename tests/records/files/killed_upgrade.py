"""Upgrade copies of a clinic's file, each in a process that is killed before another step.

    python -m tests.records.files.killed_upgrade CLINIC FOLDER [--torn] [--every N]

A step is a statement that writes, or a file that is moved or deleted. Copy number N in FOLDER is
killed before step N; the last one is not killed. `--torn` commits each step of the schema alone,
as a careless migration would: the control of the test that reads what is left.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.records.files.released_files import Content, content, keeps, release

from mesodash.records.audit.verification import verify
from mesodash.records.files import copies, upgrade
from mesodash.records.store import driver, migrations

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
READS = ("SELECT", "PRAGMA", "--")
MOVES = ("os.rename", "os.remove")


def killed(
    version: str, folder: Path, new_schema: object, *, every: int = 1, torn: bool = False
) -> Iterator[tuple[int, str]]:
    """Kill upgrades of a version's clinic; gives the number of each step and what was left.

    That is "old", "new", or "neither": a file that is both or none, that lost a row, or that is
    new without a copy of the old one beside it.
    """
    first = folder / "first" / "clinic.db"
    first.parent.mkdir(parents=True)
    before = content(release(version, first))
    command = [sys.executable, "-m", __name__, first, folder / "killed", f"--every={every}"]
    subprocess.run(
        [str(word) for word in [*command, *(["--torn"] if torn else [])]],
        check=True,
        cwd=Path(__file__).parents[3],
    )
    for path in sorted((folder / "killed").glob("*/clinic.db")):
        yield int(path.parent.name), _left(path, before, new_schema)


def _left(path: Path, before: Content, new_schema: object) -> str:
    now = content(path)
    if now == before:
        return "old"
    copies_kept = [content(copy) == before for copy in path.parent.glob("*.before-*.db")]
    whole = now[""] == new_schema and keeps(before, now) and verify(path).holds
    return "new" if whole and copies_kept == [True] else "neither"


def place(folder: Path, number: int) -> Path:
    """Where copy `number` of the clinic is."""
    return folder / f"{number:04}" / "clinic.db"


def _upgrade(path: Path, killed_before: int | None) -> int:
    """Upgrade the file in this process; gives the number of steps, if it lives to."""
    steps = 0

    def step() -> None:
        nonlocal steps
        if steps == killed_before:
            os.kill(os.getpid(), signal.SIGKILL)
        steps += 1

    def traced(statement: str) -> None:
        if not statement.startswith(READS):
            step()

    def watched(*given: Any) -> Any:
        connection = open_file(*given)
        connection.set_trace_callback(traced)
        return connection

    open_file = driver.open_file
    driver.open_file = copies.open_file = watched
    sys.addaudithook(lambda event, _given: step() if event in MOVES else None)
    upgrade.bring_up_to_date(path, clock=lambda: NOON)
    return steps


def _tear() -> None:
    """Commit what each step of the schema did before the next one begins."""
    apply = migrations.MIGRATIONS.apply

    def torn(db: Any) -> None:
        db.conn.commit()
        apply(db)

    migrations.MIGRATIONS.apply = torn


def _in_a_process(path: Path, killed_before: int | None) -> int:
    """Upgrade in a process of its own; gives the number of steps, or -1 if it was killed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, str(_upgrade(path, killed_before)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        steps = told.read()
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return -1
    return int(steps)


def main() -> None:
    """Make the copies and upgrade them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("clinic", type=Path)
    options.add_argument("folder", type=Path)
    options.add_argument("--torn", action="store_true")
    options.add_argument("--every", type=int, default=1)
    given = options.parse_args()
    if given.torn:
        _tear()
    number, steps = 0, -1
    while steps < 0:
        path = place(given.folder, number)
        shutil.copytree(given.clinic.parent, path.parent)
        steps = _in_a_process(path, number)
        number += given.every
    print(steps)


if __name__ == "__main__":
    main()
