"""A protocol as a lesson: steps of short statements, all of them from the catalogue.

Nothing is added to what the catalogue holds: where no source says something, the statement says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.depths import leaves_layer, reach
from mesodash.catalogue.durations import expected_duration
from mesodash.catalogue.types import Catalogue, Contraindication, Protocol, RedFlag
from mesodash.consult import danger_zones
from mesodash.consult.danger_zones import NOT_MAPPED, NOT_SAFE, is_reached, structures_at
from mesodash.language import (
    N_,
    _,
    catalogue_text,
    format_list,
    format_range,
    format_trimmed,
    ngettext,
)
from mesodash.teaching.points import LessonPoints
from mesodash.teaching.statements import (
    Line,
    StageNote,
    Statement,
    Tone,
    each,
    grouped,
    unknown,
)

STEPS: Final = {
    "who": N_("Who, and who not"),
    "consent": N_("Consent and country"),
    "prepare": N_("Antisepsis and anaesthesia"),
    "mixture": N_("Mixture"),
    "mark": N_("Mark"),
    "inject": N_("Inject"),
    "depth": N_("Depth"),
    "at_once": N_("What to see at once"),
    "expect": N_("What to expect"),
    "aftercare": N_("Aftercare"),
    "warning": N_("Warning signs"),
}
"""The steps of every lesson, in order; the key is part of the lesson's address."""

_LEVELS: Final[tuple[tuple[str, str, Tone], ...]] = (
    ("absolute", N_("Do not treat"), "stop"),
    ("relative", N_("Weigh it"), "care"),
    ("caution", N_("Take care"), "care"),
)
_STATUS: Final = {
    "banned": N_("Banned: {country}"),
    "caution": N_("Check the rule: {country}"),
    "allowed": N_("Rule: {country}"),
}


@dataclass(frozen=True, slots=True)
class LessonStep:
    """One step: its key in the address, its title, and what it says, in order."""

    code: str
    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A protocol on one area and side, for one sex, in one country."""

    protocol: Protocol
    site: AreaSide
    sex: str
    steps: tuple[LessonStep, ...]


def make_lesson(
    catalogue: Catalogue,
    protocol: Protocol,
    site: AreaSide,
    points: LessonPoints,
    *,
    sex: str,
    country: str | None = None,
    seen: Sequence[str] = (),
) -> Lesson:
    """The lesson of a protocol.

    Args:
        catalogue: everything that is said.
        protocol: what is taught.
        site: the area and side it is shown on.
        points: of `points.lesson_points`, for the same site.
        sex: female or male: of the figure and of the measured skin.
        country: whose rules are shown; None shows those of every country that has one.
        seen: what the clinic itself saw after this protocol, a line an effect.
    """
    maker = _Maker(catalogue, protocol, site, points, sex, country, tuple(seen))
    said = {
        "who": maker.who,
        "consent": maker.consent,
        "prepare": maker.prepare,
        "mixture": maker.mixture,
        "mark": maker.mark,
        "inject": maker.inject,
        "depth": maker.depth,
        "at_once": maker.at_once,
        "expect": maker.expect_and_seen,
        "aftercare": maker.aftercare,
        "warning": maker.warning,
    }
    steps = tuple(LessonStep(code, _(title), tuple(said[code]())) for code, title in STEPS.items())
    return Lesson(protocol, site, sex, steps)


@dataclass(frozen=True, slots=True)
class _Maker:
    catalogue: Catalogue
    protocol: Protocol
    site: AreaSide
    points: LessonPoints
    sex: str
    country: str | None
    seen: tuple[str, ...]

    def who(self) -> Iterator[Statement]:
        p = self.protocol
        names = [
            catalogue_text("indications", code, "label", self.catalogue.indications[code].label)
            for code in p.indications
        ]
        yield Statement(
            _("For: {what}").format(what=format_list(names)),
            (_("Evidence {letter}").format(letter=p.evidence),),
            p.sources,
            notes=(StageNote(_("What was found"), p.evidence_text),),
        )
        yield from each(p.evidence_text, p.sources, head=_("What was found"))
        rules = self.catalogue.contraindications_to(p.code, self.site.area)
        for level, title, tone in _LEVELS:
            chosen = [rule for rule in rules if rule.level == level and self._fits(rule)]
            yield from grouped(_(title), (self._rule(rule) for rule in chosen), tone)
        for rule in rules:
            flag = self.catalogue.red_flags.get(rule.code)
            if rule.level == "stop" and flag is not None:
                yield self._flag(flag)

    def _fits(self, rule: Contraindication) -> bool:
        return rule.sex in (None, self.sex)

    def _rule(self, rule: Contraindication) -> Line:
        label = catalogue_text("contraindications", rule.code, "label", rule.label)
        if rule.until:
            until = catalogue_text("contraindications", rule.code, "until", rule.until)
            label = _("{what}, until {end}").format(what=label, end=until)
        own = self.catalogue.reasons_for(rule.code, self.protocol.code)
        reasons = [rule.reason, *(one.reason for one in own)]
        keys = [*rule.sources, *(key for one in own for key in one.sources)]
        return label, StageNote(label, ". ".join(reasons)), keys

    def _flag(self, flag: RedFlag) -> Statement:
        sign = catalogue_text("red_flags", flag.code, "sign", flag.sign)
        action = catalogue_text("red_flags", flag.code, "action", flag.action)
        tone: Tone = "stop" if flag.urgency == "emergency" or flag.phase == "before" else "care"
        return Statement(sign, (action,), flag.sources, tone)

    def _safety(self, *topics: str, tone: Tone, head: str = "") -> Iterator[Statement]:
        for note in self.catalogue.safety_notes_for(self.protocol.code):
            if note.topic in topics:
                text = catalogue_text("safety_notes", note.code, "text", note.text)
                yield from each(text, note.sources, tone, head)

    def consent(self) -> Iterator[Statement]:
        yield from self._safety("off_label", tone="care")
        yield from self._safety("harm", tone="care", head=_("Say it before they sign"))
        every = self.catalogue.regulations_of(self.protocol.code)
        mine = self.catalogue.regulations_for(self.protocol.code, self.country)
        if self.country and not mine:
            text = _("The catalogue has no rule of {country} on this protocol.")
            yield unknown(text.format(country=self.country))
        # Bans elsewhere are always given: learners work in more than one country.
        bans = [rule for rule in every if rule.status == "banned" and rule not in mine]
        rules = [*mine, *bans] if self.country else every
        for rule in rules:
            where = _("everywhere") if rule.country == "everywhere" else rule.country
            head = _(_STATUS[rule.status]).format(country=where)
            tone: Tone = "stop" if rule.status == "banned" else "care"
            yield from each(rule.text, rule.sources, tone, head)
        if not every:
            yield unknown(_("No country's rule on this protocol is in the catalogue."))

    def prepare(self) -> Iterator[Statement]:
        yield from self._safety("hygiene", tone="care")
        yield unknown(_("No source of this protocol says which antiseptic was used."))
        if self.protocol.anaesthesia:
            text = catalogue_text(
                "protocols", self.protocol.code, "anaesthesia", self.protocol.anaesthesia
            )
            yield Statement(_("Anaesthesia"), (text,), self.protocol.sources)
        else:
            yield unknown(_("No source of this protocol says which anaesthesia was used."))
        yield from self._safety("emergency", tone="stop", head=_("Have it ready"))

    def mixture(self) -> Iterator[Statement]:
        p = self.protocol
        if p.mix:
            yield Statement(catalogue_text("protocols", p.code, "mix", p.mix), sources=p.sources)
        parts = [self.catalogue.components[code] for code in p.components]
        rows: list[Line] = []
        for part in parts:
            label = catalogue_text("components", part.code, "label", part.label)
            role = catalogue_text("components", part.code, "role", part.role)
            caution = catalogue_text("components", part.code, "caution", part.caution or "")
            note = StageNote(label, caution) if caution else None
            text = _("{what}: {role}").format(what=label, role=role)
            rows.append((text, note, part.sources or p.sources))
        yield from grouped(_("What is in it, and what for"), rows)
        for part in parts:
            label = catalogue_text("components", part.code, "label", part.label)
            if "withdrawn" in part.flags:
                text = _("{what} was withdrawn: not to be used.").format(what=label)
                yield Statement(text, sources=part.sources, tone="stop")
            if "do_not_mix" in part.flags:
                text = _("{what}: do not mix it with anything.").format(what=label)
                yield Statement(text, sources=part.sources, tone="stop")
        for limit in self.catalogue.dose_limits.values():
            if limit.component in p.components:
                text = catalogue_text("dose_limits", limit.code, "text", limit.text)
                yield from each(text, limit.sources, "stop", _("Not more"))
        yield from self._safety("limit", tone="care", head=_("Not more"))
        yield unknown(_("No source of this protocol says in which order it is mixed."))

    def mark(self) -> Iterator[Statement]:
        where = self.catalogue.label(self.site.area, self.site.side)
        yield Statement(
            _("Mark the area: {where}").format(where=where), sources=self.protocol.sources
        )
        if self.points.spacing_cm is not None:
            text = _("Points {cm} cm apart").format(cm=self._apart())
            lines = () if self.protocol.spacing_is_own else (_("usual for the technique"),)
            yield Statement(text, lines, self._technique_sources("spacing"))
        yield from self._zones()

    def _zones(self) -> Iterator[Statement]:
        """Each structure that is mapped here, and that no other is; or that none is mapped."""
        found = structures_at(self.catalogue, self.site)
        for one in found:
            rows: list[Line] = []
            for zone in one.zones:
                method = danger_zones.method_words(zone)
                note = StageNote(one.label, method) if method else None
                rows.append((danger_zones.line(zone), note, zone.sources))
            head = _("Danger zone: {structure}").format(structure=one.label)
            yield from grouped(head, rows, "care")
        if found:
            yield unknown(_("What else runs here is not mapped."))
        else:
            yield Statement(_(NOT_MAPPED), (_(NOT_SAFE),), tone="unknown")

    def _zone_depths(self) -> Iterator[Statement]:
        """The structures with a depth, those that this protocol's depth reaches first."""
        known = [one for one in structures_at(self.catalogue, self.site) if one.nearest]
        rows: dict[bool, list[Line]] = {True: [], False: []}
        for one in known:
            zone = one.nearest
            if zone is not None:
                text = _("{structure}: {depth}").format(
                    structure=one.label, depth=danger_zones.depth_words(zone)
                )
                note = StageNote(one.label, danger_zones.place_words(zone))
                rows[is_reached(zone, self.protocol)].append((text, note, zone.sources))
        yield from grouped(_("May lie within reach of this depth"), rows[True], "stop")
        # Without a depth in mm nothing is known to lie below it.
        unknown_depth = self.protocol.depth_mm_max is None
        head = _("How deep vessels and nerves lie here") if unknown_depth else _("Below it run")
        yield from grouped(head, rows[False], "care")

    def _apart(self) -> str:
        return format_range(self.protocol.spacing_cm_min, self.protocol.spacing_cm_max)

    def _technique_sources(self, field: str) -> tuple[str, ...]:
        """The sources of a figure: the technique's where the protocol borrowed it."""
        if not any(one.startswith(field) for one in self.protocol.technique_defaults):
            return self.protocol.sources
        borrowed = (self.catalogue.techniques[code] for code in self.protocol.techniques)
        keys = (key for technique in borrowed for key in technique.sources)
        return tuple(dict.fromkeys(keys)) or self.protocol.sources

    def inject(self) -> Iterator[Statement]:
        p, points = self.protocol, self.points
        lines = []
        if p.volume_per_point_ml is not None:
            lines.append(_("{ml} mL a point").format(ml=format_trimmed(p.volume_per_point_ml, 3)))
        if points.spacing_cm is not None:
            lines.append(_("{cm} cm apart").format(cm=self._apart()))
        if p.max_volume_ml is not None:
            text = (
                _("at most {ml} mL a side")
                if p.max_volume_per == "side"
                else _("at most {ml} mL a session")
            )
            lines.append(text.format(ml=format_trimmed(p.max_volume_ml)))
        if points.counted is not None:
            text = ngettext("{n} point", "{n} points", points.counted).format(n=points.counted)
            yield Statement(_("Inject: {points}").format(points=text), tuple(lines), p.sources)
        elif p.points is not None and p.points_per == "session":
            text = _("Inject: at most {n} points a session").format(n=p.points)
            yield Statement(text, tuple(lines), p.sources)
        else:
            yield Statement(
                _("Inject: no source counts the points"), tuple(lines), p.sources, "unknown"
            )
        techniques = [self.catalogue.techniques[code] for code in p.techniques]
        for technique in techniques:
            label = catalogue_text("techniques", technique.code, "label", technique.label)
            lines = [technique.needle] if technique.needle else []
            note = (StageNote(label, technique.note),) if technique.note else ()
            yield Statement(label, tuple(lines), technique.sources, notes=note)
        if p.technique_text:
            text = catalogue_text("protocols", p.code, "technique_text", p.technique_text)
            yield Statement(_("As the source has it"), (text,), p.sources)
        if p.needle:
            yield Statement(_("Needle: {needle}").format(needle=p.needle), sources=p.sources)

    def depth(self) -> Iterator[Statement]:
        p = self.protocol
        if p.depth_mm_max is not None:
            mm = format_range(p.depth_mm_min, p.depth_mm_max)
            usual = any(one.startswith("depth") for one in p.technique_defaults)
            yield Statement(
                _("Depth: {mm} mm").format(mm=mm),
                (_("usual for the technique"),) if usual else (),
                self._technique_sources("depth"),
            )
        elif p.depth_text:
            text = catalogue_text("protocols", p.code, "depth_text", p.depth_text)
            yield Statement(_("Depth: {words}").format(words=text), sources=p.sources)
        else:
            yield unknown(_("No source of this protocol gives a depth."))
        left = leaves_layer(self.catalogue, p, self.site.area, self.sex)
        if left is not None:
            skin = format_trimmed(left.skin.mm)
            text = (
                _("All of that lies below the skin measured here: {mm} mm.")
                if left.wholly
                else _("Its deepest lies below the skin measured here: {mm} mm.")
            )
            meant = _("The source means the dermis; below it is fat.")
            yield Statement(text.format(mm=skin), (meant,), left.skin.row.sources, "care")
        for code in p.techniques:
            technique = self.catalogue.techniques[code]
            for length, low, high in reach(technique):
                yield Statement(
                    _("A {length} mm needle, wholly in, reaches {mm} mm").format(
                        length=format_trimmed(length),
                        mm=format_range(round(low, 1), round(high, 1)),
                    ),
                    (_("Depth = sine of the angle times the inserted length."),),
                    technique.sources,
                )
        yield from self._zone_depths()

    def at_once(self) -> Iterator[Statement]:
        found = [self.catalogue.techniques[code] for code in self.protocol.techniques]
        for technique in found:
            if technique.endpoint:
                label = catalogue_text("techniques", technique.code, "label", technique.label)
                yield Statement(technique.endpoint, (label,), technique.sources)
        if not any(technique.endpoint for technique in found):
            yield unknown(_("No source says what the skin shows at once."))

    def expect(self) -> Iterator[Statement]:
        p = self.protocol
        rows: list[Line] = []
        for code in p.expected_effects:
            found = expected_duration(self.catalogue, code, p.code)
            label = catalogue_text("side_effects", code, "label", found.effect.label)
            row = found.own or found.needle
            if row is None:
                rows.append(
                    (_("{effect}: duration not published").format(effect=label), None, p.sources)
                )
                continue
            text = row.text if found.own else _("the needle alone: {time}").format(time=row.text)
            note = StageNote(label, row.note) if row.note else None
            rows.append((_("{effect}: {time}").format(effect=label, time=text), note, row.sources))
        yield from grouped(_("Reported for this protocol"), rows)
        if not rows:
            yield unknown(_("No source of this protocol lists its side effects."))
            yield from grouped(_("What the needle alone did in a trial"), self._needle_alone())

    def expect_and_seen(self) -> Iterator[Statement]:
        yield from self.expect()
        yield from grouped(_("What this clinic saw"), [(line, None, ()) for line in self.seen])

    def _needle_alone(self) -> Iterator[Line]:
        for row in self.catalogue.durations.values():
            if row.basis == "needle":
                effect = self.catalogue.side_effects[row.effect].label
                label = catalogue_text("side_effects", row.effect, "label", effect)
                note = StageNote(label, row.note) if row.note else None
                yield _("{effect}: {time}").format(effect=label, time=row.text), note, row.sources

    def aftercare(self) -> Iterator[Statement]:
        found = self.catalogue.aftercare_for((self.protocol.code,), (self.site.area,))
        words = [catalogue_text("aftercare", a.code, "instruction", a.instruction) for a in found]
        said = [(text, None, row.sources) for text, row in zip(words, found, strict=True)]
        yield from grouped(_("Aftercare, as clinics say it"), said)
        yield unknown(_("No trial stands behind any of it, and the pages disagree: pick one."))

    def warning(self) -> Iterator[Statement]:
        for flag in self.catalogue.red_flags.values():
            if flag.phase == "after":
                yield self._flag(flag)
        yield from self._safety("emergency", tone="stop", head=_("What to do"))
