"""Whether a clinic's file is sound: SQLite's own checks, the catalogue's codes, the change log."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database

from mesodash.catalogue.types import Catalogue
from mesodash.language import _, ngettext
from mesodash.records.audit.verification import Verification, verify
from mesodash.records.store.connection import reading
from mesodash.records.transfer.bulk_load import COLUMNS
from mesodash.records.treatment.questionable_effects import Reason, questionable_effects

_TABLES = (
    *COLUMNS,
    "injection_points",
    "stock",
    "consents",
    "photographs",
    "red_cards",
    "protocol_versions",
    "plans",
    "screenings",
    "screening_answers",
    "erasures",
    "row_versions",
    "change_log",
)

#: Which columns hold codes of the catalogue: table, column, the catalogue's attribute.
_CODED = (
    ("courses", "indication", "indications"),
    ("courses", "protocol", "protocols"),
    ("sessions", "protocol", "protocols"),
    ("sessions", "departure", "departures"),
    ("protocol_versions", "protocol", "protocols"),
    ("treated_areas", "area", "areas"),
    ("treated_areas", "technique", "techniques"),
    ("products_used", "area", "areas"),
    ("injection_points", "area", "areas"),
    ("consents", "protocol", "protocols"),
    ("photographs", "area", "areas"),
    ("side_effects", "area", "areas"),
    ("side_effects", "effect", "side_effects"),
    ("outcomes", "area", "areas"),
    ("outcomes", "scale", "scales"),
    ("screening_answers", "question", "questions"),
)

#: Codes within JSON: table, column, the catalogue's attribute, what gives each code.
_CODED_WITHIN = (
    ("screening_answers", "areas", "areas", "value", "screening_answers, json_each(areas)"),
    (
        "protocol_versions",
        "parameters",
        "techniques",
        "json_extract(parameters, '$.technique')",
        "protocol_versions",
    ),
)


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code in the clinic's file that is not in the catalogue."""

    table: str
    column: str
    code: str
    rows: int

    def __str__(self) -> str:
        return ngettext(
            "{column}: {code} ({n} row)", "{column}: {code} ({n} rows)", self.rows
        ).format(column=f"{self.table}.{self.column}", code=self.code, n=self.rows)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found.

    Attributes:
        counts: table -> rows.
        damage: sentences on integrity, foreign keys and the change log; empty when sound.
        unknown_codes: codes that are not in the catalogue.
        questionable: doubtful side effects, id -> reason; not damage either.
        sessions_without_areas: held sessions that name no treated area; incomplete, not damaged.
        log: whether the change log is as it was written. If that cannot be checked because its key
            is missing, this is not damage.
    """

    counts: Mapping[str, int]
    damage: tuple[str, ...]
    unknown_codes: tuple[UnknownCode, ...]
    sessions_without_areas: int
    questionable: tuple[tuple[str, Reason], ...]
    log: Verification

    @property
    def is_sound(self) -> bool:
        """Whether nothing is damaged and every code is known."""
        return not self.damage and not self.unknown_codes


def check_clinic(path: Path, catalogue: Catalogue) -> CheckResult:
    """Read the whole file and say what is wrong with it.

    Args:
        path: the clinic's file.
        catalogue: whose codes the file may use.

    Raises:
        NotAClinicError, DamagedError, BusyError: the file cannot be read at all.
        RecordError: the change log's key or anchors cannot be read.
    """
    log = verify(path)
    with reading(path) as db:
        tables = set(db.table_names())  # a file of an earlier version has not all of them
        damage = [*_integrity(db), *_foreign_keys(db), *_versions(db), *_log(db)]
        if "photographs" in tables:
            damage += _pictures(db)
        if log.broken:
            damage.append(log.sentence)
        return CheckResult(
            counts={
                table: _count(db, f"SELECT count(*) FROM {table}")
                for table in _TABLES
                if table in tables
            },
            damage=tuple(damage),
            unknown_codes=tuple(_unknown(db, catalogue, tables)),
            questionable=tuple(questionable_effects(db)),
            sessions_without_areas=_count(
                db,
                "SELECT count(*) FROM sessions WHERE state = 'held' AND NOT EXISTS"
                " (SELECT 1 FROM treated_areas WHERE treated_areas.session = sessions.id)",
            ),
            log=log,
        )


def _count(db: Database, sql: str) -> int:
    (count,) = db.execute(sql).fetchone()
    return int(count)


def _integrity(db: Database) -> Iterator[str]:
    for (text,) in db.execute("PRAGMA integrity_check"):
        if text != "ok":
            yield _("integrity: {what}").format(what=text)


def _foreign_keys(db: Database) -> Iterator[str]:
    broken: dict[tuple[str, str], int] = {}
    for table, _row, parent, _key in db.execute("PRAGMA foreign_key_check"):
        broken[table, parent] = broken.get((table, parent), 0) + 1
    for (table, parent), rows in sorted(broken.items()):
        yield ngettext(
            "foreign keys: {n} row of {table} points to no row of {parent}",
            "foreign keys: {n} rows of {table} point to no row of {parent}",
            rows,
        ).format(n=rows, table=table, parent=parent)


def _versions(db: Database) -> Iterator[str]:
    """Sessions that follow a version of another protocol, which no key of the schema prevents."""
    strange = _count(
        db,
        "SELECT count(*) FROM sessions AS s JOIN protocol_versions AS v"
        " ON v.id = s.protocol_version WHERE v.protocol IS NOT s.protocol",
    )
    if strange:
        yield ngettext(
            "adopted versions: {n} session follows a version of another protocol",
            "adopted versions: {n} sessions follow a version of another protocol",
            strange,
        ).format(n=strange)


def _pictures(db: Database) -> Iterator[str]:
    """Photographs that are not the picture whose digest the record holds."""
    for photograph_id, digest, picture in db.execute(
        "SELECT photograph_id, sha256, picture FROM photographs ORDER BY id"
    ):
        if sha256(picture).hexdigest() != digest:
            yield _(
                "photographs: the picture of {photograph} is not the one that was taken"
            ).format(photograph=photograph_id)


def _log(db: Database) -> Iterator[str]:
    """Check that the log only ever grew and that its newest revision is the clinic's."""
    (revision,) = db.execute("SELECT revision FROM clinic").fetchone()
    entries, first, last, newest = db.execute(
        "SELECT count(*), min(seq), max(seq), max(revision) FROM change_log"
    ).fetchone()
    if not entries:
        yield _("change log: it is empty, though making the clinic writes into it")
        return
    if (first, last) != (1, entries):
        missing = last - entries
        yield ngettext(
            "change log: {n} of {all} entries is missing",
            "change log: {n} of {all} entries are missing",
            missing,
        ).format(n=missing, all=last)
    if newest != revision:
        yield _("change log: its newest revision is {newest}, the clinic's is {revision}").format(
            newest=newest, revision=revision
        )
    backwards = _count(
        db,
        "SELECT count(*) FROM (SELECT revision < lag(revision) OVER (ORDER BY seq) AS back"
        " FROM change_log) WHERE back",
    )
    if backwards:
        yield ngettext(
            "change log: the revision goes backwards {n} time",
            "change log: the revision goes backwards {n} times",
            backwards,
        ).format(n=backwards)


def _unknown(db: Database, catalogue: Catalogue, tables: Collection[str]) -> Iterator[UnknownCode]:
    plain = ((table, column, which, column, table) for table, column, which in _CODED)
    for table, column, attribute, code_of, source in (*plain, *_CODED_WITHIN):
        if table not in tables:
            continue
        if code_of == column and column not in db.table(table).columns_dict:
            continue  # a column that came after this file's version
        known: Collection[str] = getattr(catalogue, attribute)
        for code, rows in db.execute(
            f"SELECT {code_of}, count(*) FROM {source} WHERE {code_of} IS NOT NULL"
            f" GROUP BY {code_of} ORDER BY {code_of}"
        ):
            if code not in known:
                yield UnknownCode(table, column, code, rows)
