"""Files are taken only while the page that a tab shows has a field for one, and only so many.

Streamlit takes a file from anybody with an open page and keeps it in memory.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from mesodash.access import signing_in
from mesodash.access.gate import token_in
from mesodash.language import _
from mesodash.records.store.clinic import read_clinic
from mesodash.ui.shell.context import OPENED

_FOLDER: Final = "/_stcore/upload_file/"
TAKING: Final = {
    "import_data": "records.import",
    "record": "sessions.record",
    "patient": "photographs.take",
    "stock": "stock.manage",
}
"""The pages with a field for files -> what takes the right to use it."""
_MB: Final = 1024 * 1024
PER_SIGN_IN: Final = 100 * _MB
"""Two of the largest files of an import; what a page no longer shows is given free."""
IN_ALL: Final = 400 * _MB
_CHANGING: Final = ("PUT", "POST", "DELETE")


def takes_files(db: Path, session_id: str, token: str | None) -> bool:
    """Whether the page that a tab shows has a field for files, for whoever is signed in there.

    Args:
        db: the clinic's file.
        session_id: the tab's session.
        token: of the sign-in.
    """
    info = runtime.get_instance()._session_mgr.get_active_session_info(session_id)  # noqa: SLF001 - no other way in
    if info is None:
        return False
    try:
        shown, _times = info.session.session_state[OPENED]
    except KeyError:  # no page was drawn yet
        return False
    action = TAKING.get(shown)
    if action is None:
        return False
    if read_clinic(db).is_demo:
        return True
    account = signing_in.signed_in(db, token)
    return account is not None and account.actor.may(action)


def bytes_by_session() -> Counter[str]:
    """How many bytes of files are kept in memory, by session."""
    files = runtime.get_instance()._uploaded_file_mgr  # noqa: SLF001 - no other way in
    if not isinstance(files, MemoryUploadedFileManager):
        return Counter()
    return Counter(
        {
            session: sum(len(file.data) for file in list(kept.values()))
            for session, kept in list(files.file_storage.items())
        }
    )


class Sessions(Protocol):
    """Whose the tabs' sessions are."""

    def hold(self, session_id: str, token: str | None) -> bool:
        """Whether the session is of the sign-in of this token."""

    def of(self, token: str | None) -> Iterator[str]:
        """The sessions of the sign-in of this token."""


class Uploads:
    """ASGI middleware before Streamlit's endpoint for uploads; the gate comes first."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        takes: Callable[[str, str | None], bool],
        own: Sessions,
        kept: Callable[[], Counter[str]] = bytes_by_session,
    ) -> None:
        """Set the guard up.

        Args:
            app: the app that it wraps.
            takes: whether a session's page takes files from the sign-in of a token.
            own: whose the sessions are.
            kept: how many bytes are kept, by session.
        """
        self.app, self.takes, self.own, self.kept = app, takes, own, kept
        self._coming: Counter[str | None] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        upload = scope["type"] == "http" and scope["path"].startswith(_FOLDER)
        if not upload or scope["method"] not in _CHANGING:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        token = token_in(headers.get("cookie", ""))
        refusal = await run_in_threadpool(self._refusal, scope, headers, token)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        size = _size(headers) or 0
        self._coming[token] += size
        try:
            await self.app(scope, receive, send)
        finally:
            self._coming[token] -= size
            if not self._coming[token]:
                del self._coming[token]

    def _refusal(self, scope: Scope, headers: Headers, token: str | None) -> Response | None:
        session_id = scope["path"].removeprefix(_FOLDER).partition("/")[0]
        if not self.own.hold(session_id, token):
            return PlainTextResponse(_("This is not a page of yours."), 403)
        if scope["method"] == "DELETE":
            return None
        if not self.takes(session_id, token):
            return PlainTextResponse(_("This page takes no files."), 403)
        size = _size(headers)
        if size is None:
            return PlainTextResponse(_("Say how long the file is."), 411)
        kept = self.kept()
        mine = sum(kept[session] for session in self.own.of(token)) + self._coming[token]
        whole = kept.total() + self._coming.total()
        if mine + size > PER_SIGN_IN or whole + size > IN_ALL:
            return PlainTextResponse(
                _("Too many files are open; finish with one, or reload the page."), 413
            )
        return None


def _size(headers: Headers) -> int | None:
    """How many bytes are to come, as the request says; None if it does not say."""
    text = headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else None
