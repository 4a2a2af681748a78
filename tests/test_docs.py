"""The documents say what is there: commands, settings, pages, tables; links lead somewhere."""

import re
from pathlib import Path

import pytest

from mesodash.cli import cli, register
from mesodash.records.store.connection import reading
from mesodash.records.store.migrations import migrate

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def commands():
    register()
    return sorted(cli.commands)


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command):
    assert f"`mesodash {command}`" in read("docs/operating.md")


def test_every_documented_command_exists():
    named = set(re.findall(r"^\| `mesodash (\S+)` \|", read("docs/operating.md"), re.MULTILINE))

    assert named == set(commands())


def test_every_setting_is_documented():
    names = set(re.findall(r"MESODASH_[A-Z_]+", read("src/mesodash/settings.py")))
    documented = set(
        re.findall(r"^\| `(MESODASH_\w+)` \|", read("docs/operating.md"), re.MULTILINE)
    )

    assert documented == names


def test_every_column_of_the_record_is_in_the_data_dictionary(tmp_path):
    migrate(tmp_path / "clinic.db")
    text = read("docs/data-dictionary.md")
    with_missing = []
    db_path = tmp_path / "clinic.db"
    with reading(db_path) as db:
        for table in db.table_names():
            if table.startswith("_sqlite"):
                continue
            section = re.search(rf"^### {table}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
            assert section, table
            documented = re.findall(r"^\| `(\w+)` \|", section.group(1), re.MULTILINE)
            columns = [column.name for column in db[table].columns]
            if documented != columns:
                with_missing.append((table, documented, columns))

    assert with_missing == []


@pytest.mark.parametrize(
    "page", ["README.md", *sorted(f"docs/{p.name}" for p in DOCS.glob("*.md"))]
)
def test_links_lead_somewhere(page):
    folder = (ROOT / page).parent
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", read(page)):
        if not target.startswith(("http://", "https://")):
            assert (folder / target).exists(), target


def test_ci_runs_the_readmes_test_command():
    assert "<!-- test command -->" in read("README.md")
    assert "README.md" in read(".ci/run")


def test_every_test_that_a_document_names_exists(checks):
    named = {
        (file, test)
        for page in DOCS.glob("*.md")
        for file, test in re.findall(
            r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page.read_text(encoding="utf-8")
        )
    }
    with checks("tests named in the documents", planned=60, at_least=True) as count:
        for file, test in sorted(named):
            there = (ROOT / file).is_file()
            text = read(file) if there else ""
            count.that(
                there and (not test or re.search(rf"^(?:async )?def {test}\(", text, re.MULTILINE)),
                f"{file}::{test}",
            )
