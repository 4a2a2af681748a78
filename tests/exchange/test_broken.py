"""Broken imports: each gets one plain sentence, nothing is lost and nothing is half-written."""

import csv
import os
import re
from pathlib import Path

import pytest
from tests.exchange.small_clinic import ACTOR, FILES, clock, filled

from mesodash.exchange.errors import BrokenFileError, ExchangeError
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.sources import csv_file
from mesodash.records.store.clinic import read_revision
from mesodash.records.store.errors import NotAClinicError

SENTENCE = re.compile(r"[^\n]{20,600}\.")
P = "patient_id,sex\n"

WHOLE_FILES = {
    "empty": (b"", "patients.csv is empty; its first line must name the columns"),
    "only a BOM": (b"\xef\xbb\xbf", "patients.csv is empty"),
    "blank header": (b"\n\nP1,female\n", "patients.csv is empty"),
    "UTF-16 without its mark": (
        (P + "P1,female\n").encode("utf-16-le"),
        "holds NUL bytes (line 1)",
    ),
    "Cyrillic": (P.encode() + "пациент,female\n".encode("koi8-r"), "is not in UTF-8 (line 2)"),
    "two encodings": (
        P.encode() + "Zoë,female\n".encode() + "Zoë,female\n".encode("latin-1"),
        "is not in UTF-8 (line 3)",
    ),
    "0xFF": (P.encode() + b"\xff\xff,female\n", "is not in UTF-8 (line 2)"),
    "NUL": (P.encode() + b"P\x001,female\n", "holds NUL bytes (line 2)"),
    "a spreadsheet": (b"PK\x03\x04\x14\x00\x06\x00" + bytes(range(256)), "is a spreadsheet or"),
    "no header": (b"P1,female\nP2,male\n", "has no column 'patient_id', 'sex'"),
    "required column missing": (b"patient_id,note\nP1,x\n", "has no column 'sex'"),
    "column twice": (b"patient_id,sex,sex\nP1,female,male\n", "names the column 'sex' twice"),
    "column without a name": (b"patient_id,,sex\nP1,,male\n", "has no name for column 2"),
    "unknown column": (b"patient_id,sex,shoe\nP1,male,42\n", "does not know: 'shoe'"),
    "unclosed quote": (P.encode() + b'P1,"female\nP2,male\n', "that is never closed"),
    "unclosed quote, long": (
        P.encode() + b'P1,"female\n' + b"P2,male\n" * 30_000,
        "that is never closed",
    ),
    "quote inside a cell": (P.encode() + b'"P"1,female\n', "stands inside a cell"),
    "200,000 columns": (b",".join([b"c%d" % i for i in range(200_000)]), "has a header line of"),
    "300 columns": (
        b",".join([b"c%d" % i for i in range(300)]),
        "has no column 'patient_id', 'sex' in its first rows",
    ),
    "2001 columns": (b",".join([b"c%d" % i for i in range(2001)]), "has 2001 columns"),
    "one endless line": (P.encode() + b"P1," + b"x" * 1_100_000, "characters in line 2"),
}


@pytest.mark.parametrize("name", WHOLE_FILES)
def test_a_broken_file_is_told_in_one_sentence_and_nothing_is_taken(name, clinic, put, take):
    content, expected = WHOLE_FILES[name]
    take(clinic, put({"patients.csv": FILES["patients.csv"]}))
    before = clinic.read_bytes()
    folder = put({"patients.csv": content, "practitioners.csv": FILES["practitioners.csv"]})

    with pytest.raises(BrokenFileError) as caught:
        take(clinic, folder)

    sentence = str(caught.value)
    assert expected in sentence
    assert SENTENCE.fullmatch(sentence)
    assert sentence.endswith("; nothing was imported.")
    assert clinic.read_bytes() == before


def test_a_file_over_the_limit_is_not_even_opened(clinic, put, take):
    folder = put({"patients.csv": FILES["patients.csv"]})
    os.truncate(folder / "patients.csv", csv_file.MAX_BYTES + 1)  # sparse: takes no room

    with pytest.raises(BrokenFileError, match="import it in parts"):
        take(clinic, folder)


def test_every_broken_file_is_told(clinic, put, take):
    with pytest.raises(BrokenFileError) as caught:
        take(clinic, put({"patients.csv": b"", "sessions.csv": b"a,a\n"}))

    empty, twice = str(caught.value).splitlines()
    assert empty.startswith("patients.csv is empty")
    assert twice.startswith("sessions.csv names the column 'a'")


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda p: p / "gone", "There is no folder"),
        (lambda p: p, "holds none of the files to import"),
    ],
)
def test_a_folder_without_files(make, expected, clinic, take, tmp_path):
    (tmp_path / "bare").mkdir()

    with pytest.raises(ExchangeError, match=expected) as caught:
        take(clinic, make(tmp_path / "bare"))

    assert SENTENCE.fullmatch(str(caught.value))


def test_a_clinic_that_is_not_there(put, take, tmp_path):
    with pytest.raises(NotAClinicError, match="mesodash init"):
        take(tmp_path / "no.db", put(FILES))

    assert not (tmp_path / "no.db").exists()


# file, row, column at fault, part of the reason
ROWS = [
    ("protocol_versions.csv", "magic,1,2024-01-01,ada,{},", "protocol", "a code of the catalogue"),
    ("protocol_versions.csv", "face_ncha,3,2024-01-01,,{},", "adopted_by", "is missing"),
    ("protocol_versions.csv", "face_ncha,3,2024-01-01,ada,no,", "parameters", "is not JSON"),
    ("plans.csv", "C2,ada,2024-01-04T09:00,", "made_at", "is not a UTC time"),
    ("plans.csv", "C2,ada,2024-02-30T09:00:00+00:00,", "made_at", "does not exist"),
    ("plans.csv", "C9,ada,2024-01-04T09:00:00+00:00,", "course_id", "neither in the files nor"),
    ("plans.csv", "C1,bea,2024-01-04T09:00:00+00:00,", "course_id", "is there already in line"),
    ("patients.csv", "P9,female,19x0,,", "birth_year", "is not a whole number"),
    ("patients.csv", "P9,female,1066,,", "birth_year", "is not between 1900 and 2024"),
    ("patients.csv", "P9,female,,VII,", "phototype", "one of I, II, III, IV, V, VI"),
    ("patients.csv", ",female,,,", "patient_id", "is missing"),
    ("patients.csv", "P9,,,,", "sex", "is missing"),
    ("patients.csv", "P9,female,,", "", "has 4 cells where the header has 13"),
    ("patients.csv", "P9,female,,,,,,,,,,,,", "", "has 14 cells where the header has 13"),
    ("patients.csv", "P9" * 40 + ",female,,,", "patient_id", "longer than 64 characters"),
    ("patients.csv", "P9,female,,," + "x" * 4001, "note", "longer than 4000 characters"),
    ("patients.csv", "P9,female,,,a\x07b", "note", "the control character U+0007"),
    ("patients.csv", "P\x1b9,female,,,", "patient_id", "the control character U+001B"),
    ("patients.csv", "P1,female,,,", "patient_id", "is there already in line 2"),
    ("practitioners.csv", "D9,  ", "name", "is blank"),
    ("courses.csv", "C9,P1,wisdom,face_ncha,,,2024-01-05,active,", "indication", "the catalogue"),
    ("courses.csv", "C9,P1,melasma,magic,,,2024-01-05,active,", "protocol", "the catalogue"),
    ("courses.csv", "C9,P1,melasma,face_ncha,0,,2024-01-05,active,", "planned_sessions", "between"),
    ("courses.csv", "C9,P7,melasma,face_ncha,,,2024-01-05,active,", "patient_id", "neither in"),
    ("sessions.csv", "S9,P2,C1,,,2024-01-05,held,,", "course_id", "a course of another patient"),
    ("sessions.csv", "S9,P2,,,,05.01.2024,held,,", "held_at", "is not a date"),
    ("sessions.csv", "S9,P2,,,,2024-01,held,,", "held_at", "is not a date"),
    ("sessions.csv", "S9,P2,,,,2024-01-05T25:00,held,,", "held_at", "does not exist"),
    ("sessions.csv", "S9,P2,,,,2024-01-05T10:00Z,held,,", "held_at", "has a time zone"),
    ("sessions.csv", "S9,P2,,,,3024-01-05,held,,", "held_at", "correct the year"),
    ("sessions.csv", "S9,P2,,D8,,2024-01-05,held,,", "practitioner_id", "names a practitioner"),
    ("sessions.csv", "S9,P2,,,,2024-01-05,done,,", "state", "one of planned, held"),
    ("treated_areas.csv", "S1,elbow_grease,left,,,,", "area", "the catalogue (area)"),
    ("treated_areas.csv", "S1,face.glabella,left,,,,", "side", "not a side of face.glabella"),
    ("treated_areas.csv", "S1,arm,midline,,,,", "side", "use left, right or both"),
    ("treated_areas.csv", "S1,face,left,,,,-1", "volume_ml", "is not between 0 and 1000"),
    ("treated_areas.csv", "S1,face,left,,,,nan", "volume_ml", "is not a number"),
    ("treated_areas.csv", "S1,face,left,,,,inf", "volume_ml", "is not a number"),
    ("treated_areas.csv", "S1,face,left,,,,1e9", "volume_ml", "is not a number"),
    ("treated_areas.csv", "S1,face,left,,,,0.0005", "volume_ml", "more than 3 decimals"),
    ("treated_areas.csv", 'S1,face,left,,,,"1,5"', "volume_ml", "with a point"),
    ("treated_areas.csv", "S1,face,left,,99,,", "depth_mm", "is not between 0 and 50"),
    ("treated_areas.csv", "S1,face.cheek,both,nappage,,,", "session_id", "already in line 2"),
    ("products_used.csv", "S1,,Serum,L1,2025-13,", "expires_on", "does not exist"),
    ("products_used.csv", "S1,,,L1,,", "product", "is missing"),
    ("side_effects.csv", "E9,S1,,,boredom,,2024-01-05,,,,,,,", "effect", "the catalogue"),
    ("side_effects.csv", "E9,S1,,,other,,2024-01-05,,,,,,,", "term", "is missing though"),
    ("side_effects.csv", "E9,S1,,left,itch,,2024-01-05,,,,,,,", "side", "without an area"),
    ("side_effects.csv", "E9,S1,,,itch,,2024-01-05,2024-01-04,,,,,,", "resolved_at", "before the"),
    ("side_effects.csv", "E9,S1,,,itch,,2024-01-05,2023,,,,,,", "resolved_at", "before the onset"),
    (
        "side_effects.csv",
        "E9,S1,,,itch,,2024-01-05,,2024-01-09,2024-01-08,,,,",
        "gone_by_at",
        "before it was last seen",
    ),
    (
        "side_effects.csv",
        "E9,S1,,,itch,,2024-01-05,2024-01-08,2024-01-09,,,,,",
        "last_seen_at",
        "after it was resolved",
    ),
    (
        "side_effects.csv",
        "E9,S1,,,itch,,2024-01-05,2024-01-08,,2024-01-07,,,,",
        "gone_by_at",
        "before it was resolved",
    ),
    ("side_effects.csv", "E9,S1,,,itch,,2024-01-05,,2024-01,,,,,", "last_seen_at", "not a date"),
    ("side_effects.csv", "E9,S1,,,itch,,2024-01-05,,,,6,,,", "severity", "between 1 and 5"),
    ("side_effects.csv", "E9,S8,,,itch,,2024-01-05,,,,,,,", "session_id", "neither in the files"),
    ("follow_ups.csv", "S1,2024-01-12,pigeon", "channel", "one of visit, phone"),
    ("follow_ups.csv", "S1,2024-01-12,phone", "session_id", "already in line 2"),
    ("outcomes.csv", "P2,,S1,,gais,3,2024-01-05,", "session_id", "a session of another patient"),
    ("outcomes.csv", "P2,C1,,,gais,3,2024-01-05,", "course_id", "a course of another patient"),
    ("outcomes.csv", "P1,,,,happiness,3,2024-01-05,", "scale", "the catalogue (scale)"),
    ("outcomes.csv", "P1,,,,gais,1e309,2024-01-05,", "value", "is not between"),
    ("outcomes.csv", "P1,,,,gais,NaN,2024-01-05,", "value", "is not a number"),
    ("outcomes.csv", "P1,,,,gais,99,2024-01-05,", "value", "is outside the scale gais"),
]


@pytest.mark.parametrize(("file", "row", "column", "reason"), ROWS, ids=lambda v: str(v)[:40])
def test_a_bad_row_is_told_and_the_good_ones_are_kept(
    file, row, column, reason, clinic, put, take, tmp_path
):
    good = tmp_path / "good.db"
    good.write_bytes(clinic.read_bytes())
    Path(f"{good}.key").write_bytes(Path(f"{clinic}.key").read_bytes())
    Path(f"{good}.key").chmod(0o600)
    take(good, put(FILES))
    lines = FILES[file].count("\n")
    if column:  # else the row is of a wrong length on purpose
        row = filled(file, row)

    result = take(clinic, put({**FILES, file: FILES[file] + row + "\n"}))

    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as told:
        rejects = list(csv.DictReader(told))
    assert [(r["file"], r["line"], r["column"]) for r in rejects] == [
        (file, str(lines + 1), column)
    ]
    assert reason in rejects[0]["reason"]
    assert result.rejected == 1
    assert same_exports(good, clinic, tmp_path)


def same_exports(one, two, folder):
    texts = []
    for at, db in enumerate((one, two)):
        export_csv(db, folder / str(at), actor=ACTOR, clock=clock)
        texts.append({p.name: p.read_bytes() for p in (folder / str(at)).iterdir()})
    return texts[0] == texts[1]


def test_where_nothing_can_be_taken_the_clinic_stays_as_it_was(clinic, put, take):
    before = clinic.read_bytes()

    result = take(clinic, put({"patients.csv": P + "P1,x\nP2,y\n"}))

    assert (result.files[0].read, result.files[0].rejected) == (2, 2)
    assert clinic.read_bytes() == before
    assert read_revision(clinic) == 1


CONFLICTS = [
    ("courses.csv", "C2,P2,", "C2,P1,", "course_id", "another patient's course"),
    ("sessions.csv", "S1,P1,C1,", "S1,P2,C2,", "session_id", "another patient's session"),
    ("side_effects.csv", "E1,S1,", "E1,S3,", "side_effect_id", "another patient's side effect"),
]


@pytest.mark.parametrize(("file", "old", "new", "column", "reason"), CONFLICTS)
def test_an_id_that_belongs_to_another_patient_already(
    file, old, new, column, reason, clinic, put, take, tmp_path
):
    take(clinic, put(FILES))

    result = take(clinic, put({file: FILES[file].replace(old, new)}))

    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as told:
        rejects = list(csv.DictReader(told))
    assert column in {r["column"] for r in rejects}
    assert any(reason in r["reason"] for r in rejects)
    assert sum(f.updated + f.inserted for f in result.files) == 0


def test_a_row_with_several_faults_names_them_all(clinic, put, take, tmp_path):
    take(clinic, put({"patients.csv": "patient_id,sex,birth_year\nP1,x,y\n"}))

    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as told:
        (reject,) = csv.DictReader(told)
    assert (reject["column"], reject["value"]) == ("sex", "x")
    assert "; also birth_year is not" in reject["reason"]
