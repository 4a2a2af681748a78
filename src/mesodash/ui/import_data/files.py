"""The dropped files: stored in a folder of this session alone, and inspected."""

import shutil
import tempfile
import weakref
from pathlib import Path

import streamlit as st

from mesodash.exchange.errors import BrokenFileError, ExchangeError
from mesodash.exchange.fhir.convert import ENDINGS
from mesodash.exchange.mapping.proposals import SourceLook, look_at
from mesodash.exchange.sources.folder import READ
from mesodash.exchange.sources.unpack import as_folder
from mesodash.language import _, ngettext
from mesodash.ui.parts import markup

LARGEST_MB = 50
"""Also the server's own limit (.streamlit/config.toml): an upload is kept in its memory."""

_PLACE = "import_place"
_NAMES = "import_names"
_LOOKS = "import_looks"


class Place:
    """A folder that is deleted with its session."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="mesodash-import-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    @property
    def dropped(self) -> Path:
        """Where the files themselves are, apart from what an import writes."""
        return self.path / "in"


def ask() -> Place | None:
    """Draw the field for files; the folder that holds them, or None if there are none yet."""
    given = st.file_uploader(
        _("Files to import"),
        type=[ending.removeprefix(".") for ending in (*READ, *ENDINGS, ".zip")],
        accept_multiple_files=True,
        max_upload_size=LARGEST_MB,
        key="import_files",
        help=_("CSV files, workbooks (.xlsx, .xls, .ods), FHIR (.ndjson) or a zip file of them."),
    )
    if not given:
        st.session_state.pop(_PLACE, None)
        return None
    names = tuple((file.file_id, file.name) for file in given)
    if st.session_state.get(_NAMES) != names or _PLACE not in st.session_state:
        place = Place()
        st.session_state[_PLACE] = place
        st.session_state[_NAMES] = names
        place.dropped.mkdir()
        for file in given:
            try:
                _put(place, Path(file.name).name, file.getbuffer())
            except ExchangeError as error:
                markup.show("not_done", title=file.name, text=str(error))
        st.session_state[_LOOKS] = _looks(place)
    place = st.session_state[_PLACE]
    return place if isinstance(place, Place) else None


def _put(place: Place, name: str, content: memoryview) -> None:
    path = place.dropped / name
    if path.suffix.lower() != ".zip":
        path.write_bytes(content)
        return
    packed = place.path / name
    packed.write_bytes(content)
    with as_folder(packed) as unpacked:
        for one in unpacked.iterdir():
            shutil.copyfile(one, place.dropped / one.name)


def _looks(place: Place) -> dict[str, SourceLook | str]:
    """A preview of each file, or a sentence why it cannot be read."""
    found: dict[str, SourceLook | str] = {}
    for path in sorted(place.dropped.iterdir()):
        if path.suffix.lower() in ENDINGS:
            continue  # FHIR describes itself
        try:
            found[path.name] = look_at(path)
        except BrokenFileError as error:
            found[path.name] = str(error)
    return found


def looks() -> dict[str, SourceLook]:
    """A preview of each readable file; the others are named on the page."""
    readable = {}
    for name, look in st.session_state[_LOOKS].items():
        if isinstance(look, SourceLook):
            readable[name] = look
        else:
            markup.show("not_done", title=name, text=look)
    return readable


def read_as(look: SourceLook) -> str:
    """How a file was read, in one line."""
    rows = ngettext("{n} row looked at", "{n} rows looked at", look.read).format(n=look.read)
    orders = {
        "day_first": _("dates day first"),
        "month_first": _("dates month first"),
    }
    parts = [*look.notes, *(orders[one] for one in dict.fromkeys(look.orders.values()))]
    if not parts:
        return rows
    return _("{rows}, read with {how}").format(rows=rows, how=", ".join(parts))
