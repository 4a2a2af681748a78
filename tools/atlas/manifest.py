"""What the atlas was built from and what came out, as hashes: stale output cannot go unseen."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LIBRARIES = ("numpy", "scipy", "pillow")
# What decides the bytes; the sheet only shows them.
SOURCES = ("data/body/*.csv", "tools/atlas/*.py")
BESIDE = ("manifest.py", "sheet.py", "sheet_labels.py", "absent.csv")


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def inputs(root: Path) -> dict[str, str]:
    """Hash of every file of the project the build reads, by its path in the project."""
    files = [path for pattern in SOURCES for path in sorted(root.glob(pattern))]
    return {
        path.relative_to(root).as_posix(): digest(path) for path in files if path.name not in BESIDE
    }


def outputs(folder: Path) -> dict[str, str]:
    """Hash of every file of the built atlas, by name."""
    return {path.name: digest(path) for path in sorted(folder.iterdir())}


def different(one: Path, other: Path, names: Iterable[str]) -> list[str]:
    """Names of the files that are not the same in both folders."""
    return [
        name
        for name in names
        if not (other / name).is_file() or digest(one / name) != digest(other / name)
    ]


def write(path: Path, root: Path, wheel: Path, folder: Path) -> None:
    """Write the manifest of a finished build."""
    data = {
        "wheel": {"name": wheel.name, "sha256": digest(wheel)},
        "built_with": {
            "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
        },
        "inputs": inputs(root),
        "outputs": outputs(folder),
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
