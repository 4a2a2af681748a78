"""What a person sees when something breaks under the running app: one sentence and a number."""

import re
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from tests.browser.conftest import start_server
from tests.consult_clinic import make_clinic
from tests.hostile.client import SECONDS, Client
from tests.hostile.conftest import ROOT, add_accounts, token_of

from mesodash.access.gate import COOKIE

NUMBER = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}")


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A clinic of this module's alone, served: its file, its address and its log."""
    folder = tmp_path_factory.mktemp("failing")
    path, log = make_clinic(folder / "clinic.db", kind="clinical"), folder / "app.log"
    add_accounts(path)
    process, url = start_server(
        ROOT / "app.py", log, {"MESODASH_DB": str(path)}, show_errors="none"
    )
    yield path, url, log
    process.terminate()
    process.wait(timeout=20)


@contextmanager
def no_file(db):
    """The clinic's file is elsewhere for a while, as when a disk is gone."""
    moved = db.with_name("elsewhere.db")
    db.rename(moved)
    try:
        yield
        assert not db.exists(), "something was made in its place"
    finally:
        moved.rename(db)


@contextmanager
def another_file(db):
    """Another clinic's file is where the clinic's own was, as after a slip of the hand."""
    moved = db.with_name("elsewhere.db")
    db.rename(moved)
    make_clinic(db, kind="demo")
    try:
        yield
    finally:
        for left in db.parent.glob(f"{db.name}-*"):
            left.unlink()
        moved.rename(db)


def asked(url, token, path="/", language="en"):
    request = urllib.request.Request(  # noqa: S310 - our own server
        url + path,
        headers={"Cookie": f"{COOKIE}={token}", "Accept-Language": language},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_file_that_cannot_be_made_is_told_on_the_page_with_a_number_of_the_log(own):
    db, url, log = own
    with Client(url, token_of(db, "administrator")) as client:
        offered = client.run("patient", query="patient=ANNA").widget("everything-held.json")[1]
        with no_file(db):
            told = client.made(offered.deferred_file_id)
            shown = client.answer()  # the page runs of itself, to show the incident
            # Whatever is pressed meanwhile, no other clinic is made where this one was.
            meanwhile = client.run("patient", query="patient=ANNA")
        after = client.run("patient", query="patient=ANNA")
        mended = client.made(after.widget("everything-held.json")[1].deferred_file_id)

    (number,) = NUMBER.findall(told.error_msg)
    assert told.deferred_file.url == ""
    assert f"Incident {number}: " in log.read_text("utf-8")
    assert "Failed to generate" not in told.error_msg
    assert shown.failed
    assert meanwhile.failed
    assert mended.error_msg == ""


def test_a_clinics_file_that_is_gone_is_told_on_a_page_of_ours(own):
    db, url, log = own
    token = token_of(db, "manager")
    assert asked(url, token)[0] == 200
    with no_file(db):
        status, page = asked(url, token)
        french = asked(url, token, language="fr")

    assert status == french[0] == 503
    (number,) = NUMBER.findall(page)
    assert db.name in page
    assert str(db.parent) not in page
    assert 'lang="en"' in page
    assert 'lang="fr"' in french[1]
    assert f"Incident {number}: " in log.read_text("utf-8")
    assert "Internal Server Error" not in page
    assert asked(url, token)[0] == 200


def test_a_file_that_was_put_in_its_place_is_told_and_not_shown(own):
    """A demo needs no sign-in, so it would be open to whoever asks."""
    db, url, log = own
    token = token_of(db, "manager")
    with another_file(db):
        for cookie in (token, "nobody"):
            status, page = asked(url, cookie)
            (number,) = NUMBER.findall(page)
            assert (status, db.name in page) == (503, True)
            assert f"Incident {number}: " in log.read_text("utf-8")
        assert asked(url, token, "/health")[0] == 503
    assert asked(url, token)[0] == 200
