"""The figure's test page behind the app's own security headers, with the small atlas if asked."""

import json
import os

from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.starlette import App
from tests.browser.apps.small_atlas import ATLAS

from mesodash.ui.shell.server.headers import SecurityHeaders

ATLAS_PATH = "/_stcore/bidi-components/mesodash.body/atlas/atlas.json"


class SmallAtlas:
    """Responses with the small atlas in place of the one that ships."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == ATLAS_PATH:
            broken = os.environ.get("FIGURE_ATLAS") == "broken"
            answer = JSONResponse(
                {} if broken else json.loads(json.dumps(ATLAS)), 503 if broken else 200
            )
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


SMALL = [Middleware(SmallAtlas)] if os.environ.get("FIGURE_ATLAS") else []
app = App("figure_app.py", middleware=[Middleware(SecurityHeaders), *SMALL])
