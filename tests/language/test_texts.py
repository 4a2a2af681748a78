"""Texts in the language in use: fallback to English, plurals, contexts, one language a thread."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from jinja2 import Environment

from mesodash.language import (
    N_,
    LanguageError,
    _,
    available,
    catalogue_text,
    current,
    language_name,
    ngettext,
    npgettext,
    patient_text,
    pgettext,
    texts,
    translate_templates,
    use_language,
)

HEADER = 'msgid ""\nmsgstr ""\n"Language: {code}\\n"\n"Plural-Forms: {forms};\\n"\n\n'
TWO = "nplurals=2; plural=(n > 1)"


def translations(folder, code, body, forms=TWO):
    """A language made of `body`."""
    file = texts.file_of(code, folder)
    file.parent.mkdir(parents=True)
    file.write_text(HEADER.format(code=code, forms=forms) + body, encoding="utf-8")
    return texts.load_language(folder, code).translations


def test_english_and_french_are_shipped():
    assert available() == ("en", "fr")
    assert [language_name(code) for code in available()] == ["English", "Français"]


def test_a_text_is_in_the_language_in_use_and_english_outside():
    before = _("Afterwards")
    with use_language("fr"):
        assert _("Afterwards") == "Après la séance"
        with use_language("en"):
            assert _("Afterwards") == "Afterwards"
        assert current().code == "fr"
    assert (before, _("Afterwards"), current().code) == ("Afterwards", "Afterwards", "en")


def test_what_is_not_translated_stays_english():
    with use_language("fr"):
        assert _("No language has this sentence.") == "No language has this sentence."
        assert ngettext("{n} such", "{n} suches", 2) == "{n} suches"
        assert pgettext("nowhere", "Where") == "Where"
        assert npgettext("nowhere", "{n} session", "{n} sessions", 1) == "{n} session"
        assert catalogue_text("areas", "nowhere", "label", "Nowhere") == "Nowhere"


@pytest.mark.parametrize(
    ("code", "n", "said"),
    [("en", 0, "{n} sessions"), ("en", 1, "{n} session"), ("fr", 0, "{n} séance"),
     ("fr", 1, "{n} séance"), ("fr", 2, "{n} séances")],
)  # fmt: skip
def test_a_plural_is_the_languages_own(code, n, said):
    with use_language(code):
        assert ngettext("{n} session", "{n} sessions", n) == said


def test_a_context_tells_equal_texts_apart(tmp_path):
    body = (
        'msgid "R"\nmsgstr "of the alphabet"\n\n'
        'msgctxt "letter on the figure"\nmsgid "R"\nmsgstr "right"\n'
    )
    found = translations(tmp_path, "cs", body)

    assert found.pgettext("letter on the figure", "R") == "right"
    assert found.gettext("R") == "of the alphabet"


def test_a_marked_constant_is_translated_where_it_is_shown():
    marked = N_("Where")
    with use_language("fr"):
        assert (marked, _(marked)) == ("Where", "Où")


def test_two_threads_read_two_languages():
    def said(code):
        with use_language(code):
            return [_("Where") for _step in range(200)]

    with ThreadPoolExecutor(2) as pool:
        english, french = pool.map(said, ("en", "fr"))

    assert (set(english), set(french)) == ({"Where"}, {"Où"})


def test_a_thread_does_not_take_over_the_language_unless_it_is_given_the_context():
    with use_language("fr"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(_, "Where").result() == "Where"
        assert pool.submit(copy_context().run, _, "Where").result() == "Où"


def test_a_fuzzy_translation_is_not_used(tmp_path):
    body = '#, fuzzy\nmsgid "Old"\nmsgstr "Vieux"\n\nmsgid "New"\nmsgstr "Neuf"\n'
    found = translations(tmp_path, "fr", body)

    assert (found.gettext("Old"), found.gettext("New")) == ("Old", "Neuf")


def test_another_language_is_one_more_file(tmp_path):
    forms = "nplurals=3; plural=(n==1 ? 0 : n>=2 && n<=4 ? 1 : 2)"
    body = 'msgid "{n} day"\nmsgid_plural "{n} days"\n' + "".join(
        f'msgstr[{number}] "{{n}} {word}"\n' for number, word in enumerate(("den", "dny", "dní"))
    )
    found = translations(tmp_path, "cs", body, forms)

    assert available(tmp_path) == ("cs",)
    assert [found.ngettext("{n} day", "{n} days", n) for n in (1, 3, 5)] == [
        "{n} den", "{n} dny", "{n} dní",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["de", "../en", "EN", ""])
def test_a_language_that_is_not_there_is_refused(code):
    with pytest.raises(LanguageError, match="choose en or fr"), use_language(code):
        pass


def test_what_is_said_to_patients_is_in_their_language_else_in_english(monkeypatch):
    assert patient_text("areas", "face.glabella", "label") == "Between the eyebrows"
    with use_language("fr"):
        assert patient_text("areas", "face.glabella", "label") == "Entre les sourcils"
        assert patient_text("areas", "nowhere", "label") is None
        french = current().translations
        monkeypatch.setattr(french, "pgettext", lambda _context, text: text)
        assert patient_text("areas", "face.glabella", "label") == "Between the eyebrows"


def test_the_texts_of_a_typst_template(tmp_path):
    template = tmp_path / "a.typ"
    template.write_text('#t("Where") #t("It is \\"so\\"") #let at("x") = 1 #t("Where")')

    with use_language("fr"):
        assert texts.typst_texts(template) == {"Where": "Où", 'It is "so"': 'It is "so"'}


def test_the_texts_of_a_jinja_template_stay_escaped():
    template = translate_templates(Environment(autoescape=True)).from_string(
        '{{ _("Where") }}: {{ ngettext("{n} session", "{n} sessions", n).format(n=n) }},'
        ' {{ _("Published: about {time}.").format(time=time) }} {% trans %}Afterwards{% endtrans %}'
    )
    with use_language("fr"):
        said = template.render(n=2, time="<b>")

    where, published = said.split(", ")
    assert where == "Où: 2 séances"
    assert "environ &lt;b&gt;." in published
    assert published.endswith("Après la séance")
