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

from mesodash.access import oidc, own_password, passwords, second_factor, signing_in
from mesodash.access.gate import COOKIE, LANGUAGE, SIGN_IN
from mesodash.access.oidc import OidcFlow
from mesodash.access.responses import (
    CHANGE,
    CODE,
    CODE_COOKIE,
    CODE_TO_COOKIE,
    Responses,
    address_of_page,
    own_address,
)
from mesodash.access.unknown_names import UnknownNames
from mesodash.language import available
from mesodash.records.accounts import sign_ins
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import Clock, utc_now

TEACHING: Final = "/teaching"
"""Where teaching mode begins and is left."""
_SECRET_COOKIE: Final = "mesodash_secret"  # noqa: S105 - a cookie's name
_LONGEST_FORM: Final = 4096
# Attempts run on threads of their own, as many as passwords.py allows at once: a flood of them
# must not use up the threads with which the gate looks up who is signed in.
_AT_A_TIME: Final = 2
MOST_WAITING: Final = 16
"""How many attempts may wait for their turn; each takes about a tenth of a second."""


def routes(
    db: Callable[[], Path],
    *,
    secure: Callable[[], bool],
    flow: OidcFlow,
    redraw: Callable[[str | None], None] = lambda _token: None,
    clock: Clock = utc_now,
) -> Sequence[Route]:
    """The routes of signing in, of teaching mode and of the choice of a language.

    Args:
        db: gives the path of the clinic's file.
        secure: whether cookies are for https only.
        flow: the identity providers, if there are some.
        redraw: redraws the open tabs of a sign-in after teaching mode has begun.
        clock: gives the time.
    """
    pages = _SignInPages(Responses(db, secure, flow.providers), flow, redraw, clock)
    return (
        Route(SIGN_IN, pages.ask_password, methods=["GET"]),
        Route(SIGN_IN, pages.take_password, methods=["POST"]),
        Route(CODE, pages.ask_code, methods=["GET"]),
        Route(CODE, pages.take_code, methods=["POST"]),
        Route(CHANGE, pages.ask_new_password, methods=["GET"]),
        Route(CHANGE, pages.take_new_password, methods=["POST"]),
        Route(oidc.WITH, pages.go_to_provider, methods=["GET"]),
        Route(TEACHING, pages.ask_teaching, methods=["GET"]),
        Route(TEACHING, pages.take_teaching, methods=["POST"]),
        Route(LANGUAGE, pages.take_language, methods=["POST"]),
    )


class _SignInPages:
    def __init__(
        self,
        responses: Responses,
        flow: OidcFlow,
        redraw: Callable[[str | None], None],
        clock: Clock,
    ) -> None:
        self.responses, self.flow, self.redraw, self.clock = responses, flow, redraw, clock
        self.limiter, self.waiting = CapacityLimiter(_AT_A_TIME), 0
        self.unknown = UnknownNames()

    async def ask_password(self, request: Request) -> Response:
        return await self.responses.password_page(own_address(request.query_params.get("to")))

    async def go_to_provider(self, request: Request) -> Response:
        return await oidc.start_flow(request, self.flow, self.responses)

    async def take_password(self, request: Request) -> Response:
        form = await _form(request)
        to, name = own_address(form.get("to")), form.get("name", "")
        step = await self._try(
            partial(signing_in.with_password, unknown=self.unknown),
            self.responses.db(),
            name,
            form.get("password", ""),
        )
        if step.token is None:
            return await self.responses.password_page(to, step.sentence, name)
        return self.responses.gone_on(step, to)

    async def ask_code(self, request: Request, problem: str = "") -> Response:
        token, db = request.cookies.get(CODE_COOKIE, ""), self.responses.db()
        standing = await run_in_threadpool(
            sign_ins.look_up, db, signing_in.hashed_token(token), clock=self.clock
        )
        if standing is None or standing.stage != "code":
            return RedirectResponse(SIGN_IN, 303)
        account = standing.account
        status = 401 if problem else 200
        if account.totp_secret:
            return await self.responses.page("code.html", status, problem=problem)
        secret = request.cookies.get(_SECRET_COOKIE) or second_factor.new_secret()
        clinic = await run_in_threadpool(read_clinic, db)
        picture = second_factor.picture(secret, account.name, clinic.name)
        answer = await self.responses.page(
            "code.html", status, problem=problem, secret=secret, picture=picture
        )
        self.responses.keep(answer, _SECRET_COOKIE, secret)
        return answer

    async def take_code(self, request: Request) -> Response:
        form = await _form(request)
        step = await self._try(
            signing_in.with_code,
            self.responses.db(),
            request.cookies.get(CODE_COOKIE, ""),
            form.get("code", ""),
            secret=request.cookies.get(_SECRET_COOKIE),
        )
        if step.token is None:
            if step.sentence in (signing_in.OVER, signing_in.BUSY):
                return await self.responses.password_page("/", step.sentence)
            return await self.ask_code(request, step.sentence)
        answer = self.responses.gone_on(step, own_address(request.cookies.get(CODE_TO_COOKIE)))
        for name in (CODE_COOKIE, CODE_TO_COOKIE, _SECRET_COOKIE):
            answer.delete_cookie(name, path=SIGN_IN)
        return answer

    async def ask_new_password(self, request: Request, to: str = "", problem: str = "") -> Response:
        account = await run_in_threadpool(
            signing_in.must_change,
            self.responses.db(),
            request.cookies.get(COOKIE),
            clock=self.clock,
        )
        if account is None:
            return RedirectResponse(SIGN_IN, 303)
        return await self.responses.page(
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
            own_password.with_first_password,
            self.responses.db(),
            request.cookies.get(COOKIE, ""),
            form.get("new", ""),
            form.get("again", ""),
        )
        if step.token is None:
            return await self.ask_new_password(request, to, step.sentence)
        return self.responses.gone_on(step, to)

    async def ask_teaching(self, request: Request, problem: str = "") -> Response:
        token, db = request.cookies.get(COOKIE), self.responses.db()
        clinic = await run_in_threadpool(read_clinic, db)
        if clinic.is_demo:
            on, elsewhere = signing_in.TEACHING_COOKIE in request.cookies, False
        else:
            on = await run_in_threadpool(signing_in.is_teaching, db, token, clock=self.clock)
            account = await run_in_threadpool(signing_in.signed_in, db, token, clock=self.clock)
            elsewhere = account is not None and account.issuer is not None
        return await self.responses.page(
            "teaching.html",
            401 if problem else 200,
            problem=problem,
            on=on,
            demo=clinic.is_demo,
            elsewhere=elsewhere,
        )

    async def take_teaching(self, request: Request) -> Response:
        """Begin teaching mode, or leave it: with the password, on a demo without one."""
        form, db = await _form(request), self.responses.db()
        token, want = request.cookies.get(COOKIE, ""), form.get("want")
        answer = RedirectResponse("/", 303, headers={"cache-control": "no-store"})
        if (await run_in_threadpool(read_clinic, db)).is_demo:
            if want == "begin":
                # No lifetime: as the sign-in's cookie, it goes with the browser.
                answer.set_cookie(
                    signing_in.TEACHING_COOKIE, "1", path="/", httponly=True, samesite="strict"
                )
            elif want == "leave":
                answer.delete_cookie(signing_in.TEACHING_COOKIE, path="/")
            return answer
        if want == "begin":
            await run_in_threadpool(signing_in.begin_teaching, db, token, clock=self.clock)
            self.redraw(token)
        elif want == "leave":
            step = await self._try(signing_in.leave_teaching, db, token, form.get("password", ""))
            if step.token is None:
                return await self.ask_teaching(request, step.sentence)
        elif want == "sign_in_again":
            await run_in_threadpool(signing_in.sign_out, db, token, clock=self.clock)
            return RedirectResponse(SIGN_IN, 303)
        return answer

    async def take_language(self, request: Request) -> Response:
        """Keep the chosen language, in the browser and with the account; go back to the page."""
        code = (await _form(request)).get("language", "")
        to = address_of_page(request.headers.get("referer"))
        answer = RedirectResponse(to, 303, headers={"cache-control": "no-store"})
        if code in available():
            token, db = request.cookies.get(COOKIE), self.responses.db()
            await run_in_threadpool(signing_in.keep_language, db, token, code, clock=self.clock)
            self.responses.keep_language(answer, code)
        return answer

    async def _try(
        self, function: Callable[..., signing_in.Step], *given: Any, **named: Any
    ) -> signing_in.Step:
        """Run an attempt when its turn comes; if too many are waiting already, say so at once."""
        if self.waiting >= MOST_WAITING:
            return signing_in.Step(None, "refused", signing_in.BUSY)
        self.waiting += 1
        try:
            work = partial(function, *given, clock=self.clock, **named)
            return await to_thread.run_sync(work, limiter=self.limiter)
        finally:
            self.waiting -= 1


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small form; anything larger or malformed counts as empty."""
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
