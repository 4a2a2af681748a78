"""The clinic, its people, what was done and what followed."""

from sqlite_utils import Database

from mesodash.records.store import vocabulary
from mesodash.records.store.schema.checks import day, one_of, partial

_FIRST_SESSION_STATES = ("planned", "held", "cancelled", "no_show")
"""Those of the first schema; `recording.m010_recording` adds `void`."""


def m001_clinic(db: Database) -> None:
    """The clinic itself, its people, its adopted protocols and the log of changes."""
    db.execute(
        f"""CREATE TABLE clinic (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            clinic_id TEXT NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL {one_of("kind", vocabulary.CLINIC_KINDS)},
            country TEXT,
            created_at TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 0
        ) STRICT"""
    )
    db.execute(
        f"""CREATE TABLE patients (
            id INTEGER PRIMARY KEY,
            patient_id TEXT NOT NULL UNIQUE CHECK (length(patient_id) BETWEEN 1 AND 64),
            sex TEXT NOT NULL {one_of("sex", vocabulary.SEXES)},
            birth_year INTEGER CHECK (birth_year BETWEEN 1880 AND 2100),
            phototype TEXT {one_of("phototype", vocabulary.PHOTOTYPES)},
            note TEXT
        ) STRICT"""
    )
    db.execute(
        """CREATE TABLE practitioners (
            id INTEGER PRIMARY KEY,
            practitioner_id TEXT NOT NULL UNIQUE CHECK (length(practitioner_id) BETWEEN 1 AND 64),
            name TEXT NOT NULL
        ) STRICT"""
    )
    db.execute(
        f"""CREATE TABLE protocol_versions (
            id INTEGER PRIMARY KEY,
            protocol TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version >= 1),
            adopted_on TEXT NOT NULL {day("adopted_on")},
            adopted_by TEXT NOT NULL,
            parameters TEXT NOT NULL CHECK (json_valid(parameters)),
            UNIQUE (protocol, version)
        ) STRICT"""
    )
    db.execute(
        """CREATE TABLE change_log (
            seq INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            revision INTEGER NOT NULL,
            actor TEXT NOT NULL,
            role TEXT NOT NULL,
            action TEXT NOT NULL,
            table_name TEXT NOT NULL,
            row_key TEXT,
            patient INTEGER,
            month TEXT CHECK (month IS NULL OR length(month) = 7),
            row_count INTEGER NOT NULL
        ) STRICT"""
    )
    db.execute("CREATE INDEX change_log_by_revision ON change_log (revision, month)")
    db.execute("CREATE INDEX change_log_by_patient ON change_log (patient, seq)")


def m002_treatment(db: Database) -> None:
    """Courses, sessions and what was done in them.

    `treated_areas` repeats its session's patient and time, held equal by a composite foreign key,
    so that the history of an area or of a patient's area, newest first, is one index range.
    """
    db.execute(
        f"""CREATE TABLE courses (
            id INTEGER PRIMARY KEY,
            course_id TEXT NOT NULL UNIQUE CHECK (length(course_id) BETWEEN 1 AND 64),
            patient INTEGER NOT NULL REFERENCES patients (id),
            indication TEXT NOT NULL,
            protocol TEXT NOT NULL,
            planned_sessions INTEGER CHECK (planned_sessions BETWEEN 1 AND 1000),
            interval_days INTEGER CHECK (interval_days BETWEEN 1 AND 3650),
            started_on TEXT NOT NULL {day("started_on")},
            state TEXT NOT NULL {one_of("state", vocabulary.COURSE_STATES)},
            stopped_reason TEXT
        ) STRICT"""
    )
    db.execute("CREATE INDEX courses_by_patient ON courses (patient)")
    db.execute(
        f"""CREATE TABLE sessions (
            id INTEGER PRIMARY KEY,
            session_id TEXT NOT NULL UNIQUE CHECK (length(session_id) BETWEEN 1 AND 64),
            patient INTEGER NOT NULL REFERENCES patients (id),
            course INTEGER REFERENCES courses (id),
            practitioner INTEGER REFERENCES practitioners (id),
            protocol TEXT,
            protocol_version INTEGER REFERENCES protocol_versions (id),
            held_at TEXT NOT NULL {day("held_at")},
            state TEXT NOT NULL {one_of("state", _FIRST_SESSION_STATES)},
            note TEXT,
            UNIQUE (id, patient, held_at)
        ) STRICT"""
    )
    db.execute("CREATE INDEX sessions_by_patient ON sessions (patient, held_at)")
    db.execute("CREATE INDEX sessions_by_course ON sessions (course)")
    db.execute("CREATE INDEX sessions_by_time ON sessions (held_at)")
    db.execute(
        f"""CREATE TABLE treated_areas (
            id INTEGER PRIMARY KEY,
            session INTEGER NOT NULL,
            patient INTEGER NOT NULL,
            held_at TEXT NOT NULL,
            area TEXT NOT NULL,
            side TEXT NOT NULL {one_of("side", vocabulary.SIDES)},
            technique TEXT,
            depth_um INTEGER CHECK (depth_um BETWEEN 0 AND 50000),
            points INTEGER CHECK (points BETWEEN 0 AND 100000),
            volume_ul INTEGER CHECK (volume_ul BETWEEN 0 AND 1000000),
            FOREIGN KEY (session, patient, held_at)
                REFERENCES sessions (id, patient, held_at) ON UPDATE CASCADE
        ) STRICT"""
    )
    db.execute(
        "CREATE UNIQUE INDEX treated_areas_once"
        " ON treated_areas (session, area, side, coalesce(technique, ''))"
    )
    db.execute("CREATE INDEX treated_areas_history ON treated_areas (area, held_at)")
    db.execute("CREATE INDEX treated_areas_patient ON treated_areas (patient, area, held_at)")
    db.execute(
        f"""CREATE TABLE products_used (
            id INTEGER PRIMARY KEY,
            session INTEGER NOT NULL REFERENCES sessions (id),
            area TEXT,
            product TEXT NOT NULL,
            lot TEXT,
            expires_on TEXT {partial("expires_on")},
            volume_ul INTEGER CHECK (volume_ul BETWEEN 0 AND 1000000)
        ) STRICT"""
    )
    db.execute(
        "CREATE UNIQUE INDEX products_used_once"
        " ON products_used (session, coalesce(area, ''), product, coalesce(lot, ''))"
    )
    db.execute("CREATE INDEX products_used_by_lot ON products_used (lot)")


def m003_what_followed(db: Database) -> None:
    """Side effects, contacts afterwards and outcomes."""
    db.execute(
        f"""CREATE TABLE side_effects (
            id INTEGER PRIMARY KEY,
            side_effect_id TEXT NOT NULL UNIQUE CHECK (length(side_effect_id) BETWEEN 1 AND 64),
            session INTEGER NOT NULL REFERENCES sessions (id),
            area TEXT,
            side TEXT {one_of("side", vocabulary.SIDES)},
            effect TEXT NOT NULL,
            term TEXT,
            onset_at TEXT NOT NULL {partial("onset_at")},
            resolved_at TEXT {partial("resolved_at")},
            last_seen_at TEXT {day("last_seen_at")},
            gone_by_at TEXT {day("gone_by_at")},
            severity INTEGER CHECK (severity BETWEEN 1 AND 5),
            serious TEXT {one_of("serious", vocabulary.YES_NO)},
            related TEXT {one_of("related", vocabulary.RELATED)},
            note TEXT
        ) STRICT"""
    )
    db.execute("CREATE INDEX side_effects_by_session ON side_effects (session)")
    db.execute(
        f"""CREATE TABLE follow_ups (
            id INTEGER PRIMARY KEY,
            session INTEGER NOT NULL REFERENCES sessions (id),
            contacted_at TEXT NOT NULL {day("contacted_at")},
            channel TEXT {one_of("channel", vocabulary.CHANNELS)}
        ) STRICT"""
    )
    db.execute(
        "CREATE UNIQUE INDEX follow_ups_once"
        " ON follow_ups (session, contacted_at, coalesce(channel, ''))"
    )
    db.execute(
        f"""CREATE TABLE outcomes (
            id INTEGER PRIMARY KEY,
            patient INTEGER NOT NULL REFERENCES patients (id),
            course INTEGER REFERENCES courses (id),
            session INTEGER REFERENCES sessions (id),
            area TEXT,
            scale TEXT NOT NULL,
            value REAL NOT NULL,
            measured_on TEXT NOT NULL {day("measured_on")},
            timing TEXT {one_of("timing", vocabulary.TIMINGS)}
        ) STRICT"""
    )
    # Two scores of one scale on one day would make the baseline arbitrary.
    db.execute(
        "CREATE UNIQUE INDEX outcomes_once ON outcomes"
        " (patient, coalesce(course, 0), coalesce(area, ''), scale, measured_on)"
    )
    db.execute("CREATE INDEX outcomes_by_course ON outcomes (course)")
    db.execute("CREATE INDEX outcomes_by_session ON outcomes (session)")
