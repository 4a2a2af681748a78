"""Adopting a protocol: the clinic's own parameters held against what is published."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from mesodash.catalogue.types import Catalogue
from mesodash.consult import words
from mesodash.consult.adoption_ranges import (
    LABELS,
    WHOLE,
    AdoptionError,
    Range,
    protocol_of,
    published_parameters,
    ranges,
)
from mesodash.records.actor import Actor
from mesodash.records.clinic import read_clinic
from mesodash.records.connection import Clock, utc_now
from mesodash.records.protocol_versions import (
    Parameters,
    ProtocolVersion,
    add_version,
    read_current,
    read_versions,
)

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
    """One parameter side by side, in words; `–` is left open or not published.

    Attributes:
        name: of the parameter; label: its words with the unit.
        published: what sources report.
        this, that: what the two versions say; `that` is as published where there is no other.
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
        sentences.append(f"No source reports the technique {label} for {published.label}.")
    for name, value in parameters.given().items():
        if name not in found or found[name].holds(value):
            continue
        label = LABELS[name]
        if found[name].is_known:
            sentences.append(f"{label}: {words.plain(value)} is outside {found[name]} (published).")
        else:
            sentences.append(
                f"{label}: no figure is published to hold {words.plain(value)} against."
            )
    return tuple(sentences)


def banned_in(catalogue: Catalogue, protocol: str, country: str | None) -> bool:
    """Whether a protocol, or a part of it, is banned in a country (None: not known where)."""
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
    """Make the clinic's next version of a protocol; the same again returns the newest as it is.

    Args:
        db: the clinic's file.
        catalogue: what is published.
        protocol: its code.
        parameters: the clinic's own; what is None stays as published.
        actor: who adopts.
        on: the day from which it is the clinic's.
        reason: why it goes beyond what is published; needed as soon as one parameter does.
        after: the version that was looked at (0: none), so that nobody's newer one is passed over.
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
            f"{published.label} is banned in {country}, so it cannot be adopted; choose another."
        )
    parameters = _checked(catalogue, parameters)
    reason = " ".join((reason or "").split()) or None
    outside = beyond(catalogue, protocol, parameters)
    if outside and reason is None:
        message = f"{outside[0].rstrip('.')}; write down the clinic's reason."
        raise AdoptionError(message, needs_reason=True)
    if reason and len(reason) > _LONGEST_WORDS:
        raise AdoptionError(f"Shorten the reason to {_LONGEST_WORDS} characters.")
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
        if {left, right, published[name]} == {words.MISSING}:
            continue
        differs = left not in (words.MISSING, right) if that is None else mine != other
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
        name: f"{found} (by technique)" if found.by_technique and found.is_known else str(found)
        for name, found in ranges(catalogue, protocol, technique).items()
    }
    if published.points is not None:
        by_number["points"] = words.plain(published.points)
    return by_number | {
        "technique": " or ".join(techniques) or published.technique_text or words.MISSING,
        "needle": published.needle or words.MISSING,
        "mixture": published.mix or words.MISSING,
    }


def _said(catalogue: Catalogue, name: str, value: Any) -> str:
    if value is None:
        return words.MISSING
    if name == "technique":
        known = catalogue.techniques.get(value)
        return known.label if known else str(value)
    return value if isinstance(value, str) else words.plain(value)


def _checked(catalogue: Catalogue, parameters: Parameters) -> Parameters:
    """The parameters with their words tidied, once every value is one a session could hold."""
    if parameters.technique is not None and parameters.technique not in catalogue.techniques:
        raise AdoptionError(
            f'There is no technique "{parameters.technique[:64]}"; choose one from the list.'
        )
    for name, most in _MOST.items():
        value = getattr(parameters, name)
        if value is None:
            continue
        if not math.isfinite(value) or not 0 < value <= most:
            raise AdoptionError(f"{LABELS[name]}: write a number above 0, at most {most:g}.")
        if name in WHOLE and value != int(value):
            raise AdoptionError(f"{LABELS[name]}: write a whole number.")
    tidy: dict[str, Any] = {}
    for name in ("needle", "mixture"):
        text = " ".join((getattr(parameters, name) or "").split()) or None
        if text and len(text) > _LONGEST_WORDS:
            raise AdoptionError(f"{LABELS[name]}: shorten it to {_LONGEST_WORDS} characters.")
        tidy[name] = text
    return replace(parameters, **tidy)
