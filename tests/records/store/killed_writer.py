"""Writers of a clinic's file that are killed in mid-work: is what they were told was kept there?

A writer is a process of its own that records patients, one transaction after another, and says of
each, once its transaction has ended, that it is kept. It is killed with SIGKILL at any moment.
"""

import os
import random
import select
import signal
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mesodash.records.audit.actor import Actor
from mesodash.records.audit.verification import verify
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import writing
from mesodash.records.store.driver import open_file

WRITER = Actor("writer", "administrator")
LONGEST_S = 0.08
"""A writer is killed at most so long after the first patient it says is kept."""
A_CLINIC = 25
"""So many kills hit one file before the next one is made."""
Say = Callable[[int], None]


@dataclass
class Tally:
    """What many kills left.

    Attributes:
        kills: how many writers were killed.
        kept: patients that a writer said were kept.
        lost: of these, how many are not in the file.
        torn: files that SQLite or the seals do not find whole, looked at after each kill.
    """

    kills: int = 0
    kept: int = 0
    lost: int = 0
    torn: int = 0


def record(path: Path, number: int, say: Say) -> None:
    """Record a patient, then say that it is kept."""
    with writing(path, WRITER) as change:
        change.db["patients"].insert({"patient_id": f"P-{number}", "sex": "female"})
        change.log("create", "patients", key=f"P-{number}")
    say(number)


def says_too_early(path: Path, number: int, say: Say) -> None:
    """Say that a patient is kept before it is: the control that must be found out."""
    with writing(path, WRITER) as change:
        change.db["patients"].insert({"patient_id": f"P-{number}", "sex": "female"})
        change.log("create", "patients", key=f"P-{number}")
        say(number)


def killed(
    folder: Path, kills: int, seed: int, how: Callable[[Path, int, Say], None] = record
) -> Tally:
    """Kill so many writers, one after another, and look at the file after each."""
    dice, tally = random.Random(seed), Tally()  # noqa: S311 - moments, no secret
    said: set[int] = set()
    path = folder / "clinic.db"
    for kill in range(kills):
        if kill % A_CLINIC == 0:
            said, path = set(), folder / f"{kill}" / "clinic.db"
            path.parent.mkdir(parents=True)
            create_clinic(path, clinic_id="c", name="C", kind="clinical", actor=WRITER)
        new = _kill_one(path, kill, dice.uniform(0, LONGEST_S), how)
        said |= new
        tally.kills += 1
        tally.kept += len(new)
        missing = said - _there(path)
        tally.lost += len(missing)
        said -= missing  # each is counted once
        tally.torn += not _is_whole(path)
    return tally


def _kill_one(
    path: Path, turn: int, after_s: float, how: Callable[[Path, int, Say], None]
) -> set[int]:
    """Kill a writer so long after its first word; the numbers of which it spoke."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        number = turn * 1_000_000
        while True:
            number += 1
            how(path, number, lambda n: os.write(writer, f"{n}\n".encode()) and None)
    os.close(writer)
    select.select([reader], [], [], 60)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reader) as told:
        return {int(line) for line in told.read().splitlines()}


def _there(path: Path) -> set[int]:
    with closing(open_file(path, "ro")) as db:
        rows = db.execute("SELECT patient_id FROM patients").fetchall()
    return {int(name.partition("-")[2]) for (name,) in rows}


def _is_whole(path: Path) -> bool:
    with closing(open_file(path, "ro")) as db:
        sound = db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return sound and verify(path).holds
