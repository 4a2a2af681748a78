"""The body coloured by a measure of the volumes page; a click lists the sessions of an area."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.colours import ColourScale
from mesodash.bodymap.figure.component import body_figure, chosen_now
from mesodash.documents.small_groups import SMALLEST, left_out
from mesodash.language import _
from mesodash.ui.parts import markup, phrases
from mesodash.ui.parts.area_choice import places
from mesodash.ui.parts.picture_download import offer_picture
from mesodash.ui.review import drilldown
from mesodash.ui.review.filter_row import sites_of
from mesodash.ui.review.view import ReviewView
from mesodash.ui.shell import context
from mesodash.ui.volumes.changes import MEASURES, counted, label

FIGURE = "volumes_body"
# A patient treated on both sides would count twice in a sum over sides.
BY_WHOLE_AREA = ("patients", "new_patients")


def keys_for(measure: str) -> tuple[str, ...]:
    """The keys of the report that gives this measure's colours."""
    return ("area",) if measure in BY_WHOLE_AREA else ("area", "side")


def values(
    frame: pd.DataFrame, measure: str, drawn: Mapping[AreaSide, str]
) -> dict[AreaSide, float]:
    """The number that colours each area and side; those without rows have none.

    What was recorded on both sides counts on each of them.
    """
    found: dict[AreaSide, float] = {}
    sides = "side" in frame.columns
    for row in frame.to_dict("records"):
        if phrases.is_missing(row["area"]) or phrases.is_missing(row[measure]):
            continue
        side = row["side"] if sides else "both"
        if phrases.is_missing(side):
            continue
        for site in places(AreaSide(row["area"], side), drawn):
            found[site] = found.get(site, 0) + float(row[measure])
    return found


def show(view: ReviewView, measure: str, whole: str) -> pd.DataFrame:
    """Draw the figure in a card; return the report that colours it.

    Args:
        view: the page.
        measure: what colours an area.
        whole: the denominator, in words.
    """
    frame = view.report("volumes", keys_for(measure))
    names = {
        AreaSide(area, side): view.catalogue.label(area, side)
        for area, side in context.atlas().areas()
    }
    numbers = values(frame, measure, names)
    words = {site: counted(value, measure) for site, value in numbers.items()}
    name = label(measure)
    with st.container(border=True, key="card_volumes_body"):
        sentences = [view.caption(frame), f"{whole}."]
        if "side" not in frame:
            sentences.append(_("Both sides of an area carry the area's number."))
        if numbers and view.lists_people:
            sentences.append(_("Click an area for its sessions, of both its sides."))
        definition = (
            _(
                "An area is coloured by what was recorded there. Areas with a dotted edge have"
                " none recorded, or fewer than 5 patients; that is not zero on a scale. A session"
                " counts in every area it treated."
            )
            if view.shared
            else _(
                "An area is coloured by what was recorded there. Areas with a dotted edge have"
                " none recorded;"
                " that is not zero on a scale. A session counts in every area it treated."
            )
        )
        markup.show(
            "chart_words",
            title=_("{measure} by area").format(measure=name),
            text=" ".join(sentences),
            definition=definition,
        )
        if not numbers:
            _say_why_nothing(frame, measure)
            return frame
        shown = sites_of(_area_now())
        # Read before the figure is drawn again: drawing marks the click as handled, and a newer
        # run may end this one right after that.
        picked = chosen_now(FIGURE, names, shown)
        if picked != shown:
            site = next((site for site in picked if site not in shown), None)
            drilldown.choose_cell(drilldown.text_of({"area": site.area}) if site else None)
            drilldown.point_to_list(view)
        state = body_figure(
            key=FIGURE,
            labels=names,
            chosen=picked,
            values=numbers,
            value_text=words,
            scale=ColourScale(name, 0, max(numbers.values())),
            words={"no_data": _("none recorded, or fewer than {n}").format(n=SMALLEST)}
            if view.shared
            else None,
        )
        note = _("{period}, {whole}").format(period=view.period, whole=whole)
        if view.shared:
            few = _("fewer than {n} patients left out").format(n=SMALLEST)
            note = f"{note}; {few}"
        offer_picture(
            numbers,
            names,
            name,
            figure=state.figure,
            value_text=words,
            note=note,
        )
    return frame


def _say_why_nothing(frame: pd.DataFrame, measure: str) -> None:
    """Explain why nothing is drawn: a body without a coloured area would show nothing."""
    what = _(MEASURES[measure])
    if left_out(frame):
        markup.show(
            "empty",
            title=_("No area to show in a shared view."),
            text=_(
                "Each area had fewer than {n} patients in this period, or no {what} recorded."
                " Choose a longer period, or turn off Shared view above."
            ).format(n=SMALLEST, what=what),
        )
        return
    markup.show(
        "empty",
        title=_("No {what} to show by area.").format(what=what),
        text=_("Areas are coloured once these sessions say where they treated, and {what}.").format(
            what=what
        ),
    )


def _area_now() -> Any:
    chosen = st.session_state.get(drilldown.KEY)
    return drilldown.cell_of(chosen).get("area") if chosen else None
