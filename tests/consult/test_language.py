"""Languages: every file has the same keys and placeholders and covers the catalogue."""

import re
import shutil
from datetime import date, time
from pathlib import Path

import pytest
import yaml

from mesodash.bodymap.choice import AreaSide
from mesodash.consult.language import LanguageError, available, load_language, placeholders

FOLDER = Path(__file__).parents[2] / "data" / "languages"
CODES = available(FOLDER)
COVERED = {
    "areas": ("areas", None),
    "indications": ("indications", None),
    "protocols": ("protocols", {"name", "what"}),
    "effects": ("side_effects", {"name", "lasts", "lasts_lipolysis"}),
    "techniques": ("techniques", None),
    "aftercare": ("aftercare", None),
    "red_flags": ("red_flags", {"sign", "action"}),
}


@pytest.fixture(scope="module", params=CODES)
def language(request):
    return load_language(FOLDER, request.param)


@pytest.fixture(scope="module")
def english():
    return load_language(FOLDER, "en")


@pytest.fixture(scope="module")
def french():
    return load_language(FOLDER, "fr")


def test_english_and_french_are_shipped():
    assert CODES == ("en", "fr")


def test_every_language_has_the_same_keys(language, english):
    assert set(language.texts) == set(english.texts)


def test_every_text_asks_for_the_same_values(language, english):
    differing = [
        key for key, text in english.texts.items()
        if placeholders(text) != placeholders(language.texts[key])
    ]  # fmt: skip

    assert differing == []


@pytest.mark.parametrize("section", COVERED)
def test_every_code_of_the_catalogue_has_its_words_and_nothing_else(catalogue, language, section):
    kind, parts = COVERED[section]
    data = yaml.safe_load((FOLDER / f"{language.code}.yaml").read_text(encoding="utf-8"))[section]

    assert set(data) == set(getattr(catalogue, kind))
    if parts is None:
        assert all(isinstance(text, str) and text for text in data.values())
        return
    for code, texts in data.items():
        assert set(texts) <= parts, code
        assert all(texts[part] for part in parts - {"lasts", "lasts_lipolysis"}), code


def test_what_the_founding_text_promises_has_a_duration(catalogue, language):
    for effect in catalogue.side_effects.values():
        if effect.promised_days is not None:
            assert language.has(f"effects.{effect.code}.lasts"), effect.code


def test_what_has_no_published_duration_has_none_here(catalogue, language):
    for effect in catalogue.side_effects.values():
        if not (effect.promised_days or effect.published_typical or effect.published_upper):
            assert not language.has(f"effects.{effect.code}.lasts"), effect.code


def test_numbers_of_days_and_hours_agree_with_the_catalogue(catalogue, language):
    """The figures of an instruction are those of its row, in every language."""
    for row in catalogue.aftercare.values():
        ours = re.findall(r"\d+", language.text(f"aftercare.{row.code}"))
        theirs = re.findall(r"\d+", row.instruction)
        assert set(theirs) <= set(ours), row.code


def test_dates_and_numbers_are_local(english, french):
    assert english.day(date(2026, 12, 1)) == "1 December 2026"
    assert french.day(date(2026, 12, 1)) == "1er décembre 2026"
    assert english.day(date(2026, 11, 24), "short") == "Tue 24 Nov 2026"
    assert french.day(date(2026, 2, 3), "short") == "mar. 3 févr. 2026"
    assert (english.time(time(9, 5)), french.time(time(9, 5))) == ("9:05", "9\xa0h\xa005")
    assert (english.number(1.50), french.number(1.50)) == ("1.5", "1,5")
    assert (english.number(100, 0), english.number(0.02)) == ("100", "0.02")


@pytest.mark.parametrize(
    ("days", "in_english", "in_french"),
    [
        (0, "the same day", "le jour même"),
        (0.01, "14 minutes", "14 minutes"),
        (0.5, "12 hours", "12 heures"),
        (1, "1 day", "1 jour"),
        (1.5, "1.5 days", "1,5 jour"),
        (2, "2 days", "2 jours"),
        (12.34, "12.3 days", "12,3 jours"),
    ],
)
def test_a_length_of_time_and_its_plural(english, french, days, in_english, in_french):
    assert english.duration(days).replace("\xa0", " ") == in_english
    assert french.duration(days).replace("\xa0", " ") == in_french


def test_a_number_does_not_part_from_its_unit(language):
    assert language.count("day", 12)[2] == "\xa0"
    assert language.span("day", 7, 15)[:5] == "7–15\xa0"
    assert language.span("day", 7, 7) == language.count("day", 7)


def test_french_signs_have_a_space_that_does_not_break(french, english):
    for key, text in french.texts.items():
        assert not re.search(r" [:;!?»%]|« ", text), key
        assert not re.search(r"[^\s\d\xa0][;!?»]", text), key  # a sign glued to its word
    assert french.text("sentences.published", time="x") == "Publié\xa0: x."
    assert english.text("sentences.published", time="x") == "Published: x."


def test_areas_are_said_with_the_patients_side(english, french):
    cheeks = [AreaSide("face.cheek", "left"), AreaSide("face.cheek", "right")]
    nose = AreaSide("face.nose", "midline")

    assert english.area(cheeks[0]) == "Cheek, left"
    assert french.areas([*cheeks, nose]) == ("Joue, des deux côtés", "Nez")
    assert english.areas([cheeks[1], nose]) == ("Cheek, right", "Nose")
    assert english.listed(("a", "b", "c")) == "a, b and c"
    assert french.listed(("a",)) == "a"


def test_what_is_filled_in_is_never_read_as_a_text_of_its_own(english):
    assert english.text("sentences.patient", patient="{foot} {0.__class__}") == (
        "Patient number {foot} {0.__class__}"
    )


def test_another_language_is_one_more_file(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "l")
    text = (FOLDER / "en.yaml").read_text(encoding="utf-8").replace("code: en", "code: de")
    (tmp_path / "l" / "de.yaml").write_text(text, encoding="utf-8")

    assert available(tmp_path / "l") == ("de", "en", "fr")
    assert load_language(tmp_path / "l", "de").code == "de"


@pytest.mark.parametrize("code", ["de", "../en", "EN", ""])
def test_a_language_that_is_not_there_is_refused(code):
    with pytest.raises(LanguageError, match="choose en or fr"):
        load_language(FOLDER, code)


def test_a_missing_text_names_file_and_key(english):
    with pytest.raises(LanguageError, match=r'en.yaml does not fit at "titles.nothing"'):
        english.text("titles.nothing")
    with pytest.raises(LanguageError, match=r"sentences\.patient"):
        english.text("sentences.patient")


@pytest.mark.parametrize("content", ["a: [", "code: en\nname: E\nx: true"])
def test_a_file_that_is_no_language_is_refused(tmp_path, content):
    (tmp_path / "en.yaml").write_text(content, encoding="utf-8")

    with pytest.raises(LanguageError, match=r"en\.yaml cannot be read"):
        load_language(tmp_path, "en")
