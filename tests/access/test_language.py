"""The choice of a language: kept in the browser, with the account, and brought by signing in."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from tests.access.through_gate import HOST, PASSWORD, Clock, ask, make_clinic, token

from mesodash.access import signing_in
from mesodash.access.gate import COOKIE, LANGUAGE, SIGN_IN
from mesodash.access.routes import routes
from mesodash.language.choice import LANGUAGE_COOKIE
from mesodash.records.accounts import accounts
from mesodash.ui.shell.server import identity
from mesodash.ui.shell.server.spoken_language import SpokenLanguage


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "c.db", "anna", "bert")


@pytest.fixture
def client(clinic):
    made = routes(lambda: clinic, secure=lambda: False, flow=identity.STREAMLIT, clock=Clock())
    app = Starlette(routes=made, middleware=[Middleware(SpokenLanguage)])
    return TestClient(app, base_url=f"http://{HOST}", follow_redirects=False)


def choose(client, code, came_from="/", **cookies):
    client.cookies.update(cookies)
    return client.post(
        LANGUAGE, data={"language": code}, headers={"referer": f"http://{HOST}{came_from}"}
    )


def test_the_sign_in_page_is_in_the_browsers_language_and_offers_the_others(client):
    english = client.get(SIGN_IN).text
    french = client.get(SIGN_IN, headers={"accept-language": "fr-FR"}).text

    assert '<html lang="en">' in english
    assert 'value="fr" lang="fr">Français<' in english
    assert '<html lang="fr">' in french
    assert 'value="en" lang="en">English<' in french
    assert "Mot de passe" in french


def test_a_choice_goes_before_the_browser_and_leads_back(client):
    answer = choose(client, "fr", f"{SIGN_IN}?to=%2Fvolumes")

    assert (answer.status_code, answer.headers["location"]) == (303, f"{SIGN_IN}?to=%2Fvolumes")
    assert "Mot de passe" in client.get(SIGN_IN, headers={"accept-language": "en"}).text


@pytest.mark.parametrize(
    ("came_from", "to"),
    [
        ("/month?period=this_month", "/month?period=this_month"),
        ("", "/"),
        ("/../etc", "/"),
        ("//elsewhere.example/x", "/"),
        ("/sign-in/code", "/"),
    ],
)
def test_only_a_page_of_the_app_is_gone_back_to(client, came_from, to):
    assert choose(client, "fr", came_from).headers["location"] == to


@pytest.mark.parametrize("code", ["de", "", "../fr", "FR"])
def test_a_language_that_is_not_there_is_not_kept(client, clinic, code):
    answer = choose(client, code, **{COOKIE: token(clinic, "anna")})

    assert "set-cookie" not in answer.headers
    assert accounts.find_account(clinic, "anna").language is None


def test_the_account_keeps_the_choice_of_whoever_is_signed_in_and_nobody_elses(client, clinic):
    choose(client, "fr", **{COOKIE: token(clinic, "anna")})

    assert accounts.find_account(clinic, "anna").language == "fr"
    assert accounts.find_account(clinic, "bert").language is None


def test_who_is_not_signed_in_changes_no_account(client, clinic):
    choose(client, "fr", **{COOKIE: "no-such-token"})

    assert {one.language for one in accounts.accounts(clinic)} == {None}


def test_signing_in_elsewhere_brings_the_choice_along(client, clinic):
    signing_in.keep_language(clinic, token(clinic, "anna"), "fr", clock=Clock())
    entering = {"name": "anna", "password": PASSWORD, "to": "/"}

    answer = client.post(SIGN_IN, data=entering)
    assert answer.cookies[LANGUAGE_COOKIE] == "fr"

    client.cookies.clear()
    answer = client.post(SIGN_IN, data={**entering, "name": "bert"})
    assert LANGUAGE_COOKIE not in answer.cookies


def test_the_gate_lets_a_stranger_choose_but_no_other_site(clinic):
    own, other = f"http://{HOST}", "https://other.example"

    assert ask(clinic, LANGUAGE, method="POST", origin=own)[0] == 200
    assert ask(clinic, LANGUAGE, method="POST", origin=other)[0] == 403
