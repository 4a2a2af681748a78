"""Addresses of earlier versions lead to where their page is now."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from tests.conftest import NOW

from mesodash.access import signing_in
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import create_clinic
from mesodash.ui.shell.server.old_addresses import OldAddresses


@pytest.fixture
def client(tmp_path):
    path = tmp_path / "demo.db"
    create_clinic(path, clinic_id="d", name="D", kind="demo", actor=DEMO, clock=lambda: NOW)
    app = Starlette(
        routes=[Route(at, lambda _request: PlainTextResponse("here")) for at in ("/", "/volumes")],
        middleware=[Middleware(OldAddresses, db=lambda: path)],
    )
    return TestClient(app, follow_redirects=False)


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/?area=abdomen.lower&side=midline", "/body_map?area=abdomen.lower&side=midline"),
        ("/?patient=P-0001", "/body_map?patient=P-0001"),
        ("/", None),
        ("/?filter_period=all", None),
        ("/volumes?area=face.cheek", None),
    ],
)
def test_an_area_at_the_apps_own_address_leads_to_the_body_map(client, address, leads_to):
    answer = client.get(address)

    assert (answer.status_code, answer.headers.get("location")) == (
        (200, None) if leads_to is None else (307, leads_to)
    )


def test_in_teaching_mode_it_leads_to_the_map_without_patients(client):
    client.cookies.set(signing_in.TEACHING_COOKIE, "1")

    answer = client.get("/?area=face.cheek&side=left")

    assert answer.headers["location"] == "/teaching_map?area=face.cheek&side=left"
