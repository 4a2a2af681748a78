"""The list of lessons: one per protocol, found by area, best evidence first."""

from collections.abc import Sequence

import streamlit as st

from mesodash import __version__
from mesodash.catalogue.types import EVIDENCE_ORDER, Catalogue, Protocol
from mesodash.language import _, format_number, ngettext
from mesodash.teaching.cards import cards, taught_card
from mesodash.teaching.deck import make_deck
from mesodash.ui.parts import area_choice, labels, markup
from mesodash.ui.parts.filters import follow_address
from mesodash.ui.protocols.protocol_card import evidence_words, indications_line, is_weak
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link


def show_list() -> None:
    """Draw the choice of an area and the lessons there."""
    catalogue = context.catalogue()
    markup.show(
        "note",
        text=_(
            "A lesson shows one protocol on the figure, step by step, for a room: everything it"
            " says is in the catalogue, with its source one key away."
        ),
    )
    areas = [code for code in catalogue.areas if catalogue.leaves(code)]
    follow_address("lessons_area", areas, lambda code: labels.area(catalogue, code))
    area = st.selectbox(
        _("Area"),
        areas,
        index=None,
        format_func=lambda code: labels.area(catalogue, code),
        key="lessons_area",
        bind="query-params",
        placeholder=_("All areas"),
        width=280,
    )
    found = list(catalogue.protocols.values()) if area is None else catalogue.protocols_at(area)
    found = sorted(found, key=lambda p: EVIDENCE_ORDER.index(p.evidence))
    if not found:
        markup.show(
            "empty",
            title=_("No lesson for this area"),
            text=_("The catalogue has no protocol for it. Choose another area."),
        )
        return
    text = ngettext(
        "{n} lesson, best evidence first", "{n} lessons, best evidence first", len(found)
    )
    markup.show("note", text=text.format(n=format_number(len(found))))
    _offer_booklet(catalogue, found, area)
    with st.container(key="lesson_list"):
        _rows(catalogue, found, area)


def _offer_booklet(catalogue: Catalogue, found: Sequence[Protocol], area: str | None) -> None:
    """Draw the download of these protocols' cards, an A5 page each, made on the click."""
    atlas, today, country = context.atlas(), context.today(), context.clinic().country
    drawn = area_choice.drawn_areas()

    def made() -> bytes:
        wanted = []
        for protocol in found:
            where = (
                catalogue.sites(protocol.code, area) if area else catalogue.covered(protocol.areas)
            )
            site = next((one for one in drawn if one.area in where), None)
            if site is not None:
                wanted.append(
                    taught_card(catalogue, atlas, protocol, site, sex="female", country=country)
                )
        (booklet,) = cards(
            wanted, catalogue=catalogue, atlas=atlas, made_on=today, version=__version__
        )
        return booklet

    with st.container(horizontal=True, vertical_alignment="center", key="lesson_ways"):
        st.download_button(
            _("These protocols on A5 cards (PDF)"),
            made,
            file_name="cards.pdf",
            mime="application/pdf",
            icon=":material/print:",
            on_click="ignore",
        )
        st.download_button(
            _("Anki deck (.apkg)"),
            lambda: make_deck(catalogue, atlas, made_on=today),
            file_name="mesodash.apkg",
            mime="application/octet-stream",
            icon=":material/style:",
            on_click="ignore",
        )
        link("compare", _("Compare protocols"), icon=":material/compare:")


def _rows(catalogue: Catalogue, found: Sequence[Protocol], area: str | None) -> None:
    for protocol in found:
        sites = catalogue.sites(protocol.code, area) if area else frozenset()
        where = {"area": min(sites, key=list(catalogue.areas).index)} if sites else {}
        with st.container(key=f"lesson_of_{protocol.code}", border=True):
            link(
                "lesson",
                _("Lesson: {label}").format(label=protocol.label),
                icon=":material/co_present:",
                lesson=protocol.code,
                **where,
            )
            markup.show(
                "lesson_row",
                text=indications_line(protocol, catalogue),
                evidence=protocol.evidence,
                help=evidence_words(protocol.evidence),
                weak=is_weak(protocol.evidence),
            )
