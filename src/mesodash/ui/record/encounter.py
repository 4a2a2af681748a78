"""The data of one run of the record page: the patient and the session to be recorded."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.consult.adoption import current, versions
from mesodash.consult.session_rules import baseline_scales
from mesodash.language import _
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import practitioners
from mesodash.records.courses.protocol_versions import ProtocolVersion
from mesodash.records.courses.screenings import (
    Screening,
    confirm_screening,
    latest_screening,
)
from mesodash.records.patients.last_treated import last_treated
from mesodash.records.patients.patients import Patient
from mesodash.records.stock.deliveries import StockItem, stock_list
from mesodash.records.stock.products import known_needles
from mesodash.records.store.clinic import Clinic
from mesodash.records.treatment.corrections import former_rows
from mesodash.records.treatment.drafts import Draft
from mesodash.records.treatment.entries import SessionEntry
from mesodash.records.treatment.sessions import (
    GivenThatDay,
    RecordedSession,
    days_since,
    given_that_day,
    last_session,
)
from mesodash.records.watch.consents import Consent, consents_of
from mesodash.records.watch.scores import baseline_of
from mesodash.ui.parts import markup, phrases
from mesodash.ui.record.content import ASKED
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link

CHANGED = "record_changed_meanwhile"
"""Of which session another version than the one that was opened is to be shown."""


@dataclass(frozen=True)
class Encounter:
    """One encounter in this run; what is costly is read on first use.

    Attributes:
        planned: the planned session that becomes held, the held one that is corrected, or None
            for an unplanned one.
    """

    catalogue: Catalogue
    actor: Actor
    clinic: Clinic
    today: date
    patient: Patient
    planned: RecordedSession | None

    @property
    def form(self) -> str:
        """The name under which the draft of this form is kept."""
        if self.corrects:
            return f"amend:{self.session_id}"
        return "session:new" if self.planned is None else f"session:{self.session_id}"

    @property
    def corrects(self) -> bool:
        """Whether a held session is corrected."""
        return self.planned is not None and self.planned.state == "held"

    @property
    def session_id(self) -> str | None:
        """The planned session's id."""
        return None if self.planned is None else self.planned.entry.session_id

    @property
    def course_id(self) -> str | None:
        """The course of the planned session."""
        return None if self.planned is None else self.planned.entry.course_id

    @cached_property
    def last(self) -> RecordedSession | None:
        """The newest held session, of the planned protocol where there is one."""
        protocol = None if self.planned is None else self.planned.entry.protocol
        return last_session(context.db(), self.patient.patient_id, self.actor, protocol=protocol)

    @property
    def last_on(self) -> date | None:
        """The day of `last`."""
        return None if self.last is None else date.fromisoformat(self.last.entry.held_at[:10])

    @cached_property
    def last_treated(self) -> dict[AreaSide, date]:
        """When each area and side was last treated; of a correction, before that session."""
        before = self.planned.entry.held_at if self.planned and self.corrects else None
        found = last_treated(context.db(), self.patient.patient_id, self.actor, before=before)
        return {AreaSide(one.area, one.side): one.on for one in found}

    @cached_property
    def practitioners(self) -> dict[str, str]:
        """Who may have treated: id and name, each name distinct."""
        return phrases.distinct(dict(practitioners(context.db(), self.actor)))

    @cached_property
    def stock(self) -> tuple[StockItem, ...]:
        """The clinic's stock, to know what may not be used."""
        return stock_list(context.db(), self.actor)

    @cached_property
    def needles(self) -> tuple[str, ...]:
        """The needles this clinic has recorded, the most used first."""
        return known_needles(context.db(), self.actor)

    @cached_property
    def versions(self) -> dict[str, ProtocolVersion]:
        """The clinic's versions in force."""
        return dict(current(context.db()))

    @cached_property
    def _all_versions(self) -> dict[str, tuple[ProtocolVersion, ...]]:
        return {}

    def all_versions(self, protocol: Protocol) -> tuple[ProtocolVersion, ...]:
        """The clinic's versions of a protocol, the newest first; read once a run."""
        if protocol.code not in self._all_versions:
            self._all_versions[protocol.code] = versions(context.db(), protocol.code)
        return self._all_versions[protocol.code]

    @cached_property
    def screening(self) -> Screening | None:
        """The patient's latest screening."""
        return latest_screening(context.db(), self.patient.patient_id, self.actor)

    @cached_property
    def consents(self) -> tuple[Consent, ...]:
        """What the patient consented to."""
        return consents_of(context.db(), self.patient.patient_id, self.actor)

    @cached_property
    def lacks_baseline(self) -> tuple[str, ...]:
        """The scales of which the course needs a baseline, if it has none yet; else nothing."""
        if self.course_id is None:
            return ()
        held_at = None if self.planned is None else self.planned.entry.held_at
        on = date.fromisoformat(held_at[:10]) if self.corrects and held_at else self.today
        indication, have = baseline_of(context.db(), self.course_id, self.actor, on)
        needed = baseline_scales(self.catalogue, indication)
        if have & {scale.code for scale in needed}:
            return ()
        return tuple(scale.label for scale in needed)

    @cached_property
    def _given(self) -> dict[date, tuple[GivenThatDay, ...]]:
        return {}

    def given_on(self, on: date) -> tuple[GivenThatDay, ...]:
        """What the patient's held sessions gave on a day; read once a run."""
        if on not in self._given:
            self._given[on] = given_that_day(context.db(), self.patient.patient_id, on, self.actor)
        return self._given[on]

    @cached_property
    def _days(self) -> dict[tuple[str | None, str], int | None]:
        return {}

    def days_since(self, entry: SessionEntry) -> int | None:
        """Days since the session of the protocol before an entry; read once a run."""
        asked = (entry.protocol, entry.held_at[:10])
        if asked not in self._days:
            self._days[asked] = days_since(context.db(), entry, self.actor)
        return self._days[asked]

    def all_asked(self, asked: Collection[str]) -> bool:
        """Whether every question due before each session of this patient was asked."""
        return all(
            name in asked for name in ASKED if name != "pregnancy" or self.patient.sex != "male"
        )

    def version(self, protocol: Protocol | None) -> ProtocolVersion | None:
        """The clinic's version of a protocol, if it adopted one."""
        return None if protocol is None else self.versions.get(protocol.code)

    def most_ml(self, protocol: Protocol | None) -> float | None:
        """The largest volume adopted, else reported, mL."""
        if protocol is None:
            return None
        version = self.versions.get(protocol.code)
        own = version.parameters.max_volume_ml if version else None
        return protocol.max_volume_ml if own is None else own

    def most_per(self, protocol: Protocol | None) -> str | None:
        """What the largest volume counts: a session, or one area on one side."""
        return None if protocol is None else protocol.max_volume_per


def encounter_of(
    clinic: Clinic, actor: Actor, patient: Patient, planned: RecordedSession | None
) -> Encounter:
    """The encounter of this run."""
    return Encounter(
        catalogue=context.catalogue(),
        actor=actor,
        clinic=clinic,
        today=context.today(),
        patient=patient,
        planned=planned,
    )


def confirm_answers(encounter: Encounter, asked: Collection[str], actor: Actor) -> None:
    """Where all was asked again, the earlier screening holds from today on."""
    screening = encounter.screening
    if (
        screening is not None
        and encounter.all_asked(asked)
        and screening.screened_on < encounter.today
    ):
        confirm_screening(
            context.db(),
            encounter.patient.patient_id,
            actor,
            encounter.today,
            screening_id=screening.screening_id,
        )


def look_for_changes(encounter: Encounter, draft: Draft | None) -> None:
    """Note, as a form opens, whether its session was changed after its draft was kept."""
    st.session_state.pop(CHANGED, None)
    if draft is None or not encounter.corrects:
        return
    former = former_rows(context.db(), str(encounter.session_id), encounter.actor)
    if any(one.at > draft.saved_at for one in former):
        note_change(encounter)


def note_change(encounter: Encounter) -> None:
    """Note that the record no longer holds what the form of a correction began with."""
    if encounter.corrects:
        st.session_state[CHANGED] = encounter.session_id


def ask_baseline(encounter: Encounter) -> None:
    """Show which baseline the course needs and lacks, with a link to enter it."""
    if not encounter.lacks_baseline:
        return
    text = _("No baseline yet; one of: {scales}.").format(
        scales=", ".join(encounter.lacks_baseline)
    )
    markup.show("finding", level="reason", text=text)
    link(
        "patient",
        _("Enter the baseline before the session"),
        icon=":material/monitoring:",
        patient=encounter.patient.patient_id,
    )
