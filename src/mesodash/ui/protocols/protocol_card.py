"""A catalogue protocol as the values of the `protocol_card` template: what sources reported."""

import re
from collections.abc import Sequence
from typing import Any

from mesodash.catalogue.types import Catalogue, Protocol, Schedule
from mesodash.language import N_, _, catalogue_text, format_trimmed, ngettext
from mesodash.ui.parts import phrases
from mesodash.ui.parts.caution_marks import has_mark, marked

MOST_SCHEDULES = 2
ONE_LINE = 96
"""How many letters a line of a card holds."""
_REMARK = re.compile(r" \([^()]*\)(?=( †)?$)")
_BEHIND = re.compile(r"(, | \().*$")

USUAL = N_("usual for the technique")

EVIDENCE_HELP = {
    "A": N_("randomised trials, positive"),
    "B": N_("randomised trials with mixed results, or controlled without randomisation"),
    "C": N_("treated patients without a control group"),
    "N": N_("controlled or prospective evidence that it did not work"),
    "X": N_("expert or clinic use only, no study"),
}
STRONG = ("A", "B")
COUNTRIES = {"FR": "France"}
MOST_AREAS = 5
MIX, DOSE = N_("Reported mix"), N_("Reported dose")
TOP_UP, ONSET, ANAESTHESIA = N_("Top-up"), N_("First effect"), N_("Anaesthesia")
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
    shown = [(_(name), words) for name, words in facts if not brief or name in BRIEF]
    folded = [(_(name), words) for name, words in facts if brief and name not in BRIEF]
    values = {
        "label": protocol.label,
        "weak": is_weak(protocol.evidence),
        "evidence": protocol.evidence,
        "evidence_help": evidence_words(protocol.evidence),
        "indications": indications_line(protocol, catalogue),
        "facts": [*shown, *extra_facts],
        "folded": folded,
        "warnings": _warning(catalogue, protocol),
        "evidence_text": found_words(protocol),
        "rules": rule_words(catalogue, protocol),
        "sources": [source_words(catalogue, key) for key in protocol.sources],
    }
    return values | {"told": has_mark(values)}


def evidence_words(evidence: str) -> str:
    """What the evidence letters mean: `A/B` is both, joined."""
    return "; ".join(
        _("{letter}: {meaning}").format(letter=letter, meaning=_(EVIDENCE_HELP[letter]))
        for letter in _letters(evidence)
    )


def is_weak(evidence: str) -> bool:
    """Whether the evidence letters include any below those of trials in favour."""
    return not set(_letters(evidence)) <= set(STRONG)


def _letters(evidence: str) -> list[str]:
    return [letter for letter in EVIDENCE_HELP if letter in evidence]


def found_words(protocol: Protocol) -> str:
    """What was found, for and against."""
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
            places.append(
                _("{group} ({n} areas)").format(group=catalogue.label(group), n=len(codes))
            )
        else:
            places += [catalogue.label(code) for code in codes]
    return places


def protocol_facts(protocol: Protocol, catalogue: Catalogue) -> list[tuple[str, str]]:
    """What sources reported, as (name, words) in the order of a card; unknown facts are left out.

    The course is always there: where no source gives it, it is said to be not published.
    """
    facts = [
        (MIX, protocol.mix),
        (N_("Technique"), _technique(protocol, catalogue)),
        (N_("Depth"), depth_words(catalogue, protocol)),
        (N_("Needle"), protocol.needle),
        (DOSE, dose_words(catalogue, protocol)),
        (N_("Course"), course_words(protocol, catalogue=catalogue)),
        (TOP_UP, protocol.top_up),
        (ONSET, protocol.onset),
        (ANAESTHESIA, protocol.anaesthesia),
    ]
    return [(name, _sentence(value)) for name, value in facts if value]


def _technique(protocol: Protocol, catalogue: Catalogue) -> str | None:
    names = [catalogue.techniques[code].label for code in protocol.techniques]
    return protocol.technique_text or ", ".join(names) or None


def _is_default(protocol: Protocol, name: str) -> bool:
    return any(field.startswith(name) for field in protocol.technique_defaults)


def _usual(
    catalogue: Catalogue, protocol: Protocol, name: str, text: str, *, brief: bool = False
) -> str:
    """A note where a figure is the technique's and not the source's own."""
    if not _is_default(protocol, name):
        return text
    usual = _("usual") if brief else _(USUAL)
    said = f"{text} ({usual})"
    for technique in protocol.techniques:
        if marked(catalogue, "techniques", technique, said) != said:
            return marked(catalogue, "techniques", technique, said)
    return said


def depth_words(catalogue: Catalogue, protocol: Protocol, *, brief: bool = False) -> str:
    """How deep: in mm, else in the source's words; `brief` leaves out its remark."""
    span = phrases.between(protocol.depth_mm_min, protocol.depth_mm_max)
    if span != phrases.MISSING:
        return _usual(catalogue, protocol, "depth", f"{span} mm", brief=brief)
    text = protocol.depth_text or ""
    return _BEHIND.sub("", text) if brief else text


def dose_words(catalogue: Catalogue, protocol: Protocol, *, brief: bool = False) -> str:
    """Volume a point, points, spacing and the most a session, as far as a source gave them.

    `brief` keeps the volume a point or else the spacing, and the most.
    """
    parts = []
    if protocol.volume_per_point_ml is not None:
        text = _("{ml} mL a point").format(ml=phrases.plain(protocol.volume_per_point_ml))
        parts.append(_usual(catalogue, protocol, "volume", text, brief=brief))
    if protocol.points is not None and not brief:
        n = protocol.points
        parts.append(phrases.filled(ngettext("{n} point", "{n} points", n), n))
    spacing = phrases.between(protocol.spacing_cm_min, protocol.spacing_cm_max)
    if spacing != phrases.MISSING and not (brief and parts):
        text = _("{cm} cm apart").format(cm=spacing)
        parts.append(_usual(catalogue, protocol, "spacing", text, brief=brief))
    if protocol.max_volume_text:
        parts.append(_("at most {volume}").format(volume=protocol.max_volume_text))
    elif protocol.max_volume_ml is not None:
        ml = phrases.plain(protocol.max_volume_ml)
        if protocol.max_volume_per == "side":
            parts.append(_("at most {ml} mL a side").format(ml=ml))
        else:
            parts.append(_("at most {ml} mL a session").format(ml=ml))
    return ", ".join(parts)


def course_words(
    protocol: Protocol, sex: str | None = None, catalogue: Catalogue | None = None
) -> str:
    """Each source's schedule in its own words, never merged; the one for the patient's sex alone.

    Where a source names a strength, product or group, that precedes its schedule. With the
    catalogue, those that only pages tell of are marked.
    """
    said = [
        schedule_words(schedule)
        if catalogue is None
        else marked(catalogue, "schedules", schedule.code, schedule_words(schedule))
        for schedule in protocol.schedules_for(sex)
    ]
    return " · ".join(said) or _("Sessions and interval not published")


def schedule_words(schedule: Schedule) -> str:
    """One source's schedule, behind the strength, product or group it was used for."""
    return f"{schedule.what}: {schedule.text}" if schedule.what else schedule.text


def course_line(
    catalogue: Catalogue, protocol: Protocol, sex: str | None, most: int = ONE_LINE
) -> str:
    """The schedules on a line of `most` letters, as many as it holds; the others are folded away.

    The first is always there, complete but for a remark after it in brackets.
    """
    said = course_words(protocol, sex, catalogue).split(" · ")
    shown = [_without_remark(said[0], most)]
    for one in said[1:MOST_SCHEDULES]:
        more = _more(len(said) - 2)
        for wording in (one, _REMARK.sub("", one)):
            if len(" · ".join([*shown, wording, *more])) <= most:
                shown.append(wording)
                break
    shown += _more(len(said) - len(shown))
    if protocol.top_up and len(said) == 1:
        top_up = _("top-up: {text}").format(text=protocol.top_up)
        if len(" · ".join([*shown, top_up])) <= most:
            shown.append(top_up)
    return " · ".join(shown)


def _more(n: int) -> list[str]:
    """A note on how many schedules are not on the line; empty if none."""
    text = ngettext("{n} more schedule", "{n} more schedules", n)
    return [text.format(n=n)] if n > 0 else []


def _without_remark(text: str, most: int) -> str:
    """A schedule without the remark after it in brackets, if it is too long for a line."""
    return text if len(text) <= most else _REMARK.sub("", text)


def schedules(catalogue: Catalogue, protocol: Protocol) -> list[tuple[str, str]]:
    """Every schedule with its source, where a protocol has more than the card's line shows."""
    if len(protocol.schedules) <= 1 and all(
        len(one.text) <= ONE_LINE for one in protocol.schedules
    ):
        return []
    return [
        (
            schedule.what or _("Schedule"),
            marked(
                catalogue,
                "schedules",
                schedule.code,
                f"{schedule.text} ({catalogue.sources[schedule.sources[0]].text})",
            ),
        )
        for schedule in protocol.schedules
    ]


def warnings(catalogue: Catalogue, protocol: Protocol) -> list[str]:
    """A protocol's own warnings for every country: harms, limits, off-label use."""
    return [
        marked(
            catalogue,
            "safety_notes",
            note.code,
            catalogue_text("safety_notes", note.code, "text", note.text),
        )
        for note in catalogue.safety_notes_for(protocol.code)
        if note.scope != "all" and note.topic in ("off_label", "harm", "limit")
    ]


def be_ready(catalogue: Catalogue, protocol: Protocol) -> list[str]:
    """What to have ready and to keep clean before the first injection."""
    return [
        marked(
            catalogue,
            "safety_notes",
            note.code,
            catalogue_text("safety_notes", note.code, "text", note.text),
        )
        for note in catalogue.safety_notes_for(protocol.code)
        if note.topic in ("emergency", "hygiene")
    ]


def limit_words(catalogue: Catalogue, protocol: Protocol) -> list[str]:
    """The maximum of each component in mg, and how many mL of the mixture contain it."""
    strengths = {
        s.component: s.mg_per_ml
        for s in catalogue.strengths.values()
        if s.protocol == protocol.code
    }
    said = []
    for limit in catalogue.dose_limits.values():
        if limit.component not in protocol.components:
            continue
        text = catalogue_text("dose_limits", limit.code, "text", limit.text)
        if limit.component in strengths and limit.max_mg is not None:
            ml = format_trimmed(limit.max_mg / strengths[limit.component], 1)
            label = catalogue.components[limit.component].label
            text += " " + _("({ml} mL of this mixture hold {mg} mg of {component})").format(
                ml=ml, mg=format_trimmed(limit.max_mg), component=label
            )
        said.append(marked(catalogue, "dose_limits", limit.code, text))
    return said


def rule_words(catalogue: Catalogue, protocol: Protocol) -> list[str]:
    """Each country's regulations of a protocol, by the country's code."""
    return [
        marked(catalogue, "regulations", rule.code, f"{rule.country}: {rule.text}")
        for rule in catalogue.regulations_of(protocol.code)
    ]


def _warning(catalogue: Catalogue, protocol: Protocol) -> list[str]:
    """Bans first, then the warnings for every country."""
    said = warnings(catalogue, protocol)
    if protocol.banned_in:
        where = ", ".join(COUNTRIES.get(code, code) for code in protocol.banned_in)
        said.insert(0, _("Banned for cosmetic use in {where}.").format(where=where))
    return said


def source_words(catalogue: Catalogue, key: str) -> str:
    """A source as a line: its words, its address, and how it was read."""
    source = catalogue.sources[key]
    read = {
        "text": _("read"),
        "abstract": _("abstract read"),
        "label": _("label read"),
        "secondary": _("a page that tells of it"),
        "not_read": _("not read"),
        "choice": _("a choice of this catalogue"),
    }[source.how_read]
    address = f" {source.address}" if source.address else ""
    return f"{source.text}{address} ({read})"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
