"""The one door to the reports: publishes what changed, runs, and remembers the latest answers.

Importing this is cheap: Ibis and the engine come with the first report (or with
`lake.engines.warm`).
"""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from mesodash.catalogue.quoting import quoted
from mesodash.lake.engines import open_lake
from mesodash.lake.publish import is_up_to_date, mark, publish, published_mark
from mesodash.records.connection import Clock, utc_now
from mesodash.records.publishing import snapshot
from mesodash.reports import registry
from mesodash.reports.filters import Filters, ReportError
from mesodash.reports.look import Look, Memory
from mesodash.reports.named_lists import NamedLists
from mesodash.reports.own_ids import only, to_names, to_numbers
from mesodash.settings import lake_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    import pandas as pd

    from mesodash.catalogue.types import Catalogue
    from mesodash.lake.engines import Lake
    from mesodash.records.clinic import Clinic
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


class Reader(NamedLists):
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
        self._memory = Memory()
        self._held: Lake | None = None
        self._stood: tuple[Hashable, tuple[Lake, Hashable]] | None = None

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
            raise ReportError(
                f"There is no report {quoted(name)}; choose from {', '.join(REPORTS)}."
            )
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
        self._memory.clear()

    def look(self, clinic: Clinic | None = None) -> Look:
        """One moment's reports, for a page that asks several: the lake's age is asked once.

        `clinic` is what this run has read of the file, if it has: where nothing was recorded or
        published since the last look, the file is then not asked again.
        """
        return Look(self._memory, stand=partial(self._stand, clinic), answer=self._answer_on)

    def of_this_moment(self) -> Reader:
        """This reader for one run of a page: the lake is brought up to date now, and only now.

        Asking whether it is costs more than an answer that is remembered, and a page has many. What
        is remembered is shared with this reader.

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
        """The remembered answer for the lake as it stands, else a new one."""
        return self._answer_on(self._current_lake(), name, filters, by)

    def _answer_on(self, lake: Lake, name: str, filters: Filters, by: tuple[str, ...]) -> Any:
        key = (lake.state(), name, filters, by)
        kept = self._memory.get(key)
        if kept is not None:
            return kept
        function = _function(name)
        arguments = () if name == "clusters" else (by,)
        if self.db is None:
            answer = function(lake, self._catalogue, filters, *arguments)
        else:
            clinic_id, practitioners = self._own()
            asked = only(filters, clinic_id) if self._alone else filters
            asked = to_numbers(asked, clinic_id, practitioners)
            answer = function(lake, self._catalogue, asked, *arguments)
            answer = to_names(answer, clinic_id, practitioners)
        if lake.state() == key[0]:  # else another process published in between
            self._memory.keep(key, answer)
        return answer

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


def _function(name: str) -> Callable[..., Any]:
    """A report's function, imported with its engine only now."""
    if name == "curves":
        from mesodash.reports.side_effects import curves  # noqa: PLC0415 - slow to import, see warm

        return curves
    return registry.function(name)
