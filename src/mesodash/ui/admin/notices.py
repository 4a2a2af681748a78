"""Notices that outlive one redraw: what was just done, shown once above the page."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from mesodash.ui.parts import markup

_KEY: Final = "admin_notice"


@dataclass(frozen=True, slots=True)
class Notice:
    """What was done, what follows from it, and a secret to show once."""

    title: str
    text: str
    secret: str | None


def keep(title: str, text: str, *, secret: str | None = None) -> None:
    """Keep a notice for the next drawing of the page.

    Args:
        title: what was done.
        text: what follows from it.
        secret: a new password, shown once in letters that cannot be confused; None if there is
            none.
    """
    st.session_state[_KEY] = Notice(title, text, secret)


def show() -> None:
    """Draw the notice that was kept, once."""
    notice: Notice | None = st.session_state.pop(_KEY, None)
    if notice is None:
        return
    markup.show("done", title=notice.title, text=notice.text)
    if notice.secret is not None:
        st.code(notice.secret, language=None)


def show_refusal(title: str, error: Exception) -> None:
    """Draw why something was not done; what was typed stays in its fields."""
    markup.show("not_done", title=title, text=str(error))
