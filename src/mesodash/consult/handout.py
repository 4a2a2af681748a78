"""The handout of a patient: one A4 page as PDF, or PNG to look at, set by typst.

Everything a person typed reaches the template as data (JSON), never as markup: typst shows it as it
is. The template reads no file and no system font.
"""

import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final, Literal

import typst

from mesodash.bodymap.atlas import Atlas
from mesodash.catalogue.types import Catalogue
from mesodash.consult.handout_facts import (
    ENOUGH_REPORTS,
    Handout,
    OwnMedian,
    facts,
    own_medians,
)
from mesodash.consult.handout_figure import figure_svg
from mesodash.consult.language import Language

__all__ = ["ENOUGH_REPORTS", "Handout", "OwnMedian", "handout", "own_medians"]

TEMPLATE: Final = Path(__file__).parent / "templates" / "handout.typ"


def handout(
    ask: Handout,
    *,
    catalogue: Catalogue,
    atlas: Atlas,
    language: Language,
    form: Literal["pdf", "png"] = "pdf",
    ppi: float = 144,
) -> bytes:
    """Set a handout; the same input gives the same bytes.

    Args:
        ask: what stands in it.
        catalogue: its facts.
        atlas: its figure.
        language: its words.
        form: pdf (tagged, with the figure's description) or png.
        ppi: points per inch of a PNG.

    Raises:
        LanguageError: the language file lacks a text.
        KeyError: a protocol or figure that is not there.
    """
    data = facts(ask, catalogue, language)
    letters = (data["letters"][0], data["letters"][1])
    drawn = figure_svg(atlas, ask.figure, ask.areas, letters=letters)
    data["figure"], data["figure_wide"] = drawn or (None, 0.0)
    made = datetime.combine(ask.printed_on, time(12), tzinfo=UTC)
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, ignore_system_fonts=True)
    page = compiler.compile(
        format=form,
        ppi=ppi,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=made,
    )
    if not isinstance(page, bytes):
        raise TypeError("A handout is one page.")
    return page
