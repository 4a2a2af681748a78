"""Signing in at an identity provider through Streamlit's own endpoint, with a session of our own.

Streamlit's `st.login` does the OpenID Connect flow (state, nonce, PKCE, the token's signature) and
would then leave the browser a cookie that is valid for a month and cannot be revoked. Here that
cookie is removed from the response before it leaves the server, read once and discarded; the
browser gets a sign-in of our own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mesodash.access import signing_in
from mesodash.access.claims import ClaimsError, person_of
from mesodash.access.gate import SIGN_IN
from mesodash.access.providers import CALLBACK, Providers
from mesodash.access.responses import Responses, own_address
from mesodash.language import _
from mesodash.records.store.connection import Clock, utc_now

WITH: Final = f"{SIGN_IN}/with"
_TO_COOKIE: Final = "mesodash_to"
_FLOW_SECONDS: Final = 600
# Cookies in which Streamlit keeps a flow and a person; chunks of the last two end in a number.
_STREAMLITS: Final = ("_streamlit_session", "_streamlit_user", "_streamlit_user_tokens")


@dataclass(frozen=True, slots=True)
class OidcFlow:
    """Streamlit's own OpenID Connect flow; ui/shell/server/identity.py provides it.

    Attributes:
        providers: those set up, or None.
        begin: the address at which Streamlit begins the flow with the provider of a name.
        claims: the claims in Streamlit's signed cookies, or None if they are not valid.
    """

    providers: Callable[[], Providers | None]
    begin: Callable[[str], str]
    claims: Callable[[Mapping[str, str]], Mapping[str, Any] | None]


async def start_flow(request: Request, flow: OidcFlow, responses: Responses) -> Response:
    """Send the browser to the provider it chose, by way of the one address it comes back to."""
    providers = flow.providers()
    provider = providers.named(request.query_params.get("provider")) if providers else None
    if providers is None or provider is None:
        return RedirectResponse(SIGN_IN, 303)
    to = own_address(request.query_params.get("to"))
    # The flow's state is in a cookie, so it must begin at the host it returns to.
    if request.headers.get("host", "").lower() != providers.origin.partition("://")[2].lower():
        query = urlencode({"provider": provider.name, "to": to})
        return RedirectResponse(f"{providers.origin}{WITH}?{query}", 303)
    answer = RedirectResponse(flow.begin(provider.name), 303)
    answer.set_cookie(
        _TO_COOKIE,
        to,
        path=CALLBACK,
        max_age=_FLOW_SECONDS,
        httponly=True,
        samesite="lax",  # one comes back from another site
        secure=responses.secure(),
    )
    return answer


class OidcCallback:
    """ASGI middleware around Streamlit's callback that turns its cookies into our own sign-in."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        flow: OidcFlow,
        db: Callable[[], Path],
        secure: Callable[[], bool],
        clock: Clock = utc_now,
    ) -> None:
        """Wrap the app that has Streamlit's routes; see `access.routes` for the rest."""
        self.app, self.flow, self.db, self.clock = app, flow, db, clock
        self.responses = Responses(db, secure, flow.providers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on everything but the callback."""
        if scope["type"] != "http" or scope["path"] != CALLBACK:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        providers = self.flow.providers()
        if providers is None or request.method != "GET":
            await PlainTextResponse(_("Sign in first."), 403)(scope, receive, send)
            return
        given: dict[str, str] = {}

        async def keep_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                given.update(_cookies_set(message.get("headers", [])))

        await self.app(scope, receive, keep_cookies)
        to = own_address(request.cookies.get(_TO_COOKIE))
        step = await run_in_threadpool(self._step, given, providers)
        if step.token is None:
            answer = await self.responses.password_page(to, step.sentence)
        else:
            answer = await self.responses.arrived(step, to)
        self._forget(request, answer)
        await answer(scope, receive, send)

    def _step(self, given: Mapping[str, str], providers: Providers) -> signing_in.Step:
        claims = self.flow.claims(given)
        try:
            person = person_of(claims or {}, providers, self.clock())
        except ClaimsError:
            return signing_in.without_claims(self.db(), clock=self.clock)
        return signing_in.with_person(self.db(), person, clock=self.clock)

    def _forget(self, request: Request, answer: Response) -> None:
        answer.delete_cookie(_TO_COOKIE, path=CALLBACK)
        for name in {*_STREAMLITS, *filter(_is_chunk, request.cookies)}:
            answer.delete_cookie(name, path="/")


def _is_chunk(name: str) -> bool:
    start, _dash, number = name.rpartition("_")
    return start in _STREAMLITS and number.isdigit()


def _cookies_set(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """The cookies that an answer's headers set to something, by name."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() != b"set-cookie":
            continue
        try:
            cookies = SimpleCookie(value.decode("latin-1"))
        except CookieError:
            continue
        found.update({key: morsel.value for key, morsel in cookies.items() if morsel.value})
    return found
