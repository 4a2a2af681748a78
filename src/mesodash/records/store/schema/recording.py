"""Tables for recording sessions and their aftermath: identities, points, stock, consents."""

from sqlite_utils import Database

from mesodash.records.store import vocabulary
from mesodash.records.store.schema.checks import day, one_of, partial
from mesodash.records.store.schema.versions import track

_CURRENCY = "CHECK (currency GLOB '[A-Z][A-Z][A-Z]')"
_GTIN = "CHECK (gtin NOT GLOB '*[^0-9]*' AND length(gtin) IN (8, 12, 13, 14))"


def _only_date(column: str) -> str:
    return f"CHECK (date({column}) IS {column})"


def _text(column: str, longest: int) -> str:
    return f"CHECK (length({column}) BETWEEN 1 AND {longest})"


#: Column definitions added to tables that are there already; each may be empty, meaning unknown.
_ADDED = {
    "clinic": ("timezone TEXT",),
    "patients": (
        f"given_name TEXT {_text('given_name', 200)}",
        f"family_name TEXT {_text('family_name', 200)}",
        f"birth_date TEXT {_only_date('birth_date')}",
        f"phone TEXT {_text('phone', 60)}",
        f"email TEXT {_text('email', 254)}",
        "weight_g INTEGER CHECK (weight_g BETWEEN 500 AND 700000)",
        f"died_on TEXT {partial('died_on')}",
        f"left_on TEXT {partial('left_on')}",
    ),
    "sessions": (
        f"started_at TEXT {day('started_at')}",
        f"ended_at TEXT {day('ended_at')}",
        "price_milli INTEGER CHECK (price_milli BETWEEN 0 AND 1000000000000)",
        f"currency TEXT {_CURRENCY}",
        f"reason TEXT {_text('reason', 4000)}",
        "finalised_at TEXT",
        "finalised_by TEXT",
    ),
    "treated_areas": (
        f"needle TEXT {_text('needle', 60)}",
        "angle_deg INTEGER CHECK (angle_deg BETWEEN 0 AND 90)",
        "inserted_um INTEGER CHECK (inserted_um BETWEEN 0 AND 50000)",
    ),
    "products_used": (
        f"gtin TEXT {_GTIN}",
        f"serial TEXT {_text('serial', 60)}",
        f"maker TEXT {_text('maker', 200)}",
        "stock INTEGER REFERENCES stock (id)",
    ),
    "side_effects": (
        f"outcome TEXT {one_of('outcome', vocabulary.EFFECT_OUTCOMES)}",
        f"treatment_given TEXT {_text('treatment_given', 4000)}",
        f"reported_on TEXT {day('reported_on')}",
        f"told_by TEXT {one_of('told_by', vocabulary.TOLD_BY)}",
    ),
}


def m010_recording(db: Database) -> None:
    """Columns and tables for recording a session and what follows it."""
    _allow_void(db)
    db.execute(
        f"""CREATE TABLE stock (
            id INTEGER PRIMARY KEY,
            stock_id TEXT NOT NULL UNIQUE {_text("stock_id", 64)},
            product TEXT NOT NULL,
            gtin TEXT {_GTIN},
            lot TEXT,
            serial TEXT {_text("serial", 60)},
            maker TEXT {_text("maker", 200)},
            expires_on TEXT {partial("expires_on")},
            received_on TEXT {day("received_on")},
            containers INTEGER CHECK (containers BETWEEN 0 AND 1000000),
            volume_ul INTEGER CHECK (volume_ul BETWEEN 0 AND 10000000),
            price_milli INTEGER CHECK (price_milli BETWEEN 0 AND 1000000000000),
            currency TEXT {_CURRENCY},
            state TEXT NOT NULL {one_of("state", vocabulary.STOCK_STATES)},
            changed_on TEXT {day("changed_on")},
            note TEXT
        ) STRICT"""
    )
    db.execute("CREATE INDEX stock_by_lot ON stock (lot)")
    for table, columns in _ADDED.items():
        for column in columns:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    db.execute("CREATE INDEX products_used_by_stock ON products_used (stock)")
    _injection_points(db)
    _consents(db)
    _red_cards(db)
    _drafts(db)


def _allow_void(db: Database) -> None:
    """Allow the state `void` for a session: recorded by mistake, kept but not counted.

    The text of the CHECK is edited in place, SQLite's own procedure for a changed CHECK
    (sqlite.org/lang_altertable.html, section 7): rebuilding the table, or sqlite-utils'
    `transform`, would drop its triggers and needs foreign keys off outside the transaction.
    """
    states = "'planned', 'held', 'cancelled', 'no_show'"
    (version,) = db.execute("PRAGMA schema_version").fetchone()
    db.execute("PRAGMA writable_schema = ON")
    changed = db.execute(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table'"
        " AND name = 'sessions' AND instr(sql, ?)",
        [f"({states})", f"({states}, 'void')", f"({states})"],
    ).rowcount
    if changed != 1:
        raise RuntimeError("the states of a session are not where migration m010 looks for them")
    db.execute(f"PRAGMA schema_version = {version + 1}")
    db.execute("PRAGMA writable_schema = OFF")


def _injection_points(db: Database) -> None:
    db.execute(
        f"""CREATE TABLE injection_points (
            id INTEGER PRIMARY KEY,
            session INTEGER NOT NULL REFERENCES sessions (id),
            area TEXT NOT NULL,
            side TEXT NOT NULL {one_of("side", vocabulary.SIDES)},
            number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 100000),
            triangle INTEGER NOT NULL CHECK (triangle BETWEEN 0 AND 10000000),
            u REAL NOT NULL CHECK (u BETWEEN 0 AND 1),
            v REAL NOT NULL CHECK (v BETWEEN 0 AND 1),
            depth_um INTEGER CHECK (depth_um BETWEEN 0 AND 50000),
            volume_ul INTEGER CHECK (volume_ul BETWEEN 0 AND 1000000),
            product TEXT,
            UNIQUE (session, area, side, number),
            CHECK (u + v <= 1.000001)
        ) STRICT"""
    )


def _consents(db: Database) -> None:
    db.execute(
        f"""CREATE TABLE consents (
            id INTEGER PRIMARY KEY,
            consent_id TEXT NOT NULL UNIQUE {_text("consent_id", 64)},
            patient INTEGER NOT NULL REFERENCES patients (id),
            purpose TEXT NOT NULL {one_of("purpose", vocabulary.CONSENT_PURPOSES)},
            protocol TEXT,
            text_version TEXT {_text("text_version", 64)},
            given_on TEXT NOT NULL {day("given_on")},
            given_how TEXT {one_of("given_how", vocabulary.CONSENT_FORMS)},
            taken_by TEXT {_text("taken_by", 200)},
            signature TEXT {_text("signature", 100000)},
            document_sha256 TEXT CHECK (length(document_sha256) = 64),
            withdrawn_on TEXT {day("withdrawn_on")},
            note TEXT
        ) STRICT"""
    )
    db.execute("CREATE INDEX consents_by_patient ON consents (patient, purpose, given_on)")


def _red_cards(db: Database) -> None:
    db.execute(
        f"""CREATE TABLE red_cards (
            id INTEGER PRIMARY KEY,
            red_card_id TEXT NOT NULL UNIQUE {_text("red_card_id", 64)},
            patient INTEGER NOT NULL REFERENCES patients (id),
            session INTEGER REFERENCES sessions (id),
            side_effect INTEGER REFERENCES side_effects (id),
            flag TEXT NOT NULL,
            opened_at TEXT NOT NULL {day("opened_at")},
            opened_by TEXT NOT NULL {_text("opened_by", 200)},
            owner TEXT {_text("owner", 200)},
            acknowledged_at TEXT {day("acknowledged_at")},
            acknowledged_by TEXT {_text("acknowledged_by", 200)},
            escalated_at TEXT {day("escalated_at")},
            closed_at TEXT {day("closed_at")},
            closed_by TEXT {_text("closed_by", 200)},
            examination TEXT {_text("examination", 4000)},
            closing_reason TEXT {_text("closing_reason", 4000)},
            note TEXT,
            CHECK (closed_at IS NULL OR
                (closed_by IS NOT NULL AND examination IS NOT NULL AND closing_reason IS NOT NULL))
        ) STRICT"""
    )
    db.execute("CREATE INDEX red_cards_by_patient ON red_cards (patient)")
    db.execute("CREATE INDEX red_cards_open ON red_cards (opened_at) WHERE closed_at IS NULL")


def _drafts(db: Database) -> None:
    """Forms that were begun but not saved; neither versioned nor published."""
    db.execute(
        f"""CREATE TABLE drafts (
            id INTEGER PRIMARY KEY,
            draft_id TEXT NOT NULL UNIQUE {_text("draft_id", 64)},
            form TEXT NOT NULL {_text("form", 64)},
            patient INTEGER REFERENCES patients (id),
            session INTEGER REFERENCES sessions (id),
            begun_by TEXT NOT NULL {_text("begun_by", 200)},
            saved_at TEXT NOT NULL,
            content TEXT NOT NULL CHECK (json_valid(content))
        ) STRICT"""
    )
    db.execute("CREATE INDEX drafts_by_patient ON drafts (patient)")


def m016_lot_from(db: Database) -> None:
    """How the lot of a used product came into the record; empty where nobody noted it."""
    db.execute(
        f"ALTER TABLE products_used ADD COLUMN lot_from TEXT"
        f" {one_of('lot_from', vocabulary.LOT_FROM)}"
    )
    track(db, ("products_used",))


def m018_departure(db: Database) -> None:
    """Why a session was not as the adopted version; empty where nobody said so."""
    db.execute(f"ALTER TABLE sessions ADD COLUMN departure TEXT {_text('departure', 60)}")
    db.execute(
        f"ALTER TABLE sessions ADD COLUMN departure_text TEXT {_text('departure_text', 500)}"
    )
    track(db, ("sessions",))
