"""Taking back the latest import: the clinic is as it was, and what depends on it keeps it."""

import csv
import io
import tempfile
from datetime import date
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st
from tests.exchange.small_clinic import ACTOR, FILES, clock, make_clinic, write_files

from mesodash.catalogue.load import load_catalogue
from mesodash.demo import make_demo
from mesodash.exchange.cell_text import csv_line
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.importing.import_folder import import_folder
from mesodash.lake.publish import publish
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.audit.verification import verify
from mesodash.records.patients.new_patient import add_patient
from mesodash.records.privacy.erasure import erase
from mesodash.records.privacy.person import everything_about
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.transfer.import_undo import latest_import, undo_import
from mesodash.records.treatment.follow_up import record_contact
from mesodash.settings import load_settings


def exported(db, place):
    export_csv(db, place, actor=ACTOR, clock=clock)
    return {path.name: path.read_bytes() for path in sorted(place.iterdir())}


def take(db, place, files, catalogue):
    return import_folder(
        db,
        write_files(place, files),
        actor=ACTOR,
        catalogue=catalogue,
        rejects=place.parent / "rejects.csv",
        changes=place.parent / "changes.csv",
        force=True,
        clock=clock,
    )


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "clinic.db")


def undo(db, actor=ACTOR):
    return undo_import(db, actor, entry=latest_import(db, actor).entry, clock=clock)


def test_what_would_go_is_told_first_and_nothing_is_changed(clinic, tmp_path, catalogue):
    take(clinic, tmp_path / "in", FILES, catalogue)
    before = exported(clinic, tmp_path / "before")

    found = latest_import(clinic, ACTOR)

    assert {one.table: (one.removed, one.put_back) for one in found.tables} == {
        "consents": (2, 0), "courses": (2, 0), "follow_ups": (2, 0), "injection_points": (2, 0),
        "outcomes": (2, 0), "patients": (2, 0), "plans": (1, 0), "practitioners": (1, 0),
        "products_used": (1, 0), "protocol_versions": (2, 0), "red_cards": (2, 0),
        "screening_answers": (4, 0), "screenings": (2, 0), "sessions": (3, 0),
        "side_effects": (3, 0), "stock": (2, 0), "treated_areas": (3, 0),
    }  # fmt: skip
    assert (found.actor, found.hindrances, found.removed) == ("tester", (), 36)
    assert exported(clinic, tmp_path / "after") == before


def test_an_import_taken_back_leaves_an_empty_clinic_and_its_traces(clinic, tmp_path, catalogue):
    before = exported(clinic, tmp_path / "before")
    take(clinic, tmp_path / "in", FILES, catalogue)

    undo(clinic)

    assert exported(clinic, tmp_path / "after") == before
    assert latest_import(clinic, ACTOR) is None
    assert verify(clinic).holds
    with reading(clinic) as db:
        log = db.execute(
            "SELECT action, count(*) FROM change_log WHERE action IN ('import', 'undo')"
            " GROUP BY action"
        ).fetchall()
        gone = db.execute("SELECT count(*) FROM row_versions WHERE action = 'delete'").fetchone()
        kept = db.execute(
            "SELECT 1 FROM sqlite_schema WHERE name = 'protocol_versions_no_delete'"
        ).fetchone()
    assert log[0][1] == log[1][1]
    assert (gone, kept) == ((36,), (1,))


def test_taken_again_it_is_the_clinic_it_was(clinic, tmp_path, catalogue):
    take(clinic, tmp_path / "in", FILES, catalogue)
    whole = exported(clinic, tmp_path / "whole")
    undo(clinic)

    take(clinic, tmp_path / "again", FILES, catalogue)

    assert exported(clinic, tmp_path / "after") == whole


def altered(text, draw):
    """A file with some rows left out, and some free or measured cells changed."""
    header, *rows = csv.reader(io.StringIO(text))
    kept = [row for row in rows if draw(st.booleans())]
    for row in kept:
        for name in ("note", "volume_ml", "depth_mm", "name", "phone", "severity", "value"):
            if name in header and draw(st.booleans()):
                row[header.index(name)] = draw(
                    st.sampled_from(("", "1", "2"))
                    if name not in ("note", "name")
                    else st.sampled_from(("one", "ünd"))
                )
    return "".join(csv_line(row) for row in (header, *kept))


@pytest.mark.slow
@hypothesis.settings(max_examples=25, phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate])
@hypothesis.given(st.data())
def test_import_and_undo_give_the_same_export_as_before(data):
    """Whatever part of a clinic is there, and whatever an import adds to it and changes of it."""
    catalogue = load_catalogue(load_settings().catalogue)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        db = make_clinic(place / "clinic.db")
        first = {file: altered(text, data.draw) for file, text in FILES.items()}
        second = {file: altered(text, data.draw) for file, text in FILES.items()}
        take(db, place / "first", first, catalogue)
        before = exported(db, place / "before")
        with reading(db) as file:
            (revision,) = file.execute("SELECT revision FROM clinic").fetchone()
        take(db, place / "second", second, catalogue)
        with reading(db) as file:
            changed = file.execute("SELECT revision FROM clinic").fetchone() != (revision,)
        if not changed:
            return
        undo(db)
        assert exported(db, place / "after") == before
        assert verify(db).holds


def test_values_that_were_replaced_are_put_back(clinic, tmp_path, catalogue):
    take(clinic, tmp_path / "one", FILES, catalogue)
    before = exported(clinic, tmp_path / "before")
    moved = {
        "sessions.csv": "session_id,patient_id,course_id,held_at,state\nS3,P1,,2024-02-09,held\n",
        "outcomes.csv": "patient_id,course_id,area,scale,value,measured_on\n"
        "P1,C1,face.cheek,gais,2.3000000000000003,2024-01-05\n",
    }
    take(clinic, tmp_path / "two", moved, catalogue)
    assert exported(clinic, tmp_path / "between") != before

    done = undo(clinic)

    assert [(one.table, one.removed, one.put_back) for one in done.tables] == [
        ("outcomes", 0, 1), ("sessions", 0, 1), ("treated_areas", 0, 1),
    ]  # fmt: skip
    assert exported(clinic, tmp_path / "after") == before


def test_the_lake_follows(clinic, tmp_path, catalogue):
    take(clinic, tmp_path / "one", FILES, catalogue)
    lake, anew = tmp_path / "lake", tmp_path / "anew"
    publish(clinic, lake)
    more = {"sessions.csv": "session_id,patient_id,held_at,state\nS9,P1,2024-02-20,held\n"}
    take(clinic, tmp_path / "two", more, catalogue)
    publish(clinic, lake)
    undo(clinic)
    publish(clinic, lake)
    publish(clinic, anew)

    def months(place):
        return sorted(str(path.relative_to(place).parent) for path in place.rglob("*.parquet"))

    assert months(lake) == months(anew)


DEPENDING = {
    "a follow-up": (
        lambda db: record_contact(
            db, "P1", ACTOR, contacted_at="2024-03-01", channel="phone", clock=clock
        ),
        "follow_ups",
    ),
    "an erasure": (lambda db: erase(db, "P2", ACTOR, reason="asked", clock=clock), "changed since"),
}


@pytest.mark.parametrize("what", DEPENDING)
def test_what_depends_on_it_keeps_it(clinic, tmp_path, catalogue, what):
    take(clinic, tmp_path / "in", FILES, catalogue)
    make, word = DEPENDING[what]
    make(clinic)
    before = exported(clinic, tmp_path / "before")

    found = latest_import(clinic, ACTOR)
    assert any(word in one for one in found.hindrances)
    with pytest.raises(RecordError, match=word):
        undo(clinic)

    assert exported(clinic, tmp_path / "after") == before


def test_an_import_that_came_meanwhile_is_not_taken_back_unseen(clinic, tmp_path, catalogue):
    take(clinic, tmp_path / "one", FILES, catalogue)
    seen = latest_import(clinic, ACTOR)
    take(clinic, tmp_path / "two", {"patients.csv": "patient_id,sex\nP9,male\n"}, catalogue)

    with pytest.raises(ChangedMeanwhileError):
        undo_import(clinic, ACTOR, entry=seen.entry, clock=clock)

    assert undo(clinic).removed == 1
    assert latest_import(clinic, ACTOR).entry == seen.entry


def test_a_new_patient_inherits_nothing_of_one_that_went(clinic, tmp_path, catalogue):
    """SQLite gives the number of the highest row that went to the next one."""
    take(clinic, tmp_path / "one", {"patients.csv": "patient_id,sex\nP1,male\n"}, catalogue)
    undo(clinic)
    add_patient(clinic, "P2", ACTOR, sex="female", clock=clock)
    take(clinic, tmp_path / "two", {"patients.csv": "patient_id,sex\nP3,male\n"}, catalogue)

    with reading(clinic) as db:
        numbers = dict(db.execute("SELECT patient_id, id FROM patients"))
    assert numbers == {"P2": 2, "P3": 3}
    assert [(one.action, one.actor) for one in everything_about(clinic, "P2", ACTOR).looks] == [
        ("create", "tester"), ("export", "tester"),
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["manager", "practitioner", "trainer", "auditor"])
def test_others_may_not(clinic, tmp_path, catalogue, role):
    take(clinic, tmp_path / "in", FILES, catalogue)
    who = Actor("someone", role, sees_names=True)

    with pytest.raises(NotAllowedError):
        latest_import(clinic, who)
    with pytest.raises(NotAllowedError):
        undo_import(clinic, who, entry=1)


def test_nothing_was_imported(clinic):
    assert latest_import(clinic, ACTOR) is None


@pytest.mark.parametrize("earlier", [False, True])
def test_the_making_of_a_demo_is_no_import(tmp_path, catalogue, earlier):
    db = tmp_path / "demo.db"
    make_demo(db, sessions=30, today=date(2024, 2, 1), catalogue=catalogue, clock=clock)
    if earlier:  # before makings had a name, it looked like an import
        with writing(db, ACTOR, clock=clock) as change:
            change.db.execute("UPDATE patients SET note = 'seen'")
            change.db.execute("INSERT INTO patients (patient_id, sex) VALUES ('X', 'male')")
            change.log("import", "patients")

    assert latest_import(db, ACTOR) is None
