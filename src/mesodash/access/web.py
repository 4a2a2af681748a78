"""The sign-in pages: plain forms outside Streamlit, which work without any script."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mesodash.access import elsewhere as other
from mesodash.access import own_account, passwords, second_factor, signing_in
from mesodash.access.answers import CHANGE, CODE, CODE_COOKIE, CODE_TO_COOKIE, Answers, own_address
from mesodash.access.elsewhere import Elsewhere
from mesodash.access.gate import COOKIE, SIGN_IN
from mesodash.records import sign_ins
from mesodash.records.clinic import read_clinic
from mesodash.records.connection import Clock, utc_now

_SECRET_COOKIE: Final = "mesodash_secret"  # noqa: S105 - a cookie's name
_LONGEST_FORM: Final = 4096
# Tries have threads of their own, as many as passwords.py lets work at a time: a flood of them
# must not take those with which the gate looks up who is signed in.
_AT_A_TIME: Final = 2
MOST_WAITING: Final = 16
"""How many tries may wait for their turn; each takes about a tenth of a second."""


def routes(
    db: Callable[[], Path],
    *,
    secure: Callable[[], bool],
    elsewhere: Elsewhere,
    clock: Clock = utc_now,
) -> Sequence[Route]:
    """The routes of signing in.

    Args:
        db: tells the clinic's file.
        secure: whether cookies are for https only.
        elsewhere: the identity providers, if there are some.
        clock: gives the time.
    """
    pages = _SignInPages(Answers(db, secure, elsewhere.providers), elsewhere, clock)
    return (
        Route(SIGN_IN, pages.ask_password, methods=["GET"]),
        Route(SIGN_IN, pages.take_password, methods=["POST"]),
        Route(CODE, pages.ask_code, methods=["GET"]),
        Route(CODE, pages.take_code, methods=["POST"]),
        Route(CHANGE, pages.ask_new_password, methods=["GET"]),
        Route(CHANGE, pages.take_new_password, methods=["POST"]),
        Route(other.WITH, pages.go_elsewhere, methods=["GET"]),
    )


class _SignInPages:
    def __init__(self, answers: Answers, elsewhere: Elsewhere, clock: Clock) -> None:
        self.answers, self.elsewhere, self.clock = answers, elsewhere, clock
        self.limiter, self.waiting = CapacityLimiter(_AT_A_TIME), 0

    async def ask_password(self, request: Request) -> Response:
        return await self.answers.password_page(own_address(request.query_params.get("to")))

    async def go_elsewhere(self, request: Request) -> Response:
        return await other.go(request, self.elsewhere, self.answers)

    async def take_password(self, request: Request) -> Response:
        form = await _form(request)
        to, name = own_address(form.get("to")), form.get("name", "")
        step = await self._try(
            signing_in.with_password, self.answers.db(), name, form.get("password", "")
        )
        if step.token is None:
            return await self.answers.password_page(to, step.sentence, name)
        return self.answers.gone_on(step, to)

    async def ask_code(self, request: Request, problem: str = "") -> Response:
        token, db = request.cookies.get(CODE_COOKIE, ""), self.answers.db()
        standing = await run_in_threadpool(
            sign_ins.look_up, db, signing_in.hashed_token(token), clock=self.clock
        )
        if standing is None or standing.stage != "code":
            return RedirectResponse(SIGN_IN, 303)
        account = standing.account
        status = 401 if problem else 200
        if account.totp_secret:
            return await self.answers.page("code.html", status, problem=problem)
        secret = request.cookies.get(_SECRET_COOKIE) or second_factor.new_secret()
        clinic = await run_in_threadpool(read_clinic, db)
        picture = second_factor.picture(secret, account.name, clinic.name)
        answer = await self.answers.page(
            "code.html", status, problem=problem, secret=secret, picture=picture
        )
        self.answers.keep(answer, _SECRET_COOKIE, secret)
        return answer

    async def take_code(self, request: Request) -> Response:
        form = await _form(request)
        step = await self._try(
            signing_in.with_code,
            self.answers.db(),
            request.cookies.get(CODE_COOKIE, ""),
            form.get("code", ""),
            secret=request.cookies.get(_SECRET_COOKIE),
        )
        if step.token is None:
            if step.sentence in (signing_in.OVER, signing_in.BUSY):
                return await self.answers.password_page("/", step.sentence)
            return await self.ask_code(request, step.sentence)
        answer = self.answers.gone_on(step, own_address(request.cookies.get(CODE_TO_COOKIE)))
        for name in (CODE_COOKIE, CODE_TO_COOKIE, _SECRET_COOKIE):
            answer.delete_cookie(name, path=SIGN_IN)
        return answer

    async def ask_new_password(self, request: Request, to: str = "", problem: str = "") -> Response:
        account = await run_in_threadpool(
            signing_in.must_change,
            self.answers.db(),
            request.cookies.get(COOKIE),
            clock=self.clock,
        )
        if account is None:
            return RedirectResponse(SIGN_IN, 303)
        return await self.answers.page(
            "new_password.html",
            401 if problem else 200,
            to=to or own_address(request.query_params.get("to")),
            problem=problem,
            name=account.name,
            shortest=passwords.SHORTEST,
        )

    async def take_new_password(self, request: Request) -> Response:
        form = await _form(request)
        to = own_address(form.get("to"))
        step = await self._try(
            own_account.with_first_password,
            self.answers.db(),
            request.cookies.get(COOKIE, ""),
            form.get("new", ""),
            form.get("again", ""),
        )
        if step.token is None:
            return await self.ask_new_password(request, to, step.sentence)
        return self.answers.gone_on(step, to)

    async def _try(
        self, function: Callable[..., signing_in.Step], *given: Any, **named: Any
    ) -> signing_in.Step:
        """Make a try when its turn comes; where too many wait already, say so at once."""
        if self.waiting >= MOST_WAITING:
            return signing_in.Step(None, "refused", signing_in.BUSY)
        self.waiting += 1
        try:
            work = partial(function, *given, clock=self.clock, **named)
            return await to_thread.run_sync(work, limiter=self.limiter)
        finally:
            self.waiting -= 1


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
