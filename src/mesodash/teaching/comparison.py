"""Two or three protocols, techniques, sources or versions side by side, what differs marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from mesodash.catalogue.types import Catalogue, Passage, Protocol, Technique
from mesodash.consult.adoption import LABELS, differences
from mesodash.language import (
    MISSING,
    N_,
    _,
    catalogue_text,
    format_list,
    format_range,
    format_trimmed,
)
from mesodash.records.courses.protocol_versions import ProtocolVersion

MOST: Final = 3
UNKNOWN: Final = N_("not published")


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One row: what is compared, a cell a protocol, and whether the cells differ."""

    name: str
    cells: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether not all cells say the same."""
        return len(set(self.cells)) > 1


def compare(catalogue: Catalogue, protocols: Sequence[Protocol]) -> tuple[ComparedRow, ...]:
    """Compare protocols as their sources report them; what no source says is `not published`.

    Args:
        catalogue: what the protocols refer to.
        protocols: at most MOST, in the order of the columns.

    Raises:
        ValueError: more than MOST.
    """
    if len(protocols) > MOST:
        raise ValueError(_("At most {n} protocols stand side by side.").format(n=MOST))
    reader = _Told(catalogue)
    return tuple(
        ComparedRow(_(name), tuple(read(reader, one) or _(UNKNOWN) for one in protocols))
        for name, read in _ROWS
    )


@dataclass(frozen=True, slots=True)
class _Told:
    catalogue: Catalogue

    def indications(self, p: Protocol) -> str:
        found = self.catalogue.indications
        return format_list(
            [catalogue_text("indications", c, "label", found[c].label) for c in p.indications]
        )

    def areas(self, p: Protocol) -> str:
        found = self.catalogue.areas
        return format_list([catalogue_text("areas", c, "label", found[c].label) for c in p.areas])

    def components(self, p: Protocol) -> str:
        found = self.catalogue.components
        return format_list(
            [catalogue_text("components", c, "label", found[c].label) for c in p.components]
        )

    def technique(self, p: Protocol) -> str | None:
        found = self.catalogue.techniques
        names = [catalogue_text("techniques", c, "label", found[c].label) for c in p.techniques]
        return p.technique_text or format_list(names) or None

    def layer(self, p: Protocol) -> str | None:
        found = {self.catalogue.techniques[code].layer for code in p.techniques}
        layer = p.layer or (found.pop() if len(found) == 1 else None)
        words = {
            "epidermis": _("epidermis"),
            "dermis": _("dermis"),
            "fat": _("fat"),
            "muscle": _("muscle"),
        }
        return words[layer] if layer else None

    def depth(self, p: Protocol) -> str | None:
        if p.depth_mm_max is None:
            return p.depth_text
        text = _("{mm} mm").format(mm=format_range(p.depth_mm_min, p.depth_mm_max))
        return self._usual(p, "depth", text)

    def spacing(self, p: Protocol) -> str | None:
        if p.spacing_cm_max is None:
            return None
        text = _("{cm} cm").format(cm=format_range(p.spacing_cm_min, p.spacing_cm_max))
        return self._usual(p, "spacing", text)

    def _usual(self, p: Protocol, field: str, text: str) -> str:
        """Say so where a figure is the technique's and not the source's own."""
        if any(one.startswith(field) for one in p.technique_defaults):
            return _("{figure} (usual for the technique)").format(figure=text)
        return text

    def volume(self, p: Protocol) -> str | None:
        ml = p.volume_per_point_ml
        return None if ml is None else _("{ml} mL").format(ml=format_trimmed(ml, 3))

    def points(self, p: Protocol) -> str | None:
        if p.points is None:
            return None
        per = _("a side") if p.points_per == "side" else _("a session")
        return _("{n} points {per}.").format(n=p.points, per=per).rstrip(".")

    def most(self, p: Protocol) -> str | None:
        if p.max_volume_ml is None:
            return p.max_volume_text
        per = _("a side") if p.max_volume_per == "side" else _("a session")
        return _("{ml} mL {per}").format(ml=format_trimmed(p.max_volume_ml), per=per)

    def course(self, p: Protocol) -> str:
        return "; ".join(f"{s.what}: {s.text}" if s.what else s.text for s in p.schedules)

    def effects(self, p: Protocol) -> str:
        found = self.catalogue.side_effects
        return format_list(
            [catalogue_text("side_effects", c, "label", found[c].label) for c in p.expected_effects]
        )

    def banned(self, p: Protocol) -> str:
        return format_list(list(p.banned_in)) or _("nowhere in the catalogue")


_ROWS: Final[tuple[tuple[str, Callable[[_Told, Protocol], str | None]], ...]] = (
    (N_("Indication"), _Told.indications),
    (N_("Area"), _Told.areas),
    (N_("Evidence"), lambda _reader, p: p.evidence),
    (N_("Mixture"), _Told.components),
    (N_("Technique"), _Told.technique),
    (N_("Layer that is meant"), _Told.layer),
    (N_("Depth"), _Told.depth),
    (N_("Needle"), lambda _reader, p: p.needle),
    (N_("Volume a point"), _Told.volume),
    (N_("Points"), _Told.points),
    (N_("Spacing"), _Told.spacing),
    (N_("Largest volume"), _Told.most),
    (N_("Course"), _Told.course),
    (N_("First effect"), lambda _reader, p: p.onset),
    (N_("Anaesthesia"), lambda _reader, p: p.anaesthesia),
    (N_("Reported side effects"), _Told.effects),
    (N_("Banned"), _Told.banned),
)


def compare_techniques(
    catalogue: Catalogue, techniques: Sequence[Technique]
) -> tuple[ComparedRow, ...]:
    """Compare techniques as the catalogue has them.

    Raises:
        ValueError: more than MOST.
    """
    _few(techniques)

    def spread(low: float | None, high: float | None, unit: str) -> str | None:
        """Both ends where both are known; an end alone says which it is."""
        if low is None and high is None:
            return None
        if low is None or high is None:
            text = _("at most {figure}") if low is None else _("at least {figure}")
            return text.format(figure=unit.format(n=format_trimmed(low or high, 3)))
        return unit.format(n=format_range(low, high))

    def used(t: Technique) -> str:
        found = [p for p in catalogue.protocols.values() if t.code in p.techniques]
        return format_list([catalogue_text("protocols", p.code, "label", p.label) for p in found])

    def said(t: Technique, field: str, text: str | None) -> str | None:
        return catalogue_text("techniques", t.code, field, text) if text else None

    mm, ml, cm, deg = _("{n} mm"), _("{n} mL"), _("{n} cm"), "{n}°"
    rows: tuple[tuple[str, Callable[[Technique], str | None]], ...] = (
        (N_("Layer that is meant"), lambda t: _(t.layer) if t.layer else None),
        (N_("Depth"), lambda t: spread(t.depth_mm_min, t.depth_mm_max, mm)),
        (N_("Angle"), lambda t: spread(t.angle_deg_min, t.angle_deg_max, deg)),
        (N_("Needle"), lambda t: said(t, "needle", t.needle)),
        (
            N_("Volume a point"),
            lambda t: spread(t.volume_per_point_ml_min, t.volume_per_point_ml_max, ml),
        ),
        (N_("Spacing"), lambda t: spread(t.spacing_cm_min, t.spacing_cm_max, cm)),
        (N_("What the skin shows"), lambda t: said(t, "endpoint", t.endpoint)),
        (N_("Note"), lambda t: said(t, "note", t.note)),
        (N_("Protocols"), used),
    )
    return tuple(
        ComparedRow(_(name), tuple(read(one) or _(UNKNOWN) for one in techniques))
        for name, read in rows
    )


def sources_of(catalogue: Catalogue, protocol: Protocol) -> tuple[str, ...]:
    """The sources that were read for a protocol's rows, in the order of the rows."""
    return tuple(
        dict.fromkeys(
            passage.source
            for _name, passages in _passages(catalogue, protocol)
            for passage in passages
        )
    )


def compare_sources(
    catalogue: Catalogue, protocol: Protocol, sources: Sequence[str]
) -> tuple[ComparedRow, ...]:
    """What each source says of a protocol, as it was read when the rows were checked.

    Raises:
        ValueError: more than MOST.
    """
    _few(sources)
    made = []
    for name, passages in _passages(catalogue, protocol):
        cells = tuple(
            "; ".join(dict.fromkeys(one.says for one in passages if one.source == source))
            or _(NOT_READ)
            for source in sources
        )
        if any(cell != _(NOT_READ) for cell in cells):
            made.append(ComparedRow(_(name), cells))
    return tuple(made)


def compare_versions(
    catalogue: Catalogue, versions: Sequence[ProtocolVersion | None]
) -> tuple[ComparedRow, ...]:
    """Compare a clinic's own versions of one protocol.

    What a version leaves open is as published, and is shown so.

    Args:
        catalogue: what is published.
        versions: of one protocol, in the order of the columns; None is what is published.

    Raises:
        ValueError: more than MOST, or no version among them.
    """
    _few(versions)
    own = [one for one in versions if one is not None]
    if not own:
        raise ValueError(_("Choose a version to compare with."))
    told = {one.key: {row.name: row for row in differences(catalogue, one)} for one in own}
    # A depth's published range goes by the technique, which each version may choose.
    made = []
    for name, label in LABELS.items():
        found = {key: rows[name] for key, rows in told.items() if name in rows}
        if not found:
            continue
        published = next(iter(found.values())).published
        cells = []
        for one in versions:
            row = None if one is None else found.get(one.key)
            said = published if row is None else row.published if row.this == MISSING else row.this
            cells.append(_(UNKNOWN) if said == MISSING else said)
        made.append(ComparedRow(_(label), tuple(cells)))
    if any(one.reason for one in own):
        none = _("does not go beyond what is published")
        reasons = tuple((one.reason or none) if one else none for one in versions)
        made.append(ComparedRow(_("Reason"), reasons))
    return tuple(made)


def _few(chosen: Sequence[object]) -> None:
    if len(chosen) > MOST:
        raise ValueError(_("At most {n} stand side by side.").format(n=MOST))


def _passages(catalogue: Catalogue, p: Protocol) -> tuple[tuple[str, tuple[Passage, ...]], ...]:
    """What was read for a protocol's own row, and for those that are about it, by their subject."""
    of = {
        "protocols": [p.code],
        "protocol_sites": [row.code for row in p.sites],
        "schedules": [s.code for s in catalogue.schedules.values() if s.protocol == p.code],
        "components": list(p.components),
        "techniques": list(p.techniques),
        "durations": [
            row.code
            for row in catalogue.durations.values()
            if row.scope != "all" and catalogue.concerns(p.code, row.scope)
        ],
        "contraindications": [row.code for row in catalogue.contraindications_to(p.code)],
    }
    return tuple(
        (
            name,
            tuple(
                one
                for row in of[part]
                for one in catalogue.passages_of(part, row)
                if one.finding in ("confirmed", "corrected")
            ),
        )
        for part, name in _SUBJECTS
    )


NOT_READ: Final = N_("nothing was read there")
_SUBJECTS: Final = (
    ("protocols", N_("Protocol")),
    ("protocol_sites", N_("Points")),
    ("schedules", N_("Course")),
    ("components", N_("Mixture")),
    ("techniques", N_("Technique")),
    ("durations", N_("How long it lasts")),
    ("contraindications", N_("Contraindication")),
)
