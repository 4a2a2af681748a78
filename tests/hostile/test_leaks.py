"""What one signed-in person's frames must never hold: another's patient, or any patient at all."""

import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.browser.conftest import start_server
from tests.hostile.client import Client
from tests.hostile.conftest import add_accounts, token_of

from mesodash.access.gate import COOKIE
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import create_clinic
from mesodash.records.transfer.bulk_load import fill_clinic
from mesodash.ui.shell.pages import PAGES

APPS = Path(__file__).parent / "apps"
USERS, RERUNS = 25, 5
MARK = "MARKED"
NOTE = "a note that nobody logs"
ON = "2026-11-10T10:00"


def patient(number: int) -> str:
    return f"{MARK}{number:02d}"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """A patient a user, treated at the chin, each with an open effect, so that each is due."""
    path = tmp_path_factory.mktemp("leaks") / "clinic.db"
    create_clinic(path, clinic_id="c", name="Clinic", kind="clinical", actor=DEMO)
    everyone = range(1, USERS + 1)
    fill_clinic(
        path,
        [
            {
                "practitioners": [(1, "D1", "Practitioner A")],
                "patients": [(n, patient(n), "female", 1980, "II", NOTE) for n in everyone],
                "courses": [
                    (n, f"C{n}", n, "melasma", "melasma_txa", 4, 7, ON[:10], "active", None)
                    for n in everyone
                ],
                "sessions": [
                    (n, f"S{n}", n, n, 1, "melasma_txa", ON, "held", NOTE) for n in everyone
                ],
                "treated_areas": [
                    (n, n, ON, "face.chin", "midline", "nappage", 3000, 40, 1000) for n in everyone
                ],
                "side_effects": [
                    (
                        n,
                        f"E{n}",
                        n,
                        None,
                        None,
                        "swelling",
                        None,
                        ON[:10],
                        *[None] * 3,
                        1,
                        "no",
                        None,
                        NOTE,
                    )
                    for n in everyone
                ],
            }
        ],
        actor=DEMO,
    )
    add_accounts(path)
    return path


def test_people_at_once_see_their_own_patient_only(url, clinic, checks):
    def one(number: int) -> list[tuple[int, str, tuple[bytes, ...], bool]]:
        address = f"area=face.chin&side=midline&patient={patient(number)}"
        with Client(url, token_of(clinic, "practitioner")) as client:
            runs = [client.run("body_map", query=address) for _ in range(RERUNS)]
        return [(number, patient(number), seen.frames, seen.failed) for seen in runs]

    with checks("cross-user leaks, patients", planned=USERS * RERUNS * (USERS + 1)) as count:
        with ThreadPoolExecutor(USERS) as pool:
            runs = [run for several in pool.map(one, range(1, USERS + 1)) for run in several]
        for number, own, frames, failed in runs:
            # The list to choose from names everybody; this line only the one who was chosen.
            lines = b"\n".join(frames)
            count.that(not failed and f"Patient {own} ".encode() in lines, f"{own}: not shown")
            for other in range(1, USERS + 1):
                shown = f"Patient {patient(other)} ".encode() in lines
                count.that(shown == (other == number), f"{own}: {patient(other)} shown: {shown}")


def test_who_may_not_see_patients_gets_none_in_any_frame(url, clinic, checks):
    """Every page, asked for by name, those hidden from the role as well."""
    roles = ("manager", "trainer", "auditor")
    with checks(
        "patients in frames of roles without", planned=len(roles) * len(PAGES) + 2
    ) as count:
        for role in roles:
            token = token_of(clinic, role)
            for spec in PAGES:
                with Client(url, token) as client:
                    seen = client.run(spec.url_path, query=f"patient={patient(3)}")
                texts = b"\n".join(seen.frames).replace(f"patient={patient(3)}".encode(), b"")
                # An auditor reads in the change log whose record was opened: that is its purpose.
                allowed = (role, spec.url_path) == ("auditor", "change_log")
                held = MARK.encode() in texts or NOTE.encode() in texts
                count.that(not held or allowed, f"{role} on {spec.url_path}")
        with Client(url, token_of(clinic, "practitioner")) as client:
            count.that(client.run("due").holds(MARK), "control: who may see patients gets them")
            count.that(client.run("body_map").holds(MARK), "control: and on the body map")


def test_a_cache_keyed_wrongly_leaks_and_is_seen(tmp_path, checks):
    process, url = start_server(APPS / "leaking_app.py", tmp_path / "app.log")
    try:
        with checks("control: a leaking cache", planned=2) as count:
            with Client(url) as first, Client(url) as second:
                one = first.run(query="who=ANNA")
                two = second.run(query="who=HUGO")
            count.that(one.holds("Patient ANNA"), "the first sees its own")
            count.that(two.holds("Patient ANNA"), "the second is given the first one's")
    finally:
        process.terminate()
        process.wait(timeout=20)


def fetched(address: str, token: str | None) -> int:
    """The status a download answers with."""
    asked = urllib.request.Request(address)  # noqa: S310 - on loopback
    if token:
        asked.add_header("Cookie", f"{COOKIE}={token}")
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def offered(seen) -> list[str]:
    """The numbers of the downloads that are made when asked for, in the order of the page."""
    return [
        one.deferred_file_id
        for kind, one, _ in seen.widgets
        if kind == "download_button" and one.deferred_file_id
    ]


def test_a_download_needs_the_sign_in_that_it_was_made_for(url, clinic, checks):
    with checks("downloads", planned=10) as count:
        token, again = token_of(clinic, "practitioner"), token_of(clinic, "practitioner")
        other = token_of(clinic, "administrator")
        with Client(url, token) as client:
            seen = client.run("volumes", query="filter_period=all")
            kept = offered(seen)
            count.that(kept, "the page offers downloads")
            address = f"{url}{client.download(kept[0])}"
            count.that("/media/" in address, f"it is made when asked for: {address}")
            count.that(fetched(address, token) == 200, "its own reader gets it")
            count.that(fetched(address, None) == 403, "nobody without a sign-in does")
            count.that(fetched(address, "forged") == 403, "nor with a forged one")
            count.that(client.download("0" * 32) == "", "a guessed number is no file")
            count.that(fetched(address, other) == 404, "nor another person who has the address")
            count.that(fetched(address, again) == 404, "nor another sign-in of the same person")
        with Client(url, other) as client:
            number = offered(client.run("volumes", query="filter_period=all"))[0]
            count.that(
                f"{url}{client.download(number)}" == address, "control: one address for both"
            )
            count.that(fetched(address, other) == 200, "control: whose page made it too gets it")


def test_the_log_names_no_patient(url, log, clinic, checks):
    with checks("the server's log", planned=4) as count:
        with Client(url, token_of(clinic, "practitioner")) as client:
            seen = client.run("body_map", query="patient=SEARCHED-FOR")
        count.that(seen.holds("SEARCHED-FOR"), "control: it was searched for")
        written = log.read_text("utf-8")
        for what in (MARK, NOTE, "SEARCHED-FOR"):
            count.that(what not in written, what)
