"""A file is taken only by a page that has a field for it, of its own sign-in, and only so much."""

import re
from collections import Counter

import pytest
from tests.coroutines import run

from mesodash.access.gate import COOKIE
from mesodash.permissions import matrix
from mesodash.settings import PACKAGE
from mesodash.ui.shell.operation.own_sessions import OwnSessions
from mesodash.ui.shell.operation.uploads import IN_ALL, PER_SIGN_IN, TAKING, Uploads
from mesodash.ui.shell.pages import PAGES

MB = 1024 * 1024


@pytest.fixture
def door():
    own = OwnSessions()
    for session, token in (("a", "pia"), ("a2", "pia"), ("b", "max"), ("c", "tom")):
        own.note(session, token)
    return Uploads(_taken, own=own, takes=lambda session, _token: session != "c", kept=lambda: kept)


kept: Counter[str] = Counter()


async def _taken(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def status(door, session, token, size=MB, method="PUT", path=None):
    """What is answered to a file sent for a session with the cookie of this token."""
    headers = [(b"cookie", f"{COOKIE}={token}".encode())]
    if size is not None:
        headers.append((b"content-length", str(size).encode()))
    scope = {
        "type": "http",
        "method": method,
        "path": path or f"/_stcore/upload_file/{session}/file",
        "headers": headers,
    }
    seen = []

    async def sent(message):
        seen.append(message)

    run(door(scope, None, sent))
    return seen[0]["status"]


@pytest.fixture(autouse=True)
def nothing_kept():
    kept.clear()


def test_a_page_with_a_field_takes_a_file_of_its_own_sign_in_alone(door):
    assert status(door, "a", "pia") == 204
    assert status(door, "a", "max") == 403
    assert status(door, "unknown", "pia") == 403
    assert status(door, "a", "max", method="DELETE") == 403
    assert status(door, "a", "pia", method="DELETE") == 204


def test_a_page_without_a_field_takes_none(door):
    assert status(door, "c", "tom") == 403


def test_one_whose_length_is_not_said_is_not_taken(door):
    assert status(door, "a", "pia", size=None) == 411


def test_a_sign_in_has_its_cap_over_all_its_tabs(door):
    kept.update({"a": PER_SIGN_IN - 2 * MB, "a2": MB})
    assert status(door, "a", "pia", size=MB) == 204
    assert status(door, "a", "pia", size=MB + 1) == 413
    assert status(door, "b", "max", size=MB + 1) == 204


def test_all_sign_ins_together_have_theirs(door):
    kept.update({"others": IN_ALL - MB})
    assert status(door, "b", "max", size=MB) == 204
    assert status(door, "b", "max", size=MB + 1) == 413


def test_each_page_with_a_field_is_named_and_no_other():
    """A field in another module needs its page in `TAKING`."""
    fields = {
        path.relative_to(PACKAGE / "ui").as_posix()
        for path in (PACKAGE / "ui").rglob("*.py")
        if re.search(r"st\.(file_uploader|camera_input|audio_input)\(", path.read_text("utf-8"))
    }
    assert fields == {"import_data/files.py", "stock/package_photo.py", "patient/photographs.py"}
    assert set(TAKING) <= {spec.url_path for spec in PAGES}
    assert set(TAKING.values()) <= set(matrix())


def test_other_requests_pass(door):
    assert status(door, "", "", path="/_stcore/health", method="GET") == 204
