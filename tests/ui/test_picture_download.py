"""The button that saves the coloured body: it stands there, and draws only when it is clicked."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from mesodash.ui import picture_download

SCRIPT = """
from mesodash.bodymap.choice import AreaSide
from mesodash.ui.picture_download import offer_picture

site = AreaSide("hip", "left")
offer_picture({site: 4}, {site: "Hip, left"}, "Sessions", note="All of 2026")
"""


def test_one_button_and_nothing_drawn_before_the_click(monkeypatch):
    monkeypatch.setattr(Path, "read_bytes", _refused)
    app = AppTest.from_string(SCRIPT).run()

    assert not app.exception
    assert [button.label for button in app.get("download_button")] == ["Save this figure (SVG)"]


def test_what_the_click_gives(monkeypatch):
    given = {}
    monkeypatch.setattr(
        picture_download.st,
        "download_button",
        lambda label, data, **how: given.update(how, label=label, data=data),
    )
    exec(compile(SCRIPT, "script", "exec"), {})  # noqa: S102 - our own text, above

    assert given["label"] == "Save this figure (SVG)"
    assert given["mime"] == "image/svg+xml"
    assert given["file_name"] == "body-map-female.svg"
    assert given["on_click"] == "ignore"
    text = given["data"]()
    assert "<title>Hip, left: 4</title>" in text
    assert "All of 2026" in text
    assert text.count('data-area="hip"') == len(
        [
            v
            for v in picture_download.access.atlas().views
            if v.figure == "female" and v.shape("hip", "left")
        ]
    )


def _refused(path):
    raise AssertionError(f"{path} was read before the click")
