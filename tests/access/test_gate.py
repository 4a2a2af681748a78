"""Every endpoint against every kind of credential: only the sign-in itself is open."""

import itertools
from datetime import timedelta

import pytest
from tests.access.through_gate import HOST, NOW, ask, make_clinic, token

from mesodash.access import passwords, signing_in
from mesodash.access.gate import COOKIE, token_in
from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic

OPEN = (
    "/_stcore/health",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/new-password",
    "/health",
    "/favicon.png",
    "/static/js/index.js",
)
ELSEWHERE = ("/sign-in/with", "/auth/login", "/oauth2callback")
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
    "/_stcore/stream",
    "/auth/logout",
    *ELSEWHERE,
)
SHUT_TO_ALL = "/_stcore/metrics"
SHUT = ((403, b"Sign in first."), (403, b""))


METHODS = (("GET", None), ("POST", f"http://{HOST}"), ("WS", f"http://{HOST}"))


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    path = make_clinic(tmp_path_factory.mktemp("gate") / "clinic.db", "Pia", "Max", "Kim", "Lou")
    kept = passwords.hashed("correct horse battery", name="Ada")
    accounts.add_account(path, "Ada", "administrator", COMMAND_LINE, password_hash=kept)
    accounts.add_account(path, "Gil", "trainer", COMMAND_LINE, password_hash=kept, given=True)
    return path


def locked(path, name):
    """What the right password gives to an account that was just locked."""
    for _ in range(5):
        signing_in.with_password(path, name, "wrong password!", clock=lambda: NOW)
    step = signing_in.with_password(path, name, "correct horse battery", clock=lambda: NOW)
    assert step.sentence == signing_in.LOCKED
    return step.token


@pytest.fixture(scope="module")
def credentials(clinic):
    """Each kind of cookie that must not open anything."""
    revoked, disabled = token(clinic, "Max"), token(clinic, "Kim")
    signing_in.sign_out(clinic, revoked, clock=lambda: NOW)
    accounts.set_disabled(clinic, "Kim", COMMAND_LINE)
    return {
        "none": None,
        "empty": f"{COOKIE}=",
        "forged": f"{COOKIE}={'A' * 43}",
        "another cookie": f"other={token(clinic, 'Pia')}",
        "garbled": "\x00;;=;" + COOKIE,
        "expired": f"{COOKIE}={token(clinic, 'Pia', NOW - timedelta(hours=11))}",
        "idle": f"{COOKIE}={token(clinic, 'Pia', NOW - timedelta(minutes=15))}",
        "revoked": f"{COOKIE}={revoked}",
        "disabled": f"{COOKIE}={disabled}",
        "locked out": f"{COOKIE}={locked(clinic, 'Lou')}",
        "with a given password": f"{COOKIE}={token(clinic, 'Gil')}",
        "before the second step": f"{COOKIE}={token(clinic, 'Ada')}",
        "the hash in the file": f"{COOKIE}={signing_in.hashed_token(token(clinic, 'Pia'))}",
    }


@pytest.mark.slow
def test_only_the_door_stands_open(clinic, credentials, checks):
    """Test 10: endpoint x credential, then a valid sign-in from a wrong place."""
    own = f"{COOKIE}={token(clinic, 'Pia')}"
    cells = list(itertools.product(CLOSED, credentials.items(), METHODS))
    with checks("endpoint x credential", planned=22 * 13 * 3 + 22 * 3 * 2 + 22 + 7) as count:
        for address, (kind, cookie), (method, origin) in cells:
            status, _, body = ask(clinic, address, method=method, cookie=cookie, origin=origin)
            count.that((status, body) in SHUT, f"{method} {address}, {kind}: {status}")
        for address, (method, origin) in itertools.product(CLOSED, METHODS):
            found = ask(
                clinic, address, method=method, cookie=own, origin=origin, host="evil.example"
            )
            count.that(found[0] in (400, 403) and b"patients" not in found[2], f"{address}: host")
            found = ask(
                clinic, address, method="POST", cookie=own, origin=f"http://{HOST}.evil.example"
            )
            count.that(found[0] == 403 and b"patients" not in found[2], f"{address}: origin")
        for address in CLOSED:  # the control: a valid sign-in does open it
            found = ask(clinic, address, cookie=own)
            opened = found[::2] == (200, b"patients")
            count.that(opened is (address != SHUT_TO_ALL), f"{address}: {found[0]}, signed in")
        for address in OPEN:
            count.that(ask(clinic, address)[0] == 200, f"{address}: the door itself")


def test_a_provider_opens_its_own_three_addresses_for_reading_only(clinic, checks):
    with checks("endpoints with a provider", planned=22 * 3) as count:
        for address, (method, origin) in itertools.product(CLOSED, METHODS):
            status = ask(clinic, address, method=method, origin=origin, with_oidc=True)[0]
            opened = address in ELSEWHERE and method == "GET"
            count.that(status == (200 if opened else 403), f"{method} {address}: {status}")


def test_a_file_made_for_another_sign_in_is_not_there(clinic, checks):
    whose = {token(clinic, "Pia"): "/media/1.csv", token(clinic, "Pia"): "/media/2.csv"}
    with checks("files and sign-ins", planned=2 * 2 + 2) as count:
        for kept, (own, address) in itertools.product(whose, whose.items()):
            found = ask(clinic, address, cookie=f"{COOKIE}={kept}", whose=whose)
            there = (200, b"patients") if kept == own else (404, b"There is no such file.")
            count.that(found[::2] == there, f"{address}: {found}")
        for kept in whose:
            page = ask(clinic, "/volumes", cookie=f"{COOKIE}={kept}", whose=whose)
            count.that(page[0] == 200, "pages are not files")


def test_a_websocket_opens_for_a_standing_sign_in(clinic):
    cookie = f"{COOKIE}={token(clinic, 'Pia')}"
    found = ask(clinic, "/_stcore/stream", method="WS", cookie=cookie, origin=f"http://{HOST}")
    assert found[0] == 101


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
    cookie = f"{COOKIE}={token(clinic, 'Pia')}"
    assert ask(clinic, "/_stcore/stream", method=method, cookie=cookie, origin=origin)[0] == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8501", "", "[::1", "localhost@evil.example"]
)
def test_another_host_name_is_refused_everywhere(clinic, host):
    cookie = f"{COOKIE}={token(clinic, 'Pia')}"
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
