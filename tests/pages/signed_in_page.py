"""Opening one page as somebody who is signed in to a clinical file, and reading what it shows."""

import html
import re

from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from tests.pages.identities import signed_in

from mesodash.access.gate import COOKIE
from mesodash.settings import PROJECT


def as_who(monkeypatch, db, who):
    """Let the pages that run next belong to this one, by the cookie of a real sign-in."""
    cookies = {COOKIE: signed_in(db, who)}
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))
    monkeypatch.setenv("MESODASH_DB", str(db))


def opened(file):
    return ran(AppTest.from_file(PROJECT / "pages" / file, default_timeout=60))


def ran(page_or_widget):
    page = page_or_widget.run()
    assert list(page.exception) == []
    return page


def text(page):
    bodies = " ".join(re.sub(r"<[^>]+>", " ", block.proto.body) for block in page.get("html"))
    return " ".join(html.unescape(bodies).split())


def named(widgets, label):
    return next(one for one in widgets if one.label.startswith(label))


def press(page, label):
    return ran(named(page.button, label).click())
