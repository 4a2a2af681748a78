"""Doubtful or missing data, by kind, each with the session in which to correct it.

Nothing is stored: a finding exists as long as the record is so, and disappears once the session or
the side effect is corrected.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from mesodash.language import N_
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.treatment.questionable_effects import questionable_effects

KINDS: Final = {
    "order": N_("Times in an impossible order"),
    "effect": N_("Side effects that cannot have followed their session"),
    "no_end": N_("Side effects said to be resolved, without an end"),
    "over_maximum": N_("More volume than reported or adopted, without a note"),
    "interval": N_("Sessions sooner than their interval, without a note"),
    "lot": N_("Products without a lot"),
    "product": N_("Held sessions without a product"),
    "dose": N_("Areas without points and volume"),
}
"""The kinds of findings, the gravest first."""


@dataclass(frozen=True, slots=True)
class ComponentBound:
    """How much of a component a protocol's mixture holds, and the most of it on one day.

    Attributes:
        component: its code.
        mg_per_ml: mg in a mL of the mixture.
        max_mg: the most, mg, or None.
        max_mg_per_kg: the most, mg a kg of body weight, or None.
    """

    component: str
    mg_per_ml: float
    max_mg: float | None
    max_mg_per_kg: float | None


@dataclass(frozen=True, slots=True)
class ProtocolBounds:
    """What a protocol allows.

    Attributes:
        max_ml: the largest volume, mL, or None.
        per_area: whether it applies to one area on one side; else to the session.
        min_days: the shortest interval in an area, days, or None.
        components: what of its mixture has a largest amount.
    """

    max_ml: float | None
    per_area: bool
    min_days: int | None
    components: tuple[ComponentBound, ...] = ()


@dataclass(frozen=True, slots=True)
class DataFinding:
    """One thing to correct.

    Attributes:
        session_id, patient_id, held_at: where it is recorded.
        detail: what it is about: a product, a side effect's or an area's code, or a number.
        side_effect_id: the side effect to correct; None where the session is to be corrected.
    """

    session_id: str
    patient_id: str
    held_at: str
    detail: str
    side_effect_id: str | None = None


@dataclass(frozen=True, slots=True)
class FindingsOfKind:
    """The findings of one kind.

    Attributes:
        kind: one of KINDS.
        count: how many there are.
        newest: the newest of them.
    """

    kind: str
    count: int
    newest: tuple[DataFinding, ...]


_HELD = "JOIN patients AS p ON p.id = s.patient WHERE s.state = 'held'"
_WHO = "s.session_id, p.patient_id, s.held_at"
_SQL: Final = {
    "order": f"""SELECT {_WHO}, coalesce(s.started_at, s.held_at), NULL FROM sessions AS s {_HELD}
        AND (substr(coalesce(s.started_at, s.held_at), 1, length(s.ended_at))
                > substr(s.ended_at, 1, length(coalesce(s.started_at, s.held_at)))
            OR substr(s.held_at, 1, 10) > :today)
        UNION ALL SELECT {_WHO}, e.effect, e.side_effect_id FROM side_effects AS e
        JOIN sessions AS s ON s.id = e.session {_HELD}
        AND (substr(e.resolved_at, 1, length(e.onset_at))
                < substr(e.onset_at, 1, length(e.resolved_at))
            OR substr(e.gone_by_at, 1, length(e.onset_at))
                < substr(e.onset_at, 1, length(e.gone_by_at))
            OR substr(e.last_seen_at, 1, length(e.onset_at))
                < substr(e.onset_at, 1, length(e.last_seen_at))
            OR substr(coalesce(e.resolved_at, e.gone_by_at), 1, length(e.last_seen_at))
                < substr(e.last_seen_at, 1, length(coalesce(e.resolved_at, e.gone_by_at))))""",
    "no_end": f"""SELECT {_WHO}, e.effect, e.side_effect_id FROM side_effects AS e
        JOIN sessions AS s ON s.id = e.session {_HELD} AND e.outcome = 'resolved'
        AND e.resolved_at IS NULL AND e.gone_by_at IS NULL""",
    "over_maximum": f"""SELECT {_WHO}, round(max(g.ml), 3) || ' mL > ' || g.most || ' mL' FROM (
        SELECT t.session, json_extract(l.value, '$.max_ml') AS most,
            iif(json_extract(l.value, '$.per_area'),
                max(t.volume_ul / iif(t.side = 'both', 2.0, 1.0)), sum(t.volume_ul)) / 1000.0 AS ml
        FROM treated_areas AS t JOIN sessions AS x ON x.id = t.session
        JOIN json_each(:limits) AS l ON l.key = x.protocol
        WHERE json_extract(l.value, '$.max_ml') IS NOT NULL GROUP BY t.session) AS g
        JOIN sessions AS s ON s.id = g.session {_HELD} AND s.note IS NULL
        AND g.ml > g.most + 1e-9 GROUP BY s.id
        UNION ALL SELECT {_WHO}, round(d.mg, 3) || ' mg > ' || round(d.most, 3) || ' mg' FROM (
        SELECT max(t.session) AS session, m.value ->> 'component' AS component,
            sum(t.volume_ul / 1000.0 * (m.value ->> 'mg_per_ml')) AS mg,
            min(coalesce(m.value ->> 'max_mg', 1e9),
                coalesce(m.value ->> 'max_mg_per_kg' * w.weight_g / 1000.0, 1e9)) AS most
        FROM treated_areas AS t JOIN sessions AS x ON x.id = t.session AND x.state = 'held'
        JOIN patients AS w ON w.id = x.patient JOIN json_each(:limits) AS l ON l.key = x.protocol
        JOIN json_each(l.value, '$.components') AS m
        GROUP BY x.patient, substr(x.held_at, 1, 10), component) AS d
        JOIN sessions AS s ON s.id = d.session {_HELD} AND s.note IS NULL
        AND d.mg > d.most + 1e-9""",
    "interval": f"""SELECT {_WHO}, min(g.area) FROM (
        SELECT t.session, t.area, x.protocol,
            julianday(substr(t.held_at, 1, 10)) - julianday(lag(substr(t.held_at, 1, 10)) OVER (
                PARTITION BY t.patient, t.area, t.side ORDER BY t.held_at)) AS days
        FROM treated_areas AS t JOIN sessions AS x ON x.id = t.session
        WHERE x.state = 'held') AS g
        JOIN json_each(:limits) AS l ON l.key = g.protocol
        JOIN sessions AS s ON s.id = g.session {_HELD} AND s.note IS NULL
        AND g.days > 0 AND g.days < json_extract(l.value, '$.min_days') GROUP BY s.id""",
    "lot": f"""SELECT {_WHO}, u.product FROM products_used AS u
        JOIN sessions AS s ON s.id = u.session {_HELD} AND u.lot IS NULL""",
    "product": f"""SELECT {_WHO}, '' FROM sessions AS s {_HELD}
        AND NOT EXISTS (SELECT 1 FROM products_used AS u WHERE u.session = s.id)""",
    "dose": f"""SELECT {_WHO}, t.area FROM treated_areas AS t
        JOIN sessions AS s ON s.id = t.session {_HELD}
        AND t.points IS NULL AND t.volume_ul IS NULL""",
}


def data_findings(
    path: Path,
    limits: Mapping[str, ProtocolBounds],
    today: str,
    actor: Actor,
    *,
    newest: int | None = 30,
    clock: Clock = utc_now,
) -> tuple[FindingsOfKind, ...]:
    """All doubtful or missing data, by kind; kinds without a finding are left out.

    Args:
        path: the clinic's file.
        limits: protocol -> what is reported or adopted.
        today: YYYY-MM-DD; a session held after it cannot be right.
        actor: who looks; the look is noted.
        newest: how many of each kind to give; None is all.
        clock: gives the time of the look.
    """
    require(path, actor, "sessions.view", clock=clock)
    values = {
        "today": today,
        "limits": json.dumps({code: asdict(one) for code, one in limits.items()}),
    }
    found = []
    with reading(path) as db:
        for kind in KINDS:
            rows = _effects(db) if kind == "effect" else _rows(db, _SQL[kind], values)
            if rows:
                rows.sort(key=lambda one: one.held_at, reverse=True)
                found.append(FindingsOfKind(kind, len(rows), tuple(rows[:newest])))
    note_view(path, actor, table="sessions", key="data_quality", clock=clock)
    return tuple(found)


def _rows(db: Database, sql: str, values: Mapping[str, str]) -> list[DataFinding]:
    used = {name: value for name, value in values.items() if f":{name}" in sql}
    return [DataFinding(*row) for row in db.execute(sql, used)]


def _effects(db: Database) -> list[DataFinding]:
    names = [name for name, why in questionable_effects(db) if why != "continues"]
    return [
        DataFinding(*row)
        for row in db.execute(
            f"SELECT {_WHO}, e.effect, e.side_effect_id FROM side_effects AS e"
            " JOIN sessions AS s ON s.id = e.session JOIN patients AS p ON p.id = s.patient"
            " WHERE e.side_effect_id IN (SELECT value FROM json_each(?))",
            [json.dumps(names)],
        )
    ]
