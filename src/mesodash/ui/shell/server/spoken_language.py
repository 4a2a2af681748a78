"""The language of an answer, and of the page's own element `html`: the reader's."""

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from mesodash.language import use_language
from mesodash.language.choice import LANGUAGE_COOKIE, language_for


class SpokenLanguage:
    """ASGI middleware that answers each request in the language of whoever asks."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on within its language."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asking = HTTPConnection(scope)
        chosen, accepted = (
            asking.cookies.get(LANGUAGE_COOKIE),
            asking.headers.get("accept-language"),
        )
        with use_language(language_for(chosen, accepted)):
            await self.app(scope, receive, send)
