"""What an import takes, what it leaves, and what it writes into the change log."""

import csv
import re

import pytest
from tests.exchange.small_clinic import ACTOR, FILES, ROWS, clock

from mesodash.exchange.contract.files import BY_FILE
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.importing.take_rows import FileResult
from mesodash.records.store.clinic import read_revision
from mesodash.records.store.connection import reading


def log_of(db):
    with reading(db) as open_db:
        return [
            tuple(row)
            for row in open_db.execute(
                "SELECT table_name, month, patient, row_count FROM change_log"
                " WHERE action = 'import' ORDER BY seq"
            )
        ]


def exported(db, folder):
    export_csv(db, folder, actor=ACTOR, clock=clock)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def absent_of(tmp_path):
    with (tmp_path / "absent.csv").open(encoding="utf-8", newline="") as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]


def rejects_of(tmp_path):
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_of_every_file_is_taken(clinic, put, take):
    result = take(clinic, put(FILES))

    assert result.files == tuple(
        FileResult(name, name, rows, rows, 0, 0, 0) for name, rows in ROWS.items()
    )
    assert (result.rejects, result.not_read, result.rejected) == (None, (), 0)


def test_values_arrive_in_the_clinics_units(clinic, put, take):
    take(clinic, put(FILES))

    with reading(clinic) as db:
        areas = [
            tuple(row)
            for row in db.execute(
                "SELECT s.session_id, t.held_at, t.patient = s.patient, t.area, t.side,"
                " t.technique, t.depth_um, t.points, t.volume_ul FROM treated_areas AS t"
                " JOIN sessions AS s ON s.id = t.session ORDER BY t.id"
            )
        ]
        value = db.execute("SELECT value FROM outcomes ORDER BY id").fetchone()[0]
    assert areas == [
        ("S1", "2024-01-05T10:30", 1, "face.cheek", "both", "nappage", 2500, 40, 1250),
        ("S1", "2024-01-05T10:30", 1, "face.chin", "midline", None, None, None, 1),
        ("S3", "2024-01-06", 1, "face", "midline", None, None, None, None),
    ]
    assert value == 3.0


def test_a_second_import_changes_nothing(clinic, put, take, tmp_path):
    folder = put(FILES)
    take(clinic, folder)
    revision, log, before = read_revision(clinic), log_of(clinic), exported(clinic, tmp_path / "a")

    result = take(clinic, folder)

    assert [(f.inserted, f.updated, f.unchanged) for f in result.files] == [
        (0, 0, rows) for rows in ROWS.values()
    ]
    assert (read_revision(clinic), log_of(clinic)) == (revision, log)
    assert exported(clinic, tmp_path / "b") == before


def test_the_log_says_months_and_patients_not_rows(clinic, put, take):
    take(clinic, put(FILES))

    assert log_of(clinic) == [
        ("consents", "2024-01", None, 2),
        ("courses", "2024-01", None, 2),
        ("follow_ups", "2024-01", None, 2),
        ("injection_points", "2024-01", None, 2),
        ("outcomes", "2024-01", None, 1),
        ("outcomes", "2024-02", None, 1),
        ("patients", None, None, 2),
        ("plans", None, None, 1),
        ("practitioners", None, None, 1),
        ("products_used", "2024-01", None, 1),
        ("protocol_versions", None, None, 2),
        ("red_cards", "2024-01", None, 2),
        ("screenings", None, None, 4),
        ("sessions", "2024-01", None, 2),
        ("sessions", "2024-02", None, 1),
        ("side_effects", "2024-01", None, 2),
        ("side_effects", "2024-02", None, 1),
        ("stock", None, None, 2),
        ("treated_areas", "2024-01", None, 3),
        ("patients", None, 1, 24),
        ("patients", None, 2, 5),
    ]
    assert read_revision(clinic) == 2


def test_a_changed_row_updates_and_only_that(clinic, put, take):
    take(clinic, put(FILES))
    already = len(log_of(clinic))
    changed = FILES["side_effects.csv"].replace("2024-01-07,,,1", "2024-01-08,,,1")

    result = take(clinic, put({"side_effects.csv": changed}))

    target = next(f for f in result.files if f.file == "side_effects.csv")
    assert (target.inserted, target.updated, target.unchanged) == (0, 1, 2)
    assert log_of(clinic)[already:] == [
        ("side_effects", "2024-01", None, 1),
        ("patients", None, 1, 1),
    ]


def test_a_session_that_moves_takes_what_hangs_on_it_along(clinic, put, take):
    take(clinic, put(FILES))
    already = len(log_of(clinic))
    moved = FILES["sessions.csv"].replace("2024-01-05T10:30", "2023-12-20T09:00")

    take(clinic, put({"sessions.csv": moved}))

    with reading(clinic) as db:
        times = {row[0] for row in db.execute("SELECT held_at FROM treated_areas")}
    assert times == {"2023-12-20T09:00", "2024-01-06"}
    assert log_of(clinic)[already:] == [
        (table, month, None, rows)
        for table, rows in (
            ("follow_ups", 2),
            ("injection_points", 2),
            ("products_used", 1),
            ("sessions", 1),
            ("side_effects", 2),
            ("treated_areas", 2),
        )
        for month in ("2023-12", "2024-01")
    ] + [("patients", None, 1, 20)]


def test_a_session_may_move_to_its_true_patient(clinic, put, take):
    take(clinic, put(FILES))
    moved = FILES["sessions.csv"].replace("S3,P2,C2,", "S3,P1,C1,")

    result = take(clinic, put({"sessions.csv": moved}))

    assert result.rejected == 0
    with reading(clinic) as db:
        owner = db.execute(
            "SELECT p.patient_id FROM treated_areas AS t JOIN patients AS p ON p.id = t.patient"
            " WHERE t.held_at = '2024-01-06'"
        ).fetchone()
    assert owner == ("P1",)


def test_columns_that_are_not_given_keep_what_the_clinic_has(clinic, put, take, tmp_path):
    take(clinic, put(FILES))
    fewer = "side_effect_id,session_id,effect,onset_at\nE2,S1,other,2024-01-15\n"

    result = take(clinic, put({**FILES, "side_effects.csv": fewer}))

    text = exported(clinic, tmp_path / "out")["side_effects.csv"].decode()
    assert result.rejected == 0
    assert (
        "E2,S1,,,other,felt odd,2024-01-15,,2024-01-20,2024-02-05,2,no,possible,came back" in text
    )


def test_columns_that_are_not_given_must_still_agree(clinic, put, take, tmp_path):
    take(clinic, put(FILES))
    fewer = (
        "side_effect_id,session_id,effect,onset_at\n"
        "E2,S1,other,2024-01-25\nE9,S1,other,2024-01-25\n"
    )

    take(clinic, put({"side_effects.csv": fewer}))

    assert [(r["line"], r["column"]) for r in rejects_of(tmp_path)] == [
        ("2", "last_seen_at"),
        ("3", "term"),
    ]


def test_a_dry_run_counts_and_writes_nothing(clinic, put, take):
    before = clinic.read_bytes()

    result = take(clinic, put(FILES), dry_run=True)

    assert [f.inserted for f in result.files] == list(ROWS.values())
    assert result.dry_run
    assert clinic.read_bytes() == before
    assert read_revision(clinic) == 1


def test_good_rows_are_kept_and_bad_ones_told_with_their_children(clinic, put, take, tmp_path):
    files = {
        "patients.csv": "patient_id,sex\nP1,female\nP2,femail\n",
        "sessions.csv": (
            "session_id,patient_id,held_at,state\n"
            "S1,P1,2024-01-05,held\nS2,P2,2024-01-05,held\nS3,P1,2024-02-30,held\n"
        ),
        "follow_ups.csv": "session_id,contacted_at\nS1,2024-01-06\nS2,2024-01-06\nS3,2024-02-06\n",
    }

    result = take(clinic, put(files))

    assert [(f.read, f.inserted, f.rejected) for f in result.files] == [
        (2, 1, 1),
        (3, 1, 2),
        (3, 1, 2),
    ]
    rejects = [tuple(row.values()) for row in rejects_of(tmp_path)]
    assert [row[:4] for row in rejects] == [
        ("patients.csv", "3", "sex", "femail"),
        ("sessions.csv", "3", "patient_id", "P2"),
        ("sessions.csv", "4", "held_at", "2024-02-30"),
        ("follow_ups.csv", "3", "session_id", "S2"),
        ("follow_ups.csv", "4", "session_id", "S3"),
    ]
    # What is refused for another row says which: its file and line.
    assert [re.findall(r"\w+\.csv, line \d+", row[4]) for row in rejects] == [
        [],
        ["patients.csv, line 3"],
        [],
        ["sessions.csv, line 3"],
        ["sessions.csv, line 4"],
    ]


def test_a_refused_row_that_the_clinic_has_is_not_absent(clinic, put, take, tmp_path):
    """The clinic has P1 to P3, and stays so: P1 is refused, P2 stands in the file, P3 does not."""
    visits = "session_id,patient_id,held_at,state\n"
    contacts = "session_id,contacted_at\n"
    first = {
        "patients.csv": "patient_id,sex\nP1,female\nP2,male\nP3,female\n",
        "sessions.csv": f"{visits}S1,P1,2024-01-05,held\nS2,P2,2024-01-05,held\n",
        "follow_ups.csv": f"{contacts}S1,2024-01-06\nS2,2024-01-06\n",
    }
    take(clinic, put(first))

    second = {
        "patients.csv": "patient_id,sex\nP1,femail\nP2,male\n",
        "sessions.csv": f"{visits}S1,P1,2024-01-05,held\n",
        "follow_ups.csv": f"{contacts}S1,2024-01-06\n",
    }
    result = take(clinic, put(second))

    assert [(one.unchanged, one.rejected, one.absent) for one in result.files] == [
        (1, 1, 1),
        (0, 1, 1),
        (0, 1, 1),
    ]
    assert absent_of(tmp_path) == [
        ("patients.csv", "P3", "P3", ""),
        ("sessions.csv", "S2", "P2", ""),
        ("follow_ups.csv", "S2, 2024-01-06, ", "P2", ""),
    ]


def only(folder, *names):
    for other in folder.glob("*.csv"):
        if other.name not in names:
            other.unlink()
    return folder


VISITS = (
    "session_id,patient_id,held_at,state\n"
    "S1,P1,2024-01-05,held\nS2,P1,2024-02-05,held\nS3,P2,2024-02-05,held\n"
)
PEOPLE = "patient_id,sex\nP1,female\nP2,male\nP3,female\n"
TREATED = "session_id,area,side,technique,points\n"
REFUSED_AREAS = [
    # Refused for what is no part of its key: the clinic's row of that key stands in the file.
    (
        "S2,abdomen.lower,midline,nappage,x",
        [("S2, back, midline, ", ""), ("S3, back, midline, ", "")],
    ),
    # Its area cannot be read: any area of its session may be it.
    (
        "S2,bakc,midline,,10",
        [
            ("S2, abdomen.lower, midline, nappage", ""),
            ("S2, back, midline, ", "treated_areas.csv, line 3"),
            ("S3, back, midline, ", ""),
        ],
    ),
    # Its session is too long to be one, and no clinic has it: every back may be it.
    (
        f"{'S' * 65},back,midline,,10",
        [
            ("S2, abdomen.lower, midline, nappage", ""),
            ("S2, back, midline, ", "treated_areas.csv, line 3"),
            ("S3, back, midline, ", "treated_areas.csv, line 3"),
        ],
    ),
    # A row of too few cells says nothing.
    (
        "S2,back",
        [
            ("S2, abdomen.lower, midline, nappage", "treated_areas.csv, line 3"),
            ("S2, back, midline, ", "treated_areas.csv, line 3"),
            ("S3, back, midline, ", "treated_areas.csv, line 3"),
        ],
    ),
]


@pytest.mark.parametrize(("row", "expected"), REFUSED_AREAS)
@pytest.mark.parametrize("dry_run", [True, False])
def test_what_is_gone_where_refused_rows_have_no_id(
    clinic, put, take, tmp_path, row, expected, dry_run
):
    first = (
        f"{TREATED}S1,back,midline,,5\nS2,abdomen.lower,midline,nappage,9\n"
        "S2,back,midline,,7\nS3,back,midline,,\n"
    )
    take(clinic, put({"patients.csv": PEOPLE, "sessions.csv": VISITS, "treated_areas.csv": first}))

    again = put({"treated_areas.csv": f"{TREATED}S1,back,midline,,6\n{row}\n"})
    result = take(clinic, only(again, "treated_areas.csv"), dry_run=dry_run)

    (file,) = result.files
    assert [(one[1], one[3]) for one in absent_of(tmp_path)] == expected
    assert (file.absent, file.perhaps) == (len(expected), sum(bool(p) for _r, p in expected))
    assert [(one.row, one.place) for one in file.gone] == expected


def test_a_whole_file_has_nothing_absent_and_a_total_is_no_row(clinic, put, take, tmp_path):
    take(clinic, put(FILES))
    again = take(clinic, put(FILES))
    assert {(one.absent, one.perhaps) for one in again.files} == {(0, 0)}
    assert again.absent is None

    take(clinic, only(put({"patients.csv": PEOPLE}), "patients.csv"))
    fewer = take(clinic, put({"patients.csv": "patient_id,sex\nP1,female\nP2,male\nTotal,\n"}))

    assert (fewer.files[0].rejected, fewer.files[0].perhaps) == (1, 0)
    assert "P3" in [one.row for one in fewer.files[0].gone]


def test_answers_and_versions_that_are_gone_have_their_keys(clinic, put, take, tmp_path):
    take(clinic, put(FILES))
    short = {
        name: "".join(text.splitlines(keepends=True)[:-1])
        for name, text in FILES.items()
        if name in ("screening_answers.csv", "protocol_versions.csv", "plans.csv")
    }
    result = take(clinic, only(put(short), *short))

    last = {name: FILES[name].splitlines()[-1].split(",") for name in short}
    header = {name: FILES[name].splitlines()[0].split(",") for name in short}
    keys = {one.file: [row.row for row in one.gone] for one in result.files}
    assert keys == {
        name: [", ".join(last[name][header[name].index(n)] for n in BY_FILE[name].key)]
        for name in short
    }


def test_a_bom_blank_lines_and_windows_ends_are_fine(clinic, put, take):
    text = "\ufeffpatient_id,sex\r\n\r\n P1 ,female\r\n,\r\nP2, male\r\n"

    result = take(clinic, put({"patients.csv": text}))

    assert (result.files[0].read, result.files[0].inserted) == (2, 2)


def test_files_that_nothing_asks_for_are_named(clinic, put, take):
    result = take(clinic, put({**FILES, "Patients_old.csv": "x\n", "rejects.csv": "y\n"}))

    assert result.not_read == ("Patients_old.csv",)


def test_progress_counts_every_row(clinic, put, take):
    seen = {}

    take(clinic, put(FILES), progress=lambda f, n: seen.__setitem__(f, seen.get(f, 0) + n))

    assert seen == ROWS


def test_rejects_that_cannot_be_written_stop_the_import(clinic, put, take, tmp_path):
    before = clinic.read_bytes()
    folder = put({"patients.csv": "patient_id,sex\nP1,female\nP2,femail\n"})

    with pytest.raises(Exception, match="name another file with --rejects"):
        take(clinic, folder, rejects=tmp_path / "nowhere" / "rejects.csv")

    assert clinic.read_bytes() == before


class StopNow(BaseException):
    """As Streamlit stops a page: past Exception."""


def test_an_import_can_be_stopped_until_its_rows_are_written(clinic, put, take, tmp_path):
    folder = put(FILES)
    heard = []
    take(clinic, folder, dry_run=True, progress=lambda file, rows: heard.append((file, rows)))
    reading_ends = max(at for at, (_file, rows) in enumerate(heard) if rows)
    before = clinic.read_bytes()

    assert reading_ends < len(heard) - 1  # it is heard of while rows are checked and written
    for last in (0, reading_ends, reading_ends + 1, len(heard) - 1):
        calls = []

        def stop(*one, calls=calls, last=last):
            calls.append(one)
            if len(calls) > last:
                raise StopNow

        with pytest.raises(StopNow):
            take(clinic, folder, progress=stop)
        assert clinic.read_bytes() == before
        assert not (tmp_path / "changes.csv").exists()
