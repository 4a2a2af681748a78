"""Who may hold a planned session, as the form offers it."""

import pytest

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.courses.planned_sessions import practitioners
from mesodash.records.store.connection import reading, writing


def test_practitioners_come_by_name(empty_clinic):
    assert practitioners(empty_clinic, DEMO) == ()
    with writing(empty_clinic, DEMO) as change:
        for practitioner_id, name in (("D2", "Zoe"), ("D9", "Ada"), ("D1", "Ada")):
            change.db["practitioners"].insert({"practitioner_id": practitioner_id, "name": name})
        change.log("create", "practitioners", rows=3)

    assert practitioners(empty_clinic, DEMO) == (("D1", "Ada"), ("D9", "Ada"), ("D2", "Zoe"))


def test_who_may_not_plan_is_refused_and_it_is_noted(empty_clinic):
    with pytest.raises(NotAllowedError):
        practitioners(empty_clinic, Actor("a", "trainer"))

    with reading(empty_clinic) as db:
        noted = db.execute("SELECT actor, row_key FROM change_log WHERE action = 'refused'")
        assert noted.fetchall() == [("a", "sessions.plan")]
