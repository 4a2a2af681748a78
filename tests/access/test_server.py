"""The gate before a real server: what a stranger gets from its start on, and under a flood."""

import base64
import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.access.through_gate import PASSWORD, make_clinic, token
from tests.browser.conftest import start_server

from mesodash.access import signing_in
from mesodash.access.gate import COOKIE
from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.connection import utc_now
from mesodash.ui.shell.pages import PAGES

pytestmark = pytest.mark.slow
APP = Path(__file__).parents[2] / "app.py"
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(b"0123456789abcdef").decode(),
    "Sec-WebSocket-Protocol": "streamlit",
}
ENDPOINTS = (
    ("GET", "/"),
    ("GET", "/volumes"),
    ("GET", "/index.html"),
    ("GET", "/media/0123456789abcdef0123456789abcdef.csv"),
    ("PUT", "/_stcore/upload_file/session/file"),
    ("DELETE", "/_stcore/upload_file/session/file"),
    ("GET", "/_stcore/metrics"),
    ("GET", "/metrics"),
    ("GET", "/_stcore/host-config"),
    ("GET", "/_stcore/bidi-components/mesodash.body/index.js"),
    ("GET", "/_stcore/agent/openapi.json"),
    ("GET", "/component/x/index.html"),
    ("GET", "/app/static/x.txt"),
    ("GET", "/auth/login"),
    ("GET", "/auth/logout"),
    ("GET", "/oauth2callback"),
    ("WS", "/_stcore/stream"),
)
# All that a stranger ever gets: where to sign in, or that one must, or that it is not us.
NOTHING = (
    (303, b""),
    (403, b"Sign in first."),
    (403, b""),
    (403, b"This request came from another site."),
    (400, b"This address is not one of mesodash's own."),
)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    path = make_clinic(
        tmp_path_factory.mktemp("server") / "clinic.db", "Pia", "Max", "Kim", "Lou", at=utc_now()
    )
    accounts.add_account(path, "Ada", "administrator", COMMAND_LINE, password_hash="x")
    return path


@pytest.fixture(scope="module")
def started(clinic, tmp_path_factory):
    log = tmp_path_factory.mktemp("log") / "app.log"
    process, url = start_server(APP, log, {"MESODASH_DB": str(clinic)}, show_errors="none")
    yield url.removeprefix("http://")
    process.terminate()
    process.wait(timeout=20)


def ask(address, method, path, *, cookie=None, host=None, origin=None, page=True, body=None):
    """One raw request; gives status, body and whether a cookie of ours came with it."""
    headers = {"Host": host or address, "Accept": "text/html" if page else "*/*"}
    if cookie:
        headers["Cookie"] = f"{COOKIE}={cookie}"
    if method != "GET":
        headers["Origin"] = origin or f"http://{host or address}"
    if method == "WS":
        headers |= UPGRADE
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Content-Length"] = str(len(body))
    with closing(HTTPConnection(address, timeout=60)) as line:
        line.putrequest("GET" if method == "WS" else method, path, skip_host=True)
        for name, value in headers.items():
            line.putheader(name, value)
        line.endheaders(body)
        answer = line.getresponse()
        text = b"" if answer.status == 101 else answer.read()
    return answer.status, text, COOKIE in (answer.getheader("Set-Cookie") or "")


def sign_in(address, name, password):
    body = urlencode({"name": name, "password": password}).encode()
    return ask(address, "POST", "/sign-in", body=body)


def test_a_cold_link_to_any_page_gives_a_stranger_nothing(started, checks):
    """Right after the start, the first requests it gets: no byte of a page, and no websocket."""
    addresses = ["/", *(f"/{spec.url_path}" for spec in PAGES), "/?area=face.cheek&side=left"]
    with checks("cold links", planned=3 * len(PAGES) + 7) as count:
        for path in addresses:
            for method, page in (("GET", True), ("GET", False), ("WS", False)):
                found = ask(started, method, path, page=page)[:2]
                count.that(found in NOTHING, f"{method} {path}: {found}")
        count.that(ask(started, "GET", "/_stcore/health")[0] == 200, "control: the server lives")


@pytest.fixture(scope="module")
def credentials(clinic):
    now = utc_now()
    revoked, disabled = token(clinic, "Max", now), token(clinic, "Kim", now)
    signing_in.sign_out(clinic, revoked)
    accounts.set_disabled(clinic, "Kim", COMMAND_LINE)
    own = token(clinic, "Pia", now)
    return {
        "none": {},
        "forged": {"cookie": "A" * 43},
        "expired": {"cookie": token(clinic, "Pia", now - timedelta(hours=11))},
        "idle": {"cookie": token(clinic, "Pia", now - timedelta(minutes=16))},
        "revoked": {"cookie": revoked},
        "disabled": {"cookie": disabled},
        "wrong host": {"cookie": own, "host": "evil.example:80"},
        "wrong origin": {"cookie": own, "origin": "http://evil.example"},
        "own": {"cookie": own},
    }


def test_every_endpoint_of_the_server_asks_for_a_sign_in(started, credentials, checks):
    """Test 10 over the wire."""
    own = credentials["own"]
    changing = sum(method != "GET" for method, _ in ENDPOINTS)
    planned = len(ENDPOINTS) * 7 + changing + 4 + 3
    with checks("endpoints of a real server", planned=planned) as count:
        for (method, path), (kind, given) in itertools.product(ENDPOINTS, credentials.items()):
            if kind == "own" or (kind == "wrong origin" and method == "GET"):
                continue
            found = ask(started, method, path, **given)[:2]
            count.that(found in NOTHING, f"{method} {path}, {kind}: {found}")
        for method, path, status in (
            ("GET", "/", 200),
            ("GET", "/_stcore/host-config", 200),
            ("WS", "/_stcore/stream", 101),
            ("GET", "/_stcore/bidi-components/mesodash.body/none.js", 404),
        ):
            found = ask(started, method, path, **own)
            count.that(found[0] == status, f"control: {path} gives {found[0]} to one signed in")
        for _ in range(5):
            sign_in(started, "Lou", "wrong password!")
        locked = sign_in(started, "Lou", PASSWORD)
        count.that(locked[0] == 401 and not locked[2], f"a locked account: {locked[0]}")
        count.that(signing_in.LOCKED.encode() in locked[1], "and it is told so")
        count.that(
            sign_in(started, "Pia", PASSWORD)[::2] == (303, True), "control: another gets in"
        )


def test_a_flood_of_wrong_sign_ins_keeps_nobody_else_waiting(started, credentials, checks):
    """50 at once: two work, some wait, the rest get a message; who is signed in goes on."""
    answered = []
    with checks("flood", planned=50 + 3) as count, ThreadPoolExecutor(50) as crowd:
        tries = [
            crowd.submit(sign_in, started, f"nobody {number}", "wrong password!")
            for number in range(50)
        ]
        while not all(one.done() for one in tries) or not answered:
            began = time.monotonic()
            health = ask(started, "GET", "/_stcore/health")[0]
            at_work = ask(started, "GET", "/_stcore/host-config", **credentials["own"])[0]
            answered.append((health, at_work, time.monotonic() - began))
        for one in tries:
            status, _, entered = one.result()
            count.that(status in (401, 503) and not entered, f"a wrong sign-in: {status}")
        count.that({found[:2] for found in answered} == {(200, 200)}, f"{answered}")
        slowest = max(found[2] for found in answered)
        count.that(slowest < 5, f"others waited {slowest:.1f} s")
        told = sum(one.result()[0] == 503 for one in tries)
        count.that(told > 0, "nobody was told to wait")
