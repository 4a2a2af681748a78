"""Recording against a plain model: any order of steps leaves in the file what the model says.

Each step may be sent twice (double click), come from a stale look, be refused, or be cut off in
mid-save (an error before the transaction ends, as when the server is killed). `STEPS` examples of
`LENGTH` steps each: set MESODASH_STEPS for more (10,000 once: 200 examples of 50).
"""

import os
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from mesodash.records.audit.actor import Actor
from mesodash.records.audit.verification import verify
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea
from mesodash.records.courses.plans import move_session, save_plan
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment import corrections, recording
from mesodash.records.treatment.drafts import drop_draft, keep_draft, read_draft
from mesodash.records.treatment.entries import AreaEntry, ProductEntry, ReactionEntry, SessionEntry
from mesodash.records.treatment.sessions import read_session

DOCTOR = Actor("dr-a", "practitioner")
DAY = date(2026, 11, 22)
EXAMPLES = int(os.environ.get("MESODASH_STEPS", "200")) // 50
PLACES = [("face.cheek", "left"), ("face.cheek", "right"), ("abdomen.lower", "midline")]


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


areas = st.lists(
    st.builds(
        AreaEntry,
        area=st.just("x"),
        side=st.just("x"),
        technique=st.sampled_from([None, "nappage"]),
        depth_mm=st.sampled_from([None, 1.5, 4.0]),
        points=st.sampled_from([None, 0, 40]),
        volume_ml=st.sampled_from([None, 0.05, 2.0]),
        needle=st.sampled_from([None, "30G 4 mm"]),
    ),
    min_size=0,
    max_size=3,
).map(
    lambda found: tuple(
        replace(one, area=area, side=side) for one, (area, side) in zip(found, PLACES, strict=False)
    )
)
products = st.sampled_from(
    [
        (),
        (ProductEntry("Saline", "S-1", "2030-01", 2.0),),
        (ProductEntry("Saline", "S-1"), ProductEntry("Saline", "S-1")),  # refused: twice
        (ProductEntry("Saline", None), ProductEntry("Caffeine", "C-1", "2027-03-31", 0.5)),
    ]
)
reactions = st.sampled_from(
    [(), (ReactionEntry("erythema", 1),), (ReactionEntry("erythema"), ReactionEntry("pain", 2))]
)
days = st.integers(0, 20).map(lambda n: (DAY - timedelta(days=n)).isoformat())
notes = st.sampled_from([None, "as agreed", "Ä ? ' \" 1"])


class Killed(BaseException):
    """Stands for the end of the process in the middle of a save."""


@dataclass
class Known:
    """What the model knows of one session."""

    entry: SessionEntry
    state: str
    final: bool = False


class Recording(RuleBasedStateMachine):
    """The steps of a practitioner, and the model they are held against."""

    def __init__(self):
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "clinic.db"
        create_clinic(
            self.path, clinic_id="t", name="T", kind="clinical", actor=DOCTOR, clock=clock
        )
        with writing(self.path, DOCTOR, clock=clock) as change:
            change.db["patients"].insert({"id": 1, "patient_id": "P1", "sex": "female"})
            change.log("create", "patients")
        self.sessions = {}
        self.draft = None
        self.number = 0

    def some(self, data, state):
        names = sorted(name for name, one in self.sessions.items() if one.state == state)
        return data.draw(st.sampled_from(names)) if names else None

    def entry(self, data, on=None):
        return SessionEntry(
            "P1",
            data.draw(days) if on is None else on,
            data.draw(areas),
            protocol="cellulite_mix",
            products=data.draw(products),
            reactions=data.draw(reactions),
            note=data.draw(notes),
        )

    def refused(self, entry):
        return not entry.areas or len({(u.product, u.lot) for u in entry.products}) < len(
            entry.products
        )

    @rule(data=st.data(), twice=st.booleans(), killed=st.booleans())
    def record_a_new_one(self, data, twice, killed):
        self.number += 1
        nonce, entry = f"nonce-{self.number:08}", self.entry(data)
        if self.refused(entry):
            with pytest.raises(RecordError):
                recording.record_session(self.path, entry, DOCTOR, nonce=nonce, clock=clock)
            return
        if killed:
            with (
                patch.object(recording, "insert_parts", side_effect=Killed),
                suppress(Killed),
            ):
                recording.record_session(self.path, entry, DOCTOR, nonce=nonce, clock=clock)
        for _again in range(1 + twice):
            name = recording.record_session(self.path, entry, DOCTOR, nonce=nonce, clock=clock)
            self.sessions[name] = Known(replace(entry, session_id=name), "held")

    @rule(n=st.integers(1, 3), start=st.integers(1, 60))
    def plan_a_course(self, n, start):
        self.number += 1
        dates = tuple(DAY + timedelta(days=start + 7 * k) for k in range(n))
        plan = CoursePlan("cellulite_mix", "cellulite", (PlannedArea(*PLACES[2]),), dates)
        taken = {
            one.entry.held_at[:10]
            for one in self.sessions.values()
            if one.state in ("planned", "held")
            and any((a.area, a.side) == PLACES[2] for a in one.entry.areas)
        }
        nonce = f"nonce-{self.number:08}"
        if taken & {day.isoformat() for day in dates}:
            with pytest.raises(RecordError):
                save_plan(self.path, "P1", plan, None, DOCTOR, nonce=nonce, clock=clock)
            return
        course = save_plan(self.path, "P1", plan, None, DOCTOR, nonce=nonce, clock=clock)
        for name, held_at in plan.sessions(course).items():
            entry = SessionEntry(
                "P1",
                held_at,
                (AreaEntry(*PLACES[2]),),
                protocol="cellulite_mix",
                course_id=course,
                session_id=name,
            )
            self.sessions[name] = Known(entry, "planned")

    @rule(data=st.data(), stale=st.booleans(), twice=st.booleans())
    def hold_a_planned_one(self, data, stale, twice):
        name = self.some(data, "planned")
        if name is None:
            return
        known = self.sessions[name]
        entry = replace(self.entry(data), session_id=name, course_id=known.entry.course_id)
        seen = "2020-01-01" if stale else known.entry.held_at
        if self.refused(entry) or stale:
            with pytest.raises(RecordError):
                recording.record_session(
                    self.path, entry, DOCTOR, nonce="nonce-of-hold", seen=seen, clock=clock
                )
            return
        for _again in range(1 + twice):
            recording.record_session(
                self.path, entry, DOCTOR, nonce="nonce-of-hold", seen=seen, clock=clock
            )
        self.sessions[name] = Known(entry, "held")

    @rule(data=st.data(), state=st.sampled_from(["cancelled", "no_show"]))
    def nobody_holds_a_planned_one(self, data, state):
        name = self.some(data, "planned")
        if name is None:
            return
        known = self.sessions[name]
        recording.close_planned_session(
            self.path, name, DOCTOR, seen=known.entry.held_at, state=state, clock=clock
        )
        known.state = state

    @rule(data=st.data(), by=st.integers(61, 90))
    def move_a_planned_one(self, data, by):
        name = self.some(data, "planned")
        if name is None:
            return
        known, to = self.sessions[name], DAY + timedelta(days=by)
        taken = any(
            other != name
            and one.state in ("planned", "held")
            and one.entry.held_at[:10] == to.isoformat()
            and any((a.area, a.side) == PLACES[2] for a in one.entry.areas)
            for other, one in self.sessions.items()
        )
        with pytest.raises(RecordError) if taken else nullcontext():
            move_session(self.path, name, DOCTOR, seen=known.entry.held_at, to=to, clock=clock)
        if not taken:
            known.entry = replace(known.entry, held_at=to.isoformat())

    @rule(data=st.data(), stale=st.booleans(), reason=st.sampled_from(["", "misread"]))
    def amend_a_held_one(self, data, stale, reason):
        name = self.some(data, "held")
        if name is None:
            return
        known = self.sessions[name]
        seen = read_session(self.path, name, DOCTOR, clock=clock)
        entry = replace(self.entry(data), session_id=name, course_id=known.entry.course_id)
        if stale:
            seen = replace(seen, entry=replace(seen.entry, note="never there"))
        wrong = self.refused(entry) or stale or (known.final and not reason)
        with pytest.raises(RecordError) if wrong else nullcontext():
            corrections.amend_session(
                self.path, entry, DOCTOR, seen=seen, reason=reason, clock=clock
            )
        if not wrong:
            known.entry = entry

    @rule(data=st.data())
    def finalise_a_held_one(self, data):
        name = self.some(data, "held")
        if name is not None:
            seen = read_session(self.path, name, DOCTOR, clock=clock)
            corrections.finalise_session(self.path, DOCTOR, seen=seen, clock=clock)
            self.sessions[name].final = True

    @rule(data=st.data())
    def void_a_held_one(self, data):
        name = self.some(data, "held")
        if name is not None:
            seen = read_session(self.path, name, DOCTOR, clock=clock)
            corrections.void_session(self.path, DOCTOR, seen=seen, reason="mistake", clock=clock)
            self.sessions[name].state = "void"

    @rule(text=st.text(max_size=40))
    def type_and_close_the_tab(self, text):
        content = {"note": text.encode("utf-8", "ignore").decode()}
        keep_draft(self.path, "P1", "session:new", content, DOCTOR, clock=clock)
        self.draft = content

    @precondition(lambda self: self.draft is not None)
    @rule()
    def throw_the_draft_away(self):
        drop_draft(self.path, "P1", "session:new", DOCTOR, clock=clock)
        self.draft = None

    def teardown(self):
        with reading(self.path) as db:
            states = dict(db.execute("SELECT session_id, state FROM sessions").fetchall())
        assert states == {name: one.state for name, one in self.sessions.items()}
        for name, one in self.sessions.items():
            found = read_session(self.path, name, DOCTOR, clock=clock)
            assert _plain(found.entry) == _plain(one.entry)
            assert (found.finalised_at is not None) == one.final
        draft = read_draft(self.path, "P1", "session:new", DOCTOR, clock=clock)
        assert (None if draft is None else draft.content) == self.draft
        assert verify(self.path).holds
        self.folder.cleanup()


def _plain(entry):
    """An entry whose reactions stand in the order of their codes."""
    return replace(entry, reactions=tuple(sorted(entry.reactions, key=lambda one: one.effect)))


TestRecording = pytest.mark.slow(Recording.TestCase)
TestRecording.settings = settings(max_examples=EXAMPLES, stateful_step_count=50, deadline=None)
