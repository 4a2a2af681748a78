"""How long the call list of a recalled lot takes in a large clinic.

    python benchmarks/recall.py [--sessions 100000] [--lots 2000] [--runs 200]

Makes a clinic of that many held sessions of two areas and two products each, four sessions a
patient, lots in turn, and asks who had a lot, another one each time: patients with name and
telephone, the session and its areas. Each look is noted in the change log, which is part of the
time. Prints the sessions a lot has, and milliseconds by the clock (median, 95th percentile and
longest) and of the processor (median), which a busy machine does not stretch.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from mesodash.records.audit.actor import DEMO
from mesodash.records.stock.deliveries import who_had
from mesodash.records.store.clinic import create_clinic
from mesodash.records.transfer.bulk_load import fill_clinic

BATCH = 10_000
A_PATIENT = 4
PRODUCTS = ("Product A", "Product B")
AREAS = ("face.cheek", "leg.thigh.anterior")
FIRST = date(2021, 1, 1)


def batches(sessions: int, lots: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """The clinic's rows, in the order of the tables' own columns."""
    for start in range(0, sessions, BATCH):
        numbers = range(start + 1, min(start + BATCH, sessions) + 1)
        days = {n: (FIRST + timedelta(days=n * 1800 // sessions)).isoformat() for n in numbers}
        patients = sorted({(n - 1) // A_PATIENT + 1 for n in numbers})
        yield {
            "practitioners": [(1, "D1", "Practitioner A")] if start == 0 else [],
            "patients": [(p, f"P-{p:06}", "female", 1980, "III", None) for p in patients],
            "sessions": [
                (n, f"S-{n:07}", (n - 1) // A_PATIENT + 1, None, 1, None, days[n], "held", None)
                for n in numbers
            ],
            "treated_areas": [
                (n, (n - 1) // A_PATIENT + 1, days[n], area, "left", None, None, 20, 1000)
                for n in numbers
                for area in AREAS
            ],
            "products_used": [
                (n, None, product, f"L{n % lots:05}", None, 1000)
                for n in numbers
                for product in PRODUCTS
            ],
        }


def main() -> None:
    """Make the clinic, ask, and print a line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sessions", type=int, default=100_000)
    options.add_argument("--lots", type=int, default=2000)
    options.add_argument("--runs", type=int, default=200)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "large.db"
        create_clinic(db, clinic_id="large", name="Large", kind="demo", actor=DEMO)
        fill_clinic(db, batches(given.sessions, given.lots), actor=DEMO)
        taken, busy, found = [], [], []
        for run in range(given.runs):
            began, at = time.perf_counter(), time.process_time()
            uses = who_had(db, PRODUCTS[0], f"L{run * 7 % given.lots:05}", DEMO)
            taken.append((time.perf_counter() - began) * 1000)
            busy.append((time.process_time() - at) * 1000)
            found.append(len(uses))
    taken.sort()
    print(
        f"{given.sessions:,} sessions, {statistics.median(found):.0f} of a lot:"
        f" median {statistics.median(taken):.1f} ms,"
        f" 95 % within {taken[int(len(taken) * 0.95)]:.1f} ms, longest {taken[-1]:.1f} ms;"
        f" processor {statistics.median(busy):.1f} ms"
    )


if __name__ == "__main__":
    main()
