"""Reports that name patients or sessions: the lake's numbers joined to the record's ids, noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesodash.records.behind import hours_of_sessions, ids_behind
from mesodash.records.patients import ids_of_patients_and_courses
from mesodash.reports.filters import Filters, ReportError
from mesodash.reports.own_ids import only, to_names, to_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from mesodash.catalogue.types import Catalogue
    from mesodash.lake.engines import Lake
    from mesodash.records.actor import Actor
    from mesodash.records.connection import Clock


class NamedLists:
    """The part of `reader.Reader` whose answers name people; never remembered, always noted."""

    db: Path | None
    _catalogue: Catalogue
    _clock: Clock

    def _current_lake(self) -> Lake:
        """The lake, brought up to date; the reader's."""
        raise NotImplementedError

    def _own(self) -> tuple[str, dict[int, str]]:
        """The file's clinic and the ids behind its practitioners' numbers; the reader's."""
        raise NotImplementedError

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
        asked = only(filters or Filters(), clinic_id)
        rows = due(lake, self._catalogue, to_numbers(asked, clinic_id, practitioners), on)
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
        rows = to_names(rows, asked.clinics[0], practitioners)
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
        asked = only(filters or Filters(), clinic_id)
        return self.db, lake, to_numbers(asked, clinic_id, practitioners), practitioners
