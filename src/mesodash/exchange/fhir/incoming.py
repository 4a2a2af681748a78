"""FHIR files that come in: they become exchange files, in a process with limits of its own.

Each resource becomes a row of an exchange file, so that all rules for those apply here too:
checks, times, bounds, what is refused and how it is reported.
"""

import json
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from mesodash.exchange.contract.files import AMENDMENTS, BY_FILE, PHOTOS
from mesodash.exchange.errors import BrokenFileError, ExchangeError
from mesodash.exchange.fhir import convert
from mesodash.exchange.importing.batch import Reject
from mesodash.exchange.sources.limited import TooLongError, run_on_paths
from mesodash.language import _, current

_TABLES = (*BY_FILE, PHOTOS.file_name, AMENDMENTS.file_name)


@dataclass(slots=True)
class ConvertedFhir:
    """What became of the FHIR files of a folder; of a folder without any, nothing.

    Attributes:
        refused: resources that are no valid FHIR.
        read: how many refused resources each file has.
        unread: kinds of resources that no table holds, with their number.
        lost: what refused resources are rows of: table, own id if it has one, file, line.
    """

    refused: list[Reject] = field(default_factory=list)
    unread: tuple[str, ...] = ()
    lost: tuple[tuple[str, str, str, int], ...] = ()
    _files: list[str] = field(default_factory=list)
    _places: dict[str, "array[int]"] = field(default_factory=dict)

    @property
    def read(self) -> Counter[str]:
        """Refused resources by file."""
        return Counter(one.file for one in self.refused)

    def place(self, file: str, line: int) -> tuple[str, int]:
        """Where the resource stands that a line of a table came from."""
        places = self._places.get(file)
        if places is None:
            return file, line
        at = bisect_right(places[::3], line) - 1
        return self._files[places[3 * at + 1]], places[3 * at + 2]

    def origin(self, one: Reject) -> Reject:
        """A refused row of a table as the resource that it came from."""
        return Reject(*self.place(one.file, one.line), one.column, one.value, one.reason)


def holds_fhir(folder: Path) -> bool:
    """Whether a folder has files that can only be FHIR."""
    return any(path.suffix.lower() in convert.ENDINGS for path in folder.iterdir())


@contextmanager
def fhir_as_tables(folder: Path, *, mapped: bool) -> Iterator[tuple[Path, ConvertedFhir]]:
    """The folder itself, or one that has its FHIR files as exchange files, for the block.

    Raises:
        ExchangeError: there are exchange files or a mapping next to FHIR.
        BrokenFileError: a file cannot be read as FHIR at all.
    """
    if not holds_fhir(folder):
        yield folder, ConvertedFhir()
        return
    if mapped or any((folder / name).exists() for name in _TABLES):
        raise ExchangeError(
            _("FHIR files take no mapping, and no CSV files beside them; give them a folder.")
        )
    with TemporaryDirectory() as place:
        out = Path(place)
        try:
            arguments = [str(folder.absolute()), place, current().code]
            done = run_on_paths(convert.__name__, arguments, seconds=convert.SECONDS)
        except TooLongError as error:
            raise _unread(_("took more than an hour")) from error
        if done == convert.BROKEN:
            raise BrokenFileError((out / convert.WHY).read_text(encoding="utf-8"))
        if done:
            raise _unread(_("needs too much memory"))
        yield out, _converted(out)


def _unread(why: str) -> BrokenFileError:
    return BrokenFileError(
        _("The FHIR files cannot be read ({why}); import them in parts.").format(why=why)
    )


def _converted(out: Path) -> ConvertedFhir:
    about = json.loads((out / convert.ABOUT).read_text(encoding="utf-8"))
    places = {}
    for name in about["tables"]:
        numbers = array("q")
        numbers.frombytes((out / f"{name}.places").read_bytes())
        places[name] = numbers
    refused = [Reject(*one) for one in about["refused"]]
    if refused and not about["tables"]:
        first = refused[0]
        raise BrokenFileError(
            _("{file}, line {line}: {resource} {reason}; nothing was imported.").format(
                file=first.file, line=first.line, resource=first.value, reason=first.reason
            )
        )
    unread = tuple(f"{n} {kind}" for kind, n in sorted(about["unread"].items()))
    lost = tuple((table, own, file, line) for table, own, file, line in about["lost"])
    return ConvertedFhir(refused, unread, lost, about["files"], places)
