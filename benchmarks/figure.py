"""How long a choice on the body figure takes to Python and back, what it moves, how it hovers.

The figure is measured against a Streamlit component that does nothing but send a number, click
by click in turn, in the same browser and server: the ratio of the medians is the figure's price.

    python benchmarks/figure.py [--clicks 30]
"""

import argparse
import gzip
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Response, WebSocket, sync_playwright
from tests.browser.conftest import launch, start_server

SCRIPT = """
import json
from pathlib import Path

import streamlit as st

import mesodash.bodymap
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.component import body_figure
from tests.browser.apps.small_atlas import labels

path = Path(mesodash.bodymap.__file__).parent / "frontend" / "atlas" / "atlas.json"
st.set_page_config(layout="wide")
if st.query_params.get("which") == "figure":
    names = st.cache_data(lambda: labels(json.loads(path.read_text("utf-8"))))()
    chosen = st.session_state.get("chosen", ())
    st.session_state.chosen = body_figure(key="body", labels=names, chosen=chosen).chosen
    said = " ".join(map(str, st.session_state.chosen))
else:
    empty = st.cache_resource(lambda: st.components.v2.component(
        "empty",
        html="<button id='empty'>choose</button>",
        # The line break tells Streamlit that this is a script, not the name of a file.
        js="export default ({ parentElement, setStateValue }) => {\\n"
        " parentElement.querySelector('button').onclick = () =>"
        " setStateValue('n', (window.n = (window.n ?? 0) + 1)); }",
        isolate_styles=False,
    ))()
    said = str(empty(key="empty", on_n_change=lambda: None).n)
st.text("said " + said)
"""
# From the click to the moment the page shows Python's own words about it.
CLICK = """selector => new Promise((done) => {
  const said = () => [...document.querySelectorAll('[data-testid="stText"]')].at(-1)?.textContent;
  const before = said();
  const started = performance.now();
  const watch = new MutationObserver(() => {
    if (said() === before) return;
    watch.disconnect();
    done(performance.now() - started);
  });
  watch.observe(document.body, { subtree: true, childList: true, characterData: true });
  const click = new MouseEvent('click', { bubbles: true, detail: 0 });
  document.querySelector(selector).dispatchEvent(click);
})"""
PLACES = {
    "figure": '[data-view="front"] [data-area="abdomen.lower"]',
    "empty": "#empty",
}


# The pointer goes over every area, one a frame; answers the time between frames in ms.
HOVER = """() => new Promise((done) => {
  const areas = [...document.querySelectorAll('.mb-svg .mb-area')];
  const gaps = [];
  let index = -1;
  let last = null;
  const frame = (now) => {
    if (last !== null) gaps.push(now - last);
    last = now;
    index += 1;
    if (index >= areas.length * 3) return done(gaps);
    const area = areas[index % areas.length];
    const [x, y] = area.dataset.anchor.split(' ').map(Number);
    const at = new DOMPoint(x, y).matrixTransform(area.ownerSVGElement.getScreenCTM());
    area.dispatchEvent(new PointerEvent('pointermove',
      { bubbles: true, pointerType: 'mouse', clientX: at.x, clientY: at.y }));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""


class Wire:
    """Counts the bytes of one page: files by name, and what went over the websocket."""

    def __init__(self, page: Page) -> None:
        self.files: dict[str, tuple[int, int]] = {}
        self.wire: dict[str, int] = {}
        self.encodings: dict[str, str] = {}
        self.received = self.sent = 0
        self._names: dict[str, str] = {}
        page.on("response", self._response)
        watching = page.context.new_cdp_session(page)
        watching.send("Network.enable")
        watching.on("Network.responseReceived", self._started)
        watching.on("Network.loadingFinished", self._finished)
        page.on("websocket", self._websocket)

    def _response(self, response: Response) -> None:
        name = response.url.partition("/mesodash.body/")[2].partition("?")[0]
        if name:
            body = response.body()
            self.files[name] = (len(body), len(gzip.compress(body)))

    def _started(self, event: dict) -> None:
        answer = event["response"]
        name = answer["url"].partition("/mesodash.body/")[2].partition("?")[0]
        if name:
            self._names[event["requestId"]] = name
            headers = {key.lower(): value for key, value in answer["headers"].items()}
            self.encodings[name] = headers.get("content-encoding", "not compressed")

    def _finished(self, event: dict) -> None:
        name = self._names.get(event["requestId"])
        if name:
            self.wire[name] = int(event["encodedDataLength"])

    def _websocket(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count_received)
        socket.on("framesent", self._count_sent)

    def _count_received(self, payload: str | bytes) -> None:
        self.received += len(payload)

    def _count_sent(self, payload: str | bytes) -> None:
        self.sent += len(payload)


@contextmanager
def pages() -> Iterator[dict[str, tuple[Page, Wire]]]:
    """Open the figure's page and the empty component's page on one server, in one browser."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(folder) / "page.py"
        script.write_text(SCRIPT, "utf-8")
        process, url = start_server(script, Path(folder) / "log")
        browser = launch(playwright, Path(folder) / "profile").browser
        opened = {}
        try:
            for which, place in PLACES.items():
                page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
                wire = Wire(page)
                page.goto(f"{url}/?which={which}")
                page.wait_for_selector(place)
                page.wait_for_timeout(1500)
                opened[which] = (page, wire)
            yield opened
        finally:
            browser.close()
            process.terminate()
            process.wait(timeout=20)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=30)
    clicks = parser.parse_args().clicks
    with pages() as opened:
        files = opened["figure"][1].files
        times: dict[str, list[float]] = {which: [] for which in PLACES}
        bytes_moved = {}
        for which, (page, wire) in opened.items():
            received, sent = wire.received, wire.sent
            page.evaluate(CLICK, PLACES[which])
            page.wait_for_timeout(500)
            bytes_moved[which] = (wire.sent - sent, wire.received - received)
        for _ in range(clicks):
            for which, (page, _wire) in opened.items():
                times[which].append(page.evaluate(CLICK, PLACES[which]))
                page.wait_for_timeout(60)
        figure, wire = opened["figure"]
        figure.bring_to_front()
        gaps = figure.evaluate(HOVER)
    medians = {which: statistics.median(took) for which, took in times.items()}
    for which, took in times.items():
        low, high = min(took), sorted(took)[int(len(took) * 0.95)]
        print(
            f"{which}: median {medians[which]:.0f} ms, {low:.0f} to {high:.0f} (95 %), n {clicks}"
        )
    print(f"ratio of the medians: {medians['figure'] / medians['empty']:.2f}")
    plain, packed = (sum(size[i] for size in files.values()) for i in (0, 1))
    print(f"first load: {len(files)} files, {plain:,} bytes ({packed:,} if packed with gzip)")
    for name, (size, _) in sorted(files.items(), key=lambda item: -item[1][0])[:6]:
        print(f"  {name}: {size:,}")
    print(f"over the wire, headers included: {sum(wire.wire.values()):,} bytes")
    name = "atlas/atlas.json"
    print(f"  {name}: {wire.wire[name]:,} bytes, {wire.encodings[name]}")
    print(
        f"hovering over all areas: {1000 / statistics.median(gaps):.0f} frames a second by the "
        f"median, {1000 * len(gaps) / sum(gaps):.0f} over all, n {len(gaps)}"
    )
    for which, (sent, received) in bytes_moved.items():
        print(f"one choice, {which}: {sent:,} bytes to Python, {received:,} back")


if __name__ == "__main__":
    main()
