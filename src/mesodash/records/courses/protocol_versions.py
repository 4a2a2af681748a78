"""Protocols as a clinic adopted them: each change is a new version, none is ever edited."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from sqlite_utils import Database

from mesodash.language import N_, _, format_trimmed, pgettext
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError

LABELS: Final[Mapping[str, str]] = {
    "technique": N_("Technique"),
    "depth_mm": N_("Depth, mm"),
    "needle": N_("Needle"),
    "volume_per_point_ml": N_("Volume a point, mL"),
    "spacing_cm": N_("Spacing, cm"),
    "points": N_("Points"),
    "max_volume_ml": N_("Largest volume, mL"),
    "sessions": N_("Sessions"),
    "interval_days": N_("Interval, days"),
    "top_up_days": N_("Top-up after, days"),
    "mixture": N_("Mixture"),
}
"""The parameters in the order they are shown, with their words and units."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """A clinic's own parameters of a protocol; None: as published.

    Attributes:
        technique: code of the catalogue.
        depth_mm: mm below the skin.
        needle: as free text.
        volume_per_point_ml: mL a point.
        spacing_cm: distance between points, cm.
        points: how many, counted as the published maximum is (a side, else the session).
        max_volume_ml: largest total, mL, counted alike.
        sessions: of a course.
        interval_days: between sessions of a course.
        top_up_days: from the last session to the top-up.
        mixture: what is drawn into the syringe, as free text.
    """

    technique: str | None = None
    depth_mm: float | None = None
    needle: str | None = None
    volume_per_point_ml: float | None = None
    spacing_cm: float | None = None
    points: int | None = None
    max_volume_ml: float | None = None
    sessions: int | None = None
    interval_days: int | None = None
    top_up_days: int | None = None
    mixture: str | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Read them from a mapping by name; unknown names are ignored.

        A file written by a later version of this program may hold more than this one knows.
        """
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})

    def given(self) -> dict[str, Any]:
        """Only what is filled in, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class ProtocolVersion:
    """A protocol as the clinic adopted it.

    Attributes:
        key: the record's own number, which sessions keep.
        protocol: code of the catalogue.
        version: 1, 2, 3 ... for each protocol.
        adopted_on, adopted_by: when and by whom.
        parameters: the clinic's own.
        reason: why it goes beyond what is published; None where it does not.
    """

    key: int
    protocol: str
    version: int
    adopted_on: date
    adopted_by: str
    parameters: Parameters
    reason: str | None


_SELECT = (
    "SELECT id, protocol, version, adopted_on, adopted_by, parameters, reason"
    " FROM protocol_versions"
)


def add_version(
    path: Path,
    protocol: str,
    parameters: Parameters,
    actor: Actor,
    *,
    on: date,
    reason: str | None = None,
    after: int | None = None,
    clock: Clock = utc_now,
) -> ProtocolVersion:
    """Write the next version of a protocol; the newest is returned as it is if nothing differs.

    Whether it may be adopted is decided beforehand, by `consult.adoption.adopt`.

    Args:
        path: the clinic's file.
        protocol: code of the catalogue.
        parameters: the clinic's own.
        actor: who adopts.
        on: the day.
        reason: why it goes beyond what is published.
        after: the version that the person saw while making this one, 0 for none; None if a
            program adopts, which saw nothing.
        clock: gives the time of the change log.

    Raises:
        ChangedMeanwhileError: the newest version is another than `after`, and differs.
    """
    require(path, actor, "protocols.adopt", clock=clock)
    with writing(path, actor, clock=clock) as change:
        newest = _newest(change.db, protocol)
        if newest is not None and (newest.parameters, newest.reason) == (parameters, reason):
            return newest
        if newest is not None and after is not None and newest.version != after:
            raise ChangedMeanwhileError(_both(newest, parameters))
        version = newest.version + 1 if newest else 1
        change.db.table("protocol_versions").insert(
            {
                "protocol": protocol,
                "version": version,
                "adopted_on": on.isoformat(),
                "adopted_by": actor.actor_id,
                "parameters": json.dumps(parameters.given(), sort_keys=True),
                "reason": reason,
            }
        )
        change.log("adopt", "protocol_versions", key=f"{protocol} {version}")
    return read_versions(path, protocol)[0]


def read_versions(path: Path, protocol: str | None = None) -> tuple[ProtocolVersion, ...]:
    """All versions, of one protocol or of all, by protocol and the newest first."""
    where, values = ("", []) if protocol is None else (" WHERE protocol = ?", [protocol])
    with reading(path) as db:
        return _read(db, f"{_SELECT}{where} ORDER BY protocol, version DESC", values)


def read_current(path: Path) -> dict[str, ProtocolVersion]:
    """The newest version of each adopted protocol, by the protocol's code."""
    newest: dict[str, ProtocolVersion] = {}
    for version in read_versions(path):
        newest.setdefault(version.protocol, version)
    return newest


def read_version(path: Path, key: int) -> ProtocolVersion:
    """The version a session names.

    Raises:
        RecordError: there is none with this number.
    """
    with reading(path) as db:
        found = _read(db, f"{_SELECT} WHERE id = ?", [key])
    if not found:
        raise RecordError(_("This version of the protocol is not in the clinic's file."))
    return found[0]


def _both(newest: ProtocolVersion, mine: Parameters) -> str:
    theirs, own = newest.parameters.given(), mine.given()
    names = [name for name in asdict(mine) if theirs.get(name) != own.get(name)]

    def told(given: Mapping[str, Any]) -> str:
        values = [
            _("{parameter}: {value}").format(
                parameter=_(LABELS[name]), value=_value(given.get(name))
            )
            for name in names
        ]
        return "; ".join(values) or _("the same")

    return _(
        "{who} adopted version {version} meanwhile ({theirs}), yours says ({own}); look at both,"
        " then adopt again."
    ).format(who=newest.adopted_by, version=newest.version, theirs=told(theirs), own=told(own))


def _value(given: Any) -> str:
    if given is None:
        return pgettext("parameter", "open")
    return given if isinstance(given, str) else format_trimmed(given, 3)


def _newest(db: Database, protocol: str) -> ProtocolVersion | None:
    found = _read(db, f"{_SELECT} WHERE protocol = ? ORDER BY version DESC LIMIT 1", [protocol])
    return found[0] if found else None


def _read(db: Database, sql: str, values: Iterable[Any]) -> tuple[ProtocolVersion, ...]:
    return tuple(
        ProtocolVersion(
            key=key,
            protocol=protocol,
            version=version,
            adopted_on=date.fromisoformat(adopted_on[:10]),
            adopted_by=adopted_by,
            parameters=Parameters.of(json.loads(parameters)),
            reason=reason,
        )
        for key, protocol, version, adopted_on, adopted_by, parameters, reason in db.execute(
            sql, list(values)
        )
    )
