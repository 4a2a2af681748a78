"""A page with a cache that leaves out who asks, on purpose: the scanner for leaks must see it."""

import streamlit as st


@st.cache_data
def described(_who: str) -> str:
    """What the first one asked for, whoever asks."""
    return f"Patient {_who} "


st.text(described(st.query_params.get("who", "nobody")))
