"""Unpacking a zip file, in a process with limits of its own.

Only plain files come out, side by side: folders in it are not made, and what leads out of the place
is refused. It imports little, for it starts anew for each zip file.
"""

import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.sources.limited import TooLongError, limit, run_on_paths
from mesodash.language import _, current, use_language

MOST_PACKED: Final = 200
MOST_UNPACKED: Final = 2_000_000_000
MEMORY: Final = 1_000_000_000
SECONDS: Final = 300
"""Limits: files, bytes of them together; address space and time of the process."""

_REFUSED: Final = 3


@contextmanager
def as_folder(path: Path) -> Iterator[Path]:
    """The folder itself, or what a zip file holds, unpacked for as long as the block lasts.

    Raises:
        ExchangeError: there is neither a folder nor a zip file, or the zip file is not one to
            unpack: too many or too large files, names with folders that lead elsewhere, two files
            of one name, a password.
    """
    if path.is_dir():
        yield path
        return
    if not path.is_file() or path.suffix.lower() != ".zip":
        raise ExchangeError(
            _(
                "There is no folder {path}; name the folder that holds the CSV files, or"
                " a zip file."
            ).format(path=path)
        )
    with tempfile.TemporaryDirectory() as place:
        unpack(path, Path(place))
        yield Path(place)


def unpack(path: Path, place: Path) -> None:
    """Put the files of a zip file into an empty folder.

    Raises:
        ExchangeError: it is not one to unpack: too many or too large files, names that lead
            elsewhere, two files of one name, a password, damage, or more than its time.
    """
    with tempfile.TemporaryFile() as said:
        arguments = [str(path.absolute()), str(place.absolute()), current().code]
        try:
            done = run_on_paths(__name__, arguments, seconds=SECONDS, out=said)
        except TooLongError as error:
            raise _cannot(path) from error
        if done == _REFUSED:
            said.seek(0)
            raise ExchangeError(said.read().decode())
    if done:
        raise _cannot(path)


def _cannot(path: Path) -> ExchangeError:
    return ExchangeError(
        _(
            "{file} cannot be unpacked (damaged, or with a password); unpack it and name"
            " the folder."
        ).format(file=path.name)
    )


def _unpack(path: Path, place: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            inside = [
                one
                for one in packed.infolist()
                if not one.is_dir() and not one.filename.startswith("__MACOSX/")
            ]
            if len(inside) > MOST_PACKED or sum(i.file_size for i in inside) > MOST_UNPACKED:
                raise ExchangeError(
                    _(
                        "{file} unpacks to more than {files} files or {gigabytes} GB; unpack it and"
                        " name the folder."
                    ).format(file=path.name, files=MOST_PACKED, gigabytes=MOST_UNPACKED // 10**9)
                )
            for one in inside:
                _take(path, packed, one, place)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise _cannot(path) from error


def _take(path: Path, packed: zipfile.ZipFile, one: zipfile.ZipInfo, place: Path) -> None:
    parts = PurePosixPath(one.filename.replace("\\", "/")).parts
    if ".." in parts or one.filename.startswith("/"):
        raise ExchangeError(
            _("{file} has a name that leads out of it; pack anew.").format(file=path.name)
        )
    target = place / parts[-1]
    if target.exists():
        raise ExchangeError(
            _("{file} holds two files named {name}; leave one out.").format(
                file=path.name, name=parts[-1]
            )
        )
    with packed.open(one) as source, target.open("xb") as out:
        # The sizes in its list may be untrue, so what comes out is counted as well.
        shutil.copyfileobj(source, out, 1 << 20)
        if out.tell() > one.file_size:
            raise ExchangeError(_("{file} is damaged; pack it anew.").format(file=path.name))


def _main(path: str, place: str, language: str) -> int:
    limit(MEMORY, SECONDS)
    try:
        with use_language(language):
            _unpack(Path(path), Path(place))
    except ExchangeError as error:
        sys.stdout.buffer.write(str(error).encode())
        return _REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2], sys.argv[3]))
