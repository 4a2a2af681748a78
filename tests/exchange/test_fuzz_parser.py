"""The reader of exchange files under coverage-guided fuzzing: a minute here, more by hand.

`python -m tests.exchange.fuzz_parser SEEDS -max_total_time=3600` goes on for an hour.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.exchange.small_clinic import FILES

from mesodash.exchange.contract.files import EXCHANGE_FILES

ROOT = Path(__file__).parents[2]
RUNS = 100_000
"""About a minute of one processor."""


@pytest.fixture
def seeds(tmp_path):
    folder = tmp_path / "seeds"
    folder.mkdir()
    for at, target in enumerate(EXCHANGE_FILES):
        (folder / target.table).write_bytes(bytes([at]) + FILES[target.file_name].encode())
    return folder


def fuzz(seeds, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "tests.exchange.fuzz_parser", seeds, "-rss_limit_mb=1500",
         "-timeout=5", "-max_len=4096", f"-artifact_prefix={seeds.parent}/", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )  # fmt: skip


@pytest.mark.slow
def test_no_bytes_bring_the_reader_down(seeds, checks):
    done = fuzz(seeds, f"-runs={RUNS}")

    runs = re.search(r"Done (\d+) runs", done.stderr)
    with checks("fuzzed files (atheris)", planned=2) as count:
        count.that(done.returncode == 0, done.stderr[-2000:])
        count.that(runs and int(runs[1]) == RUNS, f"other runs: {done.stderr[-500:]}")
    print(runs and runs[0])


@pytest.mark.slow
def test_negative_control_a_reader_that_forgets_a_row_is_found(seeds):
    done = fuzz(seeds, "-max_total_time=60", "--broken")

    assert done.returncode != 0
    assert "RuntimeError" in done.stdout + done.stderr
