"""The coloured body as a picture to keep: SVG and PNG."""
