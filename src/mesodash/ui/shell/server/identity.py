"""Streamlit's own sign-in (st.login), as the gate and the sign-in pages use it without a script."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import urlencode

from streamlit.auth_util import (
    encode_provider_token,
    get_cookie_with_chunks,
    get_redirect_uri,
    get_secrets_auth_section,
)
from streamlit.web.server.server_util import AUTH_COOKIE_NAME, get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from mesodash.access.oidc import OidcFlow
from mesodash.access.providers import Providers, read_providers
from mesodash.access.startup_checks import WrongSetUpError
from mesodash.language import _
from mesodash.settings import load_settings

_COOKIE_DAYS: Final = 1 / 24 / 60
"""The cookie is read in the answer that sets it: a minute is plenty."""


@cache
def providers() -> Providers | None:
    """The identity providers in `.streamlit/secrets.toml`, read once a process.

    Raises:
        WrongSetUpError: they are not written as they should be; one sentence.
    """
    section = get_secrets_auth_section()
    # Streamlit fills in the port, and fails on anything that is no text.
    written = isinstance(section.get("redirect_uri"), str)
    redirect_uri = get_redirect_uri(section) if written else None
    found = read_providers(section, redirect_uri, hosts=load_settings().hosts)
    if found is not None and not all(find_spec(name) for name in ("authlib", "httpx2")):
        raise WrongSetUpError(
            _(
                "Signing in at an identity provider needs Authlib and httpx2; install them with"
                " `pip install authlib httpx2`, or take [auth] out of .streamlit/secrets.toml."
            )
        )
    return found


def begin(provider: str) -> str:
    """Where st.login sends a browser for this provider."""
    return f"/auth/login?{urlencode({'provider': encode_provider_token(provider)})}"


def claims(cookies: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The claims in Streamlit's cookies, whose signature holds; None if it does not."""
    secret = get_cookie_secret()

    def one(name: str) -> bytes | None:
        value = cookies.get(name)
        if value is None:
            return None
        return decode_signed_value(secret, name, value.encode("latin-1", "replace"), _COOKIE_DAYS)

    kept = get_cookie_with_chunks(one, AUTH_COOKIE_NAME)
    if kept is None:
        return None
    found = json.loads(kept)
    return found if isinstance(found, dict) else None


STREAMLIT = OidcFlow(providers, begin, claims)
