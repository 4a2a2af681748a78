"""A raw websocket client of Streamlit: what someone sends who does not keep to the page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import sleep
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from mesodash.access.gate import COOKIE

SECONDS = 240  # a busy machine may take minutes over its first report
Kept = Mapping[str, Mapping[str, Any]]
"""Widget id -> one field of a WidgetState and its value, such as {"double_value": 3}."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one run sent.

    Attributes:
        frames: each message as it came.
        widgets: (type, message, fragment) of each element or block that has a widget's id.
        failed: whether the run ended in an exception, or sent one to be shown.
    """

    frames: tuple[bytes, ...]
    widgets: tuple[tuple[str, Message, str], ...] = field(repr=False)
    failed: bool

    def widget(self, part: str) -> tuple[str, Message, str]:
        """The one widget whose id holds this."""
        (found,) = [one for one in self.widgets if part in one[1].id]
        return found

    def holds(self, text: str) -> bool:
        """Whether any frame holds the text."""
        return any(text.encode() in frame for frame in self.frames)


@dataclass(slots=True)
class Reading:
    """What a run has sent so far; `take` each message until it was the last one.

    `session` and `shown` (the hash of a page) begin as the last run left them.
    """

    session: str = ""
    shown: str = ""
    frames: list[bytes] = field(default_factory=list)
    widgets: list[tuple[str, Message, str]] = field(default_factory=list)
    failed: bool = False

    def take(self, raw: bytes) -> bool:
        """Note a message; whether the run has ended. One that another overtook is not the end."""
        self.frames.append(raw)
        message = ForwardMsg.FromString(raw)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
        elif kind == "navigation":
            self.shown = message.navigation.page_script_hash
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            self.failed |= element.WhichOneof("type") == "exception"
            self.failed |= "md-incident" in element.html.body
            self.widgets += _widgets(element, message.delta.fragment_id)
        elif kind == "delta" and message.delta.WhichOneof("type") == "add_block":
            # Popovers and tabs that tell the server when they are opened have ids too.
            self.widgets += _widgets(message.delta.add_block, message.delta.fragment_id)
        elif kind == "script_finished":
            status = message.script_finished
            self.failed |= status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR
            return status != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False

    def seen(self) -> Seen:
        """All of it."""
        return Seen(tuple(self.frames), tuple(self.widgets), self.failed)


def request(
    page: str, kept: Kept | None, *, query: str = "", fragment: str = "", shown: str = ""
) -> bytes:
    """The message that asks for a run; with the hash of the page `shown` as a browser sends it."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.page_script_hash = shown
    message.rerun_script.query_string = query
    message.rerun_script.fragment_id = fragment
    for name, value in (kept or {}).items():
        state = message.rerun_script.widget_states.widgets.add(id=name)
        for attribute, given in value.items():
            _put(state, attribute, given)
    return message.SerializeToString()


class Client:
    """One session: `run` sends widgets' states and gives what came back; leave it with `with`."""

    def __init__(self, url: str, token: str = "", *, origin: str | None = None) -> None:
        host = urlsplit(url).netloc
        self.shown = self.session = ""
        self.opening = connect(
            f"ws://{host}/_stcore/stream",
            origin=origin or url,
            additional_headers={"Cookie": f"{COOKIE}={token}"} if token else {},
            subprotocols=["streamlit"],
            max_size=None,
            open_timeout=SECONDS,
            close_timeout=2,
        )

    def __enter__(self) -> Self:
        self.socket = self.opening.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.opening.__exit__(kind, error, trace)

    def run(
        self, page: str = "", kept: Kept | None = None, *, query: str = "", fragment: str = ""
    ) -> Seen:
        """Ask for a run of a page and wait for its end."""
        self.ask(page, kept, query=query, fragment=fragment)
        return self.answer()

    def ask(
        self, page: str = "", kept: Kept | None = None, *, query: str = "", fragment: str = ""
    ) -> None:
        """Ask for a run, without waiting for it."""
        self.socket.send(request(page, kept, query=query, fragment=fragment))

    def twice(self, page: str, kept: Kept, wait: float, *, query: str, fragment: str) -> None:
        """The same press twice, so many seconds apart, then on to another page and to its end."""
        self.ask(page, kept, query=query, fragment=fragment)
        sleep(wait)
        self.ask(page, kept, query=query, fragment=fragment)
        self.answer()
        self.ask("protocols")
        left = False
        while True:
            raw = self.socket.recv(timeout=SECONDS)
            assert isinstance(raw, bytes)
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                left = message.navigation.page_script_hash != self.shown
            elif kind == "script_finished" and left:
                return

    def download(self, file_id: str) -> str:
        """The address of a file that is made when it is asked for; empty where there is none."""
        return self.made(file_id).deferred_file.url

    def made(self, file_id: str) -> Message:
        """The answer to a press of a button whose file is made when it is asked for."""
        self.press_download(file_id)
        while True:
            raw = self.socket.recv(timeout=SECONDS)
            assert isinstance(raw, bytes)
            told = ForwardMsg.FromString(raw)
            if told.WhichOneof("type") == "backend_operation_response":
                return told.backend_operation_response

    def press_download(self, file_id: str) -> None:
        """Press such a button, without waiting for the answer."""
        message = BackMsg()
        message.backend_operation_request.request_id = "1"
        message.backend_operation_request.session_id = self.session
        message.backend_operation_request.deferred_file.file_id = file_id
        self.socket.send(message.SerializeToString())

    def answer(self) -> Seen:
        """What comes until a run has ended; one that another overtook is not the end."""
        reading = Reading(self.session, self.shown)
        ended = False
        while not ended:
            raw = self.socket.recv(timeout=SECONDS)
            assert isinstance(raw, bytes)
            ended = reading.take(raw)
        self.session, self.shown = reading.session, reading.shown
        return reading.seen()


def _widgets(element: Message, fragment: str) -> Iterator[tuple[str, Message, str]]:
    kind = element.WhichOneof("type")
    inner = getattr(element, kind) if kind else None
    if inner is not None and isinstance(getattr(inner, "id", None), str) and inner.id:
        yield kind, inner, fragment


def _put(state: Message, attribute: str, given: Any) -> None:
    if attribute == "file_uploader_state_value":
        inner = getattr(state, attribute)
        inner.SetInParent()
        for file in given:
            inner.uploaded_file_info.add(**file)
    elif attribute.endswith("_array_value") or attribute == "string_trigger_value":
        inner = getattr(state, attribute)
        inner.SetInParent()
        if attribute == "string_trigger_value":
            inner.data = given
        else:
            inner.data.extend(given)
    else:
        setattr(state, attribute, given)
