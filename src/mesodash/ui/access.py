"""The pages' door to the clinic: catalogue, reader, actor. Nothing of a patient is cached here."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mesodash.access import signing_in
from mesodash.access.gate import COOKIE, SIGN_IN
from mesodash.bodymap.atlas import Atlas, load_atlas
from mesodash.catalogue.types import Catalogue
from mesodash.records.actor import DEMO, Actor
from mesodash.records.clinic import Clinic, read_clinic
from mesodash.reports.reader import Reader
from mesodash.settings import load_settings
from mesodash.ui import markup
from mesodash.ui.server.start import shared_catalogue, shared_reader

DEMO_ROLE = "demo_role"
"""Where the frame keeps the role that a visitor of the demo looks with."""


def db() -> Path:
    """The clinic's file."""
    return load_settings().db


def actor(of: Clinic | None = None) -> Actor:
    """Who is asking: the signed-in account; on a demo file, the role chosen in the frame.

    Looked up anew at every call, so that a sign-in ended elsewhere ends here with the next click;
    the script then stops at a page that says so. `of` is the clinic, if this run has read it.
    """
    if (of or clinic()).is_demo:
        return replace(DEMO, role=st.session_state.get(DEMO_ROLE, DEMO.role))
    account = signing_in.signed_in(db(), st.context.cookies.get(COOKIE))
    if account is None:
        context = get_script_run_ctx()
        if context is not None and context.fragment_ids_this_run:
            # A part of a page that runs by itself would stop and leave the rest of it standing.
            st.rerun()
        markup.show("signed_out", address=SIGN_IN)
        st.stop()
    return account.actor


def sign_out() -> None:
    """End this browser's sign-in, in all its tabs."""
    signing_in.sign_out(db(), st.context.cookies.get(COOKIE))


def clinic() -> Clinic:
    """What the file says of its clinic."""
    return read_clinic(db())


def today() -> date:
    """The clinic's own calendar day."""
    return date.today()  # noqa: DTZ011 - local to the clinic on purpose


def catalogue() -> Catalogue:
    """The shipped catalogue, read once a process."""
    return shared_catalogue(load_settings().catalogue)


@st.cache_resource
def atlas() -> Atlas:
    """The body's views and areas, read once a process."""
    return load_atlas()


def reader() -> Reader:
    """The reports of this clinic; it keeps results under the file's revision."""
    settings = load_settings()
    return shared_reader(settings.db, settings.catalogue)
