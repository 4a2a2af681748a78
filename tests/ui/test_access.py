"""Every part of a page that runs by itself asks whether the sign-in still stands."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def fragments():
    """The functions that Streamlit runs by themselves, by file and name."""
    for folder in (ROOT / "pages", ROOT / "src" / "mesodash" / "ui"):
        for file in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef) and any(
                    ast.unparse(one).startswith(("st.fragment", "st.dialog"))
                    for one in node.decorator_list
                ):
                    yield f"{file.stem}.{node.name}", ast.unparse(node)


def test_every_fragment_asks_who_it_is_for(checks):
    with checks("fragments", planned=4, at_least=True) as count:
        for name, source in fragments():
            count.that("access.actor(" in source, name)
