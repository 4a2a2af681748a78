"""Accounts and their open sign-ins."""

from sqlite_utils import Database

from mesodash import permissions
from mesodash.records.store.schema.checks import one_of
from mesodash.records.store.schema.versions import track


def m006_accounts(db: Database) -> None:
    """Accounts and open sign-ins. Passwords and tokens are stored as hashes."""
    db.execute(
        f"""CREATE TABLE accounts (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 64),
            role TEXT NOT NULL {one_of("role", permissions.ROLES)},
            sees_names INTEGER NOT NULL DEFAULT 0 CHECK (sees_names IN (0, 1)),
            password_hash TEXT,
            totp_secret TEXT,
            totp_step INTEGER NOT NULL DEFAULT 0,
            issuer TEXT,
            subject TEXT,
            disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
            failures INTEGER NOT NULL DEFAULT 0,
            locked_until TEXT,
            created_at TEXT NOT NULL,
            UNIQUE (issuer, subject),
            CHECK ((issuer IS NULL) = (subject IS NULL)),
            CHECK (password_hash IS NOT NULL OR issuer IS NOT NULL)
        ) STRICT"""
    )
    db.execute(
        """CREATE TABLE sign_ins (
            id INTEGER PRIMARY KEY,
            token_hash TEXT NOT NULL UNIQUE CHECK (length(token_hash) = 64),
            account INTEGER NOT NULL REFERENCES accounts (id),
            stage TEXT NOT NULL CHECK (stage IN ('code', 'full')),
            began_at TEXT NOT NULL,
            seen_at TEXT NOT NULL,
            ended_at TEXT
        ) STRICT"""
    )
    db.execute("CREATE INDEX sign_ins_by_account ON sign_ins (account)")


def m009_given_passwords(db: Database) -> None:
    """Passwords set by somebody else, which their owners must change first."""
    db.execute(
        "ALTER TABLE accounts ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0"
        " CHECK (must_change IN (0, 1))"
    )


def m012_teaching(db: Database) -> None:
    """Teaching mode: a sign-in that shows what a trainer sees until it is left.

    Empty if it is off, so that earlier versions of rows stay as they were sealed.
    """
    db.execute("ALTER TABLE sign_ins ADD COLUMN teaching INTEGER CHECK (teaching = 1)")
    track(db, ("sign_ins",))


def m013_language(db: Database) -> None:
    """The language a person chose for the app; empty where the browser's is taken."""
    db.execute(
        "ALTER TABLE accounts ADD COLUMN language TEXT CHECK (length(language) BETWEEN 2 AND 6)"
    )
    track(db, ("accounts",))


def m017_preferences(db: Database) -> None:
    """What a person chose for the app alone, such as the filters of the review pages.

    Neither versioned, published nor exported: it says nothing of a patient and of no treatment.
    """
    db.execute(
        """CREATE TABLE preferences (
            id INTEGER PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES accounts (id),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
            value TEXT NOT NULL CHECK (length(value) <= 2000),
            UNIQUE (account, name)
        ) STRICT"""
    )
