"""What must hold among rows, files and the clinic: ids, parents, and whose patient is whose."""

from collections.abc import Sequence
from typing import Any

from mesodash.exchange.batch import Batch, Row, is_partial
from mesodash.exchange.cells import Vocabulary
from mesodash.exchange.rules import Facts, Fault, faults_of
from mesodash.exchange.standing import differs, whole_screenings
from mesodash.records.known import Known
from mesodash.records.standing import Kept, plans_now, screenings_now, versions_now

_ONE = {
    "patients": "patient",
    "practitioners": "practitioner",
    "courses": "course",
    "sessions": "session",
}


class Links:
    """Checks the batches, parents first, against each other and the clinic's open file."""

    def __init__(self, clinic: Known, vocabulary: Vocabulary) -> None:
        self._clinic = clinic
        self._vocabulary = vocabulary
        self._accepted: dict[str, dict[str, str]] = {table: {} for table in _ONE}
        self._batches: dict[str, Batch] = {}
        self._versions: set[tuple[object, ...]] = set()

    def check(self, batch: Batch) -> None:
        """Keep in `batch` what may be written; the rest becomes rejects with the reason."""
        sheet = batch.sheet
        self._batches[sheet.table] = batch
        names = sheet.names
        references = [c for c in sheet.columns if c.refers]
        known = {c.refers: self._owners(c.refers, batch.rows, sheet.at(c.name)) for c in references}
        clinic = self._clinic_side(batch)
        good: list[Row] = []
        bad: list[tuple[Row, Fault]] = []
        for row in batch.rows:
            fault: Fault | None = None
            facts = dict(zip(names, row.values, strict=True))
            for column in references:
                value = facts[column.name]
                if value is not None and value not in known[column.refers]:
                    fault = (column.name, self._why_unknown(column.refers, str(value)))
                    break
            fault = fault or _other_patient(sheet.table, facts, known)
            fault = fault or clinic.fault(facts, known)
            fault = fault or (self._version(facts) if sheet.table == "sessions" else None)
            if fault is None:
                good.append(row)
            else:
                bad.append((row, fault))
        if sheet.table == "screening_answers":
            asked = {str(row.values[0]) for row in good}
            good, bad = whole_screenings(batch, good, bad, screenings_now(self._clinic.db, asked))
        batch.keep(good, bad)
        if sheet.table == "protocol_versions":
            self._versions = {row.values[:2] for row in good}
        if sheet.own_id and sheet.table in _ONE:
            who = sheet.at("patient_id") if "patient_id" in sheet.names else 0
            self._accepted[sheet.table] = {str(row.values[0]): str(row.values[who]) for row in good}

    def _owners(self, table: str, rows: Sequence[Row], at: int) -> dict[str, str]:
        """Whose patient each id named in a column is: in these files first, else in the clinic."""
        here = self._accepted[table]
        refused = self._batches[table].refused if table in self._batches else {}
        asked = {str(row.values[at]) for row in rows if row.values[at] is not None}
        elsewhere = asked - here.keys() - refused.keys()
        found = {name: here[name] for name in asked & here.keys()}
        return found | self._clinic.owners(table, elsewhere)

    def _why_unknown(self, table: str, name: str) -> str:
        batch = self._batches.get(table)
        line = batch.refused.get(name) if batch else None
        if batch and line:
            return (
                f"names a {_ONE[table]} that was refused ({batch.source}, line {line}); mend that"
            )
        return f"names a {_ONE[table]} that is neither in the files nor in the clinic; add it first"

    def _version(self, facts: Facts) -> Fault | None:
        """The adopted version a session names must be there, and be the one the files mean."""
        protocol, version = facts["protocol"], facts["protocol_version"]
        if version is None or (protocol, version) in self._versions:
            return None
        batch = self._batches.get("protocol_versions")
        line = batch.lost.get((protocol, version)) if batch else None
        if batch and line:
            why = f"names a version that was refused ({batch.source}, line {line}); mend that"
            return ("protocol_version", why)
        if (protocol, version) not in versions_now(self._clinic.db):
            why = (
                f"names a version of {protocol} that is neither in the files nor in the clinic; add"
                " it to protocol_versions.csv"
            )
            return ("protocol_version", why)
        return None

    def _clinic_side(self, batch: Batch) -> "_ClinicSide":
        """What the clinic holds already of the rows of a batch, as far as it limits them."""
        table = batch.sheet.table
        ids = [str(row.values[0]) for row in batch.rows]
        side = _ClinicSide(batch, self._vocabulary)
        if table in ("courses", "sessions", "side_effects"):
            side.owners = self._clinic.owners(table, ids)
        if table == "sessions":
            side.scored = self._clinic.scored_sessions(side.owners)
            if "protocol_version" not in batch.present:
                side.versioned = self._clinic.versioned_sessions(side.owners)
        if table == "protocol_versions":
            side.standing = dict(versions_now(self._clinic.db))
        if table == "plans":
            side.standing = dict(plans_now(self._clinic.db, ids))
        if table == "side_effects" and side.owners:
            columns = [c.field for c in batch.sheet.columns if not c.refers][1:]
            side.effects = self._clinic.effects_now(side.owners, columns)
        return side


class _ClinicSide:
    """Rows of one batch as the clinic has them, and what follows for the new ones."""

    def __init__(self, batch: Batch, vocabulary: Vocabulary) -> None:
        self._batch = batch
        self._vocabulary = vocabulary
        self._absent = set(batch.sheet.names) - set(batch.present)
        self.owners: dict[str, str] = {}
        self.scored: set[str] = set()
        self.versioned: dict[str, str] = {}
        self.standing: dict[tuple[Any, ...], Kept] = {}
        self.effects: dict[str, dict[str, Any]] = {}

    def fault(self, facts: Facts, known: dict[str, dict[str, str]]) -> Fault | None:
        """Why the clinic's own row forbids this one, if it does."""
        table = self._batch.sheet.table
        if self.standing:
            kept = self.standing.get(tuple(facts[name] for name in self._batch.sheet.key))
            return differs(self._batch, facts, kept) if kept else None
        own = str(next(iter(facts.values())))
        owner = self.owners.get(own)
        moved = owner is not None and facts.get("patient_id", owner) != owner
        if table == "courses" and moved:
            why = "is another patient's course in the clinic; give this one its own id"
            return ("course_id", why)
        if table == "sessions" and moved and own in self.scored:
            why = "is another patient's session in the clinic, with outcomes; give this an own id"
            return ("session_id", why)
        if table == "sessions" and moved and "course_id" in self._absent:
            why = (
                "is another patient's session in the clinic; say with course_id whose course it is"
            )
            return ("session_id", why)
        if own in self.versioned and "protocol" in self._batch.present:
            version_of = self.versioned[own]
            if facts["protocol"] != version_of:
                why = (
                    f"is not {version_of}, of which the clinic's session follows an adopted"
                    " version; say with protocol_version which version it is now"
                )
                return ("protocol", why)
        return self._effect(own, owner, facts, known) if table == "side_effects" else None

    def _effect(
        self, own: str, owner: str | None, facts: Facts, known: dict[str, dict[str, str]]
    ) -> Fault | None:
        now = self.effects.get(own, {})
        session = facts["session_id"]
        if owner and session != now["session_id"] and known["sessions"][str(session)] != owner:
            why = "is another patient's side effect in the clinic; give this one its own id"
            return ("side_effect_id", why)
        if is_partial(self._batch.sheet, self._batch.present):
            # Columns that are not given keep the clinic's values: the whole must agree.
            kept = {name: now.get(name) for name in self._absent}
            found = faults_of(self._batch.sheet, {**facts, **kept}, self._vocabulary)
            return found[0] if found else None
        return None


def _other_patient(table: str, facts: Facts, known: dict[str, dict[str, str]]) -> Fault | None:
    """A course or session named by the row of another patient."""
    if table not in ("sessions", "outcomes"):
        return None
    pairs = [("course_id", "courses"), ("session_id", "sessions")]
    for column, target in pairs if table == "outcomes" else pairs[:1]:
        value = facts[column]
        if value is not None and known[target][str(value)] != facts["patient_id"]:
            return (column, f"is the {_ONE[target]} of another patient; correct one of them")
    return None
