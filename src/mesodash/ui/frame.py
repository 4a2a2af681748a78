"""The frame around every page: page settings, navigation, the note on whose data this is."""

from pathlib import Path

import streamlit as st

from mesodash.settings import PROJECT, load_settings
from mesodash.ui import access, markup
from mesodash.ui.pages import PAGES
from mesodash.ui.start import ensure_clinic

# A file of our own: an icon named from Streamlit's set is fetched from another host.
ICON = str(Path(__file__).with_name("icon.png"))


def main() -> None:
    """Draw the frame and run the chosen page in it."""
    st.set_page_config(page_title="mesodash", page_icon=ICON, layout="wide")
    page = st.navigation(
        [
            st.Page(
                PROJECT / "pages" / spec.file,
                title=spec.title,
                icon=spec.icon,
                url_path=spec.url_path,
                default=spec is PAGES[0],
            )
            for spec in PAGES
        ],
        position="top",
    )
    markup.show_style()
    ensure_clinic(load_settings(), today=access.today())
    clinic = access.clinic()
    if clinic.is_demo:
        markup.show("demo_note", clinic=clinic.name)
    page.run()


main()
