"""The log's verdict as it is shown, and the log as it leaves in a file."""

from datetime import UTC, date, datetime

import pytest
from tests.sentences import numbers_in

from mesodash.documents.tables import DownloadTable, to_csv
from mesodash.records.audit.change_log import Entry
from mesodash.records.audit.verification import Verification
from mesodash.reports.core.filters import Period
from mesodash.ui.admin.change_log import LogFilter, as_frame, verdict_card

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def verdict(*, holds, broken):
    return Verification(holds, broken, 3, 1, None, None, "So it is.")


@pytest.mark.parametrize(
    ("holds", "broken", "level", "sign"),
    [(True, False, "offered", "✓"), (False, False, "caution", "?"), (False, True, "stop", "■")],
)
def test_a_verdict_has_a_sign_and_not_only_a_colour(holds, broken, level, sign):
    shown = verdict_card(verdict(holds=holds, broken=broken))
    assert (shown["level"], shown["sign"], shown["words"]) == (level, sign, "So it is.")


def test_a_choice_is_told_as_a_sentence():
    assert LogFilter(Period(), (), ()).words == "All time, everybody, everything."
    one_day = Period(date(2026, 11, 1), date(2026, 11, 2))
    period, *rest = LogFilter(one_day, ("Pia",), ("view", "export")).words.split(", ")
    assert numbers_in(period) == ["2026-11-01", "2026-11-02"]
    assert rest == ["Pia", "looked at", "took out."]


def test_the_file_holds_what_is_shown_and_no_live_formula():
    page = [
        Entry(2, AT, "=Pia", "practitioner", "view", "patients", "HUGO", 2, None, 1),
        Entry(1, AT, "x", "administrator", "init", "clinic", "c", None, None, 1),
    ]
    text = to_csv(DownloadTable("Change log", as_frame(page, names=False))).decode()
    assert text.splitlines()[-3:] == [
        "entry,at,actor,role,action,table,which,rows",
        "2,2026-11-22T09:30:00+00:00,'=Pia,practitioner,view,patients,patient no. 2,1",
        "1,2026-11-22T09:30:00+00:00,x,administrator,init,clinic,c,1",
    ]
