"""Every part of a page that runs by itself checks whether the sign-in is still valid."""

import ast
from pathlib import Path

from mesodash.language import use_language
from mesodash.ui.shell import context

ROOT = Path(__file__).parents[3]


def test_the_catalogue_speaks_the_readers_language():
    with use_language("fr"):
        french = context.catalogue()
        assert french.label("face.cheek", "left") == "Joue, à gauche"
        assert french is context.catalogue()
    assert context.catalogue().label("face.cheek", "left") == "Cheek, left"
    assert context.shipped_catalogue() is context.catalogue()


def test_codes_and_figures_and_what_is_found_by_its_words_stay_in_other_words():
    shipped = context.shipped_catalogue()
    words = {"label", "text", "term"}
    other = shipped.reworded(lambda *given: f"{given[3]}*" if given[2] in words else given[3])

    assert other.side_effects["bruise"].label == f"{shipped.side_effects['bruise'].label}*"
    assert other.side_effect_for_term(shipped.side_effects["bruise"].label) == "bruise"
    assert [len(other.grades_for(code)) for code in other.side_effects] == [
        len(shipped.grades_for(code)) for code in shipped.side_effects
    ]
    assert other.protocols["face_ncha"].schedules == (other.schedules["face_ncha_bas"],)
    assert other.protocols.keys() == shipped.protocols.keys()


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
            count.that("context.actor(" in source, name)
