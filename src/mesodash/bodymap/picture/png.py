"""The coloured body as a PNG, set by typst from the SVG, for what cannot show an SVG."""

from xml.etree import ElementTree as ET

import typst

POINTS_PER_INCH = 72
# The page is as large as the picture; the picture travels as data, never as markup.
_PAGE = b"""#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: float(sys.inputs.wide) * 1pt)
"""


def to_png(svg: str, *, scale: float = 2.0) -> bytes:
    """Draw a picture of the body as PNG.

    Args:
        svg: what `heat_map_svg` returned.
        scale: pixels to a unit of the picture; 2 prints well on half a page of A4.

    Returns:
        The PNG, opaque, as large as the SVG times the scale. Its words are set in the first of the
        picture's fonts that the machine has; all else is the same everywhere.

    Raises:
        ValueError: a scale that is not above 0 and at most 6, or a text that is no such SVG.
    """
    if not 0 < scale <= 6:
        raise ValueError("The scale of the PNG is a number above 0, at most 6.")
    try:
        wide = float(ET.fromstring(svg).get("width", ""))  # noqa: S314 - our own text
    except (ET.ParseError, ValueError) as error:
        raise ValueError("Only the SVG of a body map can be drawn as PNG.") from error
    drawn = typst.compile(
        _PAGE, format="png", ppi=POINTS_PER_INCH * scale, sys_inputs={"svg": svg, "wide": str(wide)}
    )
    if not isinstance(drawn, bytes):
        raise TypeError("A picture of the body is one page.")
    return drawn
