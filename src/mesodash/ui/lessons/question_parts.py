"""What the page of cases and the page of rooms share: a question's curve, a sheet's cells."""

from typing import Final

from mesodash.figures.survival import lasting_curves
from mesodash.figures.theme import Chart
from mesodash.language import _
from mesodash.teaching.asking.curve_question import curve_of
from mesodash.teaching.asking.question_types import TaughtQuestion

LAST_CASE: Final = 99_999


def asked_curve(item: TaughtQuestion) -> Chart:
    """The curve that a question asks to be read, with its answer neither drawn nor said."""
    return lasting_curves(
        {_("Invented people"): curve_of(item.curve)},
        effect=_("Question"),
        period=_("Invented"),
        asked=True,
    )


def plain_cell(text: str) -> str:
    """What was typed, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
