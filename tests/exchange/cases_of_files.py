"""Right values of the cases on mappings and files (kinds A to E of cases/README.md)."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Expected:
    """What an import of a case gives.

    Attributes:
        inserted: rows by table.
        rejects: (line, column, value) of the refused rows, by source file.
        unnamed: rows by (column, word).
        questionable: why, by side effect.
        notes: parts of the notes, each of some file.
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

FILES_AND_MAPPINGS = {
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
    ("17-same-area-two-passes", ""): Expected(
        inserted={**PEOPLE_AND_SESSIONS, "treated_areas": 2},
        rejects={"treated_areas.csv": [(3, "session_id", "S01")]},
        # The second pass is reported, not added to the first: they differ in depth and points.
        values={AREAS: [("S01", "face.cheek", "left", 500), ("S02", "face.cheek", "both", 1000)]},
    ),
    ("17-same-area-two-passes", "mended"): Expected(
        inserted={**PEOPLE_AND_SESSIONS, "treated_areas": 3},
        # The mapping says that the pass at 4 mm is point by point.
        values={
            AREAS: [
                ("S01", "face.cheek", "left", 500),
                ("S01", "face.cheek", "left", 800),
                ("S02", "face.cheek", "both", 1000),
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
}
"""By folder and the mapping that is used."""
