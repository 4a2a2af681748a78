"""The data of one run of the page: patient, areas, verdicts, and what is chosen and drawn.

Read once at the top of the page, so that the figure and the panel beside it agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.component import tone_for
from mesodash.catalogue.types import EVIDENCE_ORDER, Catalogue, Protocol
from mesodash.consult.adoption import current
from mesodash.consult.screening import (
    NO_ANSWERS,
    ScreeningAnswers,
    ScreeningVerdict,
    screen,
    worst_by_protocol,
)
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.protocol_versions import ProtocolVersion
from mesodash.records.courses.screenings import Screening, latest_screening
from mesodash.records.patients.last_treated import LastTreated, last_treated
from mesodash.records.patients.overview import PatientOverview, patient_overview
from mesodash.records.patients.patients import Patient
from mesodash.records.store.clinic import Clinic
from mesodash.records.treatment.history import Site
from mesodash.reports.core.snapshot import Look
from mesodash.ui.body_map.doses import Spaced, spaced
from mesodash.ui.shell import context

CHOSEN_PROTOCOL = "consult_protocol"
WALK_IN = "consult_walk_in"
NOBODY = "unknown"


@dataclass(frozen=True)
class Consultation:
    """One consultation in this run; what is costly is computed on first use."""

    catalogue: Catalogue
    actor: Actor
    clinic: Clinic
    today: date
    patient: Patient | None
    chosen: tuple[AreaSide, ...]

    @property
    def patient_id(self) -> str | None:
        """The patient's id, or None for a walk-in."""
        return None if self.patient is None else self.patient.patient_id

    @property
    def country(self) -> str | None:
        """The clinic's country, whose rules hold."""
        return self.clinic.country

    @property
    def areas(self) -> tuple[str, ...]:
        """The chosen areas without their sides, each once."""
        return tuple(dict.fromkeys(site.area for site in self.chosen))

    @property
    def sites(self) -> list[Site]:
        """The chosen areas as the record's functions take them."""
        return [Site(s.area, None if s.side == "midline" else s.side) for s in self.chosen]

    @property
    def figure(self) -> str:
        """Which figure is shown first."""
        return "male" if self.patient is not None and self.patient.sex == "male" else "female"

    @property
    def tone(self) -> str:
        """The skin tone shown first."""
        return tone_for(self.patient.phototype if self.patient else None)

    @cached_property
    def protocols(self) -> tuple[Protocol, ...]:
        """What is indicated in any of the chosen areas, best evidence first."""
        found = dict.fromkeys(p for area in self.areas for p in self.catalogue.protocols_at(area))
        return tuple(sorted(found, key=lambda p: EVIDENCE_ORDER.index(p.evidence)))

    @cached_property
    def screening(self) -> Screening | None:
        """The patient's latest screening."""
        if self.patient is None:
            return None
        return latest_screening(context.db(), self.patient.patient_id, self.actor)

    @property
    def answers(self) -> ScreeningAnswers:
        """What was answered: on record for a patient, else kept for this window only."""
        if self.patient is not None:
            return self.screening.answers if self.screening else NO_ANSWERS
        answers: ScreeningAnswers = st.session_state.get(WALK_IN, NO_ANSWERS)
        return answers

    @cached_property
    def each_verdict(self) -> tuple[ScreeningVerdict, ...]:
        """What may be offered, for each protocol in each chosen area."""
        patient = self.patient
        return screen(
            self.catalogue,
            protocols=[p.code for p in self.protocols],
            areas=self.areas,
            answers=self.answers,
            sex=patient.sex if patient else NOBODY,
            birth_year=patient.birth_year if patient else None,
            phototype=patient.phototype if patient else None,
            country=self.country,
            today=self.today,
        )

    @cached_property
    def verdicts(self) -> dict[str, ScreeningVerdict]:
        """The strictest verdict of each protocol over the chosen areas."""
        return worst_by_protocol(self.each_verdict)

    @cached_property
    def reports(self) -> Look:
        """The clinic's reports as read in this run."""
        return context.reader().look(self.clinic)

    @cached_property
    def versions(self) -> dict[str, ProtocolVersion]:
        """The clinic's versions in force."""
        return dict(current(context.db()))

    @property
    def protocol(self) -> Protocol | None:
        """The protocol that was chosen on a card, while it is indicated here and not excluded."""
        code = st.session_state.get(CHOSEN_PROTOCOL)
        for found in self.protocols:
            if found.code == code and not self.verdicts[found.code].blocked:
                return found
        return None

    @cached_property
    def overview(self) -> PatientOverview | None:
        """What is under way, planned and measured for the patient in the chosen areas."""
        if self.patient is None:
            return None
        return patient_overview(context.db(), self.patient.patient_id, self.sites, self.actor)

    @cached_property
    def last_treated(self) -> tuple[LastTreated, ...]:
        """When each area of the patient was last treated."""
        if self.patient is None:
            return ()
        return last_treated(context.db(), self.patient.patient_id, self.actor)

    def spaced(self, protocol: Protocol) -> Spaced:
        """How a protocol's points are placed: as the clinic adopted it, else as published."""
        return spaced(protocol, self.versions.get(protocol.code))


def read_consultation(
    clinic: Clinic, actor: Actor, patient: Patient | None, chosen: Sequence[AreaSide]
) -> Consultation:
    """The consultation of this run: the clinic's, as this actor may see it."""
    return Consultation(
        catalogue=context.catalogue(),
        actor=actor,
        clinic=clinic,
        today=context.today(),
        patient=patient,
        chosen=tuple(chosen),
    )
