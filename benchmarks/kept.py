"""Whether what was said to be kept is kept: writers and servers killed, backups under writers.

    python -m benchmarks.kept [writers] [server] [backups] [--kills 500] [--rounds 12]
                              [--backups 40] [--seed 1]

`writers`: so many processes that record patients are killed with SIGKILL at any moment; after each
kill everything they said was kept must be in the file, and the file whole to SQLite and by its
seals. Control: writers that say so before their transaction has ended.
`server`: eight people record sessions on raw websockets without pauses, and the server is killed in
mid-work, round after round; each session that a page said was recorded must be in the file, and the
server must answer again. `backups`: backups while three writers work, each restored for trial.
Control: plain copies of the file in the same moments. Prints `NAME: N checks, M failures` for each,
and ends with 1 if anything failed or a control was not found out.
"""

import argparse
import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from benchmarks.load import make_clinic, served, sign_in, visits_of
from benchmarks.load import record as record_session
from benchmarks.reruns import tab_of
from tests.records.store.killed_writer import WRITER, killed, record, says_too_early
from websockets.exceptions import WebSocketException

from mesodash.records.audit.verification import verify
from mesodash.records.files.backup import backup_clinic
from mesodash.records.files.trial_restore import try_restoring
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.driver import database_errors, open_file
from mesodash.records.store.errors import RecordError

PEOPLE = 8
WRITERS = 3
KILLED_AFTER = (1, 12)
"""The server is killed within a second after so many sessions were said to be recorded."""
PATIENCE_S = 120
CONTROL_KILLS = 40


def tell(name: str, checks: int, failures: int) -> bool:
    """Print what was checked; whether nothing failed."""
    print(f"{name}: {checks:,} checks, {failures} failures", flush=True)
    return failures == 0


def writers(folder: Path, kills: int, seed: int) -> bool:
    """Kill writers, and writers that speak too early."""
    tally = killed(folder / "kept", kills, seed)
    early = killed(folder / "early", CONTROL_KILLS, seed, how=says_too_early)
    sound = tell(f"{kills} writers killed", tally.kept + tally.kills, tally.lost + tally.torn)
    print(f"  {tally.kept:,} patients said to be kept, {tally.lost} lost, {tally.torn} files torn")
    print(f"  control: of writers that speak too early {early.lost} of {early.kept:,} lost")
    return sound and early.lost > 0


async def _at_work(
    url: str, tokens: list[str], patients: list[str], said: asyncio.Queue[str]
) -> None:
    """Let people record until the server is gone; notes whose session is said to be recorded."""

    async def no_pause() -> None:
        """Nobody waits."""

    async def one(token: str, mine: list[str]) -> None:
        try:
            async with tab_of(url, token) as tab:
                for patient in mine:
                    if await record_session(tab, patient, no_pause):
                        said.put_nowait(patient)
        except (WebSocketException, OSError, TimeoutError):
            return

    shares = [patients[n :: len(tokens)] for n in range(len(tokens))]
    await asyncio.gather(*(one(*pair) for pair in zip(tokens, shares, strict=True)))


async def _killed_while(
    url: str, pid: int, tokens: list[str], patients: list[str], dice: random.Random
) -> list[str]:
    """What people were told was recorded until the server was killed under them."""
    said: asyncio.Queue[str] = asyncio.Queue()
    work = asyncio.create_task(_at_work(url, tokens, patients, said))
    kept = []
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            kept = [await said.get() for _ in range(dice.randint(*KILLED_AFTER))]
    await asyncio.sleep(dice.random())
    os.kill(pid, signal.SIGKILL)
    await work
    return kept + [said.get_nowait() for _ in range(said.qsize())]


def _recorded(db: Path) -> set[str]:
    """Patients who were treated in this very hour or later on this day."""
    day = datetime.now().astimezone().date().isoformat()
    with closing(open_file(db, "ro")) as file:
        return {
            name
            for (name,) in file.execute(
                "SELECT p.patient_id FROM sessions s JOIN patients p ON p.id = s.patient"
                " WHERE s.state = 'held' AND substr(s.held_at, 1, 10) = ?",
                [day],
            )
        }


def server(folder: Path, rounds: int, seed: int) -> bool:
    """Kill the server under people who record, so many times."""
    dice = random.Random(seed)  # noqa: S311 - moments, no secret
    db = folder / "clinic.db"
    make_clinic(db, 3000)
    tokens = sign_in(db, PEOPLE)
    patients = [work.patient for work in visits_of(db)]
    each, said, checks, failures, longest = len(patients) // rounds, 0, 0, 0, 0.0
    for number in range(rounds):
        began = time.monotonic()
        with served(db, folder / f"{number}.log", {"MESODASH_AHEAD": "no"}, warm=False) as up:
            pid, url = up
            longest = max(longest, time.monotonic() - began)
            mine = patients[number * each : (number + 1) * each]
            kept = asyncio.run(_killed_while(url, pid, tokens, mine, dice))
        there = _recorded(db)
        checks += len(kept) + 1
        failures += len(set(kept) - there) + (not verify(db).holds)
        said += len(kept)
        print(f"  round {number + 1}: {len(kept)} said to be recorded", file=sys.stderr, flush=True)
    sound = tell(f"the server killed {rounds} times", checks, failures)
    print(f"  {said} sessions said to be recorded; it answered within {longest:.1f} s of a start")
    return sound and said > 0


@contextmanager
def _writing(db: Path) -> Iterator[None]:
    """Three processes that record patients meanwhile."""
    children = []
    for writer in range(WRITERS):
        child = os.fork()
        if child == 0:
            number = writer * 1_000_000
            while True:
                number += 1
                record(db, number, lambda _number: None)
        children.append(child)
    try:
        yield
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _is_restored(backup: Path, db: Path) -> bool:
    try:
        return try_restoring(backup, db, actor=WRITER).rows > 0
    except RecordError as error:
        print(f"  {error}", file=sys.stderr)
        return False


def _copy_is_whole(db: Path, copy: Path) -> bool:
    """Whether a plain copy of the file holds all that the file held when the copying began."""
    before = _patients(db)
    shutil.copyfile(db, copy)
    shutil.copyfile(f"{db}.key", f"{copy}.key")
    try:
        whole = _patients(copy) >= before and verify(copy).holds
    except (*database_errors(), RecordError):
        return False
    return whole


def _patients(path: Path) -> int:
    with closing(open_file(path, "ro")) as file:
        if file.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            return -1
        return int(file.execute("SELECT count(*) FROM patients").fetchone()[0])


def backups(folder: Path, times: int) -> bool:
    """Back up while others write; and copy the file plainly in the same moments."""
    db = folder / "clinic.db"
    create_clinic(db, clinic_id="c", name="C", kind="clinical", actor=WRITER)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    bad = torn = 0
    with _writing(db):
        for number in range(times):
            time.sleep(0.2)
            before = _patients(db)
            at = first + timedelta(days=number)
            path, _manifest = backup_clinic(
                db, folder / "saved", actor=WRITER, clock=lambda at=at: at
            )
            bad += not (_is_restored(path, db) and _patients(path) >= before)
            copy = folder / f"{number}.db"
            torn += not _copy_is_whole(db, copy)
    sound = tell(f"{times} backups under {WRITERS} writers, each restored for trial", times, bad)
    print(f"  control: {torn} of {times} plain copies are torn or lack what was kept before")
    return sound and torn > 0


def main() -> None:
    """Do the rounds that are asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("what", nargs="*", default=["writers", "server", "backups"])
    options.add_argument("--kills", type=int, default=500)
    options.add_argument("--rounds", type=int, default=12)
    options.add_argument("--backups", type=int, default=40)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    sound = True
    for what in given.what:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if what == "writers":
                sound &= writers(folder, given.kills, given.seed)
            elif what == "server":
                sound &= server(folder, given.rounds, given.seed)
            else:
                sound &= backups(folder, given.backups)
    sys.exit(not sound)


if __name__ == "__main__":
    main()
