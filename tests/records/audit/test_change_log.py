"""Reading the change log: newest first, filtered, page by page, for those who may."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.audit.change_log import Entry, entries, known_actions, known_actors
from mesodash.records.store.connection import writing

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ANN, BEN = Actor("ann", "administrator"), Actor("ben", "practitioner")


@pytest.fixture
def clinic(empty_clinic):
    for n in range(6):
        with writing(
            empty_clinic, (ANN, BEN)[n % 2], clock=lambda n=n: START + timedelta(days=n)
        ) as change:
            change.log(("view", "update", "export")[n % 3], "patients", key=f"P-{n}", patient=n)
    return empty_clinic


def keys(found):
    return [entry.key for entry in found]


def test_newest_first_with_all_that_is_known(clinic):
    assert entries(clinic, ANN, limit=1) == (
        Entry(
            seq=7,
            at=START + timedelta(days=5),
            actor="ben",
            role="practitioner",
            action="export",
            table="patients",
            key="P-5",
            patient=5,
            month=None,
            rows=1,
        ),
    )


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"actors": ["ann"]}, ["P-4", "P-2", "P-0"]),
        ({"actions": ["view", "export"]}, ["P-5", "P-3", "P-2", "P-0"]),
        ({"actors": ["ann"], "actions": ["view"]}, ["P-0"]),
        ({"actors": ["' OR 1=1 --"]}, []),
        ({"start": date(2026, 11, 26)}, ["P-5", "P-4", "P-3"]),
        ({"start": date(2026, 11, 24), "end": date(2026, 11, 25)}, ["P-2", "P-1"]),
        ({"before_seq": 4, "limit": 2}, ["P-1", "P-0"]),
    ],
)
def test_filters(clinic, filters, expected):
    assert keys(entries(clinic, ANN, **filters)) == expected


def test_what_can_be_chosen(clinic):
    assert known_actors(clinic, ANN) == ("ann", "ben", "demo")
    assert known_actions(clinic, ANN) == ("export", "init", "update", "view")


def test_an_auditor_may_read_it(clinic):
    assert len(entries(clinic, Actor("olga", "auditor"))) == 7


@pytest.mark.parametrize("call", [entries, known_actors, known_actions])
@pytest.mark.parametrize("role", ["manager", "practitioner", "trainer"])
def test_others_may_not(clinic, call, role):
    with pytest.raises(NotAllowedError, match="read the change log"):
        call(clinic, Actor("someone", role, sees_names=True))
    assert entries(clinic, ANN, limit=1)[0].action == "refused"
