"""Incidence: how many sessions, patients and treated areas a side effect followed, out of all."""

from typing import Any

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.asking import ask
from mesodash.reports.effect_counts import AREA_KEYS, USED_KEYS, used
from mesodash.reports.exact import clopper_pearson
from mesodash.reports.filters import Filters, checked_keys
from mesodash.reports.scope import held_sessions, keyed, on_session, ordered, summed, treated
from mesodash.reports.shares import whole, with_share
from mesodash.reports.side_effects import KEYS

INCIDENCE_COLUMNS = (
    "sessions_with",
    "sessions",
    "session_share",
    "session_low",
    "session_high",
    "patients_with",
    "patients",
    "patient_share",
    "patient_low",
    "patient_high",
    "patient_exact_low",
    "patient_exact_high",
    "areas_with",
    "areas",
    "area_share",
    "area_low",
    "area_high",
)
SEVERITY_COLUMNS = ("grade", "n", "of", "share")
_UNITS = ("session", "patient", "area")


def incidence(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """How often each effect followed: per session, per patient and per treated area.

    An effect noted twice after one session counts once. By area (or with an area filter) only
    effects recorded in that very area count. The period is that of the session; `effect` is always
    a key. By lot or product a session counts under each one it used.

    Columns:
        sessions_with: held sessions of the period after which the effect was recorded.
        sessions: held sessions of the period (by area: that treated it; by lot: that used it).
        session_share, session_low, session_high: sessions_with / sessions, 95 % Wilson interval.
        patients_with: different patients of sessions_with.
        patients: different patients of sessions.
        patient_share, patient_low, patient_high: patients_with / patients, 95 % Wilson interval.
        patient_exact_low, patient_exact_high: the same share's exact 95 % interval
            (Clopper-Pearson), which never covers less than 95 %.
        areas_with: treated areas in which the effect was recorded, each area once a session.
        areas: treated areas of the sessions, each once a session, whatever the sides.
        area_share, area_low, area_high: areas_with / areas, 95 % Wilson interval; effects without a
            recorded area are not in it.

    Raises:
        ReportError: unknown key or area.
    """
    by = effect_first(checked_keys(by, KEYS, "incidence"))
    keys = tuple(key for key in by if key != "effect")
    hits = ask(lake, _hits, catalogue, filters, by)
    sites = ask(lake, _site_hits, catalogue, filters, by)
    everyone = ask(lake, _everyone, catalogue, filters, keys)
    places = ask(lake, _places, catalogue, filters, keys)
    frame = hits.merge(sites, how="left", on=list(by))
    for denominators in (everyone, places):
        how = {"how": "left", "on": list(keys)} if keys else {"how": "cross"}
        frame = frame.merge(denominators, **how)
    frame = whole(frame, ("sessions_with", "sessions", "patients_with", "patients"))
    frame = whole(frame, ("areas_with", "areas"))
    for unit in _UNITS:
        names = (f"{unit}_share", f"{unit}_low", f"{unit}_high")
        frame = with_share(frame, f"{unit}s_with", f"{unit}s", names)
    names = ("_again", "patient_exact_low", "patient_exact_high")
    frame = with_share(frame, "patients_with", "patients", names, clopper_pearson)
    return ordered(frame, by, INCIDENCE_COLUMNS)


def effect_first(by: tuple[str, ...]) -> tuple[str, ...]:
    """The keys; different effects are never pooled, so `effect` is among them."""
    return by if "effect" in by else ("effect", *by)


def base(lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...]) -> Any:
    """The held sessions in scope with the keys' columns; a row an area where the keys or filters
    need one: clinic_id, session, patient, the keys, and `area` then.
    """  # noqa: D205
    sessions = held_sessions(lake, filters)
    placed = bool(filters.areas or set(keys) & set(AREA_KEYS))
    if placed:
        areas = treated(lake, catalogue, filters).select("clinic_id", "session", "area")
        sessions = on_session(sessions, areas.distinct())
    if set(keys) & set(USED_KEYS):
        sessions = on_session(sessions, used(lake, keys), "left")
    made = {f"key_{k}": e for k, e in keyed(sessions, keys, catalogue).items()}
    columns = ["clinic_id", "session", "patient", *(["area"] if placed else [])]
    return sessions.select(*columns, **made)


def events(lake: Lake, rows: Any) -> Any:
    """The side effects of `rows` of `base`, with all their columns; `grade` is the severity."""
    effects = lake.tables.side_effects
    names = ["effect", "grade", "held_on", "onset_on"]
    effects = effects.mutate(grade=effects.severity)
    if "area" in rows.columns:
        same = ["clinic_id", "session", "area"]
        return rows.inner_join(effects.select(*same, *names), same)
    return on_session(rows, effects.select("clinic_id", "session", *names))


def _renamed(cells: Any, by: tuple[str, ...], counts: tuple[str, ...]) -> Any:
    """Summed over the clinics, the keys under their own names again."""
    own = {key: cells[f"key_{key}"] for key in by if key != "effect"}
    effect = ["effect"] if "effect" in by else []
    return summed(cells.select(*effect, *counts, **own), by, counts)


def _hits(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    keys = tuple(key for key in by if key != "effect")
    found = events(lake, base(lake, catalogue, filters, keys))
    cells = found.group_by("clinic_id", "effect", *(f"key_{key}" for key in keys)).agg(
        sessions_with=found.session.nunique(), patients_with=found.patient.nunique()
    )
    return _renamed(cells, by, ("sessions_with", "patients_with"))


def _everyone(lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...]) -> Any:
    rows = base(lake, catalogue, filters, keys)
    cells = rows.group_by("clinic_id", *(f"key_{key}" for key in keys)).agg(
        sessions=rows.session.nunique(), patients=rows.patient.nunique()
    )
    return _renamed(cells, keys, ("sessions", "patients"))


def _placed(lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...]) -> Any:
    """The rows of `base`, once for each treated area: with `area` in any case."""
    rows = base(lake, catalogue, filters, keys)
    if "area" not in rows.columns:
        areas = treated(lake, catalogue, filters).select("clinic_id", "session", "area")
        rows = on_session(rows, areas.distinct())
    return rows.distinct()


def _places(lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...]) -> Any:
    rows = _placed(lake, catalogue, filters, keys)
    cells = rows.group_by("clinic_id", *(f"key_{key}" for key in keys)).agg(areas=rows.count())
    return _renamed(cells, keys, ("areas",))


def _site_hits(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    keys = tuple(key for key in by if key != "effect")
    found = events(lake, _placed(lake, catalogue, filters, keys))
    columns = ["clinic_id", "effect", *(f"key_{key}" for key in keys)]
    found = found.select(*columns, "session", "area").distinct()
    cells = found.group_by(*columns).agg(areas_with=found.count())
    return _renamed(cells, by, ("areas_with",))


def severity(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """The worst grade of each effect after each session: a row a grade that occurs.

    Sessions and keys as in the incidence report.

    Columns:
        grade: 1 mild, 2 moderate, 3 severe, 4 life-threatening, 5 death (CTCAE's grades); empty
            where none was recorded for that effect after that session.
        n: sessions with the effect whose worst grade this is.
        of: sessions with the effect.
        share: n / of.

    Raises:
        ReportError: unknown key or area.
    """
    by = effect_first(checked_keys(by, KEYS, "severity"))
    frame = ask(lake, _grades, catalogue, filters, by)
    frame = frame.sort_values([*by, "grade"], na_position="last", ignore_index=True)
    frame = frame.astype({**dict.fromkeys(by, "str"), "grade": "Int64", "n": "int64"})
    frame["of"] = frame.groupby(list(by), dropna=False)["n"].transform("sum").astype("int64")
    frame["share"] = (frame["n"] / frame["of"]).astype("float64")
    return frame[[*by, *SEVERITY_COLUMNS]]


def _grades(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    keys = tuple(key for key in by if key != "effect")
    found = events(lake, base(lake, catalogue, filters, keys))
    columns = ["clinic_id", "effect", *(f"key_{key}" for key in keys)]
    worst = found.group_by(*columns, "session").agg(grade=found.grade.max())
    worst = worst.select("effect", "grade", **{key: worst[f"key_{key}"] for key in keys})
    return worst.group_by(*by, "grade").agg(n=worst.count())


def onset(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """When effects began: a row a day after the session on which any did.

    Each recorded side effect counts; sessions and keys as in the incidence report. Days are those
    of the calendar: 0 is the day of the session (and any day before it, a slip of the record).

    Columns:
        day: days from the session to the onset; empty where the onset is known only to the month
            or year.
        n: side effects that began then.
        of: side effects with a known day of onset.
        share: n / of; empty where day is.
        share_by: share begun by that day, of those with a known day; empty where day is.

    Raises:
        ReportError: unknown key or area.
    """
    by = effect_first(checked_keys(by, KEYS, "onset"))
    frame = ask(lake, _onsets, catalogue, filters, by)
    frame = frame.sort_values([*by, "day"], na_position="last", ignore_index=True)
    frame = frame.astype({**dict.fromkeys(by, "str"), "day": "Int64", "n": "int64"})
    known = frame["n"].where(frame["day"].notna(), 0)
    groups = known.groupby([frame[key] for key in by], dropna=False)
    frame["of"] = groups.transform("sum").astype("int64")
    here = frame["day"].notna() & (frame["of"] > 0)
    frame["share"] = (frame["n"] / frame["of"]).where(here).astype("float64")
    frame["share_by"] = (groups.cumsum() / frame["of"]).where(here).astype("float64")
    return frame[[*by, "day", "n", "of", "share", "share_by"]]


def _onsets(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    keys = tuple(key for key in by if key != "effect")
    found = events(lake, base(lake, catalogue, filters, keys))
    day = found.onset_on.delta(found.held_on, unit="day").cast("int64")
    rows = found.select(
        "effect", day=(day < 0).ifelse(0, day), **{key: found[f"key_{key}"] for key in keys}
    )
    return rows.group_by(*by, "day").agg(n=rows.count())
