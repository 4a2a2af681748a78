"""The body coloured by a measure of the volumes page; a click asks for the sessions of an area."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.component import Scale, body_figure, chosen_now
from mesodash.exchange.suppression import SMALLEST, left_out
from mesodash.ui import access, markup, phrases
from mesodash.ui.area_choice import places
from mesodash.ui.picture_download import offer_picture
from mesodash.ui.review import drill
from mesodash.ui.review.area_filter import sites_of
from mesodash.ui.review.scope import View
from mesodash.ui.review.volume_words import MEASURES, counted

FIGURE = "volumes_body"
# A patient of both sides would count twice in a sum of sides, so these are counted by whole area.
BY_WHOLE_AREA = ("patients", "new_patients")


def keys_for(measure: str) -> tuple[str, ...]:
    """What the report is counted by for this measure's colours."""
    return ("area",) if measure in BY_WHOLE_AREA else ("area", "side")


def values(
    frame: pd.DataFrame, measure: str, drawn: Mapping[AreaSide, str]
) -> dict[AreaSide, float]:
    """The number that colours each place; one without rows has none.

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


def show(view: View, measure: str, whole: str) -> pd.DataFrame:
    """Draw the figure in a card; return the report that colours it.

    Args:
        view: the page's question.
        measure: what colours an area.
        whole: the denominator in words.
    """
    frame = view.report("volumes", keys_for(measure))
    names = {
        AreaSide(area, side): view.catalogue.label(area, side)
        for area, side in access.atlas().areas()
    }
    numbers = values(frame, measure, names)
    unit = MEASURES[measure]
    words = {site: counted(value, measure) for site, value in numbers.items()}
    label = f"{unit[:1].upper()}{unit[1:]}"
    with st.container(border=True, key="card_volumes_body"):
        sides = " Both sides of an area carry the area's number." if "side" not in frame else ""
        click = (
            " Click an area for its sessions, of both its sides."
            if numbers and view.lists_people
            else ""
        )
        markup.show(
            "chart_words",
            title=f"{label} by area",
            text=f"{view.caption(frame)} {whole}.{sides}{click}",
            definition="An area is coloured by what was recorded there; hatched means none recorded"
            f"{' or fewer than 5 patients' if view.shared else ''}, which is not zero on a scale."
            " The same session counts in every area it treated.",
        )
        if not numbers:
            _say_why_nothing(frame, unit)
            return frame
        shown = sites_of(_area_now())
        # Taken before the figure is drawn again: that counts the click as handled, and a run may
        # be overtaken right after.
        picked = chosen_now(FIGURE, names, shown)
        if picked != shown:
            site = next((site for site in picked if site not in shown), None)
            drill.choose_cell(drill.text_of({"area": site.area}) if site else None)
            drill.point_to_list(view)
        state = body_figure(
            key=FIGURE,
            labels=names,
            chosen=picked,
            values=numbers,
            value_text=words,
            scale=Scale(label, 0, max(numbers.values())),
            words={"no_data": f"none recorded, or fewer than {SMALLEST}"} if view.shared else None,
        )
        few = f"; fewer than {SMALLEST} patients left out" if view.shared else ""
        offer_picture(
            numbers,
            names,
            label,
            figure=state.figure,
            value_text=words,
            note=f"{view.period}, {whole}{few}",
        )
    return frame


def _say_why_nothing(frame: pd.DataFrame, unit: str) -> None:
    """In the figure's place: a body that is hatched all over says nothing."""
    if left_out(frame):
        markup.show(
            "empty",
            title="No area to show in a shared view.",
            text=f"Each area had fewer than {SMALLEST} patients in this period, or no {unit}"
            " recorded. Choose a longer period, or turn off Shared view above.",
        )
        return
    markup.show(
        "empty",
        title=f"No {unit} to show by area.",
        text=f"Areas are coloured once these sessions say where they treated and their {unit}.",
    )


def _area_now() -> Any:
    chosen = st.session_state.get(drill.KEY)
    return drill.cell_of(chosen).get("area") if chosen else None
