"""The one script of the pages: it sorts tables, and moves the focus to what was opened."""

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
