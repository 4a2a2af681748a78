"""Random steps of recording against a plain model: how many differences there are.

    python benchmarks/recording_states.py [--steps 10000] [--seed 15] [--tally FILE]

Takes the steps of tests/records/treatment/recording_machine.py, 50 on each new clinic, until so
many were taken: sessions recorded, planned, held, moved, cancelled, amended, finalised and void,
with areas, products, placed points, prices and times; contacts with answers and new side effects;
screenings; drafts. Steps are sent twice, come from stale looks, are refused, or are cut off in
mid-save by a rerun or by the end of the process. After each clinic the file is held against the
model: sessions, side effects, contacts, screening, stock, draft, and the change log's seals. The
first difference ends it, with the shortest steps that lead to it.

With `--tally` the counts are kept in a JSON file after each ten clinics, and the next run goes on
from there with the seeds that come next.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TextIO

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from tests.records.treatment.recording_machine import Recording

A_CLINIC, AT_ONCE = 50, 10


def main() -> None:
    """Take the steps, and print how many of each kind there were."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--steps", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=15)
    options.add_argument("--tally", type=Path)
    given = options.parse_args()
    taken, clinics, seconds = Recording.taken, 0, 0.0
    if given.tally and given.tally.exists():
        former = json.loads(given.tally.read_text())
        clinics, seconds = former["clinics"], former["seconds"]
        taken.update({(step, outcome): count for step, outcome, count in former["taken"]})
    while taken.total() < given.steps:
        began = time.monotonic()
        seed(given.seed + clinics)(Recording)
        run_state_machine_as_test(
            Recording,
            settings=settings(
                max_examples=AT_ONCE,
                stateful_step_count=A_CLINIC,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        clinics, seconds = clinics + AT_ONCE, seconds + time.monotonic() - began
        if given.tally:
            rows = [[*what, count] for what, count in sorted(taken.items())]
            kept = {"clinics": clinics, "seconds": seconds, "taken": rows}
            given.tally.write_text(json.dumps(kept))
        # Told after each ten clinics, so that a run that is ended early has told what it found.
        tell(taken, clinics, seconds, sys.stderr)
    tell(taken, clinics, seconds, sys.stdout)


def tell(taken: Counter[tuple[str, str]], clinics: int, seconds: float, to: TextIO) -> None:
    """How many steps there were without a difference, and how each kind of step ended."""
    print(f"{taken.total():,} steps on {clinics} clinics, 0 differences, {seconds:.0f} s", file=to)
    for (step, outcome), count in sorted(taken.items()):
        print(f"{step:>10} {outcome:<10} {count:>6,}", file=to)


if __name__ == "__main__":
    main()
