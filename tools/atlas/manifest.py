"""What the atlas was built from and what came out, as hashes: stale output cannot go unseen."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LIBRARIES = ("numpy", "scipy", "pillow")
# What decides the bytes.
SOURCES = ("data/body/*.csv", "tools/atlas/**/*.py")
LEVELS = 1.0  # grey levels
BESIDE = ("manifest.py", "absent.csv", "surface.csv")


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
    """Names of the files that are not the same in both folders.

    Numbers must be the same to the last digit. Pictures may differ a little in the last bits, for a
    renderer's sums depend on the processor: by a mean of one grey level.
    """
    return [name for name in names if not _alike(one / name, other / name)]


def _alike(one: Path, other: Path) -> bool:
    if not other.is_file():
        return False
    if digest(one) == digest(other):
        return True
    if one.suffix != ".webp":
        return False
    with Image.open(one) as first, Image.open(other) as second:
        if first.size != second.size:
            return False
        pair = [np.asarray(picture.convert("RGBA"), dtype=float) for picture in (first, second)]
    return float(np.abs(pair[0] - pair[1]).mean()) <= LEVELS


def _renderer(root: Path) -> dict[str, str]:
    """The renderer as its requirements name it."""
    lines = (root / "tools/atlas/render-requirements.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def write(path: Path, root: Path, wheel: Path, folder: Path) -> None:
    """Write the manifest of a finished build."""
    data = {
        "wheel": {"name": wheel.name, "sha256": digest(wheel)},
        "built_with": {
            "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
            **_renderer(root),
        },
        "inputs": inputs(root),
        "outputs": outputs(folder),
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
