"""Adherence: sessions beside the version of their protocol that the clinic had adopted.

Dose, volume a point, points, depth and interval are each set against the adopted figure and shown
as distributions: what was done is a judgement at the bedside, so nothing here is a rank. A session
is compared with the version it names, else with the one in force on its day. The reasons that were
chosen for sessions that depart are counted in a report of their own.
"""

from collections.abc import Callable
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.records.courses.departures import NEAR, NEAR_DAYS, NEAR_MM, ROUNDING
from mesodash.reports.core.by_patient import (
    DESIGN_EFFECT,
    PERSON,
    stacked,
    sum_names,
    sums_by_patient,
    totals_of,
    with_patient_share,
)
from mesodash.reports.core.columns import cells_of, typed
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import (
    areas_in_scope,
    held_sessions,
    keyed,
    on_session,
    ordered,
)
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, types_of

NOT_SAID: Final = "not_said"
"""Stands for a reason where nobody chose one."""
KEYS = ("measure", "practitioner", "protocol", "month", "clinic")
MEASURES: Final = {
    "dose": N_("Dose"),
    "point_dose": N_("Volume a point"),
    "points": N_("Points"),
    "depth": N_("Depth"),
    "interval": N_("Interval"),
}
"""What is compared with the adopted figure."""
COUNTED, SUMMED = "counted", "summed"
QUANTILES: Final = {"low_tenth": 0.1, "low_quarter": 0.25, "middle": 0.5, "high_quarter": 0.75,
    "high_tenth": 0.9}  # fmt: skip
_ADHERENCE = (
    ReportColumn(
        "compared",
        "int64",
        N_("what was compared: a side of an area, a session, or an interval before one"),
        label=N_("Compared"),
    ),
    ReportColumn("patients", "int64", N_("different patients of these")),
    ReportColumn(
        "kept",
        "int64",
        N_(
            "those as adopted (house rules): a dose no larger, points and volume a point at most"
            " 10 % off, a depth at most 0.5 mm, an interval at most 7 days"
        ),
        label=N_("As adopted"),
    ),
    *alike(
        {"kept_share": N_("As adopted"), "kept_low": "", "kept_high": ""},
        "float64",
        N_("kept / compared, and its 95 % interval by patient"),
        "share",
    ),
    ReportColumn(
        "explained",
        "int64",
        N_("of those that are not, how many are of a session with a note that may say why"),
        label=N_("With a note"),
    ),
    ReportColumn(
        "with_reason",
        "int64",
        N_("of those that are not, how many are of a session for which a reason was chosen"),
        label=N_("With a reason"),
    ),
    *alike(
        {
            "low_tenth": N_("Lowest tenth"),
            "low_quarter": N_("Lowest quarter"),
            "middle": N_("Half"),
            "high_quarter": N_("Highest quarter"),
            "high_tenth": N_("Highest tenth"),
        },
        "float64",
        N_(
            "what was done as a share of the adopted figure (1 is as adopted), below which a"
            " tenth, a quarter, a half, three quarters and nine tenths lie"
        ),
        "share",
    ),
    ReportColumn("design_effect", "float64", DESIGN_EFFECT),
)
ADHERENCE_TYPES = types_of(_ADHERENCE)
_REASONS = (
    ReportColumn(
        "departed",
        "int64",
        N_("what is not as adopted, counted as in `adherence`, of sessions with this reason"),
        label=N_("Not as adopted"),
    ),
    ReportColumn("patients", "int64", N_("different patients of these")),
)
REASON_TYPES = types_of(_REASONS)


def adherence(
    lake: Lake,
    catalogue: Catalogue,
    filters: Filters,
    by: tuple[str, ...] = ("measure", "practitioner"),
) -> pd.DataFrame:
    """How sessions of the period compare with the adopted version of their protocol.

    Columns and keys: `ADHERENCE`; `measure` is always a key.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(tuple(dict.fromkeys(("measure", *by))), KEYS, "adherence")
    found = ask(lake, _compared, catalogue, filters, by)
    counted = found[found["what"] == COUNTED].astype({"n": "int64", "share": "float64"})
    sums = found[found["what"] == SUMMED]
    counted = counted.sort_values([*by, "share"], ignore_index=True)
    made = [dict(zip(by, key, strict=True)) | _spread(cell) for key, cell in cells_of(counted, by)]
    whole = {name: kind for name, kind in ADHERENCE_TYPES.items() if name != "patients"}
    frame = typed(made, by, whole)
    sums = sums[[*by, *sum_names("kept")]].astype(dict.fromkeys(by, "str"))
    both = frame.merge(sums, how="left", on=list(by))
    frame.insert(len(by) + 1, "patients", both["kept_people"])
    frame = frame.astype({"patients": "int64"})
    names = ("kept_share", "kept_low", "kept_high")
    return with_patient_share(frame, totals_of(both, "kept"), names, "design_effect")


def departures(lake: Lake, catalogue: Catalogue, filters: Filters) -> pd.DataFrame:
    """What is not as adopted and of a session with a note, one by one, the newest first.

    Returns:
        measure, practitioner, protocol, session (the record's number), held_on, share of the
        adopted figure; in the order of days, never of shares.

    Raises:
        ReportError: unknown area.
    """
    frame: pd.DataFrame = ask(lake, _departed, catalogue, filters)
    frame = frame.sort_values(
        ["held_on", "session", "measure", "share"], ascending=[False, True, True, True]
    )
    return frame.reset_index(drop=True)


def adherence_reasons(
    lake: Lake,
    catalogue: Catalogue,
    filters: Filters,
    by: tuple[str, ...] = ("measure", "practitioner", "reason"),
) -> pd.DataFrame:
    """How often each reason was chosen where a session is not as adopted.

    Columns and keys: `ADHERENCE_REASONS`; `measure` and `reason` are always keys.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(
        tuple(dict.fromkeys(("measure", *by, "reason"))), (*KEYS, "reason"), "adherence_reasons"
    )
    frame: pd.DataFrame = ask(lake, _reasons, catalogue, filters, by)
    return ordered(frame.astype(REASON_TYPES), by, tuple(REASON_TYPES))


def _reasons(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    """What is not as adopted, by the session's reason; `not_said` where none was chosen."""
    rows = _comparisons(lake, catalogue, filters)
    rows = rows.filter(~rows.kept)
    rows = rows.mutate(reason=rows.departure.coalesce(NOT_SAID))
    own = tuple(one for one in by if one not in ("measure", "reason"))
    rows = rows.select(*PERSON, "measure", "reason", **keyed(rows, own, catalogue))
    return rows.group_by(*by).agg(
        departed=rows.count(),
        patients=(rows.clinic_id + "/" + rows.patient.cast("string")).nunique(),
    )


def _spread(cell: pd.DataFrame) -> dict[str, Any]:
    """Counts and quantiles of one cell, from shares and how often each occurred."""
    n = cell["n"].to_numpy()
    kept = cell["kept"].to_numpy(bool)
    noted = cell["noted"].to_numpy(bool)
    every = np.repeat(cell["share"].to_numpy("float64"), n)
    return {
        "compared": int(n.sum()),
        "kept": int(n[kept].sum()),
        "explained": int(n[~kept & noted].sum()),
        "with_reason": int(n[~kept & cell["departure"].notna().to_numpy()].sum()),
        **{name: float(np.quantile(every, part)) for name, part in QUANTILES.items()},
    }


def _compared(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    """The shares counted by their size (keys, share, kept, noted, n); sums by patient (keys)."""
    rows = _comparisons(lake, catalogue, filters)
    keys = tuple(one for one in by if one != "measure")
    rows = rows.select(
        *PERSON,
        "measure",
        "share",
        "kept",
        "noted",
        "departure",
        **keyed(rows, keys, catalogue),
    )
    counted = rows.group_by(*by, "share", "kept", "noted", "departure").agg(n=rows.count())
    own = rows.group_by(*dict.fromkeys((*PERSON, *by))).agg(
        compared=rows.count(), kept=rows.count(where=rows.kept)
    )
    summed = own.group_by(*by).agg(**sums_by_patient(own, "kept", "compared"))
    more = {"share": "float64", "kept": "boolean", "noted": "boolean", "departure": "string",
        "n": "int64"}  # fmt: skip
    more |= dict.fromkeys(sum_names("kept"), "int64")
    return stacked({COUNTED: counted, SUMMED: summed}, by, more)


def _departed(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    rows = _comparisons(lake, catalogue, filters)
    rows = rows.filter(~rows.kept & rows.noted)
    named = keyed(rows, ("practitioner", "protocol"), catalogue)
    return rows.select("measure", "session", "held_on", "share", **named).distinct()


def _comparisons(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    """One row a comparison: what was done as a share of the adopted figure."""
    sessions = _with_version(lake, filters)
    areas = areas_in_scope(lake, catalogue, filters)
    by_side = [c for c, p in catalogue.protocols.items() if p.max_volume_per == "side"]
    sides = _by_side(sessions, areas, by_side)
    return ibis.union(
        _measured(sides, "dose", sides.ml, sides.max_volume_ml, lambda own, wanted: own <= wanted),
        _measured(sides, "points", sides.points, sides.wanted_points, _near),
        _measured(sides, "point_dose", sides.point_ml, sides.volume_per_point_ml, _near),
        *_depths_and_intervals(lake, sessions, areas, filters),
    )


def _with_version(lake: Lake, filters: Filters) -> Any:
    """Held sessions with the figures of the version they name, else of the one in force."""
    held = held_sessions(lake, filters, ("protocol",))
    versions = lake.tables.protocol_versions
    versions = versions.select(
        "depth_mm",
        "volume_per_point_ml",
        "max_volume_ml",
        "interval_days",
        of_clinic="clinic_id",
        of_protocol="protocol",
        number="protocol_version",
        wanted_points="points",
        adopted_on="adopted_on",
    )
    held = held.mutate(noted=held.noted == 1)
    rows = held.inner_join(
        versions,
        [held.clinic_id == versions.of_clinic, held.protocol == versions.of_protocol],
    )
    named = rows.protocol_version.notnull()  # noqa: PD004 - Ibis, not pandas
    fits = named.ifelse(rows.protocol_version == rows.number, rows.adopted_on <= rows.held_on)
    rows = rows.filter(fits)
    newest = rows.number.max().over(group_by=[rows.clinic_id, rows.session])
    rows = rows.mutate(newest=newest)
    return rows.filter(rows.number == rows.newest)


def _by_side(sessions: Any, areas: Any, by_side: list[str]) -> Any:
    """Volume and points of each side of an area, or of a session where the limit is a session's.

    What was recorded once for both sides is halved.
    """
    rows = on_session(areas, sessions)
    both = (rows.side == "both").ifelse(2, 1)
    a_side = rows.protocol.isin(by_side) if by_side else ibis.literal(False)
    rows = rows.mutate(
        place=a_side.ifelse(rows.area + "/" + rows.side, ibis.literal("")),
        halves=a_side.ifelse(both, 1),
    )
    same = [
        *PERSON, "session", "place", "halves", "practitioner", "protocol", "held_on", "month",
        "noted", "departure", "max_volume_ml", "wanted_points", "volume_per_point_ml",
    ]  # fmt: skip
    done = rows.group_by(same).agg(
        whole_ul=rows.volume_ul.sum(),
        whole_points=rows.points.sum(),
        pointed_ul=rows.volume_ul.sum(where=rows.points > 0),
    )
    return done.mutate(
        ml=done.whole_ul / 1000.0 / done.halves,
        points=done.whole_points.cast("float64") / done.halves,
        point_ml=done.pointed_ul / 1000.0 / done.whole_points.nullif(0),
    )


def _depths_and_intervals(
    lake: Lake, sessions: Any, areas: Any, filters: Filters
) -> tuple[Any, Any]:
    deep = on_session(areas, sessions)
    deep = deep.mutate(mm=deep.depth_um / 1000.0)
    depths = _measured(
        deep, "depth", deep.mm, deep.depth_mm, lambda own, wanted: (own - wanted).abs() <= NEAR_MM
    )
    # The session before may lie before the period, or be of another practitioner.
    every = held_sessions(lake, Filters(clinics=filters.clinics), ("protocol",))
    every = every.mutate(
        before=every.held_on.lag().over(
            group_by=["clinic_id", "patient", "protocol"], order_by=[every.held_on, every.session]
        )
    )
    every = every.filter(every.before.notnull())  # noqa: PD004 - Ibis, not pandas
    spaced = on_session(sessions, every.select("clinic_id", "session", "before"))
    spaced = spaced.mutate(days=spaced.held_on.delta(spaced.before, unit="day").cast("float64"))
    intervals = _measured(
        spaced,
        "interval",
        spaced.days,
        spaced.interval_days,
        lambda own, wanted: (own - wanted).abs() <= NEAR_DAYS,
    )
    return depths, intervals


def _near(own: Any, wanted: Any) -> Any:
    return (own - wanted).abs() <= NEAR * wanted + ROUNDING


def _measured(
    rows: Any, measure: str, own: Any, wanted: Any, kept: Callable[[Any, Any], Any]
) -> Any:
    """One row a comparison, where both what was done and what was adopted are known."""
    known = own.notnull() & (wanted > 0)  # noqa: PD004 - Ibis, not pandas
    rows = rows.mutate(
        measure=ibis.literal(measure),
        # A thousandth: shares are counted by their size.
        share=(own / wanted).round(3).cast("float64"),
        kept=kept(own, wanted),
    ).filter(known)
    return rows.select(
        *PERSON, "session", "practitioner", "protocol", "held_on", "month", "measure", "share",
        "kept", "noted", "departure",
    )  # fmt: skip


ADHERENCE: Final = ReportSpec(
    function=adherence,
    summary=N_("How sessions lie beside the clinic's own versions of protocols."),
    columns=_ADHERENCE,
    about=(
        ("The period is that of the session; `measure` is always a key."),
        (
            "Dose (all of a session or of a side, as the protocol's largest is counted), points "
            "alike, volume a point, depth, and days since the patient's last session of the "
            "protocol, each beside the figure of the adopted version that the session names, else "
            "of the one in force on its day. What is not recorded, or not adopted, is not "
            "compared. A departure is not a mistake: read the session's note."
        ),
    ),
    keys=KEYS,
    usual=("measure", "practitioner"),
    groups=("patients",),
)

ADHERENCE_REASONS: Final = ReportSpec(
    function=adherence_reasons,
    summary=N_("Why sessions were not as adopted, as it was chosen in their form."),
    columns=_REASONS,
    about=(
        "The period is that of the session; `measure` and `reason` are always keys.",
        (
            "What is not as adopted, as `adherence` compares it, by the reason of departures.csv "
            "that was chosen for its session. A session has one reason, which is counted wherever "
            "that session departs; `not_said` stands for none."
        ),
    ),
    keys=(*KEYS, "reason"),
    usual=("measure", "practitioner", "reason"),
    groups=("patients",),
)
