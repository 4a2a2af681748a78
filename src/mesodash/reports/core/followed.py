"""Followed up: whether anybody was in touch after a session, so that an effect could be heard of.

A group that is telephoned more often has more side effects on record. So the share followed up
is given with each rate that is compared, and a higher one is no finding about the group.
"""

from typing import Any, Final

import ibis

from mesodash.lake.engines import Lake
from mesodash.lake.parameters import as_day
from mesodash.language import N_
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.selection import in_period, months_of, of_clinics

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


def with_asked(sessions: Any, lake: Lake, filters: Filters, days: int) -> Any:
    """Held sessions with `asked` and `followed`, 1 or 0 each, on equal terms for old and new ones.

    asked: as many days had passed by the period's end, or by the last day on which the clinic
    recorded a session or a contact if that is earlier. followed: of these, by a contact or another
    visit within the days. A lot of last week has had no time to be heard of: it is not less
    followed up than one of last year.

    Args:
        sessions: with clinic_id, session, patient and held_on.
        lake: where contacts and visits are.
        filters: their clinics and period.
        days: so many after the session.
    """
    period = filters.period
    contacts = of_clinics(lake.tables.follow_ups, filters)
    visits = of_clinics(lake.tables.sessions, filters)
    visits = visits.filter(visits.state == "held")
    last = ibis.union(
        contacts.select("clinic_id", day="contacted_on"), visits.select("clinic_id", day="held_on")
    )
    last = last.group_by(last_clinic=last.clinic_id).agg(last_on=last.day.max())
    contacts = _in(contacts, contacts.contacted_on, period)
    visits = _in(visits, visits.held_on, period)
    told = contacts.select(
        heard_clinic="clinic_id", heard_session="session", heard_on="contacted_on"
    )
    came = visits.select(heard_clinic="clinic_id", heard_patient="patient", heard_on="held_on")
    heard = ibis.union(
        *(
            _within(sessions, rows, own, days)
            for rows, own in ((told, "session"), (came, "patient"))
        )
    )
    heard = heard.distinct().mutate(heard=ibis.literal(1, "int64"))
    joined = sessions.join(last, sessions.clinic_id == last.last_clinic)
    joined = joined.left_join(
        heard, [joined.clinic_id == heard.by_clinic, joined.session == heard.by_session]
    )
    until = joined.last_on if period.end is None else ibis.least(joined.last_on, as_day(period.end))
    asked = (until.delta(joined.held_on, unit="day") >= days).cast("int64")
    return joined.select(
        *sessions.columns, asked=asked, followed=asked * joined.heard.coalesce(0).cast("int64")
    )


def _in(rows: Any, day: Any, period: Period) -> Any:
    conditions = months_of(rows, period) + in_period(day, period)
    return rows.filter(*conditions) if conditions else rows


def _within(sessions: Any, rows: Any, own: str, days: int) -> Any:
    """The sessions after which one of the rows lies within the days: by_clinic, by_session."""
    pairs = sessions.select("clinic_id", "session", "patient", "held_on")
    pairs = pairs.join(
        rows, [pairs.clinic_id == rows.heard_clinic, pairs[own] == rows[f"heard_{own}"]]
    )
    after = pairs.heard_on.delta(pairs.held_on, unit="day")
    return pairs.filter(after > 0, after <= days).select(
        by_clinic="clinic_id", by_session="session"
    )
