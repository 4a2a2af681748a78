"""The rest map: may an area be treated again, by the days since and the protocol's interval?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue
from mesodash.consult import words
from mesodash.records.protocol_versions import ProtocolVersion

State = Literal["free", "too_early", "overdue", "never", "no_interval"]
STATES: Final[tuple[State, ...]] = ("too_early", "overdue", "free", "no_interval", "never")
"""From what asks for most care to what asks for none."""

GRACE_DAYS: Final = 7
"""How late a session may be before it is overdue: a clinic default, as in the report on intervals.

Most protocols publish one interval and no span; a single free day would make every area overdue.
"""


@dataclass(frozen=True, slots=True)
class Interval:
    """The days between two sessions, the shortest and the longest; None is not published.

    `source` says whose it is: "adopted", "published" or "none".
    """

    min_days: float | None
    max_days: float | None
    source: Literal["adopted", "published", "none"]


@dataclass(frozen=True, slots=True)
class RestState:
    """How one area stands on a day.

    Attributes:
        area: which, with the patient's side.
        last_on: when it was last treated; None if never.
        days: since then; None if never.
        state: too_early (before the shortest interval), overdue (more than GRACE_DAYS after the
            longest), free, never (no session is recorded), or no_interval (treated, but there is
            none to judge by).
        free_on: the first day it is free again, where that is known.
        sentence: the same in words.
    """

    area: AreaSide
    last_on: date | None
    days: int | None
    state: State
    free_on: date | None
    sentence: str


def interval_of(
    catalogue: Catalogue, protocol: str, version: ProtocolVersion | None = None
) -> Interval:
    """The interval to rest by: the clinic's own as adopted, else the published one.

    The adopted interval is the shortest; the longest stays the published one, unless the clinic
    adopted a longer.
    """
    published = catalogue.protocols[protocol]
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
    """How each area stands today.

    Args:
        last_treated: the last session of each area and side.
        interval: to judge by, as from `interval_of`.
        today: the day.
        areas: more areas to speak of; those without a session come out as never treated.
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
    """All but a left and a right one: an area across the middle is treated if a half of it is."""
    return {one, other} != {"left", "right"}


def _state(site: AreaSide, last: date | None, interval: Interval, today: date) -> RestState:
    if last is None:
        return RestState(site, None, None, "never", None, "No session is recorded here.")
    days = (today - last).days
    since = f"{words.days(days)} since the last session" if days else "Treated today"
    low, high = interval.min_days, interval.max_days
    whose = "the clinic's own interval" if interval.source == "adopted" else "the interval"
    if low is not None and days < low:
        free_on = _after(last, low)
        wait = words.days((free_on - today).days)
        sentence = f"{since}: too early, {whose} is at least {words.plain(low)} days; {wait} to go."
        return RestState(site, last, days, "too_early", free_on, sentence)
    free = None if low is None else _after(last, low)
    if high is not None and days > high + GRACE_DAYS:
        late = words.plain(days - high)
        longest = f"the longest interval of {words.plain(high)} days"
        sentence = f"{since}: overdue, {late} days beyond {longest}."
        return RestState(site, last, days, "overdue", free, sentence)
    if low is None and high is None:
        sentence = f"{since}; no interval is published for this protocol to judge by."
        return RestState(site, last, days, "no_interval", None, sentence)
    sentence = f"{since}: free, {whose} of {words.between(low, high)} days has passed."
    return RestState(site, last, days, "free", free, sentence)


def _after(last: date, days: float) -> date:
    """The first whole day on which so many days have passed."""
    return date.fromordinal(last.toordinal() + -int(-days // 1))
