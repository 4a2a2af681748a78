"""Builds a wheel of the project offline, with the build backend itself, from a copy."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = {"__pycache__", ".ruff_cache", ".mypy_cache"}
# What is in the checkout's own folder, and where a wheel carries it.
CARRIED = {"data": "mesodash/data", "pages": "mesodash/app/pages"}
SINGLE = {
    "app.py": "mesodash/app/app.py",
    ".streamlit/config.toml": "mesodash/app/.streamlit/config.toml",
}


def needed() -> set[str]:
    """What must be in the wheel."""
    found = dict(SINGLE)
    for folder, to in {"src/mesodash": "mesodash", **CARRIED}.items():
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not LEFT_OUT & set(path.parts):
                found[str(path)] = f"{to}/{path.relative_to(ROOT / folder).as_posix()}"
    return set(found.values())


def build_wheel(copy: Path, out: Path) -> Path:
    """Build a wheel into `out` from a copy in `copy`; both are empty folders."""
    for name in ("pyproject.toml", "README.md", "LICENSE", "app.py"):
        shutil.copy(ROOT / name, copy)
    # A secrets.toml next to the settings must never be packed with them.
    shutil.copytree(ROOT / ".streamlit", copy / ".streamlit")
    (copy / ".streamlit" / "secrets.toml").write_text("[auth]\n")
    (copy / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "build_hook.py", copy / "tools")
    for name in ("src", "data", "pages"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, out], cwd=copy, capture_output=True, text=True, check=True
    )
    return out / done.stdout.split()[-1]
