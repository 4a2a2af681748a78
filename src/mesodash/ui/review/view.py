"""What a review page shows: its filters, the reports under them, and downloads of those.

Every chart, table and download of a page gets its numbers here, so that a shared view leaves out
the same small groups everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from mesodash.documents.small_groups import SMALLEST, left_out, suppressed
from mesodash.documents.tables import DownloadTable
from mesodash.language import _
from mesodash.settings import now
from mesodash.ui.parts import labels
from mesodash.ui.parts.filters import describe, period_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mesodash.catalogue.types import Catalogue
    from mesodash.reports.core.filters import Filters
    from mesodash.reports.core.reader import Reader
    from mesodash.reports.effects.side_effects import EffectCurve


@dataclass(frozen=True, slots=True)
class ReviewView:
    """The filters of one review page, and its access to the reports.

    Attributes:
        title: the page's.
        filters: as chosen.
        shared: whether others may see the screen, so that small groups are left out.
        catalogue: gives the labels of codes.
        reader: runs the reports.
        clinic: the clinic's name.
        clock: gives the time stamp of downloads.
        names: whether the role may see single patients.
    """

    title: str
    filters: Filters
    shared: bool
    catalogue: Catalogue
    reader: Reader
    clinic: str
    clock: Callable[[], datetime] = field(default=now)
    names: bool = True

    @property
    def lists_people(self) -> bool:
        """Whether lists of single patients and sessions may be shown."""
        return self.names and not self.shared

    @property
    def period(self) -> str:
        """The period, as the beginning of a sentence."""
        return period_words(self.filters.period)

    def report(
        self, name: str, by: tuple[str, ...] | None = None, filters: Filters | None = None
    ) -> pd.DataFrame:
        """A report under the page's filters (or `filters`), without small groups in a shared view.

        Raises:
            ReportError: unknown report, key or area.
        """
        frame = self.reader.report(name, self.filters if filters is None else filters, by)
        return suppressed(frame, name) if self.shared else frame

    def curves(self, by: tuple[str, ...] = ("effect",)) -> tuple[EffectCurve, ...]:
        """The curves under the page's filters; in a shared view only those of 5 reports or more."""
        found = self.reader.curves(self.filters, by)
        return tuple(c for c in found if c.n >= SMALLEST) if self.shared else found

    def caption(self, *frames: pd.DataFrame) -> str:
        """The period, and how many groups a shared view leaves out, as sentences."""
        notes = [left_out(frame) for frame in frames]
        period = _("{period}.").format(period=self.period)
        return " ".join([period, *dict.fromkeys(note for note in notes if note)])

    def words(self, *frames: pd.DataFrame) -> str:
        """`caption` without its final full stop, for texts that go on from there."""
        return self.caption(*frames).removesuffix(".")

    def sheet(
        self,
        title: str,
        frame: pd.DataFrame,
        report: str,
        *,
        about: Mapping[str, str] | None = None,
    ) -> DownloadTable:
        """A report's frame for download, with labels beside its codes.

        Args:
            title: what the table shows.
            frame: as `report` gave it.
            report: the report it came from, for the definitions.
            about: more lines for the notes of the file, such as the denominator.
        """
        from mesodash.reports.core.registry import spec  # noqa: PLC0415 - slow to import, see warm

        made_at = self.clock()
        shared = (
            _("yes: groups of fewer than {n} are left out").format(n=SMALLEST)
            if self.shared
            else _("no")
        )
        return DownloadTable(
            title=title,
            frame=with_words(frame, self.catalogue),
            definitions=spec(report).definitions(),
            units={column.name: column.unit for column in spec(report).columns},
            about=(
                (_("Clinic"), self.clinic),
                (_("Filters"), describe(self.filters, self.catalogue)),
                (_("Shared view"), shared),
                *(about or {}).items(),
                *(((_("Left out"), note),) if (note := left_out(frame)) else ()),
                (_("Made"), made_at.isoformat(timespec="seconds")),
            ),
        )


def with_words(frame: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """The frame with a column of labels after each column of codes: `protocol`, `protocol_name`."""
    kept: dict[Any, Any] = {}
    for name in frame.columns:
        kept[name] = frame[name]
        if name in labels.CODED:
            kept[f"{name}_name"] = [
                None if pd.isna(code) else labels.value(catalogue, name, code)
                for code in frame[name]
            ]
    return pd.DataFrame(kept, index=frame.index)
