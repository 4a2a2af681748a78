"""Importing adopted versions, plans and screenings: never changed, screenings only complete."""

from collections.abc import Mapping
from typing import Any

from mesodash.exchange.contract.row_rules import Facts, Fault
from mesodash.exchange.importing.batch import Batch
from mesodash.exchange.importing.row_store import ExchangeRow
from mesodash.language import N_, _
from mesodash.records.transfer.immutable import Kept

Numbers = Mapping[int, Mapping[str | None, Kept]]
"""A patient's screenings in the clinic: number -> question -> the answer."""

_HEAD = ("screened_on", "screened_by", "confirms")
_CHANGED = {
    "protocol_versions": N_(
        "an adopted version is never changed, so give this one a number of its own"
    ),
    "plans": N_("how a course was planned is never changed, so correct the file"),
    "screening_answers": N_("a screening is never changed, so give this one a number of its own"),
}


def differs(batch: Batch, facts: Facts, kept: Kept) -> Fault | None:
    """Why a row is not the one that the clinic keeps, in the columns that are given."""
    for name in batch.present:
        value: Any = facts[name]
        if name == "areas":
            value = value or "[]"
        if value != kept[name]:
            return (
                name,
                _("is not what the clinic has here; {why}").format(
                    why=_(_CHANGED[batch.target.table])
                ),
            )
    return None


def whole_screenings(
    batch: Batch,
    good: list[ExchangeRow],
    bad: list[tuple[ExchangeRow, Fault]],
    clinic: Mapping[str, Numbers],
) -> tuple[list[ExchangeRow], list[tuple[ExchangeRow, Fault]]]:
    """Leave out screenings that are incomplete, out of order, or after one that is left out.

    A screening short of an answer would look as if nobody had asked. Which screening an unreadable
    row belongs to cannot be determined, so no new screening of that patient is taken beside one.

    Args:
        batch: the rows' file.
        good: the rows that are good so far.
        bad: those refused among the files, with why.
        clinic: by patient_id; see `records.standing.screenings_now`.

    Returns:
        good and bad anew, the good by patient and number: the order they must be written in.
    """
    lost = [(key[0], key[1], line) for key, line in batch.lost.items()]
    lost += [(row.values[0], row.values[1], row.line) for row, _fault in bad]
    torn: dict[tuple[object, object], int] = {}
    for patient, number, line in sorted(lost, key=lambda one: one[2]):
        torn.setdefault((patient, None if patient is None else number), line)
    patients: dict[str, dict[int, list[ExchangeRow]]] = {}
    for row in good:
        numbers = patients.setdefault(str(row.values[0]), {})
        numbers.setdefault(int(str(row.values[1])), []).append(row)
    kept: list[ExchangeRow] = []
    out = list(bad)
    for patient in sorted(patients):
        blocked = torn.get((None, None)) or torn.get((patient, None))
        of = {int(str(n)): line for (p, n), line in torn.items() if p == patient and n is not None}
        history = _History(batch, clinic.get(patient, {}), of, blocked)
        for number in sorted(of.keys() | patients[patient].keys()):
            rows = patients[patient].get(number, [])
            faults = history.faults(number, rows)
            kept += [row for row, fault in zip(rows, faults, strict=True) if fault is None]
            out += [(row, fault) for row, fault in zip(rows, faults, strict=True) if fault]
    return kept, out


class _History:
    """One patient's screenings, requested in the order of their numbers."""

    def __init__(
        self, batch: Batch, here: Numbers, torn: Mapping[int, int], blocked: int | None
    ) -> None:
        self._batch = batch
        self._here = here
        self._torn = torn
        self._blocked = blocked
        self._last = len(here)
        newest = here[self._last].values() if here else ()
        self._day = next((kept["screened_on"] for kept in newest), "")

    def faults(self, number: int, rows: list[ExchangeRow]) -> list[Fault | None]:
        """What is wrong with each row of a screening, if anything."""
        if number in self._here:
            faults = [self._kept(number, self._facts(row)) for row in rows]
        else:
            faults = [self._new(number, rows)] * len(rows) if rows else []
        refused = [row.line for row, fault in zip(rows, faults, strict=True) if fault]
        self._blocked = self._blocked or self._torn.get(number) or next(iter(refused), None)
        return faults

    def _facts(self, row: ExchangeRow) -> Facts:
        return dict(zip(self._batch.target.names, row.values, strict=True))

    def _kept(self, number: int, facts: Facts) -> Fault | None:
        kept = self._here[number].get(str(facts["question"]))
        if kept is not None:
            return differs(self._batch, facts, kept)
        why = _("is not among the answers that the clinic has of this screening; {why}")
        return ("question", why.format(why=_(_CHANGED["screening_answers"])))

    def _new(self, number: int, rows: list[ExchangeRow]) -> Fault | None:
        first, why = self._facts(rows[0]), ""
        if line := self._torn.get(number):
            why = _(
                "is a screening of which line {line} was refused; a screening is taken whole,"
                " so mend that line"
            ).format(line=line)
        elif self._blocked:
            why = _(
                "may belong to, or comes after, a screening that was refused (line {line});"
                " mend that line"
            ).format(line=self._blocked)
        elif number != self._last + 1:
            why = _(
                "comes after screening {n} of this patient, which is neither in the files nor"
                " in the clinic; add that first"
            ).format(n=self._last + 1)
        if why:
            return ("number", why)
        for row in rows[1:]:
            facts = self._facts(row)
            for name in _HEAD:
                if facts[name] != first[name]:
                    why = _(
                        "is not the same in lines {first} and {second}, which are one screening;"
                        " correct one of them"
                    )
                    return (name, why.format(first=rows[0].line, second=row.line))
        if str(first["screened_on"]) < self._day:
            why = _(
                "is before the screening that comes before it ({day}); number them in order of time"
            )
            return ("screened_on", why.format(day=self._day))
        self._last, self._day = number, str(first["screened_on"])
        return None
