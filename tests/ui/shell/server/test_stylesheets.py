"""The app's page has its styles and preloads in its head; nothing else is changed."""

import re

import pytest
from starlette.applications import Starlette
from starlette.responses import FileResponse, HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from mesodash.ui.shell.server.stylesheets import FILES, PARTS, SCRIPTS, Stylesheets

INDEX = SCRIPTS.parents[1] / "index.html"


async def index(_request):
    return FileResponse(INDEX)


async def other(_request):
    return HTMLResponse("<html><head></head><body>Sign in</body></html>")


async def data(_request):
    return JSONResponse({"head": '</head><div id="root">'})


@pytest.fixture
def client():
    routes = [Route("/volumes", index), Route("/sign-in", other), Route("/_stcore/data", data)]
    return TestClient(Stylesheets(Starlette(routes=routes)))


def test_the_page_has_the_styles_in_its_head_and_is_whole(client):
    answer = client.get("/volumes")

    before = INDEX.read_text("utf-8")
    head, _, body = answer.text.partition("</head>")
    assert body == before.partition("</head>")[2]
    for path in FILES:
        assert path.read_text("utf-8") in head
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "etag" not in answer.headers


def test_every_preloaded_part_is_a_script_of_this_streamlit(client):
    page = client.get("/volumes").text

    for part in PARTS:
        found = [path.name for path in SCRIPTS.glob(f"{part}.*.js")]
        assert len(found) == 1, part
        assert f'<link rel="modulepreload" href="./static/js/{found[0]}">' in page


def test_the_parts_are_run_before_the_script_that_starts_the_app(client):
    asked = re.findall(
        r'<script type="module"[^>]*src="./static/js/(\w+)', client.get("/volumes").text
    )

    assert asked == [*(part.partition(".")[0] for part in PARTS), "index"]
    first = next(SCRIPTS.glob(f"{PARTS[0]}.*.js")).read_text("utf-8")
    assert "./index." not in first, "else it would start the app and come after it"


def test_a_page_kept_by_the_browser_is_sent_anew(client):
    kept = client.get("/volumes", headers={"if-none-match": '"x"', "range": "bytes=0-9"})

    assert kept.status_code == 200
    assert b"<style>" in kept.content


@pytest.mark.parametrize("path", ["/sign-in", "/_stcore/data"])
def test_other_answers_are_left_as_they_are(client, path):
    assert "<style>" not in client.get(path).text
