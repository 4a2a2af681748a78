"""mesodash: the body map of a mesotherapy clinic."""

__version__ = "0.1.0"
