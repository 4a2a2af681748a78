"""The tours: one for each role, every step names what is drawn, what was seen is kept."""

import re

import pytest
from streamlit.testing.v1 import AppTest
from tests.pages.identities import add_accounts
from tests.pages.signed_in_page import as_who

from mesodash.permissions import ROLES, may
from mesodash.records.accounts.preferences import keep_preference, read_preferences
from mesodash.records.audit.actor import COMMAND_LINE, Actor
from mesodash.records.store.clinic import create_clinic
from mesodash.settings import PROJECT
from mesodash.ui.shell.pages import GROUPS, PAGES, first_page
from mesodash.ui.tour.guide import STEPS, steps_for

PIA = Actor("Pia", "practitioner")
TOM = Actor("Tom", "trainer")
SOURCE = "\n".join(
    path.read_text("utf-8")
    for folder in ("src/mesodash", "pages")
    for path in (PROJECT / folder).rglob("*.py")
    if path.name != "guide.py"
)
KEY = re.compile(r"st-key-([a-z_]+)")


def page_with_tour():
    from mesodash.ui.shell import context
    from mesodash.ui.tour import guide

    guide.show("today", context.actor(), first=True)


@pytest.fixture
def clinic(tmp_path, monkeypatch):
    path = tmp_path / "clinic.db"
    create_clinic(path, clinic_id="c", name="One", kind="clinical", actor=COMMAND_LINE)
    add_accounts(path)
    monkeypatch.setenv("MESODASH_DB", str(path))
    return path


def offers(clinic, monkeypatch, who):
    """How many offers a page draws for somebody who has just signed in."""
    as_who(monkeypatch, clinic, who)
    page = AppTest.from_function(page_with_tour, default_timeout=60).run()
    assert list(page.exception) == []
    return sum("md-tour-offer" in block.proto.body for block in page.get("html"))


def test_it_is_offered_until_it_was_seen_whatever_the_browser(clinic, monkeypatch):
    assert offers(clinic, monkeypatch, PIA) == 1
    keep_preference(clinic, PIA, "tour.practitioner", "seen")
    assert offers(clinic, monkeypatch, PIA) == 0
    assert offers(clinic, monkeypatch, TOM) == 1
    assert read_preferences(clinic, TOM) == {}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_shown_its_own_first_page(role):
    first = first_page(role).url_path
    own = [step for step in steps_for(first, role) if step.page == first]
    assert len(own) >= 2
    assert len(list(steps_for(first, role))) <= 9


def test_a_step_of_a_page_is_shown_to_some_role_that_may_open_it():
    by_path = {spec.url_path: spec for spec in PAGES}
    for step in STEPS:
        if step.page:
            readers = [role for role in step.roles or ROLES if may(role, by_path[step.page].action)]
            assert readers, step.title


def drawn(key):
    """Whether the app draws an element of that key, or of a key that begins so."""
    menus = {f"menu_{group}" for group in GROUPS}
    return key in menus or re.search(rf'"{key}[a-z_{{]*', SOURCE) is not None


def test_every_step_names_an_element_by_a_key_that_the_app_gives():
    keys = {KEY.search(step.element)[1] for step in STEPS}
    assert {key for key in keys if not drawn(key)} == set()
    assert not drawn("no_such_key")
