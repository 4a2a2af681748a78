"""Clusters: a lot, a practitioner, a site or a clinic after which an effect is too frequent."""

from typing import Any, Final

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.asking import ask
from mesodash.reports.filters import Filters
from mesodash.reports.many_exact import exact_excesses
from mesodash.reports.rates import holm, wilson
from mesodash.reports.scope import (
    areas_in_scope,
    codes_below,
    held_sessions,
    months_of,
    narrowed,
    of_clinics,
    of_course,
    on_session,
    practitioner_label,
    rows_of,
)

KIND_WORDS: Final = {
    "lot": "Lot",
    "practitioner": "Practitioner",
    "site": "Treated area",
    "clinic": "Clinic",
}
"""What is looked at: kind -> how people call it."""
KINDS = tuple(KIND_WORDS)
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


Look = tuple[str, str, str, str, int, int, int, int]
"""kind, value, clinic, effect; events and all here, events and all elsewhere."""

Count = tuple[str, str, str | None, str | None, int]
"""what, clinic, value, effect, how many."""


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
) -> list[tuple[Look, float, float, int]]:
    """Every look that was made: its counts, p_value, p_corrected, and the number of looks.

    Raises:
        ReportError: unknown area.
    """
    looked = _looks(counts(lake, catalogue, filters))
    p_values = exact_excesses([look[4:] for look in looked])
    return [
        (look, p_value, corrected, len(looked))
        for look, p_value, corrected in zip(looked, p_values, holm(p_values), strict=True)
    ]


def cluster_row(look: Look, p_value: float, corrected: float, looks: int) -> dict[str, Any]:
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


def counts(lake: Lake, catalogue: Catalogue, filters: Filters) -> list[Count]:
    """All that is counted: what, clinic_id, value, effect, n.

    what: a kind ("lot": sessions with that value), the kind with " effect" behind it (those with
    that effect), "sessions" or "places" (all the kind's rows of the clinic) and the same with
    " effect" behind.

    Raises:
        ReportError: unknown area.
    """
    counted: list[Count] = []
    # Two questions, one after the other: the engine would hold both in memory at once.
    for build, of_all, every in (
        (_by_session, "practitioner", "sessions"),
        (_by_place, "site", "places"),
    ):
        frame = ask(lake, build, catalogue, filters)
        rows = [_plain(row) for row in rows_of(frame.astype({"n": "int64"}))]
        totals: dict[tuple[str, str, str | None], int] = {}
        for what, clinic, _, effect, n in rows:
            if what.removesuffix(" effect") == of_all:
                key = (what.replace(of_all, every), clinic, effect)
                totals[key] = totals.get(key, 0) + n
        counted += [(what, clinic, None, effect, n) for (what, clinic, effect), n in totals.items()]
        counted += [row for row in rows if row[2] is not None]
    return counted


def _plain(row: Any) -> Count:
    value, effect = (None if pd.isna(text) else text for text in (row.value, row.effect))
    return row.what, row.clinic_id, value, effect, row.n


def _scope(lake: Lake, catalogue: Catalogue, filters: Filters) -> tuple[Any, Any, Any]:
    """The held sessions, the side effects of the same time, and the treated areas."""
    sessions = held_sessions(lake, filters, ())
    effects = narrowed(of_course(lake.tables.side_effects, lake, filters, ()), filters)
    inside = areas_in_scope(lake, catalogue, filters)
    if filters.areas:
        sessions = on_session(sessions, inside.select("clinic_id", "session").distinct())
        codes = codes_below(catalogue, filters.areas)
        effects = effects.filter(effects.area.isin(codes))
    return sessions, effects, inside.select("clinic_id", "session", value="area")


def _by_session(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    """Sessions by practitioner (empty where none is noted) and by lot, and those with an effect."""
    sessions, effects, _ = _scope(lake, catalogue, filters)
    known = sessions.select("clinic_id", "session", value=practitioner_label(sessions))
    effects = effects.select("clinic_id", "session", "effect")
    events = on_session(effects, known).distinct()
    lots = of_clinics(lake.tables.products_used, filters)
    lots = lots.filter(lots.lot.notnull(), *months_of(lots, filters.period))  # noqa: PD004 - Ibis, not pandas
    lots = lots.select("clinic_id", "session", value="lot")
    lots = lots.semi_join(known, ["clinic_id", "session"]).distinct()
    return ibis.union(
        _count("practitioner", known, "value"),
        _count("practitioner effect", events, "value", "effect"),
        _count("lot", lots, "value"),
        _count("lot effect", on_session(lots, events.drop("value")), "value", "effect"),
    )


def _by_place(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    """Sessions by treated area, and those with an effect in that very area."""
    sessions, effects, inside = _scope(lake, catalogue, filters)
    kept = sessions.select("clinic_id", "session")
    places = inside.semi_join(kept, ["clinic_id", "session"]).distinct()
    effects = effects.select("clinic_id", "session", "effect", value="area")
    on_site = effects.semi_join(places, ["clinic_id", "session", "value"]).distinct()
    return ibis.union(
        _count("site", places, "value"), _count("site effect", on_site, "value", "effect")
    )


def _count(what: str, rows: Any, *by: str) -> Any:
    counted = rows.group_by("clinic_id", *by).agg(n=rows.count())
    empty = {name: ibis.null("string") for name in ("value", "effect") if name not in by}
    return counted.mutate(what=ibis.literal(what), **empty).select(
        "what", "clinic_id", "value", "effect", "n"
    )


def _looks(counted: list[Count]) -> list[Look]:
    """The counts of each value and effect: with the effect and all, then those of the others."""
    known = {tuple(row[:4]): row[4] for row in counted}
    effects: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for what, clinic, _, effect, n in counted:
        if effect is not None and what in ("sessions effect", "places effect"):
            effects.setdefault((what, clinic), []).append((effect, n))
    found = []
    for kind, clinic, value, _, n in counted:
        if kind not in KINDS or value is None:
            continue
        every = "places" if kind == "site" else "sessions"
        all_n = known[every, clinic, None, None]
        if all_n > n:  # else there are no others
            # Each value is looked at for every effect of its clinic, those without a case too.
            for effect, all_k in effects.get((f"{every} effect", clinic), ()):
                k = known.get((f"{kind} effect", clinic, value, effect), 0)
                found.append((kind, value, clinic, effect, k, n, all_k - k, all_n - n))
    return found + _clinics(counted)


def _clinics(counted: list[Count]) -> list[Look]:
    """Each clinic against all others; nothing if there is only one."""
    sessions = {clinic: n for what, clinic, _, _, n in counted if what == "sessions"}
    if len(sessions) < 2:
        return []
    hits = [(clinic, e, n) for what, clinic, _, e, n in counted if what == "sessions effect"]
    total_n, total_k = sum(sessions.values()), dict.fromkeys((e or "" for _, e, _ in hits), 0)
    for _, effect, k in hits:
        total_k[effect or ""] += k
    return [
        ("clinic", clinic, clinic, effect, k, n, total_k[effect] - k, total_n - n)
        for clinic, effect, k in ((c, e or "", k) for c, e, k in hits)
        for n in (sessions[clinic],)
    ]
