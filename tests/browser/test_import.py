"""From files dropped on the page Import to the reports, in a browser."""

import base64
import re
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import of_kind, start_server
from tests.browser.looks import FAULTLESS, PATIENCE, faults, settled
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
def tab_of(own, clinic, url):
    def signed(who):
        own.add_cookies([{"name": COOKIE, "value": signed_in(clinic, who), "url": url}])
        size = {"width": 1280, "height": 1000}
        return of_kind(own.new_page(), size, reduced_motion="reduce")

    return signed


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


# A drop as the browser gives it: files of their own, let go over the place that takes them.
DROP = """(place, files) => {
    const held = new DataTransfer();
    for (const [name, content] of files) {
        const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
        held.items.add(new File([bytes], name));
    }
    for (const kind of ['dragenter', 'dragover', 'drop'])
        place.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true }));
}"""


def drop(page: Page, paths: list[Path]) -> None:
    place = page.get_by_test_id("stFileUploaderDropzone")
    place.wait_for(timeout=PATIENCE)
    files = [[one.name, base64.b64encode(one.read_bytes()).decode()] for one in paths]
    place.evaluate(DROP, files)


MOST_STOPS = 60


def tab_to(page: Page, role: str, name: str | re.Pattern[str]) -> Locator:
    """Press Tab until an element has the focus, which wraps at the end of the page."""
    wanted = page.get_by_role(role, name=name, exact=True).first
    wanted.wait_for(timeout=PATIENCE)
    for _ in range(MOST_STOPS):
        if wanted.evaluate("one => one === document.activeElement || one.matches(':focus-within')"):
            return wanted
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach {name}")


def press(page: Page, name: str) -> None:
    button = tab_to(page, "button", name)
    expect(button).to_be_enabled(timeout=PATIENCE)
    page.keyboard.press("Enter")


def unfold(page: Page, words: str) -> None:
    """Open or close a part of the page by keys; a summary has no role that can be asked for."""
    wanted = page.locator("summary").filter(has_text=words)
    wanted.wait_for(timeout=PATIENCE)
    for _ in range(MOST_STOPS):
        if wanted.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def pick(page: Page, field: str, option: str) -> None:
    tab_to(page, "combobox", field)
    page.keyboard.type(option)
    expect(page.get_by_role("option", name=option, exact=True)).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name=field, exact=True)).to_have_value(
        option, timeout=PATIENCE
    )
    settled(page)


def choose_files(page: Page, button: str, paths: list[Path]) -> None:
    with page.expect_file_chooser(timeout=PATIENCE) as chooser:
        press(page, button)
    chooser.value.set_files(paths)


def counts(page: Page) -> list[list[str]]:
    """What the page says becomes of the rows, file by file."""
    table = page.get_by_role("table", name="What becomes of the rows")
    return [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]


def stored(clinic: Path) -> dict[str, int]:
    """Rows of the tables that an import of patients and sessions writes, and of the log."""
    with reading(clinic) as db:
        return {
            table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("patients", "sessions", "row_versions", "change_log")
        }


def test_from_drop_to_reports(clinic, url, tab_of, tmp_path, catalogue):
    page = tab_of(ADA)
    page.goto(f"{url}/import_data")
    drop(page, spreadsheets(tmp_path / "in"))

    expect(
        page.get_by_text("Windows-1252").or_(page.get_by_text("semicolons")).first
    ).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("the header in line 3").first).to_be_visible()
    expect(page.get_by_role("combobox", name="Dates in clients.csv")).to_have_value(
        "day first, 31/01/2024"
    )
    # The word that nothing is like: its list is open, and a person says what it is.
    page.get_by_role("combobox", name="Gender: Herr (1)").click()
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
    # Next month: what was chosen is filled in already.
    page.goto(f"{url}/import_data")
    drop(page, sorted((tmp_path / "in").iterdir()))
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


def write_month(folder: Path, clients: list[str], visits: list[str]) -> list[Path]:
    """A practice program's month: clients under names that nothing resembles, and visits."""
    folder.mkdir()
    (folder / "kartei.csv").write_text(
        "\n".join(["Nr;Merkmal;Jahr", *clients, ""]), encoding="utf-8"
    )
    (folder / "visits.csv").write_text(
        "\n".join(["session_id;patient_id;held_at;state;note", *visits, ""]), encoding="utf-8"
    )
    return sorted(folder.iterdir())


FIRST_MONTH = (
    ["701;x;1980", "702;y;1975", "703;x;1990", "704;x;1790"],
    ["S1;701;05.03.2026;held;first", "S2;702;06.03.2026;held;", "S3;704;07.03.2026;held;"],
)
NEXT_MONTH = (
    ["701;x;1981", "703;x;1990", "705;y;1969"],
    ["S1;701;05.03.2026;held;first", "S2;702;13.03.2026;held;", "S4;705;02.04.2026;held;"],
)


def test_two_months_by_keyboard_alone(clinic, url, tab_of, tmp_path):
    page = tab_of(ADA)
    page.goto(f"{url}/import_data")
    choose_files(page, "Upload", write_month(tmp_path / "march", *FIRST_MONTH))

    pick(page, "kartei.csv is", "patients")
    pick(page, "patient_id * (kartei.csv)", "Nr")
    pick(page, "sex * (kartei.csv)", "Merkmal")
    pick(page, "Merkmal: x (3)", "female")
    pick(page, "Merkmal: y (1)", "male")
    unfold(page, "Further columns of patients")
    pick(page, "birth_year (kartei.csv)", "Jahr")
    # Days that could be months as well: a person says which.
    pick(page, "Dates in visits.csv", "day first, 31/01/2024")
    press(page, "Try")
    expect(page.get_by_text("5 rows new, 0 changed, 2 refused.")).to_be_visible(timeout=PATIENCE)
    settled(page)
    assert counts(page) == [
        ["patients.csv (kartei.csv)", "4", "3", "0", "0", "1", "0", "0", "0"],
        ["sessions.csv (visits.csv)", "3", "2", "0", "0", "1", "0", "0", "0"],
    ]
    assert stored(clinic)["patients"] == 0
    with page.expect_download(timeout=PATIENCE) as download:
        press(page, "Download the refused rows")
    refused = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert [one.split(",")[:4] for one in refused[1:]] == [
        ["kartei.csv", "5", "Jahr", "1790"],
        ["visits.csv", "4", "patient_id", "704"],
    ]
    assert faults(page) == FAULTLESS
    press(page, "Import")
    expect(page.get_by_text("Imported").first).to_be_visible(timeout=PATIENCE)
    settled(page)
    assert (stored(clinic)["patients"], stored(clinic)["sessions"]) == (3, 2)

    # The next month, in a new window: what was chosen by hand is filled in.
    page.goto(f"{url}/import_data")
    choose_files(page, "Upload", write_month(tmp_path / "april", *NEXT_MONTH))
    press(page, "Try")
    expect(page.get_by_text("2 rows new, 2 changed, 0 refused.")).to_be_visible(timeout=PATIENCE)
    settled(page)
    assert counts(page) == [
        ["patients.csv (kartei.csv)", "3", "1", "1", "1", "0", "0", "0", "1"],
        ["sessions.csv (visits.csv)", "3", "1", "1", "1", "0", "0", "0", "0"],
    ]
    with page.expect_download(timeout=PATIENCE) as download:
        press(page, "Download what changes, old and new")
    assert Path(download.value.path()).read_text(encoding="utf-8").splitlines() == [
        "file,row,column,old,new",
        "patients.csv,701,birth_year,1980,1981",
        "sessions.csv,S2,held_at,2026-03-06,2026-03-13",
    ]
    press(page, "Import")
    expect(page.get_by_text("Imported").first).to_be_visible(timeout=PATIENCE)
    settled(page)
    assert faults(page) == FAULTLESS

    unfold(page, "Take back the latest import")
    press(page, "Look what would be removed")
    press(page, "Take it back")
    expect(page.get_by_text("The import was taken back").first).to_be_visible(timeout=PATIENCE)
    with reading(clinic) as db:
        people = db.execute("SELECT patient_id, sex, birth_year FROM patients ORDER BY 1")
        assert people.fetchall() == [
            ("701", "female", 1980),
            ("702", "male", 1975),
            ("703", "female", 1990),
        ]
        visits = db.execute("SELECT session_id, held_at FROM sessions ORDER BY 1")
        assert visits.fetchall() == [("S1", "2026-03-05"), ("S2", "2026-03-06")]


LARGE = 60_000


def test_an_import_cancelled_by_a_key_writes_nothing(clinic, url, tab_of, tmp_path):
    large = tmp_path / "patients.csv"
    rows = "".join(f"P{number},female,{1950 + number % 50}\n" for number in range(LARGE))
    large.write_text(f"patient_id,sex,birth_year\n{rows}", encoding="utf-8")
    page = tab_of(ADA)
    page.goto(f"{url}/import_data")
    choose_files(page, "Upload", [large])
    press(page, "Try")
    expect(page.get_by_text("60000 rows new, 0 changed, 0 refused.")).to_be_visible(
        timeout=PATIENCE * 2
    )
    settled(page)
    before = stored(clinic)

    press(page, "Import")
    press(page, "Cancel")

    expect(page.get_by_text("Nothing was written; the clinic is as it was.")).to_be_visible(
        timeout=PATIENCE
    )
    settled(page)
    assert stored(clinic) == before
    assert not [one.name for one in clinic.parent.iterdir() if "-journal" in one.name]
    assert faults(page) == FAULTLESS
    # The same files can be taken after all.
    press(page, "Import")
    expect(page.get_by_text("Imported").first).to_be_visible(timeout=PATIENCE * 2)
    assert stored(clinic)["patients"] == LARGE


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
