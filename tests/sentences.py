"""What a sentence for people says, without its words: the numbers, days and times in it."""

import re
from datetime import datetime

_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_FOUND = re.compile(
    rf"(?P<day>\b\d{{1,2}}[ \xa0](?:{_MONTHS})[ \xa0]\d{{4}}\b)"
    r"|(?P<iso>\b\d{4}-\d\d-\d\d\b)"
    r"|(?P<time>\b\d{1,2}:\d\d\b)"
    # Not what belongs to an id (D-01, HA21686, P2); digits in threes by a no-break space.
    r"|(?P<number>(?<![\w.])(?<!\w[-\u2212])[-+\u2212]?\d+(?:[\xa0\u202f]\d{3})*(?:\.\d+)?(?!\w))"
)


def numbers_in(text: str) -> list[float | str]:
    """The numbers of a text in its order, days as 2026-11-22 and times as 9:05 among them.

    A test that compares these fixes what a reader learns and leaves the words to a translator.
    Digits within ids are not numbers: `D-01` and `HA21686` give nothing.
    """
    found: list[float | str] = []
    for match in _FOUND.finditer(text):
        said = match[0]
        if match["day"]:
            day = datetime.strptime(said.replace("\xa0", " "), "%d %b %Y").date()  # noqa: DTZ007
            found.append(day.isoformat())
        elif match["number"]:
            found.append(float(re.sub(r"[\xa0\u202f]", "", said).replace("\u2212", "-")))
        else:
            found.append(said)
    return found
