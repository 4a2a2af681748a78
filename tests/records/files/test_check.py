"""The check finds what is wrong, each kind shown with a file that has it."""

import pytest

from mesodash.records.audit.actor import DEMO
from mesodash.records.files.check import UnknownCode, check_clinic
from mesodash.records.store.connection import connect, writing
from mesodash.records.store.errors import DamagedError, NotAClinicError
from mesodash.records.store.migrations import MIGRATIONS


@pytest.fixture
def clinic(empty_clinic):
    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].insert({"id": 1, "patient_id": "P-1", "sex": "female"})
        change.db["sessions"].insert(
            {"id": 1, "session_id": "S", "patient": 1, "held_at": "2026-05-04", "state": "held"}
        )
        change.db["treated_areas"].insert(
            {"session": 1, "patient": 1, "held_at": "2026-05-04", "area": "hip", "side": "left"}
        )
        change.db["side_effects"].insert(
            {"side_effect_id": "E", "session": 1, "effect": "other", "onset_at": "2026-05"}
        )
        change.log("create", "sessions")
    return empty_clinic


def spoil(path, *statements):
    """Change the file behind the back of `writing`, foreign keys off."""
    db = connect(path, read_only=False)
    db.execute("PRAGMA foreign_keys = OFF")
    for statement in statements:
        db.execute(statement)
    db.conn.commit()
    db.close()


def write(path, *statements):
    """Change the file as mesodash does."""
    with writing(path, DEMO) as change:
        for statement in statements:
            change.db.execute(statement)
        change.log("update", "sessions")


def test_a_sound_clinic(clinic, catalogue):
    found = check_clinic(clinic, catalogue)

    assert found.is_sound
    assert (found.damage, found.unknown_codes, found.sessions_without_areas) == ((), (), 0)
    assert {table: rows for table, rows in found.counts.items() if rows} == {
        "patients": 1,
        "sessions": 1,
        "treated_areas": 1,
        "side_effects": 1,
        "row_versions": 5,
        "change_log": 2,
    }


def test_unknown_codes_are_named_with_their_rows(clinic, catalogue):
    write(
        clinic,
        "UPDATE treated_areas SET area = 'wing', technique = 'magic'",
        "UPDATE side_effects SET effect = 'glow'",
        "UPDATE sessions SET protocol = 'p'",
    )

    found = check_clinic(clinic, catalogue)

    assert not found.is_sound
    assert found.damage == ()
    assert found.unknown_codes == (
        UnknownCode("sessions", "protocol", "p", 1),
        UnknownCode("treated_areas", "area", "wing", 1),
        UnknownCode("treated_areas", "technique", "magic", 1),
        UnknownCode("side_effects", "effect", "glow", 1),
    )
    assert str(found.unknown_codes[0]) == "sessions.protocol: p (1 row)"


def test_the_consultations_tables_are_counted_and_their_codes_known(clinic, catalogue):
    with writing(clinic, DEMO) as change:
        change.db["protocol_versions"].insert(
            {
                "id": 1,
                "protocol": "spell",
                "version": 1,
                "adopted_on": "2026-05-04",
                "adopted_by": "ada",
                "parameters": '{"technique": "magic"}',
            }
        )
        screening = {"patient": 1, "screened_on": "2026-05-04", "screened_by": "ada"}
        change.db["screenings"].insert(screening)
        answer = {"screening": 1, "said": "no", "answered_on": "2026-05-04"}
        change.db["screening_answers"].insert_all(
            [
                {**answer, "question": "pregnancy", "areas": '["hip", "wing"]'},
                {**answer, "question": "wishes", "areas": "[]"},
            ]
        )
        change.log("update", "screenings")
    write(clinic, "UPDATE sessions SET protocol_version = 1")

    found = check_clinic(clinic, catalogue)

    counted = {"protocol_versions": 1, "plans": 0, "screenings": 1, "screening_answers": 2}
    assert {table: found.counts[table] for table in counted} == counted
    assert found.unknown_codes == (
        UnknownCode("protocol_versions", "protocol", "spell", 1),
        UnknownCode("screening_answers", "question", "wishes", 1),
        UnknownCode("screening_answers", "areas", "wing", 1),
        UnknownCode("protocol_versions", "parameters", "magic", 1),
    )
    assert [one.partition(" a version")[0] for one in found.damage] == [
        "adopted versions: 1 session follows"
    ]


def test_a_file_of_an_earlier_version_is_checked_as_far_as_it_goes(tmp_path, catalogue):
    old = tmp_path / "old.db"
    db = connect(old, read_only=False)
    MIGRATIONS.apply(db, stop_before="m004_screenings")
    db.close()
    spoil(
        old,
        "INSERT INTO clinic VALUES (1, 'old', 'Old', 'clinical', NULL, '2026', 1)",
        "INSERT INTO change_log VALUES (1, '2026', 1, 'ann', 'x', 'init', 'clinic', 'old', NULL,"
        " NULL, 1)",
    )

    found = check_clinic(old, catalogue)

    assert found.is_sound
    assert "screenings" not in found.counts


def test_a_held_session_without_areas_is_incomplete_but_not_damaged(clinic, catalogue):
    write(clinic, "DELETE FROM treated_areas")

    found = check_clinic(clinic, catalogue)

    assert (found.is_sound, found.sessions_without_areas) == (True, 1)


def test_a_doubtful_side_effect_is_told_and_no_damage(clinic, catalogue):
    write(clinic, "UPDATE side_effects SET onset_at = '2026-05-03'")

    found = check_clinic(clinic, catalogue)

    assert (found.is_sound, found.questionable) == (True, (("E", "before_treatment"),))


@pytest.mark.parametrize(
    "case",
    [
        (
            "DELETE FROM patients",
            "foreign keys: 1 row of sessions points to no row of patients",
            "The file was changed from outside: a row of patients was changed by another program.",
        ),
        (
            "UPDATE clinic SET revision = 9",
            "change log: its newest revision is 2, the clinic's is 9",
        ),
        (
            "DELETE FROM change_log WHERE seq = 1",
            "change log: 1 of 2 entries is missing",
            "The change log was changed: entry 1 was taken out of it.",
        ),
        (
            "UPDATE change_log SET revision = 3 - revision",
            "change log: the revision goes backwards 1 time",
            "The change log was changed: entry 1 or one before it is not as it was written.",
        ),
        (
            "DELETE FROM change_log",
            "change log: it is empty, though making the clinic writes into it",
            "The change log was changed: its sealed entries were taken out.",
        ),
    ],
)
def test_damage_is_named(clinic, catalogue, case):
    statement, *sentences = case
    spoil(
        clinic,
        "DROP TRIGGER change_log_no_update",
        "DROP TRIGGER change_log_no_delete",
        statement,
    )

    assert check_clinic(clinic, catalogue).damage == tuple(sentences)


def test_a_key_that_is_gone_is_said_and_is_no_damage(clinic, catalogue):
    key = clinic.with_name("clinic.db.key")
    key.unlink()

    found = check_clinic(clinic, catalogue)

    assert found.is_sound
    assert not found.log.holds
    assert found.log.sentence.startswith(f"There is no key at {key}")


def test_pages_that_were_overwritten_are_damage(clinic, catalogue):
    db = connect(clinic, read_only=False)
    db.execute("PRAGMA journal_mode = DELETE")
    (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'patients'").fetchone()
    db.close()
    content = bytearray(clinic.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    clinic.write_bytes(content)

    try:
        damage = check_clinic(clinic, catalogue).damage
    except DamagedError as error:
        damage = (str(error),)

    assert damage
    assert "damaged" in damage[0] or damage[0].startswith("integrity: ")


def test_no_clinic_no_check(tmp_path, catalogue):
    with pytest.raises(NotAClinicError, match="mesodash init"):
        check_clinic(tmp_path / "none.db", catalogue)
