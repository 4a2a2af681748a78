"""Every table of the schema, the newest too, is known to versions, erasure, export and backup.

What tables and columns there are is read from a file's own schema, never from a list: a table that
a later migration adds fails here until somebody has thought about each of the four.
"""

import re

import pytest

from mesodash.exchange.contract.files import AMENDMENTS, EXCHANGE_FILES, PHOTOS
from mesodash.exchange.exporting.pseudonyms import LEFT_OUT
from mesodash.records.audit.actor import Actor
from mesodash.records.files.backup import backup_clinic, restore_clinic
from mesodash.records.privacy.erasure import GOES, STAYS
from mesodash.records.privacy.inventory import IDENTIFIES, TABLES, WORDS
from mesodash.records.privacy.person import patients_tables
from mesodash.records.store.connection import reading
from mesodash.records.store.schema.versions import PATIENT_OF, UNTRACKED

ADA = Actor("ada", "administrator")
ITS_OWN_TRAIL = {
    "change_log": "is the log that versions are sealed in",
    "chains": "the keys of the log",
    "chain_head": "the end of the log",
    "row_versions": "is the versions",
    "drafts": "is no fact of the clinic, and gone once its form is saved",
    "learners": "is its owner's alone, and to be erased without a trace",
    "learned_cards": "is its owner's alone, and to be erased without a trace",
    "preferences": "is its owner's alone, and no fact of the clinic",
    "_sqlite_migrations": "written by migrations alone",
}
"""Tables without versions, and why."""
NOT_EXCHANGED = {
    "drafts": "is no fact of the clinic",
    "erasures": "names nobody; it is done again when a backup comes back",
    "change_log": "who looked and who changed what stays with the clinic",
}
"""Tables with patients that no exchange file has of their own, and why."""
PROOF_OF_AN_ERASURE = {"erasures"}
"""Kept on purpose, without anything that names the patient."""


@pytest.fixture
def schema(empty_clinic):
    """Table -> its columns, as the file itself says."""
    with reading(empty_clinic) as db:
        return {
            table: {column.name for column in db.table(table).columns} for table in db.table_names()
        }


def of_patients(schema):
    ways = {"patient", "session", "course", "screening"}
    return {table for table, columns in schema.items() if columns & ways} | {"patients"}


def test_every_change_of_every_table_leaves_a_version(empty_clinic, schema, checks):
    with reading(empty_clinic) as db:
        triggers = dict(
            db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        )
    with checks("tables with versions", planned=2 * len(schema), at_least=True) as count:
        for table, columns in schema.items():
            if table in ITS_OWN_TRAIL:
                count.that(table not in PATIENT_OF, table)
                continue
            for event in ("insert", "update", "delete"):
                count.that(f"{table}_version_{event}" in triggers, f"{table}: {event}")
            kept = set(re.findall(r"OLD\.(\w+)", triggers.get(f"{table}_version_delete", "")))
            left_out = columns - kept
            count.that(left_out == UNTRACKED.get(table, set()), f"{table}: {left_out}")


def test_erasure_knows_every_word_and_id_of_every_table_of_a_patient(schema, checks):
    said = {table: (what, statement) for table, _where, what, _why, statement in GOES}
    stays = {table for table, *_rest in STAYS}
    tables = of_patients(schema) - PROOF_OF_AN_ERASURE - {"change_log", "row_versions"}
    assert tables == set(patients_tables()) - PROOF_OF_AN_ERASURE
    with checks("columns that an erasure takes", planned=25, at_least=True) as count:
        for table in sorted(tables):
            count.that(table in said or table in stays, f"{table} is in the preview")
            statement = said.get(table, ("", ""))[1]
            if statement.startswith("DELETE"):
                continue
            for column in sorted(schema[table]):
                if TABLES[table].kind_of(column) in (IDENTIFIES, WORDS):
                    count.that(f"{column} =" in statement, f"{table}.{column} goes")


def test_an_exchange_file_has_every_table_of_a_patient(schema):
    exchanged = {target.table for target in (*EXCHANGE_FILES, PHOTOS, AMENDMENTS)}
    of_answers = {"screening_answers", "screenings"} if "screening_answers" in exchanged else set()

    assert of_patients(schema) - exchanged - of_answers == set(NOT_EXCHANGED)
    assert set(LEFT_OUT) <= exchanged  # what a pseudonymised export withholds is a table at all


def test_a_backup_put_back_has_every_table_column_and_row(empty_clinic, schema, tmp_path):
    saved, _manifest = backup_clinic(empty_clinic, tmp_path / "saved", actor=ADA)
    again = tmp_path / "again.db"
    restore_clinic(saved, again, actor=ADA)

    def rows(path):
        with reading(path) as db:
            return {
                table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in schema
                if table not in ("change_log", "row_versions", "chain_head", "chains")
            }

    with reading(again) as db:
        restored = {
            table: {column.name for column in db.table(table).columns} for table in db.table_names()
        }
    assert restored == schema
    assert rows(again) == rows(empty_clinic)
