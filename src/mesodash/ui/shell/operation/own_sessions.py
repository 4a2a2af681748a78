"""Whose a tab's session is: the sign-in's that opened it, and nobody else may take it over.

Streamlit gives a session to whoever names its id as the websocket is opened, so that a tab finds
its state again after a broken connection. It asks for the same user then, but of its own users
only, which this app does not have: whoever knew the id of another's session took it over.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Final

from streamlit import runtime

from mesodash.access.gate import COOKIE

_SESSIONS: Final = 10_000
"""How many are remembered; one that was forgotten begins anew as its tab reconnects."""


class OwnSessions:
    """Session id -> the token of the sign-in that opened it; None on a demo, which has none."""

    def __init__(self, most: int = _SESSIONS) -> None:
        """Start empty; `most` are remembered."""
        self._most, self._lock = most, threading.Lock()
        self._tokens: OrderedDict[str, str | None] = OrderedDict()

    def note(self, session_id: str, token: str | None) -> None:
        """Record who opened a session."""
        with self._lock:
            self._tokens[session_id] = token
            self._tokens.move_to_end(session_id)
            if len(self._tokens) > self._most:
                self._tokens.popitem(last=False)

    def hold(self, session_id: str, token: str | None) -> bool:
        """Whether the session is of the sign-in of this token."""
        with self._lock:
            return session_id in self._tokens and self._tokens[session_id] == token

    def of(self, token: str | None) -> Iterator[str]:
        """The sessions of the sign-in of this token."""
        with self._lock:
            found = [name for name, whose in self._tokens.items() if whose == token]
        yield from found


OWN_SESSIONS: Final = OwnSessions()
"""Those of this process, as Streamlit's sessions are."""


def keep_sessions_apart(own: OwnSessions = OWN_SESSIONS) -> None:
    """Let each session be found again by the sign-in that opened it alone; once, at the start."""
    manager = runtime.get_instance()._session_mgr  # noqa: SLF001 - no other way in
    connect = manager.connect_session

    def connect_own(
        client: Any,
        script_data: Any,
        user_info: Any,
        existing_session_id: str | None = None,
        session_id_override: str | None = None,
    ) -> str:
        token = client.client_context.cookies.get(COOKIE)
        if existing_session_id is not None and not own.hold(existing_session_id, token):
            existing_session_id = None
        session_id = connect(
            client, script_data, user_info, existing_session_id, session_id_override
        )
        own.note(session_id, token)
        return session_id

    manager.connect_session = connect_own  # type: ignore[method-assign]
