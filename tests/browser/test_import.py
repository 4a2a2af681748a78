"""From files dropped on the page Import to the reports, in a browser."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import expect
from tests.browser.conftest import start_server
from tests.browser.looks import FAULTLESS, PATIENCE, faults
from tests.exchange.small_clinic import FILES, write_files
from tests.pages.identities import IDENTITIES, add_accounts, signed_in

from mesodash.access.gate import COOKIE
from mesodash.exchange.importing.import_folder import import_folder
from mesodash.records.audit.actor import Actor
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import reading
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.reader import Reader

APP = Path(__file__).parents[2] / "app.py"
ADA, MIA = IDENTITIES[0], IDENTITIES[1]
MANY = 300


@pytest.fixture
def clinic(tmp_path):
    db = tmp_path / "new.db"
    actor = Actor("tester", "administrator")
    create_clinic(db, clinic_id="new", name="New", kind="clinical", actor=actor)
    add_accounts(db)
    return db


@pytest.fixture
def url(clinic, tmp_path):
    process, url = start_server(
        APP, tmp_path / "app.log", {"MESODASH_DB": str(clinic)}, show_errors="none"
    )
    yield url
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def tab_of(chromium, clinic, url):
    contexts = []

    def signed(who):
        context = chromium.new_context(
            viewport={"width": 1280, "height": 1000}, reduced_motion="reduce"
        )
        context.add_cookies([{"name": COOKIE, "value": signed_in(clinic, who), "url": url}])
        contexts.append(context)
        return context.new_page()

    yield signed
    for context in contexts:
        context.close()


def spreadsheets(folder):
    """What a practice program gives: clients as CSV of a European Excel, visits as a workbook."""
    folder.mkdir()
    extra = ";".join(f"Field {n}" for n in range(MANY))
    header = f"Client No;Gender;Date of birth;{extra}"
    rest = ";" * (MANY - 1)
    (folder / "clients.csv").write_bytes(
        (
            "Clients of the practice, 1 May 2026\n\n"
            f"{header}\n901;F;25/04/1980;{rest}\n{header}\n902;Herr;05/04/1975;{rest}\n"
        ).encode("cp1252")
    )
    with xlsxwriter.Workbook(folder / "visits.xlsx") as book:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        page = book.add_worksheet("Visits")
        page.write_row(0, 0, ["Appointment", "Client No", "Visit date", "Status"])
        for at, (visit, client, when, status) in enumerate(
            [
                ("V1", 901, date(2026, 3, 5), "Arrived"),
                ("V2", 902, date(2026, 3, 6), "DNA"),
                ("V3", 903, date(2026, 3, 7), "Arrived"),
            ],
            start=1,
        ):
            page.write(at, 0, visit)
            page.write(at, 1, client)
            page.write_datetime(at, 2, when, day)
            page.write(at, 3, status)
    return sorted(folder.iterdir())


def test_from_drop_to_reports(clinic, url, tab_of, tmp_path, catalogue):
    page = tab_of(ADA)
    page.goto(f"{url}/import_data")
    page.locator("input[type=file]").wait_for(state="attached", timeout=PATIENCE)
    page.set_input_files("input[type=file]", spreadsheets(tmp_path / "in"))

    expect(
        page.get_by_text("Windows-1252").or_(page.get_by_text("semicolons")).first
    ).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("the header in line 3").first).to_be_visible()
    expect(page.get_by_role("combobox", name="Dates in clients.csv")).to_have_value(
        "day first, 31/01/2024"
    )
    # The word that nothing is like: its list is open, and a person says what it is.
    page.get_by_role("combobox", name="Herr (1)").click()
    page.get_by_role("option", name="male", exact=True).click()
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.get_by_text("4 rows new, 0 changed, 1 refused.")).to_be_visible(timeout=PATIENCE)
    with reading(clinic) as db:
        assert db.execute("SELECT count(*) FROM patients").fetchone() == (0,)  # only tried
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the refused rows").click()
    refused = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert refused[1].split(",")[:4] == ["visits.xlsx", "4", "Client No", "903"]
    assert faults(page) == FAULTLESS

    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("Imported").first).to_be_visible(timeout=PATIENCE)

    with reading(clinic) as db:
        people = db.execute("SELECT patient_id, sex, birth_year FROM patients ORDER BY 1")
        assert people.fetchall() == [("901", "female", 1980), ("902", "male", 1975)]
        visits = db.execute("SELECT session_id, held_at, state FROM sessions ORDER BY 1")
        assert visits.fetchall() == [("V1", "2026-03-05", "held"), ("V2", "2026-03-06", "no_show")]
    months = Reader(clinic, catalogue).report("volumes", Filters(), ("month",))
    assert months[["month", "sessions", "patients"]].values.tolist() == [["2026-03", 1, 1]]
    # Next month: what was chosen stands there already.
    page.goto(f"{url}/import_data")
    page.locator("input[type=file]").wait_for(state="attached", timeout=PATIENCE)
    page.set_input_files("input[type=file]", sorted((tmp_path / "in").iterdir()))
    page.get_by_role("button", name="Try", exact=True).click(timeout=PATIENCE)
    expect(page.get_by_text("0 rows new, 0 changed, 1 refused.")).to_be_visible(timeout=PATIENCE)

    # It was the wrong file after all: what would go is said, then it goes.
    page.get_by_text("Take back the latest import").click()
    page.get_by_role("button", name="Look what would be removed").click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible(timeout=PATIENCE)
    with reading(clinic) as db:
        assert db.execute("SELECT count(*) FROM patients").fetchone() == (2,)  # only looked at
    assert faults(page) == FAULTLESS
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("The import was taken back").first).to_be_visible(timeout=PATIENCE)
    with reading(clinic) as db:
        left = [
            db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("patients", "sessions")
        ]
    assert left == [0, 0]


def test_the_whole_clinic_goes_out_as_fhir_and_comes_in_by_keyboard(
    clinic, url, tab_of, tmp_path, catalogue
):
    import_folder(
        clinic,
        write_files(tmp_path / "small", FILES),
        actor=Actor("tester", "administrator"),
        catalogue=catalogue,
        rejects=tmp_path / "rejects.csv",
        changes=tmp_path / "changes.csv",
    )
    page = tab_of(ADA)
    page.goto(f"{url}/import_data")
    out = page.locator("summary").filter(has_text="Take the whole clinic out")
    expect(out).to_be_visible(timeout=PATIENCE)
    out.focus()
    page.keyboard.press("Enter")
    fhir = page.get_by_role("button", name="FHIR R4B (NDJSON)")
    expect(fhir).to_be_visible(timeout=PATIENCE)
    assert faults(page) == FAULTLESS
    fhir.focus()
    with page.expect_download(timeout=PATIENCE) as download:
        page.keyboard.press("Enter")
    packed = tmp_path / "clinic-fhir.zip"
    download.value.save_as(packed)

    page.set_input_files("input[type=file]", packed)
    attempt = page.get_by_role("button", name="Try", exact=True)
    expect(attempt).to_be_enabled(timeout=PATIENCE)
    attempt.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 rows new, 0 changed, 0 refused.")).to_be_visible(timeout=PATIENCE)
    assert faults(page) == FAULTLESS


def test_the_page_is_for_administrators(url, tab_of):
    page = tab_of(MIA)
    page.goto(f"{url}/import_data")

    expect(page.get_by_text("This page is not for your role").first).to_be_visible(timeout=PATIENCE)
    assert page.locator("input[type=file]").count() == 0
