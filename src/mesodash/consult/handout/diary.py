"""The content of the diary page of a handout: a grid of fourteen days with a figure for each."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from mesodash.language import N_, _, format_day
from mesodash.records.watch.diary import DAYS

WORDS: Final = (N_("none"), N_("mild"), N_("moderate"), N_("severe"))
"""What the figures 0 to 3 of a day mean."""
MEANINGS: Final = (
    "",
    N_("you need no treatment for it"),
    N_("a simple treatment is enough"),
    N_("it keeps you from what you usually do"),
)
"""Grades 1 to 3 of any effect in the CTCAE (grades.csv, `generic`), in patients' words."""
BLANK_LINES: Final = 2
"""Blank lines for what the handout does not name."""


def diary_facts(effects: Sequence[str], first: date | None, contact: str) -> dict[str, Any]:
    """What the template shows, in the language in use.

    Args:
        effects: the lines' names, in the patient's words.
        first: the day of the session, if it is known.
        contact: how to reach the clinic; empty where the handout names none.
    """
    return {
        "title": _("Your diary of {n} days").format(n=DAYS),
        "how": _(
            "Day 1 is the day of the treatment. Each day, ring one figure in every line: how bad it"
            " was. Leave a day blank if you do not know. Then bring this page, or read it to us on"
            " the phone."
        ),
        "words": [
            {"figure": str(number), "word": _(word), "means": _(MEANINGS[number]) if number else ""}
            for number, word in enumerate(WORDS)
        ],
        "session": _("Treatment of"),
        "on": "" if first is None else format_day(first, "long"),
        "day": _("Day"),
        "days": DAYS,
        "effects": list(effects),
        "blank": BLANK_LINES,
        "own": _("Something else:"),
        "stop": _(
            "Do not wait for the diary where one of the warning signs of the first page appears:"
            " get help as it says there."
        ),
        "contact": contact,
    }
