"""Checks of what a consultation needs: every rule can be found out, every stop says what to do."""

from collections.abc import Iterator, Mapping

from mesodash.catalogue.care import EU
from mesodash.catalogue.types import Catalogue

Where = Mapping[tuple[str, str], str]


def cross_check_care(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """One sentence per fault; `where` names file and row of each (file, code)."""
    yield from _found_out(catalogue, where)
    yield from _stops(catalogue, where)
    yield from _allergies(catalogue, where)
    yield from _bans(catalogue, where)
    yield from _ids(catalogue, where)


def _found_out(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """A contraindication is found out by a question, or it holds by itself, not both."""
    raised = {code for q in catalogue.questions.values() for code in q.raises}
    for rule in catalogue.contraindications.values():
        row = where["contraindications.csv", rule.code]
        if rule.asked and rule.code not in raised:
            yield f'{row}: no question raises "{rule.code}"; add it to raises in questions.csv.'
        if not rule.asked and rule.code in raised:
            yield f'{row}: a question raises "{rule.code}", so asked must be yes.'


def _stops(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """Whatever stops a treatment has a red flag of the same code that says what to do."""
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
    """`banned_in` of a protocol is what regulations.csv says of that protocol by name."""
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


def _ids(catalogue: Catalogue, where: Where) -> Iterator[str]:
    """An area's ids say where they come from, SNOMED CT's also whether they were looked up."""
    for area in catalogue.areas.values():
        row = where["areas.csv", area.code]
        snomed = (area.snomed, area.snomed_left, area.snomed_right, area.snomed_entire)
        if any(snomed) != bool(area.snomed_status):
            yield f"{row}: snomed_status goes with a SNOMED CT id: fill in both, or neither."
        if any((area.uberon, area.uberon_skin, area.fma, *snomed)) and not area.sources:
            yield f"{row}: sources is empty; name where the ids come from."
