"""The headers of every answer, of downloads, and behind https."""

import pytest
from tests.coroutines import run

from mesodash.ui.shell.server.headers import HEADERS, SecurityHeaders


def headers_of(path, *, secure=False):
    """The headers an answer for this path leaves with."""
    sent = []

    async def app(_scope, _receive, send):
        given = [(b"Cache-Control", b"public, max-age=900"), (b"x-own", b"kept")]
        await send({"type": "http.response.start", "status": 200, "headers": given})
        await send({"type": "http.response.body", "body": b""})

    async def send(message):
        sent.append(message)

    middleware = SecurityHeaders(app, secure=lambda: secure)
    run(middleware({"type": "http", "path": path}, None, send))
    return sent[0]["headers"]


@pytest.mark.parametrize("path", ["/", "/sign-in", "/static/x.js", "/media/x.csv"])
def test_every_answer_has_them_and_keeps_its_own(path):
    found = headers_of(path)
    assert found[-len(HEADERS) :] == list(HEADERS)
    assert (b"x-own", b"kept") in found


def test_no_download_is_kept_by_the_browser():
    found = [
        value for name, value in headers_of("/media/x.csv") if name.lower() == b"cache-control"
    ]
    assert found == [b"no-store"]
    assert (b"Cache-Control", b"public, max-age=900") in headers_of("/static/x.js")


def test_only_behind_https_is_https_asked_for():
    name = b"strict-transport-security"
    assert name not in dict(headers_of("/"))
    assert dict(headers_of("/", secure=True))[name] == b"max-age=31536000"
