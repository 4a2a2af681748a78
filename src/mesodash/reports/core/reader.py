"""The one way to the reports: publishes what changed, runs them, and keeps the latest answers.

It also turns the ids of the clinic's practitioners into the lake's labels
(`<clinic_id>/<number>`) and back. Importing this is cheap: Ibis and the engine come with the first
report (or with `lake.engines.warm`).
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mesodash.catalogue.quoting import quoted
from mesodash.lake.engines import open_lake
from mesodash.lake.errors import DamagedLakeError
from mesodash.lake.publish import (
    is_up_to_date,
    mark,
    misfits_at_rest,
    publish,
    published_mark,
)
from mesodash.language import _
from mesodash.records.patients.patients import ids_of_patients_and_courses
from mesodash.records.store.connection import Clock, utc_now
from mesodash.records.transfer.drilldown import hours_of_sessions, ids_behind, notes_behind
from mesodash.records.transfer.lake_changes import snapshot
from mesodash.reports.core.filters import Filters, ReportError
from mesodash.reports.core.snapshot import Look, Memory
from mesodash.settings import lake_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from mesodash.catalogue.types import Catalogue
    from mesodash.lake.engines import Lake
    from mesodash.records.audit.actor import Actor
    from mesodash.records.store.clinic import Clinic
    from mesodash.reports.effects.side_effects import EffectCurve

RECENT_DAYS = 28
"""The most days overdue that count as recent."""


class Reader:
    """Reports on one clinic's file (with its own lake beside it) or on a whole lake.

    Safe to share between threads. A report on a file first publishes what changed since the last,
    so it is never stale. Lists that name patients or sessions join the lake's numbers to the
    record's ids; they are never remembered, and every look is noted.
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
                raise ReportError(_("Say what to report on: a clinic's file or a lake."))
            lake = lake_beside(db)
        elif db is None and not lake.is_dir():
            raise ReportError(
                _("There is no lake at {lake}; make one with `mesodash publish`.").format(lake=lake)
            )
        self.db = db
        self._folder, self._engine = lake, engine
        self._alone = db is not None and lake == lake_beside(db)
        self._catalogue, self._clock = catalogue, clock
        self._memory = Memory()
        self._held: Lake | None = None
        self._stood: tuple[Hashable, tuple[Lake, Hashable]] | None = None

    def report(
        self, name: str, filters: Filters | None = None, by: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """One of `registry.names`; the frame is the caller's own.

        Args:
            name: volumes, side_effects, outcomes, courses, clusters or another of `registry.names`.
            filters: all, if left out.
            by: the keys to count by (clusters take none); the report's usual ones if left out.

        Raises:
            ReportError: unknown report, key or area.
            LakeError, RecordError: the lake or the file cannot be read.
        """
        from mesodash.reports.core import registry  # noqa: PLC0415 - slow to import, see warm

        if name not in registry.names():
            raise ReportError(
                _("There is no report {name}; choose from {reports}.").format(
                    name=quoted(name), reports=", ".join(registry.names())
                )
            )
        keys = registry.spec(name).usual if by is None else by
        frame: pd.DataFrame = self._answer(name, filters or Filters(), keys)
        return frame.copy(deep=False)  # pandas copies on write, so the remembered one stays whole

    def volumes(
        self, filters: Filters | None = None, by: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """The report `volumes`."""
        return self.report("volumes", filters, by)

    def side_effects(
        self, filters: Filters | None = None, by: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """The report `side_effects`."""
        return self.report("side_effects", filters, by)

    def outcomes(
        self, filters: Filters | None = None, by: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """The report `outcomes`."""
        return self.report("outcomes", filters, by)

    def courses(
        self, filters: Filters | None = None, by: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """The report `courses`."""
        return self.report("courses", filters, by)

    def clusters(self, filters: Filters | None = None) -> pd.DataFrame:
        """The report `clusters`, which takes no keys."""
        return self.report("clusters", filters)

    def curves(
        self, filters: Filters | None = None, by: tuple[str, ...] = ("effect",)
    ) -> tuple[EffectCurve, ...]:
        """The curves behind `side_effects`: a group of effects each, with its survival curve."""
        curves: tuple[EffectCurve, ...] = self._answer("curves", filters or Filters(), by)
        return curves

    def forget(self) -> None:
        """Clear the cache."""
        self._memory.clear()

    def look(self, clinic: Clinic | None = None) -> Look:
        """Reports as of one moment, for a page that needs several: the lake's state is read once.

        `clinic` is what this run has read from the file, if anything: where nothing was recorded or
        published since the last snapshot, the file is then not read again.
        """
        return Look(self._memory, stand=partial(self._stand, clinic), answer=self._answer_on)

    def of_this_moment(self) -> Reader:
        """This reader for one run of a page: the lake is brought up to date now, and only now.

        That check costs more than a cached answer, and a page has many. What
        is cached is shared with this reader.

        Raises:
            LakeError, RecordError: the lake or the file cannot be read.
        """
        held = copy(self)
        held._held = self._current_lake()  # noqa: SLF001 - its own
        return held

    def _stand(self, clinic: Clinic | None, wait: bool) -> tuple[Lake, Hashable] | None:
        seen: Hashable = None
        if clinic is not None and self.db is not None and self._alone:
            seen = (clinic, mark(self.db), published_mark(self._folder, clinic.clinic_id))
        if seen is not None and self._stood is not None and self._stood[0] == seen:
            return self._stood[1]
        if self.db is not None and not is_up_to_date(self.db, self._folder):
            if not wait:
                return None
            publish(self.db, self._folder, clock=self._clock)
            seen = None  # that was before it was published
        lake = open_lake(self._folder, engine=self._engine)
        found = lake, lake.state()
        if seen is not None:
            self._stood = seen, found
        return found

    def _answer(self, name: str, filters: Filters, by: tuple[str, ...]) -> Any:
        """The cached answer for the lake's current state, else a new one."""
        return self._answer_on(self._current_lake(), name, filters, by)

    def _answer_on(self, lake: Lake, name: str, filters: Filters, by: tuple[str, ...]) -> Any:
        key = (lake.state(), name, filters, by)
        kept = self._memory.get(key)
        if kept is not None:
            return kept
        try:
            answer = self._asked(lake, name, filters, by)
        except DamagedLakeError:
            if self.db is None:
                raise
            # A file whose bytes changed while its size and time stayed: the record makes it again.
            publish(self.db, self._folder, clock=self._clock, everything=True)
            answer = self._asked(lake, name, filters, by)
        if lake.state() == key[0]:  # else another process published in between
            self._memory.keep(key, answer)
        return answer

    def _asked(self, lake: Lake, name: str, filters: Filters, by: tuple[str, ...]) -> Any:
        """A report's answer from the engine, practitioners by the record's ids."""
        function = _function(name)
        arguments = () if name == "clusters" else (by,)
        if self.db is None:
            return function(lake, self._catalogue, filters, *arguments)
        clinic_id, practitioners = self._own()
        if misfits_at_rest(self._folder, clinic_id):
            # Something changed the lake since this run began: what is gone would not be counted.
            publish(self.db, self._folder, clock=self._clock, everything=True)
        asked = only(filters, clinic_id) if self._alone else filters
        asked = to_numbers(asked, clinic_id, practitioners)
        return to_names(
            function(lake, self._catalogue, asked, *arguments), clinic_id, practitioners
        )

    def _current_lake(self) -> Lake:
        if self._held is not None:
            return self._held
        if self.db is not None and not is_up_to_date(self.db, self._folder):
            publish(self.db, self._folder, clock=self._clock)
        return open_lake(self._folder, engine=self._engine)

    def _own(self) -> tuple[str, dict[int, str]]:
        """The file's clinic and the ids behind its practitioners' numbers."""
        with snapshot(cast("Path", self.db)) as record:
            return record.position().clinic_id, record.practitioner_ids()

    def due(self, on: date, actor: Actor, filters: Filters | None = None) -> pd.DataFrame:
        """Who is due on a day: patient_id, course_id, area, protocol, reason, due_on, days_overdue.

        It names patients, so it is never remembered, and the look is noted as the actor's.

        Raises:
            ReportError: the reader has no clinic's file to name the patients from.
        """
        from mesodash.reports.courses.due import due  # noqa: PLC0415 - slow to import, see warm

        if self.db is None:
            raise ReportError(
                _("A due list names patients, so it needs the clinic's file: give --db.")
            )
        lake = self._current_lake()
        clinic_id, practitioners = self._own()
        patients, courses = ids_of_patients_and_courses(
            self.db, actor, reason="due", clock=self._clock
        )
        asked = only(filters or Filters(), clinic_id)
        rows = due(lake, self._catalogue, to_numbers(asked, clinic_id, practitioners), on)
        rows.insert(0, "course_id", rows["course"].map(courses, na_action="ignore"))
        rows.insert(0, "patient_id", rows["patient"].map(patients))
        return rows.drop(columns=["clinic_id", "patient", "course"])

    def due_counts(self, on: date, filters: Filters | None = None) -> pd.DataFrame:
        """How many patients are due on a day, without saying who.

        Returns:
            reason, protocol, patients (different ones), recent (of these, at most 28 days overdue),
            longest_days (of the patient due for longest).

        Raises:
            ReportError: the reader has no clinic's file.
        """
        from mesodash.reports.courses.due import due  # noqa: PLC0415 - slow to import, see warm

        _db, lake, asked, _practitioners = self._to_name(_("A due list"), filters)
        rows = due(lake, self._catalogue, asked, on)
        rows["late"] = rows["patient"].where(rows["days_overdue"] <= RECENT_DAYS)
        counts: pd.DataFrame = (
            rows.groupby(["reason", "protocol"], dropna=False)
            .agg(
                patients=("patient", "nunique"),
                recent=("late", "nunique"),
                longest_days=("days_overdue", "max"),
            )
            .reset_index()
        )
        counts.attrs["patients"] = int(rows["patient"].nunique())
        return counts

    def sessions_behind(
        self, actor: Actor, cell: Mapping[str, str | None], filters: Filters | None = None
    ) -> pd.DataFrame:
        """The held sessions behind a bar, an area or a cell, newest first.

        Args:
            actor: who looks; the look is noted, and only some roles are shown the patient_id.
            cell: keys of the figure and their values in the cell, as the report shows them; see
                `reports.volumes.drilldown.CELL_KEYS` (weekday from "0", Monday; hour "0" to "23").
            filters: those of the figure.

        Returns:
            session_id, patient_id, held_at, protocol, practitioner, areas (codes joined by ", ").

        Raises:
            ReportError: no clinic's file to name them from; unknown key or area.
        """
        from mesodash.reports.volumes.drilldown import session_numbers  # noqa: PLC0415 - slow to import, see warm

        db, lake, asked, practitioners = self._to_name(_("The sessions behind a figure"), filters)
        clinic_id = asked.clinics[0]
        labels = {name: f"{clinic_id}/{number}" for number, name in practitioners.items()}
        pairs = {k: labels.get(v or "", v) if k == "practitioner" else v for k, v in cell.items()}
        rows = session_numbers(lake, self._catalogue, asked, tuple(pairs.items()))
        if cell.get("hour") is not None:
            hours = hours_of_sessions(db, asked.period.start, asked.period.end)
            at = rows["session"].map(lambda number: str(hours.get(int(number))) == cell["hour"])
            rows = rows[at.astype(bool)]  # of no rows at all, a list would pick no columns
        reason = f"behind {', '.join(f'{k}={v}' for k, v in sorted(cell.items()))}"
        ids = ids_behind(db, actor, reason=reason, sessions=rows["session"], clock=self._clock)
        rows = to_names(rows, clinic_id, practitioners)
        rows.insert(0, "held_at", rows["session"].map(ids.held_at))
        rows.insert(0, "patient_id", rows["patient"].map(ids.patients).astype("str"))
        rows.insert(0, "session_id", rows["session"].map(ids.sessions))
        named: pd.DataFrame = rows.drop(columns=["clinic_id", "session", "patient", "held_on"])
        return named.reset_index(drop=True)

    def open_effects(self, actor: Actor, filters: Filters | None = None) -> pd.DataFrame:
        """`single_effects.open_effects`, by the record's ids; the look is noted."""
        return self._single_effects("open_effects", actor, filters)

    def late_effects(self, actor: Actor, filters: Filters | None = None) -> pd.DataFrame:
        """`single_effects.late_effects`, by the record's ids; the look is noted."""
        return self._single_effects("late_effects", actor, filters)

    def _single_effects(self, name: str, actor: Actor, filters: Filters | None) -> pd.DataFrame:
        from mesodash.reports.effects import single_effects  # noqa: PLC0415 - slow to import, see warm

        db, lake, asked, practitioners = self._to_name(_("A list of single side effects"), filters)
        rows = getattr(single_effects, name)(lake, self._catalogue, asked)
        ids = ids_behind(
            db,
            actor,
            reason=name,
            sessions=set(rows["session"]),
            side_effects=set(rows["side_effect"]),
            clock=self._clock,
        )
        rows = to_names(rows, asked.clinics[0], practitioners)
        rows.insert(0, "patient_id", rows["patient"].map(ids.patients).astype("str"))
        rows.insert(0, "session_id", rows["session"].map(ids.sessions))
        rows.insert(0, "side_effect_id", rows["side_effect"].map(ids.side_effects))
        named: pd.DataFrame = rows.drop(columns=["clinic", "side_effect", "session", "patient"])
        return named

    def departures(self, actor: Actor, filters: Filters | None = None) -> pd.DataFrame:
        """`adherence.departures` by session_id and with the note's words; the look is noted.

        Raises:
            ReportError: the reader has no clinic's file.
        """
        from mesodash.reports.courses.adherence import departures  # noqa: PLC0415 - slow to import, see warm

        db, lake, asked, practitioners = self._to_name(_("The reasons of departures"), filters)
        rows = departures(lake, self._catalogue, asked)
        notes = notes_behind(db, actor, rows["session"], reason="departures", clock=self._clock)
        rows = to_names(rows[rows["session"].isin(notes)], asked.clinics[0], practitioners)
        for place, name in enumerate(("session_id", "note")):
            rows[name] = [notes[number][place] for number in rows["session"]]
        named: pd.DataFrame = rows.drop(columns=["session"]).reset_index(drop=True)
        return named

    def weekday_hours(self, filters: Filters | None = None) -> pd.DataFrame:
        """`drilldown.weekday_hours`: held sessions by weekday and hour.

        Raises:
            ReportError: no clinic's file, and a lake holds days without hours.
        """
        from mesodash.reports.volumes.drilldown import session_days, weekday_hours  # noqa: PLC0415 - slow to import, see warm

        db, lake, asked, _practitioners = self._to_name(_("The hours of sessions"), filters)
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
            told = _("{what} can be given only from the clinic's file: give --db.")
            raise ReportError(told.format(what=what))
        lake = self._current_lake()
        clinic_id, practitioners = self._own()
        asked = only(filters or Filters(), clinic_id)
        return self.db, lake, to_numbers(asked, clinic_id, practitioners), practitioners


def _function(name: str) -> Callable[..., Any]:
    """A report's function; it and its engine are imported only here."""
    if name == "curves":
        from mesodash.reports.effects.side_effects import curves  # noqa: PLC0415 - slow to import, see warm

        return curves
    from mesodash.reports.core import registry  # noqa: PLC0415 - as above

    return registry.spec(name).function


def only(filters: Filters, clinic_id: str) -> Filters:
    """The filters for the file's own clinic: its lake may hold an earlier one's data.

    Raises:
        ReportError: the filters ask for other clinics.
    """
    if filters.clinics and clinic_id not in filters.clinics:
        raise ReportError(
            _(
                'This file is the clinic "{clinic_id}"; name that one, or give --lake for others.'
            ).format(clinic_id=clinic_id)
        )
    return replace(filters, clinics=(clinic_id,))


def to_numbers(filters: Filters, clinic_id: str, practitioners: Mapping[int, str]) -> Filters:
    """Practitioners as the lake labels them; `practitioners` are the record's ids by number."""
    labels = {name: f"{clinic_id}/{number}" for number, name in practitioners.items()}
    wanted = tuple(labels.get(name, name) for name in filters.practitioners)
    return replace(filters, practitioners=wanted)


def to_names(answer: Any, clinic_id: str, practitioners: Mapping[int, str]) -> Any:
    """The answer (a frame or curves) with practitioners by the record's practitioner_id."""
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
