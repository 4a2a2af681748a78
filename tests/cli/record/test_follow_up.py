"""What followed a session, scores and red cards on the command line."""

import json


def open_of(run):
    found = json.loads(run("open-effects", "HUGO", "--format", "json")[1])
    return [(one["side_effect_id"], one["effect"], one["last_seen_at"]) for one in found]


def test_one_contact_closes_one_effect_and_opens_another(run):
    assert open_of(run) == [("E2", "swelling", "2026-11-21")]
    code, _out, _err = run(
        "contact", "HUGO", "--channel", "phone", "--gone", "E2=2026-11-22",
        "--new", "S3:itch:2026-11-21",
    )  # fmt: skip
    assert code == 0
    assert open_of(run) == [("S3-itch-2", "itch", "2026-11-22")]


def test_a_contact_is_kept_whole_or_not_at_all(run):
    impossible = ("--gone", "E2=2026-11-19")
    assert run("contact", "HUGO", "--channel", "phone", *impossible)[0] == 3
    assert run("contact", "HUGO", "--channel", "phone", "--new", "S3:boredom:2026-11-21")[0] == 3
    assert open_of(run) == [("E2", "swelling", "2026-11-21")]


def ends(run):
    found = json.loads(run("effect", "list", "HUGO", "--format", "json")[1])
    return {one["side_effect_id"]: (one["resolved_at"], one["severity"]) for one in found}


def test_a_side_effect_is_corrected_and_taken_out(run):
    assert ends(run) == {"E1": ("2026-11-08", 1), "E2": (None, 1)}
    done = run("effect", "correct", "HUGO", "E1", "--set", "resolved_at=2026-11-09",
               "--set", "severity=2")  # fmt: skip
    assert done[0] == 0
    assert ends(run) == {"E1": ("2026-11-09", 2), "E2": (None, 1)}
    for wrong in ("resolved_at=2026-11-01", "onset_at=", "severity=9", "area=nowhere", "note=x"):
        assert run("effect", "correct", "HUGO", "E1", "--set", wrong)[0] == 3
    assert run("effect", "correct", "ANNA", "E1", "--set", "severity=1")[0] == 3
    assert run("effect", "remove", "HUGO", "E1", "--reason", "another patient")[0] == 0
    assert ends(run) == {"E2": (None, 1)}


def test_a_score_is_kept_and_corrected_by_who_saw_it(run):
    given = ("--timing", "follow_up", "--course", "C1")
    assert run("score", "HUGO", "norwood", "2", *given)[0] == 0
    assert run("score", "HUGO", "norwood", "3", *given)[0] == 3
    assert run("score", "HUGO", "norwood", "3", *given, "--instead-of", "2")[0] == 0
    assert run("score", "HUGO", "none_such", "3", *given)[0] == 3


def test_a_red_card_from_open_to_closed(run):
    code, card, action = run("red-card", "open", "HUGO", "late_lump", "--session", "S3")
    assert code == 0
    assert action  # what to do first is said at once
    listed = json.loads(run("red-card", "list", "--format", "json")[1])
    assert [(one["red_card_id"], one["flag"], one["session_id"]) for one in listed] == [
        (card, "late_lump", "S3")
    ]
    assert run("red-card", "take", card)[0] == 0
    assert run("red-card", "close", card, "--found", "a cyst", "--why", "treated")[0] == 0
    assert json.loads(run("red-card", "list", "--format", "json")[1]) == []
    assert run("red-card", "open", "HUGO", "none_such")[0] == 3


def test_a_contact_that_tells_of_a_warning_sign_opens_its_red_card(run):
    new = ("contact", "HUGO", "--channel", "phone", "--new")
    assert run(*new, "S3:itch:2026-11-21")[2] == ""
    said = run(*new, "S3:ulcer:2026-11-21")
    listed = json.loads(run("red-card", "list", "--format", "json")[1])
    assert [(one["flag"], one["session_id"]) for one in listed] == [("open_sore", "S3")]
    assert said[2]
