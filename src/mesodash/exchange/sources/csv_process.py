"""Reading a CSV file in a process with limits of its own.

Whatever a hostile file does to the reader ends that process and nothing else. Rows come over as
lines of JSON while they are read, so neither process holds more than some hundred of them.
"""

import json
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.sources import csv_file
from mesodash.exchange.sources.source_file import SourceFile, SourceRow
from mesodash.language import N_, _

MEMORY: Final = 700_000_000
SECONDS: Final = 900
"""Limits of the process: address space in bytes, seconds of a processor."""

_LONGEST: Final = 50_000_000
"""Characters of one line of what the process says; an honest one says far less."""

_NOTES: Final = {csv_file.WESTERN: N_("Windows-1252 letters")}


class SeparateCsvFile(SourceFile):
    """An open CSV file (see `csv_file.CsvFile`) that another process reads."""

    def __init__(self, path: Path, wanted: Collection[str] | None = ()) -> None:
        """Open `path`; `wanted` are columns that its header must have (None: not known).

        Raises:
            BrokenFileError: the file cannot be read.
        """
        super().__init__(path)
        self._process: subprocess.Popen[str] | None = None
        asked = json.dumps([MEMORY, SECONDS, None if wanted is None else sorted(wanted)])
        self._process = subprocess.Popen(  # noqa: S603 - our own module, a path as argument
            # -S: it needs no packages, and starts in a third of the time.
            [sys.executable, "-S", "-m", csv_file.__name__, str(path.absolute()), asked],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may quote a patient's row
            cwd=Path(__file__).parents[3],  # from where Python finds our modules
            encoding="utf-8",
        )
        try:
            self.header, self.header_line, notes, self.decimal = self._heard()["header"]
            self.notes = [_told(note) for note in notes]
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the process, wherever it is."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        if process.stdout is not None:
            process.stdout.close()
        process.wait()

    def rows(self) -> Iterator[SourceRow]:
        """The rows after the header; see `SourceFile.rows`."""
        while True:
            heard = self._heard()
            if isinstance(heard, list):
                yield from heard
            elif "total" in heard:
                self.total_line = heard["total"]
            elif "end" in heard:
                self.notes = [_told(note) for note in heard["end"]]
                return

    def _heard(self) -> Any:
        """What the process says next."""
        said = ""
        if self._process is not None and self._process.stdout is not None:
            said = self._process.stdout.readline(_LONGEST)
        if not said.endswith("\n"):
            raise self.broken("needs too much memory or time to read; import it in parts")
        heard = json.loads(said)
        if isinstance(heard, dict) and "broken" in heard:
            raise BrokenFileError(heard["broken"])
        return heard


def _told(note: str) -> str:
    """A note in the reader's language, where it has words there."""
    return _(_NOTES[note]) if note in _NOTES else note
