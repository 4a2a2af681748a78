"""Patients and practitioners on the command line."""

import json


def test_a_patient_is_added_under_the_next_id_and_found_again(run):
    code, made, _err = run(
        "patient", "add", "--sex", "female", "--family-name", "Vanderbilt", "--id", "P-0007"
    )
    assert (code, made) == (0, "P-0007")
    assert run("patient", "add", "--sex", "male")[1] == "P-0008"
    assert run("patient", "add", "--sex", "male", "--id", "p-0007")[0] == 3

    found = json.loads(run("patient", "find", "vanderbild", "--format", "json")[1])
    assert [(one["patient_id"], one["name"]) for one in found] == [("P-0007", "Vanderbilt")]


def test_a_practitioner_is_added_once(run):
    assert run("practitioner", "Practitioner B")[:2] == (0, "D2")
    assert run("practitioner", " Practitioner  B ")[:2] == (0, "D2")
    assert run("practitioner", "  ")[0] == 3
