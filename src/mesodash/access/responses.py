"""Responses of the sign-in pages: pages, cookies and redirects."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, PackageLoader
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mesodash.access.gate import COOKIE, SIGN_IN
from mesodash.access.providers import Providers
from mesodash.access.signing_in import BUSY, Step
from mesodash.language import _, current, translate_templates
from mesodash.language.choice import LANGUAGE_COOKIE, other_languages
from mesodash.records.accounts import sign_ins
from mesodash.records.store.clinic import read_clinic

CODE: Final = f"{SIGN_IN}/code"
CHANGE: Final = f"{SIGN_IN}/new-password"
CODE_COOKIE: Final = "mesodash_code"
CODE_TO_COOKIE: Final = "mesodash_code_to"
_A_YEAR_S: Final = 365 * 24 * 60 * 60
# Only an address of the app itself: a path of one word and a plain query.
_OWN_ADDRESS: Final = re.compile(r"/[a-z_]{0,40}(\?[\w=&.,%+-]{0,800})?", re.ASCII)
_PAGES: Final = translate_templates(
    Environment(loader=PackageLoader("mesodash.access"), autoescape=True)
)


def plain_page(title: str, text: str) -> str:
    """The HTML of a page that says one thing, for when the clinic's file may not be readable."""
    page = _PAGES.get_template("plain.html")
    return page.render(title=title, text=text, language=current().code)


def own_address(text: str | None) -> str:
    """The address to continue to, if it is one of the app's own; else its first page."""
    return text if text and _OWN_ADDRESS.fullmatch(text) else "/"


def address_of_page(referer: str | None) -> str:
    """The address of the page a form was sent from, if it is one of the app's own."""
    parts = urlsplit(referer or "")
    query = f"?{parts.query}" if parts.query else ""
    if parts.path == SIGN_IN and own_address(f"/{query}") == f"/{query}":
        return f"{SIGN_IN}{query}"
    return own_address(f"{parts.path}{query}")


def _next(step: Step, to: str) -> str:
    """Where a completed step leads."""
    if step.then == "change":
        return f"{CHANGE}?{urlencode({'to': to})}"
    return to if step.then == "in" else CODE


class Responses:
    """The responses of the sign-in pages for one clinic."""

    def __init__(
        self,
        db: Callable[[], Path],
        secure: Callable[[], bool],
        providers: Callable[[], Providers | None],
    ) -> None:
        """Set the function for the clinic's file, whether cookies need https, and the providers."""
        self.db, self.secure, self.providers = db, secure, providers

    async def page(self, template: str, status: int, **values: Any) -> Response:
        """A page from templates/, not to be cached. A `problem` is translated here."""
        clinic = await run_in_threadpool(read_clinic, self.db())
        if values.get("problem"):
            values["problem"] = _(values["problem"])
        text = _PAGES.get_template(template).render(
            clinic=clinic.name, language=current().code, others=other_languages(), **values
        )
        return HTMLResponse(text, status, headers={"cache-control": "no-store"})

    async def password_page(self, to: str, problem: str = "", name: str = "") -> Response:
        """The first page, with the problem and the name as it was typed."""
        providers = self.providers()
        offered = providers.all if providers else ()
        status = 503 if problem == BUSY else 401 if problem else 200
        return await self.page(
            "password.html", status, to=to, problem=problem, name=name, providers=offered
        )

    def gone_on(self, step: Step, to: str) -> Response:
        """The response after a passed step: a redirect to the next step, or into the app."""
        answer = RedirectResponse(_next(step, to), 303)
        self._hand_over(answer, step, to)
        return answer

    async def arrived(self, step: Step, to: str) -> Response:
        """As `gone_on`, for a browser sent by another site, which sends our cookie from here on."""
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
        if step.language is not None:
            self.keep_language(answer, step.language)
        answer.headers["cache-control"] = "no-store"

    def keep_language(self, answer: Response, code: str) -> None:
        """Set the cookie of the chosen language; it outlasts the sign-in, for it names nobody."""
        answer.set_cookie(
            LANGUAGE_COOKIE,
            code,
            path="/",
            max_age=_A_YEAR_S,
            httponly=True,
            samesite="lax",
            secure=self.secure(),
        )

    def keep(self, answer: Response, name: str, value: str) -> None:
        """Set a cookie that lasts for the second step only."""
        answer.set_cookie(
            name,
            value,
            path=SIGN_IN,
            max_age=int(sign_ins.CODE_WITHIN.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=self.secure(),
        )
