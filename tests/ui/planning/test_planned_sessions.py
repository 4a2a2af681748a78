"""What the planned sessions of the chosen areas are called."""

from tests.sentences import numbers_in

from mesodash.records.patients.overview import ComingSession
from mesodash.ui.planning.planned_sessions import courses_of, protocol_words


def coming(session, on, course, protocol="hair_duta"):
    return ComingSession(session, on, protocol, course, ())


def test_a_course_is_called_by_its_protocol_and_its_next_day(catalogue):
    planned = [
        coming("S1", "2026-11-27T10:00", "C1"),
        coming("S2", "2026-12-04", "C1"),
        coming("S3", "2026-12-05", None),
        coming("S4", "2026-12-06", "C2", None),
    ]

    courses = courses_of(catalogue, planned)
    assert {code: numbers_in(name) for code, name in courses.items()} == {
        "C1": ["2026-11-27"],
        "C2": ["2026-12-06"],
    }
    assert courses["C1"].startswith(catalogue.protocols["hair_duta"].label)


def test_two_courses_of_one_name_are_told_apart(catalogue):
    planned = [coming("S1", "2026-11-27", "C1"), coming("S2", "2026-11-27", "C2")]

    assert [words[-8:] for words in courses_of(catalogue, planned).values()] == [
        "(1 of 2)", "(2 of 2)",
    ]  # fmt: skip


def test_a_protocol_no_longer_known_keeps_its_code(catalogue):
    found = [protocol_words(catalogue, code) for code in ("hair_duta", "old_one", None)]

    assert found == ["Dutasteride for pattern hair loss", "old_one", "Protocol not recorded"]
