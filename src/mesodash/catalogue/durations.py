"""How long a side effect lasts after a protocol: by its own source, else by the founding text.

Card, history, reports and handout all use this answer.
"""

from dataclasses import dataclass

from mesodash.catalogue.rows.effects import Duration, SideEffect
from mesodash.catalogue.types import Catalogue


@dataclass(frozen=True, slots=True)
class ExpectedDuration:
    """What is known about how long an effect lasts.

    Attributes:
        effect: the side effect.
        own: the published duration for the protocol's own substance; None if there is none.
        needle: the duration after the needle alone, in a trial arm without an active substance;
            None if that was not measured.
    """

    effect: SideEffect
    own: Duration | None
    needle: Duration | None

    @property
    def days(self) -> float | None:
        """The promised days: from the protocol's own source, else from the founding text."""
        if self.own is not None:
            return self.own.days_max if self.own.days_max is not None else self.own.longest_days
        return self.effect.promised_days


def expected_duration(
    catalogue: Catalogue, effect: str, protocol: str | None = None
) -> ExpectedDuration:
    """The published or promised duration of an effect after a protocol (None: after any protocol).

    A duration measured for another substance is never used: only rows whose scope names the
    protocol or one of its components count as its own.

    Raises:
        KeyError: an effect or protocol that the catalogue does not have.
    """
    rows = [row for row in catalogue.durations.values() if row.effect == effect]
    own = None
    if protocol is not None:
        named = (row for row in rows if row.scope not in ("all", ()))
        own = next((row for row in named if catalogue.concerns(protocol, row.scope)), None)
    needle = next((row for row in rows if row.basis == "needle"), None)
    return ExpectedDuration(catalogue.side_effects[effect], own, needle)


def published_durations(catalogue: Catalogue, effect: str) -> tuple[Duration, ...]:
    """Every published duration of an effect, those of one substance first, clinics' pages last."""
    rows = [row for row in catalogue.durations.values() if row.effect == effect]
    return tuple(sorted(rows, key=lambda row: (row.scope == "all", row.evidence == "X")))
