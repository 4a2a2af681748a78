"""Right values of the cases on what is recorded (kinds F to K of cases/README.md)."""

from tests.exchange.cases_of_files import AREAS, EFFECTS, PEOPLE_AND_SESSIONS, Expected

FACTS = {
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
"""By folder and the mapping that is used."""
