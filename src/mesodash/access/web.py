"""The sign-in pages: plain forms outside Streamlit, which work without any script."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from jinja2 import Environment, PackageLoader
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from mesodash.access import second_factor, signing_in
from mesodash.access.gate import COOKIE, SIGN_IN
from mesodash.records import sign_ins
from mesodash.records.clinic import read_clinic
from mesodash.records.connection import Clock, utc_now

_CODE_COOKIE: Final = "mesodash_code"
_SECRET_COOKIE: Final = "mesodash_secret"  # noqa: S105 - a cookie's name
_LONGEST_FORM: Final = 4096
# Only an address of the app itself: a path of one word and a plain query.
_OWN_ADDRESS: Final = re.compile(r"/[a-z_]{0,40}(\?[\w=&.,%+-]{0,800})?", re.ASCII)
_PAGES: Final = Environment(loader=PackageLoader("mesodash.access"), autoescape=True)


def routes(
    db: Callable[[], Path], *, secure: Callable[[], bool], clock: Clock = utc_now
) -> Sequence[Route]:
    """The routes of signing in.

    Args:
        db: tells the clinic's file.
        secure: whether cookies are for https only.
        clock: gives the time.
    """
    pages = _SignInPages(db, secure, clock)
    return (
        Route(SIGN_IN, pages.ask_password, methods=["GET"]),
        Route(SIGN_IN, pages.take_password, methods=["POST"]),
        Route(f"{SIGN_IN}/code", pages.ask_code, methods=["GET"]),
        Route(f"{SIGN_IN}/code", pages.take_code, methods=["POST"]),
    )


def own_address(text: str | None) -> str:
    """The address to go on to, if it is one of the app's own; else its first page."""
    return text if text and _OWN_ADDRESS.fullmatch(text) else "/"


class _SignInPages:
    def __init__(self, db: Callable[[], Path], secure: Callable[[], bool], clock: Clock) -> None:
        self.db, self.secure, self.clock = db, secure, clock

    async def ask_password(self, request: Request) -> Response:
        return await self._password_page(own_address(request.query_params.get("to")))

    async def _password_page(self, to: str, problem: str = "", name: str = "") -> Response:
        return await self._page(
            "password.html", 401 if problem else 200, to=to, problem=problem, name=name
        )

    async def take_password(self, request: Request) -> Response:
        form = await _form(request)
        to, name = own_address(form.get("to")), form.get("name", "")
        step = await run_in_threadpool(
            signing_in.with_password, self.db(), name, form.get("password", ""), clock=self.clock
        )
        if step.token is None:
            return await self._password_page(to, step.sentence, name)
        if step.then == "in":
            return self._in(step.token, to)
        answer = RedirectResponse(f"{SIGN_IN}/code", 303)
        self._keep(answer, _CODE_COOKIE, step.token)
        self._keep(answer, f"{_CODE_COOKIE}_to", to)
        return answer

    async def ask_code(self, request: Request, problem: str = "") -> Response:
        token = request.cookies.get(_CODE_COOKIE, "")
        standing = await run_in_threadpool(
            sign_ins.look_up, self.db(), signing_in.hashed_token(token), clock=self.clock
        )
        if standing is None or standing.stage != "code":
            return RedirectResponse(SIGN_IN, 303)
        account = standing.account
        if account.totp_secret:
            return await self._page("code.html", 401 if problem else 200, problem=problem)
        secret = request.cookies.get(_SECRET_COOKIE) or second_factor.new_secret()
        clinic = await run_in_threadpool(read_clinic, self.db())
        picture = second_factor.picture(secret, account.name, clinic.name)
        answer = await self._page(
            "code.html", 401 if problem else 200, problem=problem, secret=secret, picture=picture
        )
        self._keep(answer, _SECRET_COOKIE, secret)
        return answer

    async def take_code(self, request: Request) -> Response:
        form = await _form(request)
        step = await run_in_threadpool(
            signing_in.with_code,
            self.db(),
            request.cookies.get(_CODE_COOKIE, ""),
            form.get("code", ""),
            secret=request.cookies.get(_SECRET_COOKIE),
            clock=self.clock,
        )
        if step.token is None:
            if step.sentence == signing_in.OVER:
                return await self._password_page("/", step.sentence)
            return await self.ask_code(request, step.sentence)
        answer = self._in(step.token, own_address(request.cookies.get(f"{_CODE_COOKIE}_to")))
        for name in (_CODE_COOKIE, f"{_CODE_COOKIE}_to", _SECRET_COOKIE):
            answer.delete_cookie(name, path=SIGN_IN)
        return answer

    def _in(self, token: str, to: str) -> Response:
        answer = RedirectResponse(to, 303)
        # No lifetime: it goes with the browser, and the server ends it sooner.
        answer.set_cookie(
            COOKIE, token, path="/", httponly=True, samesite="strict", secure=self.secure()
        )
        answer.headers["cache-control"] = "no-store"
        return answer

    def _keep(self, answer: Response, name: str, value: str) -> None:
        answer.set_cookie(
            name,
            value,
            path=SIGN_IN,
            max_age=int(sign_ins.CODE_WITHIN.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=self.secure(),
        )

    async def _page(self, template: str, status: int, **values: Any) -> Response:
        clinic = await run_in_threadpool(read_clinic, self.db())
        text = _PAGES.get_template(template).render(clinic=clinic.name, **values)
        return HTMLResponse(text, status, headers={"cache-control": "no-store"})


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small form; anything larger or stranger is empty."""
    length = request.headers.get("content-length", "")
    kind = request.headers.get("content-type", "").partition(";")[0]
    if not length.isdigit() or int(length) > _LONGEST_FORM:
        return {}
    if kind != "application/x-www-form-urlencoded":
        return {}
    try:
        fields = parse_qsl((await request.body()).decode("utf-8"), max_num_fields=10)
    except ValueError:
        return {}
    return dict(fields)
