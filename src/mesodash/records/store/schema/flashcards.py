"""Tables for flashcards that a person learns: who learns, and when each card is due again."""

from sqlite_utils import Database

from mesodash import permissions
from mesodash.records.store.schema.checks import one_of


def m015_flashcards(db: Database) -> None:
    """Who learns with flashcards, and their cards; neither versioned, published nor exported.

    A learner is an account, or on a demo, which has none, a role. What is erased is to be nowhere
    in the file, so that no version keeps it.
    """
    db.execute(
        f"""CREATE TABLE learners (
            id INTEGER PRIMARY KEY,
            account INTEGER UNIQUE REFERENCES accounts (id),
            demo_role TEXT UNIQUE {one_of("demo_role", permissions.ROLES)},
            new_a_day INTEGER NOT NULL CHECK (new_a_day BETWEEN 0 AND 100),
            began_at TEXT NOT NULL,
            CHECK ((account IS NULL) <> (demo_role IS NULL))
        ) STRICT"""
    )
    db.execute(
        """CREATE TABLE learned_cards (
            id INTEGER PRIMARY KEY,
            learner INTEGER NOT NULL REFERENCES learners (id) ON DELETE CASCADE,
            card TEXT NOT NULL CHECK (length(card) BETWEEN 1 AND 200),
            state TEXT NOT NULL CHECK (state IN ('learning', 'review', 'relearning')),
            step INTEGER CHECK (step BETWEEN 0 AND 10),
            stability_days REAL NOT NULL CHECK (stability_days > 0),
            difficulty REAL NOT NULL CHECK (difficulty BETWEEN 1 AND 10),
            due_at TEXT NOT NULL,
            reviewed_at TEXT NOT NULL,
            begun_on TEXT NOT NULL CHECK (date(begun_on) IS begun_on),
            UNIQUE (learner, card),
            CHECK ((step IS NULL) = (state = 'review'))
        ) STRICT"""
    )
