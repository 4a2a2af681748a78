"""An erasure leaves no trace of who somebody was, and every dose and side effect as it was."""

import shutil
from contextlib import closing
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest
from pysqlite3 import dbapi2 as sqlite3

from mesodash.lake.publish import publish
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.access import note_view
from mesodash.records.audit.actor import Actor
from mesodash.records.audit.keys import read_keys
from mesodash.records.audit.verification import verify
from mesodash.records.files.backup import backup_clinic, restore_clinic
from mesodash.records.privacy.backup_erasure import backups_with, erase_in_backups
from mesodash.records.privacy.erasure import erase, knows, preview
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import RecordError

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANN = Actor("ann", "administrator")
WHO = "KOWALSKA-ANNA-1961"
MARKS = (
    WHO,
    "Zuzanna her sister",
    "burned like nettles",
    "latex glove rash",
    "lives above the",
    "Kowalska-Nowak",
    "0048555123456",
    "anna@example.org",
    "1961-08-17",
    "SN-77-4-ANNA",
    "M 10 10 C 99 99",
)
"""The patient's id, and words that are in each free text and each identity."""

DOSES = (
    "SELECT area, side, count(*), sum(points), sum(volume_ul) FROM treated_areas GROUP BY 1, 2",
    "SELECT effect, count(*), sum(severity), min(onset_at) FROM side_effects GROUP BY 1",
    "SELECT scale, count(*), sum(value) FROM outcomes GROUP BY 1 ORDER BY 1",
    "SELECT substr(held_at, 1, 7), state, count(*) FROM sessions GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT protocol, state, count(*) FROM courses GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT product, lot, count(*), sum(volume_ul) FROM products_used GROUP BY 1, 2 ORDER BY 1, 2",
)


def fill(path, patients=60):
    """Patients with a course, a session and what follows; the seventh carries the marks."""
    with writing(path, ANN, clock=lambda: NOON) as change:
        for n in range(1, patients + 1):
            marked = n == 7
            who = WHO if marked else f"P-{n:04d}"
            add = change.db.execute
            add(
                "INSERT INTO patients (id, patient_id, sex, birth_year, phototype, note)"
                " VALUES (?, ?, 'female', 1961, 'II', ?)",
                [n, who, MARKS[1] if marked else "ordinary words of a note " * 5],
            )
            if marked:
                add(
                    "UPDATE patients SET given_name = ?, family_name = ?, phone = ?, email = ?,"
                    " birth_date = ?, weight_g = 61000, left_on = '2026-07-01' WHERE id = ?",
                    [MARKS[5], MARKS[5], MARKS[6], MARKS[7], MARKS[8], n],
                )
            add(
                "INSERT INTO courses VALUES (?, ?, ?, 'i', 'p', 3, 14, '2026-01-04', 'stopped', ?)",
                [n, f"C-{who}", n, MARKS[4] if marked else None],
            )
            add(
                "INSERT INTO sessions (id, session_id, patient, course, protocol, held_at, state,"
                " note, reason) VALUES (?, ?, ?, ?, 'p', '2026-02-04', 'held', ?, ?)",
                [n, f"S-{who}", n, n, *[f"{MARKS[1]} came along" if marked else None] * 2],
            )
            add(
                "INSERT INTO treated_areas (session, patient, held_at, area, side, points,"
                " volume_ul) VALUES (?, ?, '2026-02-04', 'hip', 'left', 20, ?)",
                [n, n, 1000 + n],
            )
            add(
                "INSERT INTO side_effects (id, side_effect_id, session, effect, term, onset_at,"
                " severity, note, treatment_given)"
                " VALUES (?, ?, ?, 'other', ?, '2026-02-04', 2, ?, ?)",
                [
                    *(n, f"E-{who}", n, MARKS[2] if marked else "itch"),
                    *[MARKS[1] if marked else None] * 2,
                ],
            )
            if marked:
                _add_what_is_rare(add, n, who)
            add("INSERT INTO screenings VALUES (?, ?, '2026-01-02', 'ann', NULL)", [n, n])
            add(
                "INSERT INTO screening_answers VALUES (?, ?, 'q', 'yes', '[]', ?, '2026-01-02')",
                [n, n, MARKS[3] if marked else "none"],
            )
            add(
                "INSERT INTO plans VALUES (?, ?, ?, 'ann', '2026', ?, ?)",
                [n, f"nonce-{n:04d}", n, "0" * 64, MARKS[1] if marked else None],
            )
            add(
                "INSERT INTO outcomes (patient, scale, value, measured_on)"
                " VALUES (?, 'gais', 2, '2026-03-01')",
                [n],
            )
            change.log("create", "patients", key=who, patient=n)
        change.log("create", "sessions", month="2026-02", rows=patients)
    note_view(path, ANN, table="patients", key=WHO, patient=7, clock=lambda: NOON)
    note_view(path, ANN, table="sessions", key=f"C-{WHO}", clock=lambda: NOON)


def _add_what_is_rare(add, n, who):
    add(
        "INSERT INTO products_used (session, product, lot, serial) VALUES (?, 'x', 'L1', ?)",
        [n, MARKS[9]],
    )
    add(
        "INSERT INTO consents (consent_id, patient, purpose, given_on, signature, note)"
        " VALUES (?, ?, 'treatment', '2026-01-02', ?, ?)",
        [f"K-{who}", n, MARKS[10], MARKS[1]],
    )
    add(
        "INSERT INTO red_cards (red_card_id, patient, session, side_effect, flag, opened_at,"
        " opened_by, closed_at, closed_by, examination, closing_reason, note)"
        " VALUES (?, ?, ?, ?, 'vision', '2026-02-05', 'ann', '2026-02-06', 'ann', ?, ?, ?)",
        [f"R-{who}", n, n, n, MARKS[2], MARKS[1], MARKS[1]],
    )
    for number, (patient, session) in enumerate(((n, None), (None, n))):
        add(
            "INSERT INTO drafts (draft_id, form, patient, session, begun_by, saved_at, content)"
            " VALUES (?, 'session', ?, ?, 'ann', '2026-02-05', json_array(?))",
            [f"draft-{number}", patient, session, MARKS[1]],
        )


@pytest.fixture
def clinic(tmp_path):
    path = tmp_path / "all" / "clinic.db"
    create_clinic(path, clinic_id="t", name="T", kind="clinical", actor=ANN, clock=lambda: NOON)
    fill(path)
    return path


def later():
    return NOON.replace(day=25)


def hits(folder):
    """Each file that holds one of the marks, with the mark."""
    return sorted(
        (path.name, mark)
        for path in folder.rglob("*")
        if path.is_file()
        for mark in MARKS
        if mark.encode() in path.read_bytes()
    )


def ask(path, *queries):
    with reading(path) as db:
        return [db.execute(sql).fetchall() for sql in queries]


COARSER = ("birth_year", "gone_on", "noted")


def lake_of(path, lake):
    """Every table of the lake, without what an erasure makes coarser or takes out.

    That is the year of birth, the day of departure, and whether a session has a note.
    """
    publish(path, lake)
    tables = {}
    for file in sorted(lake.rglob("*.parquet")):
        table = pq.read_table(file)
        keep = [name for name in table.column_names if name not in COARSER]
        tables[file.relative_to(lake).as_posix()] = table.select(keep).to_pylist()
    return tables


@pytest.mark.slow
def test_nothing_of_the_person_is_left_and_all_doses_are(clinic, tmp_path, checks):
    """Test 20 of the security plan."""
    folder, lake, saved = clinic.parent, clinic.with_suffix(".lake"), clinic.parent / "saved"
    keeper = sqlite3.connect(str(clinic))  # holds the -wal open, as the app would
    keeper.execute("SELECT count(*) FROM patients").fetchone()
    for day in (23, 24):
        backup_clinic(clinic, saved, actor=ANN, clock=lambda d=day: NOON.replace(day=d))
    doses, shown = ask(clinic, *DOSES), lake_of(clinic, lake)
    before = hits(folder)
    control = tmp_path / "control"
    shutil.copytree(folder, control)

    told = preview(clinic, WHO, ANN, clock=lambda: NOON)
    rewritten = erase_in_backups(clinic, saved, WHO, ANN, reason="asked", clock=later)
    done = erase(clinic, WHO, ANN, reason="asked", clock=later)
    keeper.close()

    with checks("erasure", planned=3 * len(MARKS) + len(DOSES) + 16) as count:
        for mark in MARKS:
            found = {name for name, of in before if of == mark}
            count.that("clinic.db" in found or "clinic.db-wal" in found, f"before: {mark}")
            count.that(sum(name.startswith("t-") for name in found) == 2, f"backups had {mark}")
            count.that(not [name for name, of in hits(folder) if of == mark], f"after: {mark}")
        for sql, was, now in zip(DOSES, doses, ask(clinic, *DOSES), strict=True):
            count.that(was == now, sql)
        count.that(lake_of(clinic, lake) == shown, "the lake shows the same")
        count.that(not hits(folder), "nor does publishing bring anything back")
        count.that(done.cleared, "the -wal is empty")
        count.that(len(rewritten) == 2, "both backups were rewritten")
        count.that(backups_with(clinic, saved, WHO, ANN) == (), "no backup names the patient")
        for path in rewritten:
            count.that(verify(path, keys=read_keys(clinic)).holds, f"the log of {path.name} holds")
            count.that(ask(path, *DOSES) == doses, f"the doses of {path.name}")
        log = verify(clinic)
        count.that(log.holds, log.sentence)
        count.that(not knows(clinic, WHO, ANN), "nobody has the id")
        ((patient,),) = ask(clinic, "SELECT patient_id, birth_year, note FROM patients WHERE id=7")
        count.that(patient == (done.stand_in, None, None), "the patient's own row")
        ((entry,),) = ask(clinic, "SELECT patient, pseudonym, erased_by, reason FROM erasures")
        count.that(entry == (7, done.pseudonym, "ann", "asked"), "the erasure is noted")
        (keys,) = ask(clinic, "SELECT DISTINCT row_key FROM change_log WHERE patient = 7")
        count.that((done.pseudonym,) in keys, "the log keeps the pseudonym")
        count.that(all(key[0].startswith("~") for key in keys), "and nothing else of the patient")

        # Control: a plain DELETE and UPDATE leave the words in the file and in its backups.
        plain = control / "clinic.db"
        with closing(sqlite3.connect(str(plain))) as db, db:
            db.execute("PRAGMA secure_delete = OFF")
            db.execute("DROP TRIGGER change_log_no_update")
            db.execute("DELETE FROM screening_answers WHERE id = 7")
            db.execute("UPDATE patients SET patient_id = 'x', note = NULL WHERE id = 7")
        left = {mark for name, mark in hits(control) if name.startswith("clinic.db")}
        count.that({MARKS[1], MARKS[3]} <= left, f"a plain deletion leaves {left}")
    assert {part.table: part.rows for part in told.goes} == done.rows
    assert [name for name, _ in told.backups] == [path.name for path in rewritten]


def test_a_backup_put_back_has_the_erasure_done_again(clinic, tmp_path):
    saved, _ = backup_clinic(clinic, tmp_path / "b", actor=ANN, clock=lambda: NOON)
    erase(clinic, WHO, ANN, reason="asked", clock=lambda: NOON)

    restore_clinic(saved, clinic, actor=ANN, force=True, clock=lambda: NOON)

    assert hits(clinic.parent) == []
    assert not knows(clinic, WHO, ANN)
    assert verify(clinic).holds


def test_a_dry_run_changes_nothing(clinic):
    rows = ask(clinic, "SELECT * FROM patients", "SELECT * FROM change_log")

    told = preview(clinic, WHO, ANN)

    assert ask(clinic, "SELECT * FROM patients", "SELECT * FROM change_log") == rows
    assert [(part.table, part.rows) for part in told.goes] == [
        ("patients", 1),
        ("courses", 1),
        ("plans", 1),
        ("sessions", 1),
        ("products_used", 1),
        ("side_effects", 1),
        ("red_cards", 1),
        ("consents", 1),
        ("drafts", 2),
        ("screening_answers", 1),
        ("screenings", 1),
        ("row_versions", 1),
        ("change_log", 3),
    ]
    assert [(part.table, part.rows) for part in told.stays] == [
        ("patients", 1),
        ("courses", 1),
        ("sessions", 1),
        ("treated_areas", 1),
        ("products_used", 1),
        ("side_effects", 1),
        ("outcomes", 1),
        ("row_versions", 12),
        ("red_cards", 1),
    ]


@pytest.mark.parametrize("role", ["manager", "practitioner", "trainer", "auditor"])
def test_only_an_administrator_erases(clinic, role):
    someone = Actor("someone", role, sees_names=True)
    for call in (
        lambda: preview(clinic, WHO, someone),
        lambda: erase(clinic, WHO, someone, reason="asked"),
        lambda: backups_with(clinic, clinic.parent, WHO, someone),
    ):
        with pytest.raises(NotAllowedError, match="erase a patient's identity"):
            call()
    assert knows(clinic, WHO, ANN)


@pytest.mark.parametrize(
    ("who", "reason", "sentence"),
    [
        ("NOBODY", "asked", "No patient has the id 'NOBODY'"),
        (WHO, "  ", "Say why in 1 to 200 characters"),
        (WHO, f"{WHO} asked", "without the patient's id"),
    ],
)
def test_what_cannot_be_erased_is_told(clinic, who, reason, sentence):
    with pytest.raises(RecordError, match=sentence):
        erase(clinic, who, ANN, reason=reason)
    assert knows(clinic, WHO, ANN)


def test_an_id_that_looks_like_a_pseudonym_is_hidden_as_well(clinic):
    with writing(clinic, ANN) as change:
        change.db.execute("UPDATE patients SET patient_id = '~odd' WHERE id = 7")
        change.log("update", "patients", key="~odd", patient=7)

    erase(clinic, "~odd", ANN, reason="asked")

    (named,) = ask(clinic, "SELECT count(*) FROM change_log WHERE row_key = '~odd'")
    assert named == [(0,)]
    assert verify(clinic).broken is False
