"""Adopting a protocol: the clinic's own parameters compared with the published ones."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.language import MISSING, _, format_choice, format_range, format_trimmed
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.protocol_versions import (
    LABELS,
    Parameters,
    ProtocolVersion,
    add_version,
    read_current,
    read_versions,
)
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import Clock, utc_now
from mesodash.records.store.errors import RecordError

__all__ = [
    "LABELS",
    "AdoptionError",
    "Difference",
    "Parameters",
    "ProtocolVersion",
    "Range",
    "adopt",
    "banned_in",
    "beyond",
    "current",
    "differences",
    "published_parameters",
    "ranges",
    "versions",
]

WHOLE: Final = ("points", "sessions", "interval_days", "top_up_days")
"""The parameters that are whole numbers."""


class AdoptionError(RecordError):
    """A protocol cannot be adopted as asked; the message is one plain sentence that names the fix.

    `needs_reason`: a written reason would do.
    """

    def __init__(self, message: str, *, needs_reason: bool = False) -> None:
        super().__init__(message)
        self.needs_reason = needs_reason


@dataclass(frozen=True, slots=True)
class Range:
    """The published range of a number; an end that no source gives is None.

    Attributes:
        low, high: in the parameter's unit.
        by_technique: the figure is the technique's, not the protocol's own.
        spans: if several sources differ, (low, high) of each; never merged, so a value between two
            spans is in neither.
    """

    low: float | None = None
    high: float | None = None
    by_technique: bool = False
    spans: tuple[tuple[float | None, float | None], ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether anything is published."""
        return self.low is not None or self.high is not None

    @property
    def single(self) -> float | None:
        """The published value, if there is just one."""
        return self.low if self.low == self.high else None

    def holds(self, value: float) -> bool:
        """Whether a value lies within one source's span; False if nothing is published."""
        return self.is_known and any(
            (low is None or value >= low) and (high is None or value <= high)
            for low, high in self.spans or ((self.low, self.high),)
        )

    def __str__(self) -> str:
        if not self.spans:
            return format_range(self.low, self.high, 3)
        return format_choice([format_range(low, high, 3) for low, high in self.spans])


def _of_schedules(ends: Iterable[tuple[float | None, float | None]]) -> Range:
    """The distinct spans of a protocol's schedules; schedules without a number are left out."""
    spans = tuple(dict.fromkeys(end for end in ends if end != (None, None)))
    if len(spans) <= 1:
        return Range(*spans[0]) if spans else Range()
    lows, highs = [low for low, _high in spans], [high for _low, high in spans]
    return Range(
        None if None in lows else min(low for low in lows if low is not None),
        None if None in highs else max(high for high in highs if high is not None),
        spans=spans,
    )


def ranges(
    catalogue: Catalogue, protocol: str, technique: str | None = None
) -> Mapping[str, Range]:
    """The published range of each number of a protocol, by the parameter's name.

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
            # Defaults come from the protocol's own technique; another technique has its own.
            if not own[name].is_known or own[name].by_technique:
                own[name] = Range(low, high, by_technique=True)
    return own | {
        "points": Range(None, published.points),
        "max_volume_ml": Range(None, published.max_volume_ml),
        "sessions": _of_schedules((s.sessions_min, s.sessions_max) for s in published.schedules),
        "interval_days": _of_schedules(
            (s.interval_days_min, s.interval_days_max) for s in published.schedules
        ),
        "top_up_days": Range(published.top_up_days, published.top_up_days),
    }


def published_parameters(catalogue: Catalogue, protocol: str) -> Parameters:
    """Initial values for adopting: filled in only if the sources give one single value."""
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
            _('There is no protocol "{code}" in the catalogue; choose one from the list.').format(
                code=code[:64]
            )
        ) from None


# What the clinic's file can hold of each: above zero, at most.
_MOST: Final[Mapping[str, float]] = {
    "depth_mm": 50,
    "volume_per_point_ml": 1000,
    "spacing_cm": 100,
    "points": 100_000,
    "max_volume_ml": 1000,
    "sessions": 1000,
    "interval_days": 3650,
    "top_up_days": 3650,
}
_LONGEST_WORDS: Final = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One parameter side by side, in words; `–` means open or not published.

    Attributes:
        name: of the parameter; label: its words with the unit.
        published: what sources report.
        this, that: the two versions; `that` is the published value if there is no other version.
        differs: whether `this` and `that` are not the same.
        beyond: whether `this` lies outside what is published.
    """

    name: str
    label: str
    published: str
    this: str
    that: str
    differs: bool
    beyond: bool


def beyond(catalogue: Catalogue, protocol: str, parameters: Parameters) -> tuple[str, ...]:
    """One sentence for each parameter outside what is published; each of them needs a reason."""
    found = ranges(catalogue, protocol, parameters.technique)
    published = protocol_of(catalogue, protocol)
    sentences = []
    if parameters.technique and parameters.technique not in published.techniques:
        label = catalogue.techniques[parameters.technique].label
        sentences.append(
            _("No source reports the technique {technique} for {protocol}.").format(
                technique=label, protocol=published.label
            )
        )
    for name, value in parameters.given().items():
        if name not in found or found[name].holds(value):
            continue
        label = _(LABELS[name])
        if found[name].is_known:
            sentences.append(
                _("{parameter}: {value} is outside {range} (published).").format(
                    parameter=label, value=format_trimmed(value, 3), range=found[name]
                )
            )
        else:
            sentences.append(
                _("{parameter}: no figure is published to compare {value} with.").format(
                    parameter=label, value=format_trimmed(value, 3)
                )
            )
    return tuple(sentences)


def banned_in(catalogue: Catalogue, protocol: str, country: str | None) -> bool:
    """Whether a protocol or a component of it is banned in a country (None: country not known)."""
    if country is None:
        return False
    country = country.upper()
    return country in protocol_of(catalogue, protocol).banned_in or any(
        rule.status == "banned" for rule in catalogue.regulations_for(protocol, country)
    )


def adopt(
    db: Path,
    catalogue: Catalogue,
    protocol: str,
    parameters: Parameters,
    *,
    actor: Actor,
    on: date,
    reason: str | None = None,
    after: int | None = None,
    clock: Clock = utc_now,
) -> ProtocolVersion:
    """Make the clinic's next version of a protocol; if nothing differs, return the newest as it is.

    Args:
        db: the clinic's file.
        catalogue: what is published.
        protocol: its code.
        parameters: the clinic's own; what is None stays as published.
        actor: who adopts.
        on: the day from which it is the clinic's.
        reason: why it goes beyond what is published; needed as soon as one parameter does.
        after: the version that was seen (0: none), so that a newer one is not overwritten
            unnoticed.
        clock: gives the time of the change log.

    Raises:
        AdoptionError: banned in the clinic's country, a value no session could hold, an unknown
            technique, or beyond what is published without a reason.
        ChangedMeanwhileError: somebody else adopted another version since.
    """
    published = protocol_of(catalogue, protocol)
    country = read_clinic(db).country
    if banned_in(catalogue, protocol, country):
        raise AdoptionError(
            _("{protocol} is banned in {country}, so it cannot be adopted; choose another.").format(
                protocol=published.label, country=country
            )
        )
    parameters = _checked(catalogue, parameters)
    reason = " ".join((reason or "").split()) or None
    outside = beyond(catalogue, protocol, parameters)
    if outside and reason is None:
        message = _("{why}; write down the clinic's reason.")
        raise AdoptionError(message.format(why=outside[0].rstrip(".")), needs_reason=True)
    if reason and len(reason) > _LONGEST_WORDS:
        raise AdoptionError(
            _("Shorten the reason to {longest_words} characters.").format(
                longest_words=_LONGEST_WORDS
            )
        )
    kept = reason if outside else None
    return add_version(
        db, protocol, parameters, actor, on=on, reason=kept, after=after, clock=clock
    )


def versions(db: Path, protocol: str) -> tuple[ProtocolVersion, ...]:
    """All versions the clinic has adopted of a protocol, the newest first."""
    return read_versions(db, protocol)


def current(db: Path) -> Mapping[str, ProtocolVersion]:
    """The version in force of each protocol the clinic has adopted, by code."""
    return read_current(db)


def differences(
    catalogue: Catalogue, this: ProtocolVersion, that: ProtocolVersion | None = None
) -> tuple[Difference, ...]:
    """Two versions of a protocol side by side, or one beside the published, parameter by parameter.

    Every parameter that either version or a source fills in has a row.
    """
    published = _published_words(catalogue, this.protocol, this.parameters.technique)
    found = ranges(catalogue, this.protocol, this.parameters.technique)
    rows = []
    for name, label in LABELS.items():
        mine = getattr(this.parameters, name)
        other = None if that is None else getattr(that.parameters, name)
        left = _said(catalogue, name, mine)
        right = published[name] if that is None else _said(catalogue, name, other)
        if {left, right, published[name]} == {MISSING}:
            continue
        differs = left not in (MISSING, right) if that is None else mine != other
        outside = mine is not None and name in found and not found[name].holds(mine)
        if name == "technique" and mine is not None:
            outside = mine not in catalogue.protocols[this.protocol].techniques
        rows.append(Difference(name, label, published[name], left, right, differs, outside))
    return tuple(rows)


def _published_words(
    catalogue: Catalogue, protocol: str, technique: str | None
) -> Mapping[str, str]:
    published = protocol_of(catalogue, protocol)
    techniques = [catalogue.techniques[code].label for code in published.techniques]
    by_number = {
        name: _("{range} (by technique)").format(range=found)
        if found.by_technique and found.is_known
        else str(found)
        for name, found in ranges(catalogue, protocol, technique).items()
    }
    if published.points is not None:
        by_number["points"] = format_trimmed(published.points, 3)
    return by_number | {
        "technique": format_choice(techniques) or published.technique_text or MISSING,
        "needle": published.needle or MISSING,
        "mixture": published.mix or MISSING,
    }


def _said(catalogue: Catalogue, name: str, value: Any) -> str:
    if value is None:
        return MISSING
    if name == "technique":
        known = catalogue.techniques.get(value)
        return known.label if known else str(value)
    return value if isinstance(value, str) else format_trimmed(value, 3)


def _checked(catalogue: Catalogue, parameters: Parameters) -> Parameters:
    """The parameters with their words tidied, once every value is one a session could hold."""
    if parameters.technique is not None and parameters.technique not in catalogue.techniques:
        raise AdoptionError(
            _('There is no technique "{technique}"; choose one from the list.').format(
                technique=parameters.technique[:64]
            )
        )
    for name, most in _MOST.items():
        value = getattr(parameters, name)
        if value is None:
            continue
        if not math.isfinite(value) or not 0 < value <= most:
            raise AdoptionError(
                _("{parameter}: write a number above 0, at most {most}.").format(
                    parameter=_(LABELS[name]), most=format_trimmed(most)
                )
            )
        if name in WHOLE and value != int(value):
            raise AdoptionError(
                _("{parameter}: write a whole number.").format(parameter=_(LABELS[name]))
            )
    tidy: dict[str, Any] = {}
    for name in ("needle", "mixture"):
        text = " ".join((getattr(parameters, name) or "").split()) or None
        if text and len(text) > _LONGEST_WORDS:
            raise AdoptionError(
                _("{parameter}: shorten it to {n} characters.").format(
                    parameter=_(LABELS[name]), n=_LONGEST_WORDS
                )
            )
        tidy[name] = text
    return replace(parameters, **tidy)
