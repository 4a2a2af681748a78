"""Every page opened by every role that may: no error, and no patient where the role sees none."""

import html
import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from mesodash.demo import make_demo
from mesodash.permissions import ROLES, may
from mesodash.settings import PROJECT
from mesodash.ui import access
from mesodash.ui.pages import PAGES

TODAY = date(2026, 11, 22)
ALLOWED = [(role, spec) for role in ROLES for spec in PAGES if may(role, spec.action)]
A_PATIENT = re.compile(r"\bP-\d{4}\b")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory, catalogue):
    path = tmp_path_factory.mktemp("roles") / "demo.db"
    make_demo(path, sessions=120, seed=1, today=TODAY, catalogue=catalogue)
    return path


def opened(clinic, monkeypatch, role, spec, **query):
    monkeypatch.setenv("MESODASH_DB", str(clinic))
    monkeypatch.setattr(access, "today", lambda: TODAY)
    page = AppTest.from_file(PROJECT / "pages" / spec.file, default_timeout=180)
    page.session_state[access.DEMO_ROLE] = role
    for name, value in {"filter_period": "all", **query}.items():
        page.query_params[name] = value
    page.run()
    assert list(page.exception) == []
    bodies = " ".join(re.sub(r"<[^>]+>", " ", block.proto.body) for block in page.get("html"))
    return html.unescape(bodies)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "spec"), ALLOWED, ids=[f"{role}-{spec.url_path}" for role, spec in ALLOWED]
)
def test_a_page_that_a_role_may_open_opens(clinic, monkeypatch, role, spec):
    text = opened(clinic, monkeypatch, role, spec)
    if not may(role, "sessions.view"):
        assert A_PATIENT.findall(text) == []


def test_the_search_for_patients_is_not_blind(clinic, monkeypatch):
    due = next(spec for spec in PAGES if spec.url_path == "due")
    assert A_PATIENT.findall(opened(clinic, monkeypatch, "practitioner", due)) != []


def test_a_role_without_the_right_is_told_so(clinic, monkeypatch):
    signals = next(spec for spec in PAGES if spec.url_path == "signals")
    assert "Your role does not see single patients." in opened(
        clinic, monkeypatch, "manager", signals
    )
