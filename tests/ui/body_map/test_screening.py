"""What becomes an answer, and what stays unasked."""

from mesodash.consult.screening import Answer
from mesodash.ui.body_map.screening import answers_of


def ask(catalogue, *codes):
    return [catalogue.questions[code] for code in codes]


def test_a_question_nobody_asked_has_no_answer(catalogue):
    questions = ask(catalogue, "pregnancy", "heart")

    assert answers_of(questions, [], {}, [], {}) == {}


def test_the_rest_is_no_only_where_it_was_asked(catalogue):
    questions = ask(catalogue, "pregnancy", "heart", "drug_ace")

    found = answers_of(questions, ["heart"], {"pregnancy": True, "heart": True}, [], {})

    assert found == {"pregnancy": Answer("no"), "heart": Answer("yes")}


def test_what_the_patient_does_not_know_is_not_made_a_no(catalogue):
    questions = ask(catalogue, "pregnancy", "heart")

    found = answers_of(questions, [], {"pregnancy": True, "heart": True}, ["heart"], {})

    assert found == {"pregnancy": Answer("no"), "heart": Answer("unknown")}


def test_a_yes_carries_its_details(catalogue):
    questions = ask(catalogue, "drug_anticoagulant", "infection_site")
    details = {
        "drug_anticoagulant": {"detail": "apixaban"},
        "infection_site": {"areas": ("hip",)},
    }

    found = answers_of(questions, ["drug_anticoagulant", "infection_site"], {}, [], details)

    assert found == {
        "drug_anticoagulant": Answer("yes", detail="apixaban"),
        "infection_site": Answer("yes", areas=("hip",)),
    }
