"""Accounts on the command line: adding, listing, changing, shutting out."""

import io
import json

import pytest

from mesodash.access import passwords, signing_in
from mesodash.cli import main
from mesodash.records.accounts.accounts import find_account
from mesodash.records.accounts.learning import begin_learning, read_learner
from mesodash.records.audit.actor import Actor

PASSWORD = "correct horse battery"
GUESSABLE = (
    "This password is easy to guess; choose another one, such as four words that do not belong"
    " together."
)
NAMED = (
    "The account's name and the word mesodash may not stand in its password; choose another one."
)
TO_CHANGE = " They choose their own password at the next sign-in."


@pytest.fixture
def run(empty_clinic, capsys, monkeypatch):
    """Run `mesodash user ...` with a line on standard input; give exit code and both outputs."""

    def go(*arguments, typed=f"{PASSWORD}\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = 0
        try:
            main(["user", *arguments, "--db", str(empty_clinic)])
        except SystemExit as stop:
            code = stop.code or 0
        said = capsys.readouterr()
        return code, said.out.strip(), said.err.strip()

    return go


def add(run, name="Ada", role="administrator", *more):
    return run("add", name, "--role", role, "--password-stdin", *more)


def test_the_first_administrator(run, empty_clinic):
    code, said, err = add(run)
    assert (code, "Ada" in said, "administrator" in said, err) == (0, True, True, "")
    ada = find_account(empty_clinic, "ada")
    assert (ada.role, ada.disabled, ada.sees_names) == ("administrator", False, False)
    assert passwords.matches(PASSWORD, ada.password_hash)
    assert not passwords.matches(PASSWORD + " ", ada.password_hash)


def test_a_password_that_was_given_must_be_changed_but_not_the_first_administrators(
    run, empty_clinic
):
    add(run)
    assert not find_account(empty_clinic, "Ada").must_change
    told = (0, f"Bea may sign in as administrator.{TO_CHANGE}", "")
    assert add(run, "Bea") == told
    assert find_account(empty_clinic, "Bea").must_change
    told = (0, f"Ada has a new password.{TO_CHANGE}", "")
    assert run("reset", "Ada", "--password-stdin") == told
    assert find_account(empty_clinic, "Ada").must_change


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("Password123456!", GUESSABLE), ("lovelace on the hill", NAMED)],
)
@pytest.mark.parametrize("command", ["add", "reset"])
def test_a_common_password_is_refused_in_every_command(run, empty_clinic, command, typed, sentence):
    add(run, "Ada Lovelace")
    before = find_account(empty_clinic, "Ada Lovelace")
    name = "Bea Lovelace" if command == "add" else "Ada Lovelace"
    role = ("--role", "trainer") if command == "add" else ()
    assert run(command, name, *role, "--password-stdin", typed=typed) == (2, "", sentence)
    assert find_account(empty_clinic, "Ada Lovelace") == before
    assert find_account(empty_clinic, "Bea Lovelace") is None


def test_an_account_of_an_identity_provider_has_no_password(run, empty_clinic):
    code, _, _ = run(
        "add",
        "Eva",
        "--role",
        "manager",
        "--names",
        "--issuer",
        "https://id.example",
        "--subject",
        "7",
    )
    eva = find_account(empty_clinic, "Eva")
    assert code == 0
    assert (eva.password_hash, eva.issuer, eva.subject) == (None, "https://id.example", "7")
    assert eva.sees_names


def test_the_list_says_who_may_what(run):
    add(run)
    add(run, "Max", "manager", "--names")
    run("disable", "Max")
    code, out, _ = run("list", "--format", "json")
    assert code == 0
    assert json.loads(out) == [
        {
            "name": "Ada",
            "role": "administrator",
            "names": "no",
            "second_factor": "no",
            "issuer": None,
            "disabled": "no",
        },
        {
            "name": "Max",
            "role": "manager",
            "names": "yes",
            "second_factor": "no",
            "issuer": None,
            "disabled": "yes",
        },
    ]


def test_an_account_is_changed(run, empty_clinic):
    add(run)
    add(run, "Pia", "practitioner")
    before = find_account(empty_clinic, "Pia").password_hash
    assert run("role", "pia", "--role", "trainer")[0] == 0
    assert run("reset", "Pia", "--password-stdin", typed="another long password\n")[0] == 0
    assert run("disable", "Pia")[0] == 0
    assert find_account(empty_clinic, "Pia").disabled
    assert run("enable", "Pia")[0] == 0
    pia = find_account(empty_clinic, "Pia")
    assert (pia.role, pia.disabled) == ("trainer", False)
    assert pia.password_hash != before
    assert passwords.matches("another long password", pia.password_hash)


@pytest.mark.parametrize(
    ("arguments", "typed", "sentence"),
    [
        (
            ("add", "Ada", "--role", "trainer", "--password-stdin"),
            PASSWORD,
            'There is an account "Ada" already; choose another name.',
        ),
        (
            ("add", "ADA", "--role", "trainer", "--password-stdin"),
            PASSWORD,
            'There is an account "ADA" already; choose another name.',
        ),
        (
            ("add", "Eva", "--role", "trainer", "--password-stdin"),
            "short",
            "A password has 12 characters or more.",
        ),
        (
            ("add", "Eva", "--role", "trainer", "--password-stdin"),
            "",
            "A password has 12 characters or more.",
        ),
        (
            ("add", "Eva", "--role", "trainer", "--password-stdin"),
            "x" * 300,
            "A password has at most 256 characters.",
        ),
        (
            ("add", "Eva", "--role", "trainer", "--password-stdin"),
            "aaaaaaaaaaaaaaaa",
            GUESSABLE,
        ),
        (
            ("add", "Eva\n", "--role", "trainer", "--issuer", "i"),
            "",
            "Give --issuer and --subject together, or neither.",
        ),
        (
            ("add", "E\nva", "--role", "trainer", "--password-stdin"),
            PASSWORD,
            "An account's name has 1 to 64 characters.",
        ),
        (
            ("disable", "Nobody"),
            "",
            'There is no account "Nobody"; `mesodash user list` names them.',
        ),
        (("disable", "Ada"), "", "The clinic needs one administrator; make another one first."),
        (
            ("role", "Ada", "--role", "auditor"),
            "",
            "The clinic needs one administrator; make another one first.",
        ),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    run, empty_clinic, arguments, typed, sentence
):
    add(run)
    before = find_account(empty_clinic, "Ada")
    assert run(*arguments, typed=typed) == (2, "", sentence)
    assert find_account(empty_clinic, "Ada") == before
    assert find_account(empty_clinic, "Eva") is None


def test_an_account_moves_to_an_identity_provider(run, empty_clinic):
    add(run)
    elsewhere = ("--issuer", "https://id.example/", "--subject", "7")
    said = "Ada signs in at https://id.example/ now."
    assert run("link", "Ada", *elsewhere) == (0, said, "")
    ada = find_account(empty_clinic, "Ada")
    assert (ada.password_hash, ada.issuer, ada.subject) == (None, "https://id.example", "7")
    code, out, err = run("reset", "Ada", "--password-stdin")
    assert (code, out, err.startswith('"Ada" signs in elsewhere')) == (2, "", True)


def test_sign_ins_are_ended_for_one_or_for_all(run, empty_clinic):
    add(run, "Pia", "practitioner")
    add(run, "Tom", "trainer")
    for name in ("Pia", "Pia", "Tom"):
        assert signing_in.with_password(empty_clinic, name, PASSWORD).then == "change"
    assert run("sign-out", "Pia") == (0, "Ended: 2.", "")
    assert run("sign-out", "--all") == (0, "Ended: 1.", "")
    wrong = (2, "", "Name an account, or give --all.")
    assert run("sign-out") == wrong
    assert run("sign-out", "Pia", "--all") == wrong


def test_what_is_kept_of_flashcards_is_erased(run, empty_clinic):
    add(run)
    add(run, "Bea", "trainer")
    ada, bea = Actor("Ada", "administrator"), Actor("Bea", "trainer")
    for one in (ada, bea):
        begin_learning(empty_clinic, one)
    code, said, err = run("forget-flashcards", "bea")
    assert (code, "0 cards of bea" in said, err) == (0, True, "")
    assert read_learner(empty_clinic, bea) is None
    assert read_learner(empty_clinic, ada) is not None
    code, said, err = run("forget-flashcards", "Cem")
    assert (code != 0, said, "Cem" in err) == (True, "", True)
