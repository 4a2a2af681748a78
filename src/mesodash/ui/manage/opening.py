"""The doors of the pages under Manage: what a role may not read is said, and the page ends."""

from typing import NoReturn

import streamlit as st

from mesodash.permissions import NotAllowedError
from mesodash.records.account_care import Cared, cared_accounts
from mesodash.records.change_log import known_actions, known_actors
from mesodash.records.processing import ProcessingRecord, record
from mesodash.settings import load_settings
from mesodash.ui import access, markup
from mesodash.ui.review import page


def show_demo(title: str, text: str) -> None:
    """Say what a demo file does not have, and how a clinic's own file is made."""
    markup.show(
        "empty",
        title=title,
        text=f"{text} A clinic's own file has them: `mesodash init`, then `mesodash user add`.",
    )


def accounts() -> tuple[Cared, ...]:
    """The accounts, for one who may manage them; anybody else reads why not, and the page ends."""
    try:
        return cared_accounts(access.db(), access.actor())
    except NotAllowedError as error:
        _stop(error)


def known_in_log() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who and what stands in the change log, for one who may read it."""
    db, actor = access.db(), access.actor()
    try:
        people = known_actors(db, actor)
    except NotAllowedError as error:
        _stop(error)
    page.show_style()
    st.components.v2.component("mesodash.sorting", js="sorting.js")(key="sorting")
    return people, known_actions(db, actor)


def processing() -> ProcessingRecord:
    """The record of processing, for one who may read how data are handled."""
    try:
        found = record(access.db(), access.actor(), settings=load_settings())
    except NotAllowedError as error:
        _stop(error)
    page.show_style()
    return found


def _stop(error: NotAllowedError) -> NoReturn:
    markup.show("empty", title="This page is not for your role", text=str(error))
    st.stop()
