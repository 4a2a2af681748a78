"""How well protocols worked in this clinic: change from baseline and responders, in a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from mesodash.catalogue.types import Catalogue
from mesodash.ui import markup, phrases

Row = Mapping[Any, Any]

ENOUGH_PATIENTS = 5


def show_results(catalogue: Catalogue, outcomes: Sequence[Row]) -> None:
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
