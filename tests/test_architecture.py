"""House rules that a reader of the imports can hold: who may import whom, what lives where."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "mesodash"

# Each may import itself and what is above it.
ORDER = (
    "settings",
    "language",
    "permissions",
    "catalogue",
    "bodymap",
    "records",
    "lake",
    "reports",
    "figures",
    "exchange",
    "documents",
    "consult",
    "teaching",
    "access",
    "demo",
    "cli",
    "ui",
)

# A library and the only places that may import it.
HOMES = {
    "sqlite_utils": ("records",),
    "pysqlite3": ("records",),
    "sqlite3": (),
    "pyarrow": ("lake",),
    "duckdb": ("lake",),
    "ibis": ("lake", "reports"),
    "plotly": ("figures",),
    "streamlit": ("ui", "bodymap.figure.component"),
    "lifelines": (),
    "statsmodels": (),
}


def modules():
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).with_suffix("").as_posix().replace("/", ".")
        yield name.removesuffix(".__init__"), path


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(name):
    return name.split(".")[0]


def faults_of_order(name, imported):
    if layer(name) not in ORDER:
        return []
    mine = ORDER.index(layer(name))
    return [
        other
        for other in imported
        if other.startswith("mesodash.")
        and layer(other.removeprefix("mesodash.")) in ORDER
        and ORDER.index(layer(other.removeprefix("mesodash."))) > mine
    ]


def faults_of_home(name, imported):
    faults = []
    for other in imported:
        homes = HOMES.get(other.split(".")[0])
        if homes is not None and not any(
            name == home or name.startswith(f"{home}.") for home in homes
        ):
            faults.append(other)
    return faults


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=str)
def test_imports_run_one_way(name, path):
    assert faults_of_order(name, imports(path)) == []


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=str)
def test_libraries_stay_in_their_homes(name, path):
    assert faults_of_home(name, imports(path)) == []


def test_every_layer_is_known():
    top = {layer(name) for name, _ in modules()} - {"__init__", "__main__", "mesodash"}

    assert top - set(ORDER) == set()


def test_negative_control_the_checks_can_fail():
    assert faults_of_order("records.history", ["mesodash.ui.parts.markup"]) == [
        "mesodash.ui.parts.markup"
    ]
    assert faults_of_home("reports.volumes.volumes", ["streamlit"]) == ["streamlit"]
    assert faults_of_home("records.treatment.history", ["sqlite3"]) == ["sqlite3"]


def test_pages_stay_thin_and_in_sections():
    assert list((ROOT / "pages").glob("*.py")) == [], (
        "a page directly in pages/ arms the old router"
    )
    for page in (ROOT / "pages").rglob("*.py"):
        text = page.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 120, page
        names = {name.split(".")[0] for name in imports(page)}
        assert names & {"plotly", "ibis", "sqlite_utils", "pyarrow"} == set(), page
        assert "set_page_config" not in text, page


def test_only_settings_reads_the_environment():
    readers = [
        name
        for name, path in modules()
        if "os.environ" in path.read_text(encoding="utf-8") and name != "settings"
    ]

    assert readers == []


def test_no_unsafe_html():
    for folder in (SOURCE, ROOT / "pages"):
        for path in folder.rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "unsafe_allow_html" not in text, path
            assert "unsafe_allow_javascript" not in text, path


def test_no_module_hides_one_of_pythons_own_beside_the_frame():
    """Streamlit puts the folder of the script it runs first on the path: a `html.py` there wins."""
    beside = {path.stem for path in (SOURCE / "ui").rglob("*.py")} - {"__init__"}

    assert beside & set(sys.stdlib_module_names) == set()
