"""The tours: their steps by page and role, the invitation, and the script that shows them."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import streamlit as st

from mesodash.language import N_, _
from mesodash.records.audit.actor import Actor
from mesodash.ui.parts import markup
from mesodash.ui.shell import preferences

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

TOUR: Final = "tour"
"""The key of the script, and the beginning of the preference's name: `tour.practitioner`."""
SEEN: Final = "tours_seen"
"""Role -> whether its tour was seen or put off, as far as this tab has asked."""


class TourStep(NamedTuple):
    """One step.

    Attributes:
        element: CSS selector of what is shown; a step is left out where that is not on the page.
        title: in English.
        text: in English.
        page: the `url_path` of the page it belongs to; "" for every page.
        roles: for whom; none named: for everybody.
    """

    element: str
    title: str
    text: str
    page: str = ""
    roles: tuple[str, ...] = ()


_TREATS: Final = ("practitioner", "administrator")

STEPS: Final = (
    TourStep(
        ".st-key-today_find_row",
        N_("Find a patient"),
        N_(
            "Type part of a code, a name, a date of birth or a telephone number; spelling errors"
            " are forgiven."
        ),
        page="today",
    ),
    TourStep(
        '[class*="st-key-today_day_"]',
        N_("Who comes today"),
        N_("Record opens the session's form with the protocol's doses and points filled in."),
        page="today",
    ),
    TourStep(
        ".st-key-today_follow_ups",
        N_("Whom to ask how they are"),
        N_(
            "Who was treated and has not been heard of since: how long side effects last is known"
            " only where somebody asks."
        ),
        page="today",
    ),
    TourStep(
        ".st-key-row_of_month",
        N_("Choose the month"),
        N_("Everything below is of this month, beside the months before it."),
        page="month",
    ),
    TourStep(
        ".st-key-card_findings",
        N_("Five findings"),
        N_(
            "A change is called one only where it is larger than the usual variation between"
            " months."
        ),
        page="month",
    ),
    TourStep(
        ".st-key-month_bars",
        N_("Thirteen months"),
        N_("The band is what months usually vary by; a month that has not ended is hatched."),
        page="month",
    ),
    TourStep(
        ".st-key-lessons_area",
        N_("Find a protocol"),
        N_("Choose an area of the body to see the lessons that treat it."),
        page="lessons",
    ),
    TourStep(
        ".st-key-lesson_list",
        N_("A lesson for each protocol"),
        N_(
            "From screening to aftercare, on the body, with the source of every statement. It"
            " fills the screen and goes on by the arrow keys or a clicker."
        ),
        page="lessons",
    ),
    TourStep(
        ".st-key-row_of_log_choices",
        N_("Choose what to read"),
        N_("Who looked at or changed what, by period, person and kind of action."),
        page="change_log",
    ),
    TourStep(
        ".st-key-log_checked",
        N_("Is the log whole?"),
        N_("Each entry is sealed to the one before it; a check finds what was changed or cut."),
        page="change_log",
    ),
    TourStep(
        ".st-key-body_figure",
        N_("Choose an area"),
        N_(
            "Click it, or walk there with Tab and the arrow keys and press Enter. Shift chooses"
            " several; Turn shows the body in three dimensions."
        ),
        page="body_map",
    ),
    TourStep(
        ".st-key-area_panel",
        N_("What is known of it"),
        N_(
            "The protocols indicated there with their evidence, how they worked in this clinic,"
            " how long side effects lasted, and every session."
        ),
        page="body_map",
    ),
    TourStep(
        ".st-key-row_of_filters",
        N_("What is counted"),
        N_("The choice goes with you from page to page, and into the address of a link."),
    ),
    TourStep(
        '[class*="st-key-menu_consult"]',
        N_("Consult"),
        N_("The body map, the protocols with their sources, and those your clinic adopted."),
        roles=_TREATS,
    ),
    TourStep(
        '[class*="st-key-menu_review"]',
        N_("Review"),
        N_("Volumes, courses, outcomes, side effects and signals, over any period."),
    ),
    TourStep(
        '[class*="st-key-menu_teach"]',
        N_("Teach"),
        N_("Lessons, cases to decide, flashcards, and protocols side by side."),
    ),
    TourStep(
        ".st-key-menu_search",
        N_("Find anything"),
        N_("A patient, an area, a protocol, a lot or a page. Its key works on every page."),
    ),
    TourStep(
        ".st-key-demo_role",
        N_("See it as another role"),
        N_("On a demo you choose the role: each sees its own pages, and its own tour."),
    ),
)  # fmt: skip


def steps_for(page: str, role: str) -> Iterator[TourStep]:
    """The steps of a page's tour for a role, in their order.

    Args:
        page: the page's `url_path`.
        role: the reader's.
    """
    return (
        step for step in STEPS if step.page in ("", page) and (not step.roles or role in step.roles)
    )


@cache
def _script() -> "ComponentRenderer":
    # Not at import: outside a running app Streamlit does not know where the front end's files are.
    return st.components.v2.component("mesodash.tour", js="tour.js")


def show(page: str, actor: Actor, *, first: bool) -> None:
    """Put the tour of this page at hand, and offer it to who has not seen their role's.

    Args:
        page: the page's `url_path`.
        actor: who reads.
        first: whether it is the first page of their role, which is where it is offered.
    """
    words = {
        "progress": _("{current} of {total}").format(current="{{current}}", total="{{total}}"),
        "next": _("Next"),
        "back": _("Back"),
        "done": _("Done"),
        "close": _("Leave the tour"),
    }
    steps = [
        {"element": step.element, "title": _(step.title), "text": _(step.text)}
        for step in steps_for(page, actor.role)
    ]

    def seen() -> None:
        _note_seen(actor)

    _script()(key=TOUR, data={"steps": steps, "words": words}, on_seen_change=seen)
    if first and not _has_seen(actor):
        with st.container(key="tour_offer"):
            markup.show("tour_offer")


def _has_seen(actor: Actor) -> bool:
    seen: dict[str, bool] = st.session_state.setdefault(SEEN, {})
    if actor.role not in seen:
        seen[actor.role] = bool(preferences.kept(f"{TOUR}.{actor.role}", actor))
    return seen[actor.role]


def _note_seen(actor: Actor) -> None:
    if not _has_seen(actor):
        st.session_state[SEEN][actor.role] = True
        preferences.keep(f"{TOUR}.{actor.role}", "seen", actor)
