"""Rules within one row, beyond those of single cells."""

from collections.abc import Callable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from mesodash.exchange.contract.cells import Value, Vocabulary
from mesodash.exchange.contract.columns import ExchangeFile
from mesodash.exchange.contract.times import hour_in
from mesodash.language import _, format_choice, format_range

Fault = tuple[str, str]
"""The column at fault and the reason, which follows its value in a sentence."""

Facts = Mapping[str, Value]


def faults_of(target: ExchangeFile, facts: Facts, vocabulary: Vocabulary) -> list[Fault]:
    """All that is wrong within a row whose cells are good; `facts` is by column name."""
    return [fault for rule in RULES.get(target.table, ()) for fault in rule(facts, vocabulary)]


def before(first: str, second: str, zone: ZoneInfo | None = None) -> bool:
    """Whether a time is earlier than another, compared at the precision both have.

    `2014-01` is neither before nor after `2014-01-20`. Nor is a time of the hour that a zone's
    clocks have twice before another time of that hour: it may be the later one.
    """
    common = min(len(first), len(second))
    earlier = first[:common] < second[:common]
    if earlier and zone is not None and first[:10] == second[:10]:
        return not (hour_in(zone, first) == hour_in(zone, second) == "twice")
    return earlier


def _side(facts: Facts, vocabulary: Vocabulary) -> list[Fault]:
    area, side = facts["area"], facts["side"]
    if side is None:
        return []
    if area is None:
        return [("side", _("is a side without an area; name the area"))]
    allowed = vocabulary.sides[str(area)]
    if side not in allowed:
        return [
            (
                "side",
                _("is not a side of {area}; use {sides}").format(
                    area=area, sides=format_choice(allowed)
                ),
            )
        ]
    return []


def _term(facts: Facts, _vocabulary: Vocabulary) -> list[Fault]:
    if facts["effect"] == "other" and not str(facts["term"] or "").strip():
        return [("term", _("is missing though the effect is other; write the words of the report"))]
    return []


def _times(facts: Facts, vocabulary: Vocabulary) -> list[Fault]:
    onset, resolved = facts["onset_at"], facts["resolved_at"]
    seen, gone = facts["last_seen_at"], facts["gone_by_at"]
    found: list[Fault] = []
    zone = vocabulary.zone
    for name in ("resolved_at", "last_seen_at", "gone_by_at"):
        time = facts[name]
        if time is not None and before(str(time), str(onset), zone):
            found.append(
                (name, _("is before the onset ({onset}); correct one of them").format(onset=onset))
            )
    if gone is not None and seen is not None and before(str(gone), str(seen), zone):
        found.append(
            (
                "gone_by_at",
                _("is before it was last seen ({seen}); correct one of them").format(seen=seen),
            )
        )
    if resolved is not None and seen is not None and before(str(resolved), str(seen), zone):
        found.append(
            (
                "last_seen_at",
                _("is after it was resolved ({resolved}); correct one of them").format(
                    resolved=resolved
                ),
            )
        )
    if resolved is not None and gone is not None and before(str(gone), str(resolved), zone):
        found.append(
            (
                "gone_by_at",
                _("is before it was resolved ({resolved}); correct one of them").format(
                    resolved=resolved
                ),
            )
        )
    return found


def _not_yet(facts: Facts, vocabulary: Vocabulary) -> list[Fault]:
    """A session that was held or missed is not after today; others may be."""
    if facts["state"] in ("planned", "cancelled") or vocabulary.today == date.max:
        return []
    if str(facts["held_at"])[:10] > vocabulary.today.isoformat():
        why = _("is after today though the session is {state}; correct one of them")
        return [("held_at", why.format(state=facts["state"]))]
    return []


def _scale(facts: Facts, vocabulary: Vocabulary) -> list[Fault]:
    low, high = vocabulary.scales[str(facts["scale"])]
    value = float(facts["value"] or 0)
    if (low is not None and value < low) or (high is not None and value > high):
        why = _("is outside the scale {scale} ({range}); correct it")
        return [("value", why.format(scale=facts["scale"], range=format_range(low, high)))]
    return []


def _version(facts: Facts, _vocabulary: Vocabulary) -> list[Fault]:
    if facts["protocol_version"] is not None and facts["protocol"] is None:
        return [("protocol_version", _("is a version without a protocol; name the protocol"))]
    return []


def _screening(facts: Facts, _vocabulary: Vocabulary) -> list[Fault]:
    found: list[Fault] = []
    confirms, day = facts["confirms"], facts["screened_on"]
    if confirms is not None and int(confirms) >= int(facts["number"] or 0):
        found.append(("confirms", _("is not an earlier screening; correct the number")))
    if str(facts["answered_on"]) > str(day):
        found.append(
            (
                "answered_on",
                _("is after the screening ({day}); correct one of them").format(day=day),
            )
        )
    return found


def _birth(facts: Facts, _vocabulary: Vocabulary) -> list[Fault]:
    year, day = facts["birth_year"], str(facts["birth_date"] or "")
    if year is not None and day and day[:4] != str(year):
        return [
            (
                "birth_date",
                _("is not in the birth year ({year}); correct one of them").format(year=year),
            )
        ]
    return []


def _in_order(*names: str) -> "Rule":
    """A rule that each of some times is not before the first of them."""

    def rule(facts: Facts, vocabulary: Vocabulary) -> list[Fault]:
        first = facts[names[0]]
        return [
            (
                name,
                _("is before {column} ({first}); correct one of them").format(
                    column=names[0], first=first
                ),
            )
            for name in names[1:]
            if first is not None
            and facts[name] is not None
            and before(str(facts[name]), str(first), vocabulary.zone)
        ]

    return rule


def _currency(facts: Facts, _vocabulary: Vocabulary) -> list[Fault]:
    if facts["price"] is not None and facts["currency"] is None:
        return [("currency", _("is missing though there is a price; write it as EUR"))]
    return []


def _place(facts: Facts, _vocabulary: Vocabulary) -> list[Fault]:
    """Barycentric coordinates lie within their triangle (the file's own CHECK, with its margin)."""
    if float(facts["u"] or 0) + float(facts["v"] or 0) > 1.000001:
        return [("v", _("lies outside its triangle (u + v is above 1); correct one of them"))]
    return []


def _closed(facts: Facts, _vocabulary: Vocabulary) -> list[Fault]:
    if facts["closed_at"] is None:
        return []
    return [
        (name, _("is missing though the card is closed; fill it in"))
        for name in ("closed_by", "examination", "closing_reason")
        if facts[name] is None
    ]


Rule = Callable[[Facts, Vocabulary], list[Fault]]

RULES: dict[str, tuple[Rule, ...]] = {
    "patients": (_birth, _in_order("birth_date", "died_on", "left_on")),
    "treated_areas": (_side,),
    "injection_points": (_side, _place),
    "stock": (_currency,),
    "consents": (_in_order("given_on", "withdrawn_on"),),
    "red_cards": (_in_order("opened_at", "acknowledged_at", "escalated_at", "closed_at"), _closed),
    "side_effects": (_side, _term, _times),
    "outcomes": (_scale,),
    "sessions": (_version, _not_yet, _currency, _in_order("started_at", "ended_at")),
    "screening_answers": (_screening,),
}
