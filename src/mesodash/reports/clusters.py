"""Clusters: a lot, a practitioner, a site or a clinic after which an effect is too frequent."""

from typing import Any

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.filters import Filters
from mesodash.reports.rates import exact_excess, holm, wilson
from mesodash.reports.scope import (
    codes_below,
    held_sessions,
    narrowed,
    on_session,
    practitioner_label,
    rows_of,
    treated,
    with_course,
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
_TYPES = {
    name: "str" if name in _TEXT else "int64" if name in _WHOLE else "float64" for name in COLUMNS
}


def clusters(lake: Lake, catalogue: Catalogue, filters: Filters) -> pd.DataFrame:
    """Where an effect followed more often than elsewhere in the same clinic, most striking first.

    Columns:
        kind: lot, practitioner, site (a treated area) or clinic (only in a lake of several).
        value: which one; for a practitioner as in the other reports.
        clinic: the clinic it was seen in.
        effect: the effect's code.
        sessions, with_effect: held sessions of the period with it (a site: treatments of it), and
            those after which the effect was recorded.
        rate, rate_low, rate_high: with_effect / sessions, 95 % Wilson interval.
        other_sessions, other_with_effect, other_rate: the rest of that clinic (for a clinic: all
            other clinics).
        p_value: one-sided Fisher exact test of an excess.
        looks: how many were looked at; p_corrected: p_value after Holm's correction for them.

    Only rows with p_corrected below 0.05. A site's effects are those recorded in that very area.

    Raises:
        ReportError: unknown area.
    """
    sessions = held_sessions(lake, filters)
    effects = narrowed(with_course(lake.tables.side_effects, lake), filters)
    if filters.areas:
        codes = codes_below(catalogue, filters.areas)
        inside = treated(lake, catalogue, filters).select("clinic_id", "session").distinct()
        sessions = on_session(sessions, inside)
        effects = effects.filter(effects.area.isin(codes))
    looked = [
        *_lots(lake, sessions, effects),
        *_practitioners(lake, sessions, effects),
        *_sites(lake, catalogue, filters, sessions, effects),
        *_clinics(lake, sessions, effects),
    ]
    p_values = [exact_excess(*look[4:]) for look in looked]
    rows = []
    for look, p_value, corrected in zip(looked, p_values, holm(p_values), strict=True):
        kind, value, clinic, effect, with_effect, n, other_with_effect, other_n = look
        if corrected >= LEVEL:
            continue
        rate, low, high = wilson(with_effect, n)
        other_rate = wilson(other_with_effect, other_n)[0]
        rows.append(
            (
                kind,
                value,
                clinic,
                effect,
                n,
                with_effect,
                rate,
                low,
                high,
                other_n,
                other_with_effect,
                other_rate,
                p_value,
                len(looked),
                corrected,
            )
        )
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(_TYPES)
    return frame.sort_values(["p_corrected", "kind", "value", "effect"], ignore_index=True)


Look = tuple[str, str, str, str, int, int, int, int]


def _lots(lake: Lake, sessions: Any, effects: Any) -> list[Look]:
    lots = lake.tables.products_used
    lots = lots.filter(lots.lot.notnull()).select("clinic_id", "session", value="lot").distinct()  # noqa: PD004 - Ibis, not pandas
    return _looks(lake, "lot", on_session(sessions, lots), sessions, effects)


def _practitioners(lake: Lake, sessions: Any, effects: Any) -> list[Look]:
    known = sessions.filter(sessions.practitioner.notnull())  # noqa: PD004 - Ibis, not pandas
    return _looks(
        lake, "practitioner", known.mutate(value=practitioner_label(known)), sessions, effects
    )


def _sites(
    lake: Lake, catalogue: Catalogue, filters: Filters, sessions: Any, effects: Any
) -> list[Look]:
    places = treated(lake, catalogue, filters).select("clinic_id", "session", value="area")
    places = on_session(sessions, places.distinct())
    effects = effects.filter(effects.area.notnull()).rename(value="area")  # noqa: PD004 - Ibis, not pandas
    return _looks(lake, "site", places, places, effects)


def _looks(lake: Lake, kind: str, members: Any, everyone: Any, effects: Any) -> list[Look]:
    """The counts of each value and effect: with the effect and all, then those of the others.

    Args:
        lake: runs the counts.
        kind: goes into each look.
        members: a row a session (and value) that has a `value`.
        everyone: all rows the members are among.
        effects: side effects, with `value` where only those of the same value count.
    """
    same = ["value"] if "value" in effects.columns else []
    events = effects.select("clinic_id", "session", "effect", *same).distinct()
    if same:
        places = everyone.select("clinic_id", "session", "value").distinct()
        events = events.semi_join(places, ["clinic_id", "session", "value"])
        hit = events
    else:
        kept = everyone.select("clinic_id", "session").distinct()
        events = events.semi_join(kept, ["clinic_id", "session"])
        hit = on_session(events, members.select("clinic_id", "session", "value"))
    size = members.group_by("clinic_id", "value").agg(n=members.count())
    hits = hit.group_by("clinic_id", "value", "effect").agg(k=hit.count())
    all_n = everyone.group_by("clinic_id").agg(all_n=everyone.count())
    all_k = events.group_by("clinic_id", "effect").agg(all_k=events.count())
    # Every value is looked at for every effect of its clinic, those without a case too.
    frame = lake.run(size).merge(lake.run(all_k), on="clinic_id").merge(lake.run(all_n))
    frame = frame.merge(lake.run(hits), how="left", on=["clinic_id", "value", "effect"])
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


def _clinics(lake: Lake, sessions: Any, effects: Any) -> list[Look]:
    """Each clinic against all others; nothing if there is only one."""
    n = lake.run(sessions.group_by("clinic_id").agg(n=sessions.count()))
    if len(n) < 2:
        return []
    events = effects.select("clinic_id", "session", "effect").distinct()
    kept = sessions.select("clinic_id", "session")
    events = events.semi_join(kept, ["clinic_id", "session"])
    k = lake.run(events.group_by("clinic_id", "effect").agg(k=events.count()))
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
