"""Products: which product of which lot was used, how often, how much and for how many."""

from typing import Any, Final

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.columns import whole
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import held_sessions, keyed, on_session, ordered, treated
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, names_of

KEYS = ("product", "lot", "protocol", "indication", "month", "practitioner", "clinic")
_PRODUCTS = (
    ReportColumn(
        "sessions", "int64", N_("different held sessions that used it"), label=N_("Sessions")
    ),
    ReportColumn(
        "patients", "int64", N_("different patients of these sessions"), label=N_("Patients")
    ),
    ReportColumn(
        "volume_ml",
        "float64",
        N_("sum of the recorded volumes in millilitres; empty where none was recorded"),
        "mL",
        label=N_("Volume, mL"),
    ),
    *alike(
        {"first_on": N_("First used"), "last_on": N_("Last used")},
        "object",
        N_("days of the first and the last of these sessions"),
    ),
)
COLUMNS = names_of(_PRODUCTS)


def products(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("product", "lot")
) -> pd.DataFrame:
    """What was drawn in the held sessions of the period; an area filter leaves sessions there.

    Columns and keys: `PRODUCTS`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, KEYS, "products")
    frame = ask(lake, _cells, catalogue, filters, by)
    frame = frame.rename(columns={f"key_{key}": key for key in by})
    frame["volume_ml"] = frame["volume_ul"].astype("float64") / 1000
    frame = whole(frame, ("sessions", "patients"))
    frame = frame[frame["sessions"] > 0]
    return ordered(frame.astype({"first_on": "object", "last_on": "object"}), by, COLUMNS)


def _cells(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    sessions = held_sessions(lake, filters)
    if filters.areas:
        there = treated(lake, catalogue, filters).select("clinic_id", "session").distinct()
        sessions = sessions.semi_join(there, ["clinic_id", "session"])
    used = lake.tables.products_used.select("clinic_id", "session", "product", "lot", "volume_ul")
    rows = on_session(sessions, used)
    rows = rows.mutate(**{f"key_{k}": e for k, e in keyed(rows, by, catalogue).items()})
    keys = tuple(f"key_{key}" for key in by)
    cells = rows.group_by("clinic_id", *keys).agg(
        sessions=rows.session.nunique(),
        patients=rows.patient.nunique(),
        volume_ul=rows.volume_ul.sum(),
        first_on=rows.held_on.min(),
        last_on=rows.held_on.max(),
    )
    totals = {
        "sessions": cells.sessions.sum(),
        "patients": cells.patients.sum(),
        "volume_ul": cells.volume_ul.sum(),
        "first_on": cells.first_on.min(),
        "last_on": cells.last_on.max(),
    }
    return cells.group_by(*keys).agg(**totals) if keys else cells.agg(**totals)


PRODUCTS: Final = ReportSpec(
    function=products,
    summary=N_("Which products and lots were used, and how much of them."),
    columns=_PRODUCTS,
    about=(
        (
            "What was drawn in the held sessions of the period; an area filter leaves sessions "
            "there."
        ),
        ("One session uses several products, so rows of different products may not be added up."),
    ),
    keys=KEYS,
    usual=("product", "lot"),
    groups=("patients",),
)
