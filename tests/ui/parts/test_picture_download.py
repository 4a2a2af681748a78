"""Saving the coloured body: figure, views and kind are chosen; it draws only when clicked."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest
from tests.sentences import numbers_in

from mesodash.bodymap.choice import AreaSide
from mesodash.ui.parts import picture_download
from mesodash.ui.parts.picture_download import coloured, offer_picture

SCRIPT = """
from mesodash.bodymap.choice import AreaSide
from mesodash.ui.parts.picture_download import offer_picture

site = AreaSide("hip", "left")
offer_picture({site: 4}, {site: "Hip, left"}, "Sessions", figure="male", note="All of 2026")
"""
SITE = AreaSide("hip", "left")


def test_two_buttons_and_nothing_drawn_before_the_click(monkeypatch):
    monkeypatch.setattr(Path, "read_bytes", _refused)
    app = AppTest.from_string(SCRIPT, default_timeout=120).run()

    assert not app.exception
    assert [button.label for button in app.get("download_button")] == [
        "Picture (PNG)",
        "Drawing (SVG)",
    ]
    assert [group.value for group in app.get("button_group")] == ["male", "both"]


@pytest.fixture
def given(monkeypatch):
    """What the buttons were given, by kind; the choices answer with `chosen`."""
    buttons, chosen = {}, {}
    monkeypatch.setattr(
        picture_download.st,
        "download_button",
        lambda _label, data, **how: buttons.update({how["mime"]: {**how, "data": data}}),
    )
    monkeypatch.setattr(
        picture_download.st,
        "segmented_control",
        lambda label, _options, **how: chosen.get(label, how["default"]),
    )
    return buttons, chosen


def test_what_the_click_gives(given):
    buttons, _ = given
    offer_picture({SITE: 4}, {SITE: "Hip, left"}, "Sessions", note="All of 2026")
    drawing, picture = buttons["image/svg+xml"], buttons["image/png"]

    assert drawing["file_name"] == "body-map-female.svg"
    assert picture["file_name"] == "body-map-female.png"
    assert drawing["on_click"] == picture["on_click"] == "ignore"
    text = drawing["data"]()
    assert "<title>Hip, left: 4</title>" in text
    assert re.search(r"1 of 1 areas · All of 2026", text)
    assert text.count("data-view=") == 2
    with Image.open(io.BytesIO(picture["data"]())) as opened:
        assert opened.format == "PNG"
        assert f'width="{opened.width // 2}"' in text


def test_another_figure_and_all_views(given):
    buttons, chosen = given
    chosen.update({"Figure": "male", "Views": "all"})
    offer_picture({SITE: 4}, {SITE: "Hip, left"}, "Sessions")
    drawing = buttons["image/svg+xml"]

    assert drawing["file_name"] == "body-map-male.svg"
    text = drawing["data"]()
    assert "body map, male figure" in text
    assert text.count("data-view=") == 9


def test_counting_the_coloured_areas():
    labels = {SITE: "Hip, left", AreaSide("hip", "right"): "Hip, right"}
    values = {SITE: 0, AreaSide("hip", "right"): float("nan"), AreaSide("face.chin", "midline"): 3}
    assert numbers_in(coloured(values, labels)) == [1, 2]


def _refused(path):
    raise AssertionError(f"{path} was read before the click")
