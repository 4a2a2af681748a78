"""The lake's logical schema: which tables it has, their columns and types.

Every row belongs to a clinic (`clinic_id` is a folder of the lake), and numbers such as `patient`
or `session` are the record's own integers, unique only within their clinic: every join names both.
"""

from typing import Final

VERSION: Final = 5
"""Moves when a table or the meaning of a column changes; a lake of another version is rewritten."""

PEOPLE_AND_COURSES: Final[dict[str, dict[str, str]]] = {
    "patients": {
        "patient": "int64",
        "sex": "string",
        "birth_year": "int64",
        "phototype": "string",
        "gone_on": "date",
    },
    "courses": {
        "course": "int64",
        "patient": "int64",
        "indication": "string",
        "protocol": "string",
        "planned_sessions": "int64",
        "interval_days": "int64",
        "started_on": "date",
        "state": "string",
    },
    "protocol_versions": {
        "protocol_version": "int64",
        "protocol": "string",
        "adopted_on": "date",
        "depth_mm": "float64",
        "volume_per_point_ml": "float64",
        "points": "float64",
        "max_volume_ml": "float64",
        "interval_days": "float64",
    },
}
"""Tables without a month: one file per clinic."""

FACTS: Final[dict[str, dict[str, str]]] = {
    "sessions": {
        "session": "int64",
        "patient": "int64",
        "course": "int64",
        "practitioner": "int64",
        "protocol": "string",
        "held_on": "date",
        "state": "string",
        "protocol_version": "int64",
        "noted": "int64",
        "departure": "string",
    },
    "treated_areas": {
        "session": "int64",
        "area": "string",
        "side": "string",
        "technique": "string",
        "depth_um": "int64",
        "points": "int64",
        "volume_ul": "int64",
    },
    "products_used": {
        "session": "int64",
        "area": "string",
        "product": "string",
        "lot": "string",
        "volume_ul": "int64",
    },
    "side_effects": {
        "side_effect": "int64",
        "session": "int64",
        "patient": "int64",
        "course": "int64",
        "practitioner": "int64",
        "protocol": "string",
        "held_on": "date",
        "area": "string",
        "side": "string",
        "effect": "string",
        "onset_on": "date",
        "last_contact_on": "date",
        "severity": "int64",
        "serious": "string",
        "related": "string",
        "counting": "string",
        "has_end": "boolean",
        "from_minutes": "int64",
        "to_minutes": "int64",
        "told": "string",
        "again_minutes": "int64",
    },
    "follow_ups": {
        "session": "int64",
        "contacted_on": "date",
        "channel": "string",
    },
    "outcomes": {
        "outcome": "int64",
        "patient": "int64",
        "course": "int64",
        "session": "int64",
        "area": "string",
        "scale": "string",
        "value": "float64",
        "measured_on": "date",
        "timing": "string",
    },
}
"""Tables with a month: that of measuring for outcomes, that of the session for all others."""

TABLES: Final[dict[str, dict[str, str]]] = {**PEOPLE_AND_COURSES, **FACTS}


def columns(table: str) -> dict[str, str]:
    """The columns of a table as read from the lake, folders included: name -> logical type."""
    folders = {"clinic_id": "string"}
    if table in FACTS:
        folders["month"] = "string"
    return TABLES[table] | folders
