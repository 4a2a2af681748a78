"""How the sign-in pages answer: a page drawn, a cookie kept, a browser sent on."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mesodash.access.gate import COOKIE, SIGN_IN
from mesodash.access.providers import Providers
from mesodash.access.signing_in import BUSY, Step
from mesodash.records import sign_ins
from mesodash.records.clinic import read_clinic

CODE: Final = f"{SIGN_IN}/code"
CHANGE: Final = f"{SIGN_IN}/new-password"
CODE_COOKIE: Final = "mesodash_code"
CODE_TO_COOKIE: Final = "mesodash_code_to"
# Only an address of the app itself: a path of one word and a plain query.
_OWN_ADDRESS: Final = re.compile(r"/[a-z_]{0,40}(\?[\w=&.,%+-]{0,800})?", re.ASCII)
_PAGES: Final = Environment(loader=PackageLoader("mesodash.access"), autoescape=True)


def own_address(text: str | None) -> str:
    """The address to go on to, if it is one of the app's own; else its first page."""
    return text if text and _OWN_ADDRESS.fullmatch(text) else "/"


def _next(step: Step, to: str) -> str:
    """Where a step that was passed leads."""
    if step.then == "change":
        return f"{CHANGE}?{urlencode({'to': to})}"
    return to if step.then == "in" else CODE


class Answers:
    """The answers of the sign-in pages for one clinic."""

    def __init__(
        self,
        db: Callable[[], Path],
        secure: Callable[[], bool],
        providers: Callable[[], Providers | None],
    ) -> None:
        """Give what tells the clinic's file, whether cookies are for https, and the providers."""
        self.db, self.secure, self.providers = db, secure, providers

    async def page(self, template: str, status: int, **values: Any) -> Response:
        """A page from templates/; no browser keeps it."""
        clinic = await run_in_threadpool(read_clinic, self.db())
        text = _PAGES.get_template(template).render(clinic=clinic.name, **values)
        return HTMLResponse(text, status, headers={"cache-control": "no-store"})

    async def password_page(self, to: str, problem: str = "", name: str = "") -> Response:
        """The first page, with what went wrong and the name as it was typed."""
        providers = self.providers()
        offered = providers.all if providers else ()
        status = 503 if problem == BUSY else 401 if problem else 200
        return await self.page(
            "password.html", status, to=to, problem=problem, name=name, providers=offered
        )

    def gone_on(self, step: Step, to: str) -> Response:
        """After a step that was passed: on to the next one, or in."""
        answer = RedirectResponse(_next(step, to), 303)
        self._hand_over(answer, step, to)
        return answer

    async def arrived(self, step: Step, to: str) -> Response:
        """The same for a browser that another site sent: it sends our cookie only on from here."""
        answer = await self.page("arrived.html", 200, to=_next(step, to))
        self._hand_over(answer, step, to)
        return answer

    def _hand_over(self, answer: Response, step: Step, to: str) -> None:
        token = step.token or ""
        if step.then in ("in", "change"):
            # No lifetime: it goes with the browser, and the server ends it sooner.
            answer.set_cookie(
                COOKIE, token, path="/", httponly=True, samesite="strict", secure=self.secure()
            )
        else:
            self.keep(answer, CODE_COOKIE, token)
            self.keep(answer, CODE_TO_COOKIE, to)
        answer.headers["cache-control"] = "no-store"

    def keep(self, answer: Response, name: str, value: str) -> None:
        """Keep something in the browser while the second step is under way."""
        answer.set_cookie(
            name,
            value,
            path=SIGN_IN,
            max_age=int(sign_ins.CODE_WITHIN.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=self.secure(),
        )
