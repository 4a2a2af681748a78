"""The commands on a clinic's file, run as a person runs them."""

import json
import os
import pty
import subprocess
import sys

import pytest
from click.testing import CliRunner
from tests.sentences import numbers_in

from mesodash.cli import clinic as clinic_commands
from mesodash.cli.clinic import COMMANDS, serve_command
from mesodash.cli.common import Failure
from mesodash.lake.publish import publish
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import Clinic, read_clinic
from mesodash.records.store.connection import connect, reading, writing
from mesodash.settings import APP, lake_beside

RUN = "from mesodash.cli import clinic; {0}.main(args={1!r}, prog_name='mesodash')"


def run(name, *arguments):
    """What the command printed; what it fails with is raised, as `mesodash.cli.main` needs it."""
    command = {command.name: command for command in COMMANDS}[name]
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def failure(name, *arguments):
    with pytest.raises(Failure) as caught:
        run(name, *arguments)
    return caught.value.exit_code, str(caught.value)


def test_the_family_is_complete():
    assert [command.name for command in COMMANDS] == [
        "init",
        "demo",
        "check",
        "backup",
        "restore",
        "serve",
    ]
    assert all(command.help for command in COMMANDS)


def test_init_makes_an_empty_clinical_file(tmp_path):
    path = tmp_path / "new.db"

    result = run("init", "--db", path, "--clinic", "Clínica del Sol 2", "--country", "es")

    assert result.exit_code == 0
    assert read_clinic(path) == Clinic(
        "clinica-del-sol-2", "Clínica del Sol 2", "clinical", "ES", 1
    )
    assert result.stdout.startswith(f"Made {path}: Clínica del Sol 2 (clinica-del-sol-2)")


def test_init_refuses_what_would_overwrite_or_could_not_be_named(tmp_path):
    path = tmp_path / "new.db"
    run("init", "--db", path, "--clinic", "One", "--id", "first")

    code, said = failure("init", "--db", path, "--clinic", "Two")
    assert (code, said.startswith(f"{path} exists already")) == (2, True)
    assert failure("init", "--db", tmp_path / "x.db", "--clinic", "诊所")[0] == 2
    code, said = failure("init", "--db", tmp_path / "x.db", "--clinic", "X", "--country", "Spain")
    assert (code, said.partition(" ")[0]) == (2, "Spain")
    assert failure("init", "--db", tmp_path / "x.db", "--clinic", "X", "--id", "a/b")[0] == 2
    assert read_clinic(path).clinic_id == "first"
    assert not (tmp_path / "x.db").exists()


def test_demo_makes_the_same_clinic_for_the_same_options(tmp_path):
    for name in ("a.db", "b.db"):
        result = run(
            "demo", "--db", tmp_path / name, "--sessions", 50, "--seed", 7, "--ending", "2026-05-04"
        )
        assert result.exit_code == 0
        assert result.stdout.startswith(f"Made {tmp_path / name}: ")
        assert numbers_in(result.stdout.partition(": ")[2]) == [50, "2026-05-04"]
        assert result.stderr == ""

    def sessions(name):
        with reading(tmp_path / name) as db:
            return [tuple(row) for row in db.execute("SELECT * FROM sessions")]

    assert sessions("a.db") == sessions("b.db")
    assert len(sessions("a.db")) == 50


@pytest.mark.slow
def test_demo_shows_its_progress_on_a_terminal(tmp_path):
    arguments = ["--db", str(tmp_path / "d.db"), "--sessions", "30"]
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", RUN.format("clinic.demo", arguments)],
        stderr=theirs,
        stdout=subprocess.PIPE,
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)

    assert "100%" in shown
    assert done.stdout.startswith(b"Made ")


def test_demo_does_not_overwrite(tmp_path):
    run("demo", "--db", tmp_path / "d.db", "--sessions", 5)

    assert failure("demo", "--db", tmp_path / "d.db", "--sessions", 5)[0] == 2


@pytest.mark.parametrize("arguments", [["--sessions", "0"], ["--ending", "4.5.2026"]])
def test_demo_tells_wrong_options(tmp_path, arguments):
    assert run("demo", "--db", tmp_path / "d.db", *arguments).exit_code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def demo(tmp_path):
    path = tmp_path / "demo.db"
    run("demo", "--db", path, "--sessions", 40, "--ending", "2026-05-04")
    return path


def write(path, statement):
    """Change the file as mesodash does."""
    with writing(path, DEMO) as change:
        change.db.execute(statement)
        change.log("update", "sessions")


def spoil(path, statement):
    """Change the file as another program does."""
    db = connect(path, read_only=False)
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute(statement)
    db.conn.commit()
    db.close()


def test_check_prints_counts(demo):
    result = run("check", "--db", demo)

    counts = dict(line.split() for line in result.stdout.splitlines()[2:] if len(line.split()) == 2)
    assert result.exit_code == 0
    assert counts["sessions"] == "40"
    assert counts["practitioners"] == "4"
    assert "Sound" in result.stdout


def test_check_names_unknown_codes(demo, capsys):
    write(demo, "UPDATE outcomes SET scale = 'smile' WHERE id = 1")

    exit_code, sentence = failure("check", "--db", demo)

    assert exit_code == 3
    assert "1 code that" in sentence


def test_check_tells_damage(demo, tmp_path):
    spoil(demo, "DELETE FROM patients WHERE id = 1")
    text = tmp_path / "text.db"
    text.write_text("no database " * 500)

    code, said = failure("check", "--db", demo)
    assert (code, said.startswith("demo.db is damaged")) == (5, True)
    assert failure("check", "--db", text)[0] == 5
    assert failure("check", "--db", tmp_path / "none.db")[0] == 2


def test_check_publishes_a_lake_again_that_is_not_what_was_published(demo):
    lake = lake_beside(demo)
    publish(demo, lake)
    whole = run("check", "--db", demo).stdout
    part = next(lake.rglob("part.parquet"))
    content = part.read_bytes()
    part.write_bytes(content[:-1])

    mended = run("check", "--db", demo)

    assert mended.exit_code == 0
    [more] = set(mended.stdout.splitlines()) - set(whole.splitlines())
    assert numbers_in(more) == [1]
    assert part.read_bytes() == content
    assert run("check", "--db", demo).stdout == whole


def test_check_mentions_sessions_without_areas(demo):
    write(demo, "DELETE FROM treated_areas")

    result = run("check", "--db", demo)

    assert result.exit_code == 0
    assert "held sessions name no treated" in result.stdout


def test_backup_and_restore(demo, tmp_path):
    saved = run("backup", "--db", demo, "--to", tmp_path / "saved")
    [file] = (tmp_path / "saved").glob("demo-*.db")
    manifest = json.loads(file.with_suffix(".json").read_text())
    assert saved.exit_code == 0
    assert saved.stdout == (
        f"Saved {file} ({manifest['size']} bytes, sha256 {manifest['sha256']}).\n"
    )

    with writing(demo, DEMO) as change:
        change.db.execute("DELETE FROM follow_ups")
        change.log("void", "follow_ups")
    code, said = failure("restore", file, "--db", demo)
    assert (code, f"{demo} exists already" in said, "--force" in said) == (2, True, True)
    restored = run("restore", file, "--db", demo, "--force")

    assert restored.stdout == f"Restored {demo} from {file.name}.\n"
    assert restored.stderr == ""
    with reading(demo) as db:
        assert db["follow_ups"].count > 0
    assert run("check", "--db", demo).exit_code == 0


def test_restore_tells_what_it_could_not_compare_or_trust(demo, tmp_path):
    run("backup", "--db", demo, "--to", tmp_path / "saved")
    [file] = (tmp_path / "saved").glob("demo-*.db")
    file.write_bytes(file.read_bytes() + b"x")
    assert failure("restore", file, "--db", tmp_path / "new.db")[0] == 5

    file.write_bytes(file.read_bytes()[:-1])
    file.with_suffix(".json").unlink()
    result = run("restore", file, "--db", tmp_path / "new.db")
    assert result.exit_code == 0
    assert "checksum was not compared" in result.stderr
    assert failure("restore", tmp_path / "none.db", "--db", tmp_path / "x.db")[0] == 2


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_serve_keeps_a_demo_to_this_computer(address, demo, tmp_path, monkeypatch):
    monkeypatch.setattr(clinic_commands.os, "execv", lambda *_: pytest.fail("it started"))

    exit_code, sentence = failure("serve", "--db", demo, "--address", address)

    assert exit_code == 4
    assert "no sign-in" in sentence
    missing = failure("serve", "--db", tmp_path / "none.db", "--address", address)
    assert missing[0] == 2


def test_serve_shows_a_teaching_server_to_a_named_network(demo, started, monkeypatch):
    monkeypatch.setenv("MESODASH_TEACHING", "yes")
    exit_code, sentence = failure("serve", "--db", demo, "--address", "0.0.0.0")
    assert (exit_code, started) == (4, [])
    assert "MESODASH_HOSTS" in sentence
    monkeypatch.setenv("MESODASH_HOSTS", "192.0.2.7")
    run("serve", "--db", demo, "--address", "0.0.0.0", "--port", 8600)
    assert started[-1] == (
        sys.executable,
        serve_command(APP / "app.py", "0.0.0.0", 8600, called="192.0.2.7"),
    )


def test_serve_wants_an_administrator_for_a_clinical_file(tmp_path, monkeypatch):
    monkeypatch.setattr(clinic_commands.os, "execv", lambda *_: pytest.fail("it started"))
    monkeypatch.delenv("MESODASH_TODAY")  # a clinical file is not served on a fixed day
    run("init", "--db", tmp_path / "c.db", "--clinic", "C")

    exit_code, sentence = failure("serve", "--db", tmp_path / "c.db")

    assert exit_code == 4
    assert "mesodash user add NAME --role" in sentence


@pytest.fixture
def started(monkeypatch):
    """What `serve` would do to its process, in order."""
    calls = []
    monkeypatch.setattr(clinic_commands.os, "chdir", calls.append)
    putenv = os.putenv

    def noted(name, value):
        if name == "MESODASH_DB":
            calls.append((name, value))
        else:  # pytest's own, at each step of a test
            putenv(name, value)

    monkeypatch.setattr(clinic_commands.os, "putenv", noted)
    monkeypatch.setattr(clinic_commands.os, "execv", lambda *call: calls.append(call))
    return calls


def test_serve_starts_streamlit_on_loopback(demo, started):
    for address in ("127.0.0.1", "localhost", "::1"):
        started.clear()
        run("serve", "--db", demo, "--address", address, "--port", 8600)
        assert started == [
            ("MESODASH_DB", str(demo)),
            APP,
            (sys.executable, serve_command(APP / "app.py", address, 8600)),
        ]


def test_serve_refuses_a_file_that_is_not_there(tmp_path, started):
    exit_code, sentence = failure("serve", "--db", tmp_path / "none.db")

    assert exit_code == 2
    assert str(tmp_path / "none.db") in sentence
    assert "mesodash serve --demo" in sentence
    assert (started, list(tmp_path.iterdir())) == ([], [])


def test_serve_makes_the_demo_it_is_asked_for_once(tmp_path, started, monkeypatch):
    monkeypatch.setenv("MESODASH_DEMO_SESSIONS", "30")
    first = run("serve", "--demo", "--db", tmp_path / "d.db")
    made = (tmp_path / "d.db").read_bytes()
    second = run("serve", "--demo", "--db", tmp_path / "d.db")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert read_clinic(tmp_path / "d.db").is_demo
    assert (tmp_path / "d.db").read_bytes() == made
    assert (
        started
        == [
            ("MESODASH_DB", str(tmp_path / "d.db")),
            APP,
            (sys.executable, serve_command(APP / "app.py", "127.0.0.1", 8501)),
        ]
        * 2
    )


def test_serve_takes_no_clinic_for_a_demo(tmp_path, started):
    run("init", "--db", tmp_path / "c.db", "--clinic", "C")

    exit_code, sentence = failure("serve", "--demo", "--db", tmp_path / "c.db")

    assert (exit_code, started) == (2, [])
    assert "leave out --demo" in sentence


def test_a_demo_is_not_made_for_others_to_look_at(tmp_path, started):
    at = ("serve", "--demo", "--db", tmp_path / "d.db", "--address", "0.0.0.0")

    assert failure(*at)[0] == 4
    assert (started, list(tmp_path.iterdir())) == ([], [])


def test_serve_command_is_understood_by_streamlit(tmp_path):
    command = serve_command(tmp_path / "app.py", "127.0.0.1", 8600)

    assert command == [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(tmp_path / "app.py"),
        "--server.address=127.0.0.1",
        "--server.port=8600",
    ]
    asked = subprocess.run(
        [*command[:4], "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert "--server.address" in asked
    assert "--server.port" in asked


def test_a_dry_restore_says_what_would_be_lost_and_replaces_nothing(tmp_path):
    path = tmp_path / "here.db"
    run("init", "--db", path, "--clinic", "Here")
    run("backup", "--db", path, "--to", tmp_path / "saved")
    (saved,) = (tmp_path / "saved").glob("*.db")
    assert "nothing would be lost" in run("restore", saved, "--db", path, "--dry-run").stdout
    with writing(path, DEMO) as change:
        change.db["patients"].insert({"patient_id": "P-1", "sex": "male"})
        change.log("create", "patients", month=None)

    told = run("restore", saved, "--db", path, "--dry-run").stdout.splitlines()

    assert told[-1].split() == ["patients", "1", "0", "1"]
    with reading(path) as db:
        assert db["patients"].count == 1
