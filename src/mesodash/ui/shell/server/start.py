"""The start of the server: the demo clinic is made and the engine warmed.

Warming runs the queries of the pages before anybody waits for them.
"""

import gc
import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from mesodash.access.startup_checks import (
    NEEDED_OPTIONS,
    WrongSetUpError,
    check_secrets,
    check_set_up,
)
from mesodash.catalogue.load import load_catalogue
from mesodash.catalogue.types import Catalogue
from mesodash.demo import make_demo
from mesodash.language import ENGLISH, _, catalogue_text, use_language
from mesodash.permissions import matrix
from mesodash.records.audit.verification import Verification, check_start, verify_and_anchor
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.store.errors import RecordError
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.reader import Reader
from mesodash.settings import (
    APP,
    Settings,
    backups_folder,
    fixed_day,
    lake_beside,
    load_settings,
    today,
)
from mesodash.ui.shell.operation.daily_backup import daily_backups
from mesodash.ui.shell.operation.opened_file import OPENED
from mesodash.ui.shell.pages import PAGES, faults
from mesodash.ui.shell.server.quiet_log import note, quiet_log

NOT_ALLOWED = 4
DAMAGED = 5
TURN_S = 0.0005
"""How long a thread may work while another waits; Python's default is 0.005."""
_MAKING = threading.Lock()


def ensure_clinic(settings: Settings, *, today: date) -> None:
    """Make the demo clinic if there is no file yet; upgrade an older file to this schema.

    A file that is there already was checked when it was first opened by this process. One that was
    there and is gone is not made anew: a demo, which needs no sign-in, would take its place.

    Raises:
        NotAClinicError: the file was there, and is gone or another one.
    """
    with _MAKING:
        if OPENED.knows(settings.db):
            OPENED.look_at(settings.db)
            return
        if settings.db.exists():
            bring_up_to_date(settings.db)
            check_start(settings.db)
        else:
            # A lake left by a deleted clinic would be in the way of the new one.
            shutil.rmtree(lake_beside(settings.db), ignore_errors=True)
            make_demo(
                settings.db,
                sessions=settings.demo_sessions,
                today=today,
                catalogue=shared_catalogue(settings.catalogue),
            )
        OPENED.look_at(settings.db)


def lifespan(
    *, with_oidc: Callable[[], bool], on_ready: Callable[[], None]
) -> Callable[[Any], AbstractAsyncContextManager[dict[str, Any]]]:
    """The lifespan of Streamlit's server.

    The clinic is made before the first page can ask for it; the engine is loaded in the background.

    Args:
        with_oidc: whether people may sign in at an identity provider.
        on_ready: called once the clinic is there and nothing has been served yet.
    """

    @asynccontextmanager
    async def around(_app: Any) -> AsyncIterator[dict[str, Any]]:
        settings = load_settings()
        with quiet_log(), short_turns():
            _begin(settings, with_oidc)
            on_ready()
            with daily_backups(settings.db, backups_folder(settings.db)):
                yield {}

    return around


@contextmanager
def short_turns() -> Iterator[None]:
    """Let a page's messages be sent while the page is still running.

    Each message to the browser needs the interpreter several times, and with Python's own interval
    waits five milliseconds for it each time: the first words of a page arrived with its last.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _check_pages() -> None:
    """Refuse to start if a page could not be opened: it would silently be shut."""
    fault = next(faults(PAGES, folder=APP / "pages", actions=matrix()), None)
    if fault is not None:
        raise WrongSetUpError(fault)


def _begin(settings: Settings, with_oidc: Callable[[], bool]) -> None:
    if not settings.db.exists():
        note(_("Making a demo clinic of synthetic patients in {db} ...").format(db=settings.db))
    try:
        _check_pages()
        ensure_clinic(settings, today=today())
        check_set_up(
            settings.db,
            address=st.get_option("server.address"),
            hosts=settings.hosts,
            behind_tls=settings.behind_tls,
            teaching=settings.teaching,
            options={name: st.get_option(name) for name in NEEDED_OPTIONS},
            fixed_day=fixed_day(),
            posix=os.name == "posix",
        )
        if with_oidc():
            check_secrets(map(Path, st.get_option("secrets.files")), posix=os.name == "posix")
    except (WrongSetUpError, RecordError) as error:
        # Raised from here, the server would print a traceback and its own words around it.
        note(str(error), level=logging.CRITICAL)
        os._exit(NOT_ALLOWED)
    if settings.ahead:
        threading.Thread(target=_warm, args=(settings,), name="warm-engine", daemon=True).start()
    threading.Thread(
        target=_check_or_stop, args=(settings.db,), name="check-log", daemon=True
    ).start()


@cache
def shared_catalogue(folder: Path) -> Catalogue:
    """The shipped catalogue, read and checked once a process."""
    return load_catalogue(folder)


@cache
def worded_catalogue(folder: Path, language: str) -> Catalogue:
    """The catalogue in the words of a language, made once a process and language."""
    catalogue = shared_catalogue(folder)
    if language == ENGLISH:
        return catalogue
    with use_language(language):
        return catalogue.reworded(catalogue_text)


@cache
def shared_reader(db: Path, catalogue: Path) -> Reader:
    """The one reader of a clinic in this process, so that its answers serve every session.

    It remembers counts only, nothing of a single patient.
    """
    return Reader(db, shared_catalogue(catalogue))


def _spare_the_collector() -> None:
    """Exclude long-lived objects (modules, catalogue, engine) from garbage collection.

    Streamlit collects garbage in the whole heap after every run, while what the run drew still
    waits to be sent: with the engine loaded that takes longer than the run itself.
    """
    gc.collect()
    gc.freeze()


def _warm(settings: Settings) -> None:
    """Bring the lake up to date and run the pages' queries, so that no page waits for them."""
    reader = shared_reader(settings.db, settings.catalogue)
    warm(reader, shared_catalogue(settings.catalogue), today())
    _spare_the_collector()


def check_log(db: Path) -> Verification | None:
    """Report on standard error if the record is not as it was written; write an anchor.

    Returns:
        The result; None if the check was not possible.
    """
    verdict = None
    try:
        verdict = verify_and_anchor(db)
    except RecordError as error:
        note(str(error), level=logging.ERROR)
    else:
        if not verdict.holds:
            note(verdict.sentence, level=logging.ERROR)
    return verdict


def _check_or_stop(db: Path) -> None:
    """End the server if the record was changed from outside: nobody should treat by it."""
    verdict = check_log(db)
    if verdict is not None and verdict.broken:
        os._exit(DAMAGED)


PERIOD = "12_months"
OPENING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("volumes", ("area", "side")),
    ("volumes", ()),
    ("volumes", ("month",)),
    ("volumes", ("protocol",)),
    ("attendance", ()),
    ("attendance", ("practitioner",)),
    ("products", ("product",)),
    ("products", ("product", "lot")),
    ("side_effects", ("effect",)),
    ("curves", ("effect",)),
    ("resolution", ("effect",)),
    ("promises", ("effect", "protocol")),
    ("outcomes", ("protocol", "scale")),
    ("trajectory", ("protocol", "scale")),
    ("individual_lines", ("protocol", "scale")),
    ("levels", ("scale", "protocol")),
    ("followed_up", ()),
    ("followed_up", ("protocol",)),
    ("courses", ()),
    ("courses", ("protocol",)),
    ("completion", ()),
    ("completion", ("protocol",)),
    ("stopping", ()),
    ("first_session", ()),
    ("first_session", ("protocol",)),
    ("gaps", ("protocol",)),
    ("top_ups", ("protocol",)),
    ("signals", ()),
    ("looks", ("kind", "effect")),
    ("late", ("effect",)),
    ("rising", ()),
    ("funnel", ()),
)
"""The reports that the review pages need when they open."""
# Between two queries the interpreter is free for people who are already clicking.
PAUSE_S = 0.3


def questions(catalogue: Catalogue, today: date) -> Iterator[tuple[str, Filters, tuple[str, ...]]]:
    """The reports that pages need when they open, then those of an area's panel.

    One area is enough: a query for another one has the same shape, which is compiled by then.

    Yields:
        (report, filters, keys), `curves` among the reports.
    """
    from mesodash.reports.core.periods import before, year_before  # noqa: PLC0415 - slow to import
    from mesodash.ui.parts.filters import preset  # noqa: PLC0415 - the filters need this module

    year = preset(PERIOD, today)
    for name, by in OPENING:
        yield name, Filters(period=year), by
    for earlier in dict.fromkeys((before(year), year_before(year))):  # one and the same for a year
        yield "volumes", Filters(period=earlier or year), ()
        yield "volumes", Filters(period=earlier or year), ("protocol",)
    for key in ("practitioner", "clinic"):
        yield "volumes", Filters(), (key,)
    area = next(area.code for area in catalogue.areas.values() if area.leaf)
    for name, by in (
        ("outcomes", ("protocol", "scale")),
        ("side_effects", ("protocol", "effect")),
        ("side_effects", ("effect",)),
    ):
        yield name, Filters(areas=(area,)), by


def warm(
    reader: Reader,
    catalogue: Catalogue,
    today: date,
    *,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Run every query once, so that the reader caches the answers; return how many."""
    asked = 0
    for name, filters, by in questions(catalogue, today):
        if name == "curves":
            reader.curves(filters, by)
        else:
            reader.report(name, filters, by)
        asked += 1
        pause(PAUSE_S)
    return asked
