"""Exporting the whole clinic: two downloads, made on the click."""

import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from mesodash.exchange.exporting.export_fhir import export_fhir
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.language import _, current, use_language
from mesodash.ui.parts import markup
from mesodash.ui.shell import context

ACTION = "records.export"


def offer() -> None:
    """Draw the downloads for those who may export; each press is noted in the change log."""
    actor = context.actor()
    if not actor.may(ACTION):
        return
    db, catalogue, language = context.db(), context.catalogue(), current().code

    def packed(write: Callable[[Path], object]) -> Callable[[], bytes]:
        def make() -> bytes:  # on another thread, which has no language yet
            with use_language(language), tempfile.TemporaryDirectory() as place:
                folder = Path(place) / "clinic"
                write(folder)
                return _zip(folder, Path(place) / "clinic.zip")

        return make

    with st.expander(_("Take the whole clinic out")):
        markup.show(
            "note",
            text=_(
                "What is recorded, with names, as it can be imported again. A large clinic takes"
                " minutes; the command mesodash export does the same."
            ),
        )
        with st.container(horizontal=True, key="take_out_files"):
            st.download_button(
                _("Exchange files (CSV)"),
                packed(lambda folder: export_csv(db, folder, actor=actor)),
                file_name="clinic-csv.zip",
                mime="application/zip",
                key="take_out_csv",
                icon=":material/table:",
                on_click="ignore",
            )
            st.download_button(
                _("FHIR R4B (NDJSON)"),
                packed(lambda folder: export_fhir(db, folder, actor=actor, catalogue=catalogue)),
                file_name="clinic-fhir.zip",
                mime="application/zip",
                key="take_out_fhir",
                icon=":material/data_object:",
                on_click="ignore",
            )


def _zip(folder: Path, target: Path) -> bytes:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.iterdir()):
            packed.write(path, path.name)
    return target.read_bytes()
