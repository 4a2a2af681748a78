"""Planning a course: its dates at the right intervals, and the contents of each session."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Final

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue, Protocol, Schedule
from mesodash.consult.adoption import banned_in
from mesodash.consult.intervals import interval_of
from mesodash.consult.verdicts import BLOCKED, LEVEL_WORDS, Level
from mesodash.language import _, format_choice, format_days, format_range, format_trimmed, ngettext
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea
from mesodash.records.courses.protocol_versions import Parameters, ProtocolVersion
from mesodash.records.store.errors import RecordError

SUNDAY: Final = 6
MOST_SESSIONS: Final = 60
_WEEK: Final = 7
_LONGEST_REASON: Final = 500


class PlanError(RecordError):
    """A course cannot be planned as asked; the message is one plain sentence that names the fix.

    `needs_reason`: a written reason would do.
    """

    def __init__(self, message: str, *, needs_reason: bool = False) -> None:
        super().__init__(message)
        self.needs_reason = needs_reason


def plan_course(
    catalogue: Catalogue,
    protocol: str,
    areas: Sequence[AreaSide],
    *,
    first_on: date,
    indication: str | None = None,
    version: ProtocolVersion | None = None,
    sessions: int | None = None,
    interval_days: int | None = None,
    at: time | None = None,
    closed_weekdays: Collection[int] = (SUNDAY,),
    closed_on: Collection[date] = (),
    points: Mapping[AreaSide, int] | None = None,
    country: str | None = None,
    level: Level = "offered",
    reason: str | None = None,
    last_treated: date | None = None,
    schedule: str | None = None,
) -> CoursePlan:
    """Work out a course; nothing is written (see `records.plans.save_plan`).

    A day on which the clinic is closed moves the session to the next open one, and the next
    interval is counted from there, so no interval is ever shorter than asked.

    Args:
        catalogue: what is published.
        protocol: its code.
        areas: where, with the patient's sides.
        first_on: the day of the first session, moved on if the clinic is closed.
        indication: the indication's code; may be left out where the protocol has just one.
        version: the clinic's own version of the protocol, whose parameters then take precedence.
        sessions: how many; else the version's, else the published number where it is one.
        interval_days: days between; else the version's, else the shortest published.
        at: the time of day, the same for all; None leaves it open.
        closed_weekdays: Monday is 0, Sunday 6.
        closed_on: single days on which the clinic is closed.
        points: injections an area, as laid out on the figure; else the version's or published ones
            where they are counted for that area.
        country: the clinic's (two capital letters), for bans.
        level: the screening's verdict on this protocol: what it blocks is refused, and anything
            but "offered" needs the reason.
        reason: why the plan departs from what is published or advised.
        last_treated: when these areas were last treated, so that the first session rests too.
        schedule: which of the protocol's published schedules is followed, by its code: one
            source's, with whose numbers the plan must comply; None: with the span of all.

    Raises:
        PlanError: banned, excluded, not for these areas, or departing without a reason.
    """
    published = _judged(catalogue, protocol, country, level)
    _check_areas(catalogue, published, areas)
    indication = _indication(catalogue, published, indication)
    if version is not None and version.protocol != protocol:
        raise PlanError(_("The adopted version belongs to another protocol; choose it again."))
    own = version.parameters if version else Parameters()
    reason = " ".join((reason or "").split()) or None
    if reason and len(reason) > _LONGEST_REASON:
        raise PlanError(
            _("Shorten the reason to {longest_reason} characters.").format(
                longest_reason=_LONGEST_REASON
            )
        )
    departs: list[str] = []
    if level != "offered":
        departs.append(
            _("The screening says of {protocol}: {verdict}").format(
                protocol=published.label, verdict=_(LEVEL_WORDS[level]).lower()
            )
        )
    followed = _schedule(published, schedule)
    count = _sessions(followed or published, own, sessions, departs)
    rest = interval_of(catalogue, protocol, version, followed)
    days = _interval(published, count, interval_days, own.interval_days, rest.min_days, departs)
    dates = _dates(first_on, count, days, frozenset(closed_weekdays), frozenset(closed_on))
    if last_treated is not None and rest.min_days is not None:
        since = (dates[0] - last_treated).days
        if since < rest.min_days:
            departs.append(
                _(
                    "The first session would come {since} after the last treatment here,"
                    " before the interval of {min_days} days"
                ).format(since=format_days(since), min_days=format_trimmed(rest.min_days))
            )
    treated = _treated(published, own, areas, points or {})
    departs += _too_much(published, own, treated)
    if departs and reason is None:
        message = _("{why}; choose otherwise or write down the reason.")
        raise PlanError(message.format(why=departs[0]), needs_reason=True)
    return CoursePlan(
        protocol=protocol,
        indication=indication,
        areas=treated,
        dates=dates,
        at=at,
        interval_days=days,
        version=version.key if version else None,
        reason=reason if departs else None,
    )


def _judged(catalogue: Catalogue, protocol: str, country: str | None, level: Level) -> Protocol:
    if protocol not in catalogue.protocols:
        raise PlanError(
            _('There is no protocol "{protocol}"; choose one from the list.').format(
                protocol=protocol[:64]
            )
        )
    published = catalogue.protocols[protocol]
    if banned_in(catalogue, protocol, country):
        raise PlanError(
            _("{protocol} is banned in {country}, so it cannot be planned; choose another.").format(
                protocol=published.label, country=country
            )
        )
    if level in BLOCKED:
        raise PlanError(
            _("The screening excludes {label} for this patient; choose another protocol.").format(
                label=published.label
            )
        )
    if level not in LEVEL_WORDS:
        raise PlanError(
            _('"{level}" is not a verdict of the screening; screen the patient again.').format(
                level=level
            )
        )
    return published


def _check_areas(catalogue: Catalogue, published: Protocol, areas: Sequence[AreaSide]) -> None:
    if not areas:
        raise PlanError(_("Choose at least one area."))
    if len(set(areas)) < len(areas):
        raise PlanError(_("An area is chosen twice; choose each once."))
    covered = catalogue.covered(published.areas)
    for site in areas:
        if site.area not in catalogue.areas:
            raise PlanError(
                _('There is no area "{area}"; choose one from the list.').format(area=site.area)
            )
        known = catalogue.areas[site.area]
        if not known.leaf or not covered & {site.area}:
            raise PlanError(
                _("No source reports {protocol} at {area}; leave that area out.").format(
                    protocol=published.label, area=known.label
                )
            )
        if site.side not in known.sides and not (site.side == "both" and "left" in known.sides):
            raise PlanError(
                _("{area} has no {side} side; choose its side again.").format(
                    area=known.label, side=site.side
                )
            )


def _indication(catalogue: Catalogue, published: Protocol, indication: str | None) -> str:
    if indication is None and len(published.indications) == 1:
        return published.indications[0]
    if indication is None:
        names = format_choice([catalogue.indications[one].label for one in published.indications])
        raise PlanError(
            _("Say what {label} is planned for: {names}.").format(
                label=published.label, names=names
            )
        )
    if indication not in published.indications:
        raise PlanError(
            _("{protocol} is not reported for that; choose its indication again.").format(
                protocol=published.label
            )
        )
    return indication


def _schedule(published: Protocol, code: str | None) -> Schedule | None:
    if code is None:
        return None
    for schedule in published.schedules:
        if schedule.code == code:
            return schedule
    message = _("That schedule is not one of {protocol}; choose it again.")
    raise PlanError(message.format(protocol=published.label))


def _sessions(
    published: Protocol | Schedule, own: Parameters, asked: int | None, departs: list[str]
) -> int:
    low, high = published.sessions_min, published.sessions_max
    count = asked if asked is not None else own.sessions
    if count is None and low == high:
        count = low
    if count is None:
        if low or high:
            asked_for = _("Say how many sessions the course has ({range} are published).")
            raise PlanError(asked_for.format(range=format_range(low, high)))
        raise PlanError(_("Say how many sessions the course has."))
    if not 1 <= count <= MOST_SESSIONS:
        raise PlanError(
            _("A course has 1 to {most_sessions} sessions.").format(most_sessions=MOST_SESSIONS)
        )
    if own.sessions is None and high is not None and count > high:
        departs.append(
            ngettext(
                "{count} session is more than the {most} published",
                "{count} sessions are more than the {most} published",
                count,
            ).format(count=count, most=high)
        )
    if own.sessions is not None and count > own.sessions:
        departs.append(
            ngettext(
                "{count} session is more than the {most} the clinic adopted",
                "{count} sessions are more than the {most} the clinic adopted",
                count,
            ).format(count=count, most=own.sessions)
        )
    return count


def _interval(
    published: Protocol,
    count: int,
    asked: int | None,
    own: int | None,
    least: float | None,
    departs: list[str],
) -> int | None:
    days = asked if asked is not None else own
    if days is None and least is not None:
        days = -int(-least // 1)
    if count == 1:
        return days
    if days is None:
        raise PlanError(
            _("Say how many days lie between sessions: none is published for {label}.").format(
                label=published.label
            )
        )
    if not 1 <= days <= 3650:
        raise PlanError(_("The interval is 1 to 3650 days."))
    if least is not None and days < least:
        departs.append(
            (
                _("{days} between sessions is below the clinic's interval of {least}")
                if own is not None
                else _("{days} between sessions is below the published interval of {least}")
            ).format(days=format_days(days), least=format_days(least))
        )
    return days


def _dates(
    first_on: date,
    count: int,
    days: int | None,
    closed_weekdays: frozenset[int],
    closed_on: frozenset[date],
) -> tuple[date, ...]:
    if closed_weekdays >= frozenset(range(_WEEK)):
        raise PlanError(_("The clinic is closed on every weekday; leave one open."))
    dates: list[date] = []
    for _session in range(count):
        day = dates[-1] + timedelta(days=days or 1) if dates else first_on
        while day.weekday() in closed_weekdays or day in closed_on:
            day += timedelta(days=1)
        dates.append(day)
    return tuple(dates)


def _treated(
    published: Protocol,
    own: Parameters,
    areas: Sequence[AreaSide],
    points: Mapping[AreaSide, int],
) -> tuple[PlannedArea, ...]:
    """What each area gets; what no source or version gives as one number is left blank.

    Points that are published or adopted for a whole session are not shared out over several areas:
    how is the practitioner's to say.
    """
    technique = own.technique
    if technique is None and len(published.techniques) == 1:
        technique = published.techniques[0]
    depth = own.depth_mm
    if depth is None and published.depth_mm_min == published.depth_mm_max:
        depth = published.depth_mm_min
    each = own.volume_per_point_ml
    if each is None:
        each = published.volume_per_point_ml
    counted = own.points if own.points is not None else published.points
    by_area = published.max_volume_per == "side" or len(areas) == 1
    treated = []
    for site in areas:
        n = points.get(site)
        if n is None and by_area and counted is not None:
            n = counted * (2 if site.side == "both" and published.max_volume_per == "side" else 1)
        volume = None if n is None or each is None else round(n * each, 3)
        treated.append(PlannedArea(site.area, site.side, technique, depth, n, volume))
    return tuple(treated)


def _too_much(published: Protocol, own: Parameters, treated: Sequence[PlannedArea]) -> list[str]:
    """A sentence if the volume exceeds the clinic's or the published maximum, counted alike."""
    most = own.max_volume_ml if own.max_volume_ml is not None else published.max_volume_ml
    if most is None:
        return []
    if published.max_volume_per == "side":
        volumes = [(area.volume_ml or 0) / (2 if area.side == "both" else 1) for area in treated]
    else:
        volumes = [sum(area.volume_ml or 0 for area in treated)]
    highest = max(volumes)
    if highest <= most + 1e-9:
        return []
    words = (
        _("{given} mL a side is above the maximum of {most} mL")
        if published.max_volume_per == "side"
        else _("{given} mL a session is above the maximum of {most} mL")
    )
    return [words.format(given=format_trimmed(highest, 3), most=format_trimmed(most, 3))]
