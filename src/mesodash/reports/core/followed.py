"""Followed up: whether anybody was in touch after a session, so that an effect could be heard of.

A group that is telephoned more often has more side effects on record. So the share followed up
stands beside each rate that is compared, and a higher one is no finding about the group.
"""

from typing import Any, Final

from mesodash.lake.engines import Lake
from mesodash.lake.parameters import as_day
from mesodash.language import N_
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.selection import months_of, of_clinics

FOLLOWED_SHARE: Final = N_(
    "share of the sessions that were followed up: with a recorded contact or another visit of the"
    " patient after their day, until the period's end"
)
"""What the column `followed_share` is wherever rates are compared."""


def with_followed(sessions: Any, lake: Lake, filters: Filters) -> Any:
    """Held sessions with `followed`, 1 or 0: by a contact or a later visit, until the period's end.

    Args:
        sessions: with clinic_id, session, patient and held_on.
        lake: where contacts and visits are.
        filters: their clinics and period.
    """
    period = filters.period
    contacts = of_clinics(lake.tables.follow_ups, filters)
    visits = of_clinics(lake.tables.sessions, filters)
    visits = visits.filter(visits.state == "held")
    conditions = months_of(contacts, period)
    if period.end is not None:
        end = as_day(period.end)
        conditions.append(contacts.contacted_on <= end)
        visits = visits.filter(visits.held_on <= end)
    contacts = contacts.filter(*conditions) if conditions else contacts
    last_contact = contacts.group_by("clinic_id", "session").agg(last=contacts.contacted_on.max())
    last_visit = visits.group_by("clinic_id", "patient").agg(last=visits.held_on.max())
    last_contact = last_contact.select(
        contact_clinic="clinic_id", contact_session="session", contact_on="last"
    )
    last_visit = last_visit.select(
        visit_clinic="clinic_id", visit_patient="patient", visit_on="last"
    )
    joined = sessions.left_join(
        last_contact,
        [
            sessions.clinic_id == last_contact.contact_clinic,
            sessions.session == last_contact.contact_session,
        ],
    )
    joined = joined.left_join(
        last_visit,
        [
            joined.clinic_id == last_visit.visit_clinic,
            joined.patient == last_visit.visit_patient,
        ],
    )
    asked = (joined.contact_on > joined.held_on).coalesce(False)
    came = (joined.visit_on > joined.held_on).coalesce(False)
    return joined.select(*sessions.columns, followed=(asked | came).cast("int64"))
