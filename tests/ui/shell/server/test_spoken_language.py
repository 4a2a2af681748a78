"""Each request is answered in its reader's language, and the app's page names it."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import FileResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from mesodash.language import current
from mesodash.language.choice import LANGUAGE_COOKIE
from mesodash.ui.shell.server.spoken_language import SpokenLanguage
from mesodash.ui.shell.server.stylesheets import SCRIPTS, Stylesheets

INDEX = SCRIPTS.parents[1] / "index.html"


async def code(_request):
    return PlainTextResponse(current().code)


async def page(_request):
    return FileResponse(INDEX)


@pytest.fixture
def client():
    routes = [Route("/code", code), Route("/volumes", page)]
    return TestClient(
        Starlette(routes=routes, middleware=[Middleware(SpokenLanguage), Middleware(Stylesheets)])
    )


def test_a_cookie_goes_before_the_browser(client):
    assert client.get("/code", headers={"accept-language": "fr"}).text == "fr"
    assert client.get("/code").text == "en"

    client.cookies[LANGUAGE_COOKIE] = "en"
    assert client.get("/code", headers={"accept-language": "fr"}).text == "en"


def test_the_page_says_which_language_it_is_in(client):
    assert '<html lang="en"' in client.get("/volumes").text
    assert '<html lang="fr"' in client.get("/volumes", headers={"accept-language": "fr"}).text
