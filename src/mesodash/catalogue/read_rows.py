"""Reading the rows of what there is: areas, indications, scales, effects, protocols, sources."""

from typing import Any, cast

from mesodash.catalogue.rows import (
    EVIDENCE_ORDER,
    RULE_LEVELS,
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
from mesodash.catalogue.table import Row, listed

GROUPS = (
    "face", "neck", "arm", "leg", "buttock", "back", "abdomen", "scalp", "head", "chest",
)  # fmt: skip
SNOMED_STATUS = ("unverified", "verified")
VIEWS = ("front", "back", "face", "scalp")
AIMS = ("rejuvenate", "melt_fat", "pain", "hair", "pigment_scar")
FLAGS = (
    "allergy", "withdrawn", "off_label", "do_not_mix", "weak_evidence", "lab_test", "max_dose",
    "stop_and_ask",
)  # fmt: skip
PROMISE_UNITS = {"minutes": 24 * 60, "hours": 24, "days": 1}
"""How many of the unit make a day."""


def area(row: Row) -> Area:
    """A row of areas.csv."""
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
        snomed_status=cast("Any", row.choice_or_empty("snomed_status", SNOMED_STATUS)),
        leaf=row.yes("leaf"),
        synonyms=row.many("synonyms"),
        note=row.optional("note"),
        sources=row.many("sources"),
    )


def indication(row: Row) -> Indication:
    """A row of indications.csv."""
    return Indication(
        code=row.code(),
        label=row.text("label"),
        aim=row.choice("aim", AIMS),
        sex=cast("Any", row.choice_or_empty("sex", ("female", "male"))),
        areas=row.many("areas"),
        scales=row.many("scales"),
        sources=row.many("sources"),
    )


def scale(row: Row) -> Scale:
    """A row of scales.csv."""
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
        note=row.optional("note"),
        sources=row.many("sources"),
    )
    row.ordered(scale.low, scale.high, "value")
    return scale


def side_effect(row: Row) -> SideEffect:
    """A row of side_effects.csv."""
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


def technique(row: Row) -> Technique:
    """A row of techniques.csv."""
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
        endpoint=row.optional("endpoint"),
        note=row.optional("note"),
        sources=row.many("sources"),
    )
    row.ordered(technique.depth_mm_min, technique.depth_mm_max, "depth")
    row.ordered(technique.volume_per_point_ml_min, technique.volume_per_point_ml_max, "volume")
    row.ordered(technique.spacing_cm_min, technique.spacing_cm_max, "spacing")
    return technique


def component(row: Row) -> Component:
    """A row of components.csv."""
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


def protocol(row: Row) -> Protocol:
    """A row of protocols.csv."""
    banned_in = row.many("banned_in")
    for country in banned_in:
        row.country_fault("banned_in", country)
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
        anaesthesia=row.optional("anaesthesia"),
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


def contraindication(row: Row) -> Contraindication:
    """A row of contraindications.csv."""
    return Contraindication(
        code=row.code(),
        label=row.text("label"),
        level=cast("Any", row.choice("level", RULE_LEVELS)),
        scope=row.scope(),
        areas=row.many("areas"),
        until=row.optional("until"),
        asked=row.yes("asked"),
        reason=row.text("reason"),
        sources=row.many("sources"),
    )


def source(row: Row) -> Source:
    """A row of sources.csv."""
    return Source(
        key=row.key(),
        text=row.text("text"),
        address=row.optional("address"),
        kind=cast("Any", row.choice("kind", ("read", "known", "uncertain", "default"))),
    )
