"""The one door to the reports: publishes what changed, runs, and remembers the latest answers.

Importing this is cheap: Ibis and the engine come with the first report (or with
`lake.engines.warm`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from mesodash.lake.engines import open_lake
from mesodash.lake.publish import is_up_to_date, publish
from mesodash.records.behind import hours_of_sessions, ids_behind
from mesodash.records.connection import Clock, utc_now
from mesodash.records.patients import ids_of_patients_and_courses
from mesodash.records.publishing import snapshot
from mesodash.reports import registry
from mesodash.reports.filters import Filters, ReportError
from mesodash.settings import lake_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from mesodash.catalogue.types import Catalogue
    from mesodash.lake.engines import Lake
    from mesodash.records.actor import Actor
    from mesodash.reports.side_effects import EffectCurve

REPORTS: Final = (*registry.FIRST, *registry.MORE)
"""The reports without single patients, which may be remembered; `due` is the other one."""

DEFAULT_KEYS: Final = {
    "volumes": ("month", "area"),
    "side_effects": ("effect",),
    "outcomes": ("protocol", "scale"),
    "courses": ("protocol",),
    "clusters": (),
    **{name: keys for name, (_, keys) in registry.MORE.items()},
}
_REMEMBERED: Final = 512


class Reader:
    """Reports on one clinic's file (with its own lake beside it) or on a whole lake.

    Safe to share between threads. A report on a file first publishes what changed since the last,
    so it is never stale.
    """

    def __init__(
        self,
        db: Path | None,
        catalogue: Catalogue,
        *,
        lake: Path | None = None,
        engine: str = "duckdb",
        clock: Clock = utc_now,
    ) -> None:
        """Give a clinic's file, or a lake, or both (the file's clinic is then published there).

        Raises:
            ReportError: neither was given.
        """
        if lake is None:
            if db is None:
                raise ReportError("Say what to report on: a clinic's file or a lake.")
            lake = lake_beside(db)
        elif db is None and not lake.is_dir():
            raise ReportError(f"There is no lake at {lake}; make one with `mesodash publish`.")
        self.db = db
        self._folder, self._engine = lake, engine
        self._alone = db is not None and lake == lake_beside(db)
        self._catalogue, self._clock = catalogue, clock
        self._lock = threading.Lock()
        self._remembered: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def report(
        self, name: str, filters: Filters | None = None, by: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """One of `REPORTS`; the frame is the caller's own.

        Args:
            name: volumes, side_effects, outcomes, courses, clusters or another of `registry.MORE`.
            filters: all, if left out.
            by: the keys to count by (clusters take none); the report's usual ones if left out.

        Raises:
            ReportError: unknown report, key or area.
            LakeError, RecordError: the lake or the file cannot be read.
        """
        if name not in REPORTS:
            raise ReportError(f'There is no report "{name}"; choose from {", ".join(REPORTS)}.')
        keys = DEFAULT_KEYS[name] if by is None else by
        frame: pd.DataFrame = self._answer(name, filters or Filters(), keys)
        return frame.copy(deep=False)  # pandas copies on write, so the remembered one stays whole

    def volumes(
        self, filters: Filters | None = None, by: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """`reports.volumes.volumes`."""
        return self.report("volumes", filters, by)

    def side_effects(
        self, filters: Filters | None = None, by: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """`reports.side_effects.side_effects`."""
        return self.report("side_effects", filters, by)

    def outcomes(
        self, filters: Filters | None = None, by: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """`reports.outcomes.outcomes`."""
        return self.report("outcomes", filters, by)

    def courses(
        self, filters: Filters | None = None, by: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """`reports.courses.courses`."""
        return self.report("courses", filters, by)

    def clusters(self, filters: Filters | None = None) -> pd.DataFrame:
        """`reports.clusters.clusters`."""
        return self.report("clusters", filters)

    def curves(
        self, filters: Filters | None = None, by: tuple[str, ...] = ("effect",)
    ) -> tuple[EffectCurve, ...]:
        """`reports.side_effects.curves`."""
        curves: tuple[EffectCurve, ...] = self._answer("curves", filters or Filters(), by)
        return curves

    def forget(self) -> None:
        """Drop the remembered answers."""
        with self._lock:
            self._remembered.clear()

    def due(self, on: date, actor: Actor, filters: Filters | None = None) -> pd.DataFrame:
        """Who is due on a day: patient_id, course_id, area, protocol, reason, due_on, days_overdue.

        It names patients, so it is never remembered, and the look is noted as the actor's.

        Raises:
            ReportError: the reader has no clinic's file to name the patients from.
        """
        from mesodash.reports.due import due  # noqa: PLC0415 - slow to import, see warm

        if self.db is None:
            raise ReportError(
                "A due list names patients, so it needs the clinic's file: give --db."
            )
        lake = self._current_lake()
        clinic_id, practitioners = self._own()
        patients, courses = ids_of_patients_and_courses(
            self.db, actor, reason="due", clock=self._clock
        )
        asked = _only(filters or Filters(), clinic_id)
        rows = due(lake, self._catalogue, _to_numbers(asked, clinic_id, practitioners), on)
        rows.insert(0, "course_id", rows["course"].map(courses, na_action="ignore"))
        rows.insert(0, "patient_id", rows["patient"].map(patients))
        return rows.drop(columns=["clinic_id", "patient", "course"])

    def sessions_behind(
        self, actor: Actor, cell: Mapping[str, str | None], filters: Filters | None = None
    ) -> pd.DataFrame:
        """The held sessions behind a bar, an area or a cell, newest first.

        Args:
            actor: who looks; the look is noted, and only some roles are shown the patient_id.
            cell: keys of the figure and their values in the cell, as the report shows them; see
                `reports.behind.CELL_KEYS` (weekday from "0", Monday; hour "0" to "23").
            filters: those of the figure.

        Returns:
            session_id, patient_id, held_at, protocol, practitioner, areas (codes joined by ", ").

        Raises:
            ReportError: no clinic's file to name them from; unknown key or area.
        """
        from mesodash.reports.behind import session_numbers  # noqa: PLC0415 - slow to import, see warm

        db, lake, asked, practitioners = self._to_name("The sessions behind a figure", filters)
        clinic_id = asked.clinics[0]
        labels = {name: f"{clinic_id}/{number}" for number, name in practitioners.items()}
        pairs = {k: labels.get(v or "", v) if k == "practitioner" else v for k, v in cell.items()}
        rows = session_numbers(lake, self._catalogue, asked, tuple(pairs.items()))
        if cell.get("hour") is not None:
            hours = hours_of_sessions(db, asked.period.start, asked.period.end)
            at = [str(hours.get(int(number))) == cell["hour"] for number in rows["session"]]
            rows = rows[at]
        reason = f"behind {', '.join(f'{k}={v}' for k, v in sorted(cell.items()))}"
        ids = ids_behind(db, actor, reason=reason, sessions=rows["session"], clock=self._clock)
        rows = _to_names(rows, clinic_id, practitioners)
        rows.insert(0, "held_at", rows["session"].map(ids.held_at))
        rows.insert(0, "patient_id", rows["patient"].map(ids.patients).astype("str"))
        rows.insert(0, "session_id", rows["session"].map(ids.sessions))
        named: pd.DataFrame = rows.drop(columns=["clinic_id", "session", "patient", "held_on"])
        return named.reset_index(drop=True)

    def open_effects(self, actor: Actor, filters: Filters | None = None) -> pd.DataFrame:
        """`reports.single_effects.open_effects`, by the record's ids; the look is noted."""
        return self._single_effects("open_effects", actor, filters)

    def late_effects(self, actor: Actor, filters: Filters | None = None) -> pd.DataFrame:
        """`reports.single_effects.late_effects`, by the record's ids; the look is noted."""
        return self._single_effects("late_effects", actor, filters)

    def _single_effects(self, name: str, actor: Actor, filters: Filters | None) -> pd.DataFrame:
        from mesodash.reports import single_effects  # noqa: PLC0415 - slow to import, see warm

        db, lake, asked, practitioners = self._to_name("A list of single side effects", filters)
        rows = getattr(single_effects, name)(lake, self._catalogue, asked)
        ids = ids_behind(
            db,
            actor,
            reason=name,
            sessions=set(rows["session"]),
            side_effects=set(rows["side_effect"]),
            clock=self._clock,
        )
        rows = _to_names(rows, asked.clinics[0], practitioners)
        rows.insert(0, "patient_id", rows["patient"].map(ids.patients).astype("str"))
        rows.insert(0, "session_id", rows["session"].map(ids.sessions))
        rows.insert(0, "side_effect_id", rows["side_effect"].map(ids.side_effects))
        named: pd.DataFrame = rows.drop(columns=["clinic", "side_effect", "session", "patient"])
        return named

    def weekday_hours(self, filters: Filters | None = None) -> pd.DataFrame:
        """`reports.behind.weekday_hours`: held sessions by weekday and hour.

        Raises:
            ReportError: no clinic's file, and a lake holds days without hours.
        """
        from mesodash.reports.behind import session_days, weekday_hours  # noqa: PLC0415 - slow to import, see warm

        db, lake, asked, _ = self._to_name("The hours of sessions", filters)
        days = session_days(lake, self._catalogue, asked)
        return weekday_hours(days, hours_of_sessions(db, asked.period.start, asked.period.end))

    def _to_name(
        self, what: str, filters: Filters | None
    ) -> tuple[Path, Lake, Filters, dict[int, str]]:
        """The file, its lake, the filters as the lake takes them, and the practitioners' ids.

        Raises:
            ReportError: the reader has no clinic's file.
        """
        if self.db is None:
            raise ReportError(f"{what} can be given only from the clinic's file: give --db.")
        lake = self._current_lake()
        clinic_id, practitioners = self._own()
        asked = _only(filters or Filters(), clinic_id)
        return self.db, lake, _to_numbers(asked, clinic_id, practitioners), practitioners

    def _answer(self, name: str, filters: Filters, by: tuple[str, ...]) -> Any:
        """The remembered answer for the lake as it stands, else a new one."""
        lake = self._current_lake()
        key = (lake.state(), name, filters, by)
        with self._lock:
            if key in self._remembered:
                self._remembered.move_to_end(key)
                return self._remembered[key]
        function = _function(name)
        arguments = () if name == "clusters" else (by,)
        if self.db is None:
            answer = function(lake, self._catalogue, filters, *arguments)
        else:
            clinic_id, practitioners = self._own()
            asked = _only(filters, clinic_id) if self._alone else filters
            asked = _to_numbers(asked, clinic_id, practitioners)
            answer = function(lake, self._catalogue, asked, *arguments)
            answer = _to_names(answer, clinic_id, practitioners)
        if lake.state() == key[0]:  # else another process published in between
            with self._lock:
                self._remembered[key] = answer
                while len(self._remembered) > _REMEMBERED:
                    self._remembered.popitem(last=False)
        return answer

    def _current_lake(self) -> Lake:
        if self.db is not None and not is_up_to_date(self.db, self._folder):
            publish(self.db, self._folder, clock=self._clock)
        return open_lake(self._folder, engine=self._engine)

    def _own(self) -> tuple[str, dict[int, str]]:
        """The file's clinic and the ids behind its practitioners' numbers."""
        with snapshot(cast("Path", self.db)) as record:
            return record.position().clinic_id, record.practitioner_ids()


def _only(filters: Filters, clinic_id: str) -> Filters:
    """Only the file's own clinic: its lake may still hold that of an earlier file of this name."""
    if filters.clinics and clinic_id not in filters.clinics:
        raise ReportError(
            f'This file is the clinic "{clinic_id}"; name that one, or give --lake for others.'
        )
    return replace(filters, clinics=(clinic_id,))


def _to_numbers(filters: Filters, clinic_id: str, practitioners: dict[int, str]) -> Filters:
    """Practitioners as the lake labels them."""
    labels = {name: f"{clinic_id}/{number}" for number, name in practitioners.items()}
    wanted = tuple(labels.get(name, name) for name in filters.practitioners)
    return replace(filters, practitioners=wanted)


def _to_names(answer: Any, clinic_id: str, practitioners: dict[int, str]) -> Any:
    """Practitioners by the record's practitioner_id again."""
    names = {f"{clinic_id}/{number}": name for number, name in practitioners.items()}
    if isinstance(answer, tuple):
        return tuple(
            replace(group, keys={**group.keys, "practitioner": names.get(label, label)})
            if (label := group.keys.get("practitioner"))
            else group
            for group in answer
        )
    for column in ("practitioner", "value"):
        if column in answer.columns:
            answer[column] = answer[column].replace(names)
    return answer


def _function(name: str) -> Callable[..., Any]:
    """A report's function, imported with its engine only now."""
    if name == "curves":
        from mesodash.reports.side_effects import curves  # noqa: PLC0415 - slow to import, see warm

        return curves
    return registry.function(name)
