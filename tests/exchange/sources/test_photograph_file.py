"""Photographs drawn anew: what phones save is taken, nothing of a hostile file comes through."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image
from tests.pictures_made import PLACE, exif, photograph, saved

from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.sources import limited
from mesodash.exchange.sources.photograph_file import (
    MAX_BYTES,
    MAX_PIXELS,
    WIDEST,
    clean_photograph,
    drawn_anew,
)

SCRIPT = b"<script>fetch('//evil.example')</script>"


def opened(clean):
    return Image.open(io.BytesIO(clean.jpeg))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_phones_and_cameras_save_is_kept_without_its_place(kind):
    clean = clean_photograph(saved(kind=kind, exif=exif()))

    kept = opened(clean)
    assert (kept.format, kept.size, kept.mode) == ("JPEG", (400, 300), "RGB")
    assert (clean.width, clean.height) == kept.size
    assert not kept.getexif()
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert PLACE not in clean.jpeg
    blue, orange = kept.getpixel((50, 150)), kept.getpixel((350, 150))
    assert blue[2] > blue[0] + 60
    assert orange[0] > orange[2] + 60


def test_one_held_upright_stands_upright():
    clean = drawn_anew(saved(exif=exif(orientation=6)))

    kept = opened(clean)
    assert kept.size == (300, 400)
    top, bottom = kept.getpixel((150, 50)), kept.getpixel((150, 350))
    assert top[2] > top[0]
    assert bottom[0] > bottom[2]


def test_a_large_one_is_made_smaller_in_its_own_proportion():
    clean = drawn_anew(saved(photograph((6000, 3000))))

    assert (clean.width, clean.height) == (WIDEST, WIDEST // 2)


def test_transparent_parts_are_white_and_a_broken_profile_is_left_out():
    glass = Image.new("RGBA", (300, 300), (0, 0, 0, 0))

    assert opened(drawn_anew(saved(glass, "PNG"))).getpixel((9, 9)) == (255, 255, 255)
    assert opened(drawn_anew(saved(icc_profile=b"no profile"))).size == (400, 300)


def chunk(kind, content):
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def png(width, height, content):
    """A PNG that says it is so large, whatever it holds."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", content) + chunk(b"IEND", b"")
    )


def zipped(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return file.getvalue()


def moving(kind):
    frames = [photograph(left=colour) for colour in ("#000000", "#ffffff", "#ff0000")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:])


def commented():
    """A JPEG with a script as its comment, where a JPEG has its comments."""
    plain = saved()
    return plain[:2] + b"\xff\xfe" + struct.pack(">H", len(SCRIPT) + 2) + SCRIPT + plain[2:]


HOSTILE = {
    "a bomb of a PNG: 400 million pixels in 1 MB": png(
        20_000, 20_000, zlib.compress(bytes(60_001) * 16_000, 9)
    ),
    "a PNG that says it has 4 milliard pixels": png(65_535, 65_535, zlib.compress(b"")),
    "a JPEG that says it is 65,500 x 65,500": saved().replace(
        struct.pack(">HH", 300, 400), struct.pack(">HH", 65_500, 65_500), 1
    ),
    "a zip bomb": zipped("a.jpg", bytes(50_000_000)),
    "a zip named as a picture": zipped("a.jpg", saved()),
    "a drawing with a script (SVG)": b'<svg xmlns="http://www.w3.org/2000/svg">'
    + SCRIPT
    + b"</svg>",
    "a page": b"<!doctype html><body>" + SCRIPT,
    "a program (ELF)": b"\x7fELF" + bytes(2000),
    "a PDF": b"%PDF-1.7\n1 0 obj <</S /JavaScript>> endobj\n%%EOF\n",
    "nothing": b"",
    "chance": bytes(range(256)) * 40,
    "the beginning of a JPEG alone": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(3000),
    "a JPEG cut in its middle": saved(photograph((2000, 1500)))[:9000],
    "a PNG cut in its middle": saved(kind="PNG")[:-300],
    "a HEIC cut in its middle": saved(kind="HEIF")[:-200],
    "a moving PNG": moving("PNG"),
    "a moving WebP": moving("WEBP"),
    "a GIF": saved(kind="GIF"),
    "a TIFF": saved(kind="TIFF"),
    "a PostScript file": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 300 300\n(x) run\n",
    "one of a few pixels": saved(photograph((40, 30))),
    "a PNG whose text unpacks to 100 MB": saved(kind="PNG")[:-12]
    + chunk(b"zTXt", b"k\x00\x00" + zlib.compress(bytes(100_000_000), 9))
    + chunk(b"IEND", b""),
    "one of more bytes than are taken": saved() + bytes(MAX_BYTES),
    "XML that unpacks itself": b'<!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><l>&b;</l>',
}
"""Files that are refused with one sentence."""

CARRIERS = {
    "a JPEG with a zip behind it": saved() + zipped("evil.txt", SCRIPT * 9) + SCRIPT,
    "a JPEG with a page behind it": saved() + b"<html>" + SCRIPT,
    "a JPEG with a script as its comment": commented(),
    "a JPEG with the place in its EXIF": saved(exif=exif()),
    "a HEIC with the place in its EXIF": saved(kind="HEIF", exif=exif()),
    "a PNG with a script as its text": saved(kind="PNG")[:-12]
    + chunk(b"tEXt", b"Comment\x00" + SCRIPT)
    + chunk(b"IEND", b""),
    "a WebP with a program behind it": saved(kind="WEBP") + b"\x7fELF" + SCRIPT,
    "a JPEG with XMP": saved(xmp=b"<x:xmpmeta>" + SCRIPT + PLACE + b"</x:xmpmeta>"),
}
"""Pictures that carry something: the picture is kept, what it carried is not."""


@pytest.mark.slow
def test_of_hostile_files_none_comes_through(checks):
    with checks("hostile photographs", planned=len(HOSTILE) + 3 * len(CARRIERS)) as count:
        for name, content in HOSTILE.items():
            try:
                clean_photograph(content)
                count.that(False, f"{name}: it was kept")
            except BrokenFileError as error:
                said = str(error)
                count.that(said.endswith(".") and "\n" not in said, f"{name}: {said}")
        for name, content in CARRIERS.items():
            clean = clean_photograph(content)
            count.that(opened(clean).size == (400, 300), f"{name}: the picture")
            carried = [
                one for one in (SCRIPT, PLACE, b"PK\x03", b"ELF", b"Exif") if one in clean.jpeg
            ]
            count.that(not carried, f"{name}: {carried} came along")
            count.that(clean.jpeg.endswith(b"\xff\xd9"), f"{name}: something follows the picture")
    assert len(HOSTILE) + len(CARRIERS) > 20


def test_more_pixels_than_a_photograph_needs_are_not_unpacked():
    with pytest.raises(ValueError, match="more pixels"):
        drawn_anew(png(8_000, MAX_PIXELS // 8_000 + 1, zlib.compress(b"")))


def test_a_process_that_does_not_end_is_ended(tmp_path, monkeypatch):
    (tmp_path / "endless.py").write_text("while True: pass\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(limited, "WAITS", 1)

    with pytest.raises(limited.TooLongError):
        limited.run_limited("endless", b"")


def test_a_process_that_fails_says_nothing(tmp_path, monkeypatch):
    (tmp_path / "failing.py").write_text("raise SystemExit('a secret')\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(limited.NotReadError) as failed:
        limited.run_limited("failing", b"")
    assert "secret" not in str(failed.value)


def test_the_limits_hold_in_the_process(tmp_path, monkeypatch):
    (tmp_path / "greedy.py").write_text(
        "from mesodash.exchange.sources.limited import limit\nlimit()\nbytearray(3_000_000_000)\n",
        "utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(limited.NotReadError):
        limited.run_limited("greedy", b"")
