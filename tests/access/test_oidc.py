"""What becomes of Streamlit's cookies at the callback, with a stand-in for Streamlit behind it."""

import pytest
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from tests.access.through_gate import NOW, Clock, make_clinic

from mesodash.access import signing_in
from mesodash.access.gate import COOKIE
from mesodash.access.oidc import OidcCallback, OidcFlow
from mesodash.access.providers import Provider, Providers
from mesodash.access.routes import routes
from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.connection import reading

ISSUER = "https://first.example.org"
ORIGIN = "http://testserver"
PROVIDERS = Providers(ORIGIN, (Provider("first", "First Hospital", ISSUER, "mesodash"),))


def claims(subject, **more):
    """What Streamlit would keep of a person who just signed in at the provider."""
    at = int(NOW.timestamp())
    said = {"iss": ISSUER, "sub": subject, "aud": "mesodash", "iat": at, "exp": at + 300}
    return {**said, "provider": "first", "origin": ORIGIN, **more}


@pytest.fixture
def clinic(tmp_path):
    path = make_clinic(tmp_path / "clinic.db", "Lea")
    for name, role in (("Pia", "practitioner"), ("Ada", "administrator"), ("Max", "trainer")):
        accounts.add_account(
            path, name, role, COMMAND_LINE, issuer=f"{ISSUER}/", subject=name.lower()
        )
    accounts.set_disabled(path, "Max", COMMAND_LINE)
    return path


@pytest.fixture
def visit(clinic):
    """Gives a function that makes a browser come back from the provider with these claims."""

    def start(said, *, providers=PROVIDERS):
        flow = OidcFlow(
            lambda: providers,
            lambda name: f"/auth/login?provider={name}",
            lambda cookies: said if cookies.get("_streamlit_user") == "signed" else None,
        )

        async def callback(_request):
            answer = RedirectResponse("/", 302)
            for name in ("_streamlit_user", "_streamlit_user_tokens", "_streamlit_session"):
                answer.set_cookie(name, "signed", max_age=2_592_000)
            return answer

        own = routes(lambda: clinic, secure=lambda: False, flow=flow, clock=Clock())
        app = Starlette(routes=[Route("/oauth2callback", callback), *own])
        return TestClient(
            OidcCallback(app, flow=flow, db=lambda: clinic, secure=lambda: False, clock=Clock()),
            follow_redirects=False,
        )

    return start


def set_cookies(answer):
    """Name -> value of the cookies that an answer leaves with the browser."""
    pairs = [line.partition(";")[0] for line in answer.headers.get_list("set-cookie")]
    found = {name: value.strip('"') for name, _, value in (pair.partition("=") for pair in pairs)}
    return {name: value for name, value in found.items() if value}


def refused(clinic):
    with reading(clinic) as db:
        rows = db.query("SELECT actor, row_key FROM change_log WHERE action = 'refused'")
        return [tuple(row.values()) for row in rows]


def test_a_known_person_gets_a_sign_in_of_ours_and_nothing_of_streamlits(visit, clinic):
    with visit(claims("pia")) as browser:
        browser.cookies.set("_streamlit_user_2", "an old chunk")
        browser.cookies.set("mesodash_to", "/volumes?area=neck", path="/oauth2callback")
        answer = browser.get("/oauth2callback?code=x")
    assert (answer.status_code, list(set_cookies(answer))) == (200, [COOKIE])
    assert 'content="0; url=/volumes?area=neck"' in answer.text
    account = signing_in.signed_in(clinic, set_cookies(answer)[COOKIE], clock=Clock())
    assert (account.name, account.role) == ("Pia", "practitioner")
    gone = [line for line in answer.headers.get_list("set-cookie") if "Max-Age=0" in line]
    assert sorted(line.partition("=")[0] for line in gone) == [
        "_streamlit_session",
        "_streamlit_user",
        "_streamlit_user_2",
        "_streamlit_user_tokens",
        "mesodash_to",
    ]


@pytest.mark.parametrize(
    ("said", "sentence", "noted"),
    [
        (claims("zoe"), signing_in.NO_ENTRY, "unknown"),
        (claims("PIA"), signing_in.NO_ENTRY, "unknown"),
        (claims("max"), signing_in.NO_ENTRY, "Max"),
        (claims("pia", iss="https://second.example.org"), signing_in.NOT_FINISHED, "unknown"),
        (claims("pia", exp=int(NOW.timestamp()) - 86_400), signing_in.NOT_FINISHED, "unknown"),
        (claims("pia", aud="other"), signing_in.NOT_FINISHED, "unknown"),
        (None, signing_in.NOT_FINISHED, "unknown"),
    ],
)
def test_anybody_else_gets_one_sentence_and_a_row(visit, clinic, said, sentence, noted):
    with visit(said) as browser:
        answer = browser.get("/oauth2callback?code=x")
    assert answer.status_code == 401
    assert f'role="alert">{sentence}</p>' in answer.text
    assert set_cookies(answer) == {}
    assert refused(clinic) == [(noted, f"{noted}: identity provider")]


def test_an_administrator_goes_on_to_the_second_step(visit):
    with visit(claims("ada")) as browser:
        answer = browser.get("/oauth2callback?code=x")
    assert 'url=/sign-in/code"' in answer.text
    assert sorted(set_cookies(answer)) == ["mesodash_code", "mesodash_code_to"]


def test_unless_the_provider_says_that_it_asked_for_two_factors(visit, clinic):
    with visit(claims("ada", amr=["pwd", "mfa"])) as browser:
        answer = browser.get("/oauth2callback?code=x")
    account = signing_in.signed_in(clinic, set_cookies(answer)[COOKIE], clock=Clock())
    assert account.name == "Ada"


def test_a_provider_account_has_no_password(clinic):
    step = signing_in.with_password(clinic, "Pia", "correct horse battery", clock=Clock())
    assert step.sentence == signing_in.REFUSED


def test_where_no_provider_is_set_up_nothing_is_begun_or_taken(visit):
    with visit(claims("pia"), providers=None) as browser:
        assert browser.get("/oauth2callback?code=x").status_code == 403
        answer = browser.get("/sign-in/with?provider=first")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert "Sign in with" not in browser.get("/sign-in").text


def test_the_callback_is_for_reading_only(visit):
    with visit(claims("pia")) as browser:
        assert browser.post("/oauth2callback").status_code == 403
        assert browser.head("/oauth2callback").status_code == 403


def test_the_way_out_remembers_where_one_wanted_to_go(visit):
    with visit(claims("pia")) as browser:
        page = browser.get("/sign-in?to=/volumes?area=neck")
        assert 'href="/sign-in/with?provider=first&amp;to=/volumes%3Farea%3Dneck"' in page.text
        answer = browser.get("/sign-in/with?provider=first&to=/volumes%3Farea%3Dneck")
    assert (answer.status_code, answer.headers["location"]) == (303, "/auth/login?provider=first")
    assert set_cookies(answer) == {"mesodash_to": "/volumes?area=neck"}


@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example", "/a;url=//evil", "/\\x"])
def test_another_site_is_never_where_one_wanted_to_go(visit, to):
    with visit(claims("pia")) as browser:
        answer = browser.get("/sign-in/with", params={"provider": "first", "to": to})
        assert set_cookies(answer) == {"mesodash_to": "/"}
        browser.cookies.set("mesodash_to", to, path="/oauth2callback")
        assert 'content="0; url=/"' in browser.get("/oauth2callback?code=x").text


def test_it_begins_at_the_host_it_returns_to(visit):
    with visit(claims("pia")) as browser:
        answer = browser.get("/sign-in/with?provider=first", headers={"host": "localhost"})
    assert answer.headers["location"] == f"{ORIGIN}/sign-in/with?provider=first&to=%2F"
    assert set_cookies(answer) == {}


def test_an_unknown_provider_leads_back(visit):
    with visit(claims("pia")) as browser:
        assert browser.get("/sign-in/with?provider=third").headers["location"] == "/sign-in"
