"""The pages' door to the clinic: catalogue, reader, actor. Nothing of a patient is cached here."""

from datetime import date
from pathlib import Path

import streamlit as st

from mesodash.bodymap.atlas import Atlas, load_atlas
from mesodash.catalogue.types import Catalogue
from mesodash.records.actor import DEMO, Actor
from mesodash.records.clinic import Clinic, read_clinic
from mesodash.reports.reader import Reader
from mesodash.settings import load_settings
from mesodash.ui.start import shared_catalogue, shared_reader


def db() -> Path:
    """The clinic's file."""
    return load_settings().db


def actor() -> Actor:
    """Who is asking. The demo has one fixed actor."""
    return DEMO


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
