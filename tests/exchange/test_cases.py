"""Folders that people really have: each file's right values, by id and number.

The folders are in cases/, with a README each that says where its like was found. `mapping.yaml` is
the mapping that the person wrote; `mended.yaml` is the same with what a mapping may say besides.
"""

import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.exchange.small_clinic import ACTOR, make_clinic

from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.importing.import_folder import import_folder
from mesodash.exchange.mapping.mapping_file import load_mapping
from mesodash.records.store.connection import reading

CASES = Path(__file__).parent / "cases"
IN = "inserted"


def clock():
    return datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Expected:
    """What an import of a case gives.

    Attributes:
        inserted: rows by table.
        rejects: (line, column, value) of the refused rows, by source file.
        unnamed: rows by (column, word).
        questionable: why, by side effect.
        notes: parts of what is told, each of some file.
        values: rows of a query on the clinic's file.
        skipped, repeated: rows in all files.
    """

    inserted: dict = field(default_factory=dict)
    rejects: dict = field(default_factory=dict)
    unnamed: dict = field(default_factory=dict)
    questionable: dict = field(default_factory=dict)
    notes: tuple = ()
    values: dict = field(default_factory=dict)
    skipped: int = 0
    repeated: int = 0


EFFECTS = "SELECT side_effect_id, effect, onset_at, resolved_at FROM side_effects ORDER BY 1"
ENDS = "SELECT side_effect_id, resolved_at, last_seen_at FROM side_effects ORDER BY 1"
SESSIONS = "SELECT session_id, held_at FROM sessions ORDER BY 1"
PATIENTS = "SELECT patient_id, sex, birth_year FROM patients ORDER BY 1"
AREAS = (
    "SELECT s.session_id, t.area, t.side, t.volume_ul FROM treated_areas AS t"
    " JOIN sessions AS s ON s.id = t.session ORDER BY 1, 2, 3"
)
NOT_OCCURRED = (2, 6, 8, 9, *range(12, 26), *range(27, 31), *range(32, 36), 39, 40, 41, 43, 44, 45)
PEOPLE_AND_SESSIONS = {"patients": 2, "sessions": 2}

EXPECTED = {
    ("01-r-write-csv-unnamed-column", "mapping"): Expected(
        inserted={"patients": 20, "sessions": 20, "side_effects": 20},
        questionable=dict.fromkeys(
            (
                *(f"ABC001-{n}" for n in (1, 2, 3, 4)),
                "ABC005-1",
                *(f"ABC006-{n}" for n in (1, 2, 3, 4)),
            ),
            "before_treatment",
        ),
    ),
    ("03-solicited-events-not-occurred", "mapping"): Expected(
        inserted={"patients": 2, "sessions": 4, "treated_areas": 4, "side_effects": 12},
        rejects={"ce_vaccine.csv": [(line, "session_id", "") for line in NOT_OCCURRED]},
    ),
    ("03-solicited-events-not-occurred", "mended"): Expected(
        inserted={"patients": 2, "sessions": 4, "treated_areas": 4, "side_effects": 12},
        skipped=32,
        values={
            "SELECT DISTINCT area, side FROM side_effects WHERE area IS NOT NULL": [
                ("arm.upper", "left")
            ]
        },
    ),
    ("04-excel-serial-birth-date", "mapping"): Expected(
        rejects={
            "clients.csv": [(2, "DOB", "19876"), (3, "DOB", "20145"), (4, "DOB", "29221")],
            "visits.csv": [(2, "Date", "45356"), (3, "Date", "45357")],
        },
    ),
    ("04-excel-serial-birth-date", "mended"): Expected(
        inserted={"patients": 3, "sessions": 2},
        values={
            PATIENTS: [("C1", "female", 1954), ("C2", "male", 1955), ("C3", "female", 1980)],
            SESSIONS: [("V1", "2024-03-05"), ("V2", "2024-03-06")],
        },
    ),
    ("06-day-first-dates", "mended"): Expected(
        inserted={"patients": 2, "sessions": 6},
        values={
            PATIENTS: [("C1", "female", 1985), ("C2", "male", 1975)],
            SESSIONS: [
                ("V1", "2024-04-05"),
                ("V2", "2024-04-25"),
                ("V3", "2024-04-26T14:30"),
                ("V4", "2024-04-26T14:30:00"),
                ("V5", "2024-04-26T14:30:00"),
                ("V6", "2024-04-26"),
            ],
        },
    ),
    ("07-semicolon-with-mapping", "mapping"): Expected(
        inserted={"patients": 1, "sessions": 1},
        notes=("read with semicolons", "read with decimal commas"),
        values={PATIENTS: [("C1", "female", 1985)], SESSIONS: [("V1", "2024-04-05")]},
    ),
    ("07b-semicolon-decimal-comma-without-mapping", ""): Expected(
        inserted={"patients": 1},
        notes=("read with semicolons",),
        values={PATIENTS: [("P01", "female", 1980)]},
    ),
    ("07c-sep-line", ""): Expected(
        inserted={"patients": 1},
        notes=("a line sep=",),
        values={PATIENTS: [("P01", "female", 1980)]},
    ),
    ("09-when-word-with-blank-case-or-new", "mapping"): Expected(
        inserted={"patients": 12, "sessions": 12, "side_effects": 8},
        unnamed={
            ("OUTCOME", "RESOLVED WITH SEQUELAE"): 1,
            ("OUTCOME", "RECOVERING/RESOLVING"): 1,
            ("OUTCOME", "UNKNOWN"): 1,
        },
        values={
            ENDS: [
                ("A01", "2024-03-06", None),
                ("A02", "2024-03-07", None),
                ("A03", "2024-03-08", None),
                ("A04", None, None),
                ("A05", "2024-03-10", None),
                ("A06", None, "2024-03-11"),
                ("A07", None, None),
                ("A08", None, None),
            ]
        },
    ),
    ("09-when-word-with-blank-case-or-new", "mended"): Expected(
        inserted={"patients": 12, "sessions": 12, "side_effects": 8},
        values={
            ENDS: [
                ("A01", "2024-03-06", None),
                ("A02", "2024-03-07", None),
                ("A03", "2024-03-08", None),
                ("A04", None, None),
                ("A05", "2024-03-10", None),
                ("A06", None, "2024-03-11"),
                ("A07", None, None),
                ("A08", None, None),
            ]
        },
    ),
    ("10-look-up-key-with-blank", "mapping"): Expected(
        inserted={"patients": 12, "sessions": 12, "side_effects": 3},
        values={ENDS: [(name, None, "2024-03-20") for name in ("A1", "A2", "A3")]},
    ),
    ("12-nbsp-inside-header", "mapping"): Expected(
        inserted={"patients": 1}, values={PATIENTS: [("P01", "female", 1980)]}
    ),
    ("13-invisible-and-nfd-ids", ""): Expected(
        inserted=PEOPLE_AND_SESSIONS,
        values={PATIENTS: [("K2", "female", 1980), ("Müller-1", "female", 1980)]},
    ),
    ("14-unused-columns-block", "mapping"): Expected(
        inserted={"patients": 1}, values={PATIENTS: [("P01", "female", 1980)]}
    ),
    ("16-impossible-years-pass", ""): Expected(
        inserted={"patients": 3, "sessions": 1, "side_effects": 1},
        rejects={
            "patients.csv": [(4, "birth_year", "2090"), (6, "birth_year", "1885")],
            "sessions.csv": [
                (3, "held_at", "2062-03-06"),
                (4, "patient_id", "P03"),
                (5, "held_at", "1924-03-07"),
                (6, "patient_id", "P05"),
            ],
            "side_effects.csv": [
                (3, "resolved_at", "2042-03-09"),
                (4, "session_id", "S03"),
                (5, "onset_at", "2034-03-05"),
            ],
        },
        questionable={"E1": "before_treatment"},
        values={EFFECTS: [("E1", "itch", "2019-03-05", "2019-03-07")]},
    ),
    ("17-same-area-two-passes", ""): Expected(
        inserted={**PEOPLE_AND_SESSIONS, "treated_areas": 2},
        rejects={"treated_areas.csv": [(3, "session_id", "S01")]},
        # The second pass is told, not added to the first: they differ in depth and points.
        values={AREAS: [("S01", "face.cheek", "left", 500), ("S02", "face.cheek", "both", 1000)]},
    ),
    ("18-both-against-left-and-right", ""): Expected(
        inserted={**PEOPLE_AND_SESSIONS, "treated_areas": 3, "side_effects": 2},
        values={
            AREAS: [
                (s, "face.cheek", side, None)
                for s, side in (("S01", "left"), ("S01", "right"), ("S02", "both"))
            ]
        },
    ),
    ("19-effect-of-another-area-in-history", ""): Expected(
        inserted={**PEOPLE_AND_SESSIONS, "treated_areas": 2, "side_effects": 2},
        values={
            "SELECT side_effect_id, area, term FROM side_effects ORDER BY 1": [
                ("E1", "abdomen.lower", None),
                ("E2", None, "metal taste"),
            ]
        },
    ),
    ("23-one-row-a-visit", "mapping"): Expected(
        inserted={"patients": 2, "practitioners": 2, "sessions": 3, "treated_areas": 2},
        rejects={"visits.csv": [(3, "Client", "C1"), (3, "Practitioner", "Dr Q"), (4, "Site", "")]},
    ),
    ("23-one-row-a-visit", "mended"): Expected(
        inserted={"patients": 2, "practitioners": 2, "sessions": 3, "treated_areas": 3},
        skipped=1,
        repeated=2,
        values={
            AREAS: [
                ("A1", "abdomen.flank", "both", None),
                ("A1", "abdomen.lower", "midline", None),
                ("A2", "abdomen.lower", "midline", None),
            ]
        },
    ),
    ("24-effect-first-preferred-then-lower-term", "mapping"): Expected(
        inserted={"patients": 1, "sessions": 1, "side_effects": 2},
        values={
            EFFECTS: [
                ("E1", "bruise", "2024-03-05", "2024-03-09"),
                ("E2", "erythema", "2024-03-05", "2024-03-06"),
            ]
        },
    ),
    ("25-take-date-cuts-a-zone", "mapping"): Expected(
        inserted={"patients": 1},
        rejects={
            "v.csv": [
                (2, "At", "2024-01-31T23:30:00Z"),
                (3, "At", "2024-02-15T08:00:00-10:00"),
                (4, "At", "2024-03-011"),
                (5, "At", "2024-04-15 garbage"),
            ]
        },
    ),
    ("26-title-rows-above-header", ""): Expected(
        inserted={"patients": 1},
        rejects={"patients.csv": [(5, "", "")]},
        notes=("the header in line 3",),
        values={PATIENTS: [("P01", "female", 1980)]},
    ),
    ("26b-total-row", ""): Expected(
        inserted={"patients": 1}, rejects={"patients.csv": [(3, "", "")]}
    ),
    ("28-contact-without-the-end", ""): Expected(
        inserted={"patients": 3, "sessions": 4, "side_effects": 3, "follow_ups": 2},
        values={
            "SELECT s.session_id, f.contacted_at, f.channel FROM follow_ups AS f"
            " JOIN sessions AS s ON s.id = f.session ORDER BY 1": [
                ("A1", "2024-03-12", "phone"),
                ("A3", "2024-03-12", "visit"),
            ],
            EFFECTS: [
                ("E1", "bruise", "2024-03-05", None),
                ("E2", "bruise", "2024-03-05", None),
                ("E3", "bruise", "2024-03-05", "2024-03-12"),
            ],
        },
    ),
    ("30-effect-in-an-untreated-area", ""): Expected(
        inserted={**PEOPLE_AND_SESSIONS, "treated_areas": 3, "side_effects": 3},
        questionable={"E1": "untreated_area", "E2": "untreated_area"},
    ),
    ("33-meddra-terms", "mapping"): Expected(
        inserted={**PEOPLE_AND_SESSIONS, "side_effects": 24},
        values={
            "SELECT effect, count(*) FROM side_effects GROUP BY effect ORDER BY effect": [
                ("bruise", 2),
                ("erythema", 2),
                ("headache", 1),
                ("other", 12),
                ("pain", 3),
                ("pih", 1),
                ("swelling", 3),
            ],
            "SELECT effect, term FROM side_effects WHERE side_effect_id = 'E10'": [
                ("pain", "Pain")  # a plain "Pain" is the effect of that name; its words stay
            ],
        },
    ),
    ("34-dead-patients-on-the-call-list", ""): Expected(
        inserted={**PEOPLE_AND_SESSIONS, "courses": 1, "side_effects": 2}
    ),
    ("35-one-effect-as-rows-of-grade", ""): Expected(
        inserted={**PEOPLE_AND_SESSIONS, "courses": 1, "side_effects": 3},
        questionable={"E1-2": "continues", "E1-3": "continues"},
        values={
            EFFECTS: [
                ("E1-1", "bruise", "2026-09-02", "2026-09-04"),
                ("E1-2", "bruise", "2026-09-04", "2026-09-09"),
                ("E1-3", "bruise", "2026-09-09", "2026-09-12"),
            ]
        },
    ),
    ("37-words-for-missing", ""): Expected(
        rejects={
            "patients.csv": [
                (2, "birth_year", "NULL"),
                (3, "birth_year", "-"),
                (4, "birth_year", "NaN"),
                (5, "birth_year", "unknown"),
            ]
        }
    ),
    ("39-effect-on-the-other-side", ""): Expected(
        inserted={**PEOPLE_AND_SESSIONS, "treated_areas": 2, "side_effects": 2},
        questionable={"E1": "other_side"},
        values={
            "SELECT side_effect_id, area, side FROM side_effects ORDER BY 1": [
                ("E1", "face.cheek", "right"),
                ("E2", "face.cheek", "right"),
            ]
        },
    ),
    ("41-checkbox-columns-one-row-many-areas", "mended"): Expected(
        inserted={**PEOPLE_AND_SESSIONS, "treated_areas": 3},
        values={
            AREAS: [
                ("S1", "abdomen.lower", "midline", None),
                ("S1", "leg.knee", "right", None),
                ("S2", "abdomen.lower", "midline", None),
            ]
        },
    ),
    ("44-line-numbers-after-quoted-newlines", "mapping"): Expected(
        inserted={"patients": 1}, rejects={"clients.csv": [(5, "DOB", "5 April 1985")]}
    ),
    ("44-line-numbers-after-quoted-newlines", "mended"): Expected(
        inserted={"patients": 2},
        values={PATIENTS: [("C1", "female", 1980), ("C2", "female", 1985)]},
    ),
    ("45-effect-before-the-first-treatment", "mapping"): Expected(
        inserted={**PEOPLE_AND_SESSIONS, "side_effects": 2},
        questionable={"E1": "before_treatment"},
        values={
            EFFECTS: [
                ("E1", "headache", "2024-02-20", "2024-02-22"),
                ("E2", "headache", "2024-03-06", "2024-03-07"),
            ]
        },
    ),
}
"""Of the cases that are read; by folder and the mapping that is used."""

REFUSED = {"43-pandas-to-csv-index": "patients.csv has no name for column 1"}
WITH_A_ZONE = {"25-take-date-cuts-a-zone", "27-summer-time"}


def take(folder, mapping, catalogue, place, **options):
    db = make_clinic(place / "clinic.db", **options)
    rules = load_mapping(folder / f"{mapping}.yaml") if mapping else None
    result = import_folder(
        db,
        folder / "in",
        actor=ACTOR,
        catalogue=catalogue,
        mapping=rules,
        rejects=place / "rejects.csv",
        changes=place / "changes.csv",
        clock=clock,
    )
    return db, result


def rejected(result):
    found = {}
    if result.rejects:
        with result.rejects.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                value = row["value"].removeprefix("'")
                found.setdefault(row["file"], []).append((int(row["line"]), row["column"], value))
    return {file: sorted(rows) for file, rows in found.items()}


def every_table(result):
    return {one.file.removesuffix(".csv"): one.inserted for one in result.files if one.inserted}


@pytest.mark.slow
def test_every_case_gives_its_right_values(catalogue, tmp_path, checks):
    planned = sum(7 + len(e.values) + len(e.notes) for e in EXPECTED.values()) + len(REFUSED) + 1
    with checks("cases of import", planned=planned) as count:
        folders = {path.name for path in CASES.iterdir() if path.is_dir()}
        named = {name for name, _ in EXPECTED} | set(REFUSED) | WITH_A_ZONE
        count.that(named == folders and len(folders) == 33, f"other folders: {named ^ folders}")
        for (name, mapping), expected in EXPECTED.items():
            place = tmp_path / f"{name}-{mapping}"
            place.mkdir()
            db, result = take(CASES / name, mapping, catalogue, place)
            what = f"{name} {mapping}"
            got = every_table(result)
            count.that(got == expected.inserted, f"{what}: {got}")
            count.that(rejected(result) == expected.rejects, f"{what}: {rejected(result)}")
            words = {(one.column, one.word): one.rows for one in result.unnamed}
            count.that(words == expected.unnamed, f"{what}: {words}")
            doubtful = dict(result.questionable)
            count.that(doubtful == expected.questionable, f"{what}: {doubtful}")
            skipped = sum(one.skipped for one in result.files)
            count.that(skipped == expected.skipped, f"{what}: {skipped} skipped")
            repeated = sum(one.repeated for one in result.files)
            count.that(repeated == expected.repeated, f"{what}: {repeated} repeated")
            count.that(
                all(
                    one.read
                    == one.inserted
                    + one.updated
                    + one.unchanged
                    + one.rejected
                    + one.skipped
                    + one.repeated
                    for one in result.files
                ),
                f"{what}: rows do not add up",
            )
            told = [note for one in result.files for note in one.notes]
            for note in expected.notes:
                count.that(any(note in one for one in told), f"{what}: {told}")
            with reading(db) as snapshot:
                for query, rows in expected.values.items():
                    kept = [tuple(row) for row in snapshot.execute(query)]
                    count.that(kept == rows, f"{what}: {kept}")
        for name, sentence in REFUSED.items():
            place = tmp_path / name
            place.mkdir()
            with pytest.raises(BrokenFileError) as caught:
                take(CASES / name, "", catalogue, place)
            count.that(str(caught.value).startswith(sentence), str(caught.value))


def test_times_in_a_clinic_whose_zone_is_known(catalogue, tmp_path, checks):
    with checks("cases of import, with a zone", planned=5) as count:
        for name in sorted(WITH_A_ZONE):
            (tmp_path / name).mkdir()
        name = "25-take-date-cuts-a-zone"
        place = tmp_path / name
        db, result = take(CASES / name, "mapping", catalogue, place, timezone="Europe/Paris")
        with reading(db) as snapshot:
            kept = [tuple(row) for row in snapshot.execute(SESSIONS)]
        count.that(kept == [("A1", "2024-02-01"), ("A2", "2024-02-15")], str(kept))
        refused = [(4, "At", "2024-03-011"), (5, "At", "2024-04-15 garbage")]
        count.that(rejected(result) == {"v.csv": refused}, str(rejected(result)))
        name = "27-summer-time"
        place = tmp_path / name
        db, result = take(CASES / name, "", catalogue, place, timezone="Europe/Paris")
        with reading(db) as snapshot:
            kept = [tuple(row) for row in snapshot.execute(EFFECTS)]
        ends = [
            ("E1", "heat", "2026-03-29T01:55", "2026-03-29T03:15"),
            ("E2", "heat", "2026-10-25T02:50", "2026-10-25T02:10"),
        ]
        count.that(kept == ends, str(kept))
        refused = [(4, "onset_at", "2026-03-29T02:30")]
        count.that(rejected(result) == {"side_effects.csv": refused}, str(rejected(result)))
        told = [note for one in result.files for note in one.notes]
        count.that(
            [note.split(":")[1].split(",")[0].strip() for note in told]
            == [f"{name} in an hour that is there twice" for name in ("onset_at", "resolved_at")],
            str(told),
        )


def test_a_second_import_of_a_case_changes_nothing_and_tells_the_same(catalogue, tmp_path, checks):
    names = ("09-when-word-with-blank-case-or-new", "45-effect-before-the-first-treatment")
    with checks("cases imported twice", planned=2 * len(names)) as count:
        for name in names:
            place = tmp_path / name
            place.mkdir()
            db, first = take(CASES / name, "mapping", catalogue, place)
            again = import_folder(
                db,
                CASES / name / "in",
                actor=ACTOR,
                catalogue=catalogue,
                mapping=load_mapping(CASES / name / "mapping.yaml"),
                rejects=place / "rejects.csv",
                changes=place / "changes.csv",
                clock=clock,
            )
            count.that(sum(f.inserted + f.updated for f in again.files) == 0, name)
            told = (again.unnamed, again.questionable)
            count.that(told == (first.unnamed, first.questionable), f"{name}: {told}")
