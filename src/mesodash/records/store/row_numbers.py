"""Numbers of rows inside the clinic's file that no row has had before."""

from sqlite_utils import Database


def unused_patient_number(db: Database) -> int:
    """The first number above all that patients have or ever had, read inside a write.

    SQLite gives the number of the highest row that went to the next one. A patient goes with an
    undone import; the change log and the versions of rows still name them by their number, and a
    new patient under it would inherit who looked at somebody else.
    """
    highest = db.execute(
        "SELECT max((SELECT coalesce(max(id), 0) FROM patients),"
        " (SELECT coalesce(max(row), 0) FROM row_versions WHERE table_name = 'patients'),"
        " (SELECT coalesce(max(patient), 0) FROM row_versions WHERE patient IS NOT NULL),"
        " (SELECT coalesce(max(patient), 0) FROM change_log))"
    ).fetchone()[0]
    return int(highest) + 1
