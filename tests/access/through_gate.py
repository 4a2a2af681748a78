"""Sends single requests through the gate, with a stand-in for the app behind it."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.copied_clinics import copied
from tests.coroutines import run

from mesodash.access import passwords, signing_in
from mesodash.access.gate import Gate
from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOST = "127.0.0.1:8501"
PASSWORD = "correct horse battery"


class Clock:
    """A clock that is turned by hand."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def on(self, **step: float) -> None:
        self.now += timedelta(**step)


def make_clinic(path: Path, *names: str, role: str = "practitioner", at: datetime = NOW) -> Path:
    """A clinical file with these accounts, all with PASSWORD."""
    key = ("gate", names, role, at)
    return copied(path, key, partial(_make, names=names, role=role, at=at))


def _make(path: Path, *, names: tuple[str, ...], role: str, at: datetime) -> None:
    create_clinic(
        path, clinic_id="c", name="C", kind="clinical", actor=COMMAND_LINE, clock=lambda: at
    )
    for name in names:
        kept = passwords.hashed(PASSWORD, name=name)
        accounts.add_account(path, name, role, COMMAND_LINE, password_hash=kept, clock=lambda: at)


def token(path: Path, name: str, at: datetime = NOW) -> str:
    """The token of a sign-in at that time."""
    step = signing_in.with_password(path, name, PASSWORD, clock=lambda: at)
    assert step.token is not None
    return step.token


async def inside(scope, receive, send):
    """The app behind the gate: says that it was reached."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"patients"})


def ask(
    path: Path,
    address: str,
    *,
    method: str = "GET",
    cookie: str | None = None,
    host: str = HOST,
    origin: str | None = None,
    page: bool = False,
    with_oidc: bool = False,
    whose: dict[str, str] | None = None,
    clock: Clock | None = None,
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Send one request through the gate; give what came back: status, headers, body."""
    gate = Gate(
        inside,
        db=lambda: path,
        hosts=lambda: ("127.0.0.1", "localhost"),
        with_oidc=lambda: with_oidc,
        own_file=lambda token, address: whose is None or whose.get(token) == address,
        clock=clock or Clock(),
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
    if method == "WS":
        del scope["method"]
    sent = []

    async def receive():
        return {"type": "websocket.connect" if method == "WS" else "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    run(gate(scope, receive, send))
    body = b"".join(m.get("body", b"") for m in sent)
    status = sent[0].get(
        "status", {"websocket.accept": 101, "websocket.close": 403}.get(sent[0]["type"])
    )
    return status, dict(sent[0].get("headers", [])), body
