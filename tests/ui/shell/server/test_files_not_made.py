"""A file that cannot be made on the click: our words and a number, on the button and the page."""

import asyncio
import re
from types import SimpleNamespace

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.media_file_storage import MediaFileStorageError
from tests.coroutines import run

from mesodash.records.store.errors import CannotWriteError
from mesodash.ui.shell.server import downloads

NUMBER = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}")
TYPED = "ANNA 1984"


class Files:
    """Streamlit's manager, whose file is made or fails."""

    def __init__(self, error=None):
        self.error = error

    def execute_deferred(self, number):
        if self.error is not None:
            raise MediaFileStorageError(f"Callable execution failed: {self.error}") from self.error
        return f"/media/{number}.pdf"


@pytest.fixture
def tab(monkeypatch):
    """A tab whose browser asks for French."""
    session = SimpleNamespace(session_state={}, reruns=[], _browser_queue=ForwardMsgQueue())
    session.request_rerun = session.reruns.append
    browser = SimpleNamespace(cookies={}, headers=[("Accept-Language", "fr")])
    info = SimpleNamespace(session=session, client=SimpleNamespace(client_context=browser))
    manager = SimpleNamespace(get_session_info=lambda name: info if name == "tab" else None)
    monkeypatch.setattr(
        downloads.runtime, "get_instance", lambda: SimpleNamespace(_session_mgr=manager)
    )
    return session


def pressed(error=None, session="tab"):
    return run(answered(downloads._ToldFiles(lambda: Files(error)), session))


def asked():
    request = BackendOperationRequest(request_id="7")
    request.deferred_file.file_id = "0123"
    return request


async def answered(handler, session="tab"):
    """The answer, once whatever it began has ended."""
    answer = await handler.handle(asked(), session)
    await asyncio.gather(*handler._showing)
    return answer


def test_one_that_is_made_has_its_address(tab):
    answer = pressed()
    assert (answer.request_id, answer.deferred_file.url) == ("7", "/media/0123.pdf")
    assert tab.reruns == []


def test_one_that_is_not_is_told_with_the_number_of_the_log(tab, capsys):
    answer = pressed(KeyError(TYPED))

    (number,) = NUMBER.findall(answer.error_msg)
    said = capsys.readouterr().err
    assert f"Incident {number}: KeyError" in said
    assert TYPED not in said + answer.error_msg
    assert answer.error_msg.startswith("Réessayez")
    assert list(tab.session_state.values()) == [answer.error_msg]
    assert tab.reruns == [None]


def test_the_page_runs_when_the_answer_has_left_since_a_run_throws_away_what_has_not(tab):
    handler, queue = downloads._ToldFiles(lambda: Files(KeyError(TYPED))), tab._browser_queue
    left = []

    async def press():
        answer = await handler.handle(asked(), "tab")
        queue.enqueue(ForwardMsg(backend_operation_response=answer))
        await asyncio.sleep(0.2)
        left.append(list(tab.reruns))
        queue.flush()
        await asyncio.gather(*handler._showing)

    run(press())

    assert left == [[]]
    assert tab.reruns == [None]
    # What the wait is for: an answer still in the queue is gone when a run begins.
    queue.enqueue(ForwardMsg(backend_operation_response={"request_id": "7"}))
    queue.clear(retain_lifecycle_msgs=True)
    assert queue.is_empty()


def test_a_full_disk_is_told_as_such(tab):
    assert "The disk is full." in pressed(CannotWriteError("The disk is full.")).error_msg


def test_a_tab_that_is_gone_is_no_second_error(tab):
    assert NUMBER.findall(pressed(KeyError(TYPED), session="gone").error_msg)
    assert tab.reruns == []
