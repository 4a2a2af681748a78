"""Checks that need several files: the tree of areas, reported terms, rules that need a question.

`load` checks that every code named exists, from what the columns declare.
"""

from collections.abc import Iterator, Mapping

from mesodash.catalogue.rows.anatomy import SIDES
from mesodash.catalogue.rows.rules import EU
from mesodash.catalogue.rows.treatments import Protocol
from mesodash.catalogue.types import Catalogue

Where = Mapping[tuple[str, str], str]
"""File and code -> "areas.csv, row 5"."""

RANGES = {
    "depth_mm_min": (min, "depth_mm_min"),
    "depth_mm_max": (max, "depth_mm_max"),
    "spacing_cm_min": (min, "spacing_cm_min"),
    "spacing_cm_max": (max, "spacing_cm_max"),
}
"""Protocol fields that a technique's default can fill, and how several techniques combine."""


def cross_check(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """One sentence per fault; `where` names file and row of each (file, code)."""
    looping = list(_loops(catalogue, where))
    yield from looping
    if not looping:
        yield from _area_rows(catalogue, where)
    yield from _terms(catalogue, where)
    for protocol in catalogue.protocols.values():
        yield from _defaults(catalogue, protocol, where["protocols.csv", protocol.code])
    yield from _found_out(catalogue, where)
    yield from _stops(catalogue, where)
    yield from _allergies(catalogue, where)
    yield from _bans(catalogue, where)
    yield from _sites(catalogue, where)
    yield from _assessments(catalogue, where)
    yield from _top_ups(catalogue, where)
    yield from _passages(catalogue, where)


def _loops(catalogue: Catalogue, where: Where) -> Iterator[str]:
    areas = catalogue.areas
    for area in areas.values():
        above, seen = area.parent, {area.code}
        while above is not None and above in areas and above not in seen:
            seen.add(above)
            above = areas[above].parent
        if above == area.code:
            row = where["areas.csv", area.code]
            yield f'{row}: the parents of "{area.code}" lead back to itself.'


def _area_rows(catalogue: Catalogue, where: Where) -> Iterator[str]:
    labels: dict[str, str] = {}
    parents = {area.parent for area in catalogue.areas.values()}
    for area in catalogue.areas.values():
        row = where["areas.csv", area.code]
        if area.label in labels:
            yield f'{row}: the label "{area.label}" is already in {labels[area.label]}.'
        labels.setdefault(area.label, row)
        if area.code not in parents and not area.leaf:
            yield f'{row}: "{area.code}" has nothing below it, so leaf must be yes.'
        if area.code in parents and not area.leaf and area.parent in (None, *catalogue.areas):
            below = {s for code in catalogue.leaves(area.code) for s in catalogue.areas[code].sides}
            if set(area.sides) != below:
                allowed = "; ".join(side for side in SIDES if side in below)
                yield f"{row}: sides must be those of the areas below it: {allowed}."


def _terms(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """A reported term leads to one effect only, and one effect is the catch-all."""
    owner: dict[str, str] = {}
    for effect in catalogue.side_effects.values():
        row = where["side_effects.csv", effect.code]
        for term in {effect.code, effect.label.casefold(), *effect.synonyms}:
            if owner.setdefault(term, effect.code) != effect.code:
                yield f'{row}: the term "{term}" already belongs to "{owner[term]}".'
    catch_all = [effect.code for effect in catalogue.side_effects.values() if effect.other]
    if len(catch_all) != 1:
        yield f"side_effects.csv: exactly one row must say other: yes; {len(catch_all)} do."


def _defaults(catalogue: Catalogue, protocol: Protocol, row: str) -> Iterator[str]:
    """A figure marked as the technique's default must equal the technique's figure."""
    techniques = [catalogue.techniques[t] for t in protocol.techniques if t in catalogue.techniques]
    for name in protocol.technique_defaults:
        if name not in (*RANGES, "needle", "volume_per_point_ml"):
            yield f'{row}: technique_defaults "{name}" is not a field a technique can fill.'
        elif not protocol.techniques:
            yield f"{row}: technique_defaults is filled in but techniques is empty."
        elif name in RANGES and techniques:
            pick, column = RANGES[name]
            values = [v for t in techniques if (v := getattr(t, column)) is not None]
            expected = pick(values) if values else None
            if getattr(protocol, name) != expected:
                words = "empty value" if expected is None else f"{expected:g}"
                yield f"{row}: {name} must be the technique's {words}, as it is its default."


def _found_out(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """A contraindication is either raised by a question or holds on its own, not both."""
    raised = {code for q in catalogue.questions.values() for code in q.raises}
    for rule in catalogue.contraindications.values():
        row = where["contraindications.csv", rule.code]
        if rule.asked and rule.code not in raised:
            yield f'{row}: no question raises "{rule.code}"; add it to raises in questions.csv.'
        if not rule.asked and rule.code in raised:
            yield f'{row}: a question raises "{rule.code}", so asked must be yes.'


def _stops(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """Each rule that stops a treatment has a red flag with the same code that says what to do."""
    before = {flag.code for flag in catalogue.red_flags.values() if flag.phase == "before"}
    stops = {rule.code for rule in catalogue.contraindications.values() if rule.level == "stop"}
    for code in sorted(stops - before):
        row = where["contraindications.csv", code]
        yield f'{row}: "{code}" stops, but red_flags.csv does not say what to do.'
    for code in sorted(before - stops):
        row = where["red_flags.csv", code]
        yield f'{row}: no contraindication "{code}" of level stop; add it, or make phase after.'


def _allergies(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """An allergy to ask about has a contraindication that names the component."""
    named = {
        code
        for rule in catalogue.contraindications.values()
        if rule.scope != "all"
        for code in rule.scope
    }
    for component in catalogue.components.values():
        if "allergy" in component.flags and component.code not in named:
            row = where["components.csv", component.code]
            yield (
                f"{row}: it has the flag allergy, but contraindications.csv names no allergy to it."
            )


def _bans(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """`banned_in` of a protocol agrees with the rows of regulations.csv that name the protocol."""
    for protocol in catalogue.protocols.values():
        banned = tuple(
            rule.country
            for rule in catalogue.regulations.values()
            if rule.status == "banned"
            and rule.country not in (None, EU)
            and rule.scope != "all"
            and protocol.code in rule.scope
        )
        if set(banned) != set(protocol.banned_in):
            row = where["protocols.csv", protocol.code]
            words = "; ".join(sorted(str(country) for country in banned)) or "empty"
            yield f"{row}: banned_in must be what regulations.csv says: {words}."


def _sites(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """Counted sites lie where the protocol is reported, and add up to its number of points."""
    for protocol in catalogue.protocols.values():
        if not protocol.sites or not set(protocol.areas) <= set(catalogue.areas):
            continue
        covered = catalogue.covered(protocol.areas)
        for site in protocol.sites:
            if site.area not in covered:
                row = where["protocol_sites.csv", site.code]
                yield f'{row}: "{protocol.code}" is not reported for "{site.area}".'
        row = where["protocols.csv", protocol.code]
        total = sum(site.points for site in protocol.sites)
        if protocol.points != total:
            yield f"{row}: points must be those of its rows in protocol_sites.csv: {total}."


def _assessments(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """A protocol's result is due once: it has one row."""
    seen: dict[str, str] = {}
    for one in catalogue.assessments.values():
        if one.protocol in seen:
            row = where["assessments.csv", one.code]
            yield f'{row}: "{one.protocol}" has the row "{seen[one.protocol]}" already; keep one.'
        seen.setdefault(one.protocol, one.code)


def _top_ups(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """A number of days until a top-up follows every course, whichever schedule it was held by."""
    for protocol in catalogue.protocols.values():
        if protocol.top_up_days is None or protocol.top_up is None:
            continue
        for schedule in protocol.schedules:
            if schedule.what and protocol.top_up.startswith(f"{schedule.what}:"):
                row = where["protocols.csv", protocol.code]
                yield (
                    f'{row}: top_up_days must be empty, since the top-up is of "{schedule.what}"'
                    " alone; top_up says it in words."
                )


def _passages(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """A passage names rows that exist."""
    for passage in catalogue.passages.values():
        row = where["passages.csv", passage.code]
        rows = getattr(catalogue, passage.file, None)
        if not isinstance(rows, Mapping):
            yield f'{row}: file "{passage.file}" is no file of the catalogue.'
            continue
        for code in passage.rows:
            if code not in rows:
                yield f'{row}: rows "{code}" is not in {passage.file}.csv.'
