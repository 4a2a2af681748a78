"""What a clinic's publish wrote: each file with its size, its time of writing and its hash."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mesodash.lake import schema

PART: Final = "part.parquet"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """One file as it was published.

    Attributes:
        size: bytes.
        modified_ns: the file's time of last change, ns since 1970.
        sha256: of the bytes, in hexadecimal digits.
    """

    size: int
    modified_ns: int
    sha256: str

    @classmethod
    def of(cls, file: Path, content: bytes) -> "WrittenFile":
        """Describe a file that was just written with `content`."""
        state = file.stat()
        return cls(len(content), state.st_mtime_ns, hashlib.sha256(content).hexdigest())


Manifest = Mapping[str, WrittenFile]
"""Path within the lake, as `sessions/clinic_id=main/month=2026-01/part.parquet` -> the file."""


def as_json(manifest: Manifest) -> dict[str, list[int | str]]:
    """The manifest as a clinic's state file holds it, in the paths' order."""
    return {path: [one.size, one.modified_ns, one.sha256] for path, one in sorted(manifest.items())}


def from_json(kept: Any) -> Manifest:
    """The manifest of a state file.

    Raises:
        ValueError, TypeError, AttributeError: what was stored is not a manifest.
    """
    return {
        str(path): WrittenFile(int(size), int(modified_ns), str(sha256))
        for path, (size, modified_ns, sha256) in kept.items()
    }


def misfits(lake: Path, clinic_id: str, manifest: Manifest) -> tuple[str, ...]:
    """The files that are not as the manifest has them by size or time, missing or unknown to it.

    It opens no file, so that it can be asked whenever a lake is opened.
    """
    there = dict(_files(lake, clinic_id))
    return tuple(
        path
        for path in sorted(there.keys() | manifest.keys())
        if path not in manifest
        or there.get(path) != (manifest[path].size, manifest[path].modified_ns)
    )


def damaged(lake: Path, clinic_id: str, manifest: Manifest) -> tuple[str, ...]:
    """The files whose bytes are not those that were published, missing or unknown; reads all."""
    there = of_folder(lake, clinic_id)
    return tuple(
        path
        for path in sorted(there.keys() | manifest.keys())
        if path not in manifest or path not in there or there[path].sha256 != manifest[path].sha256
    )


def of_folder(lake: Path, clinic_id: str) -> Manifest:
    """The manifest of a clinic's files as they are now; reads all."""
    return {
        path: WrittenFile.of(lake / path, (lake / path).read_bytes())
        for path, _ in _files(lake, clinic_id)
    }


def _files(lake: Path, clinic_id: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """A clinic's files in the lake: path within it, size and time of last change."""
    for table in schema.TABLES:
        folder = f"{table}/clinic_id={clinic_id}"
        try:
            entries = list(os.scandir(lake / folder))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}"
            if entry.name != PART:
                if not entry.name.startswith("month="):
                    continue
                path = f"{path}/{PART}"
            try:
                state = (lake / path).stat()
            except (FileNotFoundError, NotADirectoryError):
                continue  # a month's folder without a file has no rows
            yield path, (state.st_size, state.st_mtime_ns)
