"""Loading the catalogue from its folder of CSV files."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

from mesodash.catalogue.checks import cross_check
from mesodash.catalogue.rows import (
    EVIDENCE_ORDER,
    SIDES,
    Area,
    Component,
    Contraindication,
    Indication,
    Protocol,
    Scale,
    SideEffect,
    Source,
    Technique,
)
from mesodash.catalogue.table import Row, Table, listed
from mesodash.catalogue.types import Catalogue

GROUPS = (
    "face", "neck", "arm", "leg", "buttock", "back", "abdomen", "scalp", "head", "chest",
)  # fmt: skip
VIEWS = ("front", "back", "face", "scalp")
AIMS = ("rejuvenate", "melt_fat", "pain", "hair", "pigment_scar")
FLAGS = (
    "allergy", "withdrawn", "off_label", "do_not_mix", "weak_evidence", "lab_test", "max_dose",
    "stop_and_ask",
)  # fmt: skip
PROMISE_UNITS = {"minutes": 24 * 60, "hours": 24, "days": 1}
"""How many of the unit make a day."""


class CatalogueError(ValueError):
    """The catalogue's files are wrong: `faults` has one plain sentence for each fault."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def load_catalogue(folder: Path) -> Catalogue:
    """Read every file of the catalogue in `folder`; once all cells are good, cross-check them.

    Raises:
        CatalogueError: with one sentence per fault, naming file and row.
    """
    faults: list[str] = []
    where: dict[tuple[str, str], str] = {}

    def read(file: str, kind: type[Any], make: Callable[[Row], Any], key: str = "code") -> Any:
        rows: dict[str, Any] = {}
        for row in Table(folder / file, COLUMNS[kind], faults):
            made = make(row)
            name = getattr(made, key)
            if name in rows:
                row.fault(f'the {key} "{name}" is already in {where[file, name]}.')
                continue
            rows[name] = made
            where[file, name] = row.name
        return rows

    catalogue = Catalogue(
        areas=read("areas.csv", Area, _area),
        indications=read("indications.csv", Indication, _indication),
        scales=read("scales.csv", Scale, _scale),
        side_effects=read("side_effects.csv", SideEffect, _side_effect),
        techniques=read("techniques.csv", Technique, _technique),
        components=read("components.csv", Component, _component),
        protocols=read("protocols.csv", Protocol, _protocol),
        contraindications=read("contraindications.csv", Contraindication, _contraindication),
        sources=read("sources.csv", Source, _source, key="key"),
    )
    # A cell that could not be read would also break the links to it: say the cause alone.
    faults = faults or list(cross_check(catalogue, where))
    if faults:
        raise CatalogueError(faults)
    return catalogue


def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


_PROMISE = ("promised", "promised_unit")
COLUMNS: dict[type[Any], tuple[str, ...]] = {
    kind: _names(kind)
    for kind in (
        Area, Indication, Scale, Technique, Component, Protocol, Contraindication, Source,
    )
} | {
    SideEffect: tuple(
        column
        for name in _names(SideEffect)
        for column in (_PROMISE if name == "promised_days" else (name,))
    )
}  # fmt: skip
"""The columns of each file: the fields of its type, but a promise keeps its own unit."""


def _area(row: Row) -> Area:
    return Area(
        code=row.code(),
        label=row.text("label"),
        parent=row.optional("parent"),
        group=row.choice("group", GROUPS),
        sides=row.choices("sides", SIDES),
        views=row.choices("views", VIEWS),
        uberon=row.optional("uberon"),
        uberon_skin=row.optional("uberon_skin"),
        fma=row.optional("fma"),
        snomed=row.optional("snomed"),
        snomed_left=row.optional("snomed_left"),
        snomed_right=row.optional("snomed_right"),
        snomed_entire=row.optional("snomed_entire"),
        leaf=row.yes("leaf"),
        synonyms=row.many("synonyms"),
        note=row.optional("note"),
    )


def _indication(row: Row) -> Indication:
    return Indication(
        code=row.code(),
        label=row.text("label"),
        aim=row.choice("aim", AIMS),
        areas=row.many("areas"),
        scales=row.many("scales"),
        sources=row.many("sources"),
    )


def _scale(row: Row) -> Scale:
    scale = Scale(
        code=row.code(),
        label=row.text("label"),
        low=row.number("low"),
        high=row.number("high"),
        unit=row.text("unit"),
        better=cast("Any", row.choice("better", ("lower", "higher", "depends"))),
        ordinal=row.yes("ordinal"),
        is_change=row.yes("is_change"),
        responder=row.optional("responder"),
        responder_change=row.number("responder_change"),
        responder_ratio=row.number("responder_ratio"),
        responder_at=row.number("responder_at"),
        mcid=row.number("mcid"),
        anchors=row.many("anchors"),
        sources=row.many("sources"),
    )
    row.ordered(scale.low, scale.high, "value")
    return scale


def _side_effect(row: Row) -> SideEffect:
    promised = row.number("promised")
    promised_days = None
    if promised is not None:
        unit = row.choice("promised_unit", tuple(PROMISE_UNITS))
        promised_days = promised / PROMISE_UNITS.get(unit, 1)
    elif row.optional("promised_unit"):
        row.fault("promised_unit is filled in but promised is empty.")
    return SideEffect(
        code=row.code(),
        label=row.text("label"),
        promised_days=promised_days,
        promised_text=row.optional("promised_text"),
        published_typical=row.optional("published_typical"),
        published_upper=row.optional("published_upper"),
        published_sources=row.many("published_sources"),
        ctcae_term=row.optional("ctcae_term"),
        alert_after_days=row.number("alert_after_days"),
        alert_text=row.optional("alert_text"),
        alert_sources=row.many("alert_sources"),
        late=row.yes("late"),
        synonyms=row.many("synonyms"),
        other=row.yes("other"),
    )


def _technique(row: Row) -> Technique:
    technique = Technique(
        code=row.code(),
        label=row.text("label"),
        depth_mm_min=row.number("depth_mm_min"),
        depth_mm_max=row.number("depth_mm_max"),
        needle=row.optional("needle"),
        volume_per_point_ml_min=row.number("volume_per_point_ml_min"),
        volume_per_point_ml_max=row.number("volume_per_point_ml_max"),
        spacing_cm_min=row.number("spacing_cm_min"),
        spacing_cm_max=row.number("spacing_cm_max"),
        note=row.optional("note"),
        sources=row.many("sources"),
    )
    row.ordered(technique.depth_mm_min, technique.depth_mm_max, "depth")
    row.ordered(technique.volume_per_point_ml_min, technique.volume_per_point_ml_max, "volume")
    row.ordered(technique.spacing_cm_min, technique.spacing_cm_max, "spacing")
    return technique


def _component(row: Row) -> Component:
    flags = row.many("flags")
    for flag in flags:
        if flag not in FLAGS:
            row.fault(f'flags "{flag}" must be one of {listed(FLAGS)}.')
    return Component(
        code=row.code(),
        label=row.text("label"),
        role=row.text("role"),
        flags=flags,
        caution=row.optional("caution"),
        sources=row.many("sources"),
    )


def _protocol(row: Row) -> Protocol:
    banned_in = row.many("banned_in")
    for country in banned_in:
        if not (len(country) == len("FR") and country.isascii() and country.isupper()):
            row.fault(f'banned_in "{country}" must be a country\'s two capital letters, like FR.')
    max_volume_ml = row.number("max_volume_ml")
    max_volume_per = None
    if max_volume_ml is not None:
        max_volume_per = row.choice("max_volume_per", ("session", "side"))
    elif row.optional("max_volume_per"):
        row.fault("max_volume_per is filled in but max_volume_ml is empty.")
    protocol = Protocol(
        code=row.code(),
        label=row.text("label"),
        indications=row.many("indications"),
        areas=row.many("areas"),
        mix=row.optional("mix"),
        components=row.many("components"),
        techniques=row.many("techniques"),
        technique_text=row.optional("technique_text"),
        depth_mm_min=row.number("depth_mm_min"),
        depth_mm_max=row.number("depth_mm_max"),
        depth_text=row.optional("depth_text"),
        needle=row.optional("needle"),
        volume_per_point_ml=row.number("volume_per_point_ml"),
        spacing_cm_min=row.number("spacing_cm_min"),
        spacing_cm_max=row.number("spacing_cm_max"),
        points=row.whole("points"),
        max_volume_text=row.optional("max_volume_text"),
        max_volume_ml=max_volume_ml,
        max_volume_per=max_volume_per,
        sessions_min=row.whole("sessions_min"),
        sessions_max=row.whole("sessions_max"),
        interval_days_min=row.number("interval_days_min"),
        interval_days_max=row.number("interval_days_max"),
        schedule=row.optional("schedule"),
        top_up_days=row.number("top_up_days"),
        top_up=row.optional("top_up"),
        onset=row.optional("onset"),
        expected_effects=row.many("expected_effects"),
        evidence=row.choice("evidence", EVIDENCE_ORDER),
        evidence_text=row.text("evidence_text"),
        regulatory=row.optional("regulatory"),
        banned_in=banned_in,
        sources=row.many("sources"),
        technique_defaults=row.many("technique_defaults"),
    )
    row.ordered(protocol.depth_mm_min, protocol.depth_mm_max, "depth")
    row.ordered(protocol.spacing_cm_min, protocol.spacing_cm_max, "spacing")
    row.ordered(protocol.sessions_min, protocol.sessions_max, "number of sessions")
    row.ordered(protocol.interval_days_min, protocol.interval_days_max, "interval")
    return protocol


def _contraindication(row: Row) -> Contraindication:
    scope = row.many("scope")
    if not scope:
        row.fault("scope is empty; write all, or the codes it applies to.")
    return Contraindication(
        code=row.code(),
        label=row.text("label"),
        level=cast("Any", row.choice("level", ("absolute", "relative", "caution", "stop"))),
        scope="all" if scope == ("all",) else scope,
        areas=row.many("areas"),
        reason=row.text("reason"),
        sources=row.many("sources"),
    )


def _source(row: Row) -> Source:
    return Source(
        key=row.key(),
        text=row.text("text"),
        address=row.optional("address"),
        kind=cast("Any", row.choice("kind", ("read", "known", "uncertain", "default"))),
    )
