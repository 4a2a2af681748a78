"""Out as FHIR, in again: the same clinic; and what is said of files that are wrong."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.exchange.small_clinic import ACTOR, clock, make_clinic

from mesodash.exchange.errors import BrokenFileError, ExchangeError
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.mapping.mapping_file import read_mapping
from mesodash.records.store.connection import reading


def later():
    return datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def tables(db, folder):
    export_csv(db, folder, actor=ACTOR, clock=clock)
    return files(folder)


@pytest.fixture
def put_fhir(tmp_path):
    """Write resources as NDJSON into a folder."""

    def write(resources):
        folder = tmp_path / "changed"
        folder.mkdir()
        for kind, some in resources.items():
            lines = "".join(json.dumps(one) + "\n" for one in some)
            (folder / f"{kind}.ndjson").write_text(lines, "utf-8")
        return folder

    return write


@pytest.mark.parametrize(("clinic", "zone"), [("fhir_small", "Europe/Paris"), ("fhir_demo", None)])
def test_the_journey_gives_the_same_clinic(clinic, zone, request, take, tmp_path):
    db, folder, _result = request.getfixturevalue(clinic)
    again = make_clinic(tmp_path / "again.db", timezone=zone)

    result = take(again, folder, clock=later)

    assert (result.rejected, result.not_read) == (0, ())
    first = tables(db, tmp_path / "first")
    assert tables(again, tmp_path / "second") == first
    assert first["sessions.csv"].count(b"\n") > 3
    once_more = take(again, folder, clock=later)
    assert sum(f.inserted + f.updated + f.rejected for f in once_more.files) == 0


def test_negative_control_a_changed_resource_gives_another_clinic(
    fhir_small, resources, put_fhir, take, tmp_path
):
    resources["Patient"][0]["gender"] = "male"
    again = make_clinic(tmp_path / "again.db", timezone="Europe/Paris")

    take(again, put_fhir(resources))

    first, second = tables(fhir_small[0], tmp_path / "first"), tables(again, tmp_path / "second")
    assert [name for name in first if first[name] != second[name]] == ["patients.csv"]
    assert b"P1,male,1980" in second["patients.csv"]


def test_a_bundle_and_a_zip_say_the_same(fhir_small, resources, take, tmp_path):
    entries = [
        {"fullUrl": f"urn:uuid:{one['id']}", "resource": one}
        for some in resources.values()
        for one in some
    ]
    place = tmp_path / "bundle"
    place.mkdir()
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    (place / "clinic.json").write_text(json.dumps(bundle), "utf-8")
    with zipfile.ZipFile(tmp_path / "clinic.zip", "w") as packed:
        packed.write(place / "clinic.json", "clinic.json")
    again = make_clinic(tmp_path / "again.db", timezone="Europe/Paris")

    assert take(again, tmp_path / "clinic.zip").rejected == 0

    assert tables(again, tmp_path / "second") == tables(fhir_small[0], tmp_path / "first")


def test_a_time_that_was_changed_counts_above_the_recorded_one(resources, put_fhir, take, tmp_path):
    session = next(p for p in resources["Procedure"] if p.get("note"))  # S2, a day
    timed = next(p for p in resources["Procedure"] if "T10:30" in p["performedDateTime"])
    timed["performedDateTime"] = "2024-01-05T09:00:00Z"
    session["performedDateTime"] = "2024-02-06"
    again = make_clinic(tmp_path / "again.db", timezone="Europe/Paris")

    take(again, put_fhir(resources))

    with reading(again) as db:
        held = db.execute("SELECT session_id, held_at FROM sessions ORDER BY 1").fetchall()
    assert held == [
        ("S1", "2024-01-05T10:00:00"),
        ("S2", "2024-02-06"),
        ("S3", "2024-01-06"),
    ]


def test_what_is_no_valid_fhir_is_refused_where_it_stands(resources, put_fhir, take, tmp_path):
    resources["Patient"][1]["gender"] = "woman"
    resources["Procedure"][0]["status"] = "nonsense"
    resources["Observation"][0]["code"] = {"text": "no code of a scale"}
    resources["Communication"][0]["about"] = [{"reference": 3}]
    resources["Condition"] = [{"resourceType": "Condition", "id": "c"}]
    again = make_clinic(tmp_path / "again.db", timezone="Europe/Paris")

    result = take(again, put_fhir(resources))

    lines = (tmp_path / "rejects.csv").read_text("utf-8").splitlines()[1:]
    told = {tuple(line.split(",")[:3]) for line in lines}
    assert ("Patient.ndjson", "2", "gender") in told
    assert ("Procedure.ndjson", "1", "status") in told
    # A value at which the library itself stops is a fault of its resource, not of the file.
    assert ("Communication.ndjson", "1") in {one[:2] for one in told}
    assert any("not valid FHIR R4B" in line for line in lines)
    # What refers to them goes with them, and its line is reported as well.
    assert {file for file, _line, _column in told} >= {
        "Patient.ndjson",
        "Procedure.ndjson",
        "Consent.ndjson",
    } - {"Consent.ndjson"}
    assert result.not_read == ("1 Condition",)
    assert result.rejected == len(lines)


def test_a_refused_resource_is_not_gone(fhir_small, resources, put_fhir, take, tmp_path):
    """The clinic's own rows again, two of them invalid: neither is absent; one cannot be told."""
    _db, folder, _result = fhir_small
    again = make_clinic(tmp_path / "again.db", timezone="Europe/Paris")
    take(again, folder)
    left_out = resources["Consent"].pop()
    resources["Patient"][0]["gender"] = "woman"
    resources["Communication"][0]["status"] = "nonsense"

    result = take(again, put_fhir(resources))

    found = {one.file: one for one in result.files}
    assert (found["patients.csv"].absent, found["patients.csv"].perhaps) == (0, 0)
    consents = found["consents.csv"]
    assert (consents.absent, consents.perhaps) == (1, 0)
    assert consents.gone[0].row == left_out["identifier"][0]["value"]
    # A contact has no id of its own: the one that is missing may be the refused one.
    contacts = found["follow_ups.csv"]
    assert (contacts.absent, contacts.perhaps) == (1, 1)
    assert contacts.gone[0].place == "Communication.ndjson, line 1"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("Patient.ndjson", '{"resourceType": "Patient"', "is not JSON in line 1"),
        ("Patient.ndjson", "[" * 100_000, "is not JSON in line 1"),
        ("Patient.ndjson", "[1]", "holds no resource in line 1"),
        ("Patient.ndjson", '{"resourceType": "Patient", "id": "a", "x": NaN}', "is not JSON"),
        ("Patient.ndjson", b"\xff\xfe{", "is not in UTF-8"),
        ("clinic.json", '{"resourceType": "Bundle", "entry": [1]}', "has no resource in entry 1"),
        ("Patient.ndjson", '{"resourceType": "Patient", "gender": "x"}', "not valid FHIR R4B"),
    ],
)
def test_bad_input_is_one_sentence(clinic_file, take, tmp_path, name, content, words):
    folder = tmp_path / "in"
    folder.mkdir()
    raw = content if isinstance(content, bytes) else content.encode()
    (folder / name).write_bytes(raw)

    with pytest.raises(BrokenFileError) as error:
        take(clinic_file, folder)

    assert words in str(error.value)
    assert str(error.value).count("\n") == 0
    assert str(error.value).startswith(name)


@pytest.fixture
def clinic_file(tmp_path):
    return make_clinic(tmp_path / "clinic.db")


def test_fhir_and_csv_are_not_taken_together(clinic_file, fhir_small, take, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    patients = (fhir_small[1] / "Patient.ndjson").read_bytes()
    (folder / "Patient.ndjson").write_bytes(patients)
    mapping = read_mapping({"patients.csv": {"from": "a.csv", "patient_id": "No", "sex": "Sex"}})

    with pytest.raises(ExchangeError, match="FHIR files take no mapping"):
        take(clinic_file, folder, mapping=mapping)
    (folder / "patients.csv").write_text("patient_id,sex\n", "utf-8")
    with pytest.raises(ExchangeError, match="FHIR files take no mapping"):
        take(clinic_file, folder)


def test_a_link_is_not_followed(clinic_file, fhir_small, take, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "Patient.ndjson").symlink_to(Path(fhir_small[1]) / "Patient.ndjson")

    with pytest.raises(BrokenFileError, match="is a link"):
        take(clinic_file, folder)
