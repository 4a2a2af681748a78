"""rejects.csv: every row that was not taken, where it stands and why."""

import os
from collections.abc import Iterable
from pathlib import Path

from mesodash.exchange.batch import Reject
from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.text import csv_line, protect

HEADER = ("file", "line", "column", "value", "reason")


def write_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    """Write the rejects to `path`, whole or not at all; an older file of that name is replaced.

    Raises:
        ExchangeError: the place cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with partial.open("w", encoding="utf-8", newline="") as out:
            out.write(csv_line(HEADER))
            for reject in rejects:
                out.write(
                    csv_line(
                        (
                            protect(reject.file),
                            str(reject.line),
                            protect(reject.column),
                            protect(reject.value),
                            protect(reject.reason),
                        )
                    )
                )
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ExchangeError(
            f"The refused rows cannot be written to {path}; name another file with --rejects."
            " Nothing was imported."
        ) from error
