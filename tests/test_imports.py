"""Every module imports where `fcntl` is missing, as on Windows, and so does every benchmark."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
PATHS = (SOURCE, ROOT, ROOT / "benchmarks")
# Streamlit's script runs as it is imported, so the frame is not a module like the others.
LEFT_OUT = {"mesodash.__main__"}
PROGRAM = """
import importlib, sys
sys.modules["fcntl"] = None
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        print(name, repr(error))
try:
    import fcntl
except ImportError:
    print("blocked")
"""


def modules():
    for path in sorted(SOURCE.rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        if name not in LEFT_OUT and "\nmain()\n" not in path.read_text(encoding="utf-8"):
            yield name


@pytest.mark.slow
def test_every_module_imports_without_fcntl():
    names = list(modules())
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names], capture_output=True, text=True, check=False
    )

    assert len(names) > 200
    assert done.stdout.splitlines() == ["blocked"], done.stderr[-2000:]


@pytest.mark.slow
def test_every_benchmark_imports():
    """They are run seldom: what they import from the source may be gone in the meantime."""
    names = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names, "no_such_benchmark"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, PATHS))},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert len(names) > 15
    said = done.stdout.splitlines()
    assert [line.split()[0] for line in said] == ["no_such_benchmark", "blocked"], done.stderr
