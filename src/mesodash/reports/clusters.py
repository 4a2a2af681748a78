"""Clusters: a lot, a practitioner, a site or a clinic after which an effect is too frequent."""

from typing import Any

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.asking import ask
from mesodash.reports.filters import Filters
from mesodash.reports.rates import exact_excess, holm, wilson
from mesodash.reports.scope import (
    codes_below,
    held_sessions,
    narrowed,
    of_course,
    on_session,
    practitioner_label,
    rows_of,
    treated,
)

KINDS = ("lot", "practitioner", "site", "clinic")
COLUMNS = (
    "kind",
    "value",
    "clinic",
    "effect",
    "sessions",
    "with_effect",
    "rate",
    "rate_low",
    "rate_high",
    "other_sessions",
    "other_with_effect",
    "other_rate",
    "p_value",
    "looks",
    "p_corrected",
)
LEVEL = 0.05
_WHOLE = ("sessions", "with_effect", "other_sessions", "other_with_effect", "looks")
_TEXT = ("kind", "value", "clinic", "effect")
TYPES = {
    name: "str" if name in _TEXT else "int64" if name in _WHOLE else "float64" for name in COLUMNS
}


def clusters(lake: Lake, catalogue: Catalogue, filters: Filters) -> pd.DataFrame:
    """Where an effect followed more often than elsewhere in the same clinic, most striking first.

    The period is that of the session.

    Columns:
        kind: lot, practitioner, site (a treated area) or clinic (only in a lake of several).
        value: which one; for a practitioner as in the other reports.
        clinic: the clinic it was seen in.
        effect: the effect's code.
        sessions: held sessions of the period with it (a site: treatments of it).
        with_effect: of these, followed by the effect, however often noted (a site: in that very
            area).
        rate, rate_low, rate_high: with_effect / sessions, with its 95 % Wilson interval.
        other_sessions, other_with_effect, other_rate: the rest of that clinic (for a clinic: all
            other clinics).
        p_value: one-sided Fisher exact test of an excess.
        looks: pairs of a value and an effect that were looked at, those without a case too.
        p_corrected: p_value after Holm's correction for all looks.

    Only rows with p_corrected below 0.05. A site's effects are those recorded in that very area.

    Raises:
        ReportError: unknown area.
    """
    rows = [
        cluster_row(look, p_value, corrected, looks)
        for look, p_value, corrected, looks in tested(lake, catalogue, filters)
        if corrected < LEVEL
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(TYPES)
    return frame.sort_values(["p_corrected", "kind", "value", "effect"], ignore_index=True)


def tested(
    lake: Lake, catalogue: Catalogue, filters: Filters
) -> list[tuple["Look", float, float, int]]:
    """Every look that was made: its counts, p_value, p_corrected, and the number of looks.

    Raises:
        ReportError: unknown area.
    """
    counted = ask(lake, _counts, catalogue, filters)
    looked = [look for kind in KINDS[:-1] for look in _looks(kind, counted)]
    looked += _clinics(counted)
    p_values = [exact_excess(*look[4:]) for look in looked]
    return [
        (look, p_value, corrected, len(looked))
        for look, p_value, corrected in zip(looked, p_values, holm(p_values), strict=True)
    ]


def cluster_row(look: "Look", p_value: float, corrected: float, looks: int) -> dict[str, Any]:
    """The columns of the report for one look."""
    kind, value, clinic, effect, with_effect, n, other_with_effect, other_n = look
    rate, low, high = wilson(with_effect, n)
    return {
        "kind": kind,
        "value": value,
        "clinic": clinic,
        "effect": effect,
        "sessions": n,
        "with_effect": with_effect,
        "rate": rate,
        "rate_low": low,
        "rate_high": high,
        "other_sessions": other_n,
        "other_with_effect": other_with_effect,
        "other_rate": wilson(other_with_effect, other_n)[0],
        "p_value": p_value,
        "looks": looks,
        "p_corrected": corrected,
    }


Look = tuple[str, str, str, str, int, int, int, int]
"""kind, value, clinic, effect; events and all here, events and all elsewhere."""


def _counts(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    """All that is counted, one row a count: what, clinic_id, value, effect, n.

    what: a kind ("lot": sessions with that value), the kind with " effect" behind it (those with
    that effect), "sessions" or "places" (all the kind's rows of the clinic) and the same with
    " effect" behind.
    """
    sessions = held_sessions(lake, filters, ())
    effects = narrowed(of_course(lake.tables.side_effects, lake, filters, ()), filters)
    inside = treated(lake, catalogue, filters).select("clinic_id", "session", value="area")
    if filters.areas:
        codes = codes_below(catalogue, filters.areas)
        sessions = on_session(sessions, inside.select("clinic_id", "session").distinct())
        effects = effects.filter(effects.area.isin(codes))
    kept = sessions.select("clinic_id", "session")
    events = effects.select("clinic_id", "session", "effect").distinct()
    events = events.semi_join(kept, ["clinic_id", "session"])
    lots = lake.tables.products_used
    lots = lots.filter(lots.lot.notnull()).select("clinic_id", "session", value="lot").distinct()  # noqa: PD004 - Ibis, not pandas
    known = sessions.filter(sessions.practitioner.notnull())  # noqa: PD004 - Ibis, not pandas
    known = known.select("clinic_id", "session", value=practitioner_label(known))
    places = inside.distinct().semi_join(kept, ["clinic_id", "session"])
    on_site = effects.filter(effects.area.notnull()).rename(value="area")  # noqa: PD004 - Ibis, not pandas
    on_site = on_site.select("clinic_id", "session", "value", "effect").distinct()
    on_site = on_site.semi_join(places, ["clinic_id", "session", "value"])
    lots = lots.semi_join(kept, ["clinic_id", "session"])
    return ibis.union(
        _count("sessions", sessions),
        _count("places", places),
        _count("sessions effect", events, "effect"),
        _count("places effect", on_site, "effect"),
        _count("lot", lots, "value"),
        _count("practitioner", known, "value"),
        _count("site", places, "value"),
        _count("lot effect", on_session(events, lots), "value", "effect"),
        _count("practitioner effect", on_session(events, known), "value", "effect"),
        _count("site effect", on_site, "value", "effect"),
    )


def _count(what: str, rows: Any, *by: str) -> Any:
    counted = rows.group_by("clinic_id", *by).agg(n=rows.count())
    empty = {name: ibis.null("string") for name in ("value", "effect") if name not in by}
    return counted.mutate(what=ibis.literal(what), **empty).select(
        "what", "clinic_id", "value", "effect", "n"
    )


def _part(counted: pd.DataFrame, what: str, *by: str, n: str = "n") -> pd.DataFrame:
    rows = counted[counted["what"] == what].rename(columns={"n": n})
    return rows[["clinic_id", *by, n]]


def _looks(kind: str, counted: pd.DataFrame) -> list[Look]:
    """The counts of each value and effect: with the effect and all, then those of the others."""
    every = "places" if kind == "site" else "sessions"
    # Every value is looked at for every effect of its clinic, those without a case too.
    frame = _part(counted, kind, "value").merge(
        _part(counted, f"{every} effect", "effect", n="all_k"), on="clinic_id"
    )
    frame = frame.merge(_part(counted, every, n="all_n"), on="clinic_id")
    hits = _part(counted, f"{kind} effect", "value", "effect", n="k")
    frame = frame.merge(hits, how="left", on=["clinic_id", "value", "effect"])
    frame["k"] = frame["k"].fillna(0)
    return [
        (
            kind,
            r.value,
            r.clinic_id,
            r.effect,
            int(r.k),
            int(r.n),
            int(r.all_k - r.k),
            int(r.all_n - r.n),
        )
        for r in rows_of(frame)
        if r.all_n > r.n
    ]


def _clinics(counted: pd.DataFrame) -> list[Look]:
    """Each clinic against all others; nothing if there is only one."""
    n = _part(counted, "sessions")
    if len(n) < 2:
        return []
    k = _part(counted, "sessions effect", "effect", n="k")
    frame = k.merge(n, on="clinic_id")
    total_n, total_k = int(n["n"].sum()), k.groupby("effect")["k"].sum()
    return [
        (
            "clinic",
            r.clinic_id,
            r.clinic_id,
            r.effect,
            int(r.k),
            int(r.n),
            int(total_k[r.effect] - r.k),
            total_n - int(r.n),
        )
        for r in rows_of(frame)
    ]
