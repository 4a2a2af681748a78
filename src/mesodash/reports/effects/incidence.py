"""Incidence: how many sessions, patients and treated areas a side effect followed, out of all."""

from typing import Any, Final

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.catalogue.watching import last_check
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.by_patient import PERSON, with_patient_share
from mesodash.reports.core.columns import ripe_on, whole, with_share
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.followed import with_followed
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import (
    held_sessions,
    keyed,
    on_session,
    ordered,
    treated,
)
from mesodash.reports.core.spec import ReportColumn, ReportSpec, names_of
from mesodash.reports.effects.counts import (
    AREA_KEYS,
    INCIDENCE_PARTS,
    USED_KEYS,
    following,
    used,
)
from mesodash.reports.effects.side_effects import KEYS
from mesodash.reports.stats.clustering import Totals
from mesodash.reports.stats.exact import clopper_pearson

INCIDENCE_COLUMNS = names_of(INCIDENCE_PARTS)
_SEVERITY = (
    ReportColumn(
        "grade",
        "Int64",
        N_(
            "1 mild, 2 moderate, 3 severe, 4 life-threatening, 5 death (CTCAE's"
            " grades); empty where none was recorded for that effect after that"
            " session"
        ),
    ),
    ReportColumn("n", "int64", N_("sessions with the effect whose worst grade this is")),
    ReportColumn("of", "int64", N_("sessions with the effect")),
    ReportColumn("share", "float64", N_("n / of"), "share"),
)
SEVERITY_COLUMNS = names_of(_SEVERITY)


def incidence(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """How often each effect followed: per session, per patient and per treated area.

    Columns and keys: `INCIDENCE`.

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
    for unit, people in (("session", "patients"), ("area", "treated")):
        names = (f"{unit}_share", f"{unit}_low", f"{unit}_high")
        totals = _totals(frame, f"{unit}s", people)
        frame = with_patient_share(frame, totals, names, f"{unit}_design_effect")
    frame = with_share(
        frame, "patients_with", "patients", ("patient_share", "patient_low", "patient_high")
    )
    names = ("_again", "patient_exact_low", "patient_exact_high")
    frame = with_share(frame, "patients_with", "patients", names, clopper_pearson)
    frame["ripe_on"] = ripe_on(frame, last_check(catalogue))
    frame["followed_share"] = frame["followed"].astype("float64") / frame["sessions"]
    frame["ripe_on"] = ripe_on(frame, last_check(catalogue))
    return ordered(frame, by, INCIDENCE_COLUMNS)


def _totals(frame: pd.DataFrame, n: str, people: str) -> list[Totals]:
    """The sums over patients of each row."""
    names = [people, f"{n}_with", n, f"{n}_with_squared", f"{n}_product", f"{n}_squared"]
    numbers = frame[names].astype("float64").fillna(0.0)
    return [Totals(*map(float, row)) for row in numbers.itertuples(index=False)]


def effect_first(by: tuple[str, ...]) -> tuple[str, ...]:
    """The keys; different effects are never pooled, so `effect` is among them."""
    return by if "effect" in by else ("effect", *by)


def base(
    lake: Lake,
    catalogue: Catalogue,
    filters: Filters,
    keys: tuple[str, ...],
    *,
    followed: bool = False,
) -> Any:
    """The held sessions in scope with the keys' columns; one row per area where the keys or filters
    need one: clinic_id, session, patient, the keys, and `area` then, and `followed` if asked for.
    """  # noqa: D205
    sessions = held_sessions(lake, filters)
    if followed:
        sessions = with_followed(sessions, lake, filters)
    placed = bool(filters.areas or set(keys) & set(AREA_KEYS))
    if placed:
        areas = treated(lake, catalogue, filters).select("clinic_id", "session", "area")
        sessions = on_session(sessions, areas.distinct())
    if set(keys) & set(USED_KEYS):
        sessions = on_session(sessions, used(lake, keys), "left")
    made = {f"key_{k}": e for k, e in keyed(sessions, keys, catalogue).items()}
    columns = ["clinic_id", "session", "patient", *(["area"] if placed else [])]
    columns += ["followed"] if followed else []
    return sessions.select(*columns, **made)


def events(lake: Lake, rows: Any) -> Any:
    """The side effects that followed the sessions of `rows` of `base`, with all its columns.

    `grade` is the severity.
    """
    effects = following(lake, lake.tables.side_effects, Filters())
    effects = effects.filter(effects.follows)
    names = ["effect", "grade", "held_on", "onset_on"]
    effects = effects.mutate(grade=effects.severity)
    if "area" in rows.columns:
        same = ["clinic_id", "session", "area"]
        return rows.inner_join(effects.select(*same, *names), same)
    return on_session(rows, effects.select("clinic_id", "session", *names))


def _named(rows: Any, keys: tuple[str, ...], *more: str) -> Any:
    """The keys under their own names, and these columns."""
    return rows.select(*more, **{key: rows[f"key_{key}"] for key in keys})


def _own(rows: Any, keys: tuple[str, ...], x: str, n: str) -> Any:
    """How many of a patient's units there are: `PERSON`, the keys, and the count under `x`."""
    columns = [*PERSON, *(f"key_{key}" for key in keys)]
    counted = rows.session.nunique() if n == "sessions" else rows.count()
    own = rows.group_by(*columns).agg(**{x: counted})
    return _named(own, keys, *PERSON, x)


def _everyone(lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...]) -> Any:
    rows = base(lake, catalogue, filters, keys, followed=True)
    own = rows.group_by(*PERSON, *(f"key_{key}" for key in keys)).agg(
        own=rows.session.nunique(), heard=rows.session.nunique(where=rows.followed == 1)
    )
    own = _named(own, keys, *PERSON, "own", "heard")
    counts = {
        "followed": own.heard.sum(),
        "sessions": own.own.sum(),
        "patients": own.count(),
        "sessions_squared": (own.own * own.own).sum(),
    }
    return own.group_by(*keys).agg(**counts) if keys else own.agg(**counts)


def _places(lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...]) -> Any:
    own = _own(_placed(lake, catalogue, filters, keys), keys, "own", "areas")
    counts = {
        "areas": own.own.sum(),
        "treated": own.count(),
        "areas_squared": (own.own * own.own).sum(),
    }
    return own.group_by(*keys).agg(**counts) if keys else own.agg(**counts)


def _hits(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    keys = tuple(key for key in by if key != "effect")
    rows = base(lake, catalogue, filters, keys)
    found = events(lake, rows)
    return _of_patients(found, _own(rows, keys, "own", "sessions"), by, "sessions")


def _placed(lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...]) -> Any:
    """The rows of `base`, once for each treated area: with `area` in any case."""
    rows = base(lake, catalogue, filters, keys)
    if "area" not in rows.columns:
        areas = treated(lake, catalogue, filters).select("clinic_id", "session", "area")
        rows = on_session(rows, areas.distinct())
    return rows.distinct()


def _site_hits(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    keys = tuple(key for key in by if key != "effect")
    rows = _placed(lake, catalogue, filters, keys)
    found = events(lake, rows)
    columns = [*PERSON, "effect", *(f"key_{key}" for key in keys)]
    found = found.select(*columns, "session", "area").distinct()
    return _of_patients(found, _own(rows, keys, "own", "areas"), by, "areas")


def _of_patients(found: Any, everyone: Any, by: tuple[str, ...], n: str) -> Any:
    """The units with an effect, as sums over patients: `{n}_with`, its square, its product with all
    of the patient's units, and how many patients.
    """  # noqa: D205
    keys = tuple(key for key in by if key != "effect")
    columns = [*PERSON, "effect", *(f"key_{key}" for key in keys)]
    counted = found.session.nunique() if n == "sessions" else found.count()
    ill = _named(found.group_by(*columns).agg(ill=counted), keys, *PERSON, "effect", "ill")
    right = everyone.select(**{f"right_{name}": everyone[name] for name in everyone.columns})
    same = [ill[name] == right[f"right_{name}"] for name in PERSON]
    same += [ill[key].identical_to(right[f"right_{key}"]) for key in keys]
    both = ill.inner_join(right, same)
    return both.group_by(*by).agg(
        **{
            f"{n}_with": both.ill.sum(),
            f"{n}_with_squared": (both.ill * both.ill).sum(),
            f"{n}_product": (both.ill * both.right_own).sum(),
            "patients_with" if n == "sessions" else "treated_with": both.count(),
        }
    )


def severity(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """The worst grade of each effect after each session: one row per grade that occurs.

    Columns and keys: `SEVERITY`.

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
    """When effects began: one row per day after the session on which any did.

    Columns and keys: `ONSET`.

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


INCIDENCE: Final = ReportSpec(
    function=incidence,
    summary=N_("How often an effect followed, a session, patient and area."),
    columns=INCIDENCE_PARTS,
    made=(
        ReportColumn(
            "with_of", "str", N_("with the effect / all in the same scope"), label="{unit}"
        ),
        ReportColumn(
            "share",
            "float64",
            N_("share with its interval; no share of fewer than {n}"),
            "share",
            label=N_("{per_cent} (95 %)"),
        ),
    ),
    about=(
        ("How often each effect followed: per session, per patient and per treated area."),
        (
            "An effect noted twice after one session counts once. By area (or with an area "
            "filter) only effects recorded in that very area count. The period is that of the "
            "session; `effect` is always a key. By lot or product a session counts under each "
            "one it used."
        ),
    ),
    keys=KEYS,
    usual=("effect",),
    groups=("patients_with", "patients"),
)


SEVERITY: Final = ReportSpec(
    function=severity,
    summary=N_("The worst severity of each effect."),
    columns=_SEVERITY,
    made=(
        ReportColumn(
            "sessions",
            "int64",
            N_("held sessions after which it was recorded"),
            label=N_("Sessions"),
        ),
        ReportColumn("of_grade", "int64", N_("worst grade {grade}, CTCAE"), label="{word}"),
        ReportColumn("not_graded", "int64", N_("no grade was recorded"), label=N_("Not graded")),
    ),
    about=(
        ("The worst grade of each effect after each session: one row per grade that occurs."),
        ("Sessions and keys as in the incidence report."),
    ),
    keys=KEYS,
    usual=("effect",),
    groups=("n", "of"),
)


ONSET: Final = ReportSpec(
    function=onset,
    summary=N_("How long after the session effects began."),
    columns=(
        ReportColumn(
            "day",
            "Int64",
            N_(
                "days from the session to the onset; empty where the onset is known only"
                " to the month or year"
            ),
        ),
        ReportColumn("n", "int64", N_("side effects that began then")),
        ReportColumn("of", "int64", N_("side effects with a known day of onset")),
        ReportColumn("share", "float64", N_("n / of; empty where day is"), "share"),
        ReportColumn(
            "share_by",
            "float64",
            N_("share begun by that day, of those with a known day; empty where day is"),
            "share",
        ),
    ),
    made=(
        ReportColumn(
            "known", "int64", N_("reports whose onset is known to the day"), label=N_("n")
        ),
        ReportColumn(
            "same_day",
            "float64",
            N_("begun by day {n} after the session"),
            "share",
            label=N_("Same day"),
        ),
        ReportColumn(
            "by_day",
            "float64",
            N_("begun by day {n} after the session"),
            "share",
            label=N_("By {n}\N{NO-BREAK SPACE}d"),
        ),
        ReportColumn("latest", "int64", N_("the latest onset"), "days", label=N_("Latest, day")),
        ReportColumn(
            "day_not_known",
            "int64",
            N_("onset known only to the month or year"),
            label=N_("Day not known"),
        ),
    ),
    about=(
        ("When effects began: one row per day after the session on which any did."),
        (
            "Each recorded side effect counts; sessions and keys as in the incidence report. "
            "Days are those of the calendar: 0 is the day of the session (and any day before it, "
            "a slip of the record)."
        ),
    ),
    keys=KEYS,
    usual=("effect",),
    groups=("of",),
)
