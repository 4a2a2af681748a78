"""Each claim that does not fit lets nobody in; only issuer and subject say who it is."""

from datetime import UTC, datetime

import pytest

from mesodash.access.claims import ClaimsError, Person, person_of
from mesodash.access.providers import Provider, Providers

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
PROVIDERS = Providers(
    "https://clinic.example.org",
    (
        Provider("first", "First", "https://first.example.org", "mesodash"),
        Provider("second", "Second", "https://second.example.org", "other-client"),
    ),
)
GOOD = {
    "provider": "first",
    "origin": "https://clinic.example.org",
    "iss": "https://first.example.org",
    "sub": "pia",
    "aud": "mesodash",
    "iat": AT - 5,
    "exp": AT + 300,
}
WRONG = {
    "provider": [None, "", "third", "second", 1],
    "origin": [None, "https://evil.example.org", "http://clinic.example.org"],
    "iss": [None, "", "https://second.example.org", "https://first.example.org.evil", 7, ["x"]],
    "sub": [None, "", 7, ["pia"], {"a": "pia"}],
    "aud": [None, "", "other-client", ["other-client"], [], ["mesodash", "other-client"], {}],
    "azp": ["other-client", "", 5],
    "exp": [None, AT - 60, AT - 86400 * 20, str(AT + 300), True, float("nan"), 1e300],
    "iat": [None, AT - 600, AT - 86400, AT + 61, "now", True, float("inf")],
}


def test_the_good_claims_mean_issuer_and_subject():
    assert person_of(GOOD, PROVIDERS, NOW) == Person("https://first.example.org", "pia", False)


def test_a_claim_that_does_not_fit_lets_nobody_in(checks):
    cells = [(name, value) for name, values in WRONG.items() for value in values]
    with checks("claims", planned=len(cells) + len(GOOD) + 1) as count:
        for name, value in cells:
            count.that(refused({**GOOD, name: value}), f"{name} = {value!r}")
        for name in GOOD:
            count.that(refused({key: v for key, v in GOOD.items() if key != name}), f"no {name}")
        count.that(not refused(GOOD), "the good ones, to see that not simply all are refused")


def refused(claims):
    try:
        person_of(claims, PROVIDERS, NOW)
    except ClaimsError:
        return True
    return False


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://first.example.org/"},
        {"aud": ["mesodash"]},
        {"aud": ["mesodash", "x"], "azp": "mesodash"},
        {"exp": AT - 59},
        {"iat": AT + 59},
        {"iat": AT - 599.5},
        {"roles": ["administrator"], "role": "administrator", "email": "ada@example.org"},
        {"amr": ["pwd"]},
        {"amr": "mfa"},
    ],
)
def test_what_may_differ(change):
    found = person_of({**GOOD, **change}, PROVIDERS, NOW)
    assert found == Person("https://first.example.org", "pia", False)


def test_the_provider_may_say_that_it_asked_for_two_factors():
    assert person_of({**GOOD, "amr": ["pwd", "mfa"]}, PROVIDERS, NOW).two_factors is True
