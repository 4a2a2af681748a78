"""How many pictures a second the Turn view draws: python benchmarks/turn.py ADDRESS [WIDTH HEIGHT].

ADDRESS is a page with the figure, such as http://127.0.0.1:8501/?case=values of
tests/browser/apps/figure_server.py. The arrow key turns the figure once a picture; without a
graphics card Chromium draws by the processor (SwiftShader), which is told.
"""

import os
import shutil
import sys

from playwright.sync_api import expect, sync_playwright

SECONDS = 5
FLAGS = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
COUNT = """(seconds) => new Promise((done) => {
  const pad = document.querySelector('.mb-pad');
  const gl = document.querySelector('.mb-canvas').getContext('webgl2');
  const one = new Uint8Array(4);
  const began = performance.now();
  let pictures = 0;
  const step = () => {
    // Reading a pixel waits until the picture before is drawn, not only asked for.
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, one);
    const passed = performance.now() - began;
    if (passed > seconds * 1000) return done(pictures / (passed / 1000));
    pictures += 1;
    pad.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


def main() -> None:
    """Open the view and count."""
    address, *size = sys.argv[1:]
    width, height = map(int, size or (1440, 900))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(FLAGS)
        )
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(address)
        turn = page.locator(".mb-bar").get_by_role("button", name="Turn", exact=True)
        turn.click(timeout=120_000)
        canvas = page.locator(".mb-canvas[data-points]")
        expect(canvas).to_be_attached(timeout=120_000)
        rate = page.evaluate(COUNT, SECONDS)
        box = canvas.bounding_box() or {"width": 0, "height": 0}
        load = os.getloadavg()[0]
        print(
            f"{rate:.1f} pictures a second at {box['width']:.0f} x {box['height']:.0f}, by the"
            f" processor; {os.cpu_count()} cores, load {load:.0f}"
        )
        browser.close()


if __name__ == "__main__":
    main()
