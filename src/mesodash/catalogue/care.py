"""The rows of what a consultation asks, watches for and tells, one class a file.

`data/catalogue/README.md` is the data dictionary. None or an empty tuple is unknown, never zero.
"""

from dataclasses import dataclass
from typing import Literal

Scope = Literal["all"] | tuple[str, ...]
"""What a row applies to: everything, or codes of protocols, indications or components."""

EU = "EU"
"""Stands in regulations.csv for every member state of the European Union."""

EU_MEMBERS = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the screening, and what a "yes" means.

    A yes raises the contraindications in `raises`, or, where `level` is filled in, the question's
    own rule: `level` for what `scope` names. `advice` is what to do about a yes.
    `kind`: yes_no; yes_no_detail also asks which or since when; yes_no_where also asks for areas.
    `asked_of`: everybody, or women (everyone not recorded as male).
    `unless`: the patient's record that answers it, so it is asked only where that is missing.
    `holds_days`: after so many days a "no" has to be confirmed; 0 holds on the same day only.
    """

    code: str
    label: str
    text: str
    kind: Literal["yes_no", "yes_no_detail", "yes_no_where"]
    topic: str
    asked_of: Literal["everybody", "women"]
    unless: Literal["age", "skin_type"] | None
    raises: tuple[str, ...]
    level: Literal["absolute", "relative", "caution", "stop"] | None
    scope: Scope
    advice: str | None
    holds_days: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A warning sign: what it is, and what to do when it is there.

    `phase` before: asked before a treatment; the contraindication with the same code stops what it
    applies to. `phase` after: the patient reports it after one; `side_effects` are its codes.
    """

    code: str
    label: str
    phase: Literal["before", "after"]
    sign: str
    action: str
    urgency: Literal["emergency", "same_day"]
    side_effects: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aftercare:
    """One instruction for a span of hours after a session, as its sources say it.

    Rows on the same `topic` may disagree: they are kept as they were said. `areas` limits it to
    these areas and all below; empty is anywhere. `to_hours` None: no end was given.
    """

    code: str
    topic: str
    from_hours: float
    to_hours: float | None
    instruction: str
    scope: Scope
    areas: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Regulation:
    """What a country says of protocols or components; `country` None is everywhere, EU its members.

    allowed: a note only. caution: check first. banned: may be recorded there, not planned.
    """

    code: str
    country: str | None
    scope: Scope
    status: Literal["allowed", "caution", "banned"]
    text: str
    sources: tuple[str, ...]

    def holds_in(self, country: str | None) -> bool:
        """Whether it speaks of this country (two letters; None is not known)."""
        if self.country is None:
            return True
        return self.country == country or (self.country == EU and country in EU_MEMBERS)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """When to ask a patient after a session, in days after it, and what for."""

    code: str
    label: str
    from_day: int
    to_day: int
    ask: str
    side_effects: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """What severity 1 to 5 means for one term of CTCAE; None where it has no such grade."""

    code: str
    term: str
    grade_1: str | None
    grade_2: str | None
    grade_3: str | None
    grade_4: str | None
    grade_5: str | None
    sources: tuple[str, ...]

    @property
    def grades(self) -> dict[int, str]:
        """The grades it has, 1 to 5."""
        texts = (self.grade_1, self.grade_2, self.grade_3, self.grade_4, self.grade_5)
        return {number: text for number, text in enumerate(texts, start=1) if text is not None}
