"""A catalogue protocol as the values of the `protocol_card` template: what sources reported."""

from collections.abc import Sequence
from typing import Any

from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.ui import phrases

NOT_PUBLISHED = "not published"
USUAL = "usual for the technique"

EVIDENCE_HELP = {
    "A": "randomised trials, positive",
    "B": "randomised trials with mixed results, or controlled without randomisation",
    "C": "treated patients without a control group",
    "N": "controlled or prospective evidence that it did not work",
    "X": "expert or clinic use only, no study",
}
STRONG = ("A", "B")
COUNTRIES = {"FR": "France"}
MOST_AREAS = 5
BRIEF = ("Technique", "Depth", "Course")


def protocol_card(
    protocol: Protocol,
    catalogue: Catalogue,
    extra_facts: Sequence[tuple[str, str]] = (),
    *,
    brief: bool = False,
) -> dict[str, Any]:
    """The template's `p`: label, evidence, facts, warning and sources, all as plain text.

    Unknown facts are left out, except sessions and interval, which are said to be not published.

    Args:
        protocol: the protocol.
        catalogue: for the labels of what it refers to.
        extra_facts: (name, value) put behind the facts, such as the clinic's own results.
        brief: show only the facts of BRIEF; the others are folded away with the sources.
    """
    facts = protocol_facts(protocol, catalogue)
    shown = [fact for fact in facts if not brief or fact[0] in BRIEF]
    return {
        "label": protocol.label,
        "weak": is_weak(protocol.evidence),
        "evidence": protocol.evidence,
        "evidence_help": evidence_words(protocol.evidence),
        "indications": indications_line(protocol, catalogue),
        "facts": [*shown, *extra_facts],
        "folded": [fact for fact in facts if fact not in shown],
        "warning": _warning(protocol),
        "evidence_text": _found(protocol),
        "sources": [source_words(catalogue, key) for key in protocol.sources],
    }


def evidence_words(evidence: str) -> str:
    """What the evidence letters mean: `A/B` is both, joined."""
    return "; ".join(f"{letter}: {EVIDENCE_HELP[letter]}" for letter in _letters(evidence))


def is_weak(evidence: str) -> bool:
    """Whether the evidence letters are not all of those of trials in favour."""
    return not set(_letters(evidence)) <= set(STRONG)


def _letters(evidence: str) -> list[str]:
    return [letter for letter in EVIDENCE_HELP if letter in evidence]


def found_words(protocol: Protocol) -> str:
    """What was found, without the regulators' words."""
    return _sentence(protocol.evidence_text)


def indications_line(protocol: Protocol, catalogue: Catalogue) -> str:
    """What for and where, in a line."""
    what = ", ".join(catalogue.indications[code].label for code in protocol.indications)
    return f"{what} · {', '.join(_places(protocol, catalogue))}"


def _places(protocol: Protocol, catalogue: Catalogue) -> list[str]:
    """The areas; many of one group are counted, so that a card stays short."""
    groups: dict[str, list[str]] = {}
    for code in protocol.areas:
        groups.setdefault(catalogue.areas[code].group, []).append(code)
    places = []
    for group, codes in groups.items():
        if len(codes) > MOST_AREAS and group in catalogue.areas:
            places.append(f"{catalogue.label(group)} ({len(codes)} areas)")
        else:
            places += [catalogue.label(code) for code in codes]
    return places


def protocol_facts(protocol: Protocol, catalogue: Catalogue) -> list[tuple[str, str]]:
    """What sources reported, as (name, words) in the order of a card; unknown facts are left out.

    The course is always there: where no source tells, it is said to be not published.
    """
    facts = [
        ("Reported mix", protocol.mix),
        ("Technique", _technique(protocol, catalogue)),
        ("Depth", _depth(protocol)),
        ("Needle", protocol.needle),
        ("Reported dose", _dose(protocol)),
        ("Course", _course(protocol)),
        ("Schedule", _schedule(protocol)),
        ("Top-up", protocol.top_up),
        ("First effect", protocol.onset),
        ("Anaesthesia", protocol.anaesthesia),
    ]
    return [(name, _sentence(value)) for name, value in facts if value]


def _technique(protocol: Protocol, catalogue: Catalogue) -> str | None:
    names = [catalogue.techniques[code].label for code in protocol.techniques]
    return protocol.technique_text or ", ".join(names) or None


def _is_default(protocol: Protocol, name: str) -> bool:
    return any(field.startswith(name) for field in protocol.technique_defaults)


def _usual(protocol: Protocol, name: str, text: str) -> str:
    """Say so where a figure is the technique's and not the source's own."""
    return f"{text} ({USUAL})" if _is_default(protocol, name) else text


def _depth(protocol: Protocol) -> str | None:
    span = phrases.between(protocol.depth_mm_min, protocol.depth_mm_max)
    if span == phrases.MISSING:
        return protocol.depth_text
    return _usual(protocol, "depth", f"{span} mm")


def _dose(protocol: Protocol) -> str | None:
    """Volume a point, points, spacing and the most a session, as far as a source gave them."""
    parts = []
    if protocol.volume_per_point_ml is not None:
        text = f"{phrases.plain(protocol.volume_per_point_ml)} mL a point"
        parts.append(_usual(protocol, "volume", text))
    if protocol.points is not None:
        parts.append(phrases.count(protocol.points, "point"))
    spacing = phrases.between(protocol.spacing_cm_min, protocol.spacing_cm_max)
    if spacing != phrases.MISSING:
        parts.append(_usual(protocol, "spacing", f"{spacing} cm apart"))
    if protocol.max_volume_text:
        parts.append(f"at most {protocol.max_volume_text}")
    elif protocol.max_volume_ml is not None:
        per = protocol.max_volume_per or "session"
        parts.append(f"at most {phrases.plain(protocol.max_volume_ml)} mL a {per}")
    return ", ".join(parts) or None


def _course(protocol: Protocol) -> str:
    """Sessions and interval; what no source gave is said to be not published."""
    sessions = phrases.between(protocol.sessions_min, protocol.sessions_max)
    interval = _interval(protocol)
    if sessions == phrases.MISSING and interval is None and protocol.sessions_max != 1:
        return f"sessions and interval {NOT_PUBLISHED}"
    if sessions == phrases.MISSING:
        return f"sessions {NOT_PUBLISHED}, {interval}"
    text = f"{sessions} {'session' if sessions == '1' else 'sessions'}"
    if protocol.sessions_max == 1:
        return text
    return f"{text}, {interval or f'interval {NOT_PUBLISHED}'}"


def _schedule(protocol: Protocol) -> str | None:
    """The schedule in the source's words, where one number of sessions and days cannot say it."""
    told = (
        protocol.sessions_min == protocol.sessions_max is not None
        and protocol.interval_days_min == protocol.interval_days_max is not None
    )
    return None if told or protocol.sessions_max == 1 else protocol.schedule


def _interval(protocol: Protocol) -> str | None:
    low, high = protocol.interval_days_min, protocol.interval_days_max
    if low is None and high is None:
        return None
    if high is None:
        return f"at least {phrases.plain(low)} days apart"
    return f"every {phrases.between(low, high)} days"


def _warning(protocol: Protocol) -> str | None:
    """Where it is banned, and the first sentence of what regulators say; the rest is folded."""
    parts = []
    if protocol.banned_in:
        where = ", ".join(COUNTRIES.get(code, code) for code in protocol.banned_in)
        parts.append(f"Banned for cosmetic use in {where}.")
    if protocol.regulatory:
        parts.append(f"{_sentence(protocol.regulatory.split('. ')[0]).rstrip('.')}.")
    return " ".join(parts) or None


def _found(protocol: Protocol) -> str:
    """What was found, and the regulators' words in full where the card shows only their first."""
    text = _sentence(protocol.evidence_text)
    if protocol.regulatory and ". " in protocol.regulatory:
        text = f"{text.rstrip('.')}. Rules: {protocol.regulatory.rstrip('.')}."
    return text


def source_words(catalogue: Catalogue, key: str) -> str:
    """A source as a line: its words, its address, and whether it was only known or is uncertain."""
    source = catalogue.sources[key]
    doubt = {"known": " (from memory)", "uncertain": " (uncertain)", "default": ""}
    address = f" {source.address}" if source.address else ""
    return f"{source.text}{address}{doubt.get(source.kind, '')}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
