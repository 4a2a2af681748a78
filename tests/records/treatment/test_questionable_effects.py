"""Side effects whose record is doubtful are found, each with one reason, and no others."""

import pytest

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import reading, writing
from mesodash.records.treatment.questionable_effects import questionable_effects


@pytest.fixture
def found(empty_clinic):
    """What is found of one side effect of a session that treated the left cheek."""

    def run(*effects, state="held"):
        with writing(empty_clinic, DEMO) as change:
            change.db["patients"].insert({"id": 1, "patient_id": "P", "sex": "female"})
            for at, (day, held) in enumerate([("2026-05-04", state), ("2026-06-04", "held")], 1):
                change.db["sessions"].insert(
                    {"id": at, "session_id": f"S{at}", "patient": 1, "held_at": day, "state": held}
                )
                change.db["treated_areas"].insert(
                    {
                        "session": at, "patient": 1, "held_at": day, "area": "face.cheek",
                        "side": "left",
                    }
                )  # fmt: skip
            for at, effect in enumerate(effects):
                change.db["side_effects"].insert(
                    {"side_effect_id": f"E{at}", "session": 1, "effect": "bruise", **effect}
                )
            change.log("create", "sessions")
        with reading(empty_clinic) as db:
            return dict(questionable_effects(db))

    return run


@pytest.mark.parametrize(
    ("effect", "why"),
    [
        ({"onset_at": "2026-05-03"}, "before_treatment"),
        ({"onset_at": "2026-04"}, "before_treatment"),
        ({"onset_at": "2026-05"}, None),
        ({"onset_at": "2026-05-04", "area": "face.nose", "side": "midline"}, "untreated_area"),
        ({"onset_at": "2026-05-04", "area": "face"}, None),
        ({"onset_at": "2026-05-04", "area": "face.cheek", "side": "right"}, "other_side"),
        ({"onset_at": "2026-05-04", "area": "face.cheek", "side": "left"}, None),
        ({"onset_at": "2026-05-04"}, None),
    ],
)
def test_one_effect(effect, why, found):
    assert found(effect) == ({} if why is None else {"E0": why})


def test_of_a_session_that_was_not_held(found):
    assert found({"onset_at": "2026-05-04"}, state="cancelled") == {"E0": "not_held"}


def test_rows_of_grades_of_one_effect(found):
    assert found(
        {"onset_at": "2026-05-05", "resolved_at": "2026-05-07"},
        {"onset_at": "2026-05-07", "resolved_at": "2026-05-09"},
        {"onset_at": "2026-05-10", "resolved_at": "2026-05-12"},
    ) == {"E1": "continues"}
