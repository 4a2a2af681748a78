"""`mesodash import` and `mesodash export`: exit codes, one sentence, tables of counts."""

import csv
import json

import pytest
from tests.sentences import numbers_in

from mesodash.cli import main
from mesodash.records.store.clinic import read_revision

PATIENTS = "patient_id,sex\nP1,female\nP2,male\n"


@pytest.fixture
def run(capfd, tmp_path, monkeypatch):
    """Run a command in `tmp_path`; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments):
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code
        return (code, *capfd.readouterr())

    return command


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "in"
    path.mkdir()
    (path / "patients.csv").write_text(PATIENTS, encoding="utf-8")
    return path


def words(line):
    return line.split()


def test_import_prints_its_account(run, empty_clinic, folder):
    code, out, err = run("import", folder, "--db", empty_clinic)

    lines = out.splitlines()
    assert code == 0
    assert words(lines[0]) == ["file", "read", "inserted", "updated", "unchanged", "rejected"]
    assert words(lines[2]) == ["patients.csv", "2", "2", "0", "0", "0"]
    assert err == ""


def test_refused_rows_give_exit_code_3_and_a_file(run, empty_clinic, folder, tmp_path):
    (folder / "patients.csv").write_text(PATIENTS + "P3,x\n", encoding="utf-8")

    code, out, err = run("import", folder, "--db", empty_clinic)

    assert code == 3
    assert words(out.splitlines()[2]) == ["patients.csv", "3", "2", "0", "0", "1"]
    assert (err.count("\n"), numbers_in(err), "rejects.csv" in err) == (1, [1], True)
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        (reject,) = csv.DictReader(file)
    assert list(reject) == ["file", "line", "column", "value", "reason"]
    assert list(reject.values())[:4] == ["patients.csv", "4", "sex", "x"]
    assert reject["reason"].endswith("female, male, other, unknown")


def test_rejects_go_where_they_are_asked_for(run, empty_clinic, folder, tmp_path):
    (folder / "patients.csv").write_text(PATIENTS + "P3,x\n", encoding="utf-8")

    run("import", folder, "--db", empty_clinic, "--rejects", tmp_path / "bad.csv")

    assert (tmp_path / "bad.csv").is_file()
    assert not (tmp_path / "rejects.csv").exists()


def test_a_dry_run_says_so(run, empty_clinic, folder):
    code, out, err = run("import", folder, "--db", empty_clinic, "--dry-run")

    assert code == 0
    assert words(out.splitlines()[2]) == ["patients.csv", "2", "2", "0", "0", "0"]
    assert err.startswith("Trial run")
    assert read_revision(empty_clinic) == 1


def test_a_mapping_names_the_source(run, empty_clinic, folder, tmp_path):
    (folder / "k.csv").write_text("Nr,G\n7,w\n", encoding="utf-8")
    (folder / "patients.csv").unlink()
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "patients: {from: k.csv, patient_id: Nr, sex: {column: G, values: {w: female}}}",
        encoding="utf-8",
    )

    code, out, _ = run("import", folder, "--db", empty_clinic, "--mapping", mapping)

    assert code == 0
    assert "patients.csv (from k.csv)" in out


@pytest.mark.parametrize(
    ("content", "arguments", "code", "sentence"),
    [
        (None, (), 2, "holds none of the files to import"),
        (b"", (), 3, "patients.csv is empty"),
        (b"a,a\n", (), 3, "names the column 'a' twice"),
        (PATIENTS.encode(), ("--mapping", "no.yaml"), 2, "There is no mapping file"),
        (PATIENTS.encode(), ("--db", "no.db"), 2, "make one with `mesodash init`"),
        (PATIENTS.encode(), ("--db", "bad.db"), 5, "is damaged or not a mesodash clinic"),
        (PATIENTS.encode(), ("--what",), 2, "No such option"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    content, arguments, code, sentence, run, empty_clinic, folder, tmp_path
):
    (tmp_path / "bad.db").write_bytes(b"this is no database, and long enough to tell" * 100)
    (folder / "patients.csv").unlink()
    if content is not None:
        (folder / "patients.csv").write_bytes(content)

    got, out, err = run("import", folder, "--db", empty_clinic, *arguments)

    assert (got, out) == (code, "")
    assert sentence in err
    assert len(err.strip().splitlines()) == 1


def test_export_csv_and_its_folder(run, empty_clinic, folder, tmp_path):
    run("import", folder, "--db", empty_clinic)

    code, out, err = run("export", "csv", "--db", empty_clinic, "--to", tmp_path / "out")

    assert (code, err) == (0, "")
    assert words(out.splitlines()[2]) == ["patients.csv", "2"]
    with (tmp_path / "out" / "patients.csv").open(encoding="utf-8", newline="") as file:
        rows = [{k: v for k, v in row.items() if v} for row in csv.DictReader(file)]
    assert rows == [{"patient_id": "P1", "sex": "female"}, {"patient_id": "P2", "sex": "male"}]


def test_export_pseudonymised_hides_the_ids(run, empty_clinic, folder, tmp_path):
    enough = PATIENTS + "P3,female\nP4,female\nP5,female\n"  # fewer than five are refused
    (folder / "patients.csv").write_text(enough, encoding="utf-8")
    run("import", folder, "--db", empty_clinic)

    code, _, _ = run(
        "export", "csv", "--db", empty_clinic, "--to", tmp_path / "out", "--pseudonymised"
    )

    text = (tmp_path / "out" / "patients.csv").read_text(encoding="utf-8")
    assert code == 0
    assert "P1" not in text
    assert text.count("\n") == 6


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("csv", "--to", "in"), "holds other files"),
        (("csv",), "Missing option '--to'"),
        (("xml", "--to", "x"), "No such command 'xml'"),
    ],
)
def test_an_export_that_cannot_be(arguments, sentence, run, empty_clinic, folder):
    (folder / "mine.txt").write_text("x", encoding="utf-8")

    code, _, err = run("export", *arguments, *(("--db", empty_clinic) * ("csv" in arguments)))

    assert code == 2
    assert sentence in err


def test_everything_about_one_person(run, empty_clinic, folder, tmp_path):
    run("import", folder, "--db", empty_clinic)

    code, out, err = run("export", "patient", "P1", "--db", empty_clinic, "--to", "for-p1")

    assert (code, err) == (0, "")
    assert words(out.splitlines()[2]) == ["patients", "1"]
    written = {path.name: path for path in (tmp_path / "for-p1").iterdir()}
    assert sorted(written) == ["everything-held.json", "everything-held.pdf"]
    assert [path.stat().st_mode & 0o077 for path in written.values()] == [0, 0]
    assert written["everything-held.pdf"].read_bytes().startswith(b"%PDF")
    held = json.loads(written["everything-held.json"].read_text(encoding="utf-8"))
    assert held["about"]["patient"] == "P1"

    again = run("export", "patient", "P1", "--db", empty_clinic, "--to", "for-p1")
    assert again[0] == 2
    assert "--force" in again[2]
    assert run("export", "patient", "P1", "--db", empty_clinic, "--to", "for-p1", "--force")[0] == 0


def test_nobody_of_that_code_leaves_no_folder(run, empty_clinic, tmp_path):
    code, _, err = run("export", "patient", "P9", "--db", empty_clinic, "--to", "for-p9")

    assert code == 2
    assert err == "No patient has the id 'P9'; choose one from the list.\n"
    assert not (tmp_path / "for-p9").exists()


def test_the_latest_import_is_taken_back_after_a_look(run, empty_clinic, folder):
    assert run("undo-import", "--db", empty_clinic)[0] == 0  # nothing is there, and that is said
    run("import", folder, "--db", empty_clinic)
    before = read_revision(empty_clinic)

    code, out, err = run("undo-import", "--db", empty_clinic)
    assert (code, read_revision(empty_clinic)) == (0, before)
    assert words(out.splitlines()[3]) == ["patients", "2", "0"]
    assert "--yes" in err

    assert run("undo-import", "--db", empty_clinic, "--yes")[0] == 0
    again = run("import", folder, "--db", empty_clinic)
    assert words(again[1].splitlines()[2]) == ["patients.csv", "2", "2", "0", "0", "0"]


def test_fhir_goes_out_and_comes_in(run, empty_clinic, folder, tmp_path):
    run("import", folder, "--db", empty_clinic)

    code, out, err = run("export", "fhir", "--db", empty_clinic, "--to", "out")

    assert code == 0
    assert [words(line) for line in out.splitlines()[2:]] == [
        ["Organization", "1"],
        ["Patient", "2"],
    ]
    assert "2 references" in err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "Organization.ndjson",
        "Patient.ndjson",
    ]
    code, out, err = run("import", "out", "--db", empty_clinic)
    assert (code, words(out.splitlines()[2])) == (0, ["patients.csv", "2", "0", "0", "2", "0"])
    (tmp_path / "out" / "Patient.ndjson").write_text("{", encoding="utf-8")
    code, out, err = run("import", "out", "--db", empty_clinic)
    assert (code, err.count("\n")) == (3, 1)
