"""Every page, report and export on clinics made from the schema: how many looks fail.

    python benchmarks/generated_clinics.py [--clinics 20] [--seed 1] [--keep FOLDER]

Each clinic is drawn by Hypothesis from the contract of the exchange files
(tests/exchange/generated_clinics.py: anything optional missing, one row only, the limits of every
column, all states), imported, and looked at whole: every page in every role that may open it, with
each patient, session and area in its address, each file that those pages offer, every report by
each of its keys, the monthly report, and all four exports. Prints each kind of failure once, with
how often it came; `--keep` keeps the files of a clinic that failed. Ends with 1 if anything failed.
"""

import argparse
import logging
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from tests.exchange.generated_clinics import Files, clinics
from tests.exchange.taken_in import taken_in
from tests.pages.every_look import fault_of, pages, reports

from mesodash.catalogue.load import load_catalogue
from mesodash.exchange.contract.cells import vocabulary_of

ROOT = Path(__file__).parents[1]
TODAY = date(2026, 11, 22)


def main() -> None:
    """Look at the clinics, and tell what failed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clinics", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path)
    given_ = options.parse_args()
    os.environ["MESODASH_TODAY"] = TODAY.isoformat()
    os.environ["STREAMLIT_RUNNER_POST_SCRIPT_GC"] = "false"
    logging.disable(logging.WARNING)  # Streamlit's, that it runs without a browser
    catalogue = load_catalogue(ROOT / "data" / "catalogue")
    began, looks, rows = time.monotonic(), Counter[str](), Counter[str]()
    failed: Counter[str] = Counter()

    @seed(given_.seed)
    @settings(
        max_examples=given_.clinics,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(clinics(vocabulary_of(catalogue, TODAY)))
    def look_at(files: Files) -> None:
        looks["clinics"] += 1
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            db, result = taken_in(files, folder, catalogue, TODAY)
            for file in result.files:
                rows["taken"] += file.inserted
                rows["refused"] += file.rejected
            whole = True
            made_at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
            for kind, all_of in (
                ("pages", pages(db)),
                ("reports and exports", reports(db, catalogue, made_at, folder)),
            ):
                for what, look in all_of:
                    looks[kind] += 1
                    if fault := fault_of(look):
                        whole = False
                        if not failed[fault]:
                            print(f"clinic {looks['clinics']}, {what}:\n{fault}\n", flush=True)
                        failed[fault] += 1
            if given_.keep and not whole:
                shutil.copytree(folder / "files", given_.keep / f"{given_.seed}-{looks['clinics']}")

    look_at()
    print(
        f"{looks['clinics']} clinics of {rows['taken']} rows ({rows['refused']} refused):"
        f" {looks['pages']} pages, {looks['reports and exports']} reports and exports,"
        f" {failed.total()} failures of {len(failed)} kinds, {time.monotonic() - began:.0f} s"
    )
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
