"""The language for a person: the chosen one, else what the browser asks for, else the setting's."""

from typing import Final

from babel import negotiate_locale

from mesodash.language.texts import available, current, language_name
from mesodash.settings import load_settings

LANGUAGE_COOKIE: Final = "mesodash_language"
"""Keeps the code of the chosen language in the browser; it says nothing else."""
_MOST_ASKED: Final = 20


def language_for(chosen: str | None, accepted: str | None) -> str:
    """The code of the language to use for somebody.

    Args:
        chosen: the code they chose, as a cookie or an account keeps it; None if they have not.
        accepted: what their browser asks for (the header Accept-Language), such as
            `fr-CH, fr;q=0.9, en;q=0.8`.
    """
    there = available()
    if chosen in there:
        return chosen
    return negotiate_locale(_accepted(accepted or ""), there) or load_settings().language


def other_languages() -> dict[str, str]:
    """The languages there are except the one in use: each one's name in itself, by code."""
    return {code: language_name(code) for code in available() if code != current().code}


def _accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header (RFC 9110, 12.5.4), the most wanted first."""
    found: list[tuple[float, str]] = []
    for part in header.split(",")[:_MOST_ASKED]:
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        if tag and weight > 0:
            found.append((weight, tag.replace("-", "_")))
    return [tag for _weight, tag in sorted(found, key=lambda pair: -pair[0])]
