"""All that a clinic's file holds, as one hash, to see whether anything in it has changed."""

from hashlib import sha256

from mesodash.records.store.connection import reading

NOTED = ("change_log", "chain_head", "sqlite_sequence")
"""Tables that grow by looking; left out where only the data matter."""


def schema(db):
    """The tables, indexes and triggers as they were made."""
    with reading(db) as file:
        return tuple(file.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"))


def contents(db, *, but=()):
    """A hash of the schema and of every row of every table, except the tables named in `but`."""
    told = sha256(repr(schema(db)).encode())
    with reading(db) as file:
        names = [n for (n,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in sorted(set(names) - set(but)):
            told.update(name.encode())
            for row in file.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):
                told.update(repr(tuple(row)).encode())
    return told.hexdigest()
