"""The languages' files against the source: placeholders, nothing gone, patients' words complete."""

import re
import shutil

import pytest
from babel.messages.catalog import Catalog

from mesodash.language import available, patient_text, use_language

CODES = available()
# How many texts each language lacks, at the most; take away what you translate, add nothing.
MISSING = {"fr": 0}


@pytest.fixture(params=CODES)
def code(request):
    with use_language(request.param):
        yield request.param


def message(text, translation, *, context=None, many=None):
    catalog = Catalog(locale="fr")
    catalog.add((text, many) if many else text, translation, context=context)
    return next(one for one in catalog if one.id)


def test_every_translation_fits_its_text(languages, source, code):
    assert languages.faults(code, source) == []


def test_texts_are_found_in_code_in_templates_and_in_the_catalogue(languages, source):
    found = {languages.key_of(one) for one in source if one.id}

    assert (None, "Your treatment") in found
    assert ("areas.face.cheek.label", "Cheek") in found
    assert ("patients", "areas.face.cheek.label") in found


def test_what_is_not_translated_yet_only_gets_less(languages, source):
    """A language's count may go down only: whoever adds a text adds its translation."""
    left = {code: languages.missing(code, source) for code in CODES if code != languages.ENGLISH}

    assert left.keys() == MISSING.keys()
    assert [code for code, keys in left.items() if len(keys) > MISSING[code]] == [], left


def test_negative_control_a_text_without_translation_or_looked_at_by_nobody_is_missing(
    languages, monkeypatch
):
    catalog = Catalog(locale="fr")
    catalog.add("One", "Un")
    catalog.add("Two", "Deux", flags={"fuzzy"})
    source = Catalog()
    for text in ("One", "Two", "Three"):
        source.add(text)
    monkeypatch.setattr(languages, "read", lambda _code: catalog)
    monkeypatch.setattr(languages, "plain_words", dict)

    assert languages.missing("fr", source) == [(None, "Two"), (None, "Three")]


@pytest.mark.parametrize(
    ("text", "translation", "sound"),
    [
        ("{n} of {of}", "{n} sur {of}", True),
        ("{n} of {of}", "{n} sur {off}", False),
        ("{n} of {of}", "{n}", False),
        ("%(n)s left", "%(n)s restent", True),
        ("%(n)s left", "il en reste", False),
    ],
)
def test_negative_control_other_placeholders_are_found(languages, text, translation, sound):
    one = message(text, translation)

    assert (list(languages.faults_of(one, one)) == []) is sound


def test_a_form_of_one_may_leave_the_number_out_and_none_may_be_missing(languages):
    fits = message("{n} day", ("un jour", "{n} jours"), many="{n} days")
    lacks = message("{n} day", ("un jour", ""), many="{n} days")

    assert list(languages.faults_of(fits, fits)) == []
    assert any("lacks a form" in fault for fault in languages.faults_of(lacks, lacks))


@pytest.mark.slow
def test_what_is_gone_and_what_has_changed_is_found(languages, source, tmp_path, monkeypatch):
    shutil.copytree(languages.LANGUAGES, tmp_path / "l")
    monkeypatch.setattr(languages, "LANGUAGES", tmp_path / "l")
    file = languages.file_of("fr", tmp_path / "l")
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace('msgid "Your treatment"', 'msgid "Your treatments"').replace(
            "#. English: No alcohol for 24 hours.", "#. English: No alcohol for 12 hours."
        ),
        encoding="utf-8",
    )

    faults = languages.faults("fr", source)
    assert len(faults) == 2
    assert sum("not in the source" in fault for fault in faults) == 1
    assert sum("other words in English" in fault for fault in faults) == 1
    assert languages.main("check") == 1
    assert languages.main("update") == 1  # what was changed is marked for somebody to look at
    assert sorted(re.findall(r'"([^"]+)"', one)[0] for one in languages.faults("fr", source)) == [
        "Your treatment", "aftercare.alcohol.instruction",
    ]  # fmt: skip


def test_update_changes_nothing_that_is_up_to_date(languages, source, tmp_path, monkeypatch):
    before = {code: languages.file_of(code, languages.LANGUAGES).read_bytes() for code in CODES}
    shutil.copytree(languages.LANGUAGES, tmp_path / "l")
    monkeypatch.setattr(languages, "LANGUAGES", tmp_path / "l")
    monkeypatch.setattr(languages, "extracted", lambda: source)  # the source is the same

    assert languages.main("update") == 0
    after = {code: languages.file_of(code, tmp_path / "l").read_bytes() for code in CODES}
    assert after == before


def test_what_the_founding_text_promises_has_a_duration(catalogue, code):
    for effect in catalogue.side_effects.values():
        if effect.promised_days is not None:
            assert patient_text("side_effects", effect.code, "lasts"), effect.code


def test_only_what_is_promised_has_words_for_it(catalogue, code):
    for effect in catalogue.side_effects.values():
        if effect.promised_days is None:
            assert patient_text("side_effects", effect.code, "lasts") is None, effect.code


def test_numbers_of_days_and_hours_agree_with_the_catalogue(catalogue, code):
    """The figures of an instruction are those of its row, in every language."""
    for row in catalogue.aftercare.values():
        ours = re.findall(r"\d+", patient_text("aftercare", row.code, "instruction"))
        theirs = re.findall(r"\d+", row.instruction)
        assert set(theirs) <= set(ours), row.code


def test_french_signs_have_a_space_that_does_not_break(languages):
    for one in languages.read("fr"):
        for text in languages.forms(one.string) if one.id else ():
            assert not re.search(r" [:;!?»%]|« ", text), text
            words = re.sub(r"\{[^}]*\}", "", text)  # {id!r} is no sign
            assert not re.search(r"[^\s\d\xa0][;!?»]", words), text  # a sign glued to its word
