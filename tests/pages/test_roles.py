"""Every page asked for by every identity through the frame, signed in to a clinical file."""

import html
import re
from datetime import datetime

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from tests.conftest import TODAY
from tests.pages.identities import (
    IDENTITIES,
    add_accounts,
    entries_since,
    last_entry,
    made_clinical,
    signed_in,
)

from mesodash.access.gate import COOKIE
from mesodash.catalogue.watching import FOLLOW_UP_FROM, last_check
from mesodash.demo import make_demo
from mesodash.records.audit.actor import COMMAND_LINE, Actor
from mesodash.records.store.connection import reading
from mesodash.records.watch import late_watch
from mesodash.records.watch.red_cards import acknowledge_red_card, raise_red_card
from mesodash.settings import PROJECT
from mesodash.ui.shell.pages import PAGES

FRAME = PROJECT / "src" / "mesodash" / "ui" / "shell" / "frame.py"
A_PATIENT = re.compile(r"\bP-\d{4}\b")
A_CARD = re.compile(r"\bRed card: ")
CARDS_COUNTED = re.compile(r"\b\d+ red cards? (?:is|are) open\b")
TOLD, OPENED = "told in confidence", datetime(2026, 11, 22, 9, 0)  # noqa: DTZ001 - the clinic's own
SIGNED_OUT = "Signed out This sign-in has ended. Sign in again"
SHUT = "This page is not for your role"
# What a look at a page leaves in the change log, and the right it takes to see that part of it.
LOOKS = {
    "data_quality": ("sessions.view", ("view", "sessions", "data_quality")),
    "signals": ("sessions.view", ("view", "sessions", "late_effects")),
}


def add_card(path):
    """A red card of one patient that somebody has taken on, so that no look changes it."""
    with reading(path) as db:
        (patient,) = db.execute("SELECT min(patient_id) FROM patients").fetchone()
    card = raise_red_card(
        path, patient, "late_lump", COMMAND_LINE, at=OPENED, nonce="nonce-of-card", note=TOLD
    )
    acknowledge_red_card(path, card, COMMAND_LINE, at=OPENED)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory, catalogue):
    """A clinical file with the richness of a demo, and the cookie of each identity."""
    path = tmp_path_factory.mktemp("roles") / "clinic.db"
    make_demo(path, sessions=120, seed=1, today=TODAY, catalogue=catalogue)
    add_card(path)
    made_clinical(path)
    add_accounts(path)
    return path, {who: signed_in(path, who) for who in IDENTITIES}


@pytest.fixture
def ask(clinic, monkeypatch):
    """Ask the frame for a page as a browser does: its cookie, and the page's address hashed."""
    path, tokens = clinic
    monkeypatch.setenv("MESODASH_DB", str(path))

    def run(who, address, **query):
        cookies = {COOKIE: tokens[who]} if who else {}
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))
        page = AppTest.from_file(FRAME, default_timeout=180)
        page._page_hash = calc_hash(address)
        for name, value in {"filter_period": "all", **query}.items():
            page.query_params[name] = value
        return page.run()

    return run


def text(page):
    """What the page's own markup says, without the stylesheet."""
    blocks = [block.proto.body for block in page.get("html")]
    shown = [block for block in blocks if not block.startswith("<style>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", " ".join(shown))).split())


def main_headings(page):
    """The text of every h1 of the page."""
    blocks = [block.proto.body for block in page.get("html")]
    return re.findall(r"<h1[^>]*>([^<]*)</h1>", " ".join(blocks))


def expected_rows(who, spec, looks):
    """What the look is to leave: a refusal, the looks at patients, or nothing."""
    if not who.may(spec.action):
        return [(who.actor_id, who.role, "refused", "permissions", spec.action)]
    right, row = LOOKS.get(spec.url_path, (spec.action, None))
    if spec.url_path == "today":
        # The list of patients seen lately; the body map's look at it, just after, is the same one.
        looked_at = [
            ("red_cards", "open"),
            *(("sessions", key) for key in looks),
            ("patients", "list"),
        ]
        right, rows = "sessions.view", [("view", *one) for one in looked_at]
    elif spec.url_path == "due":
        right, rows = (
            "sessions.view",
            [("view", "patients", "due"), ("view", "sessions", "late watch")],
        )
    else:
        rows = [row] if row else []
    return [(who.actor_id, who.role, *row) for row in rows if who.may(right)]


def looks_of_today(path, catalogue):
    """What of sessions Today shows: today's, the next day's with plans, those to be followed up."""
    with reading(path) as db:
        ((following,),) = db.execute(
            "SELECT min(substr(held_at, 1, 10)) FROM sessions"
            " WHERE state = 'planned' AND held_at > ?",
            [f"{TODAY}T99"],
        )
    days = FOLLOW_UP_FROM, last_check(catalogue)
    to_ask = late_watch.follow_ups_due(path, COMMAND_LINE, TODAY, days=days)
    return (str(TODAY), following, *(["follow-ups due"] if to_ask else []))


@pytest.mark.slow
def test_every_identity_at_every_page(clinic, catalogue, ask, checks):
    path, _ = clinic
    named, looks = set(), looks_of_today(path, catalogue)
    cards, counts = set(), set()
    with checks("role x page", planned=7 * len(PAGES) * len(IDENTITIES)) as count:
        for spec in PAGES:
            for who in IDENTITIES:
                cell, at, allowed = (
                    f"{who} at {spec.url_path}",
                    last_entry(path),
                    who.may(spec.action),
                )
                page = ask(who, spec.url_path)
                words, log = text(page), entries_since(path, at)
                people = A_PATIENT.findall(words)
                named |= {(who.role, spec.url_path)} if people else set()
                count.that(list(page.exception) == [], f"{cell}: {page.exception}")
                count.that((SHUT in words) != allowed, f"{cell}: opened against the matrix")
                heading = spec.title if allowed else "Not for your role"
                count.that(main_headings(page) == [heading], f"{cell}: {main_headings(page)}")
                count.that(log == expected_rows(who, spec, looks), f"{cell}: noted {log}")
                count.that(not people or who.may("sessions.view"), f"{cell}: shows {people}")
                said = f"{words} {' '.join(link.proto.label for link in page.get('page_link'))}"
                carded, counted = A_CARD.search(said) or TOLD in said, CARDS_COUNTED.search(said)
                cards |= {(who.role, spec.url_path)} if carded else set()
                counts |= {(who.role, spec.url_path)} if counted else set()
                count.that(not carded or who.may("red_cards.handle"), f"{cell}: a red card")
                count.that(not counted or who.may("red_cards.count"), f"{cell}: counts red cards")
    # Control: red cards are seen where they are shown, and their number where it is given.
    assert {("practitioner", "today"), ("administrator", "today")} <= cards
    assert {("manager", "signals"), ("practitioner", "volumes")} <= counts
    # Control: the look for patients sees them where they are shown.
    assert {("practitioner", "due"), ("manager", "due"), ("administrator", "signals")} <= named


def test_a_page_shut_twice_is_noted_once_a_visit(clinic, ask):
    path, _ = clinic
    at = last_entry(path)
    page = ask(IDENTITIES[4], "volumes")
    assert SHUT in text(page.run())
    assert len(entries_since(path, at)) == 1


def test_without_a_sign_in_no_page_is_drawn(clinic, ask, checks):
    path, _ = clinic
    at = last_entry(path)
    with checks("pages without a sign-in", planned=2 * len(PAGES)) as count:
        for spec in PAGES:
            page = ask(None, spec.url_path)
            words = text(page)
            count.that(words == SIGNED_OUT, f"{spec.url_path}: {words[:200]}")
            count.that(not len(page.button) + len(page.selectbox), f"{spec.url_path}: widgets")
    assert entries_since(path, at) == []


def test_an_address_that_is_no_page_gives_the_first_page_of_the_role(ask):
    page = ask(Actor("Tom", "trainer"), "nowhere")
    assert list(page.exception) == []
    assert main_headings(page) == ["Lessons"]


def test_a_role_without_the_right_is_told_so(ask):
    page = ask(Actor("Mia", "manager"), "signals")
    assert "Your role does not see" in text(page)
