"""What the side-effects report counts, as expressions: durations, patients and sessions."""

from typing import Any

import ibis

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.filters import Filters
from mesodash.reports.scope import (
    codes_below,
    held_sessions,
    keyed,
    narrowed,
    of_course,
    on_session,
    summed,
    treated,
)

AREA_KEYS = ("area", "region")
USED_KEYS = ("lot", "product")
COUNTING = ("counting", "from_minutes", "to_minutes")
DURATIONS, PATIENTS, SESSIONS = "durations", "patients", "sessions"


def everything(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    """All three in one question, which the engine plans once: what, the keys, `COUNTING`, n.

    what: durations (a row a group and duration), patients (a row a group) or sessions (a row for
    each value of the keys other than the effect).
    """
    keys = tuple(key for key in by if key != "effect")
    parts = {
        DURATIONS: durations(lake, catalogue, filters, by),
        PATIENTS: _patients(lake, catalogue, filters, by),
        SESSIONS: _sessions(lake, catalogue, filters, keys),
    }
    kinds = dict.fromkeys(by, "string") | dict(zip(COUNTING, _KINDS, strict=True)) | {"n": "int64"}
    return ibis.union(
        *(
            part.select(
                what=ibis.literal(what),
                **{
                    name: part[name].cast(kind) if name in part.columns else ibis.null(kind)
                    for name, kind in kinds.items()
                },
            )
            for what, part in parts.items()
        )
    )


_KINDS = ("string", "int64", "int64")


def durations(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    """How many side effects of each group were counted in each way: the keys, `COUNTING`, n."""
    effects = _effects(lake, catalogue, filters, by)
    return effects.group_by(*by, *COUNTING).agg(n=effects.count())


def _effects(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    """The side effects that the filters leave, with the keys as columns beside the facts."""
    effects = narrowed(of_course(lake.tables.side_effects, lake, filters, by), filters)
    if filters.areas:
        effects = effects.filter(effects.area.isin(codes_below(catalogue, filters.areas)))
    if set(by) & set(USED_KEYS):
        effects = on_session(effects, used(lake, by), "left")
    facts = [c for c in ("patient", "counting", "from_minutes", "to_minutes") if c not in by]
    return effects.select(
        **keyed(effects, by, catalogue),
        clinic_id=effects.clinic_id,
        **{c: effects[c] for c in facts},
    )


def used(lake: Lake, keys: tuple[str, ...]) -> Any:
    """Each lot or product (or both, as the keys say) of each session once."""
    wanted = [key for key in USED_KEYS if key in keys]
    products = lake.tables.products_used
    products = products.filter(*(products[key].notnull() for key in wanted))
    return products.select("clinic_id", "session", *wanted).distinct()


def _patients(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    effects = _effects(lake, catalogue, filters, by)
    cells = effects.group_by("clinic_id", *by).agg(n=effects.patient.nunique())
    return summed(cells, by, ("n",))


def _sessions(lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...]) -> Any:
    """Held sessions in scope by the keys other than the effect."""
    sessions = held_sessions(lake, filters, keys)
    whole = not (filters.areas or set(keys) & {*AREA_KEYS, *USED_KEYS})
    if filters.areas or set(keys) & set(AREA_KEYS):
        sessions = on_session(sessions, treated(lake, catalogue, filters).drop("volume_ul"))
    if set(keys) & set(USED_KEYS):
        sessions = on_session(sessions, used(lake, keys), "left")
    cells = sessions.select(
        **keyed(sessions, keys, catalogue), clinic_id=sessions.clinic_id, session=sessions.session
    )
    cells = cells.group_by("clinic_id", *keys).agg(
        n=cells.count() if whole else cells.session.nunique()  # a row a session is a count
    )
    return summed(cells, keys, ("n",))
