"""What changed between two periods, in words and numbers."""

from collections.abc import Mapping
from typing import Any

from mesodash.ui import phrases

MEASURES = {
    "sessions": "sessions",
    "patients": "patients",
    "new_patients": "new patients",
    "areas_treated": "areas treated",
    "volume_ml": "mL",
}
OVERLAP_BY_AREA = ("sessions", "patients", "new_patients")
OVERLAP = ("patients", "new_patients")


def overlaps(measure: str, split: str | None) -> bool:
    """Whether the parts of a split count the same session or patient more than once."""
    if split is None:
        return False
    return measure in (OVERLAP_BY_AREA if split in ("region", "area") else OVERLAP)


def change(now: Any, before: Any) -> str:
    """`12 more than 108 (+11 %)`, in whole numbers; says so where there is nothing to compare."""
    if phrases.is_missing(before):
        return "no earlier period to compare with"
    if phrases.is_missing(now):
        return f"{phrases.number(before)} before"
    now, before = round(float(now)), round(float(before))
    if now == before:
        return f"as before ({phrases.number(before)})"
    more = "more" if now > before else "fewer"
    text = f"{phrases.number(abs(now - before))} {more} than {phrases.number(before)}"
    return f"{text}{_share(now, before)}"


def against(now: Any, before: Any, year: Any) -> str:
    """A number against the period before, and against the same one last year where it differs."""
    words = change(now, before)
    if phrases.is_missing(before) or phrases.is_missing(year) or phrases.is_missing(now):
        return words
    return f"{words}; {change(now, year)} a year ago"


def _share(now: float, before: float) -> str:
    """The change in per cent; none from a base too small for one."""
    base_for_per_cent = 20
    if before < base_for_per_cent:
        return ""
    return f" ({phrases.signed(100 * (now - before) / before, 0)} %)"


def what_changed(now: Mapping[str, Any], before: Mapping[str, Any] | None, days: int | None) -> str:
    """One sentence on a period: what was done, and against the same length before.

    Args:
        now: `sessions`, `patients`, `new_patients` of the period.
        before: the same of the period before; None without one.
        days: length of both in days; None without a period before.
    """
    done = (
        f"{phrases.count(now['sessions'], 'session')} for"
        f" {phrases.count(now['patients'], 'patient')},"
        f" {phrases.number(now['new_patients'])} of them new"
    )
    if before is None or days is None:
        return f"{done}."
    if not before["sessions"]:
        return f"{done}. No session is recorded in the {days} days before."
    difference = int(now["sessions"]) - int(before["sessions"])
    if difference == 0:
        return f"{done}. As many sessions as in the {days} days before."
    more = "more" if difference > 0 else "fewer"
    plural = "session" if abs(difference) == 1 else "sessions"
    share = _share(float(now["sessions"]), float(before["sessions"]))
    return (
        f"{done}. {phrases.number(abs(difference))} {more} {plural} than the"
        f" {phrases.number(before['sessions'])} of the {days} days before{share}."
    )
