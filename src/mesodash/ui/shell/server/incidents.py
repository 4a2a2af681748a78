"""What a person sees when a page stops at an error, and the line in the log with its number."""

import logging
import secrets
from typing import Final

import streamlit as st

from mesodash.language import _
from mesodash.ui.parts import markup
from mesodash.ui.parts.unavailable import UNREAD
from mesodash.ui.shell.operation.metrics import COUNTS
from mesodash.ui.shell.server.quiet_log import describe_error, facts_of, note

_HIDDEN_DETAILS: Final = "none"
_FILE_NOT_MADE: Final = "incident_file_not_made"
"""Where a tab keeps the incident of a file that could not be made, until its next run."""


def incident_number() -> str:
    """A number to quote, as `7F3A-91C2`: random, so it says nothing of the clinic."""
    digits = secrets.token_hex(4).upper()
    return f"{digits[:4]}-{digits[4:]}"


def note_incident(error: BaseException) -> str:
    """Write an error into the log, without its message, under a new number; the number."""
    number = incident_number()
    COUNTS.note_incident()
    note(
        _("Incident {number}: {error}").format(number=number, error=describe_error(error)),
        level=logging.ERROR,
        incident=number,
        **facts_of(error),
    )
    return number


def plain_sentence(error: BaseException) -> str:
    """The message of an error whose messages are written for people; empty for any other.

    Any other error's message may name a patient to somebody who may not see one.
    """
    return f"{error} " if isinstance(error, UNREAD) else ""


def show_incident(error: Exception) -> bool:
    """Draw a sentence with an incident number in place of Streamlit's exception card.

    For `st.App(on_script_error=)`, which calls it for whole runs, fragments and callbacks. A full
    disk, a file that is gone and the like are told in their own sentence; any other error's own
    message may name a patient, and neither the page nor the log gets it.

    Args:
        error: what the page stopped at.

    Returns:
        Whether something was drawn. False leaves the card to Streamlit, for developers who set
        `client.showErrorDetails` to anything but "none".
    """
    number = note_incident(error)
    if st.get_option("client.showErrorDetails") != _HIDDEN_DETAILS:
        return False
    markup.show(
        "incident",
        title=_("This page stopped at an error"),
        text=plain_sentence(error)
        + _(
            "What was saved before stays saved. Reload the page; if it happens again, give whoever"
            " runs mesodash the incident number {number}."
        ).format(number=number),
    )
    return True


def keep_for_next_run(state: st.runtime.state.SessionState, words: str) -> None:
    """Keep what is to be said of a file that could not be made until the tab's next run."""
    state[_FILE_NOT_MADE] = words


def show_file_not_made() -> None:
    """Draw what was kept for this run, if anything was."""
    words = st.session_state.pop(_FILE_NOT_MADE, None)
    if words:
        markup.show("incident", title=_("The file was not made"), text=words)
