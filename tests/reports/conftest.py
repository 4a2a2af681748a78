"""A made clinic, its rows as plain Python, and its reader: reports are recounted from the rows."""

from datetime import date
from types import SimpleNamespace

import pytest
from tests.reports.made_clinic import make_clinic

from mesodash.records.store.connection import reading
from mesodash.reports.core.reader import Reader

TABLES = [
    "patients",
    "courses",
    "sessions",
    "treated_areas",
    "products_used",
    "side_effects",
    "follow_ups",
    "outcomes",
]


def read_rows(path):
    """All rows of the record, a list of namespaces a table; sessions know their course's facts."""
    with reading(path) as db:
        rows = SimpleNamespace(
            **{
                t: [SimpleNamespace(**row) for row in db.query(f"SELECT * FROM {t}")]
                for t in TABLES
            }
        )
    courses = {course.id: course for course in rows.courses}
    for session in rows.sessions:
        course = courses.get(session.course)
        session.protocol = session.protocol or (course and course.protocol)
        session.indication = course and course.indication
        session.held_on = date.fromisoformat(session.held_at[:10])
    rows.session = {session.id: session for session in rows.sessions}
    rows.course = courses
    for effect in rows.side_effects:
        effect.follows = follows(rows, effect)
    rows.following = [effect for effect in rows.side_effects if effect.follows]
    return rows


def follows(rows, effect):
    """Whether a side effect can have followed its session, as the contract says."""
    session = rows.session[effect.session]
    if session.state != "held":
        return False
    first = min(
        s.held_on for s in rows.sessions if s.patient == session.patient and s.state == "held"
    )
    if len(effect.onset_at) >= 10 and date.fromisoformat(effect.onset_at[:10]) < first:
        return False
    areas = {a.area for a in rows.treated_areas if a.session == session.id}
    if not areas or effect.area is None:
        return True
    here = effect.area
    return any(a == here or a.startswith(f"{here}.") or here.startswith(f"{a}.") for a in areas)


@pytest.fixture(scope="session")
def clinic(tmp_path_factory):
    return make_clinic(tmp_path_factory.mktemp("clinic") / "clinic.db", sessions=500)


@pytest.fixture(scope="session")
def rows(clinic):
    return read_rows(clinic)


@pytest.fixture(scope="session")
def reader(clinic, catalogue):
    return Reader(clinic, catalogue)
