"""The code on a package, read from a photograph: GTIN, lot, expiry, serial.

A photograph is a file that anybody may have made: pillow and zxing-cpp read it in a process that
has limits of memory and time, and only short texts come back. What they say is taken
apart by biip after the GS1 General Specifications; a wrong check digit, a code without a lot, or
two packages in one photograph are asked about, never guessed.
"""

import io
import json
import sys
from dataclasses import dataclass
from typing import Final

import biip

from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.sources.limited import NotReadError, TooLongError, limit, run_limited
from mesodash.language import _

MAX_BYTES: Final = 25_000_000
MAX_PIXELS: Final = 60_000_000
"""Limits of the photograph; those of the process that reads it are in `limited`."""
WIDEST: Final = 2400
"""Pixels to which a larger photograph is made smaller; a package fills a good part of it."""

_LOT, _EXPIRY, _SERIAL, _GTIN = "10", "17", "21", "01"


@dataclass(frozen=True, slots=True)
class PackageCode:
    """The content of the code on a package.

    Attributes:
        gtin: 14 digits, or None.
        lot: the batch, at most 20 characters.
        expires_on: YYYY-MM-DD, or None; a code without a day means the last one of its month.
        serial: of this package, or None.
    """

    gtin: str | None
    lot: str
    expires_on: str | None
    serial: str | None


def read_package(photograph: bytes) -> PackageCode:
    """The content of the code on a photographed package.

    Raises:
        BrokenFileError: it is no photograph or too large, or holds no code, no GS1 code with a
            lot, a wrong check digit, or the codes of two packages.
    """
    found = []
    fault = _("No code can be read; photograph it closer and straight on, or type the lot.")
    for text in _texts(photograph):
        try:
            one = parsed(text)
        except BrokenFileError as error:
            fault = str(error)
            continue
        if one not in found:
            found.append(one)
    if not found:
        raise BrokenFileError(fault)
    if len(found) > 1:
        raise BrokenFileError(
            _("The photograph holds the codes of several packages; photograph one alone.")
        )
    return found[0]


def parsed(text: str) -> PackageCode:
    """A code's text taken apart.

    Raises:
        BrokenFileError: it is no GS1 code with a lot, or a check digit is wrong.
    """
    try:
        message = biip.parse(text).gs1_message
    except biip.ParseError:
        message = None
    if message is None:
        raise BrokenFileError(
            _("The code is not one of a medical package (GS1); type the lot from the package.")
        )
    values: dict[str, str] = {}
    expires_on = None
    for element in message.element_strings:
        if element.gtin_error is not None:
            raise BrokenFileError(
                _("The code's check digit is wrong; photograph it again, or type the lot.")
            )
        values.setdefault(element.ai.ai, element.value)
        if element.ai.ai == _EXPIRY and element.date is not None:
            expires_on = element.date.isoformat()
    if not values.get(_LOT):
        raise BrokenFileError(
            _("The code names no lot; photograph the one beside the expiry, or type the lot.")
        )
    return PackageCode(values.get(_GTIN), values[_LOT], expires_on, values.get(_SERIAL))


def _texts(photograph: bytes) -> list[str]:
    """The texts of all codes in a photograph, read in a process of its own."""
    if len(photograph) > MAX_BYTES:
        raise BrokenFileError(_("The photograph is larger than 25 MB; take a smaller one."))
    try:
        return [str(text) for text in json.loads(run_limited(__name__, photograph))]
    except TooLongError as error:
        raise BrokenFileError(
            _("The photograph took too long to read; take it closer, or type the lot.")
        ) from error
    except NotReadError as error:
        raise BrokenFileError(
            _("This is not a photograph; take one as JPEG, PNG or WebP.")
        ) from error


def codes_on(photograph: bytes) -> list[str]:
    """The texts of the codes on a photograph; called in the limited process only.

    Raises:
        ValueError: it has more than 60 million pixels.
    """
    import zxingcpp  # noqa: PLC0415 - in the child only
    from PIL import Image, ImageOps  # noqa: PLC0415 - in the child only

    picture = Image.open(io.BytesIO(photograph), formats=("JPEG", "PNG", "WEBP"))
    if picture.width * picture.height > MAX_PIXELS:
        raise ValueError("more pixels than a photograph of a package needs")
    upright = ImageOps.exif_transpose(picture).convert("L")
    upright.thumbnail((WIDEST, WIDEST))
    codes = zxingcpp.read_barcodes(
        upright,
        formats=zxingcpp.barcode_formats_from_str("DataMatrix,QRCode,Code128,DataBarExp"),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return [code.text[:200] for code in codes if code.valid][:10]


def _main() -> None:
    """Write the texts of the codes on the photograph that comes in, as JSON.

    Whatever a hostile file does to the decoders only ends this process; the other one then reports
    that it is no photograph, and shows none of its output.
    """
    limit()
    sys.stdout.write(json.dumps(codes_on(sys.stdin.buffer.read(MAX_BYTES + 1))))


if __name__ == "__main__":
    _main()
