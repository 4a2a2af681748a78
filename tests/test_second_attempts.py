"""A test in a browser is held a second time, and a run says so; other tests are held once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.second_attempts import OUTLINE, OUTLINE_LINES, cut_outline

ROOT = Path(__file__).parents[1]
CONFTEST = """
from tests.conftest import pytest_runtest_makereport, pytest_terminal_summary
"""
HELD = """
import pytest
from pathlib import Path

def first_time(name):
    mark = Path(__file__).with_name(name)
    if mark.exists():
        return False
    mark.touch()
    return True

@pytest.mark.flaky(reruns=1, only_rerun=[])
def test_by_chance():
    if first_time("chance"):
        raise AssertionError("the first error\\nAria snapshot:\\n" + "- row\\n" * 500)

@pytest.mark.flaky(reruns=1, only_rerun=[])
def test_wrong_both_times():
    assert 0, "wrong as ever"

def test_elsewhere():
    assert not first_time("elsewhere"), "wrong once"
"""


def test_an_outline_is_cut_and_the_rest_of_a_message_is_not():
    head = "Locator expected to be visible\n"
    rows = [f"- row {n}" for n in range(500)]
    short = head + OUTLINE + "\n".join(rows[:OUTLINE_LINES])
    left = f"\n[{500 - OUTLINE_LINES} more lines of the outline are not shown]"

    assert cut_outline(head + OUTLINE + "\n".join(rows)) == short + left
    assert cut_outline(short) == short
    assert cut_outline("\n".join(rows)) == "\n".join(rows)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "by workers"])
def test_a_run_names_what_passed_only_then_and_fails_on_the_rest(tmp_path, workers):
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf-8")
    (tmp_path / "test_held.py").write_text(HELD, "utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", *workers, f"--config-file={ROOT / 'pyproject.toml'}"),
            *(f"--rootdir={tmp_path}", f"--basetemp={tmp_path / 'temp'}"),
            *("-p", "no:cacheprovider", "test_held.py"),
        ],
        cwd=tmp_path,
        env={**env, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    failed = {line.split()[1] for line in run.stdout.splitlines() if line.startswith("FAILED ")}
    flaky = {line.split()[1] for line in run.stdout.splitlines() if line.startswith("FLAKY ")}
    assert {one.rpartition(":")[2] for one in failed} == {"test_wrong_both_times", "test_elsewhere"}
    assert {one.rpartition(":")[2] for one in flaky} == {"test_by_chance"}
    assert "    AssertionError: the first error\n" in run.stdout
    assert run.stdout.count("- row") <= 2 * OUTLINE_LINES
