"""Checks across the catalogue's files: what one file names must be in the other."""

from collections.abc import Iterator, Mapping
from typing import Literal

from mesodash.catalogue.rows import SIDES, Protocol
from mesodash.catalogue.types import Catalogue

RANGES = {
    "depth_mm_min": (min, "depth_mm_min"),
    "depth_mm_max": (max, "depth_mm_max"),
    "spacing_cm_min": (min, "spacing_cm_min"),
    "spacing_cm_max": (max, "spacing_cm_max"),
}
"""Protocol fields that a technique's default can fill, and how several techniques combine."""


def cross_check(catalogue: Catalogue, where: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """One sentence per fault; `where` names file and row of each (file, code)."""
    looping = set()
    for fault, code in _parents(catalogue, where):
        looping.add(code)
        yield fault
    if not looping:
        yield from _area_rows(catalogue, where)
    yield from _references(catalogue, where)
    yield from _sources(catalogue, where)
    yield from _terms(catalogue, where)
    yield from _scale_values(catalogue, where)
    for protocol in catalogue.protocols.values():
        yield from _defaults(catalogue, protocol, where["protocols.csv", protocol.code])


def _parents(
    catalogue: Catalogue, where: Mapping[tuple[str, str], str]
) -> Iterator[tuple[str, str]]:
    areas = catalogue.areas
    for area in areas.values():
        row = where["areas.csv", area.code]
        if area.parent is not None and area.parent not in areas:
            yield f'{row}: parent "{area.parent}" is not in areas.csv.', area.code
            continue
        above, seen = area.parent, {area.code}
        while above is not None and above in areas and above not in seen:
            seen.add(above)
            above = areas[above].parent
        if above == area.code:
            yield f'{row}: the parents of "{area.code}" lead back to itself.', area.code


def _area_rows(catalogue: Catalogue, where: Mapping[tuple[str, str], str]) -> Iterator[str]:
    labels: dict[str, str] = {}
    parents = {area.parent for area in catalogue.areas.values()}
    for area in catalogue.areas.values():
        row = where["areas.csv", area.code]
        if area.label in labels:
            yield f'{row}: the label "{area.label}" is already in {labels[area.label]}.'
        labels.setdefault(area.label, row)
        if area.code not in parents and not area.leaf:
            yield f'{row}: "{area.code}" has nothing below it, so leaf must be yes.'
        if area.code in parents and not area.leaf:
            below = {s for code in catalogue.leaves(area.code) for s in catalogue.areas[code].sides}
            if set(area.sides) != below:
                allowed = "; ".join(side for side in SIDES if side in below)
                yield f"{row}: sides must be those of the areas below it: {allowed}."


SCOPE = ("protocols", "indications", "components")

REFERENCES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "indications": {"areas": ("areas",), "scales": ("scales",)},
    "protocols": {
        "indications": ("indications",),
        "areas": ("areas",),
        "components": ("components",),
        "techniques": ("techniques",),
        "expected_effects": ("side_effects",),
    },
    "contraindications": {"areas": ("areas",), "scope": SCOPE},
    "questions": {"raises": ("contraindications",), "scope": SCOPE},
    "red_flags": {"side_effects": ("side_effects",)},
    "aftercare": {"areas": ("areas",), "scope": SCOPE},
    "regulations": {"scope": SCOPE},
    "follow_ups": {"side_effects": ("side_effects",)},
}
"""File -> column -> the files its codes may be in."""

NEEDED = {"indications": ("areas",), "protocols": ("indications", "areas")}
"""File -> columns that must name at least one code."""


def _references(catalogue: Catalogue, where: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for file, columns in REFERENCES.items():
        for code, thing in getattr(catalogue, file).items():
            row = where[f"{file}.csv", code]
            for column, targets in columns.items():
                yield from _missing(catalogue, row, column, getattr(thing, column), targets)
            for column in NEEDED.get(file, ()):
                if not getattr(thing, column):
                    yield f"{row}: {column} is empty; name at least one."


def _missing(
    catalogue: Catalogue,
    row: str,
    column: str,
    codes: tuple[str, ...] | Literal["all"],
    targets: tuple[str, ...],
) -> Iterator[str]:
    if codes == "all":
        return
    for code in codes:
        if not any(code in getattr(catalogue, target) for target in targets):
            yield f'{row}: {column} "{code}" is not in {" or ".join(f"{t}.csv" for t in targets)}.'


NEED_SOURCES = (
    "scales", "techniques", "protocols", "contraindications", "questions", "red_flags",
    "aftercare", "regulations", "follow_ups", "grades",
)  # fmt: skip
"""Files where every row states something that has to come from somewhere."""


def _sources(catalogue: Catalogue, where: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Every source key resolves, and what states a figure has a source."""
    for file in (*NEED_SOURCES, "components", "indications", "areas"):
        for code, thing in getattr(catalogue, file).items():
            row = where[f"{file}.csv", code]
            yield from _resolve(catalogue, row, "sources", thing.sources)
            if file in NEED_SOURCES and not thing.sources:
                yield f"{row}: sources is empty; name where it comes from."
    for component in catalogue.components.values():
        if (component.caution or component.flags) and not component.sources:
            row = where["components.csv", component.code]
            yield f"{row}: sources is empty; name where the caution comes from."
    for effect in catalogue.side_effects.values():
        row = where["side_effects.csv", effect.code]
        yield from _resolve(catalogue, row, "published_sources", effect.published_sources)
        yield from _resolve(catalogue, row, "alert_sources", effect.alert_sources)
        published = effect.promised_days is not None or effect.published_text
        if published and not effect.published_sources:
            yield f"{row}: published_sources is empty; name where it comes from."
        if (effect.alert_after_days is not None or effect.alert_text) and not effect.alert_sources:
            yield f"{row}: alert_sources is empty; name where it comes from."


def _resolve(catalogue: Catalogue, row: str, column: str, keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        if key not in catalogue.sources:
            yield f'{row}: {column} "{key}" is not in sources.csv.'


def _terms(catalogue: Catalogue, where: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """A reported term leads to one effect only, and one effect is the catch-all."""
    owner: dict[str, str] = {}
    for effect in catalogue.side_effects.values():
        row = where["side_effects.csv", effect.code]
        for synonym in effect.synonyms:
            if synonym != synonym.lower():
                yield f'{row}: the synonym "{synonym}" must be in lower case.'
        for term in {effect.code, effect.label.casefold(), *effect.synonyms}:
            if owner.setdefault(term, effect.code) != effect.code:
                yield f'{row}: the term "{term}" already belongs to "{owner[term]}".'
    catch_all = [effect.code for effect in catalogue.side_effects.values() if effect.other]
    if len(catch_all) != 1:
        yield f"side_effects.csv: exactly one row must say other: yes; {len(catch_all)} do."


def _scale_values(catalogue: Catalogue, where: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for scale in catalogue.scales.values():
        row = where["scales.csv", scale.code]
        if scale.responder_at is not None:
            low = scale.low if scale.low is not None else scale.responder_at
            high = scale.high if scale.high is not None else scale.responder_at
            if not low <= scale.responder_at <= high:
                yield f"{row}: responder_at {scale.responder_at:g} is outside {low:g} to {high:g}."
        if scale.responder_ratio is not None and not 0 < scale.responder_ratio <= 1:
            yield f"{row}: responder_ratio {scale.responder_ratio:g} must be a share, like 0.5."


def _defaults(catalogue: Catalogue, protocol: Protocol, row: str) -> Iterator[str]:
    """A figure said to be the technique's default must be the technique's."""
    techniques = [catalogue.techniques[t] for t in protocol.techniques if t in catalogue.techniques]
    for name in protocol.technique_defaults:
        if name not in (*RANGES, "needle", "volume_per_point_ml"):
            yield f'{row}: technique_defaults "{name}" is not a field a technique can fill.'
        elif not techniques:
            yield f"{row}: technique_defaults is filled in but techniques is empty."
        elif name in RANGES:
            pick, column = RANGES[name]
            values = [v for t in techniques if (v := getattr(t, column)) is not None]
            expected = pick(values) if values else None
            if getattr(protocol, name) != expected:
                words = "empty value" if expected is None else f"{expected:g}"
                yield f"{row}: {name} must be the technique's {words}, as it is its default."
