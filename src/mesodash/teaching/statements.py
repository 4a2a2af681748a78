"""The statements of a lesson: a few short lines each, with sources and tone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Tone = Literal["plain", "care", "stop", "unknown"]
MOST_LINES: Final = 5

# A full stop between two sentences: after a letter, a figure or a bracket, before a capital.
_BETWEEN: Final = re.compile(r"(?<=[a-z0-9%)])\. (?=[A-Z])")


@dataclass(frozen=True, slots=True)
class StageNote:
    """A line of the trainer's notes: the background of a statement, not shown on the stage."""

    head: str
    text: str


Line = tuple[str, StageNote | None, Sequence[str]]
"""A short line of a statement, its note, and the sources it rests on."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing to be read from the back of a room.

    Attributes:
        text: the statement.
        lines: a few short lines below it, such as the illnesses it speaks of.
        sources: keys of the catalogue's sources it rests on; empty only where it says what
            follows from the atlas, or that something is not known.
        tone: plain; care; stop (do not, or an emergency); unknown (no source says it).
        notes: for the trainer.
    """

    text: str
    lines: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tone: Tone = "plain"
    notes: tuple[StageNote, ...] = ()


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text of the catalogue."""
    for part in _BETWEEN.split(text.strip()):
        yield part if part.endswith((".", "!", "?")) else f"{part}."


def grouped(
    text: str,
    rows: Iterable[Line],
    tone: Tone = "plain",
) -> Iterator[Statement]:
    """Many short lines under one heading, at most MOST_LINES at a time."""
    every = list(rows)
    for start in range(0, len(every), MOST_LINES):
        part = every[start : start + MOST_LINES]
        keys = dict.fromkeys(key for _line, _note, sources in part for key in sources)
        yield Statement(
            text,
            tuple(line for line, _note, _sources in part),
            tuple(keys),
            tone,
            tuple(note for _line, note, _sources in part if note is not None),
        )


def each(
    text: str, sources: Sequence[str], tone: Tone = "plain", head: str = ""
) -> Iterator[Statement]:
    """A text of the catalogue, a statement a sentence, under a heading if there is one."""
    for sentence in sentences(text):
        yield Statement(head or sentence, (sentence,) if head else (), tuple(sources), tone)


def unknown(text: str) -> Statement:
    """What no source says."""
    return Statement(text, tone="unknown")
