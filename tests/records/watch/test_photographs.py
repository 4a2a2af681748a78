"""Photographs: off without protection, taken with consent, seen by the matrix, gone when erased."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.consult_clinic import make_clinic
from tests.pictures_made import photograph, saved

from mesodash.documents.person_record import person_facts, person_json, person_pdf
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.sources.photograph_file import drawn_anew
from mesodash.lake.publish import publish
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import COMMAND_LINE, Actor
from mesodash.records.audit.row_history import row_versions
from mesodash.records.audit.verification import verify
from mesodash.records.files.backup import backup_clinic, restore_clinic
from mesodash.records.files.check import check_clinic
from mesodash.records.patients.new_patient import add_patient
from mesodash.records.privacy import backup_erasure
from mesodash.records.privacy.erasure import erase, preview
from mesodash.records.privacy.person import everything_about
from mesodash.records.store.connection import connect, reading
from mesodash.records.store.errors import DamagedError, RecordError
from mesodash.records.watch.consents import record_consent, withdraw_consent
from mesodash.records.watch.photographs import (
    INTIMATE,
    NewPhotograph,
    add_photograph,
    declare_disk,
    photographs_of,
    picture_of,
    released_picture,
    remove_photograph,
    why_off,
)

DOCTOR = Actor("dr-a", "practitioner")
HEAD = Actor("ada", "administrator")
TODAY = date(2026, 11, 22)
CLEAN = drawn_anew(saved(photograph((300, 400))))
NEW = NewPhotograph(
    CLEAN.jpeg, CLEAN.width, CLEAN.height, "scalp.vertex", "midline", "close", "before", TODAY
)


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path):
    path = tmp_path / "rooms.db"
    make_clinic(path, kind="clinical")
    return path


def agreed(path, purpose, **more):
    return record_consent(
        path, "HUGO", DOCTOR, nonce=f"nonce-of-{purpose}", purpose=purpose,
        given_on=date(2026, 11, 1), given_how="paper", today=TODAY, clock=clock, **more,
    )  # fmt: skip


def ready(path):
    declare_disk(path, HEAD, declared=True, clock=clock)
    agreed(path, "photographs")


def take(path, new=NEW, nonce="nonce-of-photo", actor=DOCTOR):
    return add_photograph(path, "HUGO", new, actor, nonce=nonce, today=TODAY, clock=clock)


def seen_by(path, actor=DOCTOR):
    return photographs_of(path, "HUGO", actor, clock=clock)


def test_one_is_kept_once_and_given_back_as_it_came(clinic):
    ready(clinic)
    first = take(clinic)

    assert take(clinic) == first
    ((one,), hidden) = seen_by(clinic)
    assert (one.photograph_id, one.taken_by, one.moment, hidden) == (first, "dr-a", "before", 0)
    assert picture_of(clinic, first, DOCTOR, clock=clock) == CLEAN.jpeg
    assert not verify(clinic).broken


def test_they_are_off_on_a_demo_and_on_a_file_that_nobody_protected(clinic, tmp_path, monkeypatch):
    agreed(clinic, "photographs")
    with pytest.raises(RecordError, match="off until the clinic's file is encrypted"):
        take(clinic)
    key = "mesodash.records.watch.photographs.db_key_file"
    monkeypatch.setattr(key, lambda: tmp_path / "key")  # what an encrypted file is opened with
    assert why_off(clinic) is None
    monkeypatch.undo()

    demo = make_clinic(tmp_path / "demo.db")
    with pytest.raises(RecordError, match="A demo keeps no photographs"):
        declare_disk(demo, HEAD, declared=True, clock=clock)
    agreed(demo, "photographs")
    with pytest.raises(RecordError, match="A demo keeps no photographs"):
        take(demo)
    with reading(demo) as db:
        assert db.execute("SELECT count(*) FROM photographs").fetchone() == (0,)


def test_a_declaration_is_the_administrators_and_can_be_taken_back(clinic):
    with pytest.raises(NotAllowedError):
        declare_disk(clinic, DOCTOR, declared=True, clock=clock)
    ready(clinic)
    kept = take(clinic)
    declare_disk(clinic, HEAD, declared=False, clock=clock)

    with pytest.raises(RecordError, match="off until"):
        take(clinic, nonce="nonce-of-another")
    assert picture_of(clinic, kept, DOCTOR, clock=clock) == CLEAN.jpeg  # what is there stays seen


def test_each_use_has_its_own_consent_and_ends_with_it(clinic):
    declare_disk(clinic, HEAD, declared=True, clock=clock)
    agreed(clinic, "treatment")
    with pytest.raises(RecordError, match="No consent to photographs stands"):
        take(clinic)
    treatment = agreed(clinic, "photographs")
    kept = take(clinic)

    def used(purpose):
        return released_picture(clinic, kept, purpose, DOCTOR, on=TODAY, clock=clock)

    for purpose in ("teaching", "publication"):
        with pytest.raises(RecordError, match="has not consented"):
            used(purpose)
    teaching = agreed(clinic, "teaching")
    assert used("teaching") == CLEAN.jpeg
    with pytest.raises(RecordError, match="has not consented"):
        used("publication")
    withdraw_consent(clinic, teaching, DOCTOR, on=TODAY, today=TODAY, clock=clock)
    with pytest.raises(RecordError, match="has not consented"):
        used("teaching")
    with pytest.raises(RecordError, match="for teaching or publication alone"):
        used("treatment")

    withdraw_consent(clinic, treatment, DOCTOR, on=TODAY, today=TODAY, clock=clock)
    with pytest.raises(RecordError, match="No consent to photographs stands"):
        take(clinic, nonce="nonce-of-another")


@pytest.mark.parametrize("area", sorted(INTIMATE))
def test_intimate_areas_are_seen_by_those_whom_the_matrix_names(clinic, area, catalogue):
    assert area in catalogue.areas
    ready(clinic)
    new = replace(NEW, area=area, side="left")
    kept = take(clinic, new)

    assert [one.intimate for one in seen_by(clinic)[0]] == [True]
    assert seen_by(clinic, HEAD) == ((), 1)
    with pytest.raises(NotAllowedError, match="photographs of intimate areas"):
        picture_of(clinic, kept, HEAD, clock=clock)
    with pytest.raises(NotAllowedError, match="photographs of intimate areas"):
        take(clinic, new, nonce="nonce-of-another", actor=HEAD)


def test_any_other_area_is_intimate_where_it_was_said(clinic):
    ready(clinic)
    take(clinic, replace(NEW, area="leg", side="left", intimate=True))

    assert seen_by(clinic, HEAD) == ((), 1)


@pytest.mark.parametrize("role", ["manager", "trainer", "auditor"])
def test_others_see_none(clinic, role):
    ready(clinic)
    kept = take(clinic)
    who = Actor("x", role, sees_names=True)

    for look in (
        lambda: photographs_of(clinic, "HUGO", who, clock=clock),
        lambda: picture_of(clinic, kept, who, clock=clock),
        lambda: remove_photograph(clinic, kept, who, reason="r", clock=clock),
    ):
        with pytest.raises(NotAllowedError):
            look()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"view": "above"}, "from where"),
        ({"moment": "later"}, "before or after"),
        ({"side": "top"}, "of which side"),
        ({"taken_on": date(2026, 11, 23)}, "day to come"),
        ({"session_id": "S99"}, "no such session"),
    ],
)
def test_what_is_refused(clinic, changed, sentence):
    ready(clinic)
    with pytest.raises(RecordError, match=sentence):
        take(clinic, replace(NEW, **changed))
    assert seen_by(clinic) == ((), 0)


def test_one_is_taken_out_with_a_reason_and_its_picture_is_nowhere(clinic):
    ready(clinic)
    kept = take(clinic)
    with pytest.raises(RecordError, match="Say why"):
        remove_photograph(clinic, kept, DOCTOR, reason=" ", clock=clock)
    versions = row_versions(clinic, "photographs", kept, DOCTOR, clock=clock)
    assert "picture" not in (versions[-1].after or {})
    remove_photograph(clinic, kept, DOCTOR, reason="of somebody else", clock=clock)

    assert seen_by(clinic) == ((), 0)
    with pytest.raises(RecordError, match="no such photograph"):
        picture_of(clinic, kept, DOCTOR, clock=clock)
    with reading(clinic) as db:
        told = db.execute(
            "SELECT action, reason, before FROM row_versions WHERE table_name = 'photographs'"
            " ORDER BY seq DESC LIMIT 1"
        ).fetchone()
    assert told[:2] == ("delete", "of somebody else")
    assert json.loads(told[2])["sha256"]
    assert not verify(clinic).broken


def test_a_picture_that_was_changed_is_found_out(clinic, catalogue):
    ready(clinic)
    kept = take(clinic)
    with closing(connect(clinic, read_only=False)) as db:
        db.execute("DROP TRIGGER photographs_picture_stands")
        db.execute("UPDATE photographs SET picture = ?", [CLEAN.jpeg + b"more"])
        db.conn.commit()

    with pytest.raises(DamagedError, match="not the one that was taken"):
        picture_of(clinic, kept, DOCTOR, clock=clock)
    assert any("not the one" in s for s in check_clinic(clinic, catalogue).damage)


def test_nobody_changes_a_picture_in_its_place(clinic):
    ready(clinic)
    take(clinic)
    with (
        closing(connect(clinic, read_only=False)) as db,
        pytest.raises(Exception, match="a photograph is never changed"),
    ):
        db.execute("UPDATE photographs SET picture = zeroblob(200)")


def anywhere(folder):
    """The files of a folder that hold the picture, or its bytes in Base64."""
    middle = CLEAN.jpeg[200:260]
    return sorted(p.name for p in folder.rglob("*") if p.is_file() and middle in p.read_bytes())


def test_it_is_in_backups_and_goes_with_an_erasure_and_from_backups_too(clinic, tmp_path):
    ready(clinic)
    kept = take(clinic)
    backup, _removed = backup_clinic(clinic, tmp_path / "b", actor=COMMAND_LINE, clock=clock)
    again = tmp_path / "again.db"
    restore_clinic(backup, again, actor=COMMAND_LINE, clock=clock)
    assert picture_of(again, kept, DOCTOR, clock=clock) == CLEAN.jpeg
    again.unlink()
    assert anywhere(tmp_path / "b") == [backup.name]

    goes = {part.table: part.rows for part in preview(clinic, "HUGO", HEAD, clock=clock).goes}
    assert goes["photographs"] == 1
    backup_erasure.erase_in_backups(
        clinic, tmp_path / "b", "HUGO", COMMAND_LINE, reason="asked for", clock=clock
    )
    assert erase(clinic, "HUGO", HEAD, reason="asked for", clock=clock).cleared
    assert anywhere(tmp_path) == []
    assert not verify(clinic).broken


def test_it_is_in_one_persons_export_and_in_nothing_else(clinic, tmp_path, catalogue):
    ready(clinic)
    take(clinic)
    record = everything_about(clinic, "HUGO", HEAD, clock=clock)

    (row,) = json.loads(person_json(record))["tables"]["photographs"]["rows"]
    assert row["picture"]["bytes"] == len(CLEAN.jpeg)
    assert row["picture"]["base64"].startswith("/9j/")
    (part,) = [p for p in person_facts(record, catalogue)["parts"] if p["pictures"]]
    assert len(part["pictures"]) == 1
    with_picture = len(person_pdf(record, catalogue))
    without = replace(record, tables=tuple(t for t in record.tables if t.name != "photographs"))
    assert with_picture > len(person_pdf(without, catalogue)) + 1000

    for name in ("OLGA", "NILS", "PIA", "RUTH"):  # a handful may not be exported without names
        add_patient(clinic, name, HEAD, sex="female", clock=clock)
    publish(clinic, tmp_path / "lake")
    export_csv(clinic, tmp_path / "nameless", actor=HEAD, pseudonymised=True)
    assert (tmp_path / "lake").is_dir()
    assert anywhere(tmp_path / "lake") == []
    assert anywhere(tmp_path / "nameless") == []
    named = [p.name for f in ("lake", "nameless") for p in (tmp_path / f).rglob("*photo*")]
    assert named == []
