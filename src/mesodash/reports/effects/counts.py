"""What the side-effects report counts: its columns, and what it asks the lake, as expressions."""

from typing import Any

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.by_patient import DESIGN_EFFECT, PERSON, stacked
from mesodash.reports.core.columns import RIPE_ON
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.followed import FOLLOWED_SHARE, with_followed
from mesodash.reports.core.selection import (
    codes_below,
    held_sessions,
    keyed,
    months_of,
    narrowed,
    of_clinics,
    of_course,
    on_session,
    summed,
    treated,
)
from mesodash.reports.core.spec import ReportColumn, alike

AREA_KEYS = ("area", "region")
USED_KEYS = ("lot", "product")
COUNTING = ("counting", "from_minutes", "to_minutes")
DURATIONS, NOT_FOLLOWING, RATES, SESSIONS = "durations", "not_following", "rates", "sessions"
_COLUMNS = {
    "clinic_id": "string",
    "patient": "int64",
    "counting": "string",
    "from_minutes": "int64",
    "to_minutes": "int64",
    "n": "int64",
    "squares": "int64",
    "others": "int64",
    "followed": "int64",
}


SIDE_EFFECT_COLUMNS = (
    ReportColumn(
        "n",
        "int64",
        N_(
            "all side effects that followed sessions in the period, which is resolved"
            " + ongoing + no_follow_up + imprecise"
        ),
        label=N_("n"),
    ),
    ReportColumn(
        "resolved",
        "int64",
        N_("with an end, known exactly or between two contacts"),
        label=N_("Resolved"),
    ),
    ReportColumn(
        "ongoing",
        "int64",
        N_("still there at the last contact; in the curve as censored there"),
        label=N_("Still open"),
    ),
    ReportColumn(
        "no_follow_up",
        "int64",
        N_("no contact after the onset; censored at 0"),
        label=N_("No follow-up"),
    ),
    ReportColumn(
        "imprecise",
        "int64",
        N_("onset or end known only to the month or year; not in the curve"),
        label=N_("Imprecise"),
    ),
    ReportColumn("patients", "int64", N_("different patients who had it")),
    ReportColumn(
        "sessions",
        "Int64",
        N_(
            "the denominator: held sessions in the period (by area: that treated it;"
            " by lot: that used it); empty for side effects without a recorded area"
        ),
    ),
    ReportColumn(
        "per_100_sessions",
        "float64",
        N_("100 n / sessions"),
        "per 100 sessions",
        label=N_("Per 100 sessions"),
    ),
    ReportColumn(
        "median_days",
        "float64",
        N_("smallest time at which the curve is at 0.5 or below; empty if not reached"),
        "days",
        label=N_("Half gone by"),
    ),
    *alike(
        {"median_low": "", "median_high": ""},
        "float64",
        N_("its 95 % interval, by patient; a side not reached is empty"),
        "days",
    ),
    *alike(
        {
            "resolved_by_1d": N_("By 1 d"),
            "resolved_by_3d": N_("By 3 d"),
            "resolved_by_7d": N_("By 7 d"),
            "resolved_by_14d": N_("By 14 d"),
        },
        "float64",
        N_(
            "share resolved by then, by the curve; empty if the last one watched was"
            " watched for less and still affected"
        ),
        "share",
    ),
    ReportColumn(
        "promised_days",
        "float64",
        N_(
            "what the catalogue says of it after this protocol (by protocol, or of"
            " one protocol alone): its own source's figure, else the founding text's"
            " promise; empty if there is none"
        ),
        "days",
        label=N_("Promised"),
    ),
    ReportColumn(
        "within_promise",
        "float64",
        N_("share resolved by then, by the curve"),
        "share",
        label=N_("Within the promise"),
    ),
    *alike(
        {
            "resolved_by_1d_low": "",
            "resolved_by_1d_high": "",
            "resolved_by_3d_low": "",
            "resolved_by_3d_high": "",
            "resolved_by_7d_low": "",
            "resolved_by_7d_high": "",
            "resolved_by_14d_low": "",
            "resolved_by_14d_high": "",
        },
        "float64",
        N_("the 95 % interval of that share, by patient"),
        "share",
    ),
    ReportColumn(
        "nine_in_ten_days",
        "float64",
        N_("smallest time at which the curve is at 0.1 or below; empty if not reached"),
        "days",
        label=N_("Nine in ten gone by"),
    ),
    *alike(
        {"nine_in_ten_low": "", "nine_in_ten_high": ""},
        "float64",
        N_("its 95 % interval, by patient; a side not reached is empty"),
        "days",
    ),
    ReportColumn(
        "nine_in_ten_reliable",
        "bool",
        N_(
            "whether simulations say that this interval holds what it promises: 30 patients or"
            " more, and 20 would still be followed by then, had none of them ended"
        ),
    ),
    *alike(
        {"per_100_low": "", "per_100_high": ""},
        "float64",
        N_("the 95 % interval of per_100_sessions, by patient"),
        "days",
    ),
    ReportColumn(
        "not_following",
        "int64",
        N_(
            "recorded of sessions in the period but in no other column, since they"
            " cannot have followed their session: it was not held, they began before"
            " the patient's first held session, or in an area that the session did"
            " not treat"
        ),
    ),
    ReportColumn(
        "reliable",
        "bool",
        N_(
            "whether simulations say that the intervals hold what they promise: 30 patients or more"
        ),
    ),
    *alike(
        {f"resolved_by_{day}d_reliable": "" for day in (1, 3, 7, 14)},
        "bool",
        N_(
            "the same of the interval by that day: 20 or more would still be followed by then, too,"
            " had none of them ended"
        ),
    ),
    ReportColumn(
        "design_effect",
        "float64",
        N_(
            "how many times the variance where half were gone is that of unrelated effects,"
            " as patients have several: n side effects tell as much as n divided by it"
        ),
    ),
    ReportColumn("followed_share", "float64", FOLLOWED_SHARE, "share", label=N_("Followed up")),
    RIPE_ON,
)
"""What the report says of each group, in the order of its columns."""


INCIDENCE_PARTS = (
    ReportColumn(
        "sessions_with",
        "int64",
        N_("held sessions of the period after which the effect was recorded"),
        label=N_("Sessions"),
    ),
    ReportColumn(
        "sessions",
        "int64",
        N_("held sessions of the period (by area: that treated it; by lot: that used it)"),
    ),
    *alike(
        {"session_share": N_("% of sessions"), "session_low": "", "session_high": ""},
        "float64",
        N_("sessions_with / sessions, and its 95 % interval by patient"),
        "share",
    ),
    ReportColumn(
        "patients_with", "int64", N_("different patients of sessions_with"), label=N_("Patients")
    ),
    ReportColumn("patients", "int64", N_("different patients of sessions")),
    *alike(
        {"patient_share": N_("% of patients"), "patient_low": "", "patient_high": ""},
        "float64",
        N_("patients_with / patients, 95 % Wilson interval: each patient counts once"),
        "share",
    ),
    *alike(
        {"patient_exact_low": "", "patient_exact_high": ""},
        "float64",
        N_(
            "the same share's exact 95 % interval (Clopper-Pearson), which never"
            " covers less than 95 %"
        ),
        "share",
    ),
    ReportColumn(
        "areas_with",
        "int64",
        N_("treated areas in which the effect was recorded, each area once a session"),
        label=N_("Areas"),
    ),
    ReportColumn(
        "areas",
        "int64",
        N_("treated areas of the sessions, each once a session, whatever the sides"),
    ),
    *alike(
        {"area_share": N_("% of areas"), "area_low": "", "area_high": ""},
        "float64",
        N_(
            "areas_with / areas, and its 95 % interval by patient; effects without a"
            " recorded area are not in it"
        ),
        "share",
    ),
    *alike(
        {"session_design_effect": "", "area_design_effect": ""},
        "float64",
        DESIGN_EFFECT,
    ),
    ReportColumn("followed_share", "float64", FOLLOWED_SHARE, "share", label=N_("Followed up")),
    RIPE_ON,
)
"""The columns of the incidence report."""


def everything(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    """All in one question, which the engine plans once: what, the keys, and the columns below.

    what:
        durations: one row per group, patient and duration: clinic_id, patient, `COUNTING`, n.
        not_following: one row per group: n side effects that did not follow their session.
        rates: one row per group over patients with a side effect: n patients, squares (sum of their
            number of side effects, squared) and others (sum of that number times their sessions).
        sessions: a row for each value of the keys other than the effect: n sessions, squares (sum
            over patients of their number of sessions, squared), others (n patients) and followed
            (sessions that were followed up).
    """
    keys = tuple(key for key in by if key != "effect")
    effects = _effects(lake, catalogue, filters, by)
    people = _sessions_of_patients(lake, catalogue, filters, keys)
    parts = {
        DURATIONS: _durations(effects, by),
        NOT_FOLLOWING: _not_following(effects, by),
        RATES: _rates(effects, people, by, keys),
        SESSIONS: _sessions(people, keys),
    }
    return stacked(parts, by, _COLUMNS)


def durations(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    """How many side effects of each patient were counted in each way: the keys, `PERSON`,
    `COUNTING`, n.
    """  # noqa: D205
    return _durations(_effects(lake, catalogue, filters, by), by)


def durations_with(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...], fact: str
) -> Any:
    """As `durations`, told apart by one more column of the lake: `told` or `again_minutes`."""
    return _durations(_effects(lake, catalogue, filters, by, (fact,)), by, (fact,))


def _durations(effects: Any, by: tuple[str, ...], more: tuple[str, ...] = ()) -> Any:
    effects = effects.filter(effects.follows)
    return effects.group_by(*by, *PERSON, *COUNTING, *more).agg(n=effects.count())


def _not_following(effects: Any, by: tuple[str, ...]) -> Any:
    apart = effects.filter(~effects.follows)
    return apart.group_by(*by).agg(n=apart.count())


def _rates(effects: Any, people: Any, by: tuple[str, ...], keys: tuple[str, ...]) -> Any:
    """Of the patients with a side effect, by group: squares and products for the variance."""
    effects = effects.filter(effects.follows)
    own = effects.group_by(*PERSON, *by).agg(events=effects.count())
    right = people.select(**{f"right_{c}": people[c] for c in (*PERSON, *keys, "own")})
    same = [own[c] == right[f"right_{c}"] for c in PERSON]
    same += [own[key].identical_to(right[f"right_{key}"]) for key in keys]
    both = own.left_join(right, same)
    both = both.mutate(own=both.right_own.coalesce(0))
    return both.group_by(*by).agg(
        n=both.count(),
        squares=(both.events * both.events).sum(),
        others=(both.events * both.own).sum(),
    )


def following(lake: Lake, effects: Any, filters: Filters) -> Any:
    """The side effects with `follows`: whether each can have followed its session.

    It cannot where the session was not held, where it began before the patient's first held session
    (by the day), or where its area lies outside all that the session treated (an area and its
    group are no contradiction; nor is a session of which no area was recorded).
    """
    sessions = of_clinics(lake.tables.sessions, filters)
    held = sessions.filter(sessions.state == "held")
    first = held.group_by("clinic_id", "patient").agg(first_held=held.held_on.min())
    first = first.select(first_clinic="clinic_id", first_patient="patient", first_held="first_held")
    session = held.select(held_clinic="clinic_id", held_session="session")
    places = of_clinics(lake.tables.treated_areas, filters)
    conditions = months_of(places, filters.period)
    places = places.filter(*conditions) if conditions else places
    places = places.select("clinic_id", "session", treated="area").distinct()
    there = effects.select("clinic_id", "session", "side_effect", "area")
    there = there.filter(there.area.notnull()).inner_join(places, ["clinic_id", "session"])
    fits = (
        (there.treated == there.area)
        | there.treated.startswith(there.area + ".")
        | there.area.startswith(there.treated + ".")
    )
    there = there.group_by("clinic_id", "side_effect").agg(elsewhere=~fits.any())
    there = there.select(
        there_clinic="clinic_id", there_effect="side_effect", elsewhere="elsewhere"
    )
    joined = effects.left_join(
        session,
        [effects.clinic_id == session.held_clinic, effects.session == session.held_session],
    )
    joined = joined.left_join(
        first,
        [joined.clinic_id == first.first_clinic, joined.patient == first.first_patient],
    )
    joined = joined.left_join(
        there,
        [joined.clinic_id == there.there_clinic, joined.side_effect == there.there_effect],
    )
    early = (joined.onset_on < joined.first_held).coalesce(False)
    elsewhere = joined.elsewhere.coalesce(False)
    follows = joined.held_session.notnull() & ~early & ~elsewhere
    return joined.select(*effects.columns, follows=follows)


def _effects(
    lake: Lake,
    catalogue: Catalogue,
    filters: Filters,
    by: tuple[str, ...],
    more: tuple[str, ...] = (),
) -> Any:
    """The side effects that the filters leave, with the keys as columns beside the facts."""
    effects = narrowed(of_course(lake.tables.side_effects, lake, filters, by), filters)
    if filters.areas:
        effects = effects.filter(effects.area.isin(codes_below(catalogue, filters.areas)))
    effects = following(lake, effects, filters)
    if set(by) & set(USED_KEYS):
        effects = on_session(effects, used(lake, by), "left")
    facts = [c for c in (*PERSON, *COUNTING, "follows", *more) if c not in by]
    return effects.select(**keyed(effects, by, catalogue), **{c: effects[c] for c in facts})


def used(lake: Lake, keys: tuple[str, ...]) -> Any:
    """Each lot or product (or both, as the keys say) of each session once."""
    wanted = [key for key in USED_KEYS if key in keys]
    products = lake.tables.products_used
    products = products.filter(*(products[key].notnull() for key in wanted))
    return products.select("clinic_id", "session", *wanted).distinct()


def _sessions_of_patients(
    lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...]
) -> Any:
    """Held sessions in scope: `PERSON`, the keys other than the effect, own (how many)."""
    sessions = with_followed(held_sessions(lake, filters, keys), lake, filters)
    whole = not (filters.areas or set(keys) & {*AREA_KEYS, *USED_KEYS})
    if filters.areas or set(keys) & set(AREA_KEYS):
        sessions = on_session(sessions, treated(lake, catalogue, filters).drop("volume_ul"))
    if set(keys) & set(USED_KEYS):
        sessions = on_session(sessions, used(lake, keys), "left")
    cells = sessions.select(
        **keyed(sessions, keys, catalogue),
        **{c: sessions[c] for c in (*PERSON, "session", "followed")},
    )
    heard = cells.followed == 1
    return cells.group_by(*PERSON, *keys).agg(
        own=cells.count() if whole else cells.session.nunique(),  # a row a session is a count
        followed=cells.followed.sum() if whole else cells.session.nunique(where=heard),
    )


def _sessions(people: Any, keys: tuple[str, ...]) -> Any:
    cells = people.select(
        *keys, n=people.own, squares=people.own * people.own, others=1, followed=people.followed
    )
    return summed(cells, keys, ("n", "squares", "others", "followed"))
