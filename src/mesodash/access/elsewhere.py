"""Signing in at an identity provider: out through Streamlit's own endpoint, and back in as ours.

Streamlit's `st.login` does the OpenID Connect flow (state, nonce, PKCE, the token's signature) and
would then leave the browser a cookie that is good for a month and cannot be revoked. Here that
cookie is taken from the answer before it leaves the server, read once, and thrown away; what the
browser gets is a sign-in of our own.
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
from mesodash.access.answers import Answers, own_address
from mesodash.access.claims import ClaimsError, person_of
from mesodash.access.gate import SIGN_IN
from mesodash.access.providers import CALLBACK, Providers
from mesodash.records.connection import Clock, utc_now

WITH: Final = f"{SIGN_IN}/with"
_TO_COOKIE: Final = "mesodash_to"
_FLOW_SECONDS: Final = 600
# What Streamlit keeps of a flow and of a person; chunks of the last two have a number behind.
_STREAMLITS: Final = ("_streamlit_session", "_streamlit_user", "_streamlit_user_tokens")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What Streamlit knows of signing in elsewhere; ui/server/identity.py fills it in.

    Attributes:
        providers: those set up, or None.
        begin: the address at which Streamlit begins the flow with the provider of a name.
        claims: the claims in Streamlit's signed cookies, or None if they do not hold.
    """

    providers: Callable[[], Providers | None]
    begin: Callable[[str], str]
    claims: Callable[[Mapping[str, str]], Mapping[str, Any] | None]


async def go(request: Request, elsewhere: Elsewhere, answers: Answers) -> Response:
    """Send the browser to the provider it chose, by way of the one address it comes back to."""
    providers = elsewhere.providers()
    provider = providers.named(request.query_params.get("provider")) if providers else None
    if providers is None or provider is None:
        return RedirectResponse(SIGN_IN, 303)
    to = own_address(request.query_params.get("to"))
    # The flow's state lies in a cookie: it must begin at the host it returns to.
    if request.headers.get("host", "").lower() != providers.origin.partition("://")[2].lower():
        query = urlencode({"provider": provider.name, "to": to})
        return RedirectResponse(f"{providers.origin}{WITH}?{query}", 303)
    answer = RedirectResponse(elsewhere.begin(provider.name), 303)
    answer.set_cookie(
        _TO_COOKIE,
        to,
        path=CALLBACK,
        max_age=_FLOW_SECONDS,
        httponly=True,
        samesite="lax",  # one comes back from another site
        secure=answers.secure(),
    )
    return answer


class Return:
    """ASGI middleware around Streamlit's callback: its cookies become a sign-in of ours."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        elsewhere: Elsewhere,
        db: Callable[[], Path],
        secure: Callable[[], bool],
        clock: Clock = utc_now,
    ) -> None:
        """Give the app with Streamlit's routes; see `web.routes` for the rest."""
        self.app, self.elsewhere, self.db, self.clock = app, elsewhere, db, clock
        self.answers = Answers(db, secure, elsewhere.providers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on everything but the callback."""
        if scope["type"] != "http" or scope["path"] != CALLBACK:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        providers = self.elsewhere.providers()
        if providers is None or request.method != "GET":
            await PlainTextResponse("Sign in first.", 403)(scope, receive, send)
            return
        given: dict[str, str] = {}

        async def keep_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                given.update(_cookies_set(message.get("headers", [])))

        await self.app(scope, receive, keep_cookies)
        to = own_address(request.cookies.get(_TO_COOKIE))
        step = await run_in_threadpool(self._step, given, providers)
        if step.token is None:
            answer = await self.answers.password_page(to, step.sentence)
        else:
            answer = await self.answers.arrived(step, to)
        self._forget(request, answer)
        await answer(scope, receive, send)

    def _step(self, given: Mapping[str, str], providers: Providers) -> signing_in.Step:
        claims = self.elsewhere.claims(given)
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
    start, _, number = name.rpartition("_")
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
