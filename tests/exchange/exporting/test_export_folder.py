"""What an export writes, and that importing it gives an equal clinic."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.exchange.small_clinic import ACTOR, FILES, ROWS, clock, make_clinic

from mesodash.exchange.cell_text import cleaned
from mesodash.exchange.contract.files import AMENDMENTS, BY_FILE, EXCHANGE_FILES, PHOTOS
from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.importing.import_folder import import_folder
from mesodash.records.store.clinic import read_revision
from mesodash.records.store.connection import reading, writing
from mesodash.records.transfer.immutable import ANSWER_COLUMNS
from mesodash.records.transfer.upsert import WrittenRows, upsert

BESIDE = (PHOTOS, AMENDMENTS)


def export(db, folder, **options):
    export_csv(db, folder, actor=ACTOR, clock=clock, **options)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_an_export_has_every_file_in_the_contracts_columns(clinic, put, take, tmp_path):
    take(clinic, put(FILES))

    counts = export_csv(clinic, tmp_path / "out", actor=ACTOR, clock=clock)

    assert counts == ROWS | {one.file_name: 0 for one in BESIDE}
    assert sorted(counts) == sorted([*BY_FILE, *(one.file_name for one in BESIDE)])
    for name, target in BY_FILE.items():
        text = (tmp_path / "out" / name).read_bytes().decode("utf-8")
        assert text.splitlines()[0] == ",".join(target.names)
        assert sorted(text.splitlines()) == sorted(FILES[name].splitlines())
        assert "\r" not in text


def test_an_empty_clinic_still_has_headers(clinic, tmp_path):
    files = export(clinic, tmp_path / "out")

    assert files == {
        s.file_name: (",".join(s.names) + "\n").encode() for s in (*EXCHANGE_FILES, *BESIDE)
    }


def test_an_export_is_logged_and_moves_no_revision(clinic, put, take, tmp_path):
    take(clinic, put(FILES))
    revision = read_revision(clinic)

    export(clinic, tmp_path / "out")

    with reading(clinic) as db:
        log = [
            tuple(row)
            for row in db.execute(
                "SELECT actor, table_name, row_key, row_count FROM change_log"
                " WHERE action = 'export' ORDER BY seq"
            )
        ]
    assert log == [
        ("tester", s.table, "csv", ROWS.get(s.file_name, 0)) for s in (*EXCHANGE_FILES, *BESIDE)
    ]
    assert read_revision(clinic) == revision


def test_an_earlier_export_is_replaced(clinic, put, take, tmp_path):
    export(clinic, tmp_path / "out")
    take(clinic, put(FILES))

    files = export(clinic, tmp_path / "out")

    assert files["practitioners.csv"] == FILES["practitioners.csv"].encode()
    assert sorted(p.name for p in tmp_path.iterdir() if "out" in p.name) == ["out"]


@pytest.mark.parametrize(
    ("name", "expected"), [("mine.txt", "holds other files"), (None, "is a file; name a folder")]
)
def test_other_peoples_files_are_left_alone(name, expected, clinic, tmp_path):
    target = tmp_path / "out"
    if name:
        target.mkdir()
        (target / name).write_text("keep me", encoding="utf-8")
    else:
        target.write_text("keep me", encoding="utf-8")

    with pytest.raises(ExchangeError, match=expected):
        export(clinic, target)

    assert (target / name if name else target).read_text(encoding="utf-8") == "keep me"


def test_nothing_is_left_behind_where_an_export_fails(clinic, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mesodash.exchange.exporting.export_folder._write", full)

    with pytest.raises(ExchangeError, match="choose another folder or free some space"):
        export(clinic, tmp_path / "out")

    assert [p.name for p in tmp_path.iterdir() if "out" in p.name] == []


def test_formulas_are_text_in_the_file_and_come_back(clinic, put, take, tmp_path):
    live = '=HYPERLINK("http://x")'
    with writing(clinic, ACTOR, clock=clock) as change:
        touched = WrittenRows()
        upsert(change, "patients", ("patient_id", "sex", "note"), [("-1", "male", live)], touched)
        touched.log(change)

    files = export(clinic, tmp_path / "out")

    assert files["patients.csv"].decode().splitlines()[1] == (
        '\'-1,male,,,"\'=HYPERLINK(""http://x"")",,,,,,,,'
    )
    other = make_clinic(tmp_path / "other.db")
    take(other, tmp_path / "out")
    with reading(other) as db:
        assert db.execute("SELECT patient_id, note FROM patients").fetchone() == ("-1", live)


PLAIN = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z"))
ID = st.text(st.sampled_from("'=+-@,\"") | PLAIN, min_size=1, max_size=8).filter(
    lambda text: cleaned(text) == text
)
TEXT = st.none() | st.text(st.sampled_from("'=+-@\t\r\n,\" ") | PLAIN, min_size=1, max_size=12)
DAY = st.dates(date(2000, 1, 1), date(2024, 2, 28)).map(str)
MOMENT = DAY | st.tuples(DAY, st.times()).map(lambda t: f"{t[0]}T{t[1]:%H:%M}")
QUESTION = st.sampled_from(["pregnancy", "breastfeeding", "under_18"])
AMOUNT = st.none() | st.integers(0, 1_000_000)
STATE = st.sampled_from(["held", "planned", "cancelled"])
PARAMETERS = st.sampled_from(["{}", '{"depth_mm": 2.5, "sessions": 4}', '{"mixture": "\\u00e9"}'])
ANSWER = ("patient", *ANSWER_COLUMNS[1:])


@st.composite
def screenings(draw, patient):
    """Some screenings of a patient, each with its answers; days do not go back."""
    rows = []
    for number, day in enumerate(sorted(draw(st.lists(DAY, max_size=3))), 1):
        who = draw(ID)
        confirms = draw(st.sampled_from([None, *range(1, number)]))
        for question in draw(st.lists(QUESTION, min_size=1, max_size=3, unique=True)):
            said = draw(st.sampled_from(["yes", "no", "unknown"]))
            areas = draw(st.sampled_from(["[]", '["face"]', '["hip", "face.cheek"]']))
            detail = draw(TEXT)
            rows.append((patient, number, day, who, confirms, question, said, areas, detail, day))
    return rows


@st.composite
def clinics(draw):
    """Rows by table, as the clinic's file may hold them, references by outside id."""
    patients = draw(st.lists(ID, min_size=1, max_size=4, unique=True))
    sessions = {
        session: draw(st.sampled_from(patients))
        for session in draw(st.lists(ID, min_size=1, max_size=5, unique=True))
    }
    a_session = st.sampled_from(sorted(sessions))
    versions = draw(st.integers(0, 3))
    version = st.sampled_from([None, *range(1, versions + 1)])
    planned = draw(st.lists(ID, max_size=3, unique=True))
    areas = st.sampled_from(["face", "arm", "hip"])
    effect = st.tuples(ID, a_session, st.just("other"), ID, st.just("2024-01"), TEXT)
    score = st.tuples(st.sampled_from(patients), st.floats(1, 5), MOMENT)
    return [
        (
            "patients",
            ("patient_id", "sex", "birth_year", "note"),
            [(p, "male", draw(st.none() | st.integers(1900, 2000)), draw(TEXT)) for p in patients],
        ),
        (
            "protocol_versions",
            ("protocol", "version", "adopted_on", "adopted_by", "parameters", "reason"),
            [
                ("face_ncha", n + 1, draw(MOMENT), draw(ID), draw(PARAMETERS), draw(TEXT))
                for n in range(versions)
            ],
        ),
        (
            "courses",
            ("course_id", "patient", "indication", "protocol", "started_on", "state"),
            [
                (
                    c,
                    draw(st.sampled_from(patients)),
                    "rejuv_face",
                    "face_ncha",
                    draw(DAY),
                    "planned",
                )
                for c in planned
            ],
        ),
        (
            "plans",
            ("course", "made_by", "made_at", "reason"),
            [(c, draw(ID), "2024-01-04T09:00:00+00:00", draw(TEXT)) for c in planned],
        ),
        ("screening_answers", ANSWER, [row for p in patients for row in draw(screenings(p))]),
        (
            "sessions",
            (
                "session_id",
                "patient",
                "protocol",
                "protocol_version",
                "held_at",
                "state",
                "note",
            ),
            [
                (s, p, "face_ncha", draw(version), draw(MOMENT), draw(STATE), draw(TEXT))
                for s, p in sessions.items()
            ],
        ),
        (
            "treated_areas",
            ("session", "area", "side", "volume_ul"),
            draw(
                st.lists(
                    st.tuples(a_session, areas, st.just("left"), AMOUNT),
                    max_size=6,
                    unique_by=lambda row: row[:2],
                )
            ),
        ),
        (
            "side_effects",
            ("side_effect_id", "session", "effect", "term", "onset_at", "note"),
            draw(st.lists(effect, max_size=5, unique_by=lambda row: row[0])),
        ),
        (
            "outcomes",
            ("patient", "value", "measured_on", "scale"),
            [
                (*row, "gais")
                for row in draw(st.lists(score, max_size=5, unique_by=lambda row: (row[0], row[2])))
            ],
        ),
    ]


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tables=clinics())
def test_export_import_export_gives_the_same_bytes(tables, catalogue, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trip")
    first, second = make_clinic(folder / "1.db"), make_clinic(folder / "2.db")
    with writing(first, ACTOR, clock=clock) as change:
        touched = WrittenRows()
        for table, columns, rows in tables:
            upsert(change, table, columns, rows, touched)
        touched.log(change)

    one = export(first, folder / "one")
    result = import_folder(
        second,
        folder / "one",
        actor=ACTOR,
        catalogue=catalogue,
        clock=clock,
        rejects=folder / "rejects.csv",
        changes=folder / "changes.csv",
    )

    assert result.rejected == 0
    assert sum(f.inserted for f in result.files) == sum(len(rows) for _, _, rows in tables)
    assert export(second, folder / "two") == one
