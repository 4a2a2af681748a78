"""The picture of the packages is drawn from the imports, and is the committed one."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def drawing(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import architecture_picture

    return architecture_picture


@pytest.fixture
def small(tmp_path):
    """A checkout of three packages: top imports middle and bottom, middle imports bottom."""
    source = tmp_path / "src" / "mesodash"
    for name, text in {
        "bottom/__init__.py": '"""The bottom. It has more to say."""',
        "bottom/rooms/one.py": "",
        "bottom/rooms/two.py": "",
        "middle/__init__.py": "",
        "middle/work.py": "from mesodash.bottom.rooms import one",
        "top/__init__.py": "",
        "top/work.py": "import mesodash.middle.work\nimport mesodash.bottom.rooms.two",
    }.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "app.py").write_text("import mesodash.top.work", "utf-8")
    return tmp_path


def test_the_committed_picture_is_up_to_date(drawing):
    assert drawing.picture(ROOT) == drawing.PICTURE.read_text("utf-8"), (
        "run `python tools/architecture_picture.py`"
    )


def test_layers_rooms_and_arrows_of_a_small_house(drawing, small):
    found = drawing.packages(drawing.read_house(small))

    assert {name: one.level for name, one in found.items()} == {
        "bottom": 0, "middle": 1, "top": 2, "pages": 3,
    }  # fmt: skip
    assert found["bottom"].rooms == {"rooms": 2}
    assert (found["bottom"].files, found["bottom"].what) == (2, "The bottom.")
    # That the top imports the bottom follows from its importing the middle.
    assert sorted(drawing.arrows(found)) == [
        ("middle", "bottom"),
        ("pages", "top"),
        ("top", "middle"),
    ]


def test_no_box_overlaps_another_and_none_stands_outside(drawing):
    boxes, height = drawing.placed(drawing.packages(drawing.read_house(ROOT)))
    placed = list(boxes.values())
    for n, one in enumerate(placed):
        assert one.x >= 0
        assert one.x + one.width <= drawing.WIDTH
        assert one.y + one.height <= height
        for other in placed[n + 1 :]:
            apart = (
                one.x + one.width <= other.x
                or other.x + other.width <= one.x
                or one.y + one.height <= other.y
                or other.y + other.height <= one.y
            )
            assert apart, (one.package.name, other.package.name)
