"""The rows of the catalogue's files as frozen types: one class a file, one field a column.

`data/catalogue/README.md` is the data dictionary: every column, its unit and its meaning.
Everywhere, None (or an empty tuple) means not published or unknown, never zero.
"""

from dataclasses import dataclass
from typing import Literal

EVIDENCE_ORDER = ("A", "A/B", "B", "B/C", "C", "C, N", "X/B", "X", "N")
"""Best first: A trials positive, B mixed, C uncontrolled, X expert use only, N negative."""

RULE_LEVELS = ("absolute", "relative", "caution", "stop")
"""How much a contraindication weighs: do not, weigh, take care, stop and refer."""

SIDES = ("left", "right", "midline")
"""The sides an area can have, always the patient's."""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the body. `leaf` areas are drawn on the figure; `buttock` is drawn and a parent.

    `snomed_status` says whether its SNOMED CT ids were looked up on a terminology server.
    """

    code: str
    label: str
    parent: str | None
    group: str
    sides: tuple[str, ...]
    views: tuple[str, ...]
    uberon: str | None
    uberon_skin: str | None
    fma: str | None
    snomed: str | None
    snomed_left: str | None
    snomed_right: str | None
    snomed_entire: str | None
    snomed_status: Literal["unverified", "verified"] | None
    leaf: bool
    synonyms: tuple[str, ...]
    note: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indication:
    """What a course is for; `areas` may name parents (all below); `scales` measure it.

    `sex`: the one it is named for (male, female); None is anybody's.
    """

    code: str
    label: str
    aim: str
    sex: Literal["female", "male"] | None
    areas: tuple[str, ...]
    scales: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """An outcome measure.

    A patient responds when any of these that is filled in is met: the change in the better
    direction reaches `responder_change` (scale units) or `responder_ratio` (share of baseline),
    or the value itself is `responder_at` or better. `mcid` is in scale units.
    `is_change`: the value already is a change, so no baseline is subtracted (GAIS).
    """

    code: str
    label: str
    low: float | None
    high: float | None
    unit: str
    better: Literal["lower", "higher", "depends"]
    ordinal: bool
    is_change: bool
    responder: str | None
    responder_change: float | None
    responder_ratio: float | None
    responder_at: float | None
    mcid: float | None
    anchors: tuple[str, ...]
    note: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideEffect:
    """An effect that may follow a session, with what was promised and what was published.

    `promised_days` is the founding text's promise in days: 20 minutes is 20/1440; its "couple of
    days" read as 2 and its "few days" as 3 is this project's reading, not the text's.
    `alert_after_days`: call the patient when it lasts longer; 0 means as soon as it is recorded.
    `late`: a source reports an onset weeks or more after the session. `other`: the catch-all.
    """

    code: str
    label: str
    promised_days: float | None
    promised_text: str | None
    published_typical: str | None
    published_upper: str | None
    published_sources: tuple[str, ...]
    ctcae_term: str | None
    alert_after_days: float | None
    alert_text: str | None
    alert_sources: tuple[str, ...]
    late: bool
    synonyms: tuple[str, ...]
    other: bool

    @property
    def published_text(self) -> str | None:
        """What was published on its duration, in one line; None if nothing was found."""
        parts = []
        if self.published_typical:
            parts.append(f"Typical: {self.published_typical}")
        if self.published_upper:
            parts.append(f"longest seen: {self.published_upper}")
        text = "; ".join(parts)
        return text[0].upper() + text[1:] if text else None


@dataclass(frozen=True, slots=True)
class Technique:
    """A way to inject: depth in mm, volume a point in mL, spacing in cm.

    `endpoint` is what the skin shows at once when it was done as meant.
    """

    code: str
    label: str
    depth_mm_min: float | None
    depth_mm_max: float | None
    needle: str | None
    volume_per_point_ml_min: float | None
    volume_per_point_ml_max: float | None
    spacing_cm_min: float | None
    spacing_cm_max: float | None
    endpoint: str | None
    note: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """A substance of a mixture, what it is there for, and what to ask about before using it."""

    code: str
    label: str
    role: str
    flags: tuple[str, ...]
    caution: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a source reported doing for an indication in an area; never a recommendation.

    `technique_defaults` names the fields whose figure is the technique's, not the trial's.
    `max_volume_per` says what `max_volume_ml` counts: "session", or "side" (one area, one side).
    """

    code: str
    label: str
    indications: tuple[str, ...]
    areas: tuple[str, ...]
    mix: str | None
    components: tuple[str, ...]
    techniques: tuple[str, ...]
    technique_text: str | None
    depth_mm_min: float | None
    depth_mm_max: float | None
    depth_text: str | None
    needle: str | None
    volume_per_point_ml: float | None
    spacing_cm_min: float | None
    spacing_cm_max: float | None
    points: int | None
    max_volume_text: str | None
    max_volume_ml: float | None
    max_volume_per: str | None
    sessions_min: int | None
    sessions_max: int | None
    interval_days_min: float | None
    interval_days_max: float | None
    schedule: str | None
    top_up_days: float | None
    top_up: str | None
    onset: str | None
    anaesthesia: str | None
    expected_effects: tuple[str, ...]
    evidence: str
    evidence_text: str
    regulatory: str | None
    banned_in: tuple[str, ...]
    sources: tuple[str, ...]
    technique_defaults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contraindication:
    """A reason not to treat, or to take care.

    `scope` is "all", or codes of protocols, indications or components it applies to.
    `areas` limits it to these areas and all below; empty means anywhere. `until` is when it ends
    ("it has healed"). `asked`: a question finds it out; otherwise it holds wherever it applies.
    """

    code: str
    label: str
    level: Literal["absolute", "relative", "caution", "stop"]
    scope: Literal["all"] | tuple[str, ...]
    areas: tuple[str, ...]
    until: str | None
    asked: bool
    reason: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from: read, known (from memory), uncertain or our own default."""

    key: str
    text: str
    address: str | None
    kind: Literal["read", "known", "uncertain", "default"]
