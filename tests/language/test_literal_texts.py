"""Every text a person reads goes through gettext; where it does not yet, the number only falls."""

import json
import re
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
KEPT = {
    # The server's log, for whoever runs it, whatever the language of the reader it serves.
    "src/mesodash/ui/shell/server/quiet_log.py": r"its words are left out|N at N|N reports",
    # Reasons and keys that the record, its log and the manifest of a backup keep as they are.
    "src/mesodash/records/privacy/backup_erasure.py": r"N Rewritten by an erasure",
    "src/mesodash/records/privacy/erasure.py": r"erased before this copy",
    "src/mesodash/records/files/backup.py": r"restored from a backup without the key",
    "src/mesodash/records/watch/photographs.py": r"encrypted disk: ",
    "src/mesodash/documents/person_record.py": r"everything that is held",
    "src/mesodash/ui/admin/processing.py": r"record of processing",
    # Names of columns, words of other programs' files, and a password that is nobody's.
    "src/mesodash/records/privacy/inventory.py": r"(id|name)( \w+)+$",
    "src/mesodash/exchange/mapping/proposals.py": r"",
    "src/mesodash/access/passwords.py": r"nobody's password",
}
"""Texts that nobody reads in their own language, by file: how they begin, and why they stay."""


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
        if not _is_kept(path, text)
    ]


def _is_kept(path, text):
    words = KEPT.get(path.relative_to(ROOT).as_posix())
    return words is not None and re.match(words, text) is not None


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
        ('x = f"{n}"\ny = f"Of {n} patients {m} came back."', 2),
        ('x = f"{name} exists already; choose another."', 1),
        ('def f():\n    raise PlanError(f"{a.label} is banned here; choose another.")', 2),
        ('x = f"[auth] in {where} names no provider."', 1),
        ("x = '\"{name}\" has no password; set one.'", 1),
        ('FAULT = ("side", "is a side without an area; name the area")', 1),
        ('WHY = {"plans": "how a course was planned is never changed"}', 1),
        ('def f():\n    raise CellError("is missing")', 2),
        ('source.broken("is empty")', 1),
        ('x = "{} of the patients came back".format(n)', 1),
        ('x = " and one of ".join(names)', 1),
        ('x = "Nobody is here " + name', 1),
        ('def f(title="Nothing"): ...', 1),
        ('def f(*, label="Nothing"): ...', 1),
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
        'found = read(db, f"{SELECT} WHERE id = ? ORDER BY day DESC", [1])',
        'change.log("update", "accounts", key=f"{name}: its second factor")',
        'if "no such table here" in text: ...',
        'raise RuntimeError("the file is not open yet")',
        'WORDS = {"did not attend it": "no_show"}',
        'NAMES = "one two three".split()',
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
