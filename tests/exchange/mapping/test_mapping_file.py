"""Mapping files: what they can say, and one sentence for each fault."""

import csv
import re

import pytest
from tests.exchange.small_clinic import EARLIER, FILES

from mesodash.exchange.errors import BrokenFileError, MappingError
from mesodash.exchange.mapping.mapping_file import load_mapping
from mesodash.records.store.connection import reading

SENTENCE = re.compile(r"[^\n]{20,400}\.")


@pytest.fixture
def mapping(tmp_path):
    def write(text):
        path = tmp_path / "mapping.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return load_mapping(path)

    return write


def rows(db, sql):
    with reading(db) as open_db:
        return [tuple(row) for row in open_db.execute(sql)]


def test_other_columns_and_words(clinic, put, take, mapping):
    folder = put(
        {
            "Kunden.csv": "Nr,Geschlecht,Geboren,Schuhe\n7,w,1980-03-02,38\n8,m,k.A.,44\n",
            "practitioners.csv": FILES["practitioners.csv"],
        }
    )
    rules = mapping(
        "missing: [k.A.]\n"
        "patients:\n"
        "  from: Kunden.csv\n"
        "  patient_id: {join: [Nr, Geschlecht], with: /}\n"
        "  sex: {column: Geschlecht, values: {w: female, m: male}}\n"
        "  birth_year: {column: Geboren, take: year}\n"
        "  note: {constant: from the old system, when: {Geschlecht: [w, d]}}\n"
    )

    result = take(clinic, folder, mapping=rules)

    assert [(f.file, f.source, f.inserted) for f in result.files] == [
        ("patients.csv", "Kunden.csv", 2),
        ("practitioners.csv", "practitioners.csv", 1),
    ]
    assert rows(clinic, "SELECT patient_id, sex, birth_year, note FROM patients") == [
        ("7/w", "female", 1980, "from the old system"),
        ("8/m", "male", None, None),
    ]


def test_a_column_that_is_not_named_is_taken_from_its_namesake(clinic, put, take, mapping):
    folder = put({"patients.csv": "id,sex,phototype,extra\nP1,female,II,x\n"})

    take(clinic, folder, mapping=mapping("patients.csv: {patient_id: id}\n"))

    assert rows(clinic, "SELECT patient_id, sex, phototype FROM patients") == [
        ("P1", "female", "II")
    ]


def test_rejects_name_the_source_as_the_clinic_knows_it(clinic, put, take, mapping, tmp_path):
    folder = put({"k.csv": "Nr,G\n7,x\n"})

    take(clinic, folder, mapping=mapping("patients: {from: k.csv, patient_id: Nr, sex: G}"))

    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        (reject,) = csv.DictReader(file)
    assert [reject[k] for k in ("file", "line", "column", "value")] == ["k.csv", "2", "G", "x"]


def test_look_up_first_and_effect_by_name(clinic, put, take, mapping):
    folder = put(
        {
            "patients.csv": FILES["patients.csv"],
            "sessions.csv": EARLIER["sessions.csv"].replace(",C1,D1,", ",,,").replace(",C2,", ",,"),
            "events.csv": (
                "n,session,word,began,over\n"
                "1,S1,REDNESS,2024-01-06,2024-01-08\n"
                "2,S1,Sneezing fit,2024-01-06,NA\n"
                "3,S2,tingle,2024-02-06,NA\n"
            ),
            "contacts.csv": "session,seen\nS1,2024-01-20T09:00\nS2,2024-03\n",
        }
    )
    rules = mapping(
        "side_effects:\n"
        "  from: events.csv\n"
        "  side_effect_id: n\n"
        "  session_id: session\n"
        "  effect: {effect: word, values: {tingle: numbness}}\n"
        "  term: word\n"
        "  onset_at: began\n"
        "  resolved_at: over\n"
        "  last_seen_at:\n"
        "    first:\n"
        "      - {column: over, take: date}\n"
        "      - {look_up: seen, in: contacts.csv, key: session, take: full_date}\n"
    )

    result = take(clinic, folder, mapping=rules)

    assert result.rejected == 0
    assert result.not_read == ()
    assert rows(
        clinic, "SELECT effect, term, resolved_at, last_seen_at FROM side_effects ORDER BY id"
    ) == [
        ("erythema", "REDNESS", "2024-01-08", "2024-01-08"),
        ("other", "Sneezing fit", None, "2024-01-20T09:00"),
        ("numbness", "tingle", None, None),
    ]


SESSIONS = "session_id,patient_id,held_at,state\n"
EVENTS = (
    "side_effects:\n"
    "  from: e.csv\n"
    "  side_effect_id: n\n"
    "  session_id: {latest_session: {patient: who, at: began}}\n"
    "  effect: {constant: itch}\n"
    "  onset_at: began\n"
)


def attached(clinic):
    return dict(
        rows(
            clinic,
            "SELECT e.side_effect_id, s.session_id FROM side_effects AS e"
            " JOIN sessions AS s ON s.id = e.session",
        )
    )


def test_the_latest_session_at_or_before_else_the_first(clinic, put, take, mapping):
    folder = put(
        {
            "patients.csv": FILES["patients.csv"],
            "sessions.csv": SESSIONS
            + "S2,P1,2024-02-05T15:00,held\nS1,P1,2024-01-05,held\n"
            + "S3,P1,2024-03-05,cancelled\nS9,P2,2024-01-01,held\n",
            "e.csv": (
                "n,who,began\n"
                "before,P1,2023-12-31\nsame day,P1,2024-01-05\nday before,P1,2024-02-04\n"
                "day of,P1,2024-02-05\nhour before,P1,2024-02-05T14:00\nmonth,P1,2024-02\n"
                "year,P1,2024\nlate,P1,2024-02-29\n"
            ),
        }
    )

    result = take(clinic, folder, mapping=mapping(EVENTS))

    assert result.rejected == 0
    assert attached(clinic) == {
        "before": "S1",
        "same day": "S1",
        "day before": "S1",
        "day of": "S2",
        "hour before": "S1",
        "month": "S2",
        "year": "S2",
        "late": "S2",
    }


def test_the_clinics_own_sessions_count_too(clinic, put, take, mapping, tmp_path):
    take(clinic, put(FILES))
    folder = tmp_path / "later"
    folder.mkdir()
    (folder / "e.csv").write_text("n,who,began\nX,P1,2024-01-30\nY,P7,2024-01-30\n", "utf-8")

    result = take(clinic, folder, mapping=mapping(EVENTS))

    assert attached(clinic)["X"] == "S1"
    assert result.rejected == 1
    assert "'P7'" in (tmp_path / "rejects.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("session", "reason"),
    [
        ("S2,P1,2024-02-05,hold", "names a session that was refused (sessions.csv, line 3)"),
        ("S2,P1,2024-02-35,held", "so the session this belongs to cannot be told"),
    ],
)
def test_an_effect_of_a_refused_session_is_not_put_to_another(
    session, reason, clinic, put, take, mapping, tmp_path
):
    folder = put(
        {
            "patients.csv": FILES["patients.csv"],
            "sessions.csv": SESSIONS + f"S1,P1,2024-01-05,held\n{session}\n",
            "e.csv": "n,who,began\nX,P1,2024-02-07\n",
        }
    )

    take(clinic, folder, mapping=mapping(EVENTS))

    assert attached(clinic) == {}
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        assert reason in list(csv.DictReader(file))[1]["reason"]


FAULTS = {
    "not UTF-8": (b"patients: {sex: \xff}", "is not in UTF-8"),
    "not YAML": ("patients: {sex: [", "is not valid YAML (line 1)"),
    "an alias": ("a: &x [1]\nb: *x\n", "uses a YAML alias"),
    "a key twice": ("patients:\n  sex: A\n  sex: B\n", "names 'sex' twice (line 3)"),
    "a list": ("- patients\n", "must be written as `file: column: source column`"),
    "nothing": ("missing: [x]\n", "describes no file"),
    "missing is a word": ("missing: x\n", "must be a list of words"),
    "unknown file": ("clients: {sex: A}\n", "clients is not an exchange file; use one of"),
    "a file twice": ("patients: {sex: A}\npatients.csv: {sex: A}\n", "described twice"),
    "unknown column": ("patients: {shoe: A}\n", "patients.csv, shoe is not a column of it"),
    "from a path": ("patients: {from: ../x.csv, sex: A}\n", "a file name in the import folder"),
    "no kind": ("patients: {sex: {values: {a: b}}}\n", "must have exactly one of column,"),
    "two kinds": ("patients: {sex: {column: a, constant: b}}\n", "must have exactly one of"),
    "unknown word": ("patients: {sex: {column: a, map: b}}\n", "the unknown word 'map'"),
    "unknown take": ("patients: {sex: {column: a, take: hour}}\n", "cannot take 'hour'"),
    "values as list": ("patients: {sex: {column: a, values: [b]}}\n", "source word: our word"),
    "values nested": ("patients: {sex: {column: a, values: {b: [c]}}}\n", "one word for each"),
    "when as word": ("patients: {sex: {column: a, when: b}}\n", "column: words"),
    "empty": ("patients: {sex: }\n", "patients.csv, sex is empty; name a source column"),
    "join of nothing": ("patients: {sex: {join: []}}\n", "must be a list of words"),
    "first of nothing": ("patients: {sex: {first: []}}\n", "needs a list of rules"),
    "look-up without key": ("patients: {sex: {look_up: a, in: b.csv}}\n", "needs `in`"),
    "latest_session elsewhere": (
        "outcomes: {patient_id: {latest_session: {patient: a, at: b}}}\n",
        "cannot be filled by latest_session",
    ),
    "latest_session half": (
        "follow_ups: {session_id: {latest_session: {patient: a}}}\n",
        "needs `patient` and `at`",
    ),
    "effect without term": ("side_effects: {effect: {effect: a}}\n", "map the term"),
    "deep": ("patients: {sex: " + "{first: [" * 2000 + "]}" * 2000 + "}", "is not valid YAML"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_mapping_is_one_sentence(name, mapping):
    text, expected = FAULTS[name]

    with pytest.raises(MappingError) as caught:
        mapping(text)

    assert expected in str(caught.value)
    assert SENTENCE.fullmatch(str(caught.value))


def test_a_mapping_that_is_not_there(tmp_path):
    with pytest.raises(MappingError, match="check its name"):
        load_mapping(tmp_path / "no.yaml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("patients: {patient_id: Nr, sex: sex}", "has no column 'Nr', which the mapping names"),
        ("practitioners: {from: patients.csv, practitioner_id: sex}", "gives no name for"),
        ("patients: {from: p.csv, sex: a}", "p.csv is not in the folder"),
        (
            "patients: {patient_id: {look_up: a, in: p.csv, key: sex}, sex: sex}",
            "p.csv is not in the folder, but the mapping looks things up in it",
        ),
        (
            "patients: {patient_id: {look_up: b, in: two.csv, key: sex}, sex: sex}",
            "has two values of b for sex 'female' (line 3)",
        ),
        (
            "patients: {patient_id: {look_up: c, in: two.csv, key: sex}, sex: sex}",
            "has no column 'c', which the mapping names",
        ),
    ],
)
def test_a_mapping_that_does_not_fit_the_files(text, expected, clinic, put, take, mapping):
    folder = put(
        {"patients.csv": "patient_id,sex\nP1,female\n", "two.csv": "sex,b\nfemale,1\nfemale,2\n"}
    )

    with pytest.raises(BrokenFileError) as caught:
        take(clinic, folder, mapping=mapping(text))

    assert expected in str(caught.value)
    assert SENTENCE.fullmatch(str(caught.value))
