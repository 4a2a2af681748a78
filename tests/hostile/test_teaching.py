"""Teaching mode: whoever signed in, nothing of the record comes in any frame, address or file."""

import urllib.error
import urllib.parse
import urllib.request

import pytest
from tests.hostile.client import Client
from tests.hostile.conftest import token_of
from tests.hostile.test_leaks import MARK, NOTE, clinic, fetched, offered, patient  # noqa: F401

from mesodash.access import signing_in
from mesodash.access.gate import COOKIE
from mesodash.ui.shell.pages import PAGES

ROLES = ("administrator", "practitioner", "manager", "auditor")
ASKED = f"patient={patient(3)}&area=face.chin&side=midline"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args, **_kw):
        return None


def posted(url: str, token: str, **form: str) -> int:
    """The status with which the form of teaching mode is answered."""
    asked = urllib.request.Request(  # noqa: S310 - on loopback
        f"{url}/teaching",
        data=urllib.parse.urlencode(form).encode(),
        headers={"Cookie": f"{COOKIE}={token}", "Origin": url},
    )
    try:
        with urllib.request.build_opener(NoRedirect).open(asked, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def marks(seen) -> bool:
    """Whether a frame holds a planted marker, other than in the address that asked for it."""
    texts = b"\n".join(seen.frames)
    return MARK.encode() in texts or NOTE.encode() in texts


def test_no_marker_of_the_record_is_sent_in_teaching_mode(url, clinic, checks):  # noqa: F811
    planned = len(ROLES) * (len(PAGES) + 2)
    with checks("markers in teaching mode", planned=planned) as count:
        for role in ROLES:
            token = token_of(clinic, role)
            count.that(posted(url, token, want="begin") == 303, f"{role} begins")
            for spec in PAGES:
                with Client(url, token) as client:
                    seen = client.run(spec.url_path, query=ASKED)
                count.that(not marks(seen) and not seen.failed, f"{role} on {spec.url_path}")
            count.that(signing_in.is_teaching(clinic, token), f"{role} still teaches")


def test_it_holds_in_every_tab_and_file_and_ends_with_the_password_only(
    url,
    clinic,  # noqa: F811
    checks,
):
    token, other = token_of(clinic, "practitioner"), token_of(clinic, "administrator")
    with checks("teaching mode, tabs and files", planned=11) as count, Client(url, token) as tab:
        count.that(tab.run("body_map", query=ASKED).holds(MARK), "control: before")
        address = f"{url}{tab.download(offered(tab.run('volumes', query='filter_period=all'))[0])}"
        count.that(fetched(address, token) == 200, "control: its file before")
        posted(url, token, want="begin")
        # Nobody clicks in this tab: it is drawn anew by itself.
        count.that(not marks(tab.answer()), "the open tab")
        count.that(fetched(address, token) == 404, "a file from before")
        count.that(not marks(tab.run("body_map", query=ASKED)), "the open tab's next click")
        with Client(url, other) as blind:
            count.that(blind.run("body_map", query=ASKED).holds(MARK), "it blinds nobody else")
        count.that(posted(url, token, want="leave", password="wrong") == 401, "a wrong password")
        count.that(signing_in.is_teaching(clinic, token), "and it goes on")
        right = "correct horse battery"
        count.that(posted(url, token, want="leave", password=right) == 303, "the right one")
        count.that(not signing_in.is_teaching(clinic, token), "and it is over")
        with Client(url, token) as client:
            count.that(client.run("body_map", query=ASKED).holds(MARK), "control: after")


def test_a_form_from_elsewhere_begins_nothing(url, clinic):  # noqa: F811
    token = token_of(clinic, "manager")
    asked = urllib.request.Request(  # noqa: S310
        f"{url}/teaching",
        data=b"want=begin",
        headers={"Cookie": f"{COOKIE}={token}", "Origin": "https://evil.example"},
    )
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        urllib.request.urlopen(asked, timeout=10)  # noqa: S310
    refused.value.close()
    assert not signing_in.is_teaching(clinic, token)
