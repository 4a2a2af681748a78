"""Everything held about one person as JSON and PDF: complete and in words."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pypdf
import pytest
from tests.consult_clinic import make_clinic

from mesodash.documents.person_record import MOST_ROWS, person_facts, person_json, person_pdf
from mesodash.documents.record_words import COLUMNS, TABLES, WORDS
from mesodash.language import use_language
from mesodash.records.audit.actor import Actor
from mesodash.records.privacy.inventory import HIDDEN, INNER
from mesodash.records.privacy.inventory import TABLES as KEPT
from mesodash.records.privacy.person import everything_about, patients_tables
from mesodash.records.store import vocabulary

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADA = Actor("ada", "administrator")
PARIS = ZoneInfo("Europe/Paris")


def told(place, kind="clinical", patient="HUGO"):
    db = make_clinic(place / "clinic.db", kind=kind)
    return everything_about(db, patient, ADA, clock=lambda: NOON)


def page_text(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


@pytest.fixture
def hugo(tmp_path):
    return told(tmp_path)


def test_the_json_holds_every_row_and_look(hugo):
    content = json.loads(person_json(hugo))

    assert content["about"]["patient"] == "HUGO"
    assert content["about"]["synthetic"] is False
    assert {name: one["rows"] for name, one in content["tables"].items()} == {
        one.name: [dict(row) for row in one.rows] for one in hugo.tables
    }
    assert len(content["looks"]) == len(hugo.looks)
    assert len(content["changes"]) == len(hugo.changes)


def test_the_pdf_says_it_in_words_and_units(hugo, catalogue):
    page = page_text(person_pdf(hugo, catalogue, zone=PARIS))

    assert "Everything held about you" in page
    assert "HUGO" in page
    assert "Synthetic" not in page
    assert "treated_areas" not in page
    assert "volume_ul" not in page
    area = hugo.rows_of("treated_areas")[0]
    label = catalogue.areas[area["area"]].label
    assert f"area {label}" in page
    assert "ada, administrator took out everything 1" in page
    assert person_pdf(hugo, catalogue, zone=PARIS) == person_pdf(hugo, catalogue, zone=PARIS)


def test_a_demo_says_that_nobody_in_it_exists(tmp_path, catalogue):
    record = told(tmp_path, kind="demo")

    assert "Synthetic patient of a demo clinic" in page_text(person_pdf(record, catalogue))
    assert json.loads(person_json(record))["about"]["synthetic"] is True


def test_in_french(hugo, catalogue):
    with use_language("fr"):
        page = page_text(person_pdf(hugo, catalogue, language="fr"))

    assert "Tout ce qui est conservé à votre sujet" in page
    assert "Zones traitées" in page


def test_every_column_and_word_that_can_stand_there_has_words(checks):
    tables = [name for name in patients_tables() if name in TABLES]
    columns = {
        column
        for name in tables
        for kind, names in KEPT[name].columns.items()
        if kind not in (INNER, HIDDEN)
        for column in names.split()
    } - {"triangle", "u", "v", "signature", "content"}
    words = {
        word
        for name in ("SEXES", "SIDES", "COURSE_STATES", "SESSION_STATES", "RELATED", "CHANNELS",
                     "TIMINGS", "YES_NO", "ANSWERS", "EFFECT_OUTCOMES", "TOLD_BY",
                     "CONSENT_PURPOSES", "CONSENT_FORMS")
        for word in getattr(vocabulary, name)
    }  # fmt: skip
    with checks("words of a person's record", planned=2) as count:
        count.that(columns <= set(COLUMNS), str(columns - set(COLUMNS)))
        count.that(words <= set(WORDS), str(words - set(WORDS)))


def test_what_is_too_long_for_paper_is_in_the_file(hugo, catalogue):
    one = next(table for table in hugo.tables if table.name == "sessions")
    many = replace(one, rows=tuple(one.rows[0] for _ in range(MOST_ROWS + 7)))

    facts = person_facts(replace(hugo, tables=(many,)), catalogue)

    assert len(facts["parts"][0]["rows"]) == MOST_ROWS
    assert facts["parts"][0]["note"] == "7 more rows are in everything-held.json."
    assert len(
        json.loads(person_json(replace(hugo, tables=(many,))))["tables"]["sessions"]["rows"]
    ) == (MOST_ROWS + 7)
