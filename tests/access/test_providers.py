"""Identity providers as they are written down: the right ones are read, each wrong one refused."""

import pytest

from mesodash.access.providers import Provider, Providers, read_providers
from mesodash.access.startup_checks import WrongSetUpError

HOSTS = ("127.0.0.1", "localhost", "[::1]", "clinic.example.org")
URL = "https://first.example.org/.well-known/openid-configuration"
FIRST = {"client_id": "mesodash", "client_secret": "s", "server_metadata_url": URL}
SHARED = {"cookie_secret": "x" * 32}
BACK = "https://clinic.example.org/oauth2callback"


def read(section, redirect=BACK):
    return read_providers(section, redirect, hosts=HOSTS)


def test_without_the_section_there_is_none():
    assert read({}) is None


def test_one_in_the_section_itself_and_named_ones():
    found = read(
        {
            **SHARED,
            **FIRST,
            "client_kwargs": {"prompt": "login"},
            "redirect_uri": BACK,
            "second": {**FIRST, "label": "Second Clinic", "issuer": "https://named.example.org/"},
        }
    )
    assert found == Providers(
        "https://clinic.example.org",
        (
            Provider("default", "your organisation", "https://first.example.org", "mesodash"),
            Provider("second", "Second Clinic", "https://named.example.org", "mesodash"),
        ),
    )
    assert found.named("second").label == "Second Clinic"
    assert found.named("third") is None


@pytest.mark.parametrize(
    "redirect",
    [
        "http://127.0.0.1:8501/oauth2callback",
        "http://localhost:8501/oauth2callback",
        "http://[::1]:8501/oauth2callback",
        BACK,
    ],
)
def test_the_addresses_to_come_back_to(redirect):
    found = read({**SHARED, "first": FIRST}, redirect)
    assert found.origin == redirect.removesuffix("/oauth2callback")


NAMES = "write https://NAME/oauth2callback with one of the names in MESODASH_HOSTS."


@pytest.mark.parametrize(
    ("section", "redirect", "fix"),
    [
        ({"first": FIRST}, BACK, "write there what `openssl rand -base64 48` prints."),
        ({"cookie_secret": "x" * 31, "first": FIRST}, BACK, "has fewer than 32 bytes; write there"),
        ({**SHARED, "first": FIRST}, None, NAMES),
        ({**SHARED, "first": FIRST}, "https://evil.example/oauth2callback", NAMES),
        ({**SHARED, "first": FIRST}, "https://clinic.example.org/elsewhere", NAMES),
        ({**SHARED, "first": FIRST}, BACK.replace("https", "http"), "does not begin with https;"),
        ({**SHARED}, BACK, "write its client_id, client_secret and server_metadata_url there."),
        ({**SHARED, "first": {"client_id": "x"}}, BACK, "no client_secret and server_metadata_url"),
        ({**SHARED, "first": {**FIRST, "client_secret": ""}}, BACK, "has no client_secret; copy"),
        ({**SHARED, "my_own": FIRST}, BACK, "give it a plain one."),
        ({**SHARED, "First": FIRST}, BACK, "give it a plain one."),
        (
            {**SHARED, "first": {**FIRST, "server_metadata_url": URL.replace("https", "http")}},
            BACK,
            "is not an https address",
        ),
        (
            {**SHARED, "first": {**FIRST, "server_metadata_url": "https://first.example.org"}},
            BACK,
            "copy it from the provider.",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_one_sentence_that_names_the_fix(section, redirect, fix):
    with pytest.raises(WrongSetUpError) as refused:
        read(section, redirect)
    sentence = str(refused.value)
    assert fix in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
