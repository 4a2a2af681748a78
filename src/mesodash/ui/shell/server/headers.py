"""The headers every answer of the server carries: a strict content security policy and more."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Only one inline script of Streamlit's own is refused by this: a flag for crawlers.
POLICY = (
    "default-src 'self'; "
    "script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; "
    "font-src 'self' data:; "
    "connect-src 'self'; "
    "worker-src 'self' blob:; "
    "frame-src 'none'; "
    "object-src 'none'; "
    "base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'"
)

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
)


# For a year a browser that came by https once does not come by http (RFC 6797).
_ONLY_HTTPS = (b"strict-transport-security", b"max-age=31536000")
# What is downloaded may be patients' data; no browser on a shared computer keeps a copy.
_KEEP_NOTHING = (b"cache-control", b"no-store")
_DOWNLOADS = "/media/"


class SecurityHeaders:
    """ASGI middleware that adds HEADERS to every http answer."""

    def __init__(self, app: ASGIApp, *, secure: Callable[[], bool] = lambda: False) -> None:
        """Wrap the app; `behind_tls` is whether an https proxy is in front of it."""
        self.app, self.secure = app, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers as the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        more = (_ONLY_HTTPS,) if self.secure() else ()
        download = scope["path"].startswith(_DOWNLOADS)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", [])
                if download:
                    given = [pair for pair in given if pair[0].lower() != _KEEP_NOTHING[0]]
                    given.append(_KEEP_NOTHING)
                message["headers"] = [*given, *HEADERS, *more]
            await send(message)

        await self.app(scope, receive, with_headers)
