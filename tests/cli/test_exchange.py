"""`mesodash import` and `mesodash export`: exit codes, one sentence, tables of counts."""

import pytest

from mesodash.cli import main
from mesodash.records.clinic import read_revision

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
    assert err == "1 row was refused; rejects.csv says why: mend it and import again.\n"
    assert (tmp_path / "rejects.csv").read_text(encoding="utf-8") == (
        "file,line,column,value,reason\n"
        'patients.csv,4,sex,x,"is not known here; write one of female, male, other, unknown"\n'
    )


def test_rejects_go_where_they_are_asked_for(run, empty_clinic, folder, tmp_path):
    (folder / "patients.csv").write_text(PATIENTS + "P3,x\n", encoding="utf-8")

    run("import", folder, "--db", empty_clinic, "--rejects", tmp_path / "bad.csv")

    assert (tmp_path / "bad.csv").is_file()
    assert not (tmp_path / "rejects.csv").exists()


def test_a_dry_run_says_so(run, empty_clinic, folder):
    code, out, err = run("import", folder, "--db", empty_clinic, "--dry-run")

    assert code == 0
    assert words(out.splitlines()[2]) == ["patients.csv", "2", "2", "0", "0", "0"]
    assert err == "Only tried: nothing was written to the clinic.\n"
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
    assert (tmp_path / "out" / "patients.csv").read_text(encoding="utf-8") == (
        "patient_id,sex,birth_year,phototype,note\nP1,female,,,\nP2,male,,,\n"
    )


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
        (("fhir", "--to", "x"), "No such command 'fhir'"),
    ],
)
def test_an_export_that_cannot_be(arguments, sentence, run, empty_clinic, folder):
    (folder / "mine.txt").write_text("x", encoding="utf-8")

    code, _, err = run("export", *arguments, *(("--db", empty_clinic) * ("csv" in arguments)))

    assert code == 2
    assert sentence in err
