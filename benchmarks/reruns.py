"""What one run of a page costs the server, and its memory over a day of them.

    python -m benchmarks.reruns [--each 20] [--day 5000] [--collect shipped false true] [--db FILE]

Serves a clinic as benchmarks/load.py does, once with each value of Streamlit's own setting
`runner.postScriptGC` (a full garbage collection after each run of a page; `shipped`: as
.streamlit/config.toml has it), and lets one practitioner work alone. Prints, in Markdown, the
processor time a run by kind, and then the resident memory after each tenth of a day's runs. The
processor time counts all of the server's threads and what it does after a run's last message; it
hardly changes with what else the machine does.
"""

import argparse
import asyncio
import secrets
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from benchmarks.load import (
    PATIENCE_S,
    REVIEWS,
    Tab,
    Tally,
    Work,
    make_clinic,
    memory_mb,
    served,
    sign_in,
    used_s,
    visits_of,
)
from websockets.asyncio.client import connect

from mesodash.access.gate import COOKIE

REST_S = 0.3
TENTHS = 10
Run = Callable[[], Awaitable[object]]


@asynccontextmanager
async def tab_of(url: str, token: str) -> AsyncIterator[Tab]:
    """A tab of a sign-in."""
    async with connect(
        f"ws://{urlsplit(url).netloc}/_stcore/stream",
        origin=url,
        additional_headers={"Cookie": f"{COOKIE}={token}"},
        subprotocols=["streamlit"],
        max_size=None,
        open_timeout=PATIENCE_S,
        ping_interval=None,
    ) as socket:
        yield Tab(socket, Tally())


def kinds(tab: Tab, works: Iterator[Work]) -> dict[str, Run]:
    """What is run, by kind; each patient and review page is another one than before."""
    reviews = cycle(REVIEWS)

    async def body_map() -> None:
        work = next(works)
        area, side = work.areas[0]
        await tab.run("", "body_map", f"area={area}&side={side}&patient={work.patient}")

    async def patient() -> None:
        await tab.run("", "patient", f"patient={next(works).patient}")

    async def review() -> None:
        await tab.run("", next(reviews))

    async def today() -> None:
        await tab.run("", "today")

    async def form() -> None:
        await tab.run("", "record", f"patient={next(works).patient}")

    return {
        "body map": body_map,
        "patient": patient,
        "review": review,
        "Today": today,
        "form": form,
    }


async def draft(tab: Tab, patient: str) -> Run:
    """The form of a session stands open; each run types a note, which is kept as a draft."""
    query = f"patient={patient}"
    seen = await tab.run("", "record", query)
    _kind, note, fragment = seen.widget("-session_form_note")

    async def typed() -> None:
        kept = {note.id: {"string_value": secrets.token_hex(8)}}
        await tab.run("", "record", query, kept, fragment)

    return typed


async def costs(pid: int, tab: Tab, works: Iterator[Work], each: int) -> dict[str, float]:
    """Milliseconds of the processor a run, by kind, after a few runs that are not counted."""
    found = {}
    runs = kinds(tab, works)
    for kind in (*runs, "draft"):
        run = runs[kind] if kind in runs else await draft(tab, next(works).patient)
        for _ in range(len(REVIEWS)):
            await run()
        await asyncio.sleep(REST_S)
        before = used_s(pid)
        for _ in range(each):
            await run()
        await asyncio.sleep(REST_S)
        found[kind] = 1000 * (used_s(pid) - before) / each
    return found


async def day(pid: int, tab: Tab, works: Iterator[Work], runs: int) -> list[float]:
    """The memory at the beginning and after each tenth of so many runs, in MB."""
    turns = cycle(kinds(tab, works).values())
    seen = [memory_mb(pid)]
    for number in range(1, runs + 1):
        await next(turns)()
        if number % max(1, runs // TENTHS) == 0:
            seen.append(memory_mb(pid))
            print(f"  {number} runs: {seen[-1]:.0f} MB", file=sys.stderr, flush=True)
    return seen


async def measured(
    pid: int, url: str, token: str, works: list[Work], each: int, runs: int
) -> tuple[dict[str, float], list[float]]:
    """Costs by kind, and the memory of a day."""
    async with tab_of(url, token) as tab:
        round_and_round = cycle(works)
        spent = await costs(pid, tab, round_and_round, each)
        held = await day(pid, tab, round_and_round, runs)
        if tab.tally.errors:
            sys.exit(f"{len(tab.tally.errors)} runs failed: {tab.tally.errors[0]}")
    return spent, held


def main() -> None:
    """Measure with each setting."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--each", type=int, default=20, help="runs of each kind")
    options.add_argument(
        "--day", type=int, default=5_000, help="runs over which memory is looked at"
    )
    options.add_argument("--collect", nargs="*", default=["true", "false"])
    options.add_argument("--sessions", type=int, default=3000)
    options.add_argument("--db", type=Path, help="a clinic of benchmarks/load.py; a copy is used")
    given = options.parse_args()
    for collect in given.collect:
        with tempfile.TemporaryDirectory() as folder:
            db = Path(folder) / "clinic.db"
            if given.db:
                for file in given.db.parent.glob(f"{given.db.name}*"):
                    if file.is_file():
                        shutil.copy(file, file.name.replace(given.db.name, str(db)))
            else:
                make_clinic(db, given.sessions)
            token = sign_in(db, 1)[0]
            own = {} if collect == "shipped" else {"STREAMLIT_RUNNER_POST_SCRIPT_GC": collect}
            with served(db, Path(folder) / "server.log", own) as (pid, url):
                spent, held = asyncio.run(
                    measured(pid, url, token, visits_of(db), given.each, given.day)
                )
        if collect == given.collect[0]:
            print(f"| after each run | {' | '.join(f'{kind} ms' for kind in spent)} | memory MB |")
            print(f"| :--- |{' ---: |' * len(spent)} :--- |")
        cells = " | ".join(f"{ms:.0f}" for ms in spent.values())
        print(f"| {collect} | {cells} | {', '.join(f'{mb:.0f}' for mb in held)} |", flush=True)


if __name__ == "__main__":
    main()
