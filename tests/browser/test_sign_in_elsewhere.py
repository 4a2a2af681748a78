"""Signing in at an identity provider: two providers on loopback, a real browser, a real server."""

import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect
from tests.browser.conftest import START_SECONDS, free_port, of_kind, start_server
from tests.browser.looks import axe

from mesodash.access import passwords, signing_in
from mesodash.access.gate import COOKIE
from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import reading

APP = Path(__file__).parents[2] / "app.py"
PASSWORD = "correct horse battery"
SECRETS = """[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "a secret of more than thirty-two bytes"
[auth.first]
label = "First Hospital"
client_id = "mesodash"
client_secret = "known to both"
server_metadata_url = "{first}/.well-known/openid-configuration"
[auth.second]
client_id = "mesodash"
client_secret = "known to both"
server_metadata_url = "{second}/.well-known/openid-configuration"
[auth.late]
client_id = "mesodash"
client_secret = "known to both"
server_metadata_url = "{late}/.well-known/openid-configuration"
"""
# What a provider claims of them beyond the subject must count for nothing here.
PEOPLE = (
    {"sub": "pia", "roles": ["administrator"], "email": "ada@example.org"},
    {"sub": "ada", "roles": []},
    {"sub": "tom", "roles": ["administrator"], "role": "administrator"},
    {"sub": "max"},
    {"sub": "zoe", "roles": ["administrator"], "name": "Ada"},
)
# The third one's tokens are over as they are made; Authlib lets them pass for two minutes.
PROVIDERS = {"first": (), "second": (), "late": ("--token-max-age", "-90")}
# Flask's and Authlib's own notices about what they will change are no concern of these tests.
PROVIDER = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--require-nonce", "true"]


def start_provider(log: Path, *more: str) -> tuple[subprocess.Popen, str]:
    port = free_port()
    command = [*PROVIDER, "--port", str(port), *more]
    command += [f"--user-claims={json.dumps(person)}" for person in PEOPLE]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    # Under another name than the app's, so that to the browser it is another site.
    url = f"http://localhost:{port}"
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/.well-known/openid-configuration", timeout=2):  # noqa: S310
                return process, url
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                process.wait()
                pytest.fail(f"the provider did not start:\n{log.read_text('utf-8')[-2000:]}")
            time.sleep(0.1)


@pytest.fixture(scope="module")
def providers(tmp_path_factory):
    folder, started = tmp_path_factory.mktemp("providers"), {}
    try:
        for name, more in PROVIDERS.items():
            started[name] = start_provider(folder / f"{name}.log", *more)
        yield {name: url for name, (_, url) in started.items()}
    finally:
        for process, _ in started.values():
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory, providers):
    path = tmp_path_factory.mktemp("elsewhere") / "clinic.db"
    create_clinic(path, clinic_id="c", name="Clinic One", kind="clinical", actor=COMMAND_LINE)
    kept = passwords.hashed(PASSWORD, name="Lea")
    accounts.add_account(path, "Lea", "practitioner", COMMAND_LINE, password_hash=kept)
    for name, role in (
        ("Ada", "administrator"),
        ("Pia", "practitioner"),
        ("Tom", "trainer"),
        ("Max", "practitioner"),
    ):
        accounts.add_account(
            path, name, role, COMMAND_LINE, issuer=providers["first"], subject=name.lower()
        )
    accounts.set_disabled(path, "Max", COMMAND_LINE)
    accounts.add_account(
        path, "Kim", "practitioner", COMMAND_LINE, issuer=providers["late"], subject="pia"
    )
    return path


@pytest.fixture(scope="module")
def url(clinic, providers, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / ".streamlit").mkdir()
    secrets = home / ".streamlit" / "secrets.toml"
    secrets.write_text(SECRETS.format(**providers), "utf-8")
    secrets.chmod(0o600)
    env = {"MESODASH_DB": str(clinic), "HOME": str(home)}
    process, url = start_server(APP, home / "app.log", env, show_errors="none")
    yield url
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def context(own: BrowserContext):
    # The provider's own page asks for a style sheet of another host; there is no network here.
    own.route(re.compile(r"https?://(?!127\.0\.0\.1|localhost)"), lambda route: route.abort())
    return own


def go_through(context: BrowserContext, url: str, subject: str, button: str = "First Hospital"):
    """From a deep link through the provider's page and back."""
    page = context.new_page()
    page.goto(f"{url}/adopted")
    page.get_by_role("link", name=f"Sign in with {button}").click()
    page.get_by_role("button", name=subject, exact=True).click()
    return page


def of_streamlit(context: BrowserContext) -> list[str]:
    named = [cookie["name"] for cookie in context.cookies()]
    return [name for name in named if name.startswith("_streamlit") and "xsrf" not in name]


def noted(clinic: Path, action: str) -> list[tuple[str, str]]:
    with reading(clinic) as db:
        rows = db.query(
            "SELECT actor, row_key FROM change_log WHERE action = ? ORDER BY seq", [action]
        )
        return [tuple(row.values()) for row in rows]


def test_who_gets_in_by_a_provider_is_what_our_table_says(url, clinic, context, checks):
    """Test 13: three people, two issuers with the same subjects."""
    cookies = {}
    with checks("sign-in elsewhere", planned=17) as count:
        for name, role in (("Pia", "practitioner"), ("Tom", "trainer")):
            page = go_through(context, url, name.lower())
            page.wait_for_url(f"{url}/adopted", wait_until="commit")
            if name == "Pia":  # a page drawn costs seconds, and once is enough to see one
                expect(page.get_by_text("Pia, practitioner")).to_be_visible()
            count.that(page.url == f"{url}/adopted", f"{name} is where they wanted to go")
            count.that(of_streamlit(context) == [], f"{name}: {of_streamlit(context)} are left")
            page.close()
            cookies[name] = next(c for c in context.cookies() if c["name"] == COOKIE)
            flags = [cookies[name][flag] for flag in ("httpOnly", "sameSite", "expires")]
            count.that(flags == [True, "Strict", -1], f"{name}: cookie {flags}")
            standing = signing_in.signed_in(clinic, cookies[name]["value"])
            count.that(standing and standing.role == role, f"{name}: role in the file")
            context.clear_cookies()
        page = go_through(context, url, "ada")
        expect(page.get_by_role("heading", name="Set up the second step")).to_be_visible()
        named = [cookie["name"] for cookie in context.cookies()]
        count.that(COOKIE not in named, "an administrator is not in before the second step")
        count.that(of_streamlit(context) == [], "Ada: Streamlit's cookies are left")
        context.clear_cookies()
        before, entered = len(noted(clinic, "refused")), len(noted(clinic, "sign_in"))
        for subject, provider in (
            ("pia", "Second"),
            ("ada", "Second"),
            ("zoe", "First Hospital"),
            ("max", "First Hospital"),
        ):
            page = go_through(context, url, subject, provider)
            expect(page.get_by_role("alert")).to_have_text(signing_in.NO_ENTRY)
            kept = [c["name"] for c in context.cookies() if c["name"] != "_streamlit_xsrf"]
            count.that(kept == [], f"{subject} by {provider} keeps {kept}")
            page.close()
            context.clear_cookies()
        rows = noted(clinic, "refused")[before:]
        nobody = [("unknown", "unknown: identity provider")] * 3
        count.that(rows == [*nobody, ("Max", "Max: identity provider")], f"refusals {rows}")
        count.that(len(noted(clinic, "sign_in")) == entered, "a refused one began a sign-in")
        signing_in.sign_out(clinic, cookies["Pia"]["value"])
        context.add_cookies([cookies["Pia"]])
        answer = context.request.get(f"{url}/volumes", headers={"Accept": "text/html"})
        count.that("<h1>Sign in</h1>" in answer.text(), "a cookie from before the sign-out opens")


def test_a_token_that_is_over_lets_nobody_in(url, clinic, context):
    before = len(noted(clinic, "refused"))
    page = go_through(context, url, "pia", "Late")
    expect(page.get_by_role("alert")).to_have_text(signing_in.NOT_FINISHED)
    assert COOKIE not in [cookie["name"] for cookie in context.cookies()]
    assert noted(clinic, "refused")[before:] == [("unknown", "unknown: identity provider")]


def test_giving_up_at_the_provider_leads_back_with_a_sentence(url, context):
    page = context.new_page()
    page.goto(url)
    page.get_by_role("link", name="Sign in with First Hospital").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("alert")).to_have_text(signing_in.NOT_FINISHED)


def test_a_callback_that_nobody_began_lets_nobody_in(url, context):
    page = context.new_page()
    page.goto(f"{url}/oauth2callback?code=x&state=y")
    expect(page.get_by_role("alert")).to_have_text(signing_in.NOT_FINISHED)
    assert of_streamlit(context) == []


def test_the_flow_begins_at_the_address_it_returns_to(url, context):
    page = context.new_page()
    page.goto(f"{url.replace('127.0.0.1', 'localhost')}/adopted")
    page.get_by_role("link", name="Sign in with First Hospital").click()
    page.get_by_role("button", name="pia", exact=True).click()
    page.wait_for_url(f"{url}/adopted", wait_until="commit")
    assert COOKIE in [cookie["name"] for cookie in context.cookies(url)]


def test_signing_in_here_stays(url, context):
    page = context.new_page()
    page.goto(url)
    page.get_by_label("Name").fill("Lea")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/", wait_until="commit")
    assert COOKIE in [cookie["name"] for cookie in context.cookies()]


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1440)])
def test_the_page_with_providers_is_accessible(url, own, scheme, width):
    page = of_kind(own.new_page(), {"width": width, "height": 844}, color_scheme=scheme)
    page.goto(url)
    expect(page.get_by_role("link", name="Sign in with Second")).to_be_visible()
    found = axe(page)["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    assert not wide
