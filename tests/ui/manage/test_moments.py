"""Times in the computer's own zone, to the minute."""

from datetime import UTC, datetime, timedelta, timezone

from mesodash.ui.manage.moments import moment


def test_a_moment_is_told_where_it_is_read():
    at = datetime(2026, 11, 22, 23, 5, tzinfo=UTC)
    assert moment(at, UTC) == "22 Nov 2026, 23:05"
    assert moment(at, timezone(timedelta(hours=1))) == "23 Nov 2026, 00:05"
    assert moment(None) == "–"
