"""A screening on the command line: what to ask, answers in and out, confirmed, refused."""

import json

import pytest

from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.screenings import latest_screening
from mesodash.records.store.connection import reading


def test_the_questions_of_a_protocol_with_the_latest_answers(run):
    asked = ("screening", "questions", "ANNA", "--protocol", "hair_duta", "--format", "json")
    before = json.loads(run(*asked)[1])
    assert {one["question"]: one["said"] for one in before}["pregnancy"] is None

    assert run("screening", "record", "ANNA", "-", given={"pregnancy": "no"})[0] == 0

    (now,) = [o for o in json.loads(run(*asked)[1]) if o["question"] == "pregnancy"]
    assert (now["said"], now["answered_on"]) == ("no", "2026-11-22")
    assert "pregnancy" not in {
        one["question"]
        for one in json.loads(run("screening", "questions", "HUGO", "--format", "json")[1])
    }


def test_what_is_recorded_is_what_show_prints(run, rooms):
    given = {
        "pregnancy": "no",
        "infection_site": {"said": "yes", "areas": ["face.cheek"]},
        "warning_sign_now": {"said": "unknown", "detail": "asks at home"},
    }
    code, number, err = run("screening", "record", "ANNA", "-", "--on", "2026-11-20", given=given)
    assert (code, err) == (0, "")

    shown = json.loads(run("screening", "show", "ANNA")[1])
    assert (shown["screening"], shown["screened_on"], shown["screened_by"]) == (
        int(number),
        "2026-11-20",
        "command-line",
    )
    assert shown["answers"]["infection_site"] == {
        "said": "yes",
        "areas": ["face.cheek"],
        "detail": None,
        "answered_on": "2026-11-20",
    }
    assert shown["answers"]["warning_sign_now"]["detail"] == "asks at home"

    code, confirmed, _err = run("screening", "confirm", "ANNA")
    assert code == 0
    latest = latest_screening(rooms, "ANNA", DEMO)
    assert (latest.screening_id, latest.confirms) == (int(confirmed), int(number))
    with reading(rooms) as db:
        log = db.execute(
            "SELECT action, actor FROM change_log WHERE table_name = 'screenings'"
            " AND action = 'create'"
        ).fetchall()
    assert log == [("create", "command-line")] * 2


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"no_such_question": "no"}, "no_such_question"),
        ({"pregnancy": "perhaps"}, "pregnancy"),
        ({"pregnancy": {"said": "no", "by": "me"}}, "by"),
        ({"pregnancy": {"said": "no", "answered_on": "2020-01-01"}}, "answered_on"),
        ({"infection_site": {"said": "yes", "areas": ["nose.tip.left"]}}, "nose.tip.left"),
        ({"warning_sign_now": {"said": "yes", "detail": ""}}, "warning_sign_now"),
        ({}, "No question"),
        (["no"], "JSON object"),
    ],
)
def test_what_is_no_answer_is_refused_in_one_sentence(run, rooms, given, named):
    code, out, err = run("screening", "record", "ANNA", "-", given=given)
    assert (code, out) == (3, "")
    assert named in err
    assert latest_screening(rooms, "ANNA", DEMO) is None


def test_days_and_patients_that_cannot_be(run):
    answer = {"pregnancy": "no"}
    assert run("screening", "record", "ANNA", "-", "--on", "2026-11-23", given=answer)[0] == 3
    assert run("screening", "record", "NOBODY", "-", given=answer)[0] == 3
    assert run("screening", "confirm", "ANNA")[0] == 3
    assert run("screening", "show", "ANNA")[0] == 3
    assert run("screening", "questions", "ANNA", "--area", "nowhere")[0] == 3
