"""Why a planned session is not held: a short list, and words of one's own."""

import streamlit as st

from mesodash.language import N_, _
from mesodash.records.store.vocabulary import NOT_HELD
from mesodash.ui.parts import phrases

_WORDS = {
    "patient_asked": N_("The patient asked for it"),
    "patient_ill": N_("The patient was ill"),
    "not_fit": N_("Something spoke against treating"),
    "clinic": N_("The clinic could not"),
    "not_known": N_("Not known"),
}


def ask(key: str) -> None:
    """Draw the fields; one of the two is needed."""
    shown = {code: _(_WORDS[code]) for code in NOT_HELD}
    st.selectbox(
        _("Reason"),
        list(shown),
        index=None,
        format_func=phrases.wording(shown),
        placeholder=_("Choose one, or write your own"),
        key=f"{key}_listed",
    )
    st.text_input(_("Reason in your own words"), key=key, max_chars=450)


def given(key: str) -> str:
    """What was chosen and written, as the record keeps it; empty if neither was."""
    listed = st.session_state.get(f"{key}_listed") or ""
    written = " ".join((st.session_state.get(key) or "").split())
    return ": ".join(part for part in (listed, written) if part)


def forget(key: str) -> None:
    """Empty the fields."""
    for name in (key, f"{key}_listed"):
        st.session_state.pop(name, None)


def words(reason: str) -> str:
    """A kept reason for a reader: what was chosen from the list in words."""
    code, colon, rest = reason.partition(":")
    if code not in _WORDS:
        return reason
    return f"{_(_WORDS[code])}{colon}{rest}"
