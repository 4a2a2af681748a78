"""What happens once as the server starts: the demo clinic is made, the engine is warmed."""

import os
import shutil
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

from mesodash.catalogue.load import load_catalogue
from mesodash.demo import make_demo
from mesodash.lake.engines import warm
from mesodash.records.migrations import migrate
from mesodash.settings import Settings, lake_beside, load_settings

_MAKING = threading.Lock()


def ensure_clinic(
    settings: Settings,
    *,
    today: date,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Make the demo clinic if there is no file yet; bring an older file to this schema.

    The demo is made under another name and moved into place, so that a start that was cut off
    leaves nothing behind.
    """
    with _MAKING:
        if settings.db.exists():
            migrate(settings.db)
            return
        half = settings.db.with_suffix(".making")
        _remove(half)
        settings.db.parent.mkdir(parents=True, exist_ok=True)
        make_demo(
            half,
            sessions=settings.demo_sessions,
            seed=1,
            today=today,
            catalogue=load_catalogue(settings.catalogue),
            progress=progress,
        )
        shutil.rmtree(lake_beside(settings.db), ignore_errors=True)  # of a clinic no longer there
        os.replace(half, settings.db)  # noqa: PTH105 - atomic by contract
        _remove(half)


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Make the clinic before the first page can ask for it; load the engine in the background."""
    settings = load_settings()
    if not settings.db.exists():
        sys.stderr.write(f"Making a demo clinic of synthetic patients in {settings.db} ...\n")
    ensure_clinic(settings, today=date.today())  # noqa: DTZ011 - the clinic's own calendar
    threading.Thread(target=warm, name="warm-engine", daemon=True).start()
    yield {}
