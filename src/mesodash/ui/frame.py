"""The frame around every page: page settings, navigation, the note on whose data this is."""

from pathlib import Path

import streamlit as st

from mesodash.permissions import ROLES
from mesodash.records.actor import Actor
from mesodash.records.clinic import Clinic
from mesodash.settings import PROJECT, load_settings
from mesodash.ui import access, markup
from mesodash.ui.pages import PAGES
from mesodash.ui.start import ensure_clinic

# A file of our own: an icon named from Streamlit's set is fetched from another host.
ICON = str(Path(__file__).with_name("icon.png"))


def main() -> None:
    """Draw the frame and run the chosen page in it."""
    st.set_page_config(page_title="mesodash", page_icon=ICON, layout="wide")
    markup.show_style()
    ensure_clinic(load_settings(), today=access.today())
    clinic, actor = access.clinic(), access.actor()
    allowed = [spec for spec in PAGES if actor.may(spec.action)]
    page = st.navigation(
        [
            st.Page(
                PROJECT / "pages" / spec.file,
                title=spec.title,
                icon=spec.icon,
                url_path=spec.url_path,
                default=spec is allowed[0],
            )
            for spec in allowed
        ],
        position="top",
    )
    if clinic.is_demo:
        _demo_bar(clinic)
    else:
        _own_bar(clinic, actor)
    page.run()


def _demo_bar(clinic: Clinic) -> None:
    """Whose data this is, and the role to look with: a demo has no sign-in."""
    with st.container(horizontal=True, vertical_alignment="center", key="frame_bar"):
        markup.show("demo_note", clinic=clinic.name)
        st.selectbox(
            "See it as",
            ROLES,
            format_func=str.capitalize,
            key=access.DEMO_ROLE,
            label_visibility="collapsed",
            width=160,
        )


def _own_bar(clinic: Clinic, actor: Actor) -> None:
    """Which clinic, who is signed in, and the way out."""
    with st.container(horizontal=True, vertical_alignment="center", key="frame_bar"):
        markup.show("signed_in", clinic=clinic.name, name=actor.actor_id, role=actor.role)
        if st.button("Sign out", key="sign_out", icon=":material/logout:"):
            access.sign_out()
            st.rerun()


main()
