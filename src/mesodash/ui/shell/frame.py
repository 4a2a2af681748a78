"""The frame around every page: page settings, navigation, the note on whose data this is."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mesodash.access.gate import LANGUAGE
from mesodash.access.routes import TEACHING
from mesodash.access.signing_in import TEACHING_ROLE
from mesodash.language import _
from mesodash.language.choice import other_languages
from mesodash.permissions import ROLES, NotAllowedError, role_label, role_name
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.clinic import Clinic
from mesodash.records.watch.red_cards import ACTION as HANDLE
from mesodash.records.watch.red_cards import count_escalated_red_cards, count_open_red_cards
from mesodash.settings import load_settings, now
from mesodash.ui.parts import markup, phrases, waiting
from mesodash.ui.parts.page_script import page_script
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import PAGES, PageSpec, first_page, link, show_menu
from mesodash.ui.shell.server.incidents import show_file_not_made
from mesodash.ui.shell.server.start import ensure_clinic
from mesodash.ui.tour import guide

# A file of our own: an icon named from Streamlit's set is fetched from another host.
# All that an address may hold as teaching mode begins: nothing that identifies a patient. (No
# text below it: Streamlit shows any bare expression in the script it starts.)
TAUGHT: Final = frozenset(
    {
        *("room", "seat", "desk"),
        *("area", "side", "sex", "lesson", "step", "part", "window"),
        *("lessons_area", "protocols_area", "protocols_indication", "compared"),
    }
)
NOT_ON_A_DEMO: Final = ("account",)
ONLY_ON_A_DEMO: Final = ("room",)
_TAUGHT_LAST: Final = "frame_teaching"
_DRAWN: Final = "frame_drawn"
TITLE: Final = "page-title"  # the id of the heading
FIRST_DRAWN_S: Final = 0.15
ICON = str(Path(__file__).with_name("icon.png"))


def main() -> None:
    """Draw the frame and run the chosen page in it.

    The frame gives each page its browser title and its one h1; a page starts at h2.
    """
    st.set_page_config(page_icon=ICON, layout="wide")
    ensure_clinic(load_settings(), today=context.today())
    clinic, actor = context.clinic(), context.actor()
    teaching = context.is_teaching(clinic)
    _forget(teaching=teaching)
    home, pages = _navigation(actor)
    page = st.navigation([home, *pages.values()], position="hidden")
    st.set_page_config(page_title=_("{page} - mesodash").format(page=page.title))
    current = _current(page, actor, pages)
    if page is home:
        pages[current] = home
    offered = {
        spec: one
        for spec, one in pages.items()
        if spec.listed
        and actor.may(spec.action)
        and spec.url_path not in (NOT_ON_A_DEMO if clinic.is_demo else ONLY_ON_A_DEMO)
    }
    show_menu(
        offered,
        current,
        search=next(one for spec, one in pages.items() if spec.url_path == "search"),
        account="" if clinic.is_demo else actor.actor_id,
        sign_out=context.sign_out,
    )
    if clinic.is_demo:
        _show_demo_bar(page, clinic, teaching=teaching)
    else:
        _show_own_bar(page, clinic, actor, teaching=teaching)
    guide.show(current.url_path, actor, first=current is first_page(actor.role) and not teaching)
    _follow_with_focus(current)
    if _DRAWN not in st.session_state:
        # The browser makes its first element of our own while nothing else is there: what comes
        # with it would be drawn with placeholders of another height, and jump.
        st.session_state[_DRAWN] = True
        waiting.let_the_browser_draw(FIRST_DRAWN_S)
    if not teaching:
        _show_red_cards(actor, current)
    show_file_not_made()
    page.run()


def _show_red_cards(actor: Actor, page: PageSpec) -> None:
    """Say on every page how many red cards are open and escalated, to those who handle them.

    Today says so itself, above each of them.
    """
    if not actor.may(HANDLE) or page.url_path == "today":
        return
    n = count_open_red_cards(context.db(), actor)
    if n:
        late = count_escalated_red_cards(
            context.db(), context.catalogue().red_flags, actor, at=now()
        )
        with st.container(key="frame_red_cards"):
            link("today", phrases.red_cards(n, late), icon=":material/emergency:")


def _forget(*, teaching: bool) -> None:
    """Clear a tab's state and address when teaching mode begins or ends."""
    known = st.session_state.get(_TAUGHT_LAST)
    if known == teaching:
        return
    if teaching:
        for name in set(st.query_params) - TAUGHT:
            del st.query_params[name]
    if known is not None:
        st.session_state.clear()
    st.session_state[_TAUGHT_LAST] = teaching


def _follow_with_focus(current: PageSpec) -> None:
    """Put the focus on the heading of a page that was opened from another one."""
    last, times = context.opened()
    if last and last != current.url_path:
        times += 1
    st.session_state[context.OPENED] = (current.url_path, times)
    if times:
        page_script(key="page_script_frame", focus=TITLE, times=times)


def _navigation(actor: Actor) -> tuple[StreamlitPage, dict[PageSpec, StreamlitPage]]:
    """The page at the app's own address, and each page at its own.

    The role's first page is at both: Streamlit serves its default page at the app's address
    alone. A page that the role may not open keeps its address, at which nothing of its file runs.
    """
    first = first_page(actor.role)
    pages = {
        spec: st.Page(
            spec.path if allowed else partial(_show_shut, spec, actor),
            title=_(spec.title) if allowed else _("Not for your role"),
            icon=spec.icon,
            url_path=spec.url_path,
        )
        for spec in PAGES
        for allowed in (actor.may(spec.action),)
    }
    home = st.Page(first.path, title=_(first.title), icon=first.icon, url_path="home", default=True)
    return home, pages


def _current(
    page: StreamlitPage, actor: Actor, pages: Mapping[PageSpec, StreamlitPage]
) -> PageSpec:
    """Which page is shown; the app's own address shows the role's first."""
    return next((spec for spec, one in pages.items() if one is page), first_page(actor.role))


def _show_shut(spec: PageSpec, actor: Actor) -> None:
    """Draw the refusal at the address of a page the role may not open; logged once per visit."""
    refused: dict[tuple[str, Actor], str] = st.session_state.setdefault("frame_refused", {})
    if (spec.action, actor) not in refused:
        try:
            require(context.db(), actor, spec.action)
        except NotAllowedError as error:
            refused[spec.action, actor] = str(error)
    sentence = refused[spec.action, actor]
    markup.show("empty", title=_("This page is not for your role"), text=sentence)


def _show_demo_bar(page: StreamlitPage, clinic: Clinic, *, teaching: bool) -> None:
    """Draw the page's heading, whose data this is, and the choice of the role.

    A demo has no sign-in, so its visitor chooses the role, except in teaching mode.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="frame_bar"):
        markup.show("page_bar", title=page.title, clinic=clinic.name, who="")
        languages = markup.render("language_choice", others=other_languages(), address=LANGUAGE)
        address = "" if load_settings().teaching else TEACHING
        markup.show("teaching_switch", on=teaching, address=address, more=languages)
        if teaching:
            return
        st.selectbox(
            _("See it as"),
            ROLES,
            format_func=role_label,
            key=context.DEMO_ROLE,
            label_visibility="collapsed",
            width=160,
        )


def _show_own_bar(page: StreamlitPage, clinic: Clinic, actor: Actor, *, teaching: bool) -> None:
    """Draw the page's heading, the clinic and who is signed in."""
    who = _("{name}, {role}").format(name=actor.actor_id, role=role_name(actor.role))
    with st.container(horizontal=True, vertical_alignment="center", key="frame_bar_own"):
        markup.show("page_bar", title=page.title, clinic=clinic.name, who=who)
        address = TEACHING if teaching or actor.role != TEACHING_ROLE else ""
        markup.show("teaching_switch", on=teaching, address=address, more="")


main()
