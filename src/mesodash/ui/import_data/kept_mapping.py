"""The mapping of the latest import, kept beside the clinic's file for next month."""

from pathlib import Path
from typing import Any

from mesodash.exchange.errors import MappingError
from mesodash.exchange.mapping.mapping_file import read_content
from mesodash.exchange.mapping.proposals import as_yaml


def _path(db: Path) -> Path:
    return db.with_name(f"{db.stem}.import.yaml")


def read(db: Path) -> dict[str, Any]:
    """The kept mapping's content by exchange file; nothing where there is none to be read."""
    try:
        content = read_content(_path(db))
    except MappingError:
        return {}
    return {name: one for name, one in content.items() if isinstance(one, dict)}


def write(db: Path, content: dict[str, Any]) -> None:
    """Keep a mapping; it holds names of columns and words, no row of a patient."""
    path = _path(db)
    path.touch(mode=0o600)
    path.write_text(as_yaml(content), encoding="utf-8")
