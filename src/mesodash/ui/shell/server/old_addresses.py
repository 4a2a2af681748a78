"""Redirects addresses of earlier versions: the body map was once at the app's own address."""

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mesodash.access import signing_in
from mesodash.access.gate import COOKIE
from mesodash.records.store.clinic import read_clinic
from mesodash.settings import load_settings

BODY_MAP: Final = "/body_map"
TEACHING_MAP: Final = "/teaching_map"
_PARAMETERS: Final = frozenset({"area", "patient"})


class OldAddresses:
    """ASGI middleware that sends `/?area=...` on to the body map with all that it carries."""

    def __init__(self, app: ASGIApp, *, db: Callable[[], Path]) -> None:
        """Wrap the app; `db` returns the clinic's file."""
        self.app, self.db = app, db

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the new address, or pass the request on."""
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == "/":
            query = scope["query_string"].decode("latin-1")
            if not _PARAMETERS.isdisjoint(parse_qs(query, keep_blank_values=True)):
                cookies = Request(scope).cookies
                page = await to_thread.run_sync(_map_for, self.db(), cookies)
                answer = RedirectResponse(f"{page}?{query}", 307, {"cache-control": "no-store"})
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _map_for(db: Path, cookies: dict[str, str]) -> str:
    """The body map with patients, or the one to teach with."""
    if read_clinic(db).is_demo:
        teaches = load_settings().teaching or cookies.get(signing_in.TEACHING_COOKIE) == "1"
    else:
        account = signing_in.signed_in(db, cookies.get(COOKIE))
        teaches = account is not None and account.role == signing_in.TEACHING_ROLE
    return TEACHING_MAP if teaches else BODY_MAP
