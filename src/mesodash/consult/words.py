"""Numbers as the consultation's sentences say them; missing is shown as missing, never as 0."""

from typing import Final

MISSING: Final = "–"


def plain(value: float | None) -> str:
    """A number without needless zeros (4, 1.5, 0.02), or the sign for missing."""
    return MISSING if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


def between(low: float | None, high: float | None) -> str:
    """`6–8`, `6` when both are one, `at least 6`, `at most 8`, or the sign for missing."""
    if low is None and high is None:
        return MISSING
    if low is None:
        return f"at most {plain(high)}"
    if high is None:
        return f"at least {plain(low)}"
    return plain(low) if low == high else f"{plain(low)}–{plain(high)}"


def days(number: int) -> str:
    """`1 day`, `12 days`."""
    return f"{number} day" if number == 1 else f"{number} days"
