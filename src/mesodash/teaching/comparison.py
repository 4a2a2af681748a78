"""Two or three protocols side by side, row by row, with what differs marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.language import (
    N_,
    _,
    catalogue_text,
    format_list,
    format_range,
    format_trimmed,
)

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
