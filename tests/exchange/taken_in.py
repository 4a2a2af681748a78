"""A clinic's file made of drawn exchange files, with somebody of each role who may sign in."""

from datetime import date
from pathlib import Path

from tests.exchange.generated_clinics import Files
from tests.exchange.small_clinic import ACTOR, clock, make_clinic
from tests.pages.identities import add_accounts

from mesodash.catalogue.types import Catalogue
from mesodash.exchange.importing.import_folder import ImportResult, import_folder


def taken_in(
    files: Files, folder: Path, catalogue: Catalogue, today: date
) -> tuple[Path, ImportResult]:
    """Import the files into a new clinic in `folder`; the clinic's file and what was taken."""
    source = folder / "files"
    source.mkdir()
    for name, text in files.items():
        (source / name).write_text(text, encoding="utf-8", newline="")
    db = make_clinic(folder / "clinic.db")
    result = import_folder(
        db,
        source,
        actor=ACTOR,
        catalogue=catalogue,
        rejects=folder / "rejects.csv",
        changes=folder / "changes.csv",
        today=today,
        clock=clock,
    )
    add_accounts(db)
    return db, result
