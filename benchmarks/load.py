"""People at work at once, on raw websockets: how long each waits, and what that costs the server.

    python -m benchmarks.load [--people 10 25 50] [--seconds 60] [--paces people none] [--db FILE]

Makes a clinic of a demo's rows with accounts (3,000 sessions; a demo itself has no sign-in), serves
it by `mesodash serve` (without the daily backup), waits until it is warm, and lets so many
practitioners work from a process of their own, without a browser. Each has a sign-in and a tab, and
goes round: the body map of a patient's area and of another one, a protocol chosen, the patient, a
review page, Today; then a session is recorded: the form, "as last time", a note (each change keeps
a draft), finished. At the pace `people` each pauses 2 to 8 s between two actions; at `none` each
acts as soon as the last is answered. A wait is the time from the message that asks for a run until
the message that it has ended.

Prints Markdown: the waits (median and 95th percentile, by kind on standard error), errors (a run
that failed, an answer that never came, a session that is not in the file), the server's processor
time a run and its memory, the client's processor time a run, and how many cores others used
meanwhile. Ends with 1 if a target was missed: a 95th percentile of 0.5 s at 10 people and 2.5 s at
25, no errors at 50.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from tests.browser.conftest import answers, free_port
from tests.hostile.client import Kept, Reading, Seen, request
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from mesodash import demo
from mesodash.access import passwords, signing_in
from mesodash.access.gate import COOKIE
from mesodash.catalogue.load import load_catalogue
from mesodash.records.accounts import accounts, sign_ins
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.driver import open_file
from mesodash.settings import load_settings

ROOT = Path(__file__).parents[1]
TARGETS_S = {10: 0.5, 25: 2.5}
"""People -> the 95th percentile that they should wait at most."""
PATIENCE_S = 60
PAUSE_S = (2.0, 8.0)
PACES = {"people": PAUSE_S, "none": (0.0, 0.0)}
REVIEWS = ("volumes", "side_effects", "outcomes", "courses", "due")
SAVES = ("a draft is kept", "a session is recorded")
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Tally:
    """What a person, or all of them, met: waits by kind, what went wrong, what was recorded."""

    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    recorded: int = 0


@dataclass(frozen=True)
class Work:
    """One patient's visit: who, two treated areas (area, side), and a review page to look at."""

    patient: str
    areas: tuple[tuple[str, str], ...]
    review: str


class Tab:
    """One websocket of one sign-in."""

    def __init__(self, socket: ClientConnection, tally: Tally) -> None:
        self.socket, self.tally, self.session, self.shown = socket, tally, "", ""
        self.page = ""

    async def run(
        self, kind: str, page: str, query: str = "", kept: Kept | None = None, fragment: str = ""
    ) -> Seen:
        """One run, its wait noted under its kind."""
        reading, began = Reading(self.session, self.shown), time.monotonic()
        shown = self.shown if page == self.page else ""
        await self.socket.send(request(page, kept, query=query, fragment=fragment, shown=shown))
        async with asyncio.timeout(PATIENCE_S):
            while not reading.take(await self.socket.recv(decode=False)):
                pass
        self.tally.waits[kind].append(time.monotonic() - began)
        self.session, self.shown, self.page = reading.session, reading.shown, page
        if reading.failed:
            self.tally.errors.append(f"{kind}: a run failed")
        return reading.seen()


async def read(tab: Tab, work: Work, pause: Callable[[], Awaitable[None]]) -> None:
    """Look at the body map, the patient, a review page and Today."""
    map_of = [f"area={area}&side={side}&patient={work.patient}" for area, side in work.areas]
    seen = await tab.run("body map", "body_map", map_of[0])
    await pause()
    choose = next((w.id for _k, w, _f in seen.widgets if "-choose_" in w.id), None)
    if choose:
        kept = {choose: {"trigger_value": True}}
        await tab.run("a protocol is chosen", "body_map", map_of[0], kept)
        await pause()
    await tab.run("body map", "body_map", map_of[-1])
    await pause()
    await tab.run("patient", "patient", f"patient={work.patient}")
    await pause()
    await tab.run("review", work.review)
    await pause()
    await tab.run("Today", "today")
    await pause()


async def record(tab: Tab, patient: str, pause: Callable[[], Awaitable[None]]) -> bool:
    """Record a session as the last one, with a note; whether the page says that it is recorded."""
    query = f"patient={patient}"
    seen = await tab.run("the form", "record", query)
    await pause()
    _kind, button, fragment = seen.widget("-record_as_last")
    await tab.run(SAVES[0], "record", query, {button.id: {"trigger_value": True}}, fragment)
    await pause()
    words = f"as agreed {secrets.token_hex(4)}"
    note = {seen.widget("-session_form_note")[1].id: {"string_value": words}}
    await tab.run(SAVES[0], "record", query, note, fragment)
    await pause()
    finish = {**note, seen.widget("-record_finish")[1].id: {"trigger_value": True}}
    done = await tab.run(SAVES[1], "record", query, finish, fragment)
    return done.holds("it stands in the history")


async def person(
    url: str, token: str, works: Sequence[Work], pace: str, seconds: float, seed: int
) -> Tally:
    """Work until the time is over; the visit that has begun then is ended.

    A patient is treated once; who has none left goes on reading.
    """
    dice, tally = random.Random(seed), Tally()  # noqa: S311 - pauses, no secret

    async def pause() -> None:
        await asyncio.sleep(dice.uniform(*PACES[pace]))

    async with connect(
        f"ws://{urlsplit(url).netloc}/_stcore/stream",
        origin=url,
        additional_headers={"Cookie": f"{COOKIE}={token}"},
        subprotocols=["streamlit"],
        max_size=None,
        open_timeout=PATIENCE_S,
        ping_interval=None,
    ) as socket:
        until = time.monotonic() + seconds
        await asyncio.sleep(dice.uniform(0, max(1.0, PACES[pace][1])))  # nobody begins with another
        tab = Tab(socket, tally)
        for number in count():
            if time.monotonic() > until:
                break
            work = works[number % len(works)]
            try:
                await read(tab, work, pause)
                if number < len(works):
                    if await record(tab, work.patient, pause):
                        tally.recorded += 1
                    else:
                        tally.errors.append(f"{SAVES[1]}: not recorded for {work.patient}")
                    await pause()
            except (TimeoutError, WebSocketException, OSError, ValueError) as error:
                tally.errors.append(type(error).__qualname__)
                return tally
    return tally


async def at_work(
    url: str, tokens: list[str], works: list[Work], pace: str, seconds: float
) -> Tally:
    """All people's tallies as one."""
    share = [works[n :: len(tokens)] for n in range(len(tokens))]
    whole = Tally()
    for one in await asyncio.gather(
        *(
            person(url, token, mine, pace, seconds, seed)
            for seed, (token, mine) in enumerate(zip(tokens, share, strict=True))
        )
    ):
        for kind, waits in one.waits.items():
            whole.waits[kind] += waits
        whole.errors += one.errors
        whole.recorded += one.recorded
    return whole


def make_clinic(path: Path, sessions: int) -> None:
    """A clinic's own file with a demo's rows: a demo has no sign-in."""
    with mock.patch.object(
        demo,
        "create_clinic",
        lambda *given, **named: create_clinic(*given, **{**named, "kind": "clinical"}),
    ):
        demo.make_demo(
            path,
            sessions=sessions,
            today=date.today(),  # noqa: DTZ011 - a clinic's own calendar
            catalogue=load_catalogue(load_settings().catalogue),
        )


def sign_in(path: Path, people: int) -> list[str]:
    """The tokens of so many practitioners, each with an account; an administrator is there too."""
    kept = passwords.hashed("correct horse battery", name="anybody")
    names = [("ada", "administrator"), *((f"p{n}", "practitioner") for n in range(people))]
    tokens = []
    for name, role in names:
        if accounts.find_account(path, name) is None:
            accounts.add_account(path, name, role, COMMAND_LINE, password_hash=kept)
        account = accounts.find_account(path, name)
        assert account is not None
        tokens.append(secrets.token_urlsafe(32))
        sign_ins.begin(path, account, signing_in.hashed_token(tokens[-1]), "full")
    return tokens[1:]


def visits_of(path: Path) -> list[Work]:
    """One visit for each patient who was treated before and has nothing on this day."""
    with closing(open_file(path, "ro")) as db:
        rows = db.execute(
            "SELECT p.patient_id, t.area, t.side FROM treated_areas t JOIN patients p"
            " ON p.id = t.patient JOIN sessions s ON s.id = t.session WHERE s.state = 'held'"
            " GROUP BY p.id, t.area, t.side ORDER BY p.id, max(s.held_at) DESC"
        ).fetchall()
    areas: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for patient, area, side in rows:
        areas[patient].append((area, side))
    works = [
        Work(patient, tuple(sites[:2]), REVIEWS[n % len(REVIEWS)])
        for n, (patient, sites) in enumerate(areas.items())
    ]
    random.Random(1).shuffle(works)  # noqa: S311 - an order, no secret
    return works


def held(path: Path) -> int:
    """How many sessions the file holds as held."""
    with closing(open_file(path, "ro")) as db:
        return int(db.execute("SELECT count(*) FROM sessions WHERE state = 'held'").fetchone()[0])


@contextmanager
def served(
    db: Path, log: Path, environment: Mapping[str, str], *, warm: bool = True
) -> Iterator[tuple[int, str]]:
    """The server's process and address, once it is `warm` or at least answers."""
    port = free_port()
    command = [sys.executable, "-m", "mesodash", "serve", "--db", str(db), "--port", str(port)]
    kept = {k: v for k, v in os.environ.items() if k != "MESODASH_TODAY"}
    own = {"PYTHONPATH": str(ROOT / "src"), "MESODASH_BACKUPS": "no", **environment}
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=ROOT, env=kept | own, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        url = f"http://127.0.0.1:{port}"
        while not answers(url):
            if process.poll() is not None:
                sys.exit(log.read_text("utf-8"))
            time.sleep(0.2)
        if warm:
            _wait_until_calm(process.pid)
        yield process.pid, url
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_until_calm(pid: int, *, within_s: float = 240) -> None:
    """Wait until the server asks nothing ahead any more."""
    until, calm = time.monotonic() + within_s, 0
    while calm < 3 and time.monotonic() < until:
        before = used_s(pid)
        time.sleep(2)
        calm = calm + 1 if used_s(pid) - before < 0.04 else 0


def used_s(pid: int) -> float:
    """What a process has used of the processor so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_mb(pid: int) -> float:
    """The resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def machine_s() -> float:
    """What the whole machine has worked so far, in seconds of a processor."""
    user, nice, system, _idle, _waiting, *rest = (
        int(n) for n in Path("/proc/stat").read_text("utf-8").splitlines()[0].split()[1:]
    )
    return (user + nice + system + sum(rest[:3])) / TICK


def percentile(waits: list[float], share: float) -> float:
    """The wait that a share of them does not exceed; of one it is that one."""
    return sorted(waits)[min(len(waits) - 1, int(share * len(waits)))]


def as_worker() -> None:
    """The client's own process: what to do comes as JSON, the tally goes out as JSON."""
    told = json.load(sys.stdin)
    works = [Work(w["patient"], tuple(map(tuple, w["areas"])), w["review"]) for w in told["works"]]
    tally = asyncio.run(at_work(told["url"], told["tokens"], works, told["pace"], told["seconds"]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    json.dump(
        {
            "waits": tally.waits,
            "errors": tally.errors,
            "recorded": tally.recorded,
            "used_s": used.ru_utime + used.ru_stime,
        },
        sys.stdout,
    )


def round_of(
    db: Path, server: tuple[int, str], works: list[Work], people: int, pace: str, seconds: float
) -> bool:
    """Let so many work, print the lines of the tables; whether the target was met."""
    pid, url = server
    told = {
        "url": url,
        "tokens": sign_in(db, people),
        "works": [work.__dict__ for work in works],
        "pace": pace,
        "seconds": seconds,
    }
    before, others, kept, began = used_s(pid), machine_s(), held(db), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", "--worker"],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    tally, wall = json.loads(done.stdout), time.monotonic() - began
    used, others = used_s(pid) - before, machine_s() - others
    others -= used + tally["used_s"]
    lost = tally["recorded"] - (held(db) - kept)
    errors = [*tally["errors"], *["a session is not in the file"] * abs(lost)]
    waits = [wait for kind in tally["waits"].values() for wait in kind]
    saving = [wait for kind in SAVES for wait in tally["waits"].get(kind, [])]
    late, runs = percentile(waits, 0.95), len(waits)
    cells = (
        f"{people} | {pace} | {runs:,} | {runs / wall:.1f} | {statistics.median(waits):.2f}"
        f" | **{late:.2f}** | {percentile(saving, 0.95):.2f} | {tally['recorded']} | {len(errors)}"
        f" | {1000 * used / runs:.0f} | {memory_mb(pid):.0f} | {1000 * tally['used_s'] / runs:.0f}"
        f" | {others / wall:.2f}"
    )
    print(f"| {cells} |", flush=True)
    for kind, times in sorted(tally["waits"].items()):
        print(
            f"  {kind}: {len(times)}, median {statistics.median(times):.2f} s,"
            f" 95 % {percentile(times, 0.95):.2f} s",
            file=sys.stderr,
        )
    for error in sorted(set(errors)):
        print(f"  {errors.count(error)} x {error}", file=sys.stderr)
    return not errors and late < TARGETS_S.get(people, float("inf"))


HEAD = """
| people | pauses | runs | a second | median s | 95 % s | saving, 95 % s | recorded | errors \
| server ms a run | server MB | client ms a run | others' cores |
| ---: | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


def main() -> None:
    """Serve a clinic and let people work on it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, nargs="*", default=[10, 25, 50])
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--paces", nargs="*", default=["people", "none"], choices=list(PACES))
    options.add_argument("--sessions", type=int, default=3000)
    options.add_argument("--db", type=Path, help="a clinic made by an earlier run, used up further")
    options.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.worker:
        as_worker()
        return
    with tempfile.TemporaryDirectory() as folder:
        db = given.db or Path(folder) / "clinic.db"
        if not db.exists():
            make_clinic(db, given.sessions)
        sign_in(db, 1)  # a clinic without an administrator is not served
        works = visits_of(db)
        with served(db, Path(folder) / "server.log", {}) as server:
            print(f"server at rest: {memory_mb(server[0]):.0f} MB", file=sys.stderr)
            print(HEAD, flush=True)
            met, number = True, 0
            for pace in given.paces:
                for people in given.people:
                    # Each round has patients of its own: nobody is treated twice on a day.
                    rounds = len(given.paces) * len(given.people)
                    mine = works[number::rounds]
                    met &= round_of(db, server, mine, people, pace, given.seconds)
                    number += 1
    print(f"\nLoad of the machine at the end {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores.")
    sys.exit(not met)


if __name__ == "__main__":
    main()
