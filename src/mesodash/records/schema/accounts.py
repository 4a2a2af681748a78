"""Who may sign in, and who is."""

from sqlite_utils import Database

from mesodash import permissions
from mesodash.records.schema.checks import one_of


def m006_accounts(db: Database) -> None:
    """Who may sign in, and the sign-ins that stand. Passwords and tokens are kept as hashes."""
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
    """Passwords that somebody else gave: their owners change them before anything else."""
    db.execute(
        "ALTER TABLE accounts ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0"
        " CHECK (must_change IN (0, 1))"
    )
