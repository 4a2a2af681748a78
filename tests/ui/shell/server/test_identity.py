"""Streamlit's signed cookies as they are read here, made by Streamlit's own functions."""

import json
import time
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit import config
from streamlit.auth_util import decode_provider_token, set_cookie_with_chunks
from streamlit.web.server.server_util import AUTH_COOKIE_NAME
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from mesodash.access.oidc import CALLBACK
from mesodash.access.startup_checks import WrongSetUpError
from mesodash.ui.shell.server import identity

SECRET = "one secret of more than thirty-two bytes"
SAID = {"iss": "https://first.example.org", "sub": "pia", "provider": "first"}


@pytest.fixture
def secret(monkeypatch):
    """Sets what Streamlit signs with."""

    def use(value):
        monkeypatch.setattr(identity, "get_cookie_secret", lambda: value)

    use(SECRET)
    return use


def kept(said, secret=SECRET):
    """The cookies Streamlit would give to a browser."""
    cookies = {}
    set_cookie_with_chunks(
        lambda name, value: cookies.update(
            {name: create_signed_value(secret, name, value).decode()}
        ),
        lambda name, value: create_signed_value(secret, name, value),
        AUTH_COOKIE_NAME,
        said,
        cookie_attr_size=100,
    )
    return cookies


def test_what_streamlit_signed_is_read(secret):
    assert identity.claims(kept(SAID)) == SAID


def test_many_claims_in_several_cookies_are_read(secret):
    # Numbers without a pattern, for the cookie is packed.
    long = {**SAID, "groups": [sha256(bytes([number])).hexdigest() for number in range(250)]}
    cookies = kept(long)
    assert len(cookies) > 3
    assert identity.claims(cookies) == long
    del cookies[f"{AUTH_COOKIE_NAME}_2"]
    assert identity.claims(cookies) is None


def test_another_secret_a_changed_letter_or_no_cookie_say_nothing(secret):
    cookies = kept(SAID)
    ((name, value),) = cookies.items()
    assert identity.claims({}) is None
    for at in (5, value.rindex(".") + 1):  # of what is said, and of the signature
        other = "A" if value[at] != "A" else "B"
        assert identity.claims({name: value[:at] + other + value[at + 1 :]}) is None
    assert identity.claims({name: "ÿ\ud800"}) is None
    assert identity.claims({name: json.dumps(SAID)}) is None
    secret("the secret after it was changed, as long")
    assert identity.claims(cookies) is None


def test_a_cookie_is_good_for_a_minute_only(secret, monkeypatch):
    cookies = kept(SAID)
    made = time.time()
    monkeypatch.setattr("time.time", lambda: made + 59)
    assert identity.claims(cookies) == SAID
    monkeypatch.setattr("time.time", lambda: made + 62)
    assert identity.claims(cookies) is None


def test_it_begins_where_streamlit_does():
    config.set_option("server.cookieSecret", SECRET)
    address = urlsplit(identity.begin("first"))
    assert address.path == "/auth/login"
    (token,) = parse_qs(address.query)["provider"]
    assert decode_provider_token(token)["provider"] == "first"
    assert CALLBACK == "/oauth2callback"


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"cookie_secret": SECRET, "redirect_uri": 5}, "is missing; write https://NAME"),
        ({"cookie_secret": 5}, "has fewer than 32 bytes"),
    ],
)
def test_secrets_of_another_shape_are_refused(monkeypatch, section, sentence):
    monkeypatch.setattr(identity, "get_secrets_auth_section", lambda: section)
    with pytest.raises(WrongSetUpError, match=sentence):
        identity.providers.__wrapped__()


def test_without_secrets_there_is_no_provider(monkeypatch):
    monkeypatch.setattr(identity, "get_secrets_auth_section", dict)
    assert identity.providers.__wrapped__() is None


def test_without_authlib_the_start_is_refused(monkeypatch):
    section = {
        "cookie_secret": SECRET,
        "redirect_uri": "http://127.0.0.1:8501/oauth2callback",
        "client_id": "x",
        "client_secret": "x",
        "server_metadata_url": "https://id.example/.well-known/openid-configuration",
    }
    monkeypatch.setattr(identity, "get_secrets_auth_section", lambda: section)
    assert identity.providers.__wrapped__().all[0].issuer == "https://id.example"
    monkeypatch.setattr(identity, "find_spec", lambda _name: None)
    with pytest.raises(WrongSetUpError, match="needs Authlib and httpx2; install them with"):
        identity.providers.__wrapped__()
