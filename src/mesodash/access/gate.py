"""The gate: ASGI middleware before every endpoint; without a sign-in nothing behind it answers."""

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mesodash.access import signing_in
from mesodash.language import _
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import Clock, utc_now

COOKIE: Final = "mesodash_sign_in"
SIGN_IN: Final = "/sign-in"
LANGUAGE: Final = "/language"
"""Where a language is chosen, signed in or not."""
HEALTH: Final = "/health"
"""Where a watchdog sees that the server lives and can read the clinic's file."""

# What a browser needs to show the sign-in page, and a watchdog to see that the server lives.
# `/static/` holds Streamlit's own front end, the same for everybody.
_OPEN: Final = (
    "/_stcore/health",
    HEALTH,
    SIGN_IN,
    LANGUAGE,
    f"{SIGN_IN}/code",
    f"{SIGN_IN}/new-password",
    "/favicon.png",
)
_OPEN_FOLDER: Final = "/static/"
# Where Streamlit gives out what pages made to be downloaded or shown.
_FILES: Final = "/media/"
# Streamlit's own metrics know no roles; ours do (ui/shell/operation/metrics.py).
_SHUT: Final = "/_stcore/metrics"
# The way to an identity provider and back, where one is set up.
_OPEN_WITH_OIDC: Final = (f"{SIGN_IN}/with", "/auth/login", "/oauth2callback")
_READING: Final = ("GET", "HEAD")


class Gate:
    """Passes a request on if its host and origin are ours and its sign-in is valid.

    A demo file needs no sign-in: its patients are synthetic, and it is served to this computer only
    (start.py refuses anything else). Host and origin are checked for it all the same.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        db: Callable[[], Path],
        hosts: Callable[[], tuple[str, ...]],
        with_oidc: Callable[[], bool] = lambda: False,
        own_file: Callable[[str | None, str], bool] = lambda _token, _address: True,
        clock: Clock = utc_now,
    ) -> None:
        """Set up the gate in front of an app.

        Args:
            app: the app behind the gate.
            db: returns the clinic's file.
            hosts: the names under which the app may be called.
            with_oidc: whether one may sign in at an identity provider.
            own_file: whether a file to download was made for the sign-in of a token.
            clock: gives the time.
        """
        self.app, self.db, self.hosts, self.with_oidc, self.clock = app, db, hosts, with_oidc, clock
        self.own_file = own_file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        if refusal is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before accept: 403
        else:
            await refusal(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _name_of(host) not in self.hosts():
            return PlainTextResponse(_("This address is not one of mesodash's own."), 400)
        changes = scope["type"] == "websocket" or scope["method"] not in _READING
        if changes and not _is_own(headers.get("origin"), host):
            return PlainTextResponse(_("This request came from another site."), 403)
        path = scope["path"]
        if self._is_open(path, scope.get("method")):
            return None
        cookies = headers.get("cookie", "")
        if await run_in_threadpool(self._may_enter, cookies):
            return await run_in_threadpool(self._not_theirs, path, cookies)
        wants_page = "text/html" in headers.get("accept", "") and not path.startswith("/_stcore")
        if scope["type"] == "http" and scope["method"] == "GET" and wants_page:
            query = scope["query_string"].decode("latin-1")
            target = quote(path + (f"?{query}" if query else ""), safe="")
            return RedirectResponse(f"{SIGN_IN}?to={target}", 303)
        return PlainTextResponse(_("Sign in first."), 403)

    def _is_open(self, path: str, method: str | None) -> bool:
        if path in _OPEN or (path.startswith(_OPEN_FOLDER) and ".." not in path):
            return True
        return path in _OPEN_WITH_OIDC and method == "GET" and self.with_oidc()

    def _not_theirs(self, path: str, cookies: str) -> Response | None:
        """A refusal if the path is shut, or a file made for another sign-in or none; else None."""
        if path == _SHUT:
            return PlainTextResponse(_("There is no such file."), 404)
        if not path.startswith(_FILES) or read_clinic(self.db()).is_demo:
            return None
        if self.own_file(token_in(cookies), path):
            return None
        return PlainTextResponse(_("There is no such file."), 404)

    def _may_enter(self, cookies: str) -> bool:
        db = self.db()
        if read_clinic(db).is_demo:
            return True
        return signing_in.signed_in(db, token_in(cookies), clock=self.clock) is not None


def token_in(cookies: str) -> str | None:
    """The sign-in token among a request's cookies; None if there is none or they are garbled."""
    try:
        found = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return None
    return found.value if found else None


def _name_of(host: str) -> str:
    """A Host header without its port, lower case; an IPv6 address keeps its brackets."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


def _is_own(origin: str | None, host: str) -> bool:
    """Whether an Origin header names the very host that was called; False without one."""
    if not origin:
        return False
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False
