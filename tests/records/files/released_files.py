"""Clinics' files as each released version made them; tools/released_schema.py wrote them as SQL."""

from contextlib import closing
from pathlib import Path

from mesodash.records.store.driver import open_file

FOLDER = Path(__file__).parents[2] / "data" / "released"
RELEASED = tuple(sorted(path.stem for path in FOLDER.glob("*.sql")))
"""The last step of the schema of each version that was released, oldest first."""
SEALED_FROM = "m007"
KEY = "61" * 32
"""Of the change logs of those that seal it."""


def release(version: str, path: Path) -> Path:
    """Put at `path` the clinic that a version made, with the key of its change log."""
    path.touch(mode=0o600)
    with closing(open_file(path, "rw")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript((FOLDER / f"{version}.sql").read_text("utf-8"))
    if version > SEALED_FROM:
        key = path.with_name(f"{path.name}.key")
        key.touch(mode=0o600)
        key.write_text(f"{KEY}\n", "ascii")
    return path


Content = dict[str, list[tuple[object, ...]]]


def content(path: Path) -> Content:
    """The schema of a file, under the name "", and the rows of each of its tables."""
    with closing(open_file(path, "ro")) as db:
        schema = db.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
        tables = [name for name, sql in schema if (sql or "").startswith("CREATE TABLE")]
        return {
            "": schema,
            **{name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables},
        }


def keeps(before: Content, now: Content) -> bool:
    """Whether a file that was brought up to date holds every row as it was.

    Later columns come after the former ones, later rows of the logs after the former rows; the
    end of the change log alone is written over.
    """
    return all(
        row == new[: len(row)]
        for table, rows in before.items()
        if table not in ("", "chain_head")
        for row, new in zip(rows, now.get(table, []), strict=False)
    ) and all(len(rows) <= len(now.get(table, [])) for table, rows in before.items())
