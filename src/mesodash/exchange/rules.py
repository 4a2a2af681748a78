"""What must hold within one row, beyond each cell by itself."""

from collections.abc import Callable, Mapping

from mesodash.exchange.cells import Value, Vocabulary
from mesodash.exchange.columns import Sheet

Fault = tuple[str, str]
"""The column at fault and the reason, which follows its value in a sentence."""

Facts = Mapping[str, Value]


def faults_of(sheet: Sheet, facts: Facts, vocabulary: Vocabulary) -> list[Fault]:
    """All that is wrong within a row whose cells are good; `facts` is by column name."""
    return [fault for rule in RULES.get(sheet.table, ()) for fault in rule(facts, vocabulary)]


def before(first: str, second: str) -> bool:
    """Whether a time is earlier than another, compared at the precision both have.

    `2014-01` is neither before nor after `2014-01-20`.
    """
    common = min(len(first), len(second))
    return first[:common] < second[:common]


def _side(facts: Facts, vocabulary: Vocabulary) -> list[Fault]:
    area, side = facts["area"], facts["side"]
    if side is None:
        return []
    if area is None:
        return [("side", "is a side without an area; name the area")]
    allowed = vocabulary.sides[str(area)]
    if side not in allowed:
        return [("side", f"is not a side of {area}; use {' or '.join(allowed)}")]
    return []


def _term(facts: Facts, _: Vocabulary) -> list[Fault]:
    if facts["effect"] == "other" and not str(facts["term"] or "").strip():
        return [("term", "is missing though the effect is other; write the words of the report")]
    return []


def _times(facts: Facts, _: Vocabulary) -> list[Fault]:
    onset, resolved = facts["onset_at"], facts["resolved_at"]
    seen, gone = facts["last_seen_at"], facts["gone_by_at"]
    found: list[Fault] = []
    for name in ("resolved_at", "last_seen_at", "gone_by_at"):
        time = facts[name]
        if time is not None and before(str(time), str(onset)):
            found.append((name, f"is before the onset ({onset}); correct one of them"))
    if gone is not None and seen is not None and before(str(gone), str(seen)):
        found.append(("gone_by_at", f"is before it was last seen ({seen}); correct one of them"))
    if resolved is not None and seen is not None and before(str(resolved), str(seen)):
        found.append(
            ("last_seen_at", f"is after it was resolved ({resolved}); correct one of them")
        )
    if resolved is not None and gone is not None and before(str(gone), str(resolved)):
        found.append(("gone_by_at", f"is before it was resolved ({resolved}); correct one of them"))
    return found


def _scale(facts: Facts, vocabulary: Vocabulary) -> list[Fault]:
    low, high = vocabulary.scales[str(facts["scale"])]
    value = float(facts["value"] or 0)
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = f"from {_plain(low)} to {_plain(high)}"
        return [("value", f"is outside the scale {facts['scale']} ({bounds}); correct it")]
    return []


def _version(facts: Facts, _: Vocabulary) -> list[Fault]:
    if facts["protocol_version"] is not None and facts["protocol"] is None:
        return [("protocol_version", "is a version without a protocol; name the protocol")]
    return []


def _screening(facts: Facts, _: Vocabulary) -> list[Fault]:
    found: list[Fault] = []
    confirms, day = facts["confirms"], facts["screened_on"]
    if confirms is not None and int(confirms) >= int(facts["number"] or 0):
        found.append(("confirms", "is not an earlier screening; correct the number"))
    if str(facts["answered_on"]) > str(day):
        found.append(("answered_on", f"is after the screening ({day}); correct one of them"))
    return found


def _plain(bound: float | None) -> str:
    return "any" if bound is None else f"{bound:g}"


Rule = Callable[[Facts, Vocabulary], list[Fault]]

RULES: dict[str, tuple[Rule, ...]] = {
    "treated_areas": (_side,),
    "side_effects": (_side, _term, _times),
    "outcomes": (_scale,),
    "sessions": (_version,),
    "screening_answers": (_screening,),
}
