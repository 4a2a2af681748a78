"""What the catalogue's sources say on how long an effect of a protocol lasts, read as days.

The catalogue keeps such facts as its sources word them: "PC/DC about 10 days; deoxycholic acid
median 8.5-20 days". A part counts for a protocol when the part names the protocol's agent; parts
without an agent ("clinics 2-3 hours") promise nothing for a particular protocol.
"""

import re
from dataclasses import dataclass
from typing import Final

from mesodash.catalogue.types import Catalogue, Protocol

_AGENTS: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    ("PC/DC", frozenset({"phosphatidylcholine", "deoxycholate"})),
    ("deoxycholic acid", frozenset({"deoxycholate"})),
)
"""How the catalogue's texts name an agent, and the components of a protocol with it. The first
agent that fits is the protocol's."""

_DAYS: Final = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0}
_TIME = re.compile(r"(?P<low>[\d.]+)(?:-(?P<high>[\d.]+))? (?P<unit>minute|hour|day|week)s?\b")


@dataclass(frozen=True, slots=True)
class SourceTime:
    """A duration that a source gives for one effect of one protocol.

    Attributes:
        kind: "median" (half are gone by then) or "usual" (it lasts about, or up to, so long).
        low_days, high_days: the source's span; equal where it gives one figure.
        text: the words of the catalogue.
        sources: keys of the catalogue's sources for the effect.
    """

    kind: str
    low_days: float
    high_days: float
    text: str
    sources: tuple[str, ...]


def agent_of(protocol: Protocol) -> str | None:
    """The agent that the catalogue's durations name a protocol by; None if they do not."""
    has = set(protocol.components)
    return next((words for words, parts in _AGENTS if parts <= has), None)


def source_time(catalogue: Catalogue, effect: str, protocol: str | None) -> SourceTime | None:
    """What a source says of this effect after this protocol; None where none does.

    Only effects that the protocol's own sources expect are answered, and only parts that name the
    protocol's agent.
    """
    known, chosen = catalogue.side_effects.get(effect), catalogue.protocols.get(protocol or "")
    if known is None or chosen is None or effect not in chosen.expected_effects:
        return None
    agent = agent_of(chosen)
    if agent is None or known.published_typical is None:
        return None
    for part in known.published_typical.split("; "):
        found = _TIME.search(part) if part.startswith(f"{agent} ") else None
        if found:
            unit = _DAYS[found["unit"]]
            return SourceTime(
                kind="median" if " median " in part else "usual",
                low_days=float(found["low"]) * unit,
                high_days=float(found["high"] or found["low"]) * unit,
                text=part,
                sources=known.published_sources,
            )
    return None
