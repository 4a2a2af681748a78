"""Files that a page offers for download, bound to the sign-in whose page made them.

Streamlit derives a file's address from its content and serves it to anybody. Here each file is
registered for the sign-in it was made for, and the gate checks that.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

import streamlit as st
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, DeferredFileResponsePayload
from streamlit.runtime import app_session
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mesodash.access.gate import COOKIE
from mesodash.language import _, use_language
from mesodash.language.choice import LANGUAGE_COOKIE, language_for
from mesodash.ui.shell.server import incidents

_FILES: Final = 1000
"""How many files of one sign-in are remembered; a page has about ten."""
_SIGN_INS: Final = 500
_TURN_S: Final = 0.05
_TURNS: Final = 100
"""How often, and how many times at most, it is looked whether an answer has left."""


class OwnFiles:
    """Which files were made for which sign-in; the oldest are forgotten and no longer served."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._files: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()

    def note(self, token: str | None, address: str) -> None:
        """Record that the file at this address was made for the sign-in of this token."""
        if token is None:
            return
        with self._lock:
            files = self._files.setdefault(token, OrderedDict())
            files[_name(address)] = None
            files.move_to_end(_name(address))
            self._files.move_to_end(token)
            if len(files) > _FILES:
                files.popitem(last=False)
            if len(self._files) > _SIGN_INS:
                self._files.popitem(last=False)

    def note_like(self, number: str, address: str) -> None:
        """Record a file made on demand for those who were given its number."""
        with self._lock:
            tokens = [token for token, files in self._files.items() if number in files]
        for token in tokens:
            self.note(token, address)

    def forget(self, token: str) -> None:
        """Stop serving files that were made for the sign-in of this token."""
        with self._lock:
            self._files.pop(token, None)

    def hold(self, token: str | None, address: str) -> bool:
        """Whether the file at this address was made for the sign-in of this token."""
        with self._lock:
            return token is not None and _name(address) in self._files.get(token, ())


OWN_FILES: Final = OwnFiles()
"""Those of this process, as Streamlit's files are; the gate and the pages share them."""


class _NotedFiles(MediaFileManager):
    """Streamlit's file manager, which also records for whom each file was made."""

    def add(self, *given: Any, **named: Any) -> str:
        address = super().add(*given, **named)
        OWN_FILES.note(_token(), address)
        return address

    def add_deferred(self, *given: Any, **named: Any) -> str:
        number = super().add_deferred(*given, **named)
        OWN_FILES.note(_token(), number)
        return number

    def execute_deferred(self, file_id: str) -> str:
        # Made on a thread without a session, for the sign-ins to which its button was shown.
        address = super().execute_deferred(file_id)
        OWN_FILES.note_like(file_id, address)
        return address


class _ToldFiles(DeferredFileHandler):
    """Makes a file on the click; if that fails, says so in our words, with an incident number.

    Streamlit's own answer, "Failed to generate file for download", names no fix, is English, and
    is gone after five seconds. Ours stays next to the button as long, and on the page until the
    next click.
    """

    def __init__(self, get_media_file_mgr: Callable[[], MediaFileManager]) -> None:
        """Take what gives Streamlit's file manager."""
        super().__init__(get_media_file_mgr)
        self._showing: set[asyncio.Task[None]] = set()
        """Kept, since a loop itself holds its tasks weakly."""

    async def handle(
        self, request: BackendOperationRequest, session_id: str
    ) -> BackendOperationResponse:
        number = request.deferred_file.file_id
        try:
            address = await asyncio.to_thread(self._get_media_file_mgr().execute_deferred, number)
        except (
            MediaFileStorageError
        ) as error:  # as which Streamlit raises whatever the maker raised
            words, tab = await asyncio.to_thread(
                _tell_not_made, error.__cause__ or error, session_id
            )
            if tab is not None:
                task = asyncio.create_task(_show_once_answered(tab))
                self._showing.add(task)
                task.add_done_callback(self._showing.discard)
            return BackendOperationResponse(request_id=request.request_id, error_msg=words)
        made = DeferredFileResponsePayload(url=address)
        return BackendOperationResponse(request_id=request.request_id, deferred_file=made)


async def _show_once_answered(tab: app_session.AppSession) -> None:
    """Run the page, which shows the incident, once the answer has left.

    A run that begins throws away what is not sent yet; an answer thrown away leaves the button
    waiting for ever.
    """
    for _turn in range(_TURNS):
        await asyncio.sleep(_TURN_S)
        if tab._browser_queue.is_empty():  # noqa: SLF001 - nothing else tells
            break
    tab.request_rerun(None)


def _tell_not_made(
    error: BaseException, session_id: str
) -> tuple[str, app_session.AppSession | None]:
    """Log an incident, leave it for the tab's next run; its words in the tab's language, the tab.

    The tab is None if it is gone.
    """
    number = incidents.note_incident(error)
    info = runtime.get_instance()._session_mgr.get_session_info(session_id)  # noqa: SLF001 - as below
    client = None if info is None else info.client
    browser = None if client is None else client.client_context
    chosen = browser.cookies.get(LANGUAGE_COOKIE) if browser is not None else None
    headers = (
        {name.lower(): value for name, value in browser.headers} if browser is not None else {}
    )
    with use_language(language_for(chosen, headers.get("accept-language"))):
        words = incidents.plain_sentence(error) + _(
            "Try again; if it happens again, give whoever runs mesodash the incident number"
            " {number}."
        ).format(number=number)
    if info is None:
        return words, None
    incidents.keep_for_next_run(info.session.session_state, words)
    return words, info.session


def keep_whose() -> None:
    """Make Streamlit record for which sign-in each file is made; once, before the first page."""
    running = runtime.get_instance()
    running._media_file_mgr = _NotedFiles(running.media_file_mgr._storage)  # noqa: SLF001 - no other way in
    vars(app_session)["DeferredFileHandler"] = _ToldFiles


def _token() -> str | None:
    return st.context.cookies.get(COOKIE) if get_script_run_ctx() is not None else None


def _name(address: str) -> str:
    """A file's number: the last part of its address, without the ending."""
    return address.rsplit("/", 1)[-1].partition(".")[0]
