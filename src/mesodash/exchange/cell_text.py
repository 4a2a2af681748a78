"""How cells look as text: numbers without noise, text that no spreadsheet takes for a formula."""

import re
import unicodedata
from collections.abc import Iterable

_LIVE = r"[=+\-@\t\r\n＝＋－＠]"
_FORMULA = re.compile(f"'*{_LIVE}")
_PROTECTED = re.compile(f"'+{_LIVE}")
_NEEDS_QUOTES = re.compile(r'[,"\r\n]|^\s|\s$')


_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_BLANKS = re.compile(r"\s+")


def cleaned(text: str) -> str:
    """A cell as a person sees it, so that what looks equal is equal.

    Composed characters (NFC), no soft hyphens, zero-width spaces or byte order marks, every run of
    blanks (no-break spaces and line ends too) one space, none at either end. Zero-width joiners
    stay: they belong to the spelling of some languages.
    """
    if text.isascii() and text.isalnum():
        return text
    return _BLANKS.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


def protect(text: str) -> str:
    """Put a `'` before text that a spreadsheet would run as a formula.

    What it may begin with is OWASP's list (CSV injection): = + - @ tab CR LF, and the wide forms.

    Text that already looks protected gets one more, so that `unprotect` always undoes it exactly.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unprotect(text: str) -> str:
    """Undo `protect`."""
    return text[1:] if _PROTECTED.match(text) else text


def thousandths(amount: int) -> str:
    """Whole thousandths as exact decimal text: 1500 is `1.5`, 2000 is `2`."""
    whole, rest = divmod(amount, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)


def real(number: float) -> str:
    """A number as its shortest text that reads back as the same number."""
    return repr(number).removesuffix(".0")


def csv_line(cells: Iterable[str]) -> str:
    """One CSV line ending in LF.

    Python's own writer leaves a lone CR unquoted when lines end in LF, and its reader then takes
    it for the end of the row; here it is quoted.
    """
    quoted = (
        '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell
        for cell in cells
    )
    return ",".join(quoted) + "\n"
