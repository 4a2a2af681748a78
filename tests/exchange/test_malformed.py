"""Malformed files through `mesodash import` itself, each in a process with limits of its own."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.exchange.malformed import cases
from tests.exchange.small_clinic import FILES
from tests.recorded import contents

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 15, 300
ADDRESS_SPACE = 1_500_000_000
SENTENCE = re.compile(r"[^\n]{20,600}\.")
READ_AS = re.compile(
    r"[a-z_]+\.csv: read with [^\n]+\."
    r"|(\d+ rows?|\d+ of them|All rows) (that the clinic has|may be) [^\n]+\."
)
"""What an import tells of a file that it could read, and of what is gone; it asks for nothing."""
FIX = re.compile(
    r"\b(save|check|write|put|delete|rename|leave|mend|shorten|close|name|add|export|correct|use|"
    r"fill|keep|say|look|import)\b"
)


def run_all(db, folders, seconds=SECONDS):
    """The driver's account of every folder."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.exchange.import_many", db, folders, str(seconds),
         str(ADDRESS_SPACE)],
        cwd=folders, capture_output=True, text=True, check=True, timeout=1700,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.timeout(1800)  # some hundred imports, each with processes of its own
def test_no_malformed_file_takes_a_row_or_more_than_its_share(clinic, put, take, tmp_path, checks):
    take(clinic, put(FILES))
    before = contents(clinic)
    every = cases()
    names = {}
    for number, case in enumerate(every):
        folder = tmp_path / "many" / f"{number:04d}"
        folder.mkdir(parents=True)
        case.make(folder)
        names[folder.name] = case

    accounts = run_all(clinic, tmp_path / "many")

    with checks("malformed imports", planned=5 * len(every) + 2) as count:
        count.that(len(every) >= 200, f"only {len(every)} files")
        for account in accounts:
            case = names[account["folder"]]
            rejects = (tmp_path / "many" / account["folder"]).with_suffix(".rejects")
            told = account["err"].strip()
            what = f"{case.name}: {account['code']} {told[:200]!r}"
            count.that(account["code"] in ((2, 3) if case.whole else (3,)), what)
            count.that("Traceback" not in account["out"] + told, f"{what} has a traceback")
            count.that(account["seconds"] <= SECONDS, f"{what} took {account['seconds']:.1f} s")
            count.that(
                account["megabytes"] <= MEGABYTES, f"{what} took {account['megabytes']:.0f} MiB"
            )
            sentences = [line for line in told.splitlines() if not READ_AS.fullmatch(line)]
            plain = all(SENTENCE.fullmatch(one) and FIX.search(one) for one in sentences)
            if case.whole:
                count.that(sentences and plain and not rejects.exists(), f"{what} is no sentence")
            else:
                count.that(
                    plain and all(told_of(row) for row in read(rejects)), f"{what} {read(rejects)}"
                )
        count.that(contents(clinic) == before, "the record is another one now")
    slowest = max(accounts, key=lambda one: one["seconds"])
    largest = max(accounts, key=lambda one: one["megabytes"])
    print(f"slowest: {names[slowest['folder']].name}, {slowest['seconds']:.2f} s of CPU")
    print(f"largest: {names[largest['folder']].name}, {largest['megabytes']:.0f} MiB")


def read(rejects):
    if not rejects.exists():
        return [{}]
    with rejects.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def told_of(row):
    """Whether a refused row gives its place and what to do."""
    return (
        row.get("file") in FILES
        and int(row["line"]) >= 2
        and (row["column"] or " cells where " in row["reason"])
        and FIX.search(row["reason"])
    )


@pytest.mark.slow
def test_negative_control_a_good_file_does_change_the_record(clinic, tmp_path, checks):
    before = contents(clinic)
    folder = tmp_path / "many" / "0"
    folder.mkdir(parents=True)
    (folder / "patients.csv").write_text(FILES["patients.csv"], encoding="utf-8")

    (account,) = run_all(clinic, tmp_path / "many")

    with checks("malformed imports, control", planned=2) as count:
        count.that(account["code"] == 0, account["err"])
        count.that(contents(clinic) != before, "the hash does not see a change")


@pytest.mark.slow
def test_negative_control_the_limits_do_stop_a_process(clinic, tmp_path):
    """A good file too large for a second of CPU is killed by the limit, and takes no row."""
    before = contents(clinic)
    folder = tmp_path / "many" / "0"
    folder.mkdir(parents=True)
    rows = "".join(f"N{at},male\n" for at in range(400_000))
    (folder / "patients.csv").write_text(f"patient_id,sex\n{rows}", encoding="utf-8")

    (account,) = run_all(clinic, tmp_path / "many", seconds=1)

    assert account["code"] < 0
    assert contents(clinic) == before
