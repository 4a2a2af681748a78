"""A clinic goes out, comes in and goes out again: the same bytes."""

from datetime import date

from mesodash.demo import make_demo
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.importing.import_folder import import_folder
from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea
from mesodash.records.courses.plans import save_plan
from mesodash.records.courses.protocol_versions import Parameters, add_version, read_versions
from mesodash.records.courses.screenings import (
    Answer,
    confirm_screening,
    record_screening,
    screenings_of,
)
from mesodash.records.store.connection import reading


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_demo_clinic_survives_the_journey(tmp_path, empty_clinic, catalogue):
    demo, out, again = tmp_path / "demo.db", tmp_path / "out", tmp_path / "again"
    make_demo(demo, sessions=250, today=date(2026, 11, 22), catalogue=catalogue)
    export_csv(demo, out, actor=DEMO)
    result = import_folder(
        empty_clinic,
        out,
        actor=DEMO,
        catalogue=catalogue,
        rejects=tmp_path / "rejects.csv",
        changes=tmp_path / "changes.csv",
    )
    export_csv(empty_clinic, again, actor=DEMO)

    assert files(again) == files(out)
    assert sum(file.rejected for file in result.files) == 0
    assert len(files(out)["sessions.csv"].splitlines()) == 251


def test_what_a_consultation_leaves_survives_too(tmp_path, empty_clinic, catalogue):
    """Written by the functions the app calls, on top of a demo clinic."""
    demo, out, again = tmp_path / "demo.db", tmp_path / "out", tmp_path / "again"
    today = date(2026, 11, 22)
    make_demo(demo, sessions=60, today=today, catalogue=catalogue)
    with reading(demo) as db:
        one, two = (row[0] for row in db.execute("SELECT patient_id FROM patients LIMIT 2"))
    add_version(
        demo, "face_ncha", Parameters(depth_mm=2.5, mixture="½ NCHA, “own”"), DEMO, on=today
    )
    newest = add_version(demo, "face_ncha", Parameters(depth_mm=4), DEMO, on=today, reason="=own")
    plan = CoursePlan(
        protocol="face_ncha",
        indication="rejuv_face",
        areas=(PlannedArea("face.cheek", "both", "nappage", 2.5, 40, 1.25),),
        dates=(date(2026, 12, 1), date(2026, 12, 15)),
        interval_days=14,
        version=newest.key,
        reason="asked for it",
    )
    save_plan(demo, one, plan, None, DEMO, nonce="0123456789abcdef")
    said = {"pregnancy": Answer("no"), "under_18": Answer("unknown", ("face", "hip"), "=1+1\nso")}
    record_screening(demo, two, said, DEMO, today)
    record_screening(demo, one, {"pregnancy": Answer("yes")}, DEMO, today)
    record_screening(demo, two, {"breastfeeding": Answer("no")}, DEMO, date(2026, 11, 23))
    confirm_screening(demo, two, DEMO, date(2026, 11, 24))

    export_csv(demo, out, actor=DEMO)
    result = import_folder(
        empty_clinic,
        out,
        actor=DEMO,
        catalogue=catalogue,
        rejects=tmp_path / "rejects.csv",
        changes=tmp_path / "changes.csv",
    )
    export_csv(empty_clinic, again, actor=DEMO)

    assert result.rejected == 0
    assert files(again) == files(out)
    for name, rows in (("screening_answers", 9), ("protocol_versions", 2), ("plans", 1)):
        assert {f.file: f.inserted for f in result.files}[f"{name}.csv"] == rows
    assert [v.parameters for v in read_versions(empty_clinic)] == [
        v.parameters for v in read_versions(demo)
    ]
    assert [(s.screened_on, s.answers) for s in screenings_of(empty_clinic, two, DEMO)] == [
        (s.screened_on, s.answers) for s in screenings_of(demo, two, DEMO)
    ]
    with reading(empty_clinic) as db:
        followed = db.execute(
            "SELECT v.version, s.state FROM sessions AS s"
            " JOIN protocol_versions AS v ON v.id = s.protocol_version"
        ).fetchall()
    assert followed == [(2, "planned")] * 2
    second = import_folder(
        empty_clinic,
        out,
        actor=DEMO,
        catalogue=catalogue,
        rejects=tmp_path / "rejects.csv",
        changes=tmp_path / "changes.csv",
    )
    assert sum(file.inserted + file.updated + file.rejected for file in second.files) == 0
