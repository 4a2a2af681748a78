"""A request that fails before a page could draw: one page of ours in place of a bare error 500."""

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mesodash.access.responses import plain_page
from mesodash.language import _
from mesodash.ui.shell.operation.metrics import COUNTS
from mesodash.ui.shell.server.incidents import note_incident, plain_sentence

UNAVAILABLE = 503


class FailedRequests:
    """ASGI middleware that answers what stops at an error, such as a clinic's file that is gone.

    The page holds a sentence and an incident number; the log has the same number.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Give the app."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer it here if that raises before an answer began."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = begun = False

        async def heard() -> Message:
            nonlocal asked
            asked = True
            return await receive()

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                COUNTS.note_answer(message["status"])
            await send(message)

        try:
            await self.app(scope, heard, watched)
        except Exception as error:
            number = note_incident(error)
            if begun:
                raise
            if scope["type"] == "websocket":
                if not asked:
                    await receive()
                await send({"type": "websocket.close", "code": 1011})
                return
            COUNTS.note_answer(UNAVAILABLE)
            await self._page(error, number)(scope, receive, send)

    @staticmethod
    def _page(error: Exception, number: str) -> HTMLResponse:
        text = plain_page(
            _("mesodash cannot answer now"),
            plain_sentence(error)
            + _(
                "Try again; if it happens again, give whoever runs mesodash the incident number"
                " {number}."
            ).format(number=number),
        )
        return HTMLResponse(text, UNAVAILABLE, headers={"cache-control": "no-store"})
