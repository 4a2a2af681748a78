"""Looking up areas, protocols and histories on the command line."""

import json
from datetime import date

import pytest
from tests.conftest import TODAY
from tests.sentences import numbers_in

from mesodash.cli import main
from mesodash.demo import make_demo
from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.screenings import Answer, record_screening
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import reading, writing


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
    assert all(part in banned["fat_pcdc"] for part in ("(FR)", "Decree 2011"))


def test_what_was_withdrawn_is_excluded_for_everybody(run):
    _, out, _ = run("protocols", "--area", "leg.thigh.medial", "--format", "json")

    excluded = {row["protocol"]: row["why"] for row in json.loads(out) if row["excluded"]}
    assert list(excluded) == ["fat_lipolytic"]
    assert excluded["fat_lipolytic"].startswith("Buflomedil: ")
    assert numbers_in(excluded["fat_lipolytic"]) == [2011, 2012]


@pytest.fixture
def screened(tmp_path, catalogue, capsys):
    """Screen a woman who takes a blood thinner; ask what is indicated where for her."""
    db = tmp_path / "screened.db"
    create_clinic(db, clinic_id="s", name="S", kind="clinical", country="GB", actor=DEMO)
    with writing(db, DEMO) as change:
        change.db["patients"].insert(
            {"patient_id": "P1", "sex": "female", "birth_year": 1980, "phototype": "II"}
        )
        change.log("create", "patients")

    def ask(*arguments, **said):
        if said:
            given = {code: Answer("no") for code in catalogue.questions}
            given |= {code: Answer(one) for code, one in said.items()}
            record_screening(db, "P1", given, DEMO, TODAY)
        main([*arguments, "--patient", "P1", "--format", "json", "--db", str(db)])
        return json.loads(capsys.readouterr().out)

    return ask


def test_a_blood_thinner_excludes_with_the_reason(screened):
    rows = screened("protocols", "--area", "leg.thigh.medial", drug_anticoagulant="yes")
    cellulite = next(row for row in rows if row["protocol"] == "cellulite_mix")

    assert {row["protocol"]: row["excluded"] for row in rows} == {
        "cellulite_mix": True,
        "striae_ha_aa": True,
        "fat_lipolytic": True,
    }
    assert (cellulite["level"], cellulite["level_words"]) == ("excluded", "Not for this patient")
    assert cellulite["why"].startswith("Warfarin, DOAC or heparin: ")
    assert [(r["code"], r["question"]) for r in cellulite["reasons"]] == [
        ("bleeding", "drug_anticoagulant")
    ]
    assert cellulite["screened_on"] == TODAY.isoformat()
    assert cellulite["unanswered"] == []


def test_a_patient_who_was_never_screened_is_to_be_asked_first(screened):
    rows = screened("protocols", "--area", "leg.knee")

    assert {row["protocol"]: (row["level"], row["excluded"]) for row in rows} == {
        "knee_oa": ("unknown", False),
        "fat_pcdc_arm_knee": ("unknown", False),
    }
    assert {row["screened_on"] for row in rows} == {None}
    assert "pregnancy" in rows[0]["unanswered"]


def test_asthma_from_painkillers_excludes_migraine_protocols_with_an_nsaid(screened):
    rows = screened("protocols", "--indication", "migraine", ulcer_asthma="yes")

    assert {row["protocol"]: row["level"] for row in rows} == {
        "migraine_acute": "excluded",
        "migraine_chronic": "excluded",
    }


def test_a_red_flag_says_what_to_do(screened):
    rows = screened(
        "protocols", "--area", "face.temple", "--indication", "tth", headache_red_flag="yes"
    )

    sentence = "Headache with a warning sign: stop and refer: it may not be a primary headache."
    action = "Stop: do not inject, refer to a doctor."
    assert [(row["level"], row["why"]) for row in rows] == [("stop", f"{sentence} {action}")]


def test_areas_of_a_patient_name_what_is_excluded_there(screened):
    rows = screened("areas", "--area", "neck.submental", dysphagia="yes")

    (found,) = rows[0]["protocols"]
    assert found.pop("why").startswith("Trouble swallowing, now or before: ")
    assert found == {"protocol": "fat_submental_dc", "excluded": True, "level": "excluded"}


def test_a_file_of_an_older_version_is_brought_up_to_date(screened, tmp_path):
    with writing(tmp_path / "screened.db", DEMO) as change:
        change.log("update", "clinic")
        change.db.execute("DROP TABLE screening_answers")
        change.db.execute("DROP TABLE screenings")
        change.db.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm004%'")

    assert {row["level"] for row in screened("protocols", "--area", "leg.knee")} == {"unknown"}


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
