"""What the record of each of a patient's sessions has and lacks."""

from dataclasses import dataclass
from pathlib import Path

from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import patient_number
from mesodash.records.store.connection import Clock, reading, utc_now


@dataclass(frozen=True, slots=True)
class SessionTicks:
    """One held session and what is recorded of it.

    Attributes:
        session_id, held_at, protocol: which.
        products: whether products are recorded, each with its lot.
        dose: whether every area has points or a volume.
        consent: whether a consent to treatment covered its protocol on its day.
        baseline: whether its course had a baseline score by that day; None outside a course.
        follow_up: whether there was a contact after it: one that was noted, or a later held
            session of the patient (contract, "How durations are counted"). None on its own day.
        finalised: whether it is closed.
    """

    session_id: str
    held_at: str
    protocol: str | None
    products: bool
    dose: bool
    consent: bool
    baseline: bool | None
    follow_up: bool | None
    finalised: bool

    @property
    def is_complete(self) -> bool:
        """Whether nothing lacks; what is not due yet does not."""
        return False not in (
            self.products,
            self.dose,
            self.consent,
            self.baseline,
            self.follow_up,
        )


_SQL = """SELECT s.session_id, s.held_at, coalesce(s.protocol, c.protocol) AS protocol,
    EXISTS (SELECT 1 FROM products_used AS u WHERE u.session = s.id)
      AND NOT EXISTS (SELECT 1 FROM products_used AS u WHERE u.session = s.id AND u.lot IS NULL)
      AS products,
    NOT EXISTS (SELECT 1 FROM treated_areas AS t WHERE t.session = s.id
      AND t.points IS NULL AND t.volume_ul IS NULL) AS dose,
    EXISTS (SELECT 1 FROM consents AS k WHERE k.patient = s.patient AND k.purpose = 'treatment'
      AND (k.protocol IS NULL OR k.protocol = coalesce(s.protocol, c.protocol))
      AND substr(k.given_on, 1, 10) <= substr(s.held_at, 1, 10)
      AND (k.withdrawn_on IS NULL OR substr(s.held_at, 1, 10) < substr(k.withdrawn_on, 1, 10)))
      AS consent,
    CASE WHEN s.course IS NULL THEN NULL ELSE EXISTS (SELECT 1 FROM outcomes AS o
      WHERE o.course = s.course AND o.timing = 'baseline'
      AND substr(o.measured_on, 1, 10) <= substr(s.held_at, 1, 10)) END AS baseline,
    CASE
      WHEN EXISTS (SELECT 1 FROM follow_ups AS f WHERE f.session = s.id) THEN 1
      WHEN EXISTS (SELECT 1 FROM sessions AS l WHERE l.patient = s.patient AND l.state = 'held'
        AND substr(l.held_at, 1, 10) > substr(s.held_at, 1, 10)) THEN 1
      WHEN substr(s.held_at, 1, 10) >= :today THEN NULL ELSE 0 END AS follow_up,
    s.finalised_at IS NOT NULL AS finalised
    FROM sessions AS s LEFT JOIN courses AS c ON c.id = s.course
    WHERE s.patient = :patient AND s.state = 'held'
    ORDER BY s.held_at DESC, s.id DESC LIMIT :limit"""


def ticks_of(
    path: Path,
    patient_id: str,
    actor: Actor,
    *,
    today: str,
    limit: int = 12,
    clock: Clock = utc_now,
) -> tuple[SessionTicks, ...]:
    """The newest held sessions of a patient, each with what it has and lacks; a noted view.

    Args:
        path: the clinic's file.
        patient_id: whose.
        actor: who looks.
        today: YYYY-MM-DD, the clinic's calendar day.
        limit: how many sessions.
        clock: gives the time of the look.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, "sessions.view", clock=clock)
    with reading(path) as db:
        patient = patient_number(db, patient_id)
        found = tuple(
            SessionTicks(
                row["session_id"],
                row["held_at"],
                row["protocol"],
                products=bool(row["products"]),
                dose=bool(row["dose"]),
                consent=bool(row["consent"]),
                baseline=_known(row["baseline"]),
                follow_up=_known(row["follow_up"]),
                finalised=bool(row["finalised"]),
            )
            for row in db.query(_SQL, {"today": today, "patient": patient, "limit": limit})
        )
    note_view(path, actor, table="sessions", key=patient_id, patient=patient, clock=clock)
    return found


def _known(value: int | None) -> bool | None:
    return None if value is None else bool(value)
