"""Words for the log: every table of the file and every quiet action has some."""

from dataclasses import replace
from datetime import UTC, datetime

from mesodash.records.audit.change_log import Entry
from mesodash.records.store.connection import QUIET
from mesodash.ui.admin import change_log_words

LOOK = Entry(
    7, datetime(2026, 11, 22, tzinfo=UTC), "Pia", "practitioner", "view", "patients", "HUGO",
    2, None, 1,
)  # fmt: skip


def test_actions_and_things_have_words_and_unknown_ones_stay():
    assert [code for code in QUIET if change_log_words.action(code) == code] == []
    assert change_log_words.action("fly") == "fly"
    assert change_log_words.table_words("side_effects") == "side effects"
    assert change_log_words.table_words("new_table") == "new table"
    assert change_log_words.table_heading("_sqlite_migrations") == "Sqlite migrations"


def test_who_a_patient_is_stays_with_those_who_may_know():
    assert change_log_words.row_words(LOOK, names=True) == "HUGO"
    assert change_log_words.row_words(LOOK, names=False) == "patient no. 2"
    account = replace(LOOK, table="accounts", key="Pia: off", patient=None)
    assert change_log_words.row_words(account, names=False) == "Pia: off"
    assert change_log_words.row_words(replace(account, key=None), names=True) == "–"
