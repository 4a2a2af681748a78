"""Codes on packages: read from photographs, taken apart, and never guessed."""

import io

import pytest
from benchmarks.photographed_codes import GTIN, code, saved, shoot
from PIL import Image

from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.sources.package_code import PackageCode, parsed, read_package

SHOTS = 40
"""How many photographs the test takes; benchmarks/photographed_codes.py takes 200."""


def test_a_photograph_is_read_in_the_limited_process():
    assert read_package(saved(code())) == PackageCode(GTIN, "CF2291", "2027-03-31", "S9")


@pytest.mark.slow
def test_most_photographs_are_read_and_no_lot_is_wrong():
    done = shoot(SHOTS, seed=15)
    assert done.wrong == ()
    assert done.read >= 0.8 * SHOTS, done.read


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"01{GTIN[:-1]}0" + "10CF2291", "check digit is wrong"),
        (f"01{GTIN}17270331", "names no lot"),
        ("hello", "not one of a medical package"),
        ("https://example.org/10CF2291", "not one of a medical package"),
    ],
)
def test_what_a_code_does_not_say_is_asked(text, sentence):
    with pytest.raises(BrokenFileError, match=sentence):
        parsed(text)


def test_a_code_without_a_day_means_the_last_of_its_month():
    assert parsed(f"01{GTIN}17270200" + "10A").expires_on == "2027-02-28"


def test_two_packages_are_too_many():
    both = Image.new("L", (700, 300), 255)
    both.paste(code("A1"), (20, 40))
    both.paste(code("B2"), (400, 40))

    with pytest.raises(BrokenFileError, match="several packages"):
        read_package(saved(both))


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"%PDF-1.7",
        b"GIF89a" + b"0" * 100,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_is_no_photograph_is_said(hostile):
    with pytest.raises(BrokenFileError, match="not a photograph"):
        read_package(hostile)


def test_a_bomb_is_refused():
    file = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(file, "PNG")

    with pytest.raises(BrokenFileError, match="not a photograph"):
        read_package(file.getvalue())
    with pytest.raises(BrokenFileError, match="No code"):
        read_package(saved(Image.new("L", (400, 400), 200)))  # control: a plain one is read
