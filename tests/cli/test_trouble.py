"""What commands say of a clinic's file that is gone, damaged or not one: a sentence each."""

import shutil
from contextlib import closing

import pytest
from tests.consult_clinic import make_clinic

from mesodash import cli
from mesodash.cli.common import DAMAGED, WRONG_USE
from mesodash.records.store.driver import open_file

COMMANDS = (
    ("check",),
    ("doctor",),
    ("audit", "verify"),
    ("audit", "versions", "--patient", "ANNA"),
    ("report", "volumes"),
    ("report", "due"),
    ("history", "--area", "face.chin"),
    ("open-effects", "HUGO"),
    ("patient", "find", "ANNA"),
    ("patient", "add", "--id", "EVE", "--sex", "female"),
    ("course", "list", "--patient", "HUGO"),
    ("stock", "list"),
    ("to-mend",),
    ("backup", "--to", "saved"),
    ("export", "csv", "--to", "out"),
    ("processing",),
    ("retention",),
    ("user", "list"),
    ("erase", "ANNA", "--dry-run"),
)


def gone(path):
    for one in path.parent.glob("clinic.db*"):
        one.rename(one.with_name(f"elsewhere-{one.name}"))


def empty(path):
    path.write_bytes(b"")


def a_text(path):
    path.write_text("once upon a time there was a clinic\n" * 400, "utf-8")


def cut_off(path):
    """As a copy onto a disk that became full."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 3)


def scratched(path):
    """A stretch of zeros in the middle, as of a failing disk."""
    whole = path.stat().st_size
    with path.open("r+b") as file:
        for at in range(4096, whole, 8192):
            file.seek(at)
            file.write(bytes(4096))


def another_programs(path):
    path.unlink()
    with closing(open_file(path, "rwc")) as db:
        db.execute("CREATE TABLE songs (name TEXT)")
        db.commit()


def newer(path):
    with closing(open_file(path, "rw")) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('mesodash', 'm999_later', '2099-01-01')"
        )
        db.commit()


TROUBLES = (gone, empty, a_text, cut_off, scratched, another_programs, newer)


def said_by(words, path, capsys):
    """Exit code, and the lines on standard output and standard error."""
    try:
        cli.main([*words, "--db", str(path)])
        code = 0
    except SystemExit as end:
        code = end.code
    said = capsys.readouterr()
    return code, said.out, said.err.strip().splitlines()


@pytest.mark.parametrize("trouble", TROUBLES)
def test_each_command_says_a_sentence(tmp_path, monkeypatch, capsys, checks, trouble):
    monkeypatch.chdir(tmp_path)
    path = make_clinic(tmp_path / "clinic.db", kind="clinical")
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    shutil.rmtree(tmp_path / "clinic.lake", ignore_errors=True)
    trouble(path)
    before = path.read_bytes() if path.exists() else None
    with checks(f"commands, {trouble.__name__}", planned=2 * len(COMMANDS) + 1) as count:
        for words in COMMANDS:
            code, _out, lines = said_by(words, path, capsys)
            told = WRONG_USE <= code <= DAMAGED and len(lines) == 1 and len(lines[0]) < 400
            count.that(told, f"{words}: {code} {lines}")
            count.that(lines and lines[0].endswith("."), f"{words}: {lines}")
        count.that((path.read_bytes() if path.exists() else None) == before, "it was written to")


def test_control_on_a_whole_file_they_work(tmp_path, monkeypatch, capsys, checks):
    monkeypatch.chdir(tmp_path)
    path = make_clinic(tmp_path / "clinic.db", kind="clinical")
    with checks("commands on a whole file", planned=len(COMMANDS)) as count:
        for words in COMMANDS:
            code, _out, lines = said_by(words, path, capsys)
            without_a_backup = words == ("doctor",) and "backup" in lines[-1]
            count.that(code == 0 or without_a_backup, f"{words}: {code} {lines}")
