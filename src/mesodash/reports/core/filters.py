"""The filters of a report: the period and the choices that narrow it. Hashable, without data."""

from dataclasses import dataclass, field
from datetime import date

from mesodash.catalogue.quoting import quoted
from mesodash.language import _


class ReportError(Exception):
    """A report is not possible as requested; the message is a plain sentence with the fix."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` to `end`, both included; None leaves that end open."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        # While a query is built, the ends are parameters of it, which only the engine compares.
        start, end = self.start, self.end
        if isinstance(start, date) and isinstance(end, date) and start > end:
            raise ReportError(
                _("The period ends ({end}) before it begins ({start}); swap the two dates.").format(
                    end=self.end, start=self.start
                )
            )

    def __str__(self) -> str:
        match self.start, self.end:
            case None, None:
                return "all time"
            case start, None:
                return f"from {start}"
            case None, end:
                return f"until {end}"
            case start, end:
                return f"{start} to {end}"


FEWEST_MONTHS, MOST_MONTHS = 1, 60
"""Of `Filters.trailing_months`."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a report is narrowed to; an empty tuple means all.

    Attributes:
        period: which days; each report says what must fall into it.
        areas: area codes; a parent takes in all below it.
        protocols: protocol codes.
        practitioners: as the report shows them (the record's practitioner_id; in a bare lake
            "<clinic>/<number>").
        clinics: clinic ids.
        trailing_months: how far back from the period's end signals are compared.
    """

    period: Period = field(default_factory=Period)
    areas: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    practitioners: tuple[str, ...] = ()
    clinics: tuple[str, ...] = ()
    trailing_months: int = 12

    def __post_init__(self) -> None:
        if not FEWEST_MONTHS <= self.trailing_months <= MOST_MONTHS:
            raise ReportError(
                _("Signals are compared over {fewest} to {most} months, not over {n}.").format(
                    fewest=FEWEST_MONTHS, most=MOST_MONTHS, n=self.trailing_months
                )
            )


def checked_keys(by: tuple[str, ...], allowed: tuple[str, ...], report: str) -> tuple[str, ...]:
    """The keys without repetitions.

    Raises:
        ReportError: one of the keys is not `allowed` for this report.
    """
    for key in by:
        if key not in allowed:
            raise ReportError(
                _("{report} cannot be counted by {key}; choose from {allowed}.").format(
                    report=report, key=quoted(key), allowed=", ".join(allowed)
                )
            )
    return tuple(dict.fromkeys(by))
