"""Whatever a person names as an output, a clinic's file is never written over."""

import stat

import pytest

from mesodash.records.files.copies import checksum
from mesodash.records.files.outputs import OutputError, open_output, refuse_output, write_output
from mesodash.records.store.connection import connect


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("ending", ["", "-wal", ".key", ".anchors"])
def test_a_clinic_is_never_written_over(empty_clinic, ending, force):
    target = empty_clinic.with_name(empty_clinic.name + ending)
    if not target.exists():
        target.write_bytes(b"x")
    before = checksum(target)

    with pytest.raises(OutputError, match="belongs to a clinic"):
        write_output(target, b"hello", force=force)

    assert checksum(target) == before


def test_an_encrypted_clinic_neither(tmp_path):
    sealed = tmp_path / "c.db"
    sealed.write_bytes(b"\x8f" * 8192)
    sealed.with_name("c.db.key").write_text("00")

    with pytest.raises(OutputError, match="belongs to a clinic"):
        refuse_output(sealed, force=True)


def test_another_file_only_by_force(tmp_path):
    target = tmp_path / "report.pdf"
    target.write_bytes(b"mine")
    target.chmod(0o644)

    with pytest.raises(OutputError, match="add --force"):
        write_output(target, b"new")
    assert target.read_bytes() == b"mine"

    write_output(target, b"new", force=True)
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_an_earlier_output_of_the_same_command_is_replaced(tmp_path):
    target = tmp_path / "rejects.csv"
    target.write_text("file,line\n1,2\n")

    write_output(target, b"file,line\n", ours=b"file,line")

    assert target.read_bytes() == b"file,line\n"


def test_a_block_that_fails_leaves_nothing(tmp_path):
    target = tmp_path / "a.csv"

    def fail():
        with open_output(target) as file:
            file.write("half")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - any will do
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_and_a_place_that_is_not_there(tmp_path):
    with pytest.raises(OutputError, match="is a folder"):
        write_output(tmp_path, b"x")
    with pytest.raises(OutputError, match="cannot be written"):
        write_output(tmp_path / "none" / "a.csv", b"x")


def test_an_open_clinic_is_one_as_well(empty_clinic):
    db = connect(empty_clinic, read_only=False)
    with pytest.raises(OutputError):
        refuse_output(empty_clinic.with_name("clinic.db-wal"), force=True)
    db.close()
