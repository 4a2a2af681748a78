"""The limits of the house: how much a folder and a file hold, and that a name has one meaning."""

from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IN_A_FOLDER = 12
LINES = 450
TOO_FULL: dict[str, int] = {}
"""Folders over the limit, and how full they may be. The aim is none; never add one."""
TOO_LONG: dict[str, int] = {}
"""Modules over the limit, and how long they may be. The aim is none; never add one."""
SINGLE_IMPORTERS = 10
"""How many modules may have one importer, in their own folder. The aim is ten; never raise it."""
REPEATED_CLASSES = 0
"""How many class names may have two meanings."""


@pytest.fixture(scope="module")
def reader():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "tools"))
        import house

        return house


@pytest.fixture(scope="module")
def house(reader):
    return reader.read_house(ROOT)


def test_a_folder_holds_at_most_a_dozen_modules(house):
    sizes = house.folder_sizes()

    assert {f: n for f, n in sizes.items() if n > TOO_FULL.get(f, IN_A_FOLDER)} == {}


def test_a_file_is_read_in_one_go(house):
    lengths = house.lengths()

    assert {name: n for name, n in lengths.items() if n > TOO_LONG.get(name, LINES)} == {}


def test_the_browsers_scripts_and_the_tools_are_within_the_limits_too():
    scripts = [p for p in (ROOT / "src").rglob("*.js") if "atlas" not in p.parent.name]
    tools = list((ROOT / "tools").rglob("*.py"))
    sizes = Counter(p.parent.relative_to(ROOT).as_posix() for p in (*scripts, *tools))

    assert len(scripts) > 8
    assert {f: n for f, n in sizes.items() if n > IN_A_FOLDER} == {}
    assert [
        p.name for p in (*scripts, *tools) if len(p.read_text("utf-8").splitlines()) > LINES
    ] == []


def test_what_is_understood_only_together_stands_together(house):
    assert len(house.single_importers()) <= SINGLE_IMPORTERS, house.single_importers()


def test_a_class_name_has_one_meaning(house):
    assert len(house.repeated_classes()) <= REPEATED_CLASSES, house.repeated_classes()


def test_negative_control_each_figure_is_seen(reader, tmp_path):
    room = tmp_path / "src" / "mesodash" / "room"
    room.mkdir(parents=True)
    for n in range(IN_A_FOLDER + 1):
        (room / f"m{n:02}.py").write_text("", "utf-8")
    (room / "m00.py").write_text(
        "from mesodash.room import m01\n\n\nclass Twice:\n    pass\n", "utf-8"
    )
    (room / "m01.py").write_text("class Twice:\n    pass\n" + "\n" * LINES, "utf-8")
    (tmp_path / "app.py").write_text("", "utf-8")

    found = reader.read_house(tmp_path)

    assert found.folder_sizes() == {"mesodash.room": IN_A_FOLDER + 1}
    assert found.single_importers() == [("mesodash.room.m01", "mesodash.room.m00")]
    assert found.repeated_classes() == {"Twice": ["mesodash.room.m00", "mesodash.room.m01"]}
    assert found.lengths()["mesodash.room.m01"] > LINES
