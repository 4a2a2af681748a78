"""One field that finds whatever has a name: a patient, an area, a protocol, a lot, a page.

What the role may not see is not searched. Patients are found as on Today, and the view is noted.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, TypeVar

import streamlit as st
from rapidfuzz import fuzz

from mesodash.catalogue.types import Catalogue
from mesodash.language import _
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.text_search import fold
from mesodash.records.stock.deliveries import stock_list
from mesodash.ui.parts import area_choice, markup
from mesodash.ui.parts.page_script import page_script
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import PAGES, link
from mesodash.ui.today import page as today

ASKED: Final = "search_asked"
FIELD: Final = ".st-key-search_asked input"
ALIKE: Final = 82
"""From 0 to 100: how similar a typed word must be to one of a name to count as a typing error."""
MOST: Final = 8
"""The most results of one kind."""
T = TypeVar("T")
Link = Callable[[], None]
"""Draws a link."""


def ask() -> str:
    """Draw the field, with the focus in it, and return its value."""
    asked = st.text_input(
        _("Search"),
        key=ASKED,
        placeholder=_("Patient, area, protocol, lot or page"),
        icon=":material/search:",
        max_chars=80,
        width=520,
    )
    page_script(key="page_script_search", focus=FIELD, times=0)
    return asked


def show(asked: str, catalogue: Catalogue, actor: Actor) -> None:
    """The results of each kind, each with a link; one sentence if there are none."""
    if not fold(asked):
        markup.show(
            "note",
            text=_(
                "Areas, protocols, lots and pages by a part of their name; patients by a part of a"
                " code, name, birth date or telephone. Ctrl+K or ⌘K leads here from every page."
            ),
        )
        return
    kinds = [
        (_("Pages"), _pages(asked, actor)),
        (_("Areas"), _areas(asked, actor)),
        (_("Protocols"), _protocols(asked, catalogue, actor)),
        (_("Lots"), _lots(asked, actor)),
    ]
    for title, links in kinds:
        if links:
            _show_kind(title, links)
    if actor.may("patients.list"):
        with st.container(border=True, key="search_patients"):
            markup.show("section", title=_("Patients"), aside="", text="")
            today.show_found(asked, actor)
    elif not any(links for _title, links in kinds):
        markup.show(
            "empty",
            title=_("Nothing has that name"),
            text=_("Type less of it, or the name of an area, a protocol or a page."),
        )


def best(asked: str, named: Iterable[tuple[str, T]]) -> list[T]:
    """Those whose name has every word of `asked`, or a word nearly like it; the best first.

    Args:
        asked: what was typed; case and accents do not count.
        named: the name and what it refers to.
    """
    wanted = fold(asked).split()
    ranked = []
    for order, (name, one) in enumerate(named):
        words = fold(name).replace("-", " ").split()
        ranks = [_rank(word, words) for word in wanted]
        if words and None not in ranks:
            ranked.append((sum(rank or 0 for rank in ranks), len(words), order, one))
    # If a name has the words exactly as typed, similar ones are not shown.
    exact = [entry for entry in ranked if entry[0] <= len(wanted)]
    return [one for *_order, one in sorted(exact or ranked, key=lambda entry: entry[:3])]


def _rank(word: str, words: Iterable[str]) -> int | None:
    """0 for the word itself, 1 for its beginning or a part, 5 for a similar word; else None."""
    ranks = [
        0 if word == other else 1 if word in other else 5
        for other in words
        if word in other or (len(word) > 3 and fuzz.ratio(word, other) >= ALIKE)
    ]
    return min(ranks, default=None)


def _show_kind(title: str, links: list[Link]) -> None:
    with st.container(border=True):
        aside = _("{n} of {total}").format(n=MOST, total=len(links)) if len(links) > MOST else ""
        markup.show("section", title=title, aside=aside, text="")
        with st.container(horizontal=True):
            for draw in links[:MOST]:
                draw()


def _pages(asked: str, actor: Actor) -> list[Link]:
    open_to = [spec for spec in PAGES if spec.listed and actor.may(spec.action)]
    found = best(asked, [(_(spec.title), spec) for spec in open_to])
    return [partial(link, spec.url_path, _(spec.title), icon=spec.icon) for spec in found]


def _areas(asked: str, actor: Actor) -> list[Link]:
    page = "body_map" if actor.may("page.body_map") else "teaching_map"
    if not actor.may(f"page.{page}"):
        return []
    labels = area_choice.area_labels()
    found = best(asked, [(label, site) for site, label in labels.items()])
    return [
        partial(
            link,
            page,
            labels[site],
            icon=":material/accessibility_new:",
            area=site.area,
            side=site.side,
        )
        for site in found
    ]


def _protocols(asked: str, catalogue: Catalogue, actor: Actor) -> list[Link]:
    if not actor.may("page.protocols"):
        return []
    found = best(asked, [(f"{one.label} {code}", one) for code, one in catalogue.protocols.items()])
    return [
        partial(
            link, "protocols", one.label, icon=":material/menu_book:", protocols_search=one.label
        )
        for one in found
    ]


def _lots(asked: str, actor: Actor) -> list[Link]:
    if not (actor.may("page.stock") and actor.may("stock.see")):
        return []
    items = [one for one in stock_list(context.db(), actor) if one.lot]
    found = best(asked, [(f"{one.lot} {one.product}", one) for one in items])
    return [
        partial(
            link,
            "stock",
            f"{one.product}, {one.lot}",
            icon=":material/inventory_2:",
            stock_which=f"{one.product}, {one.lot}",
        )
        for one in found
    ]
