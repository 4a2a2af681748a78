"""Times as people of the clinic read them: the computer's own time zone, to the minute."""

from datetime import datetime, tzinfo

from mesodash.ui import phrases


def moment(value: datetime | None, zone: tzinfo | None = None) -> str:
    """`22 Nov 2026, 21:05`; the sign for missing where there is none.

    Args:
        value: with its time zone.
        zone: where it is read; None is where the computer stands.
    """
    if value is None:
        return phrases.MISSING
    local = value.astimezone(zone)
    return f"{phrases.day(local.date().isoformat())}, {local:%H:%M}"
