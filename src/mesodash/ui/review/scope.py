"""What a review page looks at: its filters, the reports under them, and files made of those.

Every figure and table of a page, and every download, asks here, so that a shared view leaves out
the same groups everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from mesodash.exchange.suppression import SMALLEST, left_out, suppressed
from mesodash.exchange.tables_out import Sheet
from mesodash.ui import labels
from mesodash.ui.filters import ALL_TIME, describe, period_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mesodash.catalogue.types import Catalogue
    from mesodash.reports.filters import Filters
    from mesodash.reports.reader import Reader
    from mesodash.reports.side_effects import EffectCurve

SHARED_WORDS = f"yes: groups of fewer than {SMALLEST} are left out"


def utc_now() -> datetime:
    """The time of making, for downloads."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class View:
    """One review page's question.

    Attributes:
        title: the page's.
        filters: what is chosen.
        shared: whether others may see it, so that small groups are left out.
        catalogue: words for the codes.
        reader: answers.
        clinic: the clinic's name.
        clock: the time of making that files carry.
        names: whether the reader's role sees single patients at all.
    """

    title: str
    filters: Filters
    shared: bool
    catalogue: Catalogue
    reader: Reader
    clinic: str
    clock: Callable[[], datetime] = field(default=utc_now)
    names: bool = True

    @property
    def lists_people(self) -> bool:
        """Whether lists of single patients and sessions may be part of it."""
        return self.names and not self.shared

    @property
    def period(self) -> str:
        """The period in words, to begin a sentence with."""
        return period_words(self.filters.period)

    @property
    def sessions_of(self) -> str:
        """The period in words, to end one with: `all sessions`, `sessions from ...`."""
        if self.period == ALL_TIME:
            return "all sessions"
        return f"sessions {self.period[0].lower()}{self.period[1:]}"

    def report(
        self, name: str, by: tuple[str, ...] | None = None, filters: Filters | None = None
    ) -> pd.DataFrame:
        """A report under the page's filters (or `filters`); in a shared view without small groups.

        Raises:
            ReportError: unknown report, key or area.
        """
        frame = self.reader.report(name, self.filters if filters is None else filters, by)
        return suppressed(frame, name) if self.shared else frame

    def curves(self, by: tuple[str, ...] = ("effect",)) -> tuple[EffectCurve, ...]:
        """The curves under the page's filters; in a shared view those of five reports or more."""
        found = self.reader.curves(self.filters, by)
        return tuple(c for c in found if c.n >= SMALLEST) if self.shared else found

    def caption(self, *frames: pd.DataFrame) -> str:
        """The period, and how many groups a shared view leaves out of these frames."""
        notes = [left_out(frame) for frame in frames]
        return " ".join([f"{self.period}.", *dict.fromkeys(note for note in notes if note)])

    def words(self, *frames: pd.DataFrame) -> str:
        """`caption` without its full stop, for those who go on from there."""
        return self.caption(*frames).removesuffix(".")

    def sheet(
        self,
        title: str,
        frame: pd.DataFrame,
        report: str,
        *,
        about: Mapping[str, str] | None = None,
    ) -> Sheet:
        """A report's frame as a file to keep, with words beside its codes.

        Args:
            title: what the table shows.
            frame: as `report` gave it.
            report: the report it came from, for the definitions.
            about: more lines on top of the file, such as the denominator.
        """
        from mesodash.reports.definitions import columns_of  # noqa: PLC0415 - slow to import, see warm

        made_at = self.clock()
        return Sheet(
            title=title,
            frame=with_words(frame, self.catalogue),
            definitions=columns_of(report),
            about=(
                ("Clinic", self.clinic),
                ("Filters", describe(self.filters, self.catalogue)),
                ("Shared view", SHARED_WORDS if self.shared else "no"),
                *(about or {}).items(),
                *((("Left out", note),) if (note := left_out(frame)) else ()),
                ("Made", made_at.isoformat(timespec="seconds")),
            ),
        )


def with_words(frame: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """The frame with a column of words after each column of codes: `protocol`, `protocol_name`."""
    kept: dict[Any, Any] = {}
    for name in frame.columns:
        kept[name] = frame[name]
        if name in labels.CODED:
            kept[f"{name}_name"] = [
                None if pd.isna(code) else labels.value(catalogue, name, code)
                for code in frame[name]
            ]
    return pd.DataFrame(kept, index=frame.index)
