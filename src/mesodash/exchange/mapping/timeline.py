"""The held sessions of each patient in order of time, to find the one that a row belongs to."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from mesodash.exchange.contract.row_rules import before
from mesodash.exchange.importing.batch import Batch
from mesodash.language import _


class UnclearSessionError(Exception):
    """The session of a row cannot be determined; the message is the reason for rejects.csv."""


@dataclass(slots=True)
class Timeline:
    """The held sessions of each patient in order of time: the files' and the clinic's.

    Attributes:
        of: patient -> sorted (held_at, session_id).
        unclear: patients with a refused session whose time is not known.
    """

    of: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)

    def latest(self, patient: str, at: str) -> str:
        """The latest session at or before a time, else the first.

        Times are compared at the precision both have; at one time, the last id counts.

        Raises:
            UnclearSessionError: the patient has no session, or one whose time is not known.
        """
        if patient in self.unclear:
            raise UnclearSessionError(
                _(
                    "a session of this patient was refused and has no readable time, so the"
                    " session this belongs to cannot be told; mend that session first"
                )
            )
        sessions = self.of.get(patient)
        if not sessions:
            raise UnclearSessionError(
                _(
                    "the patient {patient!r} has no held session, neither in the files nor in the"
                    " clinic; add the session first"
                ).format(patient=patient[:64])
            )
        # Sessions that are not after `at`: `before(at, held)` is monotone over sorted sessions.
        after = bisect_right([before(at, held) for held, _session in sessions], False)
        return sessions[max(after - 1, 0)][1]


def timeline(batch: Batch | None, clinic: Iterable[tuple[str, str, str]]) -> Timeline:
    """Merge the sessions just read with those the clinic has; the files take precedence.

    A refused session whose time can be read stays in the timeline: what belongs to it is then
        refused
    with it, and not put to another session.

    Args:
        batch: the sessions of this import, if it has any.
        clinic: the clinic's held sessions, as (patient_id, held_at, session_id).
    """
    line = Timeline()
    known: dict[str, tuple[str, str]] = {}
    for patient, held_at, session in clinic:
        known[session] = (patient, held_at)
    if batch is not None:
        target = batch.target
        who, when, state = target.at("patient_id"), target.at("held_at"), target.at("state")
        for row in batch.rows:
            known.pop(str(row.values[0]), None)
            if row.values[state] == "held":
                known[str(row.values[0])] = (str(row.values[who]), str(row.values[when]))
        for session, patient, held_at in batch.doubtful:
            if session and held_at:
                known[session] = (patient, held_at)
            else:
                line.unclear.add(patient)
    for session, (patient, held_at) in known.items():
        line.of.setdefault(patient, []).append((held_at, session))
    for sessions in line.of.values():
        sessions.sort()
    return line
