"""What a zip file may do: it is unpacked in a process of its own, and a bad one is one sentence."""

import zipfile

import pytest

from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.sources import unpack as module
from mesodash.exchange.sources.unpack import unpack


def packed(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files:
            out.writestr(name, content)
    return path


@pytest.fixture
def place(tmp_path):
    there = tmp_path / "out"
    there.mkdir()
    return there


def test_files_come_out_side_by_side(tmp_path, place):
    files = [("a/patients.csv", "x"), ("b/sessions.csv", "y"), ("__MACOSX/patients.csv", "z")]

    unpack(packed(tmp_path / "in.zip", files), place)

    found = {path.name: path.read_text("utf-8") for path in place.iterdir()}
    assert found == {"patients.csv": "x", "sessions.csv": "y"}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("../patients.csv", "x")], "leads out of it"),
        ([("/patients.csv", "x")], "leads out of it"),
        ([("a/patients.csv", "x"), ("b/patients.csv", "y")], "two files named patients.csv"),
        ([(f"{n}.csv", "x") for n in range(201)], "more than 200 files"),
    ],
)
def test_what_is_not_unpacked_is_one_sentence(tmp_path, place, files, words):
    with pytest.raises(ExchangeError, match=words) as error:
        unpack(packed(tmp_path / "in.zip", files), place)

    assert str(error.value).startswith("in.zip ")
    assert not (tmp_path / "patients.csv").exists()


def test_what_is_no_zip_file_is_told(tmp_path, place):
    (tmp_path / "in.zip").write_bytes(b"PK\x03\x04 and no more")

    with pytest.raises(ExchangeError, match="cannot be unpacked"):
        unpack(tmp_path / "in.zip", place)


def test_the_process_is_limited(tmp_path, place, monkeypatch):
    """A process that ends otherwise, as one whose time is over does, is reported as well."""
    monkeypatch.setattr(module, "run_on_paths", lambda *_, **__: -9)

    with pytest.raises(ExchangeError, match="cannot be unpacked"):
        unpack(packed(tmp_path / "in.zip", [("a.csv", "x")]), place)
