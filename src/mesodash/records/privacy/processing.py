"""The record of processing (GDPR, article 30), made from the file's schema, log and settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from mesodash.language import N_, _, ngettext
from mesodash.records.audit import anchors
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.privacy import retention
from mesodash.records.privacy.inventory import TABLES
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.settings import (
    Settings,
    audit_key_file,
    db_key_file,
    lake_beside,
    load_settings,
)

UNKNOWN = N_("not accounted for")
_TAKEN = (N_("backup"), N_("one person, on request"), N_("export"))


@dataclass(frozen=True, slots=True)
class ProcessedColumn:
    """A column and its kind: one of KINDS."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class ProcessedTable:
    """A table: whose data it holds, why, how many rows, and each column's kind."""

    name: str
    whose: str
    why: str
    rows: int
    columns: tuple[ProcessedColumn, ...]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who took data out of the file, as recorded in the change log.

    Attributes:
        actor: who.
        what: what was written ("csv", "csv pseudonymised", "fhir", "backup", or "one person, on
            request": everything about one patient, whose id is never written here).
        times: on how many days.
        last: the last day (UTC).
    """

    actor: str
    what: str
    times: int
    last: str


@dataclass(frozen=True, slots=True)
class StoragePlace:
    """A place where data of this clinic is stored: what it holds, and whether it is there now."""

    name: str
    path: str
    holds: str
    exists: bool


@dataclass(frozen=True, slots=True)
class ProcessingRecord:
    """What data is kept, about whom, why, where and how long, who gets it, and how it is protected.

    Attributes:
        clinic: its name.
        kind: clinical, or demo (nobody in it exists).
        country: ISO 3166 alpha-2; None if not set.
        tables: every table of the file.
        recipients: who took data out.
        roles: role -> how many accounts may sign in with it.
        places: where data is stored.
        keep_years: how long records are kept after the last contact; None is no limit set.
        log_entries, log_since: how far back the change log goes.
        erased: how many patients were erased.
        measures: the safeguards, a sentence each.
    """

    clinic: str
    kind: str
    country: str | None
    tables: tuple[ProcessedTable, ...]
    recipients: tuple[Recipient, ...]
    roles: tuple[tuple[str, int], ...]
    places: tuple[StoragePlace, ...]
    keep_years: int | None
    log_entries: int
    log_since: str | None
    erased: int
    measures: tuple[str, ...]

    @property
    def purposes(self) -> tuple[str, ...]:
        """Why data is kept, each purpose once."""
        return tuple(dict.fromkeys(table.why for table in self.tables))


def record(
    path: Path, actor: Actor, *, settings: Settings | None = None, clock: Clock = utc_now
) -> ProcessingRecord:
    """The current record of processing.

    Args:
        path: the clinic's file, of this version.
        actor: who reads; needs `audit.view`.
        settings: of the process; read from the environment if not given.
        clock: gives the time of a refusal.

    Raises:
        NotAllowedError: the role may not.
        NotAClinicError, DamagedError, BusyError: as `reading`.
    """
    require(path, actor, "audit.view", clock=clock)
    clinic = read_clinic(path)
    span = retention.log_span(path)
    with reading(path) as db:
        (erased,) = db.execute("SELECT count(*) FROM erasures").fetchone()
        roles = db.execute(
            "SELECT role, count(*) FROM accounts WHERE NOT disabled GROUP BY role ORDER BY role"
        ).fetchall()
        return ProcessingRecord(
            clinic=clinic.name,
            kind=clinic.kind,
            country=clinic.country,
            tables=tuple(_tables(db)),
            recipients=_recipients(db),
            roles=tuple(roles),
            places=tuple(_places(db, path)),
            keep_years=retention.years(path),
            log_entries=span.entries,
            log_since=None if span.oldest is None else span.oldest.isoformat(),
            erased=erased,
            measures=tuple(_measures(db, path, clinic.kind, settings or load_settings())),
        )


def as_markdown(told: ProcessingRecord) -> str:
    """The record as a page of text."""
    heads = (_("table"), _("of"), _("why"), _("rows"), _("columns"))
    lines = [
        "# " + _("Record of processing: {clinic}").format(clinic=told.clinic),
        "",
        _("Kind: {kind}. Country: {country}. Records are kept: {limit}.").format(
            kind=told.kind, country=told.country or _("not set"), limit=_limit(told.keep_years)
        ),
        ngettext(
            "The change log has {n} entry since {moment}.",
            "The change log has {n} entries since {moment}.",
            told.log_entries,
        ).format(n=told.log_entries, moment=told.log_since),
        _("Patients erased: {n}.").format(n=told.erased),
        "",
        "## " + _("Purposes"),
        "",
        *(f"- {_(why)}" for why in told.purposes),
        "",
        "## " + _("What is kept"),
        "",
        f"| {' | '.join(heads)} |",
        "|---|---|---|---|---|",
    ]
    for table in told.tables:
        columns = "; ".join(
            f"{_(kind)}: {', '.join(c.name for c in table.columns if c.kind == kind)}"
            for kind in dict.fromkeys(column.kind for column in table.columns)
        )
        whose, why = _(table.whose), _(table.why)
        lines.append(f"| {table.name} | {whose} | {why} | {table.rows} | {columns} |")
    lines += ["", "## " + _("Who receives it"), ""]
    lines += [
        "- " + _("{n} with the role {role}").format(n=n, role=role) for role, n in told.roles
    ] or ["- " + _("no accounts")]
    lines += [
        "- "
        + ngettext(
            "{what}, by {actor} on {n} day, last on {last}",
            "{what}, by {actor} on {n} days, last on {last}",
            one.times,
        ).format(what=_(one.what), actor=one.actor, n=one.times, last=one.last)
        for one in told.recipients
    ]
    gone = _("; not there now")
    lines += ["", "## " + _("Where it lies"), ""]
    lines += [
        f"- {place.name} ({place.path}{'' if place.exists else gone}): {place.holds}"
        for place in told.places
    ]
    lines += ["", "## " + _("What guards it"), "", *(f"- {one}" for one in told.measures)]
    return "\n".join(lines) + "\n"


def _limit(years: int | None) -> str:
    if not years:
        return _("no limit set")
    return ngettext(
        "{n} year after the last contact", "{n} years after the last contact", years
    ).format(n=years)


def _tables(db: Database) -> Iterator[ProcessedTable]:
    for name in sorted(db.table_names()):
        (rows,) = db.execute(f'SELECT count(*) FROM "{name}"').fetchone()
        use = TABLES.get(name)
        columns = tuple(
            ProcessedColumn(column.name, (use and use.kind_of(column.name)) or UNKNOWN)
            for column in db.table(name).columns
        )
        whose, why = (use.whose, use.why) if use else (UNKNOWN, UNKNOWN)
        yield ProcessedTable(name, whose, why, rows, columns)


def _recipients(db: Database) -> tuple[Recipient, ...]:
    found = db.execute(
        "SELECT actor, CASE WHEN table_name = 'clinic' THEN 'backup'"
        " WHEN patient IS NOT NULL THEN 'one person, on request' ELSE row_key END,"
        " count(DISTINCT substr(at, 1, 10)), max(substr(at, 1, 10)) FROM change_log"
        " WHERE action = 'export' GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    return tuple(Recipient(who, what or "export", times, last) for who, what, times, last in found)


def _places(db: Database, path: Path) -> Iterator[StoragePlace]:
    lake = lake_beside(path)
    for name, place, holds in (
        (_("The clinic's file"), path, _("everything")),
        (_("Its write-ahead log"), path.with_name(f"{path.name}-wal"), _("the newest changes")),
        (
            _("The lake"),
            lake,
            _("doses, side effects and outcomes under numbers, without names"),
        ),
        (_("The change log's key"), audit_key_file(path), _("a key, nobody's data")),
        (_("Anchors"), anchors.beside(path), _("how long the change log was and when")),
    ):
        yield StoragePlace(name, str(place), holds, place.exists())
    # In which folder they are, only those who made them know.
    made, last = db.execute(
        "SELECT count(*), max(row_key) FROM change_log WHERE action = 'export'"
        " AND table_name = 'clinic'"
    ).fetchone()
    yield StoragePlace(
        _("Backups, {n} made").format(n=made),
        last or _("none yet"),
        _("everything, as of their day"),
        made > 0,
    )
    yield StoragePlace(
        _("The app's memory"), _("while it runs"), _("counts of reports; one person's page"), True
    )
    yield StoragePlace(
        _("The server's messages"), _("standard error"), _("no patient's data"), True
    )


def _measures(db: Database, path: Path, kind: str, settings: Settings) -> Iterator[str]:
    if kind == "demo":
        yield _(
            "A demo: nobody in it exists, and there is no sign-in; served to this computer only."
        )
    else:
        (accounts, second) = db.execute(
            "SELECT count(*), count(totp_secret) FROM accounts WHERE NOT disabled"
        ).fetchone()
        yield ngettext(
            "Sign-in is needed: {n} account, {second} of them with a second factor.",
            "Sign-in is needed: {n} accounts, {second} of them with a second factor.",
            accounts,
        ).format(n=accounts, second=second)
    yield _("What a role may do stands in one matrix, asked on every page and in every function.")
    yield (
        _("https in front is said to be there (MESODASH_TLS=proxy).")
        if settings.behind_tls
        else _("No https in front: the app is for this computer alone.")
    )
    mode = path.stat().st_mode & 0o077
    yield (
        _("Other users of this computer may not read {file}.").format(file=path.name)
        if not mode
        else _("Other users of this computer may read {file}; run `chmod 600` on it.").format(
            file=path.name
        )
    )
    yield (
        _("The clinic's file is encrypted (SQLCipher).")
        if db_key_file()
        else _("The clinic's file is not encrypted; encrypt the disk, or see `mesodash encrypt`.")
    )
    yield _("Every look at a patient and every change stands in a sealed change log.")
    yield _("Deleted rows are overwritten in the file (secure_delete).")
