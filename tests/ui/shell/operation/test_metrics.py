"""What watches the server: health for everybody, figures for the roles that the matrix names."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient
from tests.access.through_gate import NOW, make_clinic

from mesodash.access import signing_in
from mesodash.access.gate import COOKIE, Gate
from mesodash.permissions import NotAllowedError, matrix
from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE, Actor
from mesodash.records.files.scheduled import back_up_and_try
from mesodash.records.store.clinic import create_clinic
from mesodash.settings import backups_folder
from mesodash.ui.shell.operation.metrics import ServerCounts, metrics, operation_routes

SIGNED_IN = NOW + timedelta(minutes=1)


def figures(text):
    """Name, and status where there is one, -> value."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


@pytest.fixture
def clinic(tmp_path):
    path = make_clinic(tmp_path / "clinic.db", "Pia")
    accounts.add_account(path, "Ada", "administrator", COMMAND_LINE, password_hash="x")
    accounts.add_account(path, "Uli", "auditor", COMMAND_LINE, password_hash="x")
    return path


def client(path, *, teaching=False):
    """The routes behind the gate, as app.py puts them."""
    routes = operation_routes(lambda: path, teaching=lambda: teaching, clock=lambda: SIGNED_IN)
    gate = Gate(
        Starlette(routes=routes),
        db=lambda: path,
        hosts=lambda: ("testserver",),
        clock=lambda: SIGNED_IN,
    )
    return TestClient(gate)


def ask(path, address, name=None, **kind):
    headers = {}
    if name:
        account = accounts.find_account(path, name)
        step = signing_in.full_sign_in(path, account, clock=lambda: NOW)
        headers["cookie"] = f"{COOKIE}={step.token}"
    return client(path, **kind).get(address, headers=headers)


def test_health_needs_no_sign_in_and_says_when_the_file_is_gone(clinic):
    assert ask(clinic, "/health").status_code == 200
    clinic.rename(clinic.with_name("elsewhere.db"))
    assert ask(clinic, "/health").status_code == 503


def test_figures_are_shown_to_the_roles_of_the_matrix(clinic):
    roles = {"Pia": "practitioner", "Ada": "administrator", "Uli": "auditor"}
    expected = {
        name: 200 if matrix()["server.see"][role] == "yes" else 403 for name, role in roles.items()
    }
    assert {name: ask(clinic, "/metrics", name).status_code for name in roles} == expected
    assert set(expected.values()) == {200, 403}
    assert ask(clinic, "/metrics").status_code == 403


def test_streamlits_own_metrics_are_shut_to_everybody(clinic):
    assert ask(clinic, "/_stcore/metrics", "Ada").status_code == 404


def test_who_may_not_gets_no_figures_from_the_service_either(clinic):
    with pytest.raises(NotAllowedError):
        metrics(clinic, Actor("Pia", "practitioner"))


def test_they_count_what_happened_and_find_the_latest_backup(clinic):
    counts = ServerCounts()
    before = figures(metrics(clinic, COMMAND_LINE, counts=counts))
    for status in (200, 204, 503):
        counts.note_answer(status)
    counts.note_incident()
    back_up_and_try(clinic, backups_folder(clinic), actor=COMMAND_LINE)
    after = figures(metrics(clinic, COMMAND_LINE, counts=counts))

    assert before["mesodash_incidents_total",] == 0
    assert after["mesodash_incidents_total",] == 1
    answers = [after["mesodash_answers_total", status] for status in ("2xx", "5xx")]
    assert answers == [2, 1]
    assert after["mesodash_file_bytes",] == clinic.stat().st_size
    assert ("mesodash_backup_timestamp_seconds",) not in before
    assert after["mesodash_backup_restored",] == 1
    assert after["process_resident_memory_bytes",] > 0


def test_a_demos_visitor_sees_them_but_not_on_a_teaching_server(tmp_path):
    path = tmp_path / "demo.db"
    create_clinic(path, clinic_id="d", name="D", kind="demo", actor=COMMAND_LINE)
    assert ask(path, "/metrics").status_code == 200
    assert ask(path, "/metrics", teaching=True).status_code == 403
