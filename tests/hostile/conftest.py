"""A clinical file with accounts of every role, served by the real app for the hostile tests."""

import secrets
from pathlib import Path

import pytest
from tests.browser.conftest import own, start_server  # noqa: F401 (own is a fixture)
from tests.consult_clinic import make_clinic

from mesodash.access import passwords, signing_in
from mesodash.records.accounts import accounts, sign_ins
from mesodash.records.audit.actor import COMMAND_LINE

ROOT = Path(__file__).parents[2]
ROLES = ("administrator", "manager", "practitioner", "trainer", "auditor")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder runs against a real server, and is slow."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)


def add_accounts(path: Path) -> None:
    """One account a role, named as its role."""
    kept = passwords.hashed("correct horse battery", name="anybody")
    for role in ROLES:
        accounts.add_account(path, role, role, COMMAND_LINE, password_hash=kept)


def token_of(path: Path, role: str) -> str:
    """The token of a full sign-in of the account named as the role."""
    account = accounts.find_account(path, role)
    assert account is not None
    token = secrets.token_urlsafe(32)
    sign_ins.begin(path, account, signing_in.hashed_token(token), "full")
    return token


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    path = make_clinic(tmp_path_factory.mktemp("hostile") / "clinic.db", kind="clinical")
    add_accounts(path)
    return path


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("log") / "app.log"


@pytest.fixture(scope="module")
def url(clinic, log):
    process, url = start_server(
        ROOT / "app.py", log, {"MESODASH_DB": str(clinic)}, show_errors="none"
    )
    yield url
    process.terminate()
    process.wait(timeout=20)
