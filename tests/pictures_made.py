"""Small photographs made for tests, in the formats that telephones and others save."""

import io

import pillow_heif
from PIL import Image

PLACE = b"48 deg 51 N, 2 deg 21 E"


def photograph(size=(400, 300), *, left="#3060a0", right="#c08040"):
    """A picture of two colours, so that it can be seen which way up it is."""
    made = Image.new("RGB", size, right)
    made.paste(Image.new("RGB", (size[0] // 2, size[1]), left), (0, 0))
    return made


def exif(orientation=1):
    """What a telephone writes into a picture: the place, and which way it was held."""
    told = Image.Exif()
    told[0x0112] = orientation
    told[0x010E] = PLACE.decode()
    told.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 21.0, 7.0)})
    return told


def saved(picture=None, kind="JPEG", **more):
    """The file of a picture."""
    if kind == "HEIF":
        pillow_heif.register_heif_opener()
    file = io.BytesIO()
    (picture or photograph()).save(file, kind, **more)
    return file.getvalue()
