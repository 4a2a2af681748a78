"""The rest map: each area's days since it was last treated, against the protocol's interval."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.layers import Category
from mesodash.catalogue.types import Catalogue
from mesodash.consult.rest import Interval, RestState, interval_of, rest_states
from mesodash.records.last_treated import LastTreated
from mesodash.records.protocol_versions import ProtocolVersion

UNKNOWN = Interval(None, None, "none")

CATEGORIES: Mapping[str, Category] = {
    "too_early": Category("too_early", "Too early", "wait"),
    "overdue": Category("overdue", "Overdue", "late"),
    "free": Category("free", "Free", "calm"),
    "no_interval": Category("no_interval", "Treated, no interval published", "calm"),
    "never": Category("never", "Never treated", "none"),
}


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
    """How each site stands today.

    Judged by the interval of `protocol` where that is reported for, else of the protocol that
    treated the area last. Overdue is said only where that protocol treated it last and has a course
    under way: after a course, or after another protocol, nobody is late.

    Args:
        catalogue: the published intervals.
        last: the newest held session of each area and side.
        versions: the clinic's own versions, by protocol.
        under_way: the protocols of courses planned or active.
        sites: the areas to speak of.
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


def categories(states: Mapping[AreaSide, RestState]) -> dict[AreaSide, Category]:
    """What the figure draws of each area, those that need care first in the legend."""
    order = list(CATEGORIES)
    ranked = sorted(states.items(), key=lambda item: order.index(item[1].state))
    return {site: CATEGORIES[state.state] for site, state in ranked}


def sentences(states: Mapping[AreaSide, RestState]) -> dict[AreaSide, str]:
    """What to say of each area that was ever treated."""
    return {site: state.sentence for site, state in states.items() if state.last_on is not None}
