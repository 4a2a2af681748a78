"""A real trial, all of it: every row comes out as a second reading of the files says it must."""

import csv
import gzip
from pathlib import Path

import pytest
from tests.exchange.small_clinic import ACTOR, clock
from tests.sentences import numbers_in

from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.mapping.mapping_file import load_mapping
from mesodash.records.store.clinic import read_revision

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SOURCES = ("dm", "ex", "ae")
SEVERITY = {"MILD": "1", "MODERATE": "2", "SEVERE": "3"}
RELATED = {
    "NONE": "none",
    "REMOTE": "unlikely",
    "POSSIBLE": "possible",
    "PROBABLE": "probable",
    "NA": "",
}


@pytest.fixture
def trial(tmp_path):
    """The trial's three files, unpacked."""
    folder = tmp_path / "trial"
    folder.mkdir()
    for name in SOURCES:
        raw = (ROOT / "tests" / "data" / "cdiscpilot01" / f"{name}.csv.gz").read_bytes()
        (folder / f"{name}.csv").write_bytes(gzip.decompress(raw))
    return folder


@pytest.fixture
def rules():
    return load_mapping(ROOT / "docs" / "examples" / "cdiscpilot01.yaml")


def table(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def expected_session(event, exposures):
    """The latest session at or before onset, else the first, at the precision of the onset."""
    onset = event["AESTDTC"]
    mine = sorted(
        (row["EXSTDTC"], int(row["EXSEQ"]))
        for row in exposures
        if row["USUBJID"] == event["USUBJID"]
    )
    until = [one for one in mine if one[0][: len(onset)] <= onset] or mine[:1]
    return f"{event['USUBJID']}-{until[-1][1]}"


def expected_effect(event, exposures, people, catalogue):
    still_there = event["AEOUT"] != "RECOVERED/RESOLVED"
    end = event["AEENDTC"].replace("NA", "")
    fatal = event["AEOUT"] == "FATAL"
    return {
        "side_effect_id": f"{event['USUBJID']}-{event['AESEQ']}",
        "session_id": expected_session(event, exposures),
        "area": "",
        "side": "",
        "effect": catalogue.side_effect_for_term(event["AEDECOD"]) or "other",
        "term": event["AETERM"],
        "onset_at": event["AESTDTC"],
        "resolved_at": "" if still_there else end,
        "last_seen_at": (end or people[event["USUBJID"]]["RFPENDTC"]) if still_there else "",
        "gone_by_at": "",
        "severity": SEVERITY[event["AESEV"]],
        "serious": "yes" if fatal or event["AESER"] == "Y" else "no",
        "related": RELATED[event["AEREL"]],
        "note": "",
        "outcome": "",
        "treatment_given": "",
        "reported_on": "",
        "told_by": "",
    }


def test_every_row_of_the_trial_is_accounted_for(trial, rules, clinic, take, tmp_path, catalogue):
    result = take(clinic, trial, mapping=rules)

    assert [(f.source, f.read, f.inserted, f.rejected) for f in result.files] == [
        ("dm.csv", 306, 306, 0),
        ("ex.csv", 591, 591, 0),
        ("ae.csv", 1191, 1191, 0),
    ]
    assert result.not_read == ()
    export_csv(clinic, tmp_path / "out", actor=ACTOR, clock=clock)
    people = {row["USUBJID"]: row for row in table(trial, "dm")}
    exposures = table(trial, "ex")
    got = {row["side_effect_id"]: row for row in table(tmp_path / "out", "side_effects")}
    want = [expected_effect(event, exposures, people, catalogue) for event in table(trial, "ae")]
    assert len(got) == len(want)
    for row in want:
        assert got[row["side_effect_id"]] == row
    assert {
        r["patient_id"]: (r["sex"], r["birth_year"]) for r in table(tmp_path / "out", "patients")
    } == {
        name: ({"F": "female", "M": "male"}[row["SEX"]], row["BRTHDTC"][:4])
        for name, row in people.items()
    }


def test_what_is_known_of_the_trial(trial, rules, clinic, take, tmp_path):
    take(clinic, trial, mapping=rules)
    export_csv(clinic, tmp_path / "out", actor=ACTOR, clock=clock)

    effects = table(tmp_path / "out", "side_effects")
    by_effect = [row["effect"] for row in effects]
    assert sum(row["resolved_at"] != "" for row in effects) == 465
    assert sum(row["last_seen_at"] != "" for row in effects) == 726
    assert sum(row["serious"] == "yes" for row in effects) == 6
    assert sum(len(row["onset_at"]) < 10 for row in effects) == 26
    assert by_effect.count("headache") == 21
    assert all(row["term"] for row in effects)


def test_the_trial_twice_is_the_trial_once(trial, rules, clinic, take):
    take(clinic, trial, mapping=rules)
    revision = read_revision(clinic)

    result = take(clinic, trial, mapping=rules)

    assert [f.unchanged for f in result.files] == [306, 591, 1191]
    assert read_revision(clinic) == revision


def test_what_cannot_be_is_told_with_its_reason(trial, rules, clinic, take, tmp_path):
    lines = (trial / "ae.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(
        n for n, line in enumerate(lines) if "RECOVERED/RESOLVED,2014-01-09,2014-01-11" in line
    )
    lines[at] = lines[at].replace("2014-01-11", "2014-01-01")
    (trial / "ae.csv").write_text("".join(lines), encoding="utf-8")

    result = take(clinic, trial, mapping=rules)

    (reject,) = table(tmp_path, "rejects")
    assert (result.files[2].inserted, result.files[2].rejected) == (1190, 1)
    assert numbers_in(reject.pop("reason")) == ["2014-01-09"]  # the onset it is before
    assert reject == {
        "file": "ae.csv",
        "line": str(at + 1),
        "column": "AEENDTC",
        "value": "2014-01-01",
    }
