"""The five facts of a card at a glance, each in forms from long to short.

A card shows the longest form that its line holds, whatever the width, the language and the size of
the letters (style.css, `.md-form`). Nothing is cut off: a short form counts or names what it leaves
out, the full text comes first in what is folded below, and a screen reader reads all of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mesodash.catalogue.durations import expected_duration
from mesodash.catalogue.reading import is_second_hand
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.language import N_, _, catalogue_text, ngettext
from mesodash.ui.body_map.doses import ChosenDose
from mesodash.ui.parts import phrases
from mesodash.ui.parts.caution_marks import marked, unsure
from mesodash.ui.parts.expected_durations import duration_words
from mesodash.ui.protocols.protocol_card import (
    course_line,
    course_words,
    depth_words,
    dose_words,
)

ENOUGH_PATIENTS = 5
COUNTING = N_("counting …")
PHONE = 50
"""Roughly how many letters fit on a line on a phone: a longer form has a shorter one."""
Row = Mapping[Any, Any]
Forms = list[str]
"""One fact, from its longest form to its shortest."""


def forms(*texts: str) -> Forms:
    """The texts that are there, each shorter than the one before it."""
    kept: Forms = []
    for text in texts:
        if text and (not kept or len(text) < len(kept[-1])):
            kept.append(text)
    return kept


def mixture(protocol: Protocol) -> Forms:
    """What is injected: in words, in a line with each component, and for a phone."""
    if not protocol.mix:
        return [_("Mixture not published")]
    told = [text for text in (protocol.mix, protocol.mix_line, protocol.mix_short) if text]
    if len(told[-1]) > PHONE and protocol.components:
        n = len(protocol.components)
        told.append(
            ngettext("{n} component, named below", "{n} components, named below", n).format(n=n)
        )
    return forms(*told)


def where(protocol: Protocol, catalogue: Catalogue, here: ChosenDose) -> Forms:
    """Points and volume here, then how deep."""
    counted, dose, depth = here.points is not None, "", depth_words(catalogue, protocol)
    brief_depth = depth_words(catalogue, protocol, brief=True)
    if not counted:
        dose = dose_words(catalogue, protocol)
    whole = "; ".join(
        part for part in (_counted(protocol, catalogue, here, here.words), dose, depth) if part
    )
    if counted:
        number = _counted(protocol, catalogue, here, here.brief)
        return forms(whole, _joined(number, depth), _joined(number, brief_depth), number)
    none = _("Points not published")
    brief_dose = dose_words(catalogue, protocol, brief=True)
    return forms(
        whole,
        _joined(here.words, brief_dose, brief_depth),
        _joined(none, brief_dose, brief_depth),
        _joined(none, _("dose below"), brief_depth) if dose else "",
        _joined(none, _("dose and depth below")) if dose and depth else "",
    )


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _counted(protocol: Protocol, catalogue: Catalogue, here: ChosenDose, words: str) -> str:
    """Points and volume here, marked where only web pages give the number of points."""
    rows = [("protocol_sites", site.code) for site in protocol.sites]
    rows = rows or [("protocols", protocol.code)]
    if here.points is None or not all(is_second_hand(catalogue, *row) for row in rows):
        return words
    return marked(catalogue, *rows[0], words)


def course(catalogue: Catalogue, protocol: Protocol, sex: str | None) -> Forms:
    """The schedules; on a phone the first, else how many sessions it has."""
    texts = [
        course_line(catalogue, protocol, sex),
        course_line(catalogue, protocol, sex, PHONE),
    ]
    mine = protocol.schedules_for(sex)
    if len(mine) > 1:
        first = course_words(protocol, sex, catalogue).split(" · ")[0]
        texts.append(_("{first} · {n} more").format(first=first, n=len(mine) - 1))
    if mine and mine[0].sessions_max:
        n = mine[0].sessions_max
        said = ngettext("{n} session", "{n} sessions", n)
        sessions = said.format(n=phrases.between(mine[0].sessions_min, n))
        if mine[0].what and len(mine) > 1:
            sessions = f"{mine[0].what}: {sessions}"
        texts.append(_("{sessions}, their days below").format(sessions=sessions))
        all_below = ngettext("{n} schedule below", "{n} schedules below", len(mine))
        texts.append(all_below.format(n=len(mine)))
    elif not mine and protocol.top_up:
        texts.append(_("Not published; top-up below"))
    return forms(*texts)


def results(
    catalogue: Catalogue,
    protocol: Protocol,
    outcomes: Sequence[Row] | None,
    *,
    sex: str | None = None,
    unknown: str = COUNTING,
) -> Forms:
    """This clinic's responders to a protocol in these areas, on the scale with most patients.

    Only scales of indications that are for the patient's sex count. The shorter forms keep the
    interval and leave out the scale's name last.
    """
    if outcomes is None:
        return [unknown]
    found = [catalogue.indications[code] for code in protocol.indications]
    scales = {code for one in found if one.is_for(sex) for code in one.scales}
    mine = [row for row in outcomes if row["protocol"] == protocol.code and row["scale"] in scales]
    if not mine:
        return [_("no outcomes recorded here")]
    row = max(mine, key=lambda row: row["patients"])
    if row["patients"] < ENOUGH_PATIENTS:
        few = _("fewer than {n} patients with an outcome")
        return [few.format(n=ENOUGH_PATIENTS)]
    scale = short_name(catalogue.scales[row["scale"]].label)
    said = {
        "scale": scale,
        "name": scale.split(" (")[0],
        "patients": phrases.number(row["patients"]),
    }
    if phrases.is_missing(row["responder_rate"]):
        said["change"] = phrases.interval(
            phrases.signed, row["change_mean"], row["change_low"], row["change_high"]
        )
        which = better_words(catalogue.scales[row["scale"]].better)
        said["better"] = f" ({which})" if which else ""
        return forms(
            _("{patients} patients, mean change {change}{better}; {scale}").format(**said),
            _("n {patients}: {change}{better}; {name}").format(**said),
            _("n {patients}: {change}{better}").format(**said),
        )
    said |= {
        "n": phrases.number(row["responders"]),
        "share": phrases.percent(row["responder_rate"]),
        "low": phrases.percent(row["rate_low"]),
        "high": phrases.percent(row["rate_high"]),
    }
    return forms(
        _("{n} of {patients} patients responded ({share}, {low} to {high}; {scale})").format(
            **said
        ),
        _("{n} of {patients} responded ({share}, {low} to {high}; {name})").format(**said),
        _("{n} of {patients} responded ({share}, {low} to {high})").format(**said),
    )


def short_name(label: str) -> str:
    """The abbreviation that ends a scale's name in brackets, else the name."""
    found = re.search(r"\(([A-Z][A-Za-z0-9-]*[A-Z])\)$", label)
    return found[1] if found else label


def better_words(better: str) -> str:
    """Which direction of a scale is better; nothing if it depends."""
    return {"lower": _("down is better"), "higher": _("up is better")}.get(better, "")


def clinic_rows(protocol: Protocol, effects: Sequence[Row] | None) -> dict[str, Row]:
    """The clinic's rows of a protocol by effect."""
    return {row["effect"]: row for row in effects or () if row["protocol"] == protocol.code}


def effects_shown(catalogue: Catalogue, protocol: Protocol, mine: Mapping[str, Row]) -> list[str]:
    """Codes of the effects to show: those that sources name, then the commonest here."""
    often = sorted(
        (code for code, row in mine.items() if row["n"] >= ENOUGH_PATIENTS),
        key=lambda code: -mine[code]["n"],
    )
    codes = dict.fromkeys([*protocol.expected_effects, *often])
    return [code for code in codes if code in catalogue.side_effects]


def foremost(
    catalogue: Catalogue,
    protocol: Protocol,
    effects: Sequence[Row] | None,
    *,
    unknown: str = COUNTING,
) -> Forms:
    """What to expect first: the effect seen here most often, or the first named.

    In short: how long its own source says, else the founding text promises, and what was seen
    here, without the interval. Shorter still: what was seen here, or what is said if there is
    nothing; the table below has all of it.
    """
    mine = clinic_rows(protocol, effects)
    codes = effects_shown(catalogue, protocol, mine)
    if not codes:
        return [unknown if effects is None else _("no side effect published or recorded here")]
    often = max(mine, key=lambda code: mine[code]["n"], default=None)
    first = often if often in codes and mine[often]["n"] >= ENOUGH_PATIENTS else codes[0]
    expected = expected_duration(catalogue, first, protocol.code)
    promised = expected.effect.promised_text
    brief = replace(expected, needle=None) if promised and not expected.own else expected
    effect = catalogue.side_effects[first].label
    said = duration_words(catalogue, brief)
    row = mine.get(first)
    own = unknown if effects is None else clinic_words(row, brief=True)
    whole = _("{effect}: {said}; here {own}").format(effect=effect, said=said, own=own)
    if row is None or row["n"] < ENOUGH_PATIENTS:
        return forms(
            whole,
            _("{effect}: {said}").format(effect=effect, said=said),
            _("{effect}: how long stands below").format(effect=effect),
        )
    return forms(
        whole,
        _("{effect}, here: {own}").format(effect=effect, own=own),
        *(_("{effect}, here: {own}").format(effect=effect, own=own) for own in _briefest(row)),
    )


def _briefest(row: Row) -> Forms:
    """When half and nine in ten had gone here, in the shortest form."""
    if phrases.is_missing(row["median_days"]):
        return [_("half not gone yet")]
    half, most = row["median_days"], row.get("nine_in_ten_days")
    texts = [_("half gone by {time}").format(time=phrases.duration(half))]
    if most is not None and not phrases.is_missing(most):
        both = _("half by {half}, 90 % by {most}")
        texts.insert(0, both.format(half=phrases.duration(half), most=phrases.duration(most)))
    return texts


def seen_here(catalogue: Catalogue, protocol: Protocol, effects: Sequence[Row] | None) -> list[str]:
    """A line for each effect that was recorded here often enough, the commonest first."""
    mine = clinic_rows(protocol, effects)
    often = [
        code
        for code in sorted(mine, key=lambda code: -mine[code]["n"])
        if mine[code]["n"] >= ENOUGH_PATIENTS and code in catalogue.side_effects
    ]
    return [
        _("{effect}: {said}").format(
            effect=catalogue_text(
                "side_effects", code, "label", catalogue.side_effects[code].label
            ),
            said=clinic_words(mine[code]),
        )
        for code in often
    ]


def clinic_words(row: Row | None, *, brief: bool = False) -> str:
    """When half and nine in ten had gone here; without the interval if `brief`."""
    if row is None:
        return _("none recorded")
    n = int(row["n"])
    if n < ENOUGH_PATIENTS:
        return _("fewer than {n} recorded").format(n=ENOUGH_PATIENTS)
    if phrases.is_missing(row["median_days"]):
        return _("half not gone yet, n {n}").format(n=phrases.number(n))
    text = _("half gone by {time}").format(time=phrases.duration(row["median_days"]))
    interval = row["median_low"], row["median_high"]
    if not brief and not any(phrases.is_missing(end) for end in interval):
        low, high = (phrases.duration(end) for end in interval)
        span = _("({low} to {high})").format(low=low, high=high)
        text += " " + unsure(span, reliable=bool(row.get("reliable", True)))
    most = row.get("nine_in_ten_days")
    if most is not None and not phrases.is_missing(most):
        text += ", " + _("nine in ten by {time}").format(time=phrases.duration(most))
    return _("{text}, n {n}").format(text=text, n=phrases.number(n))
