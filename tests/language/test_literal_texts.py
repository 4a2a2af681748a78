"""Every text a person reads goes through gettext; where it does not yet, the number only falls."""

import json
from collections import Counter
from pathlib import Path

import pytest
from tests.language.literal_texts import (
    hidden_names,
    literal_texts,
    typst_literals,
    unseen_texts,
)

ROOT = Path(__file__).parents[2]
LEFT = Path(__file__).with_name("literal_texts.json")
STANDARDS = {"src/mesodash/exchange/fhir/codes.py", "src/mesodash/exchange/fhir/shapes.py"}
"""Words of SNOMED CT and FHIR, which their files carry as the standard has them."""


def modules():
    """Package and path of every module."""
    for path in sorted((ROOT / "src" / "mesodash").rglob("*.py")):
        yield path.relative_to(ROOT / "src" / "mesodash").with_suffix("").parts[0], path
    for path in sorted((ROOT / "pages").rglob("*.py")):
        yield "pages", path


def places():
    return [
        (package, f"{path.relative_to(ROOT)}:{line}", text)
        for package, path in modules()
        if path.relative_to(ROOT).as_posix() not in STANDARDS
        for line, text in literal_texts(path, package)
    ]


def test_no_package_has_more_untranslated_texts_than_before():
    """The numbers in literal_texts.json may only be lowered; a package that is not there has 0."""
    left = json.loads(LEFT.read_text(encoding="utf-8"))
    found = places()
    counts = Counter(package for package, _place, _text in found)
    more = [
        f"{place}: {text[:70]!r}"
        for package, place, text in found
        if counts[package] > left.get(package, 0)
    ]

    assert more == [], "wrap them in _(), see docs/languages.md"


def test_no_document_has_words_of_its_own():
    templates = sorted((ROOT / "src" / "mesodash").rglob("*.typ"))
    found = {path.name: typst_literals(path.read_text(encoding="utf-8")) for path in templates}

    assert len(templates) >= 5
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    "template",
    [
        "== Sessions by month",
        "#note[Held sessions, every one.]",
        '#text(9pt, "not reached yet")',
        "No session was held in #data.month.",
        '#if late [none recorded so far; see #t("Signals")]',
    ],
)
def test_negative_control_a_documents_own_words_are_found(template):
    assert typst_literals(template) != []


@pytest.mark.parametrize(
    "template",
    [
        '#note(t("Held sessions, every one."))',
        '#set text(font: "Libertinus Serif", lang: data.lang)',
        "// A dot and its interval on a line.\n#let at(v) = width * v",
        "#if known(x) [#data.clinic, #data.month.]",
    ],
)
def test_what_a_document_is_given_is_left(template):
    assert typst_literals(template) == []


def test_the_name_of_gettext_is_not_hidden():
    assert [f"{path}:{line}" for _p, path in modules() for line in hidden_names(path)] == []


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ('st.button("Save")', 1),
        ('st.sidebar.selectbox("Who", people, key="who")', 1),
        ('st.text_input(_("Name"), help="Your own")', 1),
        ('def f():\n    raise ValueError(f"There is no area {code}; choose one.")', 2),
        ('markup.show("empty", title="Nothing")', 1),
        ('click.echo("Done.")', 1),
        ('WORDS = {"a": "It is not here"}', 1),
        ('x = f"{n} of them"\ny = f"Of {n} patients {m} came back."', 2),
    ],
)
def test_negative_control_a_text_is_found(tmp_path, code, line):
    module = tmp_path / "a.py"
    module.write_text(code)

    assert [at for at, _text in literal_texts(module, "ui.admin")] == [line]


@pytest.mark.parametrize(
    "code",
    [
        'st.button(_("Save"), key="save it", icon=":material/save:")',
        'raise ValueError(_("There is no area {code}; choose one.").format(code=code))',
        '"""A module about such things."""\nX = 1\n"""What X is for."""',
        'db.execute("SELECT a FROM b WHERE c = ?", [1])',
        'markup.show("empty", title=ngettext("{n} session", "{n} sessions", n))',
        'st.session_state["some key"] = "value"',
        'raise KeyError("key")',
    ],
)
def test_what_nobody_reads_is_left(tmp_path, code):
    module = tmp_path / "a.py"
    module.write_text(code)

    assert literal_texts(module, "ui.admin") == []


def test_below_the_pages_only_errors_of_ones_own_are_read(tmp_path):
    module = tmp_path / "a.py"
    module.write_text(
        'def f():\n    raise ValueError("A path starts with M.")\n'
        'def g():\n    raise RecordError("There is no such patient.")\n'
    )

    assert [at for at, _text in literal_texts(module, "lake.schema")] == [4]


def test_no_text_stands_where_the_translators_tools_do_not_look():
    assert [f"{path}:{line}" for _p, path in modules() for line in unseen_texts(path)] == []


def test_negative_control_a_text_inside_an_f_string_is_found(tmp_path):
    module = tmp_path / "a.py"
    module.write_text("x = _('Held')\ny = f\"{x}: {_('Held')}\"\nz = f'{_(x)}'\n")

    assert unseen_texts(module) == [2]


def test_negative_control_a_hidden_name_is_found(tmp_path):
    module = tmp_path / "a.py"
    module.write_text("from mesodash.language import _\nfor _ in range(3): ...\n")
    other = tmp_path / "b.py"
    other.write_text("for _ in range(3): ...\n")

    assert (hidden_names(module), hidden_names(other)) == ([2], [])
