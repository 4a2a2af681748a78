"""A course on the command line: planned as the screening allows, listed, moved, cancelled."""

import json

import pypdf
import pytest

from mesodash.records.store.connection import reading

PLAN = (
    "course", "plan", "MIA", "--protocol", "melasma_txa", "--area", "face.cheek:left:20",
    "--area", "face.cheek:right", "--first-on", "2026-11-27", "--at", "10:30", "--sessions", "3",
    "--interval-days", "14", "--reason", "as agreed",
)  # fmt: skip


def rows(path, sql):
    with reading(path) as db:
        return [tuple(row) for row in db.execute(sql)]


@pytest.fixture
def planned(run):
    code, course, err = run(*PLAN, "--nonce", "n" * 8)
    assert (code, err) == (0, "")
    return course


def test_a_course_is_planned_once_and_listed(run, planned):
    assert run(*PLAN, "--nonce", "n" * 8) == (0, planned, "")

    found = json.loads(run("course", "list", "--course", planned, "--format", "json")[1])
    assert [(one["held_at"], one["state"], one["areas"]) for one in found] == [
        (day, "planned", "face.cheek:left face.cheek:right")
        for day in ("2026-11-27T10:30", "2026-12-11T10:30", "2026-12-25T10:30")
    ]
    day = run("course", "list", "--from", "2026-12-01", "--to", "2026-12-11", "--format", "csv")[1]
    assert [line.split(",")[0] for line in day.splitlines()[1:]] == ["2026-12-11T10:30"]


def test_the_points_of_an_area(rooms, planned):
    assert planned
    assert rows(
        rooms,
        "SELECT DISTINCT t.side, t.points FROM treated_areas AS t JOIN sessions AS s"
        " ON s.id = t.session JOIN patients AS p ON p.id = s.patient"
        " WHERE p.patient_id = 'MIA' AND t.points IS NOT NULL",
    ) == [("left", 20)]


def test_what_is_not_asked_yet_needs_a_reason(run, rooms):
    code, out, err = run(*PLAN[: PLAN.index("--reason")])
    assert (code, out) == (3, "")
    assert "reason" in err
    assert rows(rooms, "SELECT count(*) FROM courses") == [(1,)]


def test_what_the_screening_excludes_is_not_planned_for_any_reason(run):
    assert run("screening", "record", "MIA", "-", given={"pregnancy": "yes"})[0] == 0
    code, _out, err = run(*PLAN)
    assert code == 3
    assert "excludes" in err


def test_a_session_is_moved_and_a_stale_look_is_refused(run, rooms, planned):
    second = f"{planned}-2"
    code, out, _err = run("course", "move", second, "--to", "2026-12-14", "--at", "09:00")
    assert (code, out) == (0, "Planned on 2026-12-14T09:00.")
    stale = ("--to", "2026-12-15", "--seen", "2026-12-11T10:30")
    assert run("course", "move", second, *stale)[0] == 3
    assert rows(rooms, f"SELECT held_at FROM sessions WHERE session_id = '{second}'") == [
        ("2026-12-14T09:00",)
    ]
    taken = run("course", "move", second, "--to", "2026-12-25")
    assert taken[0] == 3
    assert "2026-12-25" in taken[2]


def test_a_course_is_cancelled_once(run, rooms, planned):
    code, out, _err = run("course", "cancel", planned, "--reason", "moved away")
    assert code == 0
    assert out.startswith("3 sessions")
    assert rows(
        rooms, f"SELECT state, stopped_reason FROM courses WHERE course_id = '{planned}'"
    ) == [("stopped", "moved away")]
    assert run("course", "cancel", planned, "--reason", "not_known")[0] == 3


def test_the_calendar_names_nobody(run, tmp_path, planned):
    target = tmp_path / "course.ics"
    assert run("course", "calendar", planned, "--to", target)[0] == 0
    text = target.read_text(encoding="utf-8")
    assert text.count("BEGIN:VEVENT") == 3
    assert text.count("synthetic") == 4  # the calendar's name, and where each session is
    assert "MIA" not in text
    assert run("course", "calendar", planned, "--to", target)[0] == 3
    assert run("course", "calendar", planned, "--to", target, "--force")[0] == 0


@pytest.mark.parametrize(
    ("option", "value", "code", "named"),
    [
        ("--protocol", "none_such", 3, "none_such"),
        ("--area", "face.cheek", 2, "AREA:SIDE"),
        ("--area", "face.cheek:left:many", 2, "AREA:SIDE"),
        ("--area", "face.nowhere:left", 3, "face.nowhere"),
        ("--area", "scalp.vertex:midline", 3, "leave that area out"),
        ("--at", "half past", 2, "09:30"),
        ("--first-on", "soon", 2, "soon"),
        ("--sessions", "900", 3, "sessions"),
        ("--practitioner", "nobody", 3, "nobody"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_one_sentence(run, rooms, option, value, code, named):
    told = run(*PLAN, option, value)
    assert told[:2] == (code, "")
    assert named in told[2]
    assert "Traceback" not in told[2]
    assert rows(rooms, "SELECT count(*) FROM courses") == [(1,)]


def test_who_and_what_is_not_there(run):
    assert run("course", "plan", "NOBODY", *PLAN[3:])[0] == 3
    assert run("course", "move", "none", "--to", "2026-12-01")[0] == 3
    assert run("course", "cancel", "none", "--reason", "not_known")[0] == 3
    assert run("course", "list", "--course", "none")[0] == 3


@pytest.mark.slow
def test_the_handout_of_what_is_still_planned(run, tmp_path, planned):
    pages = {}
    for language in ("en", "fr"):
        target = tmp_path / f"{language}.pdf"
        told = run("course", "handout", planned, "--to", target, "--language", language)
        assert told[::2] == (0, "")
        pages[language] = "\n".join(page.extract_text() for page in pypdf.PdfReader(target).pages)
    days = {language: found.count("2026") for language, found in pages.items()}
    assert min(days.values()) >= 3
    assert "synthetic" in pages["en"]
    assert "MIA" in pages["en"]
    assert pages["en"] != pages["fr"]

    assert run("course", "handout", planned, "--to", target)[0] == 3
    assert run("course", "handout", planned, "--to", target, "--force")[0] == 0
    assert run("course", "handout", planned, "--to", tmp_path / "x", "--language", "tlh")[0] == 3
    assert run("course", "handout", "none", "--to", tmp_path / "x")[0] == 3
    assert run("course", "cancel", planned)[0] == 2
    assert run("course", "cancel", planned, "--reason", "  ")[0] == 3
    assert run("course", "cancel", planned, "--reason", "patient_asked")[0] == 0
    assert run("course", "handout", planned, "--to", tmp_path / "x")[0] == 3
    assert not (tmp_path / "x").exists()
