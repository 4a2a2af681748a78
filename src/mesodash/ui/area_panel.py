"""The panel beside the figure: what is indicated in the chosen areas, and what happened there."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.layouts import points_for_surface
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.records.history import Site, TreatedSession, area_history
from mesodash.records.patients import read_patient
from mesodash.reports.filters import Filters
from mesodash.ui import access, history_table, lasting, markup, phrases
from mesodash.ui.protocol_card import protocol_card

Row = Mapping[Any, Any]

SHOWN_AT_FIRST = 12
MORE = 40
ENOUGH_PATIENTS = 5


def show_start(patient: str | None) -> None:
    """What stands here before an area is chosen."""
    markup.show(
        "heading",
        title="Choose an area",
        text="Click the figure, use its arrow keys, or pick from the list.",
    )
    markup.show(
        "empty",
        title="Nothing chosen yet",
        text="An area opens its indicated protocols, what was done there and when, how well it"
        " worked and how long its side effects lasted.",
    )
    if patient:
        markup.show(
            "empty", title=f"Patient {patient}", text="Choose an area to see their history."
        )


def show_panel(chosen: Sequence[AreaSide], patient: str | None) -> None:
    """All about the chosen areas, for one patient or the whole clinic."""
    catalogue = access.catalogue()
    codes = tuple(dict.fromkeys(site.area for site in chosen))
    title = " · ".join(catalogue.label(site.area, site.side) for site in chosen)
    markup.show("heading", title=title, text=_whose(patient))
    filters = Filters(areas=codes)
    outcomes = access.reader().report("outcomes", filters, ("protocol", "scale"))
    _protocols(catalogue, chosen, outcomes.to_dict("records"))
    _results(catalogue, outcomes.to_dict("records"))
    effects = access.reader().report("side_effects", filters, ("effect",))
    lasting.show_lasting(
        catalogue,
        effects.to_dict("records"),
        title="How long side effects last here",
        period="all of the clinic's sessions in these areas",
    )
    _history(catalogue, chosen, patient)


def _whose(patient: str | None) -> str:
    if patient is None:
        return "All patients of this clinic"
    known = read_patient(access.db(), patient, access.actor())
    parts = [f"Patient {known.patient_id}", known.sex]
    if known.birth_year:
        parts.append(f"born {known.birth_year}")
    if known.phototype:
        parts.append(f"skin type {known.phototype}")
    return " · ".join(parts)


def _protocols(catalogue: Catalogue, chosen: Sequence[AreaSide], outcomes: Sequence[Row]) -> None:
    """The indicated protocols, best evidence first, each with this clinic's own results."""
    found = list(dict.fromkeys(p for site in chosen for p in catalogue.protocols_at(site.area)))
    if not found:
        markup.show(
            "empty",
            title="No protocol is published for this area",
            text="The catalogue knows no source that treats it; sessions recorded here are below.",
        )
        return
    cards = [
        markup.render(
            "protocol_card",
            p=protocol_card(
                p,
                catalogue,
                extra_facts=[
                    *points_here(p, chosen),
                    ("This clinic", _own_results(catalogue, p, outcomes)),
                ],
                brief=True,
            ),
        )
        for p in found
    ]
    markup.show(
        "indicated",
        title="Indicated here",
        aside=phrases.count(len(found), "protocol"),
        cards=cards,
    )


def points_here(protocol: Protocol, chosen: Sequence[AreaSide]) -> list[tuple[str, str]]:
    """How many points the published spacing makes on the chosen areas, from the atlas's cm².

    Nothing where no spacing is published, or a chosen area is not on the figure.
    """
    near, far = protocol.spacing_cm_min, protocol.spacing_cm_max
    surfaces = [surface(site) for site in chosen]
    if near is None or far is None or None in surfaces:
        return []
    cm2 = sum(filter(None, surfaces))
    most, fewest = points_for_surface(cm2, near), points_for_surface(cm2, far)
    points = phrases.between(fewest, most)
    spacing = phrases.between(near, far)
    return [("Here", f"about {points} points {spacing} cm apart, on {cm2:.0f} cm² of the figure")]


def surface(site: AreaSide) -> float | None:
    """The skin of an area on one side of the female figure, in cm²; None if it is not drawn."""
    for view in access.atlas().views:
        shape = view.shape(site.area, site.side)
        if shape is not None:
            return shape.cm2
    return None


def _own_results(catalogue: Catalogue, protocol: Protocol, outcomes: Sequence[Row]) -> str:
    """This clinic's responders to a protocol in these areas, on the scale with most patients."""
    mine = [row for row in outcomes if row["protocol"] == protocol.code]
    if not mine:
        return "no outcomes recorded here"
    row = max(mine, key=lambda row: row["patients"])
    if row["patients"] < ENOUGH_PATIENTS:
        return f"fewer than {ENOUGH_PATIENTS} patients with an outcome"
    scale = catalogue.scales[row["scale"]].label
    if phrases.is_missing(row["responder_rate"]):
        return (
            f"{phrases.count(row['patients'], 'patient')}, {scale}"
            f" {phrases.signed(row['change_mean'])}"
        )
    return (
        f"{row['responders']} of {row['patients']} patients responded"
        f" ({phrases.percent(row['responder_rate'])},"
        f" {phrases.percent(row['rate_low'])} to {phrases.percent(row['rate_high'])}; {scale})"
    )


def _results(catalogue: Catalogue, outcomes: Sequence[Row]) -> None:
    """Change from baseline by protocol and scale, with intervals."""
    rows = [row for row in outcomes if row["patients"] >= ENOUGH_PATIENTS]
    small = len(outcomes) - len(rows)
    if not rows:
        markup.show(
            "empty",
            title="How well it worked here",
            text=f"No protocol has outcomes of {ENOUGH_PATIENTS} patients or more in these areas.",
        )
        return
    caption = "First to last score of a course; mean change and responders with 95 % intervals."
    if small:
        caption += f" Rows of fewer than {ENOUGH_PATIENTS} patients are not shown ({small})."
    markup.show(
        "table",
        title="How well it worked here",
        aside="all of the clinic's courses in these areas",
        caption=caption,
        columns=[
            {"label": "Protocol", "number": False, "help": ""},
            {"label": "Scale", "number": False, "help": ""},
            {"label": "Patients", "number": True, "help": "with a first and a last score"},
            {"label": "Before", "number": True, "help": "mean of the first scores"},
            {"label": "Last", "number": True, "help": "mean of the last scores"},
            {"label": "Change (95 %)", "number": True, "help": "mean change with its interval"},
            {"label": "Responders (95 %)", "number": True, "help": "by the scale's own rule"},
        ],
        rows=[_result(catalogue, row) for row in rows],
    )


def _result(catalogue: Catalogue, row: Row) -> list[str]:
    scale = catalogue.scales[row["scale"]]
    change = "the score is a change" if scale.is_change else phrases.signed(row["change_mean"])
    if not scale.is_change and not phrases.is_missing(row["change_low"]):
        low, high = phrases.signed(row["change_low"]), phrases.signed(row["change_high"])
        change += f" ({low} to {high})"
    responders = phrases.percent(row["responder_rate"])
    if not phrases.is_missing(row["rate_low"]):
        low, high = phrases.percent(row["rate_low"]), phrases.percent(row["rate_high"])
        responders += f" ({low} to {high})"
    return [
        catalogue.protocols[row["protocol"]].label
        if row["protocol"] in catalogue.protocols
        else row["protocol"],
        scale.label,
        phrases.number(row["patients"]),
        phrases.number(row["baseline_mean"], 1),
        phrases.number(row["last_mean"], 1),
        change,
        responders,
    ]


def _history(catalogue: Catalogue, chosen: Sequence[AreaSide], patient: str | None) -> None:
    """The sessions in these areas, newest first; more on request."""
    sites = [Site(site.area, None if site.side == "midline" else site.side) for site in chosen]
    asked_for, limit = st.session_state.get("body_history", (None, SHOWN_AT_FIRST))
    if asked_for != (tuple(chosen), patient):
        limit = SHOWN_AT_FIRST
    rows: tuple[TreatedSession, ...] = area_history(
        access.db(), sites, access.actor(), patient_id=patient, limit=limit + 1
    )
    if not rows:
        whose = f"patient {patient}" if patient else "this clinic"
        markup.show(
            "empty",
            title="History here",
            text=f"No session of {whose} is recorded in these areas.",
        )
        return
    history_table.show_history(catalogue, rows[:limit], with_patient=patient is None)
    if len(rows) > limit and st.button("Show more sessions", key="body_more"):
        st.session_state["body_history"] = ((tuple(chosen), patient), limit + MORE)
        st.rerun()
