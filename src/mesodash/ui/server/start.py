"""What happens once as the server starts: the demo clinic is made, the engine is warmed."""

import gc
import os
import shutil
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from mesodash.access.start import NEEDED_OPTIONS, WrongSetUpError, check_secrets, check_set_up
from mesodash.catalogue.load import load_catalogue
from mesodash.catalogue.types import Catalogue
from mesodash.demo import make_demo
from mesodash.records.chain import verify_and_anchor
from mesodash.records.errors import RecordError
from mesodash.records.migrations import migrate
from mesodash.reports.reader import Reader
from mesodash.settings import Settings, lake_beside, load_settings
from mesodash.ui.server import identity
from mesodash.ui.server.downloads import keep_whose
from mesodash.ui.server.quiet_log import quiet_log

NOT_ALLOWED = 4
TURN_S = 0.0005
"""How long a thread may work while another waits; Python's own would be 0.005."""
_MAKING = threading.Lock()
_READY: set[Path] = set()


def ensure_clinic(settings: Settings, *, today: date) -> None:
    """Make the demo clinic if there is no file yet; bring an older file to this schema.

    A file that is there already was checked when it was first opened by this process.
    """
    with _MAKING:
        if settings.db in _READY and settings.db.exists():
            return
        if settings.db.exists():
            migrate(settings.db)
        else:
            # A lake left by a clinic that was deleted would be in the way of the new one's.
            shutil.rmtree(lake_beside(settings.db), ignore_errors=True)
            make_demo(
                settings.db,
                sessions=settings.demo_sessions,
                today=today,
                catalogue=shared_catalogue(settings.catalogue),
            )
        _READY.add(settings.db)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Make the clinic before the first page can ask for it; load the engine in the background."""
    with quiet_log(), short_turns():
        _begin(load_settings())
        keep_whose()
        yield {}


@contextmanager
def short_turns() -> Iterator[None]:
    """Send what a page has drawn while the page goes on working.

    Each message to the browser needs the interpreter several times, and with Python's own interval
    waits five milliseconds for it each time: the first words of a page came with its last.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _begin(settings: Settings) -> None:
    if not settings.db.exists():
        sys.stderr.write(f"Making a demo clinic of synthetic patients in {settings.db} ...\n")
    try:
        ensure_clinic(settings, today=date.today())  # noqa: DTZ011 - the clinic's own calendar
        check_set_up(
            settings.db,
            address=st.get_option("server.address"),
            hosts=settings.hosts,
            behind_tls=settings.behind_tls,
            options={name: st.get_option(name) for name in NEEDED_OPTIONS},
            posix=os.name == "posix",
        )
        if identity.providers() is not None:
            check_secrets(map(Path, st.get_option("secrets.files")), posix=os.name == "posix")
    except (WrongSetUpError, RecordError) as error:
        # Raised from here, the server would print a traceback and its own words around it.
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        os._exit(NOT_ALLOWED)
    if settings.ahead:
        threading.Thread(target=_warm, args=(settings,), name="warm-engine", daemon=True).start()
    threading.Thread(target=check_log, args=(settings.db,), name="check-log", daemon=True).start()


@cache
def shared_catalogue(folder: Path) -> Catalogue:
    """The shipped catalogue, read and checked once a process."""
    return load_catalogue(folder)


@cache
def shared_reader(db: Path, catalogue: Path) -> Reader:
    """The one reader of a clinic in this process, so that its answers serve every session.

    It remembers counts only, nothing of a single patient.
    """
    return Reader(db, shared_catalogue(catalogue))


def _spare_the_collector() -> None:
    """Take what stays for good (modules, catalogue, engine) out of the garbage collector's rounds.

    Streamlit has all of the heap looked through after every run, while what the run drew still
    waits to be sent: with the engine loaded that takes longer than the run itself.
    """
    gc.collect()
    gc.freeze()


def _warm(settings: Settings) -> None:
    """Bring the lake up to date and ask what pages will ask, so that no page waits for it."""
    from mesodash.ui.server.warming import warm  # noqa: PLC0415 - the filters it asks about need this module

    reader = shared_reader(settings.db, settings.catalogue)
    warm(reader, shared_catalogue(settings.catalogue), date.today())  # noqa: DTZ011 - as above
    _spare_the_collector()


def check_log(db: Path) -> None:
    """Say on standard error if the change log is not as it was written; note where it stands."""
    try:
        verdict = verify_and_anchor(db)
    except RecordError as error:
        sys.stderr.write(f"{error}\n")
    else:
        if not verdict.holds:
            sys.stderr.write(f"{verdict.sentence}\n")
    sys.stderr.flush()
