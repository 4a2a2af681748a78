"""Guards of the admin pages: whoever may not read a page gets a message, and the page ends."""

from typing import NoReturn

import streamlit as st

from mesodash.language import _
from mesodash.permissions import NotAllowedError
from mesodash.records.accounts.administration import AccountOverview, account_overviews
from mesodash.records.audit.change_log import known_actions, known_actors
from mesodash.records.privacy.processing import ProcessingRecord, record
from mesodash.settings import load_settings
from mesodash.ui.parts import markup
from mesodash.ui.parts.page_script import page_script
from mesodash.ui.shell import context


def show_demo(text: str) -> None:
    """Explain what a demo file does not have, and how a clinic's own file is made."""
    markup.show(
        "empty",
        title=_("A demo has no accounts"),
        text=f"{text} "
        + _("A clinic's own file has them: `mesodash init`, then `mesodash user add`."),
    )


def managed_accounts() -> tuple[AccountOverview, ...]:
    """The accounts, for one who may manage them; anybody else reads why not, and the page ends."""
    try:
        return account_overviews(context.db(), context.actor())
    except NotAllowedError as error:
        _stop(error)


def log_people_and_actions() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The people and the actions in the change log, for one who may read it."""
    db, actor = context.db(), context.actor()
    try:
        people = known_actors(db, actor)
    except NotAllowedError as error:
        _stop(error)
    page_script()
    return people, known_actions(db, actor)


def processing_record() -> ProcessingRecord:
    """The record of processing, for one who may read how data are handled."""
    try:
        found = record(context.db(), context.actor(), settings=load_settings())
    except NotAllowedError as error:
        _stop(error)
    return found


def _stop(error: NotAllowedError) -> NoReturn:
    markup.show("empty", title=_("This page is not for your role"), text=str(error))
    st.stop()
