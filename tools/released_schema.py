"""Keep a clinic's file of this version, so that later versions are tested on it.

    python tools/released_schema.py [--source FOLDER] [--to FOLDER]

Makes a clinic with the source's own code, with one row in each table, and writes it as SQL into
`tests/data/released/`, under the name of the schema's last step. To be run whenever a step is
added to the schema. `--source` takes another version's source, as `git worktree add` gives it:
all files there were made by the source as it was released. The key of the change log is not
secret: KEY, which the tests put beside the file.
"""

import argparse
import importlib
import os
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
KEY = "61" * 32
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
DAY, TIME = "2026-01-02", "2026-01-02T10:30"
MOMENT = "2026-01-02T11:00:00+00:00"
DIGEST = "0" * 64
PICTURE = bytes(100)

ROWS: Mapping[str, Mapping[str, Any]] = {
    "practitioners": {"practitioner_id": "D-1", "name": "Practitioner A"},
    "protocol_versions": {
        "protocol": "face_polyvit", "version": 1, "adopted_on": DAY, "adopted_by": "D-1",
        "parameters": '{"sessions": 4}', "reason": "first",
    },
    "patients": {
        "patient_id": "P-1", "sex": "female", "birth_year": 1980, "phototype": "III",
        "note": "a note", "given_name": "Ada", "family_name": "Old", "birth_date": "1980-02-29",
        "phone": "0", "email": "a@example.org", "weight_g": 60000, "left_on": DAY,
    },
    "courses": {
        "course_id": "C-1", "patient": 1, "indication": "rejuv_face",
        "protocol": "face_polyvit", "planned_sessions": 4, "interval_days": 14,
        "started_on": DAY, "state": "active",
    },
    "sessions": {
        "session_id": "S-1", "patient": 1, "course": 1, "practitioner": 1,
        "protocol": "face_polyvit", "protocol_version": 1, "held_at": TIME, "state": "held",
        "note": "a note", "started_at": TIME, "ended_at": TIME, "price_milli": 90000,
        "currency": "EUR", "departure": "other", "departure_text": "asked for less",
    },
    "treated_areas": {
        "session": 1, "patient": 1, "held_at": TIME, "area": "face.cheek", "side": "left",
        "technique": "nappage", "depth_um": 2000, "points": 20, "volume_ul": 1500,
        "needle": "30 G", "angle_deg": 30, "inserted_um": 4000,
    },
    "injection_points": {
        "session": 1, "area": "face.cheek", "side": "left", "number": 1, "triangle": 5, "u": 0.25,
        "v": 0.5, "depth_um": 2000, "volume_ul": 75,
    },
    "stock": {
        "stock_id": "K-1", "product": "Product A", "lot": "L1", "expires_on": "2027-01",
        "received_on": DAY, "containers": 2, "state": "in_stock", "changed_on": DAY,
    },
    "products_used": {
        "session": 1, "area": "face.cheek", "product": "Product A", "lot": "L1",
        "expires_on": "2027-01", "volume_ul": 1500, "stock": 1, "lot_from": "typed",
    },
    "side_effects": {
        "side_effect_id": "E-1", "session": 1, "area": "face.cheek", "side": "left",
        "effect": "bruise", "onset_at": TIME, "last_seen_at": "2026-01-05", "severity": 1,
        "serious": "no", "related": "definite", "note": "small", "outcome": "ongoing",
        "reported_on": DAY, "told_by": "patient",
    },
    "follow_ups": {"session": 1, "contacted_at": "2026-01-05", "channel": "phone"},
    "outcomes": {
        "patient": 1, "course": 1, "session": 1, "area": "face.cheek", "scale": "gais",
        "value": 2.0, "measured_on": DAY, "timing": "baseline",
    },
    "screenings": {"patient": 1, "screened_on": DAY, "screened_by": "D-1"},
    "screening_answers": {
        "screening": 1, "question": "pregnancy", "said": "no", "areas": "[]", "answered_on": DAY,
    },
    "plans": {
        "nonce": "nonce-0001", "course": 1, "made_by": "D-1", "made_at": MOMENT, "content": DIGEST,
    },
    "consents": {
        "consent_id": "N-1", "patient": 1, "purpose": "treatment", "text_version": "1",
        "given_on": DAY, "given_how": "paper", "taken_by": "D-1",
    },
    "red_cards": {
        "red_card_id": "R-1", "patient": 1, "session": 1, "side_effect": 1,
        "flag": "breathing", "opened_at": TIME, "opened_by": "D-1",
    },
    "drafts": {
        "draft_id": "F-1", "form": "session", "patient": 1, "begun_by": "D-1", "saved_at": MOMENT,
        "content": "{}",
    },
    "accounts": {
        "name": "Ada", "role": "practitioner", "sees_names": 1, "password_hash": "none",
        "created_at": MOMENT, "language": "fr",
    },
    "sign_ins": {
        "token_hash": DIGEST, "account": 1, "stage": "full", "began_at": MOMENT, "seen_at": MOMENT,
        "ended_at": MOMENT, "teaching": 1,
    },
    "erasures": {
        "patient": 2, "pseudonym": "~1", "erased_at": MOMENT, "erased_by": "Ada", "reason": "asked",
    },
    "consent_texts": {"version": "1", "words": "The words that were agreed to."},
    "photographs": {
        "photograph_id": "I-1", "patient": 1, "session": 1, "area": "face.cheek", "side": "left",
        "view": "front", "moment": "before", "taken_on": DAY, "taken_by": "D-1", "intimate": 0,
        "width": 1, "height": 1, "sha256": sha256(PICTURE).hexdigest(), "picture": PICTURE,
    },
    "learners": {"account": 1, "new_a_day": 10, "began_at": MOMENT},
    "learned_cards": {
        "learner": 1, "card": "area:face.cheek", "state": "review", "stability_days": 3.5,
        "difficulty": 5.0, "due_at": MOMENT, "reviewed_at": MOMENT, "begun_on": DAY,
    },
    "preferences": {"account": 1, "name": "filters", "value": "{}"},
}  # fmt: skip
"""A row of each table, with the columns of all versions; parents stand first."""


def module(name: str, former: str) -> Any:
    """A module of the source; versions before the package had rooms have it at `former`."""
    try:
        return importlib.import_module(f"mesodash.records.{name}")
    except ModuleNotFoundError:
        return importlib.import_module(f"mesodash.records.{former}")


def make(path: Path) -> str:
    """Make the clinic at `path`; gives the name of its schema's last step."""
    who = module("audit.actor", "actor").COMMAND_LINE
    connection = module("store.connection", "connection")
    key = path.with_name(f"{path.name}.key")
    key.write_text(f"{KEY}\n", "ascii")
    key.chmod(0o600)
    module("store.clinic", "clinic").create_clinic(
        path, clinic_id="old", name="Old", kind="clinical", actor=who, clock=lambda: NOON
    )
    with connection.writing(path, who, clock=lambda: NOON) as change:
        db = change.db
        for table in (name for name in ROWS if db[name].exists()):
            known = db[table].columns_dict
            rows = [{name: cell for name, cell in ROWS[table].items() if name in known}]
            if table == "patients":
                rows.append({"patient_id": "P-2", "sex": "unknown"})
            for row in rows:
                db[table].insert(row)
                change.log("create", table)
    with connection.writing(path, who, clock=lambda: NOON) as change:
        change.db.execute("UPDATE patients SET phototype = 'IV' WHERE id = 1")
        change.log("update", "patients", patient=1)
    with connection.reading(path) as db:
        (newest,) = db.execute("SELECT max(name) FROM _sqlite_migrations").fetchone()
    return str(newest)


def as_sql(path: Path) -> str:
    """The file as SQL: tables, their rows, then indexes and triggers.

    When each step was applied is left out, as it differs with every run.
    """
    lines = ["BEGIN;"]
    with module("store.connection", "connection").reading(path) as db:
        schema = db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        made = schema.fetchall()
        for name, sql in [(name, sql) for kind, name, sql in made if kind == "table"]:
            lines.append(f"{sql};")
            cells = [
                "'''then'''" if column == "applied_at" else f'quote("{column}")'
                for column in db[name].columns_dict
            ]
            rows = db.execute(f'SELECT {", ".join(cells)} FROM "{name}" ORDER BY rowid')
            lines += [f'INSERT INTO "{name}" VALUES ({", ".join(map(str, row))});' for row in rows]
    lines += [f"{sql};" for kind, _name, sql in made if kind != "table"]
    return "\n".join([*lines, "COMMIT;\n"])


def main() -> None:
    """Make the clinic with the source's code and write it as SQL."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--source", type=Path, default=ROOT)
    options.add_argument("--to", type=Path, default=ROOT / "tests" / "data" / "released")
    given = options.parse_args()
    for name in [name for name in os.environ if name.startswith("MESODASH_")]:
        del os.environ[name]
    sys.path.insert(0, str(given.source / "src"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clinic.db"
        kept = given.to / f"{make(path)}.sql"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(as_sql(path), "utf-8")
    print(kept.name)


if __name__ == "__main__":
    main()
