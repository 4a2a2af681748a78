"""A clinic of any size made at once from a seed: as the lake's tables, and as the record's rows.

Everything is drawn independently of what the reports look for, over five years; the catalogue gives
the codes. Vectorised, written straight into the files' layout and, for a network, copied clinic by
clinic: ten million sessions take half a minute.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from mesodash.catalogue.types import Catalogue
from mesodash.lake import schema
from mesodash.lake.durations import (
    IMPRECISE,
    INTERVAL,
    MINUTES_A_DAY,
    NO_FOLLOW_UP,
    ONGOING,
    RESOLVED,
)
from mesodash.lake.manifest import as_json, of_folder
from mesodash.lake.publish import STATE_FOLDER, Writer
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import writing
from mesodash.records.transfer.bulk_load import COLUMNS, log_everything

START = np.datetime64("2020-01-01", "D")
DAYS = 1826
LAST_DAY = date(2024, 12, 31)
PROTOCOLS = 12
SCALES = ("wsrs", "nrs", "circumference", "mmasi", "satisfaction")
EFFECTS = 12
SESSIONS_A_COURSE, COURSES_A_PATIENT = 4, 2
PRACTITIONERS = 8
ROWS_AT_ONCE = 50_000

Columns = Mapping[str, np.ndarray]


class MadeClinic:
    """The rows of a clinic, a numpy array a column; 0 stands for no number.

    Attributes:
        tables: the columns of the lake's tables, and texts that only the record has (`*_at`).
    """

    def __init__(self, catalogue: Catalogue, sessions: int, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._areas = np.array([code for code, area in catalogue.areas.items() if area.leaf])
        self._protocols = np.array(list(catalogue.protocols)[:PROTOCOLS])
        self._indications = np.array(list(catalogue.indications)[:PROTOCOLS])
        self._effects = np.array(list(catalogue.side_effects)[:EFFECTS])
        courses = max(sessions // SESSIONS_A_COURSE, 1)
        self.tables: dict[str, Columns] = {}
        self._people(courses)
        self._sessions(courses)
        self._treatment()
        self._what_followed()

    def _people(self, courses: int) -> None:
        rng, n = self._rng, -(-courses // COURSES_A_PATIENT)
        self.tables["patients"] = {
            "patient": np.arange(1, n + 1),
            "sex": rng.choice(np.array(["female", "male"]), n),
            "birth_year": rng.integers(1940, 2005, n),
            "phototype": rng.choice(np.array(["I", "II", "III", "IV"]), n),
            "gone_on": np.full(n, np.datetime64("NaT", "D")),
        }
        started = np.sort(rng.integers(0, DAYS - 60, courses))
        which = rng.integers(0, PROTOCOLS, courses)
        state = rng.choice(np.array(["completed", "stopped"]), courses, p=[0.75, 0.25])
        state[started > DAYS - 150] = "active"
        self.tables["courses"] = {
            "course": np.arange(1, courses + 1),
            "patient": rng.permutation(courses) // COURSES_A_PATIENT + 1,
            "indication": self._indications[which],
            "protocol": self._protocols[which],
            "planned_sessions": rng.integers(4, 7, courses),
            "interval_days": np.full(courses, 14),
            "started_on": START + started,
            "state": state,
        }

    def _sessions(self, courses: int) -> None:
        rng, of = self._rng, self.tables["courses"]
        course = np.repeat(np.arange(courses), SESSIONS_A_COURSE)
        number = np.tile(np.arange(SESSIONS_A_COURSE), courses)
        day = of["started_on"][course] + 14 * number
        minute = rng.integers(8 * 4, 18 * 4, course.size) * 15
        order = np.lexsort((minute, day))
        course, number, day, minute = course[order], number[order], day[order], minute[order]
        states = np.array(["held", "cancelled", "no_show"])
        self.tables["sessions"] = {
            "session": np.arange(1, course.size + 1),
            "patient": of["patient"][course],
            "course": of["course"][course],
            "practitioner": rng.integers(1, PRACTITIONERS + 1, course.size),
            "protocol": of["protocol"][course],
            "held_on": day,
            "state": states[rng.choice(3, course.size, p=[0.9, 0.07, 0.03])],
            "number": number,
            "held_at": day.astype("datetime64[m]") + minute,
        }

    def _treatment(self) -> None:
        rng, s = self._rng, self.tables["sessions"]
        n = s["session"].size
        first = rng.integers(0, self._areas.size, n)
        second = (first + rng.integers(1, self._areas.size, n)) % self._areas.size
        more = rng.random(n) < 0.5
        at = np.concatenate([np.arange(n), np.flatnonzero(more)])
        area = np.concatenate([first, second[more]])
        order = np.argsort(at, kind="stable")
        at, area = at[order], area[order]
        self.tables["treated_areas"] = {
            "at": at,
            "session": s["session"][at],
            "area": self._areas[area],
            "side": np.array(["left", "right", "midline"])[rng.integers(0, 3, at.size)],
            "technique": np.full(at.size, "nappage"),
            "depth_um": np.full(at.size, 2000),
            "points": np.full(at.size, 20),
            "volume_ul": rng.integers(1, 40, at.size) * 125,
        }
        product = rng.integers(0, 5, n)
        month = s["held_on"].astype("datetime64[M]").astype("int64") // 3
        lots = np.array([f"L{number:05}" for number in range((int(month.max()) + 1) * 5)])
        self.tables["products_used"] = {
            "at": np.arange(n),
            "session": s["session"],
            "area": np.full(n, None),
            "product": np.array([f"product {number}" for number in range(5)])[product],
            "lot": lots[month * 5 + product],
            "volume_ul": rng.integers(1, 40, n) * 125,
        }
        self._area_of_session = self._areas[first]

    def _what_followed(self) -> None:
        rng, s = self._rng, self.tables["sessions"]
        n, day = s["session"].size, s["held_on"]
        asked = np.flatnonzero(rng.random(n) < 0.7)
        after = np.array([1, 3, 7, 14])[rng.integers(0, 4, asked.size)]
        self.tables["follow_ups"] = {
            "at": asked,
            "session": s["session"][asked],
            "contacted_on": day[asked] + after,
            "channel": np.full(asked.size, "phone"),
        }
        contact = np.zeros(n, "int64")
        contact[asked] = after
        held = np.flatnonzero(s["state"] == "held")
        at = held[rng.random(held.size) < 0.6]
        kind = rng.choice(4, at.size, p=[0.7, 0.1, 0.18, 0.02])
        hours = np.minimum(rng.exponential(60, at.size).astype("int64") + 1, 24 * 30)
        seen, gone = rng.integers(1, 4, at.size), rng.integers(4, 10, at.size)
        minutes = np.select(
            [kind == 0, kind == 1, kind == 2],
            [60 * hours, MINUTES_A_DAY * seen, MINUTES_A_DAY * contact[at]],
            -1,
        )
        counting = np.select(
            [kind == 0, kind == 1, (kind == 2) & (contact[at] > 0), kind == 2],
            [RESOLVED, INTERVAL, ONGOING, NO_FOLLOW_UP],
            IMPRECISE,
        )
        last = np.maximum(np.where(kind == 1, seen, 0), contact[at])
        nothing = np.datetime64("NaT", "D")
        effects: dict[str, np.ndarray] = {
            "at": at,
            "side_effect": np.arange(1, at.size + 1),
            **{name: s[name][at] for name in ("session", "patient", "course", "practitioner")},
            "protocol": s["protocol"][at],
            "held_on": day[at],
            "area": self._area_of_session[at],
            "side": np.full(at.size, None),
            "effect": self._effects[rng.integers(0, self._effects.size, at.size)],
            "onset_on": np.where(kind == 3, nothing, day[at]),
            "last_contact_on": np.where(last > 0, day[at] + last, nothing),
            "severity": rng.integers(1, 3, at.size),
            "serious": np.full(at.size, "no"),
            "related": np.full(at.size, None),
            "counting": counting,
            "has_end": kind < 2,
            "from_minutes": minutes,
            "to_minutes": np.select([kind == 0, kind == 1], [60 * hours, MINUTES_A_DAY * gone], -1),
            "told": np.full(at.size, None),
            "again_minutes": np.full(at.size, -1),
            "kind": kind,
            "resolved_at": s["held_at"][at] + 60 * hours,
            "last_seen_at": day[at] + seen,
            "gone_by_at": day[at] + gone,
        }
        self.tables["side_effects"] = effects
        at = np.flatnonzero((s["number"] == 0) | (rng.random(n) < 0.5))
        self.tables["outcomes"] = {
            "at": at,
            "outcome": np.arange(1, at.size + 1),
            **{name: s[name][at] for name in ("patient", "course", "session")},
            "area": np.full(at.size, None),
            "scale": np.array(SCALES)[s["course"][at] % len(SCALES)],
            "value": rng.integers(2, 24, at.size) / 2,
            "measured_on": day[at],
            "timing": np.where(s["number"][at] == 0, "baseline", "follow_up"),
        }


def write_lake(made: MadeClinic, lake: Path, clinic_id: str) -> None:
    """Write the clinic's partitions as publishing would, and its state."""
    writer = Writer(lake, clinic_id, {})
    days = made.tables["sessions"]["held_on"].astype("datetime64[M]")
    for table, kinds in schema.TABLES.items():
        columns = made.tables[table]
        arrow = pa.table([_arrow(columns[name], kind) for name, kind in kinds.items()], list(kinds))
        if table in schema.PEOPLE_AND_COURSES:
            writer.write_arrow(table, None, arrow)
            continue
        months = days[columns["at"]] if "at" in columns else days
        starts = np.flatnonzero(np.diff(months, prepend=months[:1] - 1))
        for start, stop in zip(starts, [*starts[1:], months.size], strict=True):
            writer.write_arrow(table, str(months[start]), arrow.slice(start, stop - start))
    _write_state(lake, clinic_id)


def copy_clinic(lake: Path, clinic_id: str, other_id: str) -> None:
    """Give the lake another clinic with the same rows: numbers belong to their clinic."""
    for table in schema.TABLES:
        folder = lake / table
        shutil.copytree(folder / f"clinic_id={clinic_id}", folder / f"clinic_id={other_id}")
    _write_state(lake, other_id)


def _write_state(lake: Path, clinic_id: str) -> None:
    state = lake / STATE_FOLDER / f"{clinic_id}.json"
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text(
        json.dumps(
            {
                "schema": schema.VERSION,
                "revision": 1,
                "fingerprint": "made",
                "files": as_json(of_folder(lake, clinic_id)),
            }
        ),
        "utf-8",
    )


def _arrow(values: np.ndarray, kind: str) -> pa.Array:
    types = {"string": pa.string(), "date": pa.date32(), "boolean": pa.bool_()}
    if kind == "string" and values.dtype != object:
        return pa.array(values.astype("U"), pa.string())
    if kind == "int64":
        return pa.array(values.astype("int64"), pa.int64(), mask=values < 0)
    return pa.array(values, types.get(kind, pa.float64()))


def write_record(made: MadeClinic, db: Path, clinic_id: str) -> None:
    """Write the same clinic into a record of its own."""

    def clock() -> datetime:
        return datetime(2025, 1, 1, tzinfo=UTC)

    create_clinic(db, clinic_id=clinic_id, name=clinic_id, kind="demo", actor=DEMO, clock=clock)
    with closing(sqlite3.connect(db)) as connection, connection:
        # The rows are good by construction, and indexes are quicker made at once than row by row.
        for pragma in (
            "ignore_check_constraints = ON",
            "synchronous = OFF",
            "cache_size = -262144",
        ):
            connection.execute(f"PRAGMA {pragma}")
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            f" AND tbl_name IN ({', '.join('?' * len(COLUMNS))})",
            tuple(COLUMNS),
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        tables = _record(made)
        for table, names in COLUMNS.items():
            marks = ", ".join("?" * len(names))
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
                _rows(tables[table], names),
            )
        for _, sql in indexes:
            connection.execute(sql)
    with writing(db, DEMO, clock=clock, restart="made by a benchmark") as change:
        log_everything(change, "import")


def _record(made: MadeClinic) -> dict[str, Columns]:
    """The columns of the record's tables, those that the lake spells otherwise among them."""
    tables = {name: dict(columns) for name, columns in made.tables.items()}
    people = np.arange(1, PRACTITIONERS + 1)
    tables["practitioners"] = {"id": people, "practitioner_id": _text("dr", people)}
    tables["practitioners"]["name"] = tables["practitioners"]["practitioner_id"]
    for table, number in (
        ("patients", "patient"),
        ("courses", "course"),
        ("sessions", "session"),
        ("side_effects", "side_effect"),
    ):
        tables[table]["id"] = tables[table][number]
        tables[table][f"{number}_id"] = _text(number, tables[table][number])
    sessions, effects = tables["sessions"], tables["side_effects"]
    tables["treated_areas"]["patient"] = sessions["patient"][tables["treated_areas"]["at"]]
    tables["treated_areas"]["held_at"] = sessions["held_at"][tables["treated_areas"]["at"]]
    tables["follow_ups"]["contacted_at"] = tables["follow_ups"]["contacted_on"]
    kind = effects["kind"]
    effects["onset_at"] = np.where(
        kind == 3,
        effects["held_on"].astype("datetime64[M]").astype("U7"),
        sessions["held_at"][effects["at"]].astype("U16"),
    )
    for name, of in (("resolved_at", 0), ("last_seen_at", 1), ("gone_by_at", 1)):
        effects[name] = np.where(kind == of, effects[name].astype("U16").astype(object), None)
    return tables


def _text(prefix: str, numbers: np.ndarray) -> np.ndarray:
    return np.array([f"{prefix}-{number}" for number in numbers.tolist()], dtype=object)


def _rows(columns: Columns, names: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    """The rows, made a few at a time."""
    size = len(next(iter(columns.values())))
    for start in range(0, size, ROWS_AT_ONCE):
        few = slice(start, min(start + ROWS_AT_ONCE, size))
        cells = []
        for name in names:
            values = columns.get(name)
            if values is None:
                cells.append([None] * (few.stop - few.start))
            elif values.dtype.kind == "M":
                cells.append(values[few].astype("U").tolist())
            else:
                cells.append(values[few].tolist())
        yield from zip(*cells, strict=True)
