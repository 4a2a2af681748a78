"""Questions made from the catalogue, each of one row: a new protocol brings its own."""

from collections.abc import Callable
from random import Random
from typing import Final

from mesodash.catalogue.depths import length_for
from mesodash.catalogue.types import Catalogue, Protocol, Schedule
from mesodash.consult.danger_zones import depth_words, place_words
from mesodash.language import N_, _, catalogue_text, format_list, format_trimmed
from mesodash.teaching.asking.curve_question import ask_curve
from mesodash.teaching.asking.question_types import Asked, TaughtQuestion
from mesodash.teaching.skin_section import skin_bands, tip_of

MOST_ALIKE_DAYS: Final = 5


Maker = Callable[[Asked], TaughtQuestion | None]


def questions_on(
    catalogue: Catalogue, protocol: Protocol, area: str, *, sex: str, chance: Random
) -> tuple[TaughtQuestion, ...]:
    """Every question that the catalogue gives for a protocol on an area, in the order of KINDS.

    Args:
        catalogue: everything that is asked and scored by.
        protocol: what is asked about.
        area: a drawn area that the protocol covers.
        sex: female or male, for the measured skin.
        chance: puts the options together; the same seed gives the same questions.
    """
    asked = Asked(catalogue, protocol, area, sex, chance)
    return tuple(made for _name, make in KINDS.values() if (made := make(asked)) is not None)


def _label(file: str, code: str, text: str) -> str:
    return catalogue_text(file, code, "label", text)


def _indication(a: Asked) -> TaughtQuestion | None:
    names = {c: _label("indications", c, i.label) for c, i in a.catalogue.indications.items()}
    right = names[a.protocol.indications[0]]
    wrong = [name for code, name in names.items() if code not in a.protocol.indications]
    return a.of_protocol(
        "indication",
        _("What is “{protocol}” reported for?"),
        right,
        wrong,
        _("It is reported for: {what}.").format(what=right),
    )


def _area(a: Asked) -> TaughtQuestion | None:
    covered = a.catalogue.covered(a.protocol.areas)
    drawn = [c for c, one in a.catalogue.areas.items() if one.leaf]
    names = {c: _label("areas", c, a.catalogue.areas[c].label) for c in drawn}
    return a.of_protocol(
        "area",
        _("In which of these areas is “{protocol}” reported?"),
        names[a.area],
        [names[c] for c in drawn if c not in covered],
        _("Reported there: {where}.").format(
            where=format_list([names[c] for c in drawn if c in covered])
        ),
    )


def _contraindication(a: Asked) -> TaughtQuestion | None:
    mine = a.catalogue.contraindications_to(a.protocol.code, a.area)
    hard = [r for r in mine if r.level == "absolute" and r.asked and r.sex in (None, a.sex)]
    every = {r.code for r in a.catalogue.contraindications_to(a.protocol.code)}
    others = [
        r
        for r in a.catalogue.contraindications.values()
        if r.code not in every and r.asked and r.level != "stop"
    ]
    if not hard:
        return None
    rule = a.chance.choice(hard)
    return a.make(
        "contraindication",
        f"contraindications.{rule.code}",
        _("Which of these speaks absolutely against “{protocol}”?").format(
            protocol=a.protocol.label
        ),
        _label("contraindications", rule.code, rule.label),
        [_label("contraindications", r.code, r.label) for r in others],
        why=rule.reason,
        sources=rule.sources,
    )


def _component(a: Asked) -> TaughtQuestion | None:
    if not a.protocol.components:
        return None
    names = {c: _label("components", c, p.label) for c, p in a.catalogue.components.items()}
    code = a.chance.choice(a.protocol.components)
    return a.of_protocol(
        "component",
        _("Which of these is in “{protocol}”?"),
        names[code],
        [name for c, name in names.items() if c not in a.protocol.components],
        a.protocol.mix or names[code],
    )


def _numbers(value: float, *factors: float) -> list[float]:
    return [round(value * factor, 3) for factor in factors]


def _points(a: Asked) -> TaughtQuestion | None:
    if a.protocol.points is None:
        return None
    per = _("a side") if a.protocol.points_per == "side" else _("a session")
    wrong = _numbers(a.protocol.points, 0.25, 0.5, 2, 3)
    return a.of_protocol(
        "points",
        _("How many points does the source of “{protocol}” have {per}?").format(
            protocol="{protocol}", per=per
        ),
        format_trimmed(a.protocol.points),
        [format_trimmed(round(one)) for one in wrong],
        _("{n} points {per}.").format(n=a.protocol.points, per=per),
    )


def _volume(a: Asked) -> TaughtQuestion | None:
    ml = a.protocol.volume_per_point_ml
    if ml is None or "volume_per_point_ml" in a.protocol.technique_defaults:
        return None
    return a.of_protocol(
        "volume",
        _("How many mL a point in “{protocol}”?"),
        _ml(ml),
        [_ml(one) for one in _numbers(ml, 0.2, 0.5, 2, 5)],
        _("{ml} a point.").format(ml=_ml(ml)),
    )


def _ml(value: float) -> str:
    return _("{ml} mL").format(ml=format_trimmed(value, 3))


def _most(a: Asked) -> TaughtQuestion | None:
    ml = a.protocol.max_volume_ml
    if ml is None:
        return None
    per = _("a side") if a.protocol.max_volume_per == "side" else _("a session")
    over = [_ml(one) for one in _numbers(ml, 1.5, 2, 4)]
    return a.of_protocol(
        "most",
        _("What is the most that is reported of “{protocol}” {per}?").format(
            protocol="{protocol}", per=per
        ),
        _ml(ml),
        [*over, _ml(round(ml * 0.5, 3))],
        _("At most {ml} {per}.").format(ml=_ml(ml), per=per),
        over,
    )


def _limit(a: Asked) -> TaughtQuestion | None:
    limits = [
        one
        for one in a.catalogue.dose_limits.values()
        if one.component in a.protocol.components and one.max_mg is not None
    ]
    if not limits:
        return None
    limit = a.chance.choice(limits)
    mg = limit.max_mg or 0.0
    per = _("a day") if limit.per == "day" else _("a session")
    over = [_mg(one) for one in _numbers(mg, 1.5, 2, 3)]
    name = a.catalogue.components[limit.component].label
    return a.make(
        "limit",
        f"dose_limits.{limit.code}",
        _("How much {component} may be given {per} at most?").format(
            component=_label("components", limit.component, name), per=per
        ),
        _mg(mg),
        [*over, _mg(round(mg * 0.5, 3))],
        why=limit.text,
        sources=limit.sources,
        critical=over,
    )


def _mg(value: float) -> str:
    return _("{mg} mg").format(mg=format_trimmed(value))


def _spacing(a: Asked) -> TaughtQuestion | None:
    low, high = a.protocol.spacing_cm_min, a.protocol.spacing_cm_max
    if not a.protocol.spacing_is_own or low is None or low != high:
        return None
    return a.of_protocol(
        "spacing",
        _("How far apart are the points of “{protocol}”?"),
        _cm(low),
        [_cm(one) for one in _numbers(low, 0.25, 0.5, 2, 3)],
        _("{cm} from point to point.").format(cm=_cm(low)),
    )


def _cm(value: float) -> str:
    return _("{cm} cm").format(cm=format_trimmed(value))


def _interval(a: Asked) -> TaughtQuestion | None:
    """Asked only where the protocol has one schedule: several sources' are not merged."""
    mine = a.protocol.schedules
    if len(mine) != 1 or mine[0].interval_days_min is None:
        return None
    taken = mine[0]
    others = [
        one.text
        for one in a.catalogue.schedules.values()
        if one.protocol != a.protocol.code and not _alike(one, taken)
    ]
    return a.make(
        "interval",
        f"schedules.{taken.code}",
        _("What was the course of “{protocol}”?").format(protocol=a.protocol.label),
        taken.text,
        others,
        why=taken.text,
        sources=taken.sources,
    )


def _alike(one: Schedule, other: Schedule) -> bool:
    """Whether two schedules could be the same course in other words: 4 weeks and a month are."""
    if one.interval_days_min is None or other.interval_days_min is None:
        return True
    apart = abs(one.interval_days_min - other.interval_days_min)
    same = (one.sessions_min, one.sessions_max) == (other.sessions_min, other.sessions_max)
    return same and apart <= MOST_ALIKE_DAYS


def _evidence(a: Asked) -> TaughtQuestion | None:
    letters = sorted({one.evidence for one in a.catalogue.protocols.values()})
    return a.of_protocol(
        "evidence",
        _("Which evidence has “{protocol}”?"),
        a.protocol.evidence,
        [one for one in letters if one != a.protocol.evidence],
        a.protocol.evidence_text,
    )


def _tip(a: Asked) -> TaughtQuestion | None:
    """Where a needle that goes straight in ends: only where no border is within its spread."""
    bands = skin_bands(a.catalogue, a.area, a.sex)
    if not bands or bands[0].layer != "epidermis":
        return None
    depths = [one / 10 for one in range(1, 45)]
    a.chance.shuffle(depths)
    for mm in depths:
        tip = tip_of(bands, 90, mm)
        row = next((b.row for b in bands if b.layer == "dermis"), None)
        if tip.layer is None or tip.border is not None or row is None:
            continue
        names = {"epidermis": _("epidermis"), "dermis": _("dermis"), "fat": _("fat")}
        who = _("a woman") if a.sex == "female" else _("a man")
        return a.make(
            "tip",
            f"skin_layers.{row.code}",
            _("{area} of {who}: {mm} mm straight in. Where does the tip lie?").format(
                area=_label("areas", a.area, a.catalogue.areas[a.area].label),
                who=who,
                mm=format_trimmed(mm),
            ),
            names[tip.layer],
            list(names.values()),
            why=_("The dermis ends at {mm} mm on average.").format(
                mm=format_trimmed(next(b.bottom_mm for b in bands if b.layer == "dermis"))
            ),
            sources=row.sources,
        )
    return None


def _angle(a: Asked) -> TaughtQuestion | None:
    """How much of a needle reaches a depth: depth = sin(angle) x inserted length."""
    found = [a.catalogue.techniques[code] for code in a.protocol.techniques]
    fitting = [t for t in found if t.angle_deg_min and t.depth_mm_min]
    if not fitting:
        return None
    t = a.chance.choice(fitting)
    deg, mm = t.angle_deg_min or 0.0, t.depth_mm_min or 0.0
    length = length_for(deg, mm)
    return a.make(
        "angle",
        f"techniques.{t.code}",
        _("At {deg}°, how much of the needle must be in to reach {mm} mm?").format(
            deg=format_trimmed(deg), mm=format_trimmed(mm)
        ),
        _mm(length),
        [_mm(one) for one in (mm, length * 0.75, length * 1.5, length * 2)],
        why=_("Depth = sine of the angle times the inserted length."),
        sources=t.sources,
    )


def _mm(value: float) -> str:
    return _("{mm} mm").format(mm=format_trimmed(round(value, 1)))


def _danger(a: Asked) -> TaughtQuestion | None:
    """How deep a vessel or nerve was measured: taking it for much deeper is critical."""
    rows = [z for z in a.catalogue.danger_zones_at(a.area, "midline") if z.depth_mm is not None]
    if not rows:
        return None
    zone = a.chance.choice(rows)
    mm = zone.depth_mm or 0.0
    deeper = [_mm(one) for one in _numbers(mm, 2, 3, 4)]
    return a.make(
        "danger",
        f"danger_zones.{zone.code}",
        _("{structure}. {place}: how deep was it measured on average?").format(
            structure=_label("danger_zones", zone.code, zone.label), place=place_words(zone)
        ),
        _mm(mm),
        [*deeper, _mm(mm / 4)],
        why=depth_words(zone),
        sources=zone.sources,
        critical=deeper,
    )


def _duration(a: Asked) -> TaughtQuestion | None:
    rows = [
        r
        for r in a.catalogue.durations.values()
        if r.scope not in ("all", ()) and a.catalogue.concerns(a.protocol.code, r.scope)
    ]
    alone = [r for r in rows if [x.effect for x in rows].count(r.effect) == 1]
    if not alone:
        return None
    row = a.chance.choice(alone)
    label = _label("side_effects", row.effect, a.catalogue.side_effects[row.effect].label)
    return a.make(
        "duration",
        f"durations.{row.code}",
        _("{effect} after “{protocol}”: how long was it published to last?").format(
            effect=label, protocol=a.protocol.label
        ),
        row.text,
        [r.text for r in a.catalogue.durations.values() if r.effect != row.effect],
        why=row.text,
        sources=row.sources,
    )


def _warning(a: Asked) -> TaughtQuestion | None:
    flags = [f for f in a.catalogue.red_flags.values() if f.phase == "after"]
    flag = a.chance.choice(flags)
    actions = {f.action: f.urgency for f in a.catalogue.red_flags.values()}
    late = [act for act, urgency in actions.items() if urgency != "emergency"]
    return a.make(
        "warning",
        f"red_flags.{flag.code}",
        _("{sign}: what is to be done?").format(
            sign=catalogue_text("red_flags", flag.code, "sign", flag.sign)
        ),
        flag.action,
        [*actions, _("Wait for the next session")],
        why=flag.action,
        sources=flag.sources,
        critical=[*late, _("Wait for the next session")] if flag.urgency == "emergency" else (),
    )


def _aftercare(a: Asked) -> TaughtQuestion | None:
    mine = a.catalogue.aftercare_for((a.protocol.code,), (a.area,))
    others = [row for row in a.catalogue.aftercare.values() if row not in mine]
    if not mine:
        return None
    row = a.chance.choice(mine)
    return a.make(
        "aftercare",
        f"aftercare.{row.code}",
        _("Which of these do clinics say after “{protocol}” on: {area}?").format(
            protocol=a.protocol.label,
            area=_label("areas", a.area, a.catalogue.areas[a.area].label),
        ),
        row.instruction,
        [one.instruction for one in others],
        why=row.instruction,
        sources=row.sources,
    )


KINDS: Final[dict[str, tuple[str, Maker]]] = {
    "indication": (N_("Indication"), _indication),
    "area": (N_("Area"), _area),
    "contraindication": (N_("Contraindication"), _contraindication),
    "component": (N_("Mixture"), _component),
    "points": (N_("Points"), _points),
    "volume": (N_("Volume a point"), _volume),
    "most": (N_("Largest volume"), _most),
    "limit": (N_("Largest dose"), _limit),
    "spacing": (N_("Spacing"), _spacing),
    "interval": (N_("Course"), _interval),
    "evidence": (N_("Evidence"), _evidence),
    "tip": (N_("Depth in the skin"), _tip),
    "angle": (N_("Angle and length"), _angle),
    "danger": (N_("Vessels and nerves"), _danger),
    "duration": (N_("How long it lasts"), _duration),
    "warning": (N_("Warning sign"), _warning),
    "aftercare": (N_("Aftercare"), _aftercare),
    "curve": (N_("A curve with open effects"), ask_curve),
}
"""Each kind of question: its name, and what makes it."""
