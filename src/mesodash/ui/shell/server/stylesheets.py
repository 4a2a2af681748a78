"""Puts the app's stylesheets into the head of Streamlit's page, and its commonest parts before it.

Streamlit offers no other way to have styles before the first element is drawn; styles that arrive
with the elements make the page move while it loads. Streamlit also loads each kind of element when
it first meets one, and shows a placeholder of another height until then: on a slow machine a whole
page of them, which moved as they were replaced (a layout shift of 0.37 on Courses on a phone). So
the parts' scripts come before Streamlit's own, and a browser runs such scripts in their order:
first what draws our templates, then, with the first part that needs it, Streamlit.
"""

from functools import cache
from pathlib import Path

import streamlit
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mesodash.language import current

FILES = tuple(Path(__file__).parents[2] / name for name in ("style.css", "review.css"))
PARTS = (
    *("Html", "purify.es", "PageLink", "Selectbox", "Button", "TextInput", "BidiComponent"),
    *("ButtonGroup", "Checkbox", "DownloadButton"),
)
"""The names of the scripts that come first; a test finds each in the pinned Streamlit."""
SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
_LANGUAGE = b'<html lang="en"'
_ROOT = b'<div id="root">'
_HEAD = b"</head>"
_OWN_SCRIPT = b'<script type="module"'
# Pages are at short addresses of their own; these are files, data and the server's own endpoints.
_NOT_PAGES = ("/_stcore", "/static", "/media", "/component", "/vendor")
# The page with its styles is not the file that Streamlit's answer is about.
_ABOUT_THE_FILE = (b"content-length", b"etag", b"last-modified")
_CONDITIONS = (b"if-none-match", b"if-modified-since", b"accept-encoding", b"range")


class Stylesheets:
    """ASGI middleware that adds the stylesheets to the page of the app, and to nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the answer is changed only if it is the app's page."""
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or scope["path"].startswith(_NOT_PAGES)
        ):
            await self.app(scope, receive, send)
            return
        whole = [pair for pair in scope["headers"] if pair[0].lower() not in _CONDITIONS]
        start: Message = {}
        body = bytearray()

        async def with_styles(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_html(message):
                start = message
            elif message["type"] == "http.response.body" and start:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    page = styled(bytes(body))
                    kept = [
                        pair
                        for pair in start.get("headers", [])
                        if pair[0].lower() not in _ABOUT_THE_FILE
                    ]
                    start["headers"] = [*kept, (b"content-length", str(len(page)).encode())]
                    await send(start)
                    await send({"type": "http.response.body", "body": page})
            else:
                await send(message)

        await self.app({**scope, "headers": whole}, receive, with_styles)


def styled(page: bytes) -> bytes:
    """The page with its language, styles and preloads; other pages are left as they are."""
    if _ROOT not in page:
        return page
    page = page.replace(_OWN_SCRIPT, _scripts() + _OWN_SCRIPT, 1)
    page = page.replace(_LANGUAGE, f'<html lang="{current().code.replace("_", "-")}"'.encode(), 1)
    return page.replace(_HEAD, _preloads() + b"<style>" + _styles() + b"</style>" + _HEAD, 1)


@cache
def _styles() -> bytes:
    return b"\n".join(path.read_bytes() for path in FILES)


@cache
def _preloads() -> bytes:
    links = (f'<link rel="modulepreload" href="./static/js/{name}">' for name in _script_names())
    return "".join(links).encode()


def _scripts() -> bytes:
    """The parts as scripts, which browsers run in this order."""
    made = (f'<script type="module" src="./static/js/{name}"></script>' for name in _script_names())
    return "".join(made).encode()


def _script_names() -> tuple[str, ...]:
    return tuple(path.name for part in PARTS for path in sorted(SCRIPTS.glob(f"{part}.*.js")))


def _is_html(message: Message) -> bool:
    headers = {name.lower(): value for name, value in message.get("headers", [])}
    return bytes(headers.get(b"content-type", b"")).startswith(b"text/html")
