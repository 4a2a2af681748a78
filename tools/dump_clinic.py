"""Write down all that a demo clinic shows, and compare two such dumps.

    python tools/dump_clinic.py --to FOLDER --seed 7
    python tools/dump_clinic.py --compare BEFORE AFTER

A dump holds every export, every report of the command line by each of its keys, the help of every
command, the words, widgets and charts of every page in every role, and the documents offered there
for download. It drives the command line and the pages only and imports nothing of mesodash by its
module's path, so that it outlives a move of modules and can look at another checkout (`--root`).
The clock stands still at noon of the clinic's last day.

The comparison takes identifiers, words and counts as equal or not, floating-point numbers as equal
within 1e-12, and lists every other difference. It exits with 1 if there is one.
"""

import argparse
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import time_machine

from clinic_dump.command_line import commands, exports, lookups, months, reports, run
from clinic_dump.comparison import compare
from clinic_dump.pages import all_pages, consultations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make_demo(db: Path, *, sessions: int, seed: int) -> None:
    """Make the demo clinic by the command line."""
    code, out, err = run(
        "demo", "--db", str(db), "--sessions", str(sessions), "--seed", str(seed),
        "--ending", NOON.date().isoformat(),
    )  # fmt: skip
    if code:
        raise SystemExit(f"the demo clinic could not be made: {out}{err}")


def dump(
    to: Path, *, sessions: int, seed: int, only: list[str], brief: bool, clinic: Path | None
) -> None:
    """Make the demo clinic and write all that it shows into a folder, a JSON file a thing."""
    to.mkdir(parents=True, exist_ok=True)
    for old in to.rglob("*.json"):
        if not only or old.relative_to(to).parts[0] in only:
            old.unlink()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        db = folder / "clinic.db"
        if clinic is None:
            make_demo(db, sessions=sessions, seed=seed)
        else:
            for part in clinic.parent.glob(f"{clinic.name}*"):
                shutil.copy(part, folder / part.name.replace(clinic.name, db.name, 1))
        taken = exports(db, folder / "exports")
        people = [row[0] for row in taken["plain/patients.csv"][1:]]
        patients = people[:: max(1, len(people) // 3)][:3]
        parts: dict[str, Callable[[], Iterable[tuple[str, Any]]]] = {
            "help": lambda: commands().items(),
            "exports": taken.items,
            "reports": lambda: reports(db, folder, brief=brief).items(),
            "lookups": lambda: lookups(db, folder, patients).items(),
            "months": lambda: months(db, folder).items(),
            "consultations": lambda: consultations(db, folder),
            "pages": lambda: all_pages(db, folder, patients, brief=brief),
        }
        for part in only or parts:
            count = 0
            for name, value in parts[part]():
                count += 1
                file = re.sub(r"[^\w.,=/ -]", "_", name)
                path = to / part / f"{file}.json"
                path.parent.mkdir(parents=True, exist_ok=True)
                text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
                path.write_text(text.replace(made, "TMP") + "\n", "utf-8")
            print(f"{part}: {count}", flush=True)


def main() -> int:
    """Dump or compare."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    logging.disable(logging.WARNING)  # Streamlit's, of running without a server
    parser.add_argument("--to", type=Path, help="the folder to write")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1], help="a checkout")
    parser.add_argument("--sessions", type=int, default=600)
    parser.add_argument("--only", nargs="*", default=[], metavar="PART", help="exports, pages ...")
    parser.add_argument(
        "--clinic", type=Path, help="a demo's file made before, in place of a new one"
    )
    parser.add_argument("--brief", action="store_true", help="reports and pages as they come only")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("BEFORE", "AFTER"))
    options = parser.parse_args()
    if options.compare:
        return compare(*options.compare)
    if options.to is None:
        parser.error("give --to FOLDER or --compare BEFORE AFTER")
    os.environ["TZ"] = "UTC"
    time.tzset()
    to, clinic = options.to.resolve(), options.clinic and options.clinic.resolve()
    os.chdir(options.root)
    sys.path.insert(0, str(Path.cwd() / "src"))
    with time_machine.travel(NOON, tick=False):
        dump(
            to,
            sessions=options.sessions,
            seed=options.seed,
            only=options.only,
            brief=options.brief,
            clinic=clinic,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
