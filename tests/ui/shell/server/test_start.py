"""At the start the change log is checked, and what is wrong with it is said."""

import sys
from contextlib import closing

from pysqlite3 import dbapi2 as sqlite3
from tests.sentences import numbers_in

from mesodash.records.audit.anchors import anchors_beside
from mesodash.ui.shell.server.start import TURN_S, check_log, short_turns


def test_a_sound_log_is_anchored_without_a_word(empty_clinic, capsys):
    check_log(empty_clinic)

    assert capsys.readouterr() == ("", "")
    assert [anchor.rows for anchor in anchors_beside(empty_clinic)] == [1]


def test_a_changed_log_is_said_on_standard_error(empty_clinic, capsys):
    with closing(sqlite3.connect(str(empty_clinic))) as db, db:
        db.execute("DROP TRIGGER change_log_no_update")
        db.execute("UPDATE change_log SET actor = 'nobody'")

    check_log(empty_clinic)

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("The change log was changed")
    assert numbers_in(err) == [1]
    assert anchors_beside(empty_clinic) == ()


def test_a_key_that_cannot_be_read_is_said(empty_clinic, capsys):
    key = empty_clinic.with_name("clinic.db.key")
    key.write_text("nothing")

    check_log(empty_clinic)

    assert capsys.readouterr().err.startswith(f"{key} holds no key")


def test_threads_take_short_turns_while_the_server_runs():
    before = sys.getswitchinterval()
    assert before > TURN_S
    with short_turns():
        assert sys.getswitchinterval() == TURN_S
    assert sys.getswitchinterval() == before
