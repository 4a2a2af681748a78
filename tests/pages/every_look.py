"""Everything there is to look at in a clinic: its pages in every role, its reports, its exports."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from tests.pages.identities import IDENTITIES, signed_in

from mesodash.access.gate import COOKIE
from mesodash.catalogue.types import Catalogue
from mesodash.documents.monthly_report import Month, monthly_pdf
from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.exporting.coarsening import SMALLEST
from mesodash.exchange.exporting.export_fhir import export_fhir
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.files.check import check_clinic
from mesodash.records.privacy.processing import record as processing_record
from mesodash.records.store.connection import reading
from mesodash.reports.core import registry
from mesodash.reports.core.reader import Reader
from mesodash.settings import PROJECT
from mesodash.ui.shell.pages import PAGES

FRAME = PROJECT / "src" / "mesodash" / "ui" / "shell" / "frame.py"
Look = tuple[str, Callable[[], None]]
"""What is looked at, and what raises if that fails."""


MOST = 3
"""So many patients, sessions and areas of a clinic are opened."""


def addresses(db: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Every page, and those of a patient, a session or an area with the first MOST of each."""
    for spec in PAGES:
        yield spec.url_path, {}
        if spec.group == "review":
            yield spec.url_path, {"filter_period": "all"}
    with reading(db) as file:
        patients = [name for (name,) in file.execute("SELECT patient_id FROM patients")]
        sessions = file.execute(
            "SELECT session_id, patient_id FROM sessions JOIN patients p ON p.id = patient"
        ).fetchall()
        areas = file.execute(
            "SELECT DISTINCT area, side, patient_id FROM treated_areas t"
            " JOIN patients p ON p.id = t.patient"
        ).fetchall()
    for patient in patients[:MOST]:
        yield "patient", {"patient": patient}
        yield "record", {"patient": patient}
        for show in ("", "Screening", "Plan", "Rest map", "History"):
            yield "body_map", {"patient": patient, "show": show}
    for session, patient in sessions[:MOST]:
        yield "record", {"patient": patient, "session": session}
    for area, side, patient in areas[:MOST]:
        yield "body_map", {"area": area, "side": side}
        yield "body_map", {"area": area, "side": side, "patient": patient}


@contextmanager
def _downloads() -> Iterator[list[Callable[[], Any]]]:
    """What the pages that run here offer for download, to be made on the click."""
    offered: list[Callable[[], Any]] = []
    add = MediaFileManager.add_deferred

    def noted(self: MediaFileManager, make: Callable[[], Any], *given: Any, **named: Any) -> str:
        offered.append(make)
        return add(self, make, *given, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MediaFileManager, "add_deferred", noted)
        yield offered


def pages(db: Path) -> Iterator[Look]:
    """Every page in every role that may open it, and each file that it offers.

    What has a subject in its address (a patient, a session, an area) is opened by one after the
    other of those who may: they see the same of it.
    """
    tokens = {who: signed_in(db, who) for who in IDENTITIES}
    actions = {spec.url_path: spec.action for spec in PAGES}
    for turn, (address, query) in enumerate(addresses(db)):
        allowed = [who for who in IDENTITIES if who.may(actions[address])]
        for who in [allowed[turn % len(allowed)]] if query else allowed:
            at = "&".join(f"{name}={quote(value)}" for name, value in query.items())
            yield (
                f"{address}?{at} as {who}",
                lambda a=address, q=query, t=tokens[who]: _open(db, a, q, t),
            )


def _open(db: Path, address: str, query: dict[str, str], token: str) -> None:
    with pytest.MonkeyPatch.context() as patch, _downloads() as offered:
        patch.setenv("MESODASH_DB", str(db))
        patch.setattr(ContextProxy, "cookies", property(lambda _: {COOKIE: token}))
        page = AppTest.from_file(FRAME, default_timeout=300)
        page._page_hash = calc_hash(address)
        for name, value in query.items():
            page.query_params[name] = value
        page.run()
        assert [(one.message, one.stack_trace) for one in page.exception] == []
        for make in offered:
            make()


def reports(db: Path, catalogue: Catalogue, made_at: datetime, folder: Path) -> Iterator[Look]:
    """Every report by each of its keys and by all of them, every document and every export."""
    reader = Reader(db, catalogue)
    for name in registry.names():
        spec = registry.spec(name)
        for by in dict.fromkeys(((), spec.usual, *((key,) for key in spec.keys), spec.keys)):
            yield f"report {name} by {by}", lambda n=name, b=by: reader.report(n, by=b)
    month = Month(made_at.year, made_at.month)
    for one in (month, month.back(1)):
        yield (
            f"monthly report {one}",
            lambda m=one: monthly_pdf(reader, catalogue, m, clinic="A clinic", made_at=made_at),
        )
    for hidden in (False, True):
        yield (
            f"export csv, pseudonymised: {hidden}",
            lambda h=hidden: _hidden_if_enough(
                db,
                h,
                lambda: export_csv(db, folder / f"csv-{h}", actor=COMMAND_LINE, pseudonymised=h),
            ),
        )
        yield (
            f"export fhir, pseudonymised: {hidden}",
            lambda h=hidden: _hidden_if_enough(
                db,
                h,
                lambda: export_fhir(
                    db,
                    folder / f"fhir-{h}",
                    actor=COMMAND_LINE,
                    catalogue=catalogue,
                    pseudonymised=h,
                ),
            ),
        )
    yield "due", lambda: reader.due(made_at.date(), COMMAND_LINE)
    yield "check", lambda: check_clinic(db, catalogue)
    yield "processing", lambda: processing_record(db, COMMAND_LINE)


def _hidden_if_enough(db: Path, hidden: bool, export: Callable[[], object]) -> None:
    """Export; one to four patients cannot be pseudonymised, which is refused with a sentence."""
    with reading(db) as file:
        few = hidden and 0 < file.table("patients").count < SMALLEST
    if not few:
        export()
        return
    with pytest.raises(ExchangeError, match="fewer than"):
        export()


def fault_of(look: Callable[[], None]) -> str:
    """What went wrong as a text with its innermost lines; empty if nothing did."""
    try:
        look()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        return f"{error!r}\n{''.join(traceback.format_tb(error.__traceback__)[-3:])}"
    return ""
