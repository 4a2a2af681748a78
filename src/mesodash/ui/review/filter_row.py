"""The row of filters on every review page, and the small body that chooses its area."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from urllib.parse import parse_qs

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.component import body_figure, chosen_now
from mesodash.catalogue.types import Catalogue
from mesodash.language import _
from mesodash.reports.core.filters import Filters, Period
from mesodash.ui.parts import labels, phrases
from mesodash.ui.parts.filters import PRESETS, follow_address, preset
from mesodash.ui.shell import context, preferences

AREA = "filter_area"
FIGURE = "filter_body"
OPEN = "filter_body_open"
WAS_OPEN = "filter_body_was_open"
CLICKED = "filter_body_clicked"
"""The area before the last click on the small body, and the area that the click chose."""
SHARED = "filter_shared"
CARRIED = (
    "filter_period", AREA, "filter_protocol", "filter_practitioner", "filter_clinic", SHARED,
)  # fmt: skip
"""The filters that are carried from page to page."""
LAST = "filters_last_drawn"
PREFERENCE = "filters"
"""What an account chose last, for another day: a JSON object of widget key -> code."""
AS_KEPT = "filters_as_kept"


def review_filters(
    catalogue: Catalogue,
    practitioners: Sequence[str],
    clinics: Sequence[str],
    today: date,
    *,
    by_period: bool = True,
) -> tuple[Filters, bool]:
    """Draw the row of filters; return what is chosen, and whether the view is shared.

    Args:
        catalogue: gives areas and protocols.
        practitioners: the ids to choose from.
        clinics: the ids to choose from.
        today: the last day of the presets.
        by_period: whether the page has a period; if not, its choice is disabled.
    """
    offered: dict[str, Collection[str]] = {
        "filter_period": PRESETS.keys() - {"custom"},
        AREA: area_codes(catalogue),
        "filter_protocol": catalogue.protocols.keys(),
        "filter_practitioner": practitioners,
        "filter_clinic": clinics,
    }
    choose_kept_filters(offered)
    follow_figure(catalogue)
    carry_filters()
    with st.container(
        horizontal=True, gap="small", key="row_of_filters", vertical_alignment="bottom"
    ):
        period = _choose_period(today, by_period=by_period)
        area = _choose_one(
            _("Area"), AREA, area_codes(catalogue),
            lambda code: labels.area(catalogue, code), nothing=_("All areas"), width=190,
        )  # fmt: skip
        offer_figure(catalogue)
        protocol = _choose_one(
            _("Protocol"), "filter_protocol", list(catalogue.protocols),
            lambda code: labels.protocol(catalogue, code), nothing=_("All protocols"), width=230,
        )  # fmt: skip
        practitioner = _choose_one(
            _("Practitioner"), "filter_practitioner", list(practitioners), str,
            nothing=_("All practitioners"), width=170,
        )  # fmt: skip
        clinic = _choose_one(
            _("Clinic"), "filter_clinic", list(clinics), str, nothing=_("All clinics"), width=150,
        )  # fmt: skip
        shared = choose_shared()
    keep_filters()
    keep_filters_chosen(offered)
    chosen = Filters(
        period=period,
        areas=area,
        protocols=protocol,
        practitioners=practitioner,
        clinics=clinic,
    )
    return chosen, shared


def carry_filters() -> None:
    """On the first run of another page, choose what was chosen on the last one.

    Streamlit carries a widget to another page only if the run before came to its end: a link
    clicked while a page is still being drawn opened the next page without its filters. What the
    page's address names counts for more.
    """
    opened, values = st.session_state.get(LAST, (None, {}))
    if opened in (None, context.opened()):
        return
    for key, value in values.items():
        now = st.session_state.get(key, value)
        if key not in st.query_params and now is not None:
            # Said once more even where it still stands: what Streamlit holds for the widget of the
            # page before is not held for this page's.
            st.session_state[key] = now


def keep_filters(keys: Iterable[str] = CARRIED) -> None:
    """Note what is chosen on this page, for the next one; called once all filters are drawn.

    Args:
        keys: those that this page draws; what was chosen of the others stays noted.
    """
    before = st.session_state.get(LAST, (None, {}))[1]
    drawn = {key: st.session_state.get(key) for key in keys}
    st.session_state[LAST] = (context.opened(), {**before, **drawn})


def choose_kept_filters(offered: Mapping[str, Collection[str]]) -> None:
    """Choose what the reader chose last time, on the first review page of a tab.

    Called before the filters are drawn. What is no longer offered is left out. What an address
    names counts alone: a colleague's link shows what it says. The shared view is not kept, nor are
    dates chosen by hand, which are of one day's interest.

    Args:
        offered: widget key -> the codes that may be chosen.
    """
    if AS_KEPT in st.session_state:
        return
    st.session_state[AS_KEPT] = None
    if any(key in st.query_params or st.session_state.get(key) for key in offered):
        return
    text = preferences.kept(PREFERENCE, context.actor())
    for key, code in json.loads(text or "{}").items():
        if code in offered.get(key, ()):
            st.session_state[key] = code


def keep_filters_chosen(offered: Mapping[str, Collection[str]]) -> None:
    """Keep for another day what was changed on the page; called once all filters are drawn.

    What a tab was opened with is nobody's change: a link is followed without keeping anything.
    """
    chosen = {key: st.session_state.get(key) for key in offered}
    text = json.dumps({key: code for key, code in chosen.items() if code in offered[key]})
    before = st.session_state.get(AS_KEPT)
    if before is not None and text != before:
        preferences.keep(PREFERENCE, text, context.actor())
    st.session_state[AS_KEPT] = text


def choose_shared() -> bool:
    """Draw the switch of the shared view; the same one on every review page."""
    return st.toggle(
        _("Shared view"),
        key=SHARED,
        bind="query-params",
        help=_(
            "For a screen that others see: leaves out groups of fewer than 5 and all lists of"
            " single patients, in downloads too."
        ),
    )


def _choose_period(today: date, *, by_period: bool) -> Period:
    follow_address("filter_period", list(PRESETS), phrases.wording(PRESETS))
    name = st.selectbox(
        _("Period"),
        list(PRESETS),
        format_func=phrases.wording(PRESETS),
        key="filter_period",
        bind="query-params",
        width=165,
        disabled=not by_period,
        help=None if by_period else _("This page has a day, chosen below, and no period."),
    )
    if name != "custom":
        return preset(name, today)
    start = preset("12_months", today).start
    dates = st.date_input(
        _("From and to"),
        value=(start, today),
        key="filter_dates",
        bind="query-params",
        format="DD/MM/YYYY",
        width=230,
        disabled=not by_period,
    )
    # After only the first of the two days is picked, the period ends today.
    match dates:
        case (first, last):
            return Period(first, last)
        case (first,):
            return Period(first, today)
        case _:
            return preset("all", today)


def _choose_one(
    label: str,
    key: str,
    options: list[str],
    words: Callable[[str], str],
    *,
    nothing: str,
    width: int,
) -> tuple[str, ...]:
    """One or none of the options, as the tuple that Filters takes."""
    follow_address(key, options, words)
    chosen = st.selectbox(
        label,
        options,
        index=None,
        format_func=words,
        key=key,
        bind="query-params",
        placeholder=nothing,
        width=width,
    )
    return () if chosen is None else (chosen,)


def area_codes(catalogue: Catalogue) -> list[str]:
    """The areas to choose from: all that are drawn on the body, and their groups."""
    return [code for code in catalogue.areas if catalogue.leaves(code)]


def follow_figure(catalogue: Catalogue) -> None:
    """Store what was clicked on the small body; called before the list of areas is drawn.

    The browser hears of the new area in two messages: the address has it at once, the list takes
    it a moment later, and until then each run is sent the list as it was before the click. So the
    click counts until a run is sent anything else than that: while the body is open, in the run in
    which it is shut, and for as long as the browser's address has the area. (Who clears the list
    clears it in the address, too.)

    Args:
        catalogue: names the areas as the address has them.
    """
    open_now, before = bool(st.session_state.get(OPEN)), st.session_state.get(WAS_OPEN, False)
    st.session_state[WAS_OPEN] = open_now
    clicked: tuple[str | None, str | None] | None = st.session_state.pop(CLICKED, None)
    now = st.session_state.get(AREA)
    if open_now or before:
        shown = sites_of(now)
        picked = chosen_now(FIGURE, _labels(catalogue), shown)
        if picked != shown:
            clicked = (now, newly_chosen(picked, shown))
    elif clicked and (clicked[1] is None or _in_address() != labels.area(catalogue, clicked[1])):
        return
    if clicked and clicked[0] == now:
        st.session_state[AREA] = clicked[1]
        st.session_state[CLICKED] = clicked


def _in_address() -> str | None:
    """The area in the browser's own address, as it was when it asked for this run."""
    run = get_script_run_ctx()
    return parse_qs(run.query_string).get(AREA, [None])[0] if run else None


def offer_figure(catalogue: Catalogue) -> None:
    """The button that opens the small body, which is sent only once opened."""
    with st.popover(
        _("On the body"),
        icon=":material/accessibility_new:",
        key=OPEN,
        on_change="rerun",
        help=_("Choose the area by clicking a body"),
    ) as popover:
        if popover.open:
            with st.container(key="small_body"):
                body_figure(
                    key=FIGURE,
                    labels=_labels(catalogue),
                    chosen=sites_of(st.session_state.get(AREA)),
                )


def newly_chosen(picked: Iterable[AreaSide], shown: Iterable[AreaSide]) -> str | None:
    """The area that was clicked: the one not chosen before; None if it was unchosen."""
    before = set(shown)
    return next((site.area for site in picked if site not in before), None)


def sites_of(code: str | None) -> tuple[AreaSide, ...]:
    """Every area and side on the figure at or below an area, so that both sides are marked."""
    # A browser may have sent a value that the list does not offer.
    if code is None or code not in context.catalogue().areas:
        return ()
    below = set(context.catalogue().leaves(code)) | {code}
    return tuple(AreaSide(area, side) for area, side in context.atlas().areas() if area in below)


def _labels(catalogue: Catalogue) -> dict[AreaSide, str]:
    return {
        AreaSide(area, side): catalogue.label(area, side)
        for area, side in context.atlas().areas()
        if area in catalogue.areas
    }
