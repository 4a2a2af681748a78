"""Kill the upgrade of each released version's file before every one of its steps.

    python -m benchmarks.killed_upgrades [VERSION ...] [--every 1]

Each kill is of a process of its own (tests/records/files/killed_upgrade.py). Prints how many were
killed, and how often the old file, the new one or neither was left; ends with 1 if it was neither.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from tests.records.files.killed_upgrade import killed
from tests.records.files.released_files import RELEASED, content

from mesodash.records.store.migrations import migrate


def main() -> None:
    """Kill them all and print what was left."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--every", type=int, default=1)
    options.add_argument("versions", nargs="*", metavar="VERSION", help="default: all")
    given = options.parse_args()
    left: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        migrate(folder / "new.db")
        new_schema = content(folder / "new.db")[""]
        for version in given.versions or RELEASED[:-1]:
            here = Counter(
                what
                for _step, what in killed(version, folder / version, new_schema, every=given.every)
            )
            here["new"] -= 1  # the last one was not killed
            print(f"{version}: {dict(here)}", flush=True)
            left += here
    print(f"{left.total()} kills: {left['old']} old, {left['new']} new, {left['neither']} neither")
    sys.exit(bool(left["neither"]))


if __name__ == "__main__":
    main()
