"""Words that outlive one redraw: what was just done, told once above the page."""

from typing import NamedTuple

import streamlit as st

from mesodash.ui import markup

_KEY = "manage_told"


class _Told(NamedTuple):
    title: str
    text: str
    secret: str | None


def tell(title: str, text: str, *, secret: str | None = None) -> None:
    """Keep a sentence for the next drawing of the page.

    Args:
        title: what was done.
        text: what follows from it.
        secret: a new password, shown once in letters that are told apart; None if there is none.
    """
    st.session_state[_KEY] = _Told(title, text, secret)


def show() -> None:
    """Draw what was kept, once."""
    told: _Told | None = st.session_state.pop(_KEY, None)
    if told is None:
        return
    markup.show("done", title=told.title, text=told.text)
    if told.secret is not None:
        st.code(told.secret, language=None)


def refused(title: str, error: Exception) -> None:
    """Say why something was not done; what was typed stays in its fields."""
    markup.show("not_done", title=title, text=str(error))
