"""Bringing a clinic's file to this version's schema."""

from pathlib import Path

from sqlite_utils import Migrations

from mesodash.records.connection import connect, plain_errors
from mesodash.records.schema import accounts, audit, consultation, treatment

MIGRATIONS = Migrations("mesodash")
for change in (
    treatment.m001_clinic,
    treatment.m002_treatment,
    treatment.m003_what_followed,
    consultation.m004_screenings,
    consultation.m005_plans,
    accounts.m006_accounts,
    audit.m007_chain,
    audit.m008_erasure,
    accounts.m009_given_passwords,
):
    MIGRATIONS()(change)


def migrate(path: Path) -> None:
    """Bring the file at `path` (made if missing) to this version's schema.

    `Migrations.apply` looks for what is pending outside its transaction, so processes that start
    together race; BEGIN IMMEDIATE around it makes them queue.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with plain_errors(path):
        db = connect(path, read_only=False)
        try:
            db.conn.execute("BEGIN IMMEDIATE")
            MIGRATIONS.apply(db)
            db.conn.commit()
        except BaseException:
            db.conn.rollback()
            raise
        finally:
            db.close()
