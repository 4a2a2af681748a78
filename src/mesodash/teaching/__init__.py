"""Teaching from the catalogue: a protocol as a lesson, its points, the skin in section."""
