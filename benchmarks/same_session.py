"""How many taps and seconds "the same session again" takes with the patient in the room.

    python benchmarks/same_session.py [--runs 3]

Starts the app on a clinic made for it, opens it as a tablet of 820 x 1180 with touch, and records a
planned session of a course whose last session is repeated: from Today to "Recorded". The script
waits before each tap as a person does: 1.35 s to decide and 1.1 s to point (keystroke-level model
of Card, Moran and Newell, doi 10.1145/358886.358895); and it swipes, for 1.1 s, where what is to be
tapped is out of sight. Prints taps, swipes and seconds, and which of these are the person's.
"""

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Locator, Page, expect, sync_playwright
from tests.browser.conftest import launch, start_server
from tests.consult_clinic import make_clinic

from mesodash.records.audit.actor import DEMO
from mesodash.records.stock.deliveries import NewStock, receive_stock

ROOT = Path(__file__).parents[1]
TABLET = {"width": 820, "height": 1180}
DECIDE, POINT = 1.35, 1.1
ASKED = ("Not pregnant", "No new medicine", "No new allergy", "No infection")


@dataclass
class Person:
    """Somebody who taps; counts what they do.

    Attributes:
        page: the tablet.
        waits: whether they take a person's time.
        taps, swipes: how many so far.
        seconds: of deciding, pointing and swiping so far.
    """

    page: Page
    waits: bool = True
    taps: int = 0
    swipes: int = 0
    seconds: float = 0.0

    def tap(self, what: Locator) -> None:
        """Find it, scroll to it if need be, tap it."""
        what.wait_for(state="visible")
        self._take(DECIDE)
        box, height = what.bounding_box(), TABLET["height"]
        if box is not None and not 0 <= box["y"] <= height - box["height"]:
            self.swipes += 1
            self._take(POINT)
            what.scroll_into_view_if_needed()
        self._take(POINT)
        what.tap()
        self.taps += 1

    def _take(self, seconds: float) -> None:
        self.seconds += seconds
        if self.waits:
            self.page.wait_for_timeout(seconds * 1000)


def record_again(person: Person, patient: str, lot: str, *, asked: tuple[str, ...] = ASKED) -> None:
    """From Today to the session recorded as the last one, with a lot read anew.

    Args:
        person: who does it; the page stands on Today.
        patient: whose planned session; it is the first of the day's list with this patient.
        lot: the batch on the package, one of those in stock.
        asked: what is asked again; a tap each.
    """
    page = person.page
    row = page.locator('[class*="st-key-today_session_"]').filter(has_text=patient)
    person.tap(row.get_by_role("link", name="Record", exact=True))
    person.tap(page.get_by_role("button", name="As last time"))
    lots = page.get_by_role("combobox", name="Lot, product 1", exact=True)
    expect(lots).to_be_visible()
    person.tap(lots)
    person.tap(page.get_by_role("option", name=lot, exact=True))
    for words in asked:
        answer = page.get_by_role("button", name=words, exact=True)
        person.tap(answer)
        expect(answer).to_have_attribute("aria-pressed", "true")
    finish = page.get_by_role("button", name="Finish session")
    expect(finish).to_be_enabled()
    person.tap(finish)
    expect(page.get_by_text("it stands in the history", exact=False).first).to_be_visible()


def main() -> None:
    """Measure, and print one line a run and the medians."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=3)
    runs = options.parse_args().runs
    told = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright, Path(folder) / "profile").browser
        for run in range(runs):
            rooms = Path(folder) / f"{run}.db"
            _make(rooms)
            env = {"MESODASH_DB": str(rooms), "MESODASH_TODAY": "2026-11-27"}
            server, url = start_server(ROOT / "app.py", Path(folder) / f"{run}.log", env)
            try:
                context = browser.new_context(viewport=TABLET, has_touch=True)
                page = context.new_page()
                expect.set_options(timeout=60_000)
                page.goto(f"{url}/today")
                page.get_by_role("link", name="Record", exact=True).first.wait_for()
                person, began = Person(page), time.monotonic()
                record_again(person, "HUGO", "LOT8", asked=ASKED[1:])
                whole = time.monotonic() - began
                told.append((person.taps, person.swipes, whole, person.seconds))
                print(
                    f"{person.taps} taps, {person.swipes} swipes, {whole:.1f} s"
                    f" ({person.seconds:.1f} s of the person)"
                )
                context.close()
            finally:
                server.terminate()
                server.wait(timeout=20)
        browser.close()
    taps, swipes, whole, own = (statistics.median(one) for one in zip(*told, strict=True))
    print(
        f"median: {taps:.0f} taps, {swipes:.0f} swipes, {whole:.1f} s ({own:.1f} s of the person)"
    )


def _make(rooms: Path) -> None:
    make_clinic(rooms)
    for lot in ("LOT8", "LOT9"):
        receive_stock(
            rooms,
            NewStock("Dutasteride 0.05 %", lot, "2030-01", 5, 2.0),
            DEMO,
            nonce=f"nonce-{lot}",
            received_on=date(2026, 11, 20),
        )


if __name__ == "__main__":
    main()
