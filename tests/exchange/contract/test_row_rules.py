"""Rules within a row, above all times of different precision."""

import pytest

from mesodash.exchange.contract.cells import vocabulary_of
from mesodash.exchange.contract.files import BY_FILE
from mesodash.exchange.contract.row_rules import before, faults_of


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2024-01-19", "2024-01-20", True),
        ("2024-01-20", "2024-01-20", False),
        ("2024-01", "2024-01-20", False),
        ("2024-01-20", "2024-01", False),
        ("2023-12", "2024-01-20", True),
        ("2023", "2024-01-20T10:00", True),
        ("2024-01-20", "2024-01-20T10:00", False),
        ("2024-01-20T09:59", "2024-01-20T10:00", True),
        ("2024-01-20T10:00", "2024-01-20T10:00:30", False),
    ],
)
def test_times_are_compared_at_the_precision_both_have(first, second, expected):
    assert before(first, second) is expected


@pytest.mark.parametrize(
    ("times", "at_fault"),
    [
        ({}, []),
        ({"resolved_at": "2024-01"}, []),
        ({"resolved_at": "2023-12"}, ["resolved_at"]),
        ({"last_seen_at": "2024-01-19"}, ["last_seen_at"]),
        ({"last_seen_at": "2024-01-21", "gone_by_at": "2024-01-21"}, []),
        ({"last_seen_at": "2024-01-22", "gone_by_at": "2024-01-21"}, ["gone_by_at"]),
        ({"last_seen_at": "2024-01-22", "resolved_at": "2024-01-22"}, []),
        ({"last_seen_at": "2024-01-22", "resolved_at": "2024-01-21"}, ["last_seen_at"]),
        ({"gone_by_at": "2024-01-22", "resolved_at": "2024-01-23"}, ["gone_by_at"]),
        ({"resolved_at": "2023", "gone_by_at": "2022-01-01"}, ["resolved_at", "gone_by_at"] * 2),
    ],
)
def test_the_times_of_an_effect(times, at_fault, catalogue):
    target = BY_FILE["side_effects.csv"]
    facts = dict.fromkeys(target.names) | {"effect": "itch", "onset_at": "2024-01-20"} | times

    found = [column for column, _ in faults_of(target, facts, vocabulary_of(catalogue))]

    assert sorted(set(found)) == sorted(set(at_fault))
