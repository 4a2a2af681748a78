"""What a file seems to be is proposed from names and words; a person decides."""

import pytest

from mesodash.exchange.contract.cells import vocabulary_of
from mesodash.exchange.contract.files import BY_FILE
from mesodash.exchange.mapping.mapping_file import read_mapping
from mesodash.exchange.mapping.proposals import (
    ColumnChoice,
    look_at,
    mapping_content,
    proposed_columns,
    proposed_target,
    proposed_words,
)


@pytest.fixture
def look(tmp_path):
    def run(text, name="export.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return look_at(path)

    return run


CLIENTS = (
    "Clients of May\n\nClient No;Gender;Date of birth;Notes;\n1;F;25/04/1980;x;\n2;Herr;1/2/75;;\n"
)


def test_what_is_seen_of_a_file(look):
    seen = look(CLIENTS)

    assert seen.header == ("Client No", "Gender", "Date of birth", "Notes")
    assert seen.notes == ("semicolons", "the header in line 3")
    assert (seen.words["Gender"], seen.orders, seen.read) == (
        {"F": 1, "Herr": 1},
        {"Date of birth": "day_first"},
        2,
    )


def test_columns_are_proposed_once_each(look):
    seen = look(CLIENTS)

    assert proposed_target(seen) is BY_FILE["patients.csv"]
    assert proposed_columns(seen, BY_FILE["patients.csv"])["patient_id"] == "Client No"
    assert proposed_columns(seen, BY_FILE["patients.csv"])["sex"] == "Gender"


def test_a_file_that_is_like_none_is_left_to_the_person(look):
    assert proposed_target(look("colour,shoe\nred,42\n")) is None


def test_of_files_that_fit_the_one_with_most_columns_is_proposed(look):
    seen = look("session_id,patient_id,held_at,state,note\nS1,P1,2026-03-05,held,\n", "visits.csv")

    assert proposed_target(seen) is BY_FILE["sessions.csv"]
    assert "sex" not in proposed_columns(seen, BY_FILE["patients.csv"])


def test_a_name_of_ours_is_that_file(look):
    assert proposed_target(look("a,b\n1,2\n", "Side effects.csv")) is BY_FILE["side_effects.csv"]


@pytest.mark.parametrize(
    ("file", "column", "word", "expected"),
    [
        ("patients", "sex", "F", "female"),
        ("patients", "sex", "Female", "female"),
        ("patients", "sex", "Herr", None),
        ("patients", "sex", "n/a", ""),
        ("sessions", "state", "DNA", "no_show"),
        ("treated_areas", "area", "Lower abdomen", "abdomen.lower"),
        ("treated_areas", "area", "abdomen.lower", "abdomen.lower"),
        ("treated_areas", "area", "Liver", None),
        ("side_effects", "effect", "ecchymosis", "bruise"),
    ],
)
def test_words(file, column, word, expected, catalogue):
    target = BY_FILE[f"{file}.csv"]
    labels = {code: area.label for code, area in catalogue.areas.items()}

    found = proposed_words(
        target.columns[target.at(column)], [word], vocabulary_of(catalogue), labels
    )

    assert found.get(word) == expected


def test_choices_become_a_mapping_that_is_read():
    patients = BY_FILE["patients.csv"]
    content = mapping_content(
        [
            (
                "clients.csv",
                patients,
                {
                    "patient_id": ColumnChoice("Client No"),
                    "sex": ColumnChoice("Gender", {"F": "female", "?": ""}),
                    "birth_year": ColumnChoice("Date of birth"),
                    "note": ColumnChoice(),
                },
            )
        ],
        {"clients.csv": "day_first"},
    )

    (plan,) = read_mapping(content).files

    assert (plan.source, plan.once, sorted(plan.rules)) == (
        "clients.csv",
        True,
        ["birth_year", "patient_id", "sex"],
    )
    assert (plan.rules["birth_year"].take, plan.rules["birth_year"].formats) == (
        "year",
        ("day_first",),
    )
