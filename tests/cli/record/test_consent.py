"""Consents on the command line."""

import json


def test_a_consent_is_recorded_listed_and_withdrawn(run):
    code, consent_id, _err = run(
        "consent", "record", "ANNA", "--for", "treatment", "--how", "paper"
    )
    assert code == 0
    assert run("consent", "withdraw", consent_id)[0] == 0
    assert run("consent", "withdraw", consent_id)[0] == 3

    found = json.loads(run("consent", "list", "ANNA", "--format", "json")[1])
    assert [
        (one["consent_id"], one["given_on"], one["withdrawn_on"], one["taken_by"]) for one in found
    ] == [(consent_id, "2026-11-22", "2026-11-22", "command-line")]


def test_what_cannot_be_is_refused(run):
    given = ("--for", "treatment", "--how", "paper")
    assert run("consent", "record", "ANNA", *given, "--given-on", "2026-11-23")[0] == 3
    assert run("consent", "record", "ANNA", *given, "--protocol", "none_such")[0] == 3
    assert run("consent", "record", "NOBODY", *given)[0] == 3
    assert json.loads(run("consent", "list", "ANNA", "--format", "json")[1]) == []
