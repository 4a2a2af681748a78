"""What publish reads from the clinic's file: what changed since, and the tables by month.

Only facts without identity leave: no text ids, names, notes or reported terms. The month of an
outcome is that of its measurement, of all else that of its session; the change log names both
months when something moves.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from mesodash.records.store.connection import reading

Row = tuple[Any, ...]

_UNDATED: Final = {
    "patients": (
        # The day on which a patient died or left; of a month or a year alone its first, so that
        # nobody dead is called.
        "SELECT id, sex, birth_year, phototype,"
        " nullif(min(ifnull(substr(died_on || '-01-01', 1, 10), '9999'),"
        " ifnull(substr(left_on || '-01-01', 1, 10), '9999')), '9999') FROM patients ORDER BY id"
    ),
    "courses": (
        # A course planned here starts at the consultation that planned it, which its first session
        # may follow by weeks; of an erased patient's plan only the year is left.
        "SELECT c.id, c.patient, c.indication, c.protocol, c.planned_sessions, c.interval_days,"
        " min(substr(c.started_on, 1, 10),"
        "     iif(length(p.made_at) >= 10, substr(p.made_at, 1, 10), '9999')), c.state"
        " FROM courses AS c LEFT JOIN plans AS p ON p.course = c.id ORDER BY c.id"
    ),
    "protocol_versions": (
        # The figures alone: who adopted it, and why, stay in the record.
        "SELECT id, protocol, substr(adopted_on, 1, 10), json_extract(parameters, '$.depth_mm'),"
        " json_extract(parameters, '$.volume_per_point_ml'), json_extract(parameters, '$.points'),"
        " json_extract(parameters, '$.max_volume_ml'), json_extract(parameters, '$.interval_days')"
        " FROM protocol_versions ORDER BY id"
    ),
}

# How the end of a side effect became known: the channel of the contact that reported it, or who.
_HOW_TOLD: Final = """CASE
    WHEN e.resolved_at IS NULL AND e.gone_by_at IS NULL THEN NULL
    WHEN e.told_by = 'practitioner' THEN 'seen'
    ELSE coalesce(
        (SELECT CASE f.channel WHEN 'visit' THEN 'seen' WHEN 'phone' THEN 'telephone'
            ELSE 'patient' END
         FROM follow_ups f WHERE f.session = s.id AND f.channel IS NOT NULL
         AND substr(f.contacted_at, 1, 10)
            = substr(coalesce(e.reported_on, e.gone_by_at, e.resolved_at), 1, 10)
         ORDER BY CASE f.channel WHEN 'visit' THEN 1 WHEN 'phone' THEN 2 ELSE 3 END LIMIT 1),
        nullif(e.told_by, 'practitioner'), 'not_recorded')
    END"""

# When the effect's own area was treated next, after its onset: the same area, or one that lies in
# it or around it, on a side that is not the other one.
_TREATED_AGAIN: Final = """(SELECT min(t.held_at)
    FROM treated_areas t JOIN sessions v ON v.id = t.session AND v.state = 'held'
    WHERE t.patient = s.patient AND t.held_at > s.held_at
    AND (substr(t.held_at, 1, 10) > substr(e.onset_at, 1, 10)
        OR (length(t.held_at) > 10 AND length(e.onset_at) > 10 AND t.held_at > e.onset_at))
    AND (t.area = e.area OR substr(t.area, 1, length(e.area) + 1) = e.area || '.'
        OR substr(e.area, 1, length(t.area) + 1) = t.area || '.')
    AND (e.side IS NULL OR t.side = e.side OR 'both' IN (t.side, e.side)))"""

# Each gives its month first; {only} takes the month's condition on {time}.
_DATED: Final = {
    "sessions": (
        "s.held_at",
        (
            "SELECT substr(s.held_at, 1, 7), s.id, s.patient, s.course, s.practitioner, s.protocol,"
            " substr(s.held_at, 1, 10), s.state, s.protocol_version,"
            # Whether there is a note, never its words.
            " length(trim(ifnull(s.note, ''))) > 0, s.departure"
            " FROM sessions s {only} ORDER BY s.held_at, s.id"
        ),
    ),
    "treated_areas": (
        "s.held_at",
        (
            "SELECT substr(s.held_at, 1, 7), t.session, t.area, t.side, t.technique, t.depth_um,"
            " t.points, t.volume_ul FROM sessions s JOIN treated_areas t ON t.session = s.id"
            " {only} ORDER BY s.held_at, s.id, t.id"
        ),
    ),
    "products_used": (
        "s.held_at",
        (
            "SELECT substr(s.held_at, 1, 7), p.session, p.area, p.product, p.lot, p.volume_ul"
            " FROM sessions s JOIN products_used p ON p.session = s.id"
            " {only} ORDER BY s.held_at, s.id, p.id"
        ),
    ),
    "side_effects": (
        "s.held_at",
        (
            "SELECT substr(s.held_at, 1, 7), e.id, e.session, s.patient, s.course, s.practitioner,"
            " s.protocol, substr(s.held_at, 1, 10), e.area, e.side, e.effect, e.severity,"
            " e.serious, e.related, e.onset_at, e.resolved_at, e.last_seen_at, e.gone_by_at,"
            f" {_HOW_TOLD},"
            " nullif(max(ifnull((SELECT max(f.contacted_at) FROM follow_ups f"
            "   WHERE f.session = s.id), ''),"
            "  ifnull((SELECT max(v.held_at) FROM sessions v WHERE v.patient = s.patient"
            "   AND v.state = 'held' AND v.held_at > s.held_at AND coalesce(e.last_seen_at,"
            "    e.gone_by_at, e.resolved_at) IS NULL), '')), ''),"
            f" {_TREATED_AGAIN}"
            " FROM sessions s JOIN side_effects e ON e.session = s.id"
            " {only} ORDER BY s.held_at, s.id, e.id"
        ),
    ),
    "follow_ups": (
        "s.held_at",
        (
            "SELECT substr(s.held_at, 1, 7), f.session, substr(f.contacted_at, 1, 10), f.channel"
            " FROM sessions s JOIN follow_ups f ON f.session = s.id"
            " {only} ORDER BY s.held_at, s.id, f.contacted_at, f.id"
        ),
    ),
    "outcomes": (
        "o.measured_on",
        (
            "SELECT substr(o.measured_on, 1, 7), o.id, o.patient, o.course, o.session, o.area,"
            " o.scale, o.value, substr(o.measured_on, 1, 10), o.timing"
            " FROM outcomes o {only} ORDER BY o.measured_on, o.id"
        ),
    ),
}

_FINGERPRINTED: Final = 256


@dataclass(frozen=True, slots=True)
class Position:
    """A point in the change log: the revision, and the entry that proves it is the same history."""

    clinic_id: str
    revision: int
    entry: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ChangedMonths:
    """What changed since a position.

    Attributes:
        everything: the log cannot tell the months; rewrite all.
        months: the months (YYYY-MM) to rewrite.
        undated: which of patients and courses to rewrite.
    """

    everything: bool
    months: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()


class Snapshot:
    """One consistent view of a clinic's file, table by table."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._fingerprints: dict[int, str] = {}

    def position(self) -> Position:
        """The current position in the change log."""
        clinic_id, revision = self._db.execute("SELECT clinic_id, revision FROM clinic").fetchone()
        (entry,) = self._db.execute("SELECT coalesce(max(seq), 0) FROM change_log").fetchone()
        return Position(clinic_id, revision, entry, self._fingerprint(entry))

    def _fingerprint(self, entry: int) -> str:
        """What the log says up to an entry, in short; the times alone would not tell apart two demo
        clinics made by a clock that stands still.
        """  # noqa: D205
        if (known := self._fingerprints.get(entry)) is not None:
            return known
        rows = self._db.execute(
            "SELECT at, revision, actor, action, table_name, row_key, patient, month, row_count"
            " FROM change_log WHERE seq <= ? ORDER BY seq DESC LIMIT ?",
            [entry, _FINGERPRINTED],
        ).fetchall()
        found = sha256(repr(rows).encode()).hexdigest()[:32]
        self._fingerprints[entry] = found  # one snapshot shows one moment
        return found

    def touched_since(self, then: Position) -> ChangedMonths:
        """What changed since `then`; everything, if this file's history does not contain it
        (another file, or one restored from a backup).
        """  # noqa: D205
        now = self.position()
        same_history = (
            then.clinic_id == now.clinic_id
            and then.revision <= now.revision
            and then.entry <= now.entry
            and then.fingerprint == self._fingerprint(then.entry)
        )
        if not same_history:
            return ChangedMonths(everything=True)
        entries = self._db.execute(
            "SELECT DISTINCT table_name, month FROM change_log"
            " WHERE revision > ? AND action NOT IN ('view', 'export')",
            [then.revision],
        ).fetchall()
        months = {month for table, month in entries if table in _DATED}
        if None in months:
            return ChangedMonths(everything=True)
        return ChangedMonths(
            everything=False,
            months=tuple(sorted(months)),
            undated=tuple(sorted({table for table, _ in entries if table in _UNDATED})),
        )

    def months_by_table(self, then: Position) -> dict[str, tuple[str, ...]]:
        """Of what `touched_since` names, the months of each table that must be written again.

        A row's own table logs it, so only three kinds of entry reach further: what belongs to a
        session repeats its facts and lies in its month (a new session has nothing yet: what it
        gets is logged by itself), a side effect is counted up to its session's last contact, and
        a session is a contact, perhaps a new treatment, for the patient's earlier side effects.
        """
        entries = self._db.execute(
            "SELECT DISTINCT table_name, month, action = 'create', patient FROM change_log"
            " WHERE revision > ? AND action NOT IN ('view', 'export') AND month IS NOT NULL",
            [then.revision],
        ).fetchall()
        months: dict[str, set[str]] = {table: set() for table in _DATED}
        for table, month, created, patient in entries:
            reached = {table}
            if table == "sessions" and not created:
                reached = set(_DATED) - {"outcomes"}
            elif table == "follow_ups":
                reached.add("side_effects")
            for one in reached & months.keys():
                months[one].add(month)
            if table in {"sessions", "treated_areas"}:
                months["side_effects"] |= self._earlier_effects(month, patient)
        return {table: tuple(sorted(found)) for table, found in months.items()}

    def _earlier_effects(self, month: str, patient: int | None) -> set[str]:
        """The months of the side effects that were not over before a month began.

        Only a patient's own; everybody's where the log does not say whose session it was.
        """
        found = self._db.execute(
            "SELECT DISTINCT substr(s.held_at, 1, 7) FROM sessions s"
            " JOIN side_effects e ON e.session = s.id"
            " WHERE substr(s.held_at, 1, 7) <= :month"
            " AND (:patient IS NULL OR s.patient = :patient)"
            " AND substr(coalesce(e.resolved_at, e.gone_by_at, '9999'), 1, 7) >= :month",
            {"month": month, "patient": patient},
        )
        return {one for (one,) in found}

    def undated(self, table: str) -> Iterator[Row]:
        """All rows of a table without months, in the order of the lake's columns."""
        yield from self._db.execute(_UNDATED[table])

    def dated(
        self, table: str, months: Collection[str] | None = None
    ) -> Iterator[tuple[str, Iterator[Row]]]:
        """The rows of a table by month, oldest month first, as (month, rows).

        Args:
            table: a table with months.
            months: only these, those without rows left out; None streams all.

        The columns are the lake's, except for side_effects, whose last seven are the record's own
        texts: onset_at, resolved_at, last_seen_at, gone_by_at, how the end was reported, the last
        contact (a follow-up of the session, or a later held session of the patient if the effect
        has no end and nothing says when it was last seen) and when the area was treated again.
        """
        time, sql = _DATED[table]
        if months is None:
            yield from _by_month(self._db.execute(sql.format(only="")))
            return
        only = f"WHERE {time} >= :month AND {time} < :month || '~'"  # '~' sorts after '-'
        for month in sorted(months):
            yield from _by_month(self._db.execute(sql.format(only=only), {"month": month}))

    def practitioner_ids(self) -> dict[int, str]:
        """The ids for the lake's numbers of practitioners."""
        return dict(self._db.execute("SELECT id, practitioner_id FROM practitioners").fetchall())


def _by_month(rows: Iterator[Row]) -> Iterator[tuple[str, Iterator[Row]]]:
    for month, group in groupby(rows, key=itemgetter(0)):
        yield month, (row[1:] for row in group)


@contextmanager
def snapshot(path: Path) -> Iterator[Snapshot]:
    """A consistent view of the clinic's file for the length of the block."""
    with reading(path) as db:
        yield Snapshot(db)
