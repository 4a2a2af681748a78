"""The scripts of the pages: sorting tables, moving the focus, saying what happens."""

import streamlit as st


def page_script(*, key: str = "page_script", focus: str = "", times: int = 0) -> None:
    """The script that sorts tables; with `focus` it moves the focus to the element of that id.

    Args:
        key: of the script's place on the page.
        focus: the id of what was opened, or a selector that begins with a dot.
        times: a number that changes with each opening; for one number the focus is moved once.
    """
    st.components.v2.component("mesodash.sorting", js="sorting.js")(
        key=key, data={"focus": focus, "times": times}
    )


def announcements() -> None:
    """Have progress and results of this page read out to whoever hears it."""
    st.components.v2.component("mesodash.announcing", js="announcing.js")(key="announcements")
