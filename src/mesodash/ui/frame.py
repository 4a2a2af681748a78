"""The frame around every page: page settings, navigation, the note on whose data this is."""

from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mesodash.permissions import ROLES, NotAllowedError
from mesodash.records.actor import Actor
from mesodash.records.clinic import Clinic
from mesodash.records.refusals import require
from mesodash.settings import PROJECT, load_settings
from mesodash.ui import access, markup
from mesodash.ui.pages import PAGES, PageSpec
from mesodash.ui.server.start import ensure_clinic

# A file of our own: an icon named from Streamlit's set is fetched from another host.
ICON = str(Path(__file__).with_name("icon.png"))


def main() -> None:
    """Draw the frame and run the chosen page in it."""
    st.set_page_config(page_title="mesodash", page_icon=ICON, layout="wide")
    markup.show_style()
    ensure_clinic(load_settings(), today=access.today())
    clinic, actor = access.clinic(), access.actor()
    pages = _navigation(actor)
    page = st.navigation(pages, position="top")
    if clinic.is_demo:
        _demo_bar(clinic)
    else:
        _own_bar(clinic, actor, own=pages[-1])
    page.run()


def _navigation(actor: Actor) -> list[StreamlitPage]:
    """The pages of the role, the first one first; the others hidden and shut.

    A page that the role may not open keeps its address, at which nothing of its file runs. There
    are no sections: Streamlit writes them into the narrow menu as a list that screen readers do
    not take for one.
    """
    first = next(spec for spec in PAGES if actor.may(spec.action))
    return [
        st.Page(
            PROJECT / "pages" / spec.file if allowed else partial(_shut, spec, actor),
            title=spec.title if allowed else "Not for your role",
            icon=spec.icon,
            url_path=spec.url_path,
            default=spec is first,
            visibility="visible" if allowed and spec.listed else "hidden",
        )
        for spec in PAGES
        for allowed in (actor.may(spec.action),)
    ]


def _shut(spec: PageSpec, actor: Actor) -> None:
    """What stands at the address of a page that the role may not open; noted once a visit."""
    told: dict[tuple[str, Actor], str] = st.session_state.setdefault("frame_refused", {})
    if (spec.action, actor) not in told:
        try:
            require(access.db(), actor, spec.action)
        except NotAllowedError as error:
            told[spec.action, actor] = str(error)
    sentence = told[spec.action, actor]
    markup.show("empty", title="This page is not for your role", text=sentence)


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


def _own_bar(clinic: Clinic, actor: Actor, own: StreamlitPage) -> None:
    """Which clinic, who is signed in, the way to one's own account, and the way out."""
    with st.container(horizontal=True, vertical_alignment="center", key="frame_bar"):
        markup.show("signed_in", clinic=clinic.name, name=actor.actor_id, role=actor.role)
        st.page_link(own)
        if st.button("Sign out", key="sign_out", icon=":material/logout:"):
            access.sign_out()
            st.rerun()


main()
