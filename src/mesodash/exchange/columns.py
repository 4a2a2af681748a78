"""The columns of every exchange file, in the contract's order: what a cell may hold."""

from dataclasses import dataclass
from typing import Literal

from mesodash.records import words
from mesodash.records.screenings import LONGEST_DETAIL
from mesodash.records.standing import STANDING

Kind = Literal[
    "id",  # the row's own id, or that of another row (see `refers`)
    "word",  # one of a closed vocabulary
    "code",  # a code of the catalogue (see `codes`)
    "text",  # anything a person may write
    "day",  # a date, or a date and time
    "partial",  # as `day`, but a year or a month will do
    "integer",
    "thousandths",  # a decimal kept as whole thousandths: mL as microlitres, mm as micrometres
    "real",
    "date",  # a day without a time
    "moment",  # a UTC time with its offset
    "codes",  # some codes of the catalogue, kept as a JSON list
    "parameters",  # a clinic's own parameters of a protocol, kept as JSON
]

LONGEST_TEXT = 4000
LONGEST_ID = 64
LONGEST_NAME = 200
MOST_NUMBERED = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an exchange file.

    Attributes:
        name: as the header spells it.
        kind: what a cell holds.
        required: an empty cell refuses the row, a missing column refuses the file.
        stored: the column of the clinic's file, where it has another name.
        allowed: the words of a `word`.
        codes: which codes of the catalogue a `code` or each of `codes` is one of.
        refers: the table whose id an `id` is, where it is not the row's own.
        low, high: the smallest and largest number kept (in the unit of the clinic's file).
        longest: the longest text, in characters.
    """

    name: str
    kind: Kind
    required: bool = False
    stored: str = ""
    allowed: tuple[str, ...] = ()
    codes: str = ""
    refers: str = ""
    low: int = 0
    high: int = 0
    longest: int = LONGEST_TEXT

    @property
    def field(self) -> str:
        """The column of the clinic's file."""
        return self.stored or self.name


@dataclass(frozen=True, slots=True)
class Sheet:
    """One exchange file.

    Attributes:
        table: the table of the clinic's file, and the file's name without `.csv`.
        columns: in the contract's order.
        key: the columns by which a row is known again; its own id, or the natural key.
    """

    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.table}.csv"

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def own_id(self) -> str | None:
        """The column with the row's own id, where the file has one."""
        first = self.columns[0]
        return first.name if first.kind == "id" and not first.refers else None

    @property
    def stands(self) -> bool:
        """Whether its rows are never changed once the clinic has them."""
        return self.table in STANDING

    def at(self, name: str) -> int:
        """The position of a column."""
        return self.names.index(name)


def _own_id(name: str) -> Column:
    return Column(name, "id", required=True, longest=LONGEST_ID)


def _refers(name: str, table: str, *, required: bool = False) -> Column:
    stored = name.removesuffix("_id")
    return Column(name, "id", required, stored, refers=table, longest=LONGEST_ID)


def _word(name: str, allowed: tuple[str, ...], *, required: bool = False) -> Column:
    return Column(name, "word", required, allowed=allowed)


def _code(name: str, codes: str, *, required: bool = False) -> Column:
    return Column(name, "code", required, codes=codes)


def _integer(name: str, low: int, high: int) -> Column:
    return Column(name, "integer", low=low, high=high)


def _number(name: str) -> Column:
    return Column(name, "integer", required=True, low=1, high=MOST_NUMBERED)


def _volume() -> Column:
    return Column("volume_ml", "thousandths", stored="volume_ul", high=1_000_000)


PATIENTS = Sheet(
    "patients",
    (
        _own_id("patient_id"),
        _word("sex", words.SEXES, required=True),
        _integer("birth_year", 1880, 2100),
        _word("phototype", words.PHOTOTYPES),
        Column("note", "text"),
    ),
    ("patient_id",),
)
PRACTITIONERS = Sheet(
    "practitioners",
    (
        _own_id("practitioner_id"),
        Column("name", "text", required=True, longest=LONGEST_NAME),
    ),
    ("practitioner_id",),
)
PROTOCOL_VERSIONS = Sheet(
    "protocol_versions",
    (
        _code("protocol", "protocol", required=True),
        _number("version"),
        Column("adopted_on", "day", required=True),
        Column("adopted_by", "text", required=True, longest=LONGEST_NAME),
        Column("parameters", "parameters", required=True),
        Column("reason", "text"),
    ),
    ("protocol", "version"),
)
COURSES = Sheet(
    "courses",
    (
        _own_id("course_id"),
        _refers("patient_id", "patients", required=True),
        _code("indication", "indication", required=True),
        _code("protocol", "protocol", required=True),
        _integer("planned_sessions", 1, 1000),
        _integer("interval_days", 1, 3650),
        Column("started_on", "day", required=True),
        _word("state", words.COURSE_STATES, required=True),
        Column("stopped_reason", "text"),
    ),
    ("course_id",),
)
SESSIONS = Sheet(
    "sessions",
    (
        _own_id("session_id"),
        _refers("patient_id", "patients", required=True),
        _refers("course_id", "courses"),
        _refers("practitioner_id", "practitioners"),
        _code("protocol", "protocol"),
        Column("held_at", "day", required=True),
        _word("state", words.SESSION_STATES, required=True),
        Column("note", "text"),
        _integer("protocol_version", 1, MOST_NUMBERED),
    ),
    ("session_id",),
)
TREATED_AREAS = Sheet(
    "treated_areas",
    (
        _refers("session_id", "sessions", required=True),
        _code("area", "area", required=True),
        _word("side", words.SIDES, required=True),
        _code("technique", "technique"),
        Column("depth_mm", "thousandths", stored="depth_um", high=50_000),
        _integer("points", 0, 100_000),
        _volume(),
    ),
    ("session_id", "area", "side", "technique"),
)
PRODUCTS_USED = Sheet(
    "products_used",
    (
        _refers("session_id", "sessions", required=True),
        _code("area", "area"),
        Column("product", "text", required=True, longest=LONGEST_NAME),
        Column("lot", "text", longest=LONGEST_ID),
        Column("expires_on", "partial"),
        _volume(),
    ),
    ("session_id", "area", "product", "lot"),
)
SIDE_EFFECTS = Sheet(
    "side_effects",
    (
        _own_id("side_effect_id"),
        _refers("session_id", "sessions", required=True),
        _code("area", "area"),
        _word("side", words.SIDES),
        _code("effect", "effect", required=True),
        Column("term", "text"),
        Column("onset_at", "partial", required=True),
        Column("resolved_at", "partial"),
        Column("last_seen_at", "day"),
        Column("gone_by_at", "day"),
        _integer("severity", 1, 5),
        _word("serious", words.YES_NO),
        _word("related", words.RELATED),
        Column("note", "text"),
    ),
    ("side_effect_id",),
)
FOLLOW_UPS = Sheet(
    "follow_ups",
    (
        _refers("session_id", "sessions", required=True),
        Column("contacted_at", "day", required=True),
        _word("channel", words.CHANNELS),
    ),
    ("session_id", "contacted_at", "channel"),
)
OUTCOMES = Sheet(
    "outcomes",
    (
        _refers("patient_id", "patients", required=True),
        _refers("course_id", "courses"),
        _refers("session_id", "sessions"),
        _code("area", "area"),
        _code("scale", "scale", required=True),
        Column("value", "real", required=True, low=-1_000_000_000, high=1_000_000_000),
        Column("measured_on", "day", required=True),
        _word("timing", words.TIMINGS),
    ),
    ("patient_id", "course_id", "area", "scale", "measured_on"),
)
PLANS = Sheet(
    "plans",
    (
        _refers("course_id", "courses", required=True),
        Column("made_by", "text", required=True, longest=LONGEST_NAME),
        Column("made_at", "moment", required=True),
        Column("reason", "text"),
    ),
    ("course_id",),
)
SCREENING_ANSWERS = Sheet(
    "screening_answers",
    (
        _refers("patient_id", "patients", required=True),
        _number("number"),
        Column("screened_on", "date", required=True),
        Column("screened_by", "text", required=True, longest=LONGEST_NAME),
        _integer("confirms", 1, MOST_NUMBERED),
        _code("question", "question", required=True),
        _word("said", words.ANSWERS, required=True),
        Column("areas", "codes", codes="area"),
        Column("detail", "text", longest=LONGEST_DETAIL),
        Column("answered_on", "date", required=True),
    ),
    ("patient_id", "number", "question"),
)

SHEETS: tuple[Sheet, ...] = (
    PATIENTS,
    PRACTITIONERS,
    PROTOCOL_VERSIONS,
    COURSES,
    SESSIONS,
    TREATED_AREAS,
    PRODUCTS_USED,
    SIDE_EFFECTS,
    FOLLOW_UPS,
    OUTCOMES,
    PLANS,
    SCREENING_ANSWERS,
)
"""Every exchange file, parents before children."""

BY_FILE: dict[str, Sheet] = {sheet.file: sheet for sheet in SHEETS}
