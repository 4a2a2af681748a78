"""What several commands of the record say alike."""

import click
from pydantic import ValidationError

from mesodash.language import _, ngettext
from mesodash.language.fault_words import fault_words
from mesodash.records.store.vocabulary import NOT_HELD


def tell_raised(cards: int) -> None:
    """Say on stderr how many red cards a report opened by itself."""
    if cards:
        words = ngettext("{n} red card was opened.", "{n} red cards were opened.", cards)
        click.echo(words.format(n=cards), err=True)


def told(error: ValidationError) -> str:
    """The first thing that is wrong with what was read, in a sentence."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return _("{where}: {what}; correct it.").format(where=where[:100], what=fault_words(first))


def not_held_help() -> str:
    """The help of --reason where a planned session is not held."""
    return _("Reason: {codes}, or your own words; both as CODE: WORDS.").format(
        codes=", ".join(NOT_HELD)
    )
