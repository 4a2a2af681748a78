"""A photograph made safe to keep: redrawn as a plain JPEG, without anything else from the file.

The file may have been made by anybody: pillow (HEIC: pillow-heif) reads it in a process that may
use so much memory and time and no more. What comes back holds the pixels alone: no EXIF with a
place, no colour profile, no comment, and nothing that was hidden behind the picture.
"""

import io
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.sources.limited import NotReadError, TooLongError, limit, run_limited
from mesodash.language import _

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES: Final = 25_000_000
MAX_PIXELS: Final = 60_000_000
LEAST: Final = 200
"""Limits of the file: its size, its pixels, and its shorter side in pixels."""
WIDEST: Final = 2048
"""Pixels of the longer side as it is kept."""
QUALITY: Final = 88
MOST_KEPT: Final = 4_000_000
"""Bytes of the picture as it is kept; the schema refuses more."""

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "HEIF")
_MOVING: Final = ("PNG", "WEBP")
"""Formats that may hold an animation; a phone's JPEG or HEIC may hold a second, smaller picture."""
_STARTS, _ENDS = b"\xff\xd8\xff", b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture as it is kept.

    Attributes:
        jpeg: the file.
        width, height: in pixels.
    """

    jpeg: bytes
    width: int
    height: int


def clean_photograph(content: bytes) -> CleanPicture:
    """Redraw a photograph.

    Args:
        content: the file as it was given: JPEG, PNG, WebP or HEIC.

    Raises:
        BrokenFileError: it is no photograph, moves, is too large or too small, or takes too long.
    """
    if len(content) > MAX_BYTES:
        raise BrokenFileError(_("The photograph is larger than 25 MB; take a smaller one."))
    try:
        answer = run_limited(__name__, content)
    except TooLongError as error:
        raise BrokenFileError(_("The photograph took too long to read; take another.")) from error
    except NotReadError as error:
        raise BrokenFileError(
            _(
                "This is not a photograph that can be kept; take one as JPEG, HEIC, PNG or WebP, of"
                " at least {least} and at most {most} million pixels."
            ).format(least=f"{LEAST} x {LEAST}", most=MAX_PIXELS // 1_000_000)
        ) from error
    head, _line, jpeg = answer.partition(b"\n")
    width, height = (int(number) for number in head.split(b" "))
    if not (jpeg.startswith(_STARTS) and jpeg.endswith(_ENDS) and len(jpeg) <= MOST_KEPT):
        raise BrokenFileError(_("The photograph cannot be made small enough; take another."))
    return CleanPicture(jpeg, width, height)


_MARKERS: Final = frozenset({0xC0, 0xC2, 0xC4, 0xDB, 0xDD, 0xE0})
"""What a JPEG needs to show its pixels, and all that ours have: the frame (baseline, progressive),
the tables, and the head of JFIF. A place, a comment or a thumbnail would be in another."""
_FRAMES: Final = (0xC0, 0xC2)
_SCAN, _END, _FIRST_RESTART, _LAST_RESTART = 0xDA, 0xD9, 0xD0, 0xD7


def plain_size(jpeg: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG that is as we keep them; None for any other file.

    It holds its pixels and what shows them, and ends with them. Nothing is decoded.
    """
    if not (jpeg.startswith(_STARTS) and jpeg.endswith(_ENDS) and len(jpeg) <= MOST_KEPT):
        return None
    size, at = None, 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        kind, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if kind not in _MARKERS | {_SCAN} or (kind == 0xE0 and length != 16):
            return None
        if kind in _FRAMES:
            size = tuple(int.from_bytes(jpeg[at + n : at + n + 2], "big") for n in (7, 5))
        at += 2 + length
        if kind == _SCAN:
            at = _after_scan(jpeg, at)
    return (size[0], size[1]) if size and at == len(jpeg) - 2 and jpeg[at:] == _ENDS else None


def _after_scan(jpeg: bytes, at: int) -> int:
    """Where the pixels of a scan end: in them 0xFF is followed by 0 or a restart marker."""
    while (at := jpeg.find(b"\xff", at)) >= 0 and at + 1 < len(jpeg):
        if jpeg[at + 1] != 0 and not _FIRST_RESTART <= jpeg[at + 1] <= _LAST_RESTART:
            return at
        at += 2
    return len(jpeg)


def drawn_anew(content: bytes) -> CleanPicture:
    """The pixels of a photograph, upright, as a new JPEG; called in the limited process only.

    Raises:
        ValueError: it moves, or has too many or too few pixels.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - in the child only
    from pillow_heif import register_heif_opener  # noqa: PLC0415 - in the child only

    register_heif_opener(thumbnails=False)
    picture = Image.open(io.BytesIO(content), formats=_FORMATS)
    if picture.width * picture.height > MAX_PIXELS:
        raise ValueError("more pixels than a photograph needs")
    if min(picture.size) < LEAST:
        raise ValueError("fewer pixels than a comparison needs")
    if picture.format in _MOVING and getattr(picture, "n_frames", 1) > 1:
        raise ValueError("several pictures in one file")
    if picture.format == "JPEG":
        picture.draft("RGB", (WIDEST, WIDEST))
    upright = _on_white(ImageOps.exif_transpose(_in_srgb(picture)))
    upright.thumbnail((WIDEST, WIDEST))
    # A picture made of nothing but these pixels carries nothing else from the file.
    plain = Image.frombytes("RGB", upright.size, upright.tobytes())
    kept = io.BytesIO()
    plain.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return CleanPicture(kept.getvalue(), *plain.size)


def _in_srgb(picture: "Image.Image") -> "Image.Image":
    """The picture in the colours of a screen, where its file says in which ones it was taken."""
    from PIL import ImageCms  # noqa: PLC0415 - in the child only

    profile = picture.info.get("icc_profile")
    if not profile or picture.mode != "RGB":
        return picture
    try:
        taken = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(picture, taken, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):  # a broken profile: the colours are taken as they are
        return picture
    return picture if made is None else made


def _on_white(picture: "Image.Image") -> "Image.Image":
    """The picture without transparency."""
    from PIL import Image  # noqa: PLC0415 - in the child only

    if not picture.has_transparency_data:
        return picture.convert("RGB")
    ground = Image.new("RGB", picture.size, "white")
    seen = picture.convert("RGBA")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def _main() -> None:
    """Write width and height, a new line, and the new picture of the one that comes in."""
    limit()
    made = drawn_anew(sys.stdin.buffer.read(MAX_BYTES + 1))
    sys.stdout.buffer.write(b"%d %d\n" % (made.width, made.height) + made.jpeg)


if __name__ == "__main__":
    _main()
