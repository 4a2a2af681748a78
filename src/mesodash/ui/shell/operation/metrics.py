"""How the server is doing, for whoever runs it: `/health` for everybody, `/metrics` by role."""

import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mesodash import __version__
from mesodash.access import signing_in
from mesodash.access.gate import HEALTH, token_in
from mesodash.language import _
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.files.scheduled import latest_backup
from mesodash.records.store.clinic import read_clinic, read_revision
from mesodash.records.store.connection import Clock, utc_now
from mesodash.records.store.errors import RecordError
from mesodash.settings import backups_folder

METRICS: Final = "/metrics"
_NOT_KEPT: Final = {"cache-control": "no-store"}


class ServerCounts:
    """What happened since the server's start."""

    def __init__(self) -> None:
        """Start at none."""
        self._lock = threading.Lock()
        self._incidents = 0
        self._answers: Counter[str] = Counter()

    def note_incident(self) -> None:
        """Count an error that a person was given a number for."""
        with self._lock:
            self._incidents += 1

    def note_answer(self, status: int) -> None:
        """Count an answer to a request by the first digit of its status."""
        with self._lock:
            self._answers[f"{status // 100}xx"] += 1

    def read(self) -> tuple[int, Counter[str]]:
        """Incidents, and answers by kind of status such as `2xx`."""
        with self._lock:
            return self._incidents, Counter(self._answers)


COUNTS: Final = ServerCounts()
"""Those of this process."""


def metrics(
    db: Path, actor: Actor, *, counts: ServerCounts = COUNTS, clock: Clock = utc_now
) -> bytes:
    """Figures in Prometheus' text format: counts, sizes and times, nothing of a patient.

    Args:
        db: the clinic's file.
        actor: who asks.
        counts: what happened since the start.
        clock: gives the time of a refusal and tells backups of a time to come.

    Raises:
        NotAllowedError: the role may not; a row of the change log says so.
        RecordError: the file cannot be read.
    """
    require(db, actor, "server.see", clock=clock)
    from prometheus_client import (  # noqa: PLC0415 - needed by nobody else
        CollectorRegistry,
        ProcessCollector,
        generate_latest,
    )

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_ServerFigures(db, counts, clock()))
    return generate_latest(registry)


class _ServerFigures:
    """The figures of one moment, as prometheus-client asks for them."""

    def __init__(self, db: Path, counts: ServerCounts, now: datetime) -> None:
        self.db, self.counts, self.now = db, counts, now

    def collect(self) -> Iterator[Any]:
        """Yield each figure under its name."""
        from prometheus_client.core import (  # noqa: PLC0415 - as above
            CounterMetricFamily,
            GaugeMetricFamily,
            InfoMetricFamily,
        )

        yield InfoMetricFamily("mesodash", _("The program."), value={"version": __version__})
        incidents, answers = self.counts.read()
        yield CounterMetricFamily(
            "mesodash_incidents", _("Errors with an incident number."), value=incidents
        )
        answered = CounterMetricFamily(
            "mesodash_answers", _("Answers to requests by status."), labels=["status"]
        )
        for status, count in sorted(answers.items()):
            answered.add_metric([status], count)
        yield answered
        yield GaugeMetricFamily(
            "mesodash_file_bytes", _("Size of the clinic's file."), value=self.db.stat().st_size
        )
        yield GaugeMetricFamily(
            "mesodash_disk_free_bytes",
            _("Room on the disk of the clinic's file."),
            value=shutil.disk_usage(self.db.parent).free,
        )
        folder = backups_folder(self.db)
        latest = folder and latest_backup(folder, read_clinic(self.db).clinic_id, self.now)
        if latest:
            yield GaugeMetricFamily(
                "mesodash_backup_timestamp_seconds",
                _("When the latest backup was made."),
                value=latest.made_at.timestamp(),
            )
            yield GaugeMetricFamily(
                "mesodash_backup_restored",
                _("Whether the latest backup was restored for trial."),
                value=float(latest.restored_at is not None),
            )


def operation_routes(
    db: Callable[[], Path], *, teaching: Callable[[], bool], clock: Clock = utc_now
) -> Sequence[Route]:
    """The routes of health and metrics.

    Args:
        db: gives the path of the clinic's file.
        teaching: whether this is a teaching server, whose visitors may what a trainer may.
        clock: gives the time.
    """

    async def health(_request: Request) -> Response:
        """Say whether the clinic's file can be read; `mesodash doctor` says why not."""
        try:
            await run_in_threadpool(read_revision, db())
        except RecordError:
            return PlainTextResponse("not ok\n", 503, headers=_NOT_KEPT)
        return PlainTextResponse("ok\n", headers=_NOT_KEPT)

    def figures(cookies: str) -> Response:
        actor = _visitor(db(), cookies, teaching=teaching(), clock=clock)
        if actor is None:
            return PlainTextResponse(_("Sign in first."), 403)
        try:
            text = metrics(db(), actor, clock=clock)
        except NotAllowedError as error:
            return PlainTextResponse(str(error), 403)
        return Response(text, media_type="text/plain; version=0.0.4", headers=_NOT_KEPT)

    async def shown(request: Request) -> Response:
        return await run_in_threadpool(figures, request.headers.get("cookie", ""))

    return (Route(HEALTH, health, methods=["GET"]), Route(METRICS, shown, methods=["GET"]))


def _visitor(db: Path, cookies: str, *, teaching: bool, clock: Clock) -> Actor | None:
    """Who asks outside a page: the sign-in of a cookie, or a demo's visitor; None: nobody."""
    if read_clinic(db).is_demo:
        return replace(DEMO, role=signing_in.TEACHING_ROLE) if teaching else DEMO
    account = signing_in.signed_in(db, token_in(cookies), clock=clock)
    return None if account is None else account.actor
