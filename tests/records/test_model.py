"""The record against a plain model in dictionaries: whatever is done in whatever order, they agree.

`MODEL_EXAMPLES=200 pytest tests/records/test_model.py` takes 10,000 steps, thrice the usual size.
"""

import functools
import os
import shutil
import tempfile
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.exchange.small_clinic import ACTOR, clock, make_clinic, write_files

from mesodash.catalogue.load import load_catalogue
from mesodash.exchange.cell_text import csv_line, protect
from mesodash.exchange.importing import import_folder as importing
from mesodash.exchange.importing.import_folder import import_folder
from mesodash.records.accounts import accounts
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea
from mesodash.records.courses.plans import cancel_plan, move_session, save_plan
from mesodash.records.courses.protocol_versions import Parameters, add_version
from mesodash.records.courses.screenings import Answer, confirm_screening, record_screening
from mesodash.records.files.backup import backup_clinic, restore_clinic
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.settings import load_settings

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "60"))
STEPS = int(os.environ.get("MODEL_STEPS", "50"))

NAMES = st.sampled_from(("P1", "P2", "P3", "=1+1", "O'Neill", "' OR 1=1 --"))
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
NOTES = st.none() | st.sampled_from(("fine", "=cmd()", "ä\nb", "'; DROP TABLE patients; --"))
STATES = st.sampled_from(("planned", "held", "cancelled", "no_show"))


def kept(db):
    """What the file holds, in the shape of the model."""
    with reading(db) as file:

        def rows(sql):
            return [tuple(row) for row in file.execute(sql)]

        return {
            "patients": dict(rows("SELECT patient_id, note FROM patients")),
            "sessions": {
                name: rest
                for name, *rest in rows(
                    "SELECT s.session_id, p.patient_id, s.held_at, s.state, c.course_id"
                    " FROM sessions AS s JOIN patients AS p ON p.id = s.patient"
                    " LEFT JOIN courses AS c ON c.id = s.course"
                )
            },
            "areas": sorted(
                rows(
                    "SELECT s.session_id, t.area, t.held_at, p.patient_id FROM treated_areas AS t"
                    " JOIN sessions AS s ON s.id = t.session JOIN patients AS p ON p.id = t.patient"
                )
            ),
            "courses": dict(rows("SELECT course_id, state FROM courses")),
            "versions": rows("SELECT version, parameters FROM protocol_versions ORDER BY version"),
            "screenings": sorted(
                rows(
                    "SELECT p.patient_id, n.screened_on, a.question, a.said FROM screenings AS n"
                    " JOIN patients AS p ON p.id = n.patient"
                    " JOIN screening_answers AS a ON a.screening = n.id"
                )
            ),
            "accounts": {
                name: (role, bool(disabled))
                for name, role, disabled in rows("SELECT name, role, disabled FROM accounts")
            },
        }  # fmt: skip


class RecordAgainstModel(RuleBasedStateMachine):
    """Rules are what people do; the invariant compares the whole file after each."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(prefix="model-", dir=QUICK))
        self.db = self.folder / "clinic.db"
        for file in EMPTY.iterdir():
            shutil.copy(file, self.folder)
        self.catalogue = CATALOGUE
        self.model = {
            "patients": {}, "sessions": {}, "areas": [], "courses": {}, "versions": [],
            "screenings": [], "accounts": {},
        }  # fmt: skip
        self.nonces = 0
        self.saved = None
        self.last_screened = {}
        for name in ("P1", "P2"):
            self.import_patient(name, None)
            self.plan(name, date(2026, 12, 1), 2)

    def teardown(self):
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    def take(self, files):
        folder = self.folder / "in"
        shutil.rmtree(folder, ignore_errors=True)
        return import_folder(
            self.db, write_files(folder, files), actor=ACTOR, catalogue=self.catalogue,
            rejects=self.folder / "rejects.csv", changes=self.folder / "changes.csv", clock=clock,
        )  # fmt: skip

    @rule(name=NAMES, note=NOTES)
    def import_patient(self, name, note):
        row = csv_line([protect(name), "female", protect(note or "")])
        result = self.take({"patients.csv": f"patient_id,sex,note\n{row}"})
        assert result.rejected == 0
        self.model["patients"][name] = note

    @rule(name=NAMES, number=st.integers(1, 4), day=DAYS, state=STATES)
    def import_session(self, name, number, day, state):
        row = csv_line([f"S{number}", protect(name), day.isoformat(), state])
        result = self.take({"sessions.csv": f"session_id,patient_id,held_at,state\n{row}"})
        own, there = f"S{number}", self.model["sessions"].get(f"S{number}")
        # A session may not go over to another patient without saying with which course, and what
        # was held was held by the day of the import.
        strange = name not in self.model["patients"] or (there and there[0] != name)
        future = state in ("held", "no_show") and day > clock().date()
        if strange or future:
            assert result.rejected == 1
            return
        assert result.rejected == 0
        self.model["sessions"][own] = [name, day.isoformat(), state, there[3] if there else None]

    @rule(name=NAMES, day=DAYS, sessions=st.integers(1, 3))
    def plan(self, name, day, sessions):
        self.nonces += 1
        days = tuple(day + timedelta(days=14 * at) for at in range(sessions))
        plan = CoursePlan("face_ncha", "rejuv_face", (PlannedArea("face", "midline"),), days)
        nonce = f"nonce-{self.nonces:08d}"
        if name not in self.model["patients"]:
            with pytest.raises(RecordError):
                save_plan(self.db, name, plan, None, ACTOR, nonce=nonce, clock=clock)
            return
        if any(self.taken(name, day) for day in days):
            with pytest.raises(RecordError):
                save_plan(self.db, name, plan, None, ACTOR, nonce=nonce, clock=clock)
            return
        course = save_plan(self.db, name, plan, None, ACTOR, nonce=nonce, clock=clock)
        assert save_plan(self.db, name, plan, None, ACTOR, nonce=nonce, clock=clock) == course
        self.model["courses"][course] = "planned"
        for at, one in enumerate(days, 1):
            own = f"{course}-{at}"
            self.model["sessions"][own] = [name, one.isoformat(), "planned", course]
            self.model["areas"].append((own, "face", one.isoformat(), name))

    def taken(self, name, day, besides=None):
        """Whether the area of all plans has a session of a patient on a day, besides one."""
        return any(
            who == name
            and at == day.isoformat()
            and own != besides
            and self.model["sessions"][own][2] in ("planned", "held")
            for own, _area, at, who in self.model["areas"]
        )

    def a_course(self, at):
        """One of the courses there are; None if there is none."""
        courses = sorted(self.model["courses"])
        return courses[at % len(courses)] if courses else None

    @rule(at=st.integers(0, 5), to=DAYS, right=st.sampled_from((True, True, False)))
    def move(self, at, to, right):
        course = self.a_course(at)
        if course is None:
            return
        session = f"{course}-1"
        row = self.model["sessions"][session]
        seen = row[1] if right else "2001-01-01"
        call = {"seen": seen, "to": to, "clock": clock}
        if not right or row[2] != "planned":
            with pytest.raises(ChangedMeanwhileError):
                move_session(self.db, session, ACTOR, **call)
            return
        if to.isoformat() != seen and self.taken(row[0], to, besides=session):
            with pytest.raises(RecordError):
                move_session(self.db, session, ACTOR, **call)
            return
        move_session(self.db, session, ACTOR, **call)
        row[1] = to.isoformat()
        self.model["areas"] = [
            (own, area, row[1] if own == session else at, who)
            for own, area, at, who in self.model["areas"]
        ]

    @rule(at=st.integers(0, 5))
    def cancel(self, at):
        course = self.a_course(at)
        if course is None:
            return
        seen = {
            own: row[1]
            for own, row in self.model["sessions"].items()
            if row[2:] == ["planned", course]
        }
        open_ones = [self.model["sessions"][own] for own in seen]
        call = {"reason": "moved away", "clock": clock}
        with pytest.raises(ChangedMeanwhileError):
            cancel_plan(self.db, course, ACTOR, seen={**seen, "unseen": "2001-01-01"}, **call)
        done = cancel_plan(self.db, course, ACTOR, seen=seen, **call)
        assert done == len(open_ones)
        for row in open_ones:
            row[2] = "cancelled"
        if open_ones:
            self.model["courses"][course] = "stopped"

    @rule(points=st.integers(1, 3))
    def adopt(self, points):
        version = add_version(
            self.db, "face_ncha", Parameters(points=points), ACTOR, on=date(2026, 1, 1), clock=clock
        )
        text = f'{{"points": {points}}}'
        if not self.model["versions"] or self.model["versions"][-1][1] != text:
            self.model["versions"].append((len(self.model["versions"]) + 1, text))
        assert version.version == len(self.model["versions"])

    @rule(name=NAMES, said=st.sampled_from(("yes", "no", "unknown")), day=DAYS)
    def screen(self, name, said, day):
        call = (self.db, name, {"pregnancy": Answer(said)}, ACTOR, day)
        last = self.last_screened.get(name)
        if name not in self.model["patients"] or (last and day < last[0]):
            with pytest.raises(RecordError):
                record_screening(*call, clock=clock)
            return
        record_screening(*call, clock=clock)
        self.last_screened[name] = (day, said)
        self.model["screenings"].append((name, day.isoformat(), "pregnancy", said))

    @rule(name=NAMES, later=st.integers(0, 30))
    def confirm(self, name, later):
        last = self.last_screened.get(name)
        if last is None:
            with pytest.raises(RecordError):
                confirm_screening(self.db, name, ACTOR, date(2028, 1, 1), clock=clock)
            return
        day = last[0] + timedelta(days=later)
        confirm_screening(self.db, name, ACTOR, day, clock=clock)
        self.last_screened[name] = (day, last[1])
        self.model["screenings"].append((name, day.isoformat(), "pregnancy", last[1]))

    @rule(name=st.sampled_from(("ada", "bea")), role=st.sampled_from(("administrator", "manager")))
    def account(self, name, role):
        there = self.model["accounts"]
        if name not in there:
            accounts.add_account(self.db, name, role, ACTOR, password_hash="x", clock=clock)
            there[name] = (role, False)
            return
        self.changed(name, (role, there[name][1]), accounts.set_role, role)

    @rule(name=st.sampled_from(("ada", "bea")), disabled=st.booleans())
    def disable(self, name, disabled):
        there = self.model["accounts"]
        if name not in there:
            with pytest.raises(RecordError):
                accounts.set_disabled(self.db, name, ACTOR, clock=clock)
            return
        self.changed(
            name, (there[name][0], disabled), accounts.set_disabled, None, disabled=disabled
        )

    def changed(self, name, wanted, call, *given, **options):
        """A change of an account, refused where no administrator would be left."""
        there = self.model["accounts"]
        after = there | {name: wanted}
        arguments = (self.db, name, *[one for one in given if one is not None], ACTOR)
        left = any(one == ("administrator", False) for one in after.values())
        if there[name][0] == "administrator" and not left:
            with pytest.raises(RecordError):
                call(*arguments, **options, clock=clock)
            return
        call(*arguments, **options, clock=clock)
        there[name] = wanted

    @rule(now=st.sampled_from((True, False, False)))
    def back_up(self, now):
        if not now:  # the dearest of the rules: a third of the others is often enough
            return
        path, _ = backup_clinic(self.db, self.folder / "backups", actor=ACTOR, clock=clock)
        own = self.folder / "kept.db"  # the next backup of the same second takes the same name
        shutil.copy(path, own)
        self.saved = (own, deepcopy(self.model), dict(self.last_screened))

    @rule()
    def restore(self):
        if self.saved is None:
            return
        path, model, screened = self.saved
        restore_clinic(path, self.db, actor=ACTOR, force=True, clock=clock)
        self.model, self.last_screened = deepcopy(model), dict(screened)

    @invariant()
    def they_agree(self):
        if not hasattr(self, "model"):
            return
        global COMPARED  # noqa: PLW0603 - the machine is made anew for each example
        COMPARED += 1
        told = self.model | {
            "areas": sorted(self.model["areas"]), "screenings": sorted(self.model["screenings"]),
        }  # fmt: skip
        assert kept(self.db) == told


CATALOGUE = load_catalogue(load_settings().catalogue)
# What is kept in memory need not wait for a disk; other tests look at what a disk keeps.
_MEMORY = "/dev/shm"  # noqa: S108 - mkdtemp makes a folder of its own in it
QUICK = _MEMORY if os.access(_MEMORY, os.W_OK) else None
EMPTY = Path()
COMPARED = 0
SIZE = hypothesis.settings(
    max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None,
    derandomize=True, suppress_health_check=list(hypothesis.HealthCheck),
    phases=(hypothesis.Phase.generate,),
)  # fmt: skip


@pytest.fixture(autouse=True)
def made_once(tmp_path, monkeypatch):
    """The empty clinic that each example begins with, and the vocabulary of its imports."""
    make_clinic(tmp_path / "empty" / "clinic.db")
    monkeypatch.setitem(globals(), "EMPTY", tmp_path / "empty")
    monkeypatch.setattr(importing, "vocabulary_of", functools.cache(importing.vocabulary_of))


@pytest.mark.slow
def test_the_record_agrees_with_the_model(checks):
    global COMPARED  # noqa: PLW0603
    COMPARED = 0
    with checks(
        "record against model, comparisons", planned=EXAMPLES * STEPS // 2, at_least=True
    ) as count:
        run_state_machine_as_test(RecordAgainstModel, settings=SIZE)
        for _ in range(COMPARED):
            count.that(True, "a comparison")


@pytest.mark.slow
def test_negative_control_a_record_that_moves_to_another_day_is_caught(monkeypatch):
    """One day beside the one that was asked for: the model must see it."""

    def broken(db, session, actor, *, seen, to, clock):
        from mesodash.records.store.connection import writing

        with writing(db, actor, clock=clock) as change:
            found = change.db.execute(
                "SELECT held_at, state FROM sessions WHERE session_id = ?", [session]
            ).fetchone()
            if tuple(found) != (seen, "planned"):
                raise ChangedMeanwhileError("x")
            change.db.execute(
                "UPDATE sessions SET held_at = ? WHERE session_id = ?",
                [(to + timedelta(days=1)).isoformat(), session],
            )
            change.log("update", "sessions", key=session)

    monkeypatch.setitem(globals(), "move_session", broken)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            RecordAgainstModel, settings=hypothesis.settings(SIZE, max_examples=60)
        )
