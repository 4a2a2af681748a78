"""The page Import to whoever hears it: every control has a name, and what happens is said.

Held against the browser's own accessibility tree, which is what a screen reader is given.
"""

import pytest
from playwright.sync_api import expect
from tests.browser.looks import PATIENCE, settled
from tests.browser.test_import import (  # noqa: F401 - fixtures of the same page
    ADA,
    choose_files,
    clinic,
    press,
    spreadsheets,
    tab_of,
    url,
)

NAMED = {
    "button", "checkbox", "combobox", "form", "heading", "link", "listbox", "menuitem",
    "progressbar", "radio", "region", "searchbox", "slider", "spinbutton", "switch", "tab",
    "table", "textbox",
}  # fmt: skip
# Keeps what the region says from when the page was opened on.
LISTEN = """() => {
    window.heard = [];
    const says = document.getElementById('md-announced');
    new MutationObserver(() => window.heard.push(says.dataset.said)).observe(
        says, { attributes: true, attributeFilter: ['data-said'] });
}"""
LARGE = 60_000


def tree(page):
    """The nodes of the accessibility tree that are not ignored."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [node for node in nodes if not node.get("ignored")]


def role_of(node):
    return node.get("role", {}).get("value", "")


def name_of(node):
    return node.get("name", {}).get("value", "").strip()


def nameless(page):
    """Roles of the tree that need a name and have none."""
    return [role_of(node) for node in tree(page) if role_of(node) in NAMED and not name_of(node)]


def live(page):
    """The live regions: (role, how they are read out)."""
    found = []
    for node in tree(page):
        about = {one["name"]: one["value"].get("value") for one in node.get("properties", ())}
        if (about.get("live") and about.get("root") is None) or role_of(node) == "status":
            found.append((role_of(node), about.get("live")))
    return found


@pytest.fixture
def heard(clinic, url, tab_of):  # noqa: F811 - the fixtures above
    page = tab_of(ADA)
    page.goto(f"{url}/import_data")
    expect(page.get_by_test_id("stFileUploaderDropzone")).to_be_visible(timeout=PATIENCE)
    settled(page)
    page.wait_for_function("() => document.getElementById('md-announced')", timeout=PATIENCE)
    page.evaluate(LISTEN)
    return page


def test_every_control_has_a_name_and_the_result_is_said(heard, tmp_path):
    page = heard
    # The region is there, and empty, before anything is said.
    assert ("status", "polite") in live(page)
    assert page.evaluate("() => window.heard") == []
    assert nameless(page) == []

    choose_files(page, "Upload", spreadsheets(tmp_path / "in"))
    expect(page.get_by_role("combobox", name="Dates in clients.csv")).to_be_visible(
        timeout=PATIENCE
    )
    settled(page)
    assert nameless(page) == []
    names = [name_of(node) for node in tree(page) if role_of(node) == "combobox"]
    assert len(names) == len(set(names)) > 10  # heard one by one, each says which it is

    press(page, "Try")
    expect(page.get_by_text("rows new", exact=False).first).to_be_visible(timeout=PATIENCE)
    settled(page)
    page.wait_for_function("() => window.heard.length > 0", timeout=PATIENCE)
    said = page.evaluate("() => window.heard")
    shown = page.locator(".md-done").last.inner_text().split("\n")[-1]
    assert said[-1].endswith(shown)
    assert nameless(page) == []
    tables = [name_of(node) for node in tree(page) if role_of(node) == "table"]
    assert "What becomes of the rows" in tables

    # Negative control: the check sees a button that says nothing.
    page.evaluate("() => document.body.append(document.createElement('button'))")
    assert nameless(page) == ["button"]


def test_progress_is_said_while_it_lasts_and_has_a_name(heard, tmp_path):
    page = heard
    large = tmp_path / "patients.csv"
    rows = "".join(f"P{number},female,{1950 + number % 50}\n" for number in range(LARGE))
    large.write_text(f"patient_id,sex,birth_year\n{rows}", encoding="utf-8")
    choose_files(page, "Upload", [large])
    press(page, "Try")
    bar = page.get_by_role("progressbar")
    expect(bar.first).to_be_visible(timeout=PATIENCE)
    assert [role for role in nameless(page) if role == "progressbar"] == []
    expect(page.get_by_text("60000 rows new", exact=False)).to_be_visible(timeout=PATIENCE * 2)
    page.wait_for_function(
        "() => window.heard.some((one) => one.includes('60000'))", timeout=PATIENCE
    )
    said = page.evaluate("() => window.heard")
    progress = [one for one in said if one.startswith("patients.csv: ")]
    assert progress or said[0]
    # Now and then, not at every thousand rows.
    assert len(said) < LARGE / 1000
