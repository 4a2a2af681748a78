"""The matrix is read strictly, and what it does not say is refused."""

import itertools

import pytest

from mesodash.permissions import (
    ROLES,
    MatrixError,
    NotAllowedError,
    load_matrix,
    matrix,
    may,
    require,
)

HEAD = "action,administrator,manager,practitioner,trainer,auditor,words\n"


def test_trainers_never_see_patients():
    about_patients = [a for a in matrix() if a.startswith(("patients.", "sessions."))]
    assert len(about_patients) >= 4
    for action, names in itertools.product(
        [*about_patients, "page.body_map", "page.due"], (True, False)
    ):
        assert not may("trainer", action, names=names)


def test_managers_see_names_only_with_the_right():
    assert may("manager", "page.volumes")
    assert not may("manager", "patients.view")
    assert may("manager", "patients.view", names=True)


def test_the_right_to_names_gives_nothing_else():
    for action, role in itertools.product(matrix(), ROLES):
        if matrix()[action][role] != "names":
            assert may(role, action, names=True) == may(role, action)


def test_the_auditor_changes_nothing():
    changing = (
        "patients.screen",
        "patients.erase",
        "sessions.plan",
        "protocols.adopt",
        "records.",
        "accounts.",
        "page.accounts",
    )
    for action in matrix():
        if action.startswith(changing):
            assert not may("auditor", action)


@pytest.mark.parametrize(
    ("role", "action"),
    [("root", "page.volumes"), ("words", "page.volumes"), ("manager", "page.nowhere"), ("", "")],
)
def test_what_the_matrix_does_not_know_is_refused(role, action):
    assert not may(role, action, names=True)
    with pytest.raises(NotAllowedError):
        require(role, action, names=True)


def test_the_refusal_names_who_may():
    with pytest.raises(
        NotAllowedError,
        match=r"^Your role, trainer, may not look at a patient; ask one of: adm\w+, pract\w+\.$",
    ):
        require("trainer", "patients.view")
    assert require("practitioner", "patients.view") is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("action,manager\n", "starts with the columns"),
        (HEAD + "a,yes,no,no,no,no,x\na,yes,no,no,no,no,x\n", "names a twice"),
        (HEAD + "a,yes,maybe,no,no,no,x\n", "a, manager: write yes, no or names, not 'maybe'"),
    ],
)
def test_a_faulty_matrix_is_refused(tmp_path, text, sentence):
    (tmp_path / "matrix.csv").write_text(text, encoding="utf-8")
    with pytest.raises(MatrixError, match=sentence):
        load_matrix(tmp_path / "matrix.csv")


def test_only_administrators_take_patients_out_or_in():
    """Trainers and managers once could: with names it is one role's, without names two."""
    out_or_in = ("records.export", "records.import", "records.backup", "patients.erase")
    for action, role, names in itertools.product(out_or_in, ROLES, (True, False)):
        assert may(role, action, names=names) == (role == "administrator"), (action, role)
    nameless = [role for role in ROLES if may(role, "records.export_pseudonymised", names=True)]
    assert nameless == ["administrator", "manager"]
