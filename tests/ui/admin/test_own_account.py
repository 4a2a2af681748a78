"""A sign-in as a row of the table of one's own."""

from datetime import UTC, datetime

from mesodash.language import format_moment
from mesodash.records.accounts.own_account import OwnSignIn
from mesodash.ui.admin.own_account import row

BEGAN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
USED = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


def test_a_row_says_which_since_when_and_when_it_was_last_used():
    times = [format_moment(BEGAN), format_moment(USED)]
    assert row(OwnSignIn(BEGAN, USED, this=True)) == ["this browser", *times]
    assert row(OwnSignIn(BEGAN, USED, this=False)) == ["another browser", *times]
