"""What an erasure takes out of which table, what it leaves, and why: a row a table."""

from dataclasses import dataclass

WITHHELD = "withheld"
"""Stands for the reported words where the exchange files need some (effect `other`)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing an erasure changes, or leaves.

    Attributes:
        table: where.
        what: in plain words.
        rows: how many rows have it.
        why: why it goes, or may stay.
    """

    table: str
    what: str
    rows: int
    why: str


OF_SESSIONS = "session IN (SELECT id FROM sessions WHERE patient = :patient)"
_SCREENED = "screening IN (SELECT id FROM screenings WHERE patient = :patient)"

#: Table, condition of the patient's rows, what goes in words, why, statement; in this order.
GOES = (
    (
        "patients",
        "id = :patient",
        "id, year of birth, note",
        "names or describes the person",
        "UPDATE patients SET patient_id = :stand_in, birth_year = NULL, note = NULL",
    ),
    (
        "courses",
        "patient = :patient",
        "id, words on why it was stopped",
        "may lead back to the person",
        "UPDATE courses SET stopped_reason = NULL, course_id = :random || '-' || id",
    ),
    (
        "plans",
        "course IN (SELECT id FROM courses WHERE patient = :patient)",
        "fingerprint, reason",
        "made from the id; free text",
        "UPDATE plans SET reason = NULL, content = lower(hex(randomblob(32)))",
    ),
    (
        "sessions",
        "patient = :patient",
        "id, note",
        "may lead back to the person",
        "UPDATE sessions SET note = NULL, session_id = :random || '-' || id",
    ),
    (
        "side_effects",
        OF_SESSIONS,
        "id, words as reported, note",
        "may lead back to the person",
        (
            "UPDATE side_effects SET note = NULL, side_effect_id = :random || '-' || id,"
            f" term = CASE effect WHEN 'other' THEN '{WITHHELD}' END"
        ),
    ),
    (
        "screening_answers",
        _SCREENED,
        "the whole row",
        "health facts of the person; no report counts them",
        "DELETE FROM screening_answers",
    ),
    (
        "screenings",
        "patient = :patient",
        "the whole row",
        "who was asked, and when",
        "DELETE FROM screenings",
    ),
)

#: Table, condition, what stays, why.
STAYS = (
    ("patients", "id = :patient", "sex, phototype", "reports compare them; many people share them"),
    ("courses", "patient = :patient", "indication, protocol, dates, state", "counted in reports"),
    ("sessions", "patient = :patient", "date, protocol, practitioner", "counted in reports"),
    ("treated_areas", "patient = :patient", "areas and doses", "dose statistics"),
    ("products_used", OF_SESSIONS, "products, lots, volumes", "recalls; dose statistics"),
    ("side_effects", OF_SESSIONS, "kind, dates, severity", "safety statistics"),
    ("follow_ups", OF_SESSIONS, "date and channel", "how long side effects were followed"),
    ("outcomes", "patient = :patient", "scores", "counted in reports"),
)
