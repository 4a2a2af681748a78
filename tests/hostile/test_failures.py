"""What a person sees when something breaks under the running app: one sentence and a number."""

import re
import shutil
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from tests.browser.conftest import start_server
from tests.consult_clinic import make_clinic
from tests.hostile.client import SECONDS, Client
from tests.hostile.conftest import ROOT, add_accounts, token_of

from mesodash.access.gate import COOKIE
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.connection import writing
from mesodash.settings import lake_beside

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
def no_lake(db):
    """The lake's folder is a file: nothing can be published there, nor healed."""
    lake = lake_beside(db)
    shutil.rmtree(lake, ignore_errors=True)
    lake.write_text("not a folder", encoding="utf-8")
    with writing(db, COMMAND_LINE) as change:  # what is remembered of the lake is stale now
        change.db["practitioners"].insert({"practitioner_id": "new", "name": "New"})
        change.log("create", "practitioners", month="2026-11")
    try:
        yield
    finally:
        lake.unlink()


def told_and_redrawn(client):
    """The answer to a press, and the frames of the run that shows it; either may come first."""
    told, frames, finished = None, [], False
    while told is None or not (finished or told.deferred_file.url):
        raw = client.socket.recv(timeout=SECONDS)
        frames.append(raw)
        message = ForwardMsg.FromString(raw)
        if message.WhichOneof("type") == "backend_operation_response":
            told = message.backend_operation_response
        finished |= message.WhichOneof("type") == "script_finished"
    return told, frames


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
    with Client(url, token_of(db, "manager")) as client:
        seen = client.run("volumes")
        button = seen.widget("monthly_save")[1]
        with no_lake(db):
            client.press_download(button.deferred_file_id)
            told, after = told_and_redrawn(client)
        mended = client.run("volumes").widget("monthly_save")[1]
        assert client.made(mended.deferred_file_id).error_msg == ""

    assert told.deferred_file.url == ""
    (number,) = NUMBER.findall(told.error_msg)
    assert [one for one in after if b"md-incident" in one and number.encode() in one] != []
    text = log.read_text("utf-8")
    assert f"Incident {number}: " in text
    assert "Failed to generate" not in told.error_msg


def test_a_clinics_file_that_is_gone_is_told_on_a_page_of_ours(own):
    db, url, log = own
    token = token_of(db, "manager")
    assert asked(url, token)[0] == 200
    moved = db.with_name("elsewhere.db")
    db.rename(moved)
    try:
        status, page = asked(url, token)
        french = asked(url, token, language="fr")
    finally:
        moved.rename(db)

    assert status == french[0] == 503
    (number,) = NUMBER.findall(page)
    assert 'lang="en"' in page
    assert 'lang="fr"' in french[1]
    assert f"Incident {number}: " in log.read_text("utf-8")
    assert "Internal Server Error" not in page
    assert asked(url, token)[0] == 200
