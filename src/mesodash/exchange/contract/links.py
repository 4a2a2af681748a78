"""Rules among rows, files and the clinic: ids, parents, and to which patient a row belongs."""

from typing import Any

from mesodash.exchange.contract.cells import Value, Vocabulary
from mesodash.exchange.contract.columns import ExchangeColumn
from mesodash.exchange.contract.row_rules import Facts, Fault, faults_of
from mesodash.exchange.importing.batch import Batch, is_partial
from mesodash.exchange.importing.immutable import differs, whole_screenings
from mesodash.exchange.importing.row_store import ExchangeRow, RowStore
from mesodash.language import N_, _
from mesodash.records.transfer.immutable import Kept, plans_now, screenings_now, versions_now
from mesodash.records.transfer.lookup import ExistingRows

_ONE = {
    "patients": N_("a patient"),
    "practitioners": N_("a practitioner"),
    "courses": N_("a course"),
    "sessions": N_("a session"),
    "side_effects": N_("a side effect"),
    "stock": N_("an entry of the stock"),
}


_MOVED = {
    "courses": N_("is another patient's course in the clinic; give this one its own id"),
    "consents": N_("is another patient's consent in the clinic; give this one its own id"),
    "red_cards": N_("is another patient's red card in the clinic; give this one its own id"),
}


class Links:
    """Checks the batches, parents first, against each other and the clinic's open file."""

    def __init__(self, clinic: ExistingRows, vocabulary: Vocabulary) -> None:
        self._clinic = clinic
        self._vocabulary = vocabulary
        self._accepted: dict[str, dict[str, str]] = {table: {} for table in _ONE}
        self._batches: dict[str, Batch] = {}
        self._versions: set[tuple[object, ...]] = set()
        self._births: dict[str, Value] = {}

    def check(self, batch: Batch) -> None:
        """Leave in `batch` what may be written; the rest becomes rejects with the reason."""
        target = batch.target
        self._batches[target.table] = batch
        names = target.names
        references = [c for c in target.columns if c.refers]
        ids, asked = _ids(batch, references)
        known = {table: self._owners(table, named) for table, named in asked.items()}
        clinic = self._clinic_side(batch, ids)
        if target.table == "sessions":
            self._read_births(asked["patients"])
        good = RowStore()
        bad: list[tuple[ExchangeRow, Fault]] = []
        for row in batch.rows:
            facts = dict(zip(names, row.values, strict=True))
            fault = self._reference_fault(references, facts, known)
            fault = fault or _other_patient(target.table, facts, known)
            fault = fault or clinic.fault(facts, known)
            if target.table == "sessions":
                fault = fault or self._version(facts) or self._unborn(facts)
            if fault is None:
                good.append(row)
            else:
                bad.append((row, fault))
        if target.table == "screening_answers":
            screened = {str(row.values[0]) for row in good}
            here = screenings_now(self._clinic.db, screened)
            whole, bad = whole_screenings(batch, list(good), bad, here)
            good = RowStore()
            for row in whole:
                good.append(row)
        batch.keep(good, bad)
        self._remember(batch, known)

    def _reference_fault(
        self,
        references: list[ExchangeColumn],
        facts: Facts,
        known: dict[str, dict[str, str]],
    ) -> Fault | None:
        for column in references:
            value = facts[column.name]
            if value is not None and value not in known[column.refers]:
                return (column.name, self._why_unknown(column.refers, str(value)))
        return None

    def _remember(self, batch: Batch, known: dict[str, dict[str, str]]) -> None:
        """Keep from the good rows what the rows of other files will need."""
        target = batch.target
        if target.table == "patients" and "birth_year" in batch.present:
            year_at = target.at("birth_year")
            self._births = {str(row.values[0]): row.values[year_at] for row in batch.rows}
        if target.table == "protocol_versions":
            self._versions = {row.values[:2] for row in batch.rows}
        if target.table == "side_effects":
            session_at, whose = target.at("session_id"), known["sessions"]
            self._accepted[target.table] = {
                str(row.values[0]): whose[str(row.values[session_at])] for row in batch.rows
            }
        elif target.own_id and target.table in _ONE:
            who = target.at("patient_id") if "patient_id" in target.names else 0
            self._accepted[target.table] = {
                str(row.values[0]): str(row.values[who]) for row in batch.rows
            }

    def _owners(self, table: str, asked: set[str]) -> dict[str, str]:
        """Whose patient each of some ids is: in these files first, else in the clinic."""
        here = self._accepted[table]
        refused = self._batches[table].refused if table in self._batches else {}
        elsewhere = asked - here.keys() - refused.keys()
        found = {name: here[name] for name in asked & here.keys()}
        return found | self._clinic.owners(table, elsewhere)

    def _why_unknown(self, table: str, name: str) -> str:
        batch = self._batches.get(table)
        line = batch.refused.get(name) if batch else None
        if batch and line:
            why = _("names {what} that was refused ({file}, line {line}); mend that")
            return why.format(what=_(_ONE[table]), file=batch.source, line=line)
        why = _("names {what} that is neither in the files nor in the clinic; add it first")
        return why.format(what=_(_ONE[table]))

    def _read_births(self, patients: set[str]) -> None:
        """Add what the clinic knows of the birth years that the files do not give."""
        self._births |= self._clinic.birth_years(patients - self._births.keys())

    def _unborn(self, facts: Facts) -> Fault | None:
        """Refuse sessions before the year in which the patient was born."""
        born = self._births.get(str(facts["patient_id"]))
        if born is None or int(str(facts["held_at"])[:4]) >= int(born):
            return None
        return (
            "held_at",
            _("is before the patient was born ({born}); correct one of them").format(born=born),
        )

    def _version(self, facts: Facts) -> Fault | None:
        """Check that the adopted version of a session exists and is the one the files mean."""
        protocol, version = facts["protocol"], facts["protocol_version"]
        if version is None or (protocol, version) in self._versions:
            return None
        batch = self._batches.get("protocol_versions")
        line = batch.lost.get((protocol, version)) if batch else None
        if batch and line:
            why = _("names a version that was refused ({file}, line {line}); mend that").format(
                file=batch.source, line=line
            )
            return ("protocol_version", why)
        if (protocol, version) not in versions_now(self._clinic.db):
            why = _(
                "names a version of {protocol} that is neither in the files nor in the clinic;"
                " add it to protocol_versions.csv"
            ).format(protocol=protocol)
            return ("protocol_version", why)
        return None

    def _clinic_side(self, batch: Batch, ids: list[str]) -> "_ClinicSide":
        """The clinic's own rows for a batch, by their ids, as far as they constrain it."""
        table = batch.target.table
        side = _ClinicSide(batch, self._vocabulary)
        if table in ("courses", "sessions", "side_effects", "consents", "red_cards"):
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
            columns = [c.field for c in batch.target.columns if not c.refers][1:]
            side.effects = self._clinic.effects_now(side.owners, columns)
        return side


def _ids(batch: Batch, references: list[ExchangeColumn]) -> tuple[list[str], dict[str, set[str]]]:
    """The first cell of every row, and the ids that the rows name of each other table.

    In one pass: the rows of a large file lie on disk.
    """
    ids: list[str] = []
    named: dict[str, set[str]] = {column.refers: set() for column in references}
    places = [(named[column.refers], batch.target.at(column.name)) for column in references]
    for row in batch.rows:
        ids.append(str(row.values[0]))
        for some, at in places:
            if row.values[at] is not None:
                some.add(str(row.values[at]))
    return ids, named


class _ClinicSide:
    """Rows of one batch as the clinic has them, and what follows for the new ones."""

    def __init__(self, batch: Batch, vocabulary: Vocabulary) -> None:
        self._batch = batch
        self._vocabulary = vocabulary
        self._absent = set(batch.target.names) - set(batch.present)
        self.owners: dict[str, str] = {}
        self.scored: set[str] = set()
        self.versioned: dict[str, str] = {}
        self.standing: dict[tuple[Any, ...], Kept] = {}
        self.effects: dict[str, dict[str, Any]] = {}

    def fault(self, facts: Facts, known: dict[str, dict[str, str]]) -> Fault | None:
        """Why the clinic's own row forbids this one, if it does."""
        table = self._batch.target.table
        if self.standing:
            kept = self.standing.get(tuple(facts[name] for name in self._batch.target.key))
            return differs(self._batch, facts, kept) if kept else None
        own = str(next(iter(facts.values())))
        owner = self.owners.get(own)
        if owner is not None and facts.get("patient_id", owner) != owner:
            moved = self._moved(own)
            if moved:
                return moved
        if own in self.versioned and "protocol" in self._batch.present:
            version_of = self.versioned[own]
            if facts["protocol"] != version_of:
                why = _(
                    "is not {protocol}, of which the clinic's session follows an adopted version;"
                    " say with protocol_version which version it is now"
                ).format(protocol=version_of)
                return ("protocol", why)
        return self._effect(own, owner, facts, known) if table == "side_effects" else None

    def _moved(self, own: str) -> Fault | None:
        """Why a row that is another patient's in the clinic may not become this one's."""
        table, column = self._batch.target.table, self._batch.target.names[0]
        if table in _MOVED:
            return (column, _(_MOVED[table]))
        if table == "sessions" and own in self.scored:
            why = _(
                "is another patient's session in the clinic, with outcomes; give this an own id"
            )
            return (column, why)
        if table == "sessions" and "course_id" in self._absent:
            why = _(
                "is another patient's session in the clinic; say with course_id whose course it is"
            )
            return (column, why)
        return None

    def _effect(
        self, own: str, owner: str | None, facts: Facts, known: dict[str, dict[str, str]]
    ) -> Fault | None:
        now = self.effects.get(own, {})
        session = facts["session_id"]
        if owner and session != now["session_id"] and known["sessions"][str(session)] != owner:
            why = _("is another patient's side effect in the clinic; give this one its own id")
            return ("side_effect_id", why)
        if is_partial(self._batch.target, self._batch.present):
            # Columns that are not given keep the clinic's values: the whole must agree.
            kept = {name: now.get(name) for name in self._absent}
            found = faults_of(self._batch.target, {**facts, **kept}, self._vocabulary)
            return found[0] if found else None
        return None


def _other_patient(table: str, facts: Facts, known: dict[str, dict[str, str]]) -> Fault | None:
    """A course or session named by the row of another patient."""
    course, session = ("course_id", "courses"), ("session_id", "sessions")
    pairs = {
        "sessions": (course,),
        "outcomes": (course, session),
        "red_cards": (session, ("side_effect_id", "side_effects")),
    }
    for column, target in pairs.get(table, ()):
        value = facts[column]
        if value is not None and known[target][str(value)] != facts["patient_id"]:
            why = _("is {what} of another patient; correct one of them")
            return (column, why.format(what=_(_ONE[target])))
    return None
