"""The consultation's panel at a large clinic: its queries in the record, and from click to panel.

    python benchmarks/panel.py [SESSIONS] [--clicks 20] [--keep FOLDER]

Makes a clinic of so many sessions (one million unless said otherwise), then prints how long each of
the panel's record queries takes, first and median, and how long a click on the figure takes until
the panel shows the area, beside an empty app on the same server in the same browser, click by click
in turn.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Page, sync_playwright
from tests.browser.conftest import launch, start_server

from mesodash.catalogue.load import load_catalogue
from mesodash.consult.adoption import current
from mesodash.lake.engines import warm as warm_engine
from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.screenings import Answer, latest_screening, record_screening
from mesodash.records.patients.id_search import find_patient, recent_patients
from mesodash.records.patients.last_treated import last_treated
from mesodash.records.patients.overview import patient_overview
from mesodash.records.patients.patients import read_patient
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import writing
from mesodash.records.transfer.bulk_load import log_everything
from mesodash.records.treatment.history import Site, area_history
from mesodash.reports.core.reader import Reader
from mesodash.settings import PROJECT, load_settings

LIMIT_MS = 20.0
SESSIONS_A_PATIENT = 8
RUNS = 30
PANEL = ("h2.md-title", ".md-protocol")
TODAY = date.today()  # noqa: DTZ011 - a clinic's own calendar
# (area, side, protocol, indication), so that every area has patients with courses of its own.
PLACES = (
    ("abdomen.lower", "midline", "striae_ha_aa", "striae"),
    ("leg.thigh.lateral", "both", "cellulite_mix", "cellulite"),
    ("face.cheek", "both", "face_ncha", "rejuv_face"),
    ("scalp.vertex", "midline", "hair_duta", "hair_aga_m"),
)
_PATIENTS = """WITH RECURSIVE p (n) AS
    (SELECT 1 UNION ALL SELECT n + 1 FROM p WHERE n < :patients) """
FILL = (
    "INSERT INTO practitioners (id, practitioner_id, name) VALUES (1, 'D1', 'Practitioner 1')",
    _PATIENTS
    + """INSERT INTO patients (id, patient_id, sex, birth_year, phototype)
    SELECT n, printf('P-%07d', n), iif(n % 2, 'male', 'female'), 1960 + n % 45, 'II' FROM p""",
    """INSERT INTO courses (id, course_id, patient, indication, protocol, planned_sessions,
        interval_days, started_on, state)
    SELECT p.id, printf('C-%07d', p.id), p.id, what, protocol, :each, 7,
        date(:today, printf('-%d days', 60 + p.id * 7919 % 3000)), 'completed'
    FROM patients AS p JOIN place ON place.n = p.id % 4""",
    """WITH RECURSIVE i (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < :each - 1)
    INSERT INTO sessions (id, session_id, patient, course, practitioner, protocol, held_at, state)
    SELECT (c.id - 1) * :each + i.n + 1, printf('S-%08d', (c.id - 1) * :each + i.n + 1), c.patient,
        c.id, 1, c.protocol,
        date(c.started_on, printf('+%d days', 7 * i.n)) || printf('T%02d:00', 9 + c.id % 8), 'held'
    FROM courses AS c JOIN i""",
    """INSERT INTO treated_areas (session, patient, held_at, area, side, points, volume_ul)
    SELECT s.id, s.patient, s.held_at, area, side, 20, 1000
    FROM sessions AS s JOIN place ON place.n = s.patient % 4""",
    """INSERT INTO products_used (session, product, lot, volume_ul)
    SELECT id, 'mixture', printf('L%d', id % 400), 1000 FROM sessions""",
    """INSERT INTO side_effects (id, side_effect_id, session, effect, onset_at, resolved_at,
        severity)
    SELECT id, printf('E-%08d', id), id, iif(id % 3, 'bruise', 'swelling'), substr(held_at, 1, 10),
        date(held_at, printf('+%d days', 1 + id % 6)), 1
    FROM sessions WHERE id % 2""",
    """INSERT INTO outcomes (patient, course, scale, value, measured_on, timing)
    SELECT patient, id, 'satisfaction', 3 + id % 3, started_on, 'baseline' FROM courses""",
    """INSERT INTO outcomes (patient, course, scale, value, measured_on, timing)
    SELECT patient, id, 'satisfaction', 4 + id % 3, date(started_on, '+56 days'), 'follow_up'
    FROM courses""",
)
EMPTY = """
import streamlit as st

component = st.cache_resource(lambda: st.components.v2.component(
    "empty",
    html="<button id='empty'>choose</button>",
    # The line break tells Streamlit that this is a script, not the name of a file.
    js="export default ({ parentElement, setStateValue }) => {\\n"
    " parentElement.querySelector('button').onclick = () =>"
    " setStateValue('n', (window.n = (window.n ?? 0) + 1)); }",
    isolate_styles=False,
))()
n = component(key="empty", on_n_change=lambda: None).n
st.html(f"<h2 class='md-title'>said {n}</h2>")
"""
# From the click to the moment the page has said something new in each of the places named.
CLICK = """([selector, ...places]) => new Promise((done, failed) => {
  const words = (place) => [...document.querySelectorAll(place)].map((o) => o.textContent).join();
  const before = places.map(words);
  const times = places.map(() => null);
  const started = performance.now();
  const look = () => {
    places.forEach((place, i) => {
      const now = words(place);
      if (times[i] === null && now !== before[i] && now !== '') {
        times[i] = performance.now() - started;
      }
    });
    if (times.includes(null)) return;
    watch.disconnect();
    done(times);
  };
  const watch = new MutationObserver(look);
  watch.observe(document.body, { subtree: true, childList: true, characterData: true });
  setTimeout(() => { watch.disconnect(); failed('nothing new in two minutes'); }, 120000);
  document.querySelector(selector).dispatchEvent(
    new MouseEvent('click', { bubbles: true, detail: 0 }));
})"""


def clinic(path: Path, sessions: int) -> None:
    """Fill a new clinic: patients of eight weekly sessions in one course, in four areas.

    Set by set inside SQLite, so that a million sessions take a minute or two.
    """
    create_clinic(path, clinic_id="large", name="Large clinic", kind="demo", actor=DEMO)
    with writing(path, DEMO) as change:
        change.db.execute("PRAGMA cache_size = -262144")
        change.db.execute(
            "CREATE TEMP TABLE place (n INTEGER, area TEXT, side TEXT, protocol TEXT, what TEXT)"
        )
        change.db.conn.executemany(
            "INSERT INTO place VALUES (?, ?, ?, ?, ?)",
            [(n, *place) for n, place in enumerate(PLACES)],
        )
        values = {
            "patients": sessions // SESSIONS_A_PATIENT,
            "each": SESSIONS_A_PATIENT,
            "today": TODAY.isoformat(),
        }
        for statement in FILL:
            change.db.execute(statement, values)
        log_everything(change, "import")
    record_screening(path, "P-0000001", {"pregnancy": Answer("no")}, DEMO, TODAY)


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def processor_milliseconds(work: Callable[[], object]) -> float:
    """What one call takes of the processor: the same on a busy machine as on a quiet one."""
    start = time.thread_time()
    work()
    return 1000 * (time.thread_time() - start)


def measure_queries(db: Path) -> float:
    """Print each of the panel's queries; return the slowest median, in milliseconds."""
    sites = [Site("leg.thigh.lateral", "left"), Site("leg.thigh.lateral", "right")]
    patient = "P-0000001"
    asked: dict[str, Callable[[], object]] = {
        "patients seen lately": lambda: recent_patients(db, DEMO),
        "a patient by the id": lambda: find_patient(db, "P-0031415", DEMO),
        "patients whose id begins so": lambda: find_patient(db, "P-00314", DEMO),
        "one patient": lambda: read_patient(db, patient, DEMO),
        "latest screening": lambda: latest_screening(db, patient, DEMO),
        "last treated (rest map)": lambda: last_treated(db, patient, DEMO),
        "planned, under way, outcomes": lambda: patient_overview(db, patient, sites, DEMO),
        "history, one patient": lambda: area_history(db, sites, DEMO, patient_id=patient, limit=41),
        "history, the clinic": lambda: area_history(db, sites, DEMO, limit=41),
        "adopted versions": lambda: current(db),
    }
    slowest = 0.0
    print(f"{'query in the record, ms':32} {'first':>8} {'median':>8} {'processor':>10}")
    for name, ask in asked.items():
        first = milliseconds(ask)
        median = statistics.median(milliseconds(ask) for _ in range(RUNS))
        busy = statistics.median(processor_milliseconds(ask) for _ in range(RUNS))
        slowest = max(slowest, median)
        late = "" if median < LIMIT_MS else "  too slow"
        print(f"{name:32} {first:8.1f} {median:8.1f} {busy:10.1f}{late}")
    return slowest


def open_pages(page: Page, url: str, empty: Page, empty_url: str) -> None:
    """Bring both apps to where a click is answered by a run of the script alone."""
    page.goto(url)
    page.wait_for_selector("h2.md-title", timeout=120_000)
    page.wait_for_selector('[data-view="front"] [data-area="abdomen.lower"]', timeout=120_000)
    empty.goto(empty_url)
    empty.wait_for_selector("#empty")
    page.wait_for_timeout(3000)


def measure_clicks(db: Path, clicks: int) -> None:
    """Print click-to-panel beside an empty app, and their ratio."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY, "utf-8")
        environment = {"MESODASH_DB": str(db), "MESODASH_AHEAD": "yes"}
        server, url = start_server(PROJECT / "app.py", Path(folder) / "app.log", environment)
        other, empty_url = start_server(script, Path(folder) / "empty.log")
        browser = launch(playwright, Path(folder) / "profile").browser
        try:
            page, empty = (
                browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
                for _ in range(2)
            )
            open_pages(page, url, empty, empty_url)
            first = [page.evaluate(CLICK, [place, *PANEL]) for place in _places()]
            heading, cards = (max(took) for took in zip(*first, strict=True))
            print(
                f"first look at an area, its reports not remembered: heading {heading:.0f} ms,"
                f" cards without the clinic's own numbers {cards:.0f} ms, at most"
            )
            _wait_until_idle(server.pid)
            _click_in_turn(page, empty, clicks)
        finally:
            browser.close()
            for process in (server, other):
                process.terminate()
                process.wait(timeout=30)


def _places() -> list[str]:
    """Areas that are chosen one after the other; none twice running, which would leave it."""
    areas = ("abdomen.lower", "leg.thigh.anterior", "hip")
    return [f'[data-view="front"] [data-area="{area}"]' for area in areas]


def _wait_until_idle(pid: int) -> None:
    """Wait, five minutes at most, until the server has done what it does ahead of being asked."""
    for _ in range(100):
        before = _processor_seconds(pid)
        time.sleep(3)
        if _processor_seconds(pid) - before < 0.15:
            return


def _processor_seconds(pid: int) -> float:
    """What a process has used of the processor so far; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/stat")
    if not status.exists():
        return 0.0
    fields = status.read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _click_in_turn(page: Page, empty: Page, clicks: int) -> None:
    """Click the figure and the empty app in turn; print the medians and their ratio."""
    places = _places()
    heading, cards, nothing = [], [], []
    for number in range(clicks):
        took = page.evaluate(CLICK, [places[number % len(places)], *PANEL])
        heading.append(took[0])
        cards.append(took[1])
        page.wait_for_timeout(800)
        nothing += empty.evaluate(CLICK, ["#empty", "h2.md-title"])
        empty.wait_for_timeout(300)
    base = statistics.median(nothing)
    for words, times in (
        ("click to the panel's heading", heading),
        ("click to its cards", cards),
        ("click to an answer, empty app", nothing),
    ):
        median, late = statistics.median(times), sorted(times)[int(0.95 * len(times))]
        print(
            f"{words:32} median {median:6.0f} ms, {min(times):.0f} to {late:.0f} (95 %),"
            f" {median / base:.2f} of the empty app, n {len(times)}"
        )


def main() -> None:
    """Make a clinic of the asked size and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sessions", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--clicks", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="keep the clinic in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        db = folder / "large.db"
        if not db.exists():
            took = milliseconds(lambda: clinic(db, options.sessions))
            print(f"a clinic of {options.sessions:,} sessions made in {took / 1000:.0f} s")
        measure_queries(db)
        warm_engine().join()
        took = milliseconds(Reader(db, load_catalogue(load_settings().catalogue)).outcomes)
        print(f"first report, publishing the lake: {took / 1000:.1f} s")
        measure_clicks(db, options.clicks)


if __name__ == "__main__":
    main()
