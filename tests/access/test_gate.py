"""Every endpoint against every kind of credential: only the door itself stands open."""

import asyncio
import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from mesodash.access import passwords, signing_in
from mesodash.access.gate import COOKIE, Gate, token_in
from mesodash.records import accounts
from mesodash.records.actor import COMMAND_LINE
from mesodash.records.clinic import create_clinic

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOST = "127.0.0.1:8501"
OPEN = ("/_stcore/health", "/sign-in", "/sign-in/code", "/favicon.png", "/static/js/index.js")
PAGES = ("/", "/volumes", "/side_effects", "/index.html")
CLOSED = (
    *PAGES,
    "/media/0123456789abcdef.csv",
    "/_stcore/upload_file/session/file",
    "/_stcore/metrics",
    "/_stcore/host-config",
    "/_stcore/allowed-message-origins",
    "/_stcore/bidi-components/mesodash.body/index.js",
    "/_stcore/agent/openapi.json",
    "/component/x/index.html",
    "/app/static/x.txt",
    "/static/../media/x",
    "/sign-in/elsewhere",
    "/SIGN-IN",
    "//sign-in",
    "/auth/login",
    "/oauth2callback",
)


async def inside(scope, receive, send):
    """The app behind the gate: says that it was reached."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"patients"})


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    path = tmp_path_factory.mktemp("gate") / "clinic.db"
    create_clinic(path, clinic_id="c", name="C", kind="clinical", actor=COMMAND_LINE)
    for name in ("Pia", "Max", "Kim"):
        accounts.add_account(
            path, name, "practitioner", COMMAND_LINE,
            password_hash=passwords.hashed("correct horse battery", name=name),
        )  # fmt: skip
    return path


def token(path, name="Pia", at=NOW):
    step = signing_in.with_password(path, name, "correct horse battery", clock=lambda: at)
    assert step.then == "in"
    return step.token


def ask(path, address, *, method="GET", cookie=None, host=HOST, origin=None, page=False):
    """Send one request through the gate; give what came back: status, headers, body."""
    gate = Gate(
        inside, db=lambda: path, hosts=lambda: ("127.0.0.1", "localhost"), clock=lambda: NOW
    )
    headers = {"host": host, "cookie": cookie, "origin": origin}
    headers["accept"] = "text/html" if page else "*/*"
    scope = {
        "type": "websocket" if method == "WS" else "http",
        "method": method,
        "path": address,
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in headers.items() if v is not None],
    }
    sent = []

    async def receive():
        return {"type": "websocket.connect" if method == "WS" else "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    # In a thread of its own: where browser tests ran before, this one has a running loop already.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(gate(scope, receive, send))).result()
    body = b"".join(m.get("body", b"") for m in sent)
    status = sent[0].get(
        "status", {"websocket.accept": 101, "websocket.close": 403}.get(sent[0]["type"])
    )
    return status, dict(sent[0].get("headers", [])), body


@pytest.fixture(scope="module")
def credentials(clinic):
    """Each kind of cookie that must not open anything."""
    revoked, locked_out = token(clinic, "Max"), token(clinic, "Kim")
    signing_in.sign_out(clinic, revoked, clock=lambda: NOW)
    accounts.set_disabled(clinic, "Kim", COMMAND_LINE)
    return {
        "none": None,
        "empty": f"{COOKIE}=",
        "forged": f"{COOKIE}={'A' * 43}",
        "another cookie": f"other={token(clinic)}",
        "garbled": "\x00;;=;" + COOKIE,
        "expired": f"{COOKIE}={token(clinic, at=NOW - timedelta(hours=11))}",
        "idle": f"{COOKIE}={token(clinic, at=NOW - timedelta(minutes=15))}",
        "revoked": f"{COOKIE}={revoked}",
        "disabled": f"{COOKIE}={locked_out}",
    }


def test_only_the_door_stands_open(clinic, credentials):
    checks, failures = 0, []
    for address, (kind, cookie) in itertools.product(CLOSED, credentials.items()):
        for method, origin in (("GET", None), ("POST", f"http://{HOST}"), ("WS", f"http://{HOST}")):
            status, _, body = ask(clinic, address, method=method, cookie=cookie, origin=origin)
            checks += 1
            if status != 403 or b"patients" in body:
                failures.append((address, kind, method, status))
    for address in OPEN:
        checks += 1
        if ask(clinic, address)[0] != 200:
            failures.append((address, "open"))
    print(f"{checks} checks, {len(failures)} failures")
    assert failures == []
    assert checks >= 500


def test_a_standing_sign_in_opens_everything(clinic):
    """The negative control: the gate is not simply shut."""
    cookie = f"{COOKIE}={token(clinic)}"
    for address in (a for a in CLOSED if a.islower() or a in PAGES):
        assert ask(clinic, address, cookie=cookie)[::2] == (200, b"patients")
    assert (
        ask(clinic, "/_stcore/stream", method="WS", cookie=cookie, origin=f"http://{HOST}")[0]
        == 101
    )


@pytest.mark.parametrize("method", ["WS", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        f"http://{HOST}.evil.example",
        "http://127.0.0.1:9",
        "http://[bad",
    ],
)
def test_another_origin_changes_nothing_even_with_a_sign_in(clinic, method, origin):
    cookie = f"{COOKIE}={token(clinic)}"
    assert ask(clinic, "/_stcore/stream", method=method, cookie=cookie, origin=origin)[0] == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8501", "", "[::1", "localhost@evil.example"]
)
def test_another_host_name_is_refused_everywhere(clinic, host):
    cookie = f"{COOKIE}={token(clinic)}"
    for address in ("/", *OPEN):
        assert ask(clinic, address, cookie=cookie, host=host)[0] == 400


def test_a_page_leads_to_the_sign_in_and_keeps_where_one_wanted_to_go(clinic):
    status, headers, body = ask(clinic, "/volumes", page=True)
    assert (status, headers[b"location"], body) == (303, b"/sign-in?to=%2Fvolumes", b"")


def test_a_demo_needs_no_sign_in_but_its_host_and_origin(tmp_path):
    path = tmp_path / "demo.db"
    create_clinic(path, clinic_id="d", name="D", kind="demo", actor=COMMAND_LINE)
    assert ask(path, "/volumes")[0] == 200
    assert ask(path, "/volumes", host="evil.example")[0] == 400
    assert ask(path, "/_stcore/stream", method="WS", origin="http://evil.example")[0] == 403
    assert ask(path, "/_stcore/stream", method="WS", origin=f"http://{HOST}")[0] == 101


def test_garbled_cookies_hold_no_token():
    assert token_in(f"a=1; {COOKIE}=xyz; b=2") == "xyz"
    assert token_in("") is None
    assert token_in("\x00") is None
