"""The interval between sessions: whether an area has rested, and whether a day respects it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue, Schedule
from mesodash.language import N_, _, format_day, format_days, format_range, format_trimmed
from mesodash.records.courses.protocol_versions import ProtocolVersion
from mesodash.records.patients.last_treated import LastTreated

SUNDAY: Final = 6

State = Literal["free", "too_early", "overdue", "never", "no_interval"]
STATES: Final[tuple[State, ...]] = ("too_early", "overdue", "free", "no_interval", "never")
"""From the state that needs most care to the one that needs none."""

GRACE_DAYS: Final = 7
"""How late a session may be before it is overdue: a clinic default, as in the report on intervals.

Most protocols publish one interval and no span; a single free day would make every area overdue.
"""


@dataclass(frozen=True, slots=True)
class Interval:
    """The days between two sessions, the shortest and the longest; None is not published.

    `source` is "adopted", "published" or "none".
    """

    min_days: float | None
    max_days: float | None
    source: Literal["adopted", "published", "none"]


_WEEKDAYS: Final = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
    N_("Sunday"),
)  # fmt: skip
_NEAR: Final = {
    ("held", True): N_("Only {apart} after the session held on {day}: {rule}"),
    ("held", False): N_("Only {apart} before the session held on {day}: {rule}"),
    ("planned", True): N_("Only {apart} after the session planned on {day}: {rule}"),
    ("planned", False): N_("Only {apart} before the session planned on {day}: {rule}"),
}
"""Sentences by what the other session is, and whether it comes before the day in question."""

UNKNOWN: Final = Interval(None, None, "none")


@dataclass(frozen=True, slots=True)
class RestState:
    """The state of one area on a day.

    Attributes:
        area: which, with the patient's side.
        last_on: when it was last treated; None if never.
        days: since then; None if never.
        state: too_early (before the shortest interval), overdue (more than GRACE_DAYS after the
            longest), free, never (no session is recorded), or no_interval (treated, but there is
            no interval to judge by).
        free_on: the first day on which it is free again, if known.
        sentence: the same in words.
    """

    area: AreaSide
    last_on: date | None
    days: int | None
    state: State
    free_on: date | None
    sentence: str


def interval_of(
    catalogue: Catalogue,
    protocol: str,
    version: ProtocolVersion | None = None,
    schedule: Schedule | None = None,
) -> Interval:
    """The interval to rest by: the clinic's own as adopted, else the published one.

    With a schedule it is that one source's. Without, nobody said which one is followed: rested
    enough by any, and late only by all. The adopted interval is the shortest; the longest stays
    the published one, unless the clinic adopted a longer.
    """
    published = schedule or catalogue.protocols[protocol]
    low, high = published.interval_days_min, published.interval_days_max
    own = None if version is None else version.parameters.interval_days
    if own is not None:
        return Interval(own, None if high is None else max(high, own), "adopted")
    return Interval(low, high, "none" if low is None and high is None else "published")


def rest_states(
    last_treated: Mapping[AreaSide, date] | Mapping[tuple[str, str], date],
    interval: Interval,
    today: date,
    *,
    areas: Iterable[AreaSide] = (),
    catalogue: Catalogue | None = None,
) -> dict[AreaSide, RestState]:
    """The state of each area today.

    Args:
        last_treated: the last session of each area and side.
        interval: the interval to judge by, as from `interval_of`.
        today: the day.
        areas: further areas to include; those without a session come out as never treated.
        catalogue: if given, a session recorded on a larger part (`leg`, where nothing finer was
            known) counts for every area asked about inside it.

    Returns:
        One state for each area asked about, else for each treated. A session recorded on both
        sides counts for the left and the right, and on any side for an area across the middle
        (and the other way round); a day after today counts as today.
    """
    known = {AreaSide.of(key): min(on, today) for key, on in last_treated.items()}
    asked = list(dict.fromkeys(areas))
    if not asked:
        asked = list(
            dict.fromkeys(
                one
                for site in known
                for one in (
                    (AreaSide(site.area, "left"), AreaSide(site.area, "right"))
                    if site.side == "both"
                    else (site,)
                )
            )
        )
    return {site: _state(site, _last(site, known, catalogue), interval, today) for site in asked}


def _last(
    site: AreaSide, known: Mapping[AreaSide, date], catalogue: Catalogue | None
) -> date | None:
    """When a site was last treated, counting what covers it."""
    codes = {site.area}
    if catalogue is not None and site.area in catalogue.areas:
        codes.update(catalogue.ancestors(site.area))
    found = [
        on
        for other, on in known.items()
        if other.area in codes and _sides_meet(site.side, other.side)
    ]
    return max(found, default=None)


def _sides_meet(one: str, other: str) -> bool:
    """All but a left and a right one: a midline area counts as treated if a half of it is."""
    return {one, other} != {"left", "right"}


def _state(site: AreaSide, last: date | None, interval: Interval, today: date) -> RestState:
    if last is None:
        return RestState(site, None, None, "never", None, _("No session is recorded here."))
    days = (today - last).days
    since = (
        _("{days} since the last session").format(days=format_days(days))
        if days
        else _("Treated today")
    )
    low, high = interval.min_days, interval.max_days
    own = interval.source == "adopted"
    if low is not None and days < low:
        free_on = _after(last, low)
        sentence = (
            _("{since}: too early, the clinic's own interval is at least {least}; {wait} to go.")
            if own
            else _("{since}: too early, the interval is at least {least}; {wait} to go.")
        ).format(since=since, least=format_days(low), wait=format_days((free_on - today).days))
        return RestState(site, last, days, "too_early", free_on, sentence)
    free = None if low is None else _after(last, low)
    if high is not None and days > high + GRACE_DAYS:
        sentence = _("{since}: overdue, {late} beyond the longest interval of {longest}.").format(
            since=since, late=format_days(days - high), longest=format_days(high)
        )
        return RestState(site, last, days, "overdue", free, sentence)
    if low is None and high is None:
        sentence = _("{since}; no interval is published for this protocol.").format(since=since)
        return RestState(site, last, days, "no_interval", None, sentence)
    sentence = (
        _("{since}: free, the clinic's own interval of {range} days has passed.")
        if own
        else _("{since}: free, the interval of {range} days has passed.")
    ).format(since=since, range=format_range(low, high))
    return RestState(site, last, days, "free", free, sentence)


def _after(last: date, days: float) -> date:
    """The first day on which that many whole days have passed."""
    return date.fromordinal(last.toordinal() + -int(-days // 1))


def against(
    to: date,
    interval: Interval,
    *,
    held: date | None,
    planned: Iterable[date],
    closed_weekdays: Collection[int] = (SUNDAY,),
) -> tuple[str, ...]:
    """Reasons against holding a session on a day.

    Only the nearest session before and the nearest one after are considered.

    Args:
        to: the day.
        interval: the shortest time between two sessions, as from `interval_of`.
        held: the last session held where this one is to treat; None if there was none.
        planned: the other days planned there, or of the same course.
        closed_weekdays: Monday is 0, Sunday 6.

    Returns:
        Sentences; none if the day keeps the interval, or no interval is known.
    """
    told = []
    if to.weekday() in closed_weekdays:
        told.append(
            _("{day} is a {weekday}, on which no course of this clinic is planned.").format(
                day=format_day(to), weekday=_(_WEEKDAYS[to.weekday()])
            )
        )
    others = set(planned)
    if to == held or to in others:
        told.append(
            (
                _("Another session is held on {day}.")
                if to == held
                else _("Another session is planned on {day}.")
            ).format(day=format_day(to))
        )
    least = interval.min_days
    if least is None:
        return tuple(told)
    rule = (
        _("the clinic's own interval is at least {n} days.")
        if interval.source == "adopted"
        else _("the interval is at least {n} days.")
    ).format(n=format_trimmed(least))
    known = dict.fromkeys(others, "planned") | ({} if held is None else {held: "held"})
    near = (
        max((day for day in known if day < to), default=None),
        min((day for day in known if day > to), default=None),
    )
    for day in near:
        if day is not None and abs((to - day).days) < least:
            apart = format_days(abs((to - day).days))
            told.append(
                _(_NEAR[known[day], day < to]).format(apart=apart, day=format_day(day), rule=rule)
            )
    return tuple(told)


def rested(
    catalogue: Catalogue,
    last: Iterable[LastTreated],
    versions: Mapping[str, ProtocolVersion],
    under_way: Collection[str],
    sites: Sequence[AreaSide],
    today: date,
    *,
    protocol: str | None = None,
) -> dict[AreaSide, RestState]:
    """How long each site has rested, and whether it may be treated again today.

    It is judged by the interval of `protocol` in the areas that are reported for it, elsewhere by
    the interval of the protocol that treated the area last. An area is overdue only where the
    protocol that treated it last has a course under way: after a course, or after another
    protocol, nobody is late.

    Args:
        catalogue: the published intervals.
        last: the newest held session of each area and side.
        versions: the clinic's own versions, by protocol.
        under_way: the protocols of courses planned or active.
        sites: the areas to report on.
        today: the day.
        protocol: the one that is to be used next, if it is known.
    """
    reported = catalogue.covered(catalogue.protocols[protocol].areas) if protocol else set()
    groups: dict[tuple[str | None, bool], dict[AreaSide, date]] = {}
    for one in last:
        next_here = (
            protocol
            and one.area in catalogue.areas
            and (reported & set(catalogue.leaves(one.area)))
        )
        code = protocol if next_here else one.protocol
        late = code is not None and code == one.protocol and code in under_way
        groups.setdefault((code, late), {})[AreaSide(one.area, one.side)] = one.on
    states = rest_states({}, UNKNOWN, today, areas=sites)
    for (code, late), days in groups.items():
        interval = UNKNOWN
        if code is not None and code in catalogue.protocols:
            interval = interval_of(catalogue, code, versions.get(code))
        if not late:
            interval = replace(interval, max_days=None)
        for site, state in rest_states(
            days, interval, today, areas=sites, catalogue=catalogue
        ).items():
            # Recorded on both sides and on one, or on a part and the whole: the newer counts.
            if (state.last_on or date.min) > (states[site].last_on or date.min):
                states[site] = state
    return states
