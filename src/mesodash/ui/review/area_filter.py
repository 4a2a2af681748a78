"""The area among the filters: a list, and a small body to click; both name one area."""

from collections.abc import Iterable

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.component import body_figure, chosen_now
from mesodash.catalogue.types import Catalogue
from mesodash.ui import access

KEY = "filter_area"
FIGURE = "filter_body"
OPEN = "filter_body_open"


def codes(catalogue: Catalogue) -> list[str]:
    """The areas to choose from: every one with a place on the body, groups too."""
    return [code for code in catalogue.areas if catalogue.leaves(code)]


def follow_figure() -> None:
    """Take over what was clicked on the small body; called before the list is drawn."""
    if not st.session_state.get(OPEN):
        return
    now = st.session_state.get(KEY)
    shown = sites_of(now)
    picked = chosen_now(FIGURE, _labels(access.catalogue()), shown)
    if picked != shown:
        st.session_state[KEY] = newly_chosen(picked, shown)


def offer_figure(catalogue: Catalogue) -> None:
    """The button that opens the small body; nothing of it is sent before it is opened."""
    with st.popover(
        "On the body",
        icon=":material/accessibility_new:",
        key=OPEN,
        on_change="rerun",
        help="Choose the area by clicking a body",
    ) as popover:
        if popover.open:
            with st.container(key="small_body"):
                body_figure(
                    key=FIGURE,
                    labels=_labels(catalogue),
                    chosen=sites_of(st.session_state.get(KEY)),
                )


def newly_chosen(picked: Iterable[AreaSide], shown: Iterable[AreaSide]) -> str | None:
    """The area that a click meant: the one that was not shown before; none if it was let go."""
    before = set(shown)
    return next((site.area for site in picked if site not in before), None)


def sites_of(code: str | None) -> tuple[AreaSide, ...]:
    """Every place on the figure at or below an area, so that both its sides stand chosen."""
    # A browser may have sent what no list of ours offers.
    if code is None or code not in access.catalogue().areas:
        return ()
    below = set(access.catalogue().leaves(code)) | {code}
    return tuple(AreaSide(area, side) for area, side in access.atlas().areas() if area in below)


def _labels(catalogue: Catalogue) -> dict[AreaSide, str]:
    return {
        AreaSide(area, side): catalogue.label(area, side)
        for area, side in access.atlas().areas()
        if area in catalogue.areas
    }
