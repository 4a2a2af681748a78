"""What is published of a protocol's numbers: the ranges an adopted version is held against."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.consult import words
from mesodash.records.errors import RecordError
from mesodash.records.protocol_versions import Parameters

LABELS: Final[Mapping[str, str]] = {
    "technique": "Technique",
    "depth_mm": "Depth, mm",
    "needle": "Needle",
    "volume_per_point_ml": "Volume a point, mL",
    "spacing_cm": "Spacing, cm",
    "points": "Points",
    "max_volume_ml": "Largest volume, mL",
    "sessions": "Sessions",
    "interval_days": "Interval, days",
    "top_up_days": "Top-up after, days",
    "mixture": "Mixture",
}
"""The parameters in the order they are shown, with their words and units."""

WHOLE: Final = ("points", "sessions", "interval_days", "top_up_days")
"""The parameters that are whole numbers."""


class AdoptionError(RecordError):
    """A protocol cannot be adopted so; the message is one plain sentence that names the fix.

    `needs_reason`: a written reason would do.
    """

    def __init__(self, message: str, *, needs_reason: bool = False) -> None:
        super().__init__(message)
        self.needs_reason = needs_reason


@dataclass(frozen=True, slots=True)
class Range:
    """What is published of a number; an end that no source gives is None.

    Attributes:
        low, high: in the parameter's unit.
        by_technique: the figure is the technique's, not the protocol's own.
    """

    low: float | None = None
    high: float | None = None
    by_technique: bool = False

    @property
    def is_known(self) -> bool:
        """Whether anything is published."""
        return self.low is not None or self.high is not None

    @property
    def single(self) -> float | None:
        """The one published value, if it is just one."""
        return self.low if self.low == self.high else None

    def holds(self, value: float) -> bool:
        """Whether a value lies inside; never where nothing is published."""
        return (
            self.is_known
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
        )

    def __str__(self) -> str:
        return words.between(self.low, self.high)


def ranges(
    catalogue: Catalogue, protocol: str, technique: str | None = None
) -> Mapping[str, Range]:
    """What is published of each number of a protocol, by the parameter's name.

    Points and the largest volume are upper ends: fewer or less never needs a reason. Where the
    protocol gives no depth, volume or spacing, those of the technique (the chosen one, else the
    protocol's only one) stand in, marked `by_technique`.
    """
    published = protocol_of(catalogue, protocol)
    own = {
        "depth_mm": Range(published.depth_mm_min, published.depth_mm_max),
        "volume_per_point_ml": Range(published.volume_per_point_ml, published.volume_per_point_ml),
        "spacing_cm": Range(published.spacing_cm_min, published.spacing_cm_max),
    }
    own = {
        name: replace(found, by_technique=_is_default(published, name))
        for name, found in own.items()
    }
    if technique is None and len(published.techniques) == 1:
        technique = published.techniques[0]
    known = catalogue.techniques.get(technique or "")
    if known is not None:
        of_technique = {
            "depth_mm": (known.depth_mm_min, known.depth_mm_max),
            "volume_per_point_ml": (known.volume_per_point_ml_min, known.volume_per_point_ml_max),
            "spacing_cm": (known.spacing_cm_min, known.spacing_cm_max),
        }
        for name, (low, high) in of_technique.items():
            # A default was read off the protocol's own technique: another one brings its own.
            if not own[name].is_known or own[name].by_technique:
                own[name] = Range(low, high, by_technique=True)
    return own | {
        "points": Range(None, published.points),
        "max_volume_ml": Range(None, published.max_volume_ml),
        "sessions": Range(published.sessions_min, published.sessions_max),
        "interval_days": Range(published.interval_days_min, published.interval_days_max),
        "top_up_days": Range(published.top_up_days, published.top_up_days),
    }


def published_parameters(catalogue: Catalogue, protocol: str) -> Parameters:
    """A start for adopting: filled in only where a source gives one single value."""
    published = protocol_of(catalogue, protocol)
    values: dict[str, Any] = {
        name: int(found.single) if name in WHOLE else found.single
        for name, found in ranges(catalogue, protocol).items()
        if found.single is not None
    }
    if published.points is not None:
        values["points"] = published.points
    if published.max_volume_ml is not None:
        values["max_volume_ml"] = published.max_volume_ml
    if len(published.techniques) == 1:
        values["technique"] = published.techniques[0]
    return Parameters(**values, needle=published.needle, mixture=published.mix)


def _is_default(published: Protocol, name: str) -> bool:
    return any(column.startswith(name) for column in published.technique_defaults)


def protocol_of(catalogue: Catalogue, code: str) -> Protocol:
    """The protocol with this code; AdoptionError if there is none."""
    try:
        return catalogue.protocols[code]
    except KeyError:
        raise AdoptionError(
            f'There is no protocol "{code[:64]}" in the catalogue; choose one from the list.'
        ) from None
