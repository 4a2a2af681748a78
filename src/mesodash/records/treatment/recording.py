"""Recording a session: treatment, products and immediate reactions.

A planned session becomes held, or an unplanned one is written. What the person saw is an
optimistic lock: two people who record the same session cannot both succeed. The form's nonce makes
saving idempotent: a double click, or the same form sent again after a lost connection, finds the
session already written.
"""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import not_held_reason, patient_number
from mesodash.records.store.connection import Change, Clock, utc_now, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.records.store.form_ids import form_id
from mesodash.records.treatment.entries import PointEntry, SessionEntry
from mesodash.records.treatment.sessions import no_session, session_by_number

ACTION = "sessions.record"
"""The row of the permission matrix that all functions here ask."""
MOST_PRICE = 1e9
LONGEST_DEPARTURE = 500


def record_session(
    path: Path,
    entry: SessionEntry,
    actor: Actor,
    *,
    nonce: str,
    seen: str | None = None,
    clock: Clock = utc_now,
) -> str:
    """Write a held session completely (its areas, products and immediate reactions) or not at all.

    The first held session makes a planned course active; the last planned one completes it.

    Args:
        path: the clinic's file.
        entry: what was done.
        actor: who records it.
        nonce: 8 to 64 characters made with the form (`secrets.token_hex(16)`).
        seen: `held_at` of the planned session as the person saw it; needed with
            `entry.session_id`.
        clock: gives the time for the change log.

    Returns:
        The session's id.

    Raises:
        ChangedMeanwhileError: the planned session was moved, held or cancelled since it was seen.
        RecordError: no areas, an unknown patient, course, practitioner or version, or a form that
            has already recorded another session.
    """
    require(path, actor, ACTION, clock=clock)
    if not entry.areas:
        raise RecordError(_("A session needs at least one treated area; choose it on the figure."))
    made_id = form_id("session", nonce)
    with writing(path, actor, clock=clock) as change:
        session_id = entry.session_id or made_id
        if _is_recorded(change.db, session_id, entry):
            return session_id
        return _write(change, session_id, entry, seen)


def _is_recorded(db: Database, session_id: str, entry: SessionEntry) -> bool:
    """Whether this very entry was recorded before: the same form sent again changes nothing."""
    row = db.execute("SELECT id, state FROM sessions WHERE session_id = ?", [session_id]).fetchone()
    if row is None or row[1] != "held":
        return False
    if session_by_number(db, row[0]).entry == replace(entry, session_id=session_id):
        return True
    if entry.session_id is None:
        raise RecordError(_("This form has already recorded another session; open it again."))
    return False


def close_planned_session(
    path: Path,
    session_id: str,
    actor: Actor,
    *,
    seen: str,
    state: Literal["cancelled", "no_show"],
    reason: str,
    clock: Clock = utc_now,
) -> None:
    """Record that a planned session was cancelled or that nobody came.

    Args:
        path: the clinic's file.
        session_id: which.
        actor: who notes it.
        seen: its `held_at` as the person saw it.
        state: what became of it.
        reason: why, at most 500 characters; one of `vocabulary.NOT_HELD`, words, or both.
        clock: gives the time for the change log.

    Raises:
        ChangedMeanwhileError: it was moved, held or closed since it was seen.
        RecordError: there is no such session, or no reason is given.
    """
    require(path, actor, ACTION, clock=clock)
    why = not_held_reason(reason)
    with writing(path, actor, clock=clock) as change:
        number, patient = _planned(change.db, session_id, seen)
        change.db.execute(
            "UPDATE sessions SET state = ?, reason = ? WHERE id = ?",
            [state, why, number],
        )
        change.log("update", "sessions", key=session_id, patient=patient, month=seen[:7])


def _planned(db: Database, session_id: str, seen: str | None) -> tuple[int, int]:
    """The numbers of a planned session and its patient, if it is still as it was seen."""
    row = db.execute(
        "SELECT id, patient, held_at, state FROM sessions WHERE session_id = ?", [session_id]
    ).fetchone()
    if row is None:
        raise RecordError(no_session(session_id))
    number, patient, held_at, state = row
    if (held_at, state) != (seen, "planned"):
        sentence = _(
            "This session stood planned on {seen} when you looked and is {state} on {held_at} by"
            " now, so nothing was recorded; look at it again, then record it."
        )
        raise ChangedMeanwhileError(
            sentence.format(seen=(seen or "?")[:20], state=state, held_at=held_at)
        )
    return int(number), int(patient)


def _write(change: Change, session_id: str, entry: SessionEntry, seen: str | None) -> str:
    db = change.db
    patient = patient_number(db, entry.patient_id)
    course = course_of(db, entry, patient)
    practitioner = (
        None if entry.practitioner_id is None else practitioner_number(db, entry.practitioner_id)
    )
    values: dict[str, Any] = {
        "patient": patient,
        "course": course,
        "practitioner": practitioner,
        "protocol": entry.protocol,
        "protocol_version": version_of(db, entry),
        "held_at": entry.held_at,
        "state": "held",
        "note": entry.note,
        **departure_columns(entry),
        **price_columns(entry),
        **time_columns(entry),
    }
    months = {entry.held_at[:7]}
    planned_areas = 0
    if entry.session_id is None:
        made = db.table("sessions").insert(values | {"session_id": session_id}, pk="id")
        session = int(str(made.last_pk))
    else:
        session, planned_for = _planned(db, session_id, seen)
        if planned_for != patient:
            raise RecordError(_("This session is planned for another patient; open it again."))
        months.add(str(seen)[:7])
        planned_areas = db.execute(
            "DELETE FROM treated_areas WHERE session = ?", [session]
        ).rowcount
        db.table("sessions").update(session, values)
    rows = insert_parts(db, session, patient, session_id, entry)
    action = "create" if entry.session_id is None else "update"
    for month in sorted(months):
        change.log(action, "sessions", key=session_id, patient=patient, month=month)
    if planned_areas:
        change.log(
            "update",
            "treated_areas",
            key=session_id,
            patient=patient,
            month=str(seen)[:7],
            rows=planned_areas,
        )
    for table, count in rows.items():
        if count:
            change.log(
                "create",
                table,
                key=session_id,
                patient=patient,
                month=entry.held_at[:7],
                rows=count,
            )
    if course is not None:
        move_course(change, course, str(entry.course_id), patient)
    return session_id


def insert_parts(
    db: Database, session: int, patient: int, session_id: str, entry: SessionEntry
) -> dict[str, int]:
    """Write what belongs to a session; how many rows of each table.

    Args:
        db: the open file, inside a transaction.
        session: its number in the file.
        patient: the patient's number in the file.
        session_id: the session's own id.
        entry: what was done; of its reactions, those to be written.
    """
    places = [(area.area, area.side, area.technique) for area in entry.areas]
    if len(set(places)) < len(places):
        raise RecordError(_("An area stands twice with the same side and technique; remove one."))
    whole = {"session": session, "patient": patient, "held_at": entry.held_at}
    db.table("treated_areas").insert_all(
        whole
        | {
            "area": area.area,
            "side": area.side,
            "technique": area.technique,
            "depth_um": _thousandths(area.depth_mm),
            "points": area.points,
            "volume_ul": _thousandths(area.volume_ml),
            "needle": area.needle,
            "angle_deg": area.angle_deg,
            "inserted_um": _thousandths(area.inserted_mm),
        }
        for area in entry.areas
    )
    lots = [(used.area, used.product, used.lot) for used in entry.products]
    if len(set(lots)) < len(lots):
        raise RecordError(_("A product stands twice with the same lot; add up its volume instead."))
    db.table("products_used").insert_all(
        {
            "session": session,
            "product": used.product,
            "lot": used.lot,
            "expires_on": used.expires_on,
            "volume_ul": _thousandths(used.volume_ml),
            "area": used.area,
            "gtin": used.gtin,
            "serial": used.serial,
            "maker": used.maker,
            "stock": _stock(db, used.stock_id),
            "lot_from": used.lot_from,
        }
        for used in entry.products
    )
    db.table("side_effects").insert_all(
        {
            "side_effect_id": f"{session_id}-{seen.effect}",
            "session": session,
            "effect": seen.effect,
            "onset_at": entry.held_at,
            "last_seen_at": entry.held_at,
            "severity": seen.severity,
        }
        for seen in entry.reactions
    )
    insert_points(db, session, entry)
    return {
        "treated_areas": len(entry.areas),
        "products_used": len(entry.products),
        "side_effects": len(entry.reactions),
        "injection_points": len(entry.placed),
    }


def insert_points(db: Database, session: int, entry: SessionEntry) -> None:
    """Write the injections that were placed on the figure, numbered within their area.

    Raises:
        RecordError: one lies in an area that the session did not treat, or off its triangle.
    """
    treated = {(area.area, area.side) for area in entry.areas}
    numbers: Counter[tuple[str, str]] = Counter()
    rows = []
    for point in entry.placed:
        place = (point.area, point.side)
        if not {place, (point.area, "both")} & treated:
            raise RecordError(_("A point lies in an area that was not treated; take it away."))
        if not _on_triangle(point):
            raise RecordError(_("A point lies off its triangle of the figure; place it again."))
        numbers[place] += 1
        rows.append(
            {
                "session": session,
                "area": point.area,
                "side": point.side,
                "number": numbers[place],
                "triangle": point.triangle,
                "u": point.u,
                "v": point.v,
                "depth_um": _thousandths(point.depth_mm),
                "volume_ul": _thousandths(point.volume_ml),
                "product": point.product,
            }
        )
    db.table("injection_points").insert_all(rows)


def _on_triangle(point: PointEntry) -> bool:
    return point.triangle >= 0 and min(point.u, point.v) >= 0 and point.u + point.v <= 1.000001


def price_columns(entry: SessionEntry) -> dict[str, int | str | None]:
    """What an entry says of its price, as the columns of `sessions`.

    Raises:
        RecordError: the price is out of bounds, or has no currency.
    """
    if entry.price is None:
        return {"price_milli": None, "currency": None}
    if not 0 <= entry.price <= MOST_PRICE:
        raise RecordError(_("The price is out of bounds; correct it or leave it out."))
    if not re.fullmatch(r"[A-Z]{3}", entry.currency or ""):
        raise RecordError(_("Give the price's currency as three letters, such as EUR."))
    return {"price_milli": _thousandths(entry.price), "currency": entry.currency}


def departure_columns(entry: SessionEntry) -> dict[str, str | None]:
    """Why an entry departs from the adopted version, as the columns of `sessions`."""
    words = " ".join((entry.departure_text or "").split())[:LONGEST_DEPARTURE] or None
    return {"departure": entry.departure, "departure_text": words if entry.departure else None}


def time_columns(entry: SessionEntry) -> dict[str, str | None]:
    """When an entry began and ended, as the columns of `sessions`.

    Raises:
        RecordError: one is no time, or it ends before it begins.
    """
    for text in (entry.held_at, entry.started_at, entry.ended_at):
        if text is None:
            continue
        try:
            datetime.fromisoformat(text)
        except ValueError:
            sentence = _("{text} is not a day and time; write it as 2026-11-22T10:30.")
            raise RecordError(sentence.format(text=text[:40])) from None
    if entry.ends_before_it_begins:
        raise RecordError(_("The session ends before it begins; correct one of the times."))
    return {"started_at": entry.started_at, "ended_at": entry.ended_at}


def move_course(change: Change, course: int, course_id: str, patient: int) -> None:
    """Update a course's state: active with a held session, completed with all of them held.

    If a held session becomes void, the state goes back.
    """
    db = change.db
    planned, state, held, open_ones = db.execute(
        "SELECT c.planned_sessions, c.state,"
        " (SELECT count(*) FROM sessions WHERE course = c.id AND state = 'held'),"
        " (SELECT count(*) FROM sessions WHERE course = c.id AND state = 'planned')"
        " FROM courses AS c WHERE c.id = ?",
        [course],
    ).fetchone()
    if state == "stopped":
        return
    now = "active" if held else "planned"
    if planned and held >= planned and not open_ones:
        now = "completed"
    elif state == "completed" and not planned:
        return
    if now != state:
        db.table("courses").update(course, {"state": now})
        change.log("update", "courses", key=course_id, patient=patient)


def course_of(db: Database, entry: SessionEntry, patient: int) -> int | None:
    """The number of the course of an entry; RecordError where the patient has none of that id."""
    if entry.course_id is None:
        return None
    row = db.execute(
        "SELECT id, patient FROM courses WHERE course_id = ?", [entry.course_id]
    ).fetchone()
    if row is None or row[1] != patient:
        sentence = _("This patient has no course {id!r}; choose one from the list.")
        raise RecordError(sentence.format(id=entry.course_id[:64]))
    return int(row[0])


def version_of(db: Database, entry: SessionEntry) -> int | None:
    """The number of the adopted version of an entry; RecordError where there is none."""
    if entry.protocol_version is None:
        return None
    row = db.execute(
        "SELECT id FROM protocol_versions WHERE protocol = ? AND version = ?",
        [entry.protocol, entry.protocol_version],
    ).fetchone()
    if row is None:
        sentence = _("The clinic adopted no version {n} of this protocol; open the form again.")
        raise RecordError(sentence.format(n=entry.protocol_version))
    return int(row[0])


def practitioner_number(db: Database, practitioner_id: str) -> int:
    """The number of who treated; RecordError where nobody has that id."""
    row = db.execute(
        "SELECT id FROM practitioners WHERE practitioner_id = ?", [practitioner_id]
    ).fetchone()
    if row is None:
        sentence = _("No practitioner has the id {id!r}; choose one from the list.")
        raise RecordError(sentence.format(id=practitioner_id[:64]))
    return int(row[0])


def _stock(db: Database, stock_id: str | None) -> int | None:
    if stock_id is None:
        return None
    row = db.execute("SELECT id FROM stock WHERE stock_id = ?", [stock_id]).fetchone()
    if row is None:
        sentence = _("The stock has no container {id!r}; choose one from the list.")
        raise RecordError(sentence.format(id=stock_id[:64]))
    return int(row[0])


def _thousandths(value: float | None) -> int | None:
    return None if value is None else round(value * 1000)
