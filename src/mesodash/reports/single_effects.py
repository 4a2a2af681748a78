"""Side effects one by one, by the record's numbers: the open ones, and the late ones.

Numbers only: the reader turns them into the record's ids for those who may see them.
"""

from typing import Any, Final

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.counting import IMPRECISE, NO_FOLLOW_UP, ONGOING
from mesodash.lake.engines import Lake
from mesodash.reports.asking import ask
from mesodash.reports.filters import Filters, checked_keys
from mesodash.reports.scope import codes_below, narrowed, with_course
from mesodash.reports.shares import typed

COLUMNS: Final = (
    "clinic",
    "side_effect",
    "session",
    "patient",
    "effect",
    "area",
    "side",
    "protocol",
    "practitioner",
    "severity",
    "serious",
    "held_on",
    "onset_on",
    "onset_day",
    "last_contact_on",
    "days_followed",
    "counting",
)
LATE_FROM: Final = 7
"""A lump that is new after day 7 is to be looked at (the catalogue's alert for nodules)."""
LUMPS: Final = ("nodule", "granuloma", "panniculitis", "infection_ntm")
LATE_KEYS: Final = ("effect", "area", "protocol", "practitioner", "lot", "clinic", "month")
LATE_TYPES: Final = {"n": "int64", "sessions": "int64", "first_day": "int64", "last_day": "int64"}


def open_effects(lake: Lake, catalogue: Catalogue, filters: Filters) -> pd.DataFrame:
    """The side effects without an end, the longest open first; the period is that of the session.

    Columns:
        clinic, side_effect, session, patient: the clinic's id and the record's numbers.
        effect, area, side, protocol, practitioner, severity, serious: as recorded.
        held_on: the day of the session.
        onset_on: the day of the onset; empty if known only to the month or year.
        onset_day: days from the session to the onset.
        last_contact_on: the last time anybody asked.
        days_followed: days from the onset to the last contact; it lasted so long at least.
        counting: ongoing, no_follow_up or imprecise.

    Raises:
        ReportError: unknown area.
    """
    return _typed(ask(lake, _open, catalogue, filters))


def late_effects(lake: Lake, catalogue: Catalogue, filters: Filters) -> pd.DataFrame:
    """Lumps that began after day 7, and effects known to come late, the latest first.

    Lumps: nodule, granuloma, panniculitis, infection by mycobacteria. Known to come late: marked so
    in the catalogue. All are listed, whatever their number: rapidly growing mycobacteria appear
    after a median of 30 days, and one case may be the first of several.

    Columns as in `open_effects`, of ended ones too.

    Raises:
        ReportError: unknown area.
    """
    return _typed(ask(lake, _late, catalogue, filters))


def late(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """How many late effects there were, without naming any: counts of `late_effects`.

    By lot one counts under each lot its session used.

    Columns:
        n: lumps that began after day 7, and effects known to come late that did.
        sessions: different sessions they followed.
        first_day, last_day: earliest and latest onset, days after the session.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, LATE_KEYS, "late")
    frame = ask(lake, _late_counts, catalogue, filters, by)
    frame = frame[frame["n"] > 0].sort_values(list(by) or ["n"], na_position="last")
    return typed(frame.to_dict("records"), by, LATE_TYPES)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    whole = ("onset_day", "days_followed", "severity")
    texts = ("clinic", "effect", "area", "side", "protocol", "practitioner", "serious", "counting")
    frame = frame.astype(
        dict.fromkeys(whole, "Int64")
        | dict.fromkeys(texts, "str")
        | dict.fromkeys(("side_effect", "session", "patient"), "int64")
    )
    order = ["days_followed", "held_on", "clinic", "side_effect"]
    frame = frame.sort_values(order, ascending=[False, False, True, True], na_position="last")
    return frame.reset_index(drop=True)[list(COLUMNS)]


def _rows(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    effects = narrowed(with_course(lake.tables.side_effects, lake), filters)
    if filters.areas:
        effects = effects.filter(effects.area.isin(codes_below(catalogue, filters.areas)))
    return effects.mutate(
        onset_day=effects.onset_on.delta(effects.held_on, unit="day").cast("int64"),
        days_followed=effects.last_contact_on.delta(effects.onset_on, unit="day").cast("int64"),
        clinic=effects.clinic_id,
        label=effects.clinic_id + "/" + effects.practitioner.cast("string"),
    )


def _shown(effects: Any) -> Any:
    names = [name for name in COLUMNS if name != "practitioner"]
    return effects.select(*names, practitioner=effects.label)


def _open(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    effects = _rows(lake, catalogue, filters)
    still = effects.counting.isin((ONGOING, NO_FOLLOW_UP, IMPRECISE))
    return _shown(effects.filter(~effects.has_end, still))


def _is_late(effects: Any, catalogue: Catalogue) -> Any:
    known = [code for code, effect in catalogue.side_effects.items() if effect.late]
    named = effects.effect.isin(tuple(dict.fromkeys((*LUMPS, *known))))
    return named & (effects.onset_day > LATE_FROM)


def _late(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    effects = _rows(lake, catalogue, filters)
    return _shown(effects.filter(_is_late(effects, catalogue)))


def _late_counts(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    effects = _rows(lake, catalogue, filters)
    effects = effects.filter(_is_late(effects, catalogue))
    if "lot" in by:
        used = lake.tables.products_used
        used = used.filter(used.lot.notnull()).select("clinic_id", "session", "lot").distinct()  # noqa: PD004 - Ibis, not pandas
        effects = effects.left_join(used, ["clinic_id", "session"])
    own = {"practitioner": effects.label}
    rows = effects.select(
        *(key for key in by if key not in own),
        **{key: own[key] for key in by if key in own},
        onset_day=effects.onset_day,
        visit=effects.clinic_id + "/" + effects.session.cast("string"),
    )
    counts = {
        "n": rows.count(),
        "sessions": rows.visit.nunique(),
        "first_day": rows.onset_day.min(),
        "last_day": rows.onset_day.max(),
    }
    return rows.group_by(*by).agg(**counts) if by else rows.agg(**counts)
