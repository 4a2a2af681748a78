"""Every exchange file with its columns, in the contract's order.

Besides the tables that are mapped and matched row by row there are two of another kind:
photographs, whose pictures lie beside their file, and amendments, which are for reading only.
"""

from mesodash.exchange.contract.columns import (
    FIRST_YEAR,
    LONGEST_ID,
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_NUMBERED,
    USUAL_DEPTH_UM,
    USUAL_VOLUME_UL,
    ExchangeColumn,
    ExchangeFile,
    Kind,
)
from mesodash.records.store import vocabulary


def _own_id(name: str) -> ExchangeColumn:
    return ExchangeColumn(name, "id", required=True, longest=LONGEST_ID)


def _refers(name: str, table: str, *, required: bool = False) -> ExchangeColumn:
    stored = name.removesuffix("_id")
    return ExchangeColumn(name, "id", required, stored, refers=table, longest=LONGEST_ID)


def _word(name: str, allowed: tuple[str, ...], *, required: bool = False) -> ExchangeColumn:
    return ExchangeColumn(name, "word", required, allowed=allowed)


def _code(name: str, codes: str, *, required: bool = False) -> ExchangeColumn:
    return ExchangeColumn(name, "code", required, codes=codes)


def _integer(name: str, low: int, high: int) -> ExchangeColumn:
    return ExchangeColumn(name, "integer", low=low, high=high)


def _number(name: str) -> ExchangeColumn:
    return ExchangeColumn(name, "integer", required=True, low=1, high=MOST_NUMBERED)


def _text(name: str, longest: int = LONGEST_TEXT, *, required: bool = False) -> ExchangeColumn:
    return ExchangeColumn(name, "text", required, longest=longest)


def _day(name: str, *, required: bool = False, kind: Kind = "day") -> ExchangeColumn:
    """A day on which something has happened."""
    return ExchangeColumn(name, kind, required, past=True)


def _gtin() -> ExchangeColumn:
    digits = "04012345678901 (8, 12, 13 or 14 digits)"
    return ExchangeColumn("gtin", "mark", pattern="[0-9]{8}|[0-9]{12,14}", example=digits)


def _price() -> tuple[ExchangeColumn, ExchangeColumn]:
    return (
        ExchangeColumn("price", "thousandths", stored="price_milli", high=1_000_000_000_000),
        ExchangeColumn("currency", "mark", pattern="[A-Z]{3}", example="EUR (ISO 4217)"),
    )


def _volume() -> ExchangeColumn:
    return ExchangeColumn(
        "volume_ml", "thousandths", stored="volume_ul", high=1_000_000, usual=USUAL_VOLUME_UL
    )


PATIENTS = ExchangeFile(
    "patients",
    (
        _own_id("patient_id"),
        _word("sex", vocabulary.SEXES, required=True),
        ExchangeColumn("birth_year", "integer", low=FIRST_YEAR, high=2100, past=True),
        _word("phototype", vocabulary.PHOTOTYPES),
        ExchangeColumn("note", "text"),
        _text("given_name", LONGEST_NAME),
        _text("family_name", LONGEST_NAME),
        _day("birth_date", kind="date"),
        _text("phone", 60),
        _text("email", 254),
        ExchangeColumn("weight_kg", "thousandths", stored="weight_g", low=500, high=700_000),
        _day("died_on", kind="partial"),
        _day("left_on", kind="partial"),
    ),
    ("patient_id",),
)
PRACTITIONERS = ExchangeFile(
    "practitioners",
    (
        _own_id("practitioner_id"),
        ExchangeColumn("name", "text", required=True, longest=LONGEST_NAME),
    ),
    ("practitioner_id",),
)
PROTOCOL_VERSIONS = ExchangeFile(
    "protocol_versions",
    (
        _code("protocol", "protocol", required=True),
        _number("version"),
        ExchangeColumn("adopted_on", "day", required=True, past=True),
        ExchangeColumn("adopted_by", "text", required=True, longest=LONGEST_NAME),
        ExchangeColumn("parameters", "parameters", required=True),
        ExchangeColumn("reason", "text"),
    ),
    ("protocol", "version"),
)
COURSES = ExchangeFile(
    "courses",
    (
        _own_id("course_id"),
        _refers("patient_id", "patients", required=True),
        _code("indication", "indication", required=True),
        _code("protocol", "protocol", required=True),
        _integer("planned_sessions", 1, 1000),
        _integer("interval_days", 1, 3650),
        ExchangeColumn("started_on", "day", required=True),
        _word("state", vocabulary.COURSE_STATES, required=True),
        ExchangeColumn("stopped_reason", "text"),
    ),
    ("course_id",),
)
SESSIONS = ExchangeFile(
    "sessions",
    (
        _own_id("session_id"),
        _refers("patient_id", "patients", required=True),
        _refers("course_id", "courses"),
        _refers("practitioner_id", "practitioners"),
        _code("protocol", "protocol"),
        ExchangeColumn("held_at", "day", required=True),
        _word("state", vocabulary.SESSION_STATES, required=True),
        ExchangeColumn("note", "text"),
        _integer("protocol_version", 1, MOST_NUMBERED),
        _day("started_at"),
        _day("ended_at"),
        *_price(),
        ExchangeColumn("reason", "text"),
        _day("finalised_at", kind="moment"),
        _text("finalised_by", LONGEST_NAME),
        _code("departure", "departure"),
        _text("departure_text", 500),
    ),
    ("session_id",),
)
TREATED_AREAS = ExchangeFile(
    "treated_areas",
    (
        _refers("session_id", "sessions", required=True),
        _code("area", "area", required=True),
        _word("side", vocabulary.SIDES, required=True),
        _code("technique", "technique"),
        ExchangeColumn(
            "depth_mm", "thousandths", stored="depth_um", high=50_000, usual=USUAL_DEPTH_UM
        ),
        _integer("points", 0, 100_000),
        _volume(),
        _text("needle", 60),
        _integer("angle_deg", 0, 90),
        ExchangeColumn("inserted_mm", "thousandths", stored="inserted_um", high=50_000),
    ),
    ("session_id", "area", "side", "technique"),
)
PRODUCTS_USED = ExchangeFile(
    "products_used",
    (
        _refers("session_id", "sessions", required=True),
        _code("area", "area"),
        ExchangeColumn("product", "text", required=True, longest=LONGEST_NAME),
        ExchangeColumn("lot", "text", longest=LONGEST_ID),
        ExchangeColumn("expires_on", "partial"),
        _volume(),
        _gtin(),
        _text("serial", 60),
        _text("maker", LONGEST_NAME),
        _refers("stock_id", "stock"),
        _word("lot_from", vocabulary.LOT_FROM),
    ),
    ("session_id", "area", "product", "lot"),
)
INJECTION_POINTS = ExchangeFile(
    "injection_points",
    (
        _refers("session_id", "sessions", required=True),
        _code("area", "area", required=True),
        _word("side", vocabulary.SIDES, required=True),
        ExchangeColumn("number", "integer", required=True, low=1, high=100_000),
        ExchangeColumn("triangle", "integer", required=True, low=0, high=10_000_000),
        ExchangeColumn("u", "real", required=True, low=0, high=1),
        ExchangeColumn("v", "real", required=True, low=0, high=1),
        ExchangeColumn(
            "depth_mm", "thousandths", stored="depth_um", high=50_000, usual=USUAL_DEPTH_UM
        ),
        _volume(),
        _text("product", LONGEST_NAME),
    ),
    ("session_id", "area", "side", "number"),
)
STOCK = ExchangeFile(
    "stock",
    (
        _own_id("stock_id"),
        _text("product", LONGEST_NAME, required=True),
        _gtin(),
        _text("lot", LONGEST_ID),
        _text("serial", 60),
        _text("maker", LONGEST_NAME),
        ExchangeColumn("expires_on", "partial"),
        _day("received_on"),
        _integer("containers", 0, 1_000_000),
        ExchangeColumn("volume_ml", "thousandths", stored="volume_ul", high=10_000_000),
        *_price(),
        _word("state", vocabulary.STOCK_STATES, required=True),
        _day("changed_on"),
        ExchangeColumn("note", "text"),
    ),
    ("stock_id",),
)
SIDE_EFFECTS = ExchangeFile(
    "side_effects",
    (
        _own_id("side_effect_id"),
        _refers("session_id", "sessions", required=True),
        _code("area", "area"),
        _word("side", vocabulary.SIDES),
        _code("effect", "effect", required=True),
        ExchangeColumn("term", "text"),
        ExchangeColumn("onset_at", "partial", required=True, past=True),
        ExchangeColumn("resolved_at", "partial", past=True),
        ExchangeColumn("last_seen_at", "day", past=True),
        ExchangeColumn("gone_by_at", "day", past=True),
        _integer("severity", 1, 5),
        _word("serious", vocabulary.YES_NO),
        _word("related", vocabulary.RELATED),
        ExchangeColumn("note", "text"),
        _word("outcome", vocabulary.EFFECT_OUTCOMES),
        ExchangeColumn("treatment_given", "text"),
        _day("reported_on"),
        _word("told_by", vocabulary.TOLD_BY),
    ),
    ("side_effect_id",),
)
CONSENTS = ExchangeFile(
    "consents",
    (
        _own_id("consent_id"),
        _refers("patient_id", "patients", required=True),
        _word("purpose", vocabulary.CONSENT_PURPOSES, required=True),
        _code("protocol", "protocol"),
        _text("text_version", 64),
        _day("given_on", required=True),
        _word("given_how", vocabulary.CONSENT_FORMS),
        _text("taken_by", LONGEST_NAME),
        _text("signature", 100_000),
        ExchangeColumn(
            "document_sha256", "mark", pattern="[0-9a-f]{64}", example="64 of 0-9 and a-f"
        ),
        _day("withdrawn_on"),
        ExchangeColumn("note", "text"),
    ),
    ("consent_id",),
)
RED_CARDS = ExchangeFile(
    "red_cards",
    (
        _own_id("red_card_id"),
        _refers("patient_id", "patients", required=True),
        _refers("session_id", "sessions"),
        _refers("side_effect_id", "side_effects"),
        _text("flag", LONGEST_NAME, required=True),
        _day("opened_at", required=True),
        _text("opened_by", LONGEST_NAME, required=True),
        _text("owner", LONGEST_NAME),
        _day("acknowledged_at"),
        _text("acknowledged_by", LONGEST_NAME),
        _day("escalated_at"),
        _day("closed_at"),
        _text("closed_by", LONGEST_NAME),
        ExchangeColumn("examination", "text"),
        ExchangeColumn("closing_reason", "text"),
        ExchangeColumn("note", "text"),
    ),
    ("red_card_id",),
)
FOLLOW_UPS = ExchangeFile(
    "follow_ups",
    (
        _refers("session_id", "sessions", required=True),
        ExchangeColumn("contacted_at", "day", required=True, past=True),
        _word("channel", vocabulary.CHANNELS),
    ),
    ("session_id", "contacted_at", "channel"),
)
OUTCOMES = ExchangeFile(
    "outcomes",
    (
        _refers("patient_id", "patients", required=True),
        _refers("course_id", "courses"),
        _refers("session_id", "sessions"),
        _code("area", "area"),
        _code("scale", "scale", required=True),
        ExchangeColumn("value", "real", required=True, low=-1_000_000_000, high=1_000_000_000),
        ExchangeColumn("measured_on", "day", required=True, past=True),
        _word("timing", vocabulary.TIMINGS),
    ),
    ("patient_id", "course_id", "area", "scale", "measured_on"),
)
PLANS = ExchangeFile(
    "plans",
    (
        _refers("course_id", "courses", required=True),
        ExchangeColumn("made_by", "text", required=True, longest=LONGEST_NAME),
        ExchangeColumn("made_at", "moment", required=True, past=True),
        ExchangeColumn("reason", "text"),
    ),
    ("course_id",),
)
SCREENING_ANSWERS = ExchangeFile(
    "screening_answers",
    (
        _refers("patient_id", "patients", required=True),
        _number("number"),
        ExchangeColumn("screened_on", "date", required=True, past=True),
        ExchangeColumn("screened_by", "text", required=True, longest=LONGEST_NAME),
        _integer("confirms", 1, MOST_NUMBERED),
        _code("question", "question", required=True),
        _word("said", vocabulary.ANSWERS, required=True),
        ExchangeColumn("areas", "codes", codes="area"),
        ExchangeColumn("detail", "text", longest=vocabulary.LONGEST_DETAIL),
        ExchangeColumn("answered_on", "date", required=True, past=True),
    ),
    ("patient_id", "number", "question"),
)

EXCHANGE_FILES: tuple[ExchangeFile, ...] = (
    PATIENTS,
    PRACTITIONERS,
    PROTOCOL_VERSIONS,
    COURSES,
    SESSIONS,
    TREATED_AREAS,
    STOCK,
    PRODUCTS_USED,
    INJECTION_POINTS,
    SIDE_EFFECTS,
    FOLLOW_UPS,
    OUTCOMES,
    PLANS,
    SCREENING_ANSWERS,
    CONSENTS,
    RED_CARDS,
)
"""Every exchange file, parents before children."""

PHOTOS = ExchangeFile(
    "photographs",
    (
        ExchangeColumn("photo_id", "id", True, "photograph_id", longest=LONGEST_ID),
        _refers("patient_id", "patients", required=True),
        _refers("session_id", "sessions"),
        _code("area", "area", required=True),
        _word("side", vocabulary.SIDES, required=True),
        _word("view", vocabulary.PHOTOGRAPH_VIEWS, required=True),
        _word("moment", vocabulary.PHOTOGRAPH_MOMENTS, required=True),
        _day("taken_on", required=True, kind="date"),
        _text("taken_by", LONGEST_NAME, required=True),
        _word("intimate", vocabulary.YES_NO, required=True),
        ExchangeColumn("width", "integer", required=True, low=1, high=4096),
        ExchangeColumn("height", "integer", required=True, low=1, high=4096),
        ExchangeColumn(
            "sha256", "mark", required=True, pattern="[0-9a-f]{64}", example="64 of 0-9 and a-f"
        ),
    ),
    ("photo_id",),
    "photos",
)
"""What is known of each photograph; the picture is the file `picture_name` gives, beside it."""

AMENDMENTS = ExchangeFile(
    "row_versions",
    (
        _refers("session_id", "sessions", required=True),
        ExchangeColumn("amended_at", "moment", required=True),
        _text("amended_by", LONGEST_NAME, required=True),
        _text("reason"),
        _text("file", required=True),
        ExchangeColumn("row", "integer", required=True),
        _word("action", ("changed", "removed"), required=True),
        _text("column", required=True),
        _text("old"),
        _text("new"),
    ),
    ("session_id", "amended_at", "file", "row", "column"),
    "amendments",
)
"""What the rows of a session held before they were changed or removed, value by value."""


def picture_name(sha256: str) -> str:
    """The name of the file that holds the picture of this digest."""
    return f"photo-{sha256}.jpg"


BY_TABLE: dict[str, ExchangeFile] = {one.table: one for one in (*EXCHANGE_FILES, PHOTOS)}
"""What travels as FHIR: every table that is matched row by row, and what photographs show."""

BY_FILE: dict[str, ExchangeFile] = {target.file_name: target for target in EXCHANGE_FILES}
