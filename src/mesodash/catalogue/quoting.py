"""Quoting what a person typed within a sentence."""

import json

LONGEST = 64


def quoted(text: str) -> str:
    """The text in quotes, on one line and not too long, so that a sentence stays one."""
    return json.dumps(text[:LONGEST], ensure_ascii=False)
