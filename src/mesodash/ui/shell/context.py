"""How pages reach the clinic: catalogue, reader, actor. Nothing about a patient is cached here."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mesodash.access import signing_in
from mesodash.access.gate import COOKIE, SIGN_IN
from mesodash.bodymap.atlas import Atlas, load_atlas
from mesodash.bodymap.mesh_places import MeshPlaces, drawn_mesh
from mesodash.catalogue.types import Catalogue
from mesodash.language import ask_readers, current
from mesodash.language.choice import LANGUAGE_COOKIE, language_for
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.store.clinic import Clinic, read_clinic
from mesodash.reports.core.reader import Reader
from mesodash.settings import load_settings
from mesodash.settings import today as calendar_day
from mesodash.ui.parts import markup
from mesodash.ui.shell.server.start import shared_catalogue, shared_reader, worded_catalogue

DEMO_ROLE = "demo_role"
"""Where the frame keeps the role that a visitor of the demo has chosen."""

OPENED = "frame_opened"
"""Where the frame notes the page that is shown, and how many were opened before it."""


def opened() -> tuple[str, int]:
    """The page that is shown, and how many were opened before it in this tab."""
    path, times = st.session_state.get(OPENED, ("", 0))
    return path, times


def db() -> Path:
    """The clinic's file."""
    return load_settings().db


def actor(of: Clinic | None = None) -> Actor:
    """Who is asking: the signed-in account; on a demo file, the role chosen in the frame.

    Looked up at every call, so that a sign-in that was ended elsewhere ends here with the next
    click; the script then stops at a page that says so. `of` is the clinic, if this run has read
    it.
    """
    if (of or clinic()).is_demo:
        role = st.session_state.get(DEMO_ROLE, DEMO.role)
        return replace(DEMO, role=signing_in.TEACHING_ROLE if _demo_teaches() else role)
    account = signing_in.signed_in(db(), st.context.cookies.get(COOKIE))
    if account is None:
        context = get_script_run_ctx()
        if context is not None and context.fragment_ids_this_run:
            # A fragment would stop alone and leave the rest of the page on the screen.
            st.rerun()
        markup.show("signed_out", address=SIGN_IN)
        st.stop()
    return account.actor


def is_teaching(of: Clinic) -> bool:
    """Whether this browser is in teaching mode, which shows a trainer's pages to anybody."""
    if of.is_demo:
        return _demo_teaches()
    return signing_in.is_teaching(db(), st.context.cookies.get(COOKIE))


def _demo_teaches() -> bool:
    return load_settings().teaching or st.context.cookies.get(signing_in.TEACHING_COOKIE) == "1"


def reader_language() -> str | None:
    """The code of the language of whoever reads what this thread draws; None if it draws nothing.

    Streamlit runs pages, and fragments, in threads of their own: each calls this once.
    """
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    return language_for(
        st.context.cookies.get(LANGUAGE_COOKIE), st.context.headers.get("Accept-Language")
    )


ask_readers(reader_language)


def sign_out() -> None:
    """End this browser's sign-in, in all its tabs."""
    signing_in.sign_out(db(), st.context.cookies.get(COOKIE))


def clinic() -> Clinic:
    """The clinic's description in its file."""
    return read_clinic(db())


def today() -> date:
    """The clinic's own calendar day; see `settings.today`."""
    return calendar_day()


def catalogue() -> Catalogue:
    """The catalogue in the words of the reader's language."""
    return worded_catalogue(load_settings().catalogue, current().code)


def shipped_catalogue() -> Catalogue:
    """The catalogue as shipped, for documents whose language is chosen separately."""
    return shared_catalogue(load_settings().catalogue)


@st.cache_resource
def atlas() -> Atlas:
    """The body's views and areas, read once a process."""
    return load_atlas()


@st.cache_resource
def mesh_places() -> MeshPlaces:
    """Where the base mesh is seen on each view, read once a process."""
    return drawn_mesh()


def reader() -> Reader:
    """The reports of this clinic; it keeps results under the file's revision."""
    settings = load_settings()
    return shared_reader(settings.db, settings.catalogue)
