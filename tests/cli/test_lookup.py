"""Looking up areas, protocols and histories on the command line."""

import json
from datetime import date

import pytest

from mesodash.cli import main
from mesodash.demo import make_demo
from mesodash.records.actor import DEMO
from mesodash.records.clinic import create_clinic
from mesodash.records.connection import reading


@pytest.fixture(scope="module")
def clinic(tmp_path_factory, catalogue):
    path = tmp_path_factory.mktemp("lookup") / "demo.db"
    make_demo(path, sessions=200, today=date(2026, 11, 22), catalogue=catalogue)
    return path


@pytest.fixture
def run(clinic, capsys):
    """Run a command; give its exit code, what it printed and what it complained."""

    def go(*arguments):
        code = 0
        try:
            main([*arguments, "--db", str(clinic)])
        except SystemExit as stop:
            code = stop.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def test_protocols_of_an_area_best_evidence_first(run, catalogue):
    code, out, _ = run("protocols", "--area", "abdomen.lower", "--format", "json")
    rows = json.loads(out)

    assert code == 0
    assert [r["protocol"] for r in rows] == [
        p.code for p in catalogue.protocols_at("abdomen.lower")
    ]
    assert rows[0]["evidence"] == "B/C"
    assert {r["excluded"] for r in rows} == {False}, "the demo clinic is not in France"
    assert "pregnancy" in {c["label"].lower() for c in rows[0]["not_for"]}


def test_what_the_country_bans_is_excluded_with_the_reason(tmp_path, capsys):
    db = tmp_path / "fr.db"
    create_clinic(db, clinic_id="fr", name="Paris", kind="clinical", country="FR", actor=DEMO)
    main(["protocols", "--area", "abdomen.lower", "--format", "json", "--db", str(db)])
    out = capsys.readouterr().out
    banned = {row["protocol"]: row["why"] for row in json.loads(out) if row["excluded"]}

    assert list(banned) == ["fat_pcdc"]
    assert banned["fat_pcdc"].startswith("banned in FR: ")


def test_areas_below_a_parent(run):
    _, out, _ = run("areas", "--area", "abdomen", "--format", "json")

    assert [row["area"] for row in json.loads(out)] == [
        "abdomen",
        "abdomen.upper",
        "abdomen.periumbilical",
        "abdomen.lower",
        "abdomen.flank",
    ]


def test_areas_of_a_patient_say_how_often_each_was_treated(run, clinic):
    with reading(clinic) as db:
        patient, area, times = db.execute(
            "SELECT p.patient_id, t.area, count(DISTINCT t.session) FROM treated_areas AS t"
            " JOIN patients AS p ON p.id = t.patient JOIN sessions AS s ON s.id = t.session"
            " WHERE s.state = 'held' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 1"
        ).fetchone()
    _, out, _ = run("areas", "--patient", patient, "--format", "json")

    assert {row["area"]: row["treated"] for row in json.loads(out)}[area] == times > 1


def test_history_of_a_parent_is_that_of_all_below_newest_first(run, clinic):
    _, out, _ = run("history", "--area", "face", "--format", "json")
    rows = json.loads(out)
    with reading(clinic) as db:
        (count,) = db.execute(
            "SELECT count(*) FROM treated_areas AS t JOIN sessions AS s ON s.id = t.session"
            " WHERE s.state = 'held' AND (t.area = 'face' OR t.area LIKE 'face.%')"
            " AND t.area <> 'face.temple'"  # lies under the head, as its row says
        ).fetchone()

    assert len(rows) == count > 0
    assert [r["held_at"] for r in rows] == sorted((r["held_at"] for r in rows), reverse=True)


def test_history_as_csv_has_a_header(run):
    _, out, _ = run("history", "--area", "abdomen.lower", "--format", "csv")

    assert out.splitlines()[0].startswith("held_at,session_id,patient_id,area,side,protocol")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["history", "--area", "elbowww"], 'There is no area "elbowww" in the catalogue'),
        (["protocols", "--indication", "beauty"], 'There is no indication "beauty"'),
        (["areas", "--indication", "beauty"], 'There is no indication "beauty"'),
        (["history", "--area", "hip", "--patient", "P-9999"], "No patient has the id 'P-9999'"),
        (["protocols", "--area", "hip", "--patient", "P-9999"], "No patient has the id 'P-9999'"),
    ],
)
def test_wrong_use_is_one_sentence(run, arguments, sentence):
    code, out, err = run(*arguments)

    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith(sentence)
