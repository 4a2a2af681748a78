"""Versions, plans and screenings come in whole, once, and are never changed."""

import csv

import pytest
from tests.exchange.small_clinic import ACTOR, EARLIER, FILES, clock, make_clinic, write_files

from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.records.store.clinic import read_revision
from mesodash.records.store.connection import reading

ANSWERS = FILES["screening_answers.csv"]
HEAD = ANSWERS.splitlines()[0]
PEOPLE = {"patients.csv": FILES["patients.csv"]}


def answers(*rows):
    return {**PEOPLE, "screening_answers.csv": "\n".join([HEAD, *rows]) + "\n"}


def rejects(tmp_path):
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        return [(int(r["line"]), r["column"], r["reason"]) for r in csv.DictReader(file)]


def exported(db, folder):
    export_csv(db, folder, actor=ACTOR, clock=clock)
    return {path.name: path.read_text("utf-8") for path in sorted(folder.iterdir())}


@pytest.fixture
def only(tmp_path):
    """Write files into a folder that has nothing else."""
    return lambda files: write_files(tmp_path / "only", files)


def rows(db, sql):
    with reading(db) as snapshot:
        return [tuple(row) for row in snapshot.execute(sql)]


def test_they_arrive_as_the_app_would_have_written_them(clinic, put, take):
    take(clinic, put(FILES))

    assert rows(clinic, "SELECT screened_on, screened_by, confirms FROM screenings") == [
        ("2024-01-04", "ada", None),
        ("2024-02-05", "bea", 1),
    ]
    assert rows(clinic, "SELECT screening, question, said, areas FROM screening_answers") == [
        (1, "breastfeeding", "no", "[]"),
        (1, "pregnancy", "unknown", "[]"),
        (2, "breastfeeding", "no", "[]"),
        (2, "pregnancy", "no", '["face.cheek", "face.chin"]'),
    ]
    assert rows(
        clinic,
        "SELECT s.session_id, v.version FROM sessions AS s"
        " LEFT JOIN protocol_versions AS v ON v.id = s.protocol_version ORDER BY 1",
    ) == [("S1", 1), ("S2", 2), ("S3", None)]
    assert rows(clinic, "SELECT course, made_by, reason FROM plans") == [
        (1, "ada", "a wedding, in a hurry")
    ]


def test_an_export_of_an_earlier_release_is_taken_and_forgets_nothing(clinic, put, take, tmp_path):
    result = take(clinic, put(EARLIER))
    assert result.rejected == 0
    other = make_clinic(tmp_path / "other.db")
    folder = tmp_path / "new"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    take(other, folder)
    before = exported(other, tmp_path / "a")

    again = take(other, put(EARLIER))

    assert sum(f.inserted + f.updated for f in again.files) == 0
    assert exported(other, tmp_path / "b") == before


def test_a_session_that_leaves_its_versions_protocol_must_say_so(clinic, put, only, take, tmp_path):
    take(clinic, put(FILES))
    changed = EARLIER["sessions.csv"].replace("D1,face_ncha,2024-02", "D1,melasma_txa,2024-02")

    take(clinic, only({"sessions.csv": changed}))

    ((line, column, reason),) = rejects(tmp_path)
    assert (line, column) == (3, "protocol")
    assert "say with protocol_version" in reason


@pytest.mark.parametrize(
    ("name", "old", "new", "column", "reason"),
    [
        ("protocol_versions.csv", "deeper", "far deeper", "reason", "never changed, so give this"),
        ("protocol_versions.csv", "3.5}", "4.5}", "parameters", "an adopted version is never"),
        ("plans.csv", "in a hurry", "slowly", "reason", "how a course was planned is never"),
        ("screening_answers.csv", "not tested", "tested", "detail", "a screening is never changed"),
        ("screening_answers.csv", "unknown", "yes", "said", "a screening is never changed"),
        ("screening_answers.csv", "1,breast", ",breast", "confirms", "a screening is never"),
        (
            "screening_answers.csv",
            "P1,2,2024-02-05,bea,1,pregnancy",
            "P1,2,2024-02-05,bea,1,under_18",
            "question",
            "is not among the answers",
        ),
    ],
)
def test_one_that_differs_is_refused(
    name, old, new, column, reason, clinic, put, only, take, tmp_path
):
    take(clinic, put(FILES))
    revision, before = read_revision(clinic), exported(clinic, tmp_path / "a")
    changed = FILES[name].replace(old, new)
    assert changed != FILES[name]

    result = take(clinic, only({name: changed}))

    assert (result.rejected, sum(f.inserted + f.updated for f in result.files)) == (1, 0)
    ((_, at, why),) = rejects(tmp_path)
    assert at == column
    assert reason in why
    assert (read_revision(clinic), exported(clinic, tmp_path / "b")) == (revision, before)


def test_equal_parameters_in_another_spelling_are_equal(clinic, put, only, take):
    take(clinic, put(FILES))
    spelt = FILES["protocol_versions.csv"].replace(
        '{""depth_mm"": 2.5, ""technique"": ""nappage""}',
        '{""technique"":""nappage"",""depth_mm"":2.50}',
    )

    result = take(clinic, only({"protocol_versions.csv": spelt}))

    assert [(f.unchanged, f.rejected) for f in result.files] == [(2, 0)]


def test_a_version_that_was_refused_takes_its_sessions_along(clinic, put, take, tmp_path):
    take(clinic, put({"protocol_versions.csv": FILES["protocol_versions.csv"]}))
    other = FILES["protocol_versions.csv"].replace("3.5}", "4.5}")

    take(clinic, put({**FILES, "protocol_versions.csv": other}))

    found = [(line, column) for line, column, _ in rejects(tmp_path)]
    assert (3, "protocol_version") in found
    assert rows(clinic, "SELECT session_id FROM sessions ORDER BY 1") == [("S1",), ("S3",)]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("face_ncha,2024-01-05,held,9", "neither in the files nor in the clinic"),
        (",2024-01-05,held,1", "is a version without a protocol"),
        ("face_ncha,2024-01-05,held,0", "is not between 1 and"),
    ],
)
def test_a_version_that_cannot_be_followed(cells, reason, clinic, put, take, tmp_path):
    head = "session_id,patient_id,protocol,held_at,state,protocol_version\n"

    take(clinic, put({**PEOPLE, "sessions.csv": f"{head}S1,P1,{cells}\n"}))

    ((line, column, why),) = rejects(tmp_path)
    assert (line, column) == (2, "protocol_version")
    assert reason in why


FIRST = "P1,1,2024-01-04,ada,,pregnancy,no,,,2024-01-04"
SECOND = "P1,2,2024-01-04,ada,1,pregnancy,no,,,2024-01-04"


@pytest.mark.parametrize(
    ("given", "refused", "reason"),
    [
        ([FIRST, "P1,1,2024-01-04,ada,,wings,no,,,2024-01-04"], {2, 3}, "taken whole"),
        ([FIRST, "P1,1,2024-01-04"], {2, 3}, "may belong to"),
        ([FIRST, ",1,2024-01-04,ada,,under_18,no,,,2024-01-04"], {2, 3}, "may belong to"),
        ([FIRST, "P1,x,2024-01-04,ada,,under_18,no,,,2024-01-04"], {2, 3}, "may belong to"),
        ([FIRST, FIRST], {2, 3}, "taken whole"),
        ([FIRST.replace("no", "perhaps"), SECOND], {2, 3}, "comes after"),
        ([SECOND], {2}, "comes after screening 1 of this patient"),
        ([FIRST, SECOND.replace("2024-01-04", "2024-01-03")], {3}, "in order of time"),
        ([FIRST, SECOND.replace("ada,1", "ada,2")], {3}, "is not an earlier screening"),
        ([FIRST.replace("no,,,2024-01", "no,,,2024-02")], {2}, "is after the screening"),
        ([FIRST.replace("no,,", "no,wing,")], {2}, "names 'wing'"),
        ([FIRST.replace("2024-01-04,ada", "2024-01-04T10:00,ada")], {2}, "without a time"),
        (
            [FIRST, "P1,1,2024-01-04,bea,,under_18,no,,,2024-01-04"],
            {2, 3},
            "which are one screening",
        ),
    ],
)
def test_a_screening_is_taken_whole_and_in_order(
    given, refused, reason, clinic, put, take, tmp_path
):
    take(clinic, put(answers(*given, "P2,1,2024-01-04,ada,,pregnancy,no,,,2024-01-04")))

    found = rejects(tmp_path)
    other_patient = (
        {len(given) + 2} if "may belong to" in reason and ("P1,x" not in given[1]) else set()
    )
    assert {line for line, _, _ in found} == refused | other_patient
    assert any(reason in why for _, _, why in found)
    kept = rows(clinic, "SELECT count(*) FROM screenings WHERE patient = 1")
    assert kept == [(0 if 2 in refused else 1,)]


def test_rows_may_stand_in_any_order_and_more_than_one_write_takes(
    clinic, put, take, tmp_path, monkeypatch
):
    for module in ("rejects_file", "row_store"):
        monkeypatch.setattr(f"mesodash.exchange.importing.{module}._AT_ONCE", 1)
    lines = ANSWERS.splitlines()[1:]

    result = take(clinic, put({**FILES, **answers(*reversed(lines))}))

    assert result.rejected == 0
    assert exported(clinic, tmp_path / "out")["screening_answers.csv"] == ANSWERS


def test_newer_screenings_are_added_behind_those_the_clinic_has(clinic, put, take, tmp_path):
    take(clinic, put(answers(*ANSWERS.splitlines()[1:3])))

    result = take(clinic, put(answers(*ANSWERS.splitlines()[1:])))

    assert [(f.inserted, f.unchanged) for f in result.files] == [(0, 2), (2, 2)]
    assert exported(clinic, tmp_path / "out")["screening_answers.csv"] == ANSWERS


def test_a_dry_run_writes_none_of_them(clinic, put, take):
    result = take(clinic, put(FILES), dry_run=True)

    assert {f.file: f.inserted for f in result.files}["screening_answers.csv"] == 4
    assert rows(clinic, "SELECT count(*) FROM screenings") == [(0,)]
