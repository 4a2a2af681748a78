"""What a person sees when a page stops at an error, and the line in the log with its number."""

import secrets
import sys
from typing import Final

import streamlit as st

from mesodash.language import _
from mesodash.ui.parts import markup
from mesodash.ui.shell.server.quiet_log import describe_error

_HIDDEN_DETAILS: Final = "none"


def incident_number() -> str:
    """A number to quote, as `7F3A-91C2`: random, so it says nothing of the clinic."""
    digits = secrets.token_hex(4).upper()
    return f"{digits[:4]}-{digits[4:]}"


def show_incident(error: Exception) -> bool:
    """Draw a sentence with an incident number in place of Streamlit's exception card.

    For `st.App(on_script_error=)`, which calls it for whole runs, fragments and callbacks. The
    error's own message may name a patient: neither the page nor the log gets it.

    Args:
        error: what the page stopped at.

    Returns:
        Whether something was drawn. False leaves the card to Streamlit, for developers who set
        `client.showErrorDetails` to anything but "none".
    """
    number = incident_number()
    sys.stderr.write(
        _("Incident {number}: {error}\n").format(number=number, error=describe_error(error))
    )
    sys.stderr.flush()
    if st.get_option("client.showErrorDetails") != _HIDDEN_DETAILS:
        return False
    markup.show(
        "incident",
        title=_("This page stopped at an error"),
        text=_(
            "What was saved before stays saved. Reload the page; if it happens again, give whoever"
            " runs mesodash the incident number {number}."
        ).format(number=number),
    )
    return True
