"""Whose language a page has: the person's choice, else the browser's, else the setting's."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from mesodash.language import _, ask_readers, current, texts
from mesodash.language.choice import language_for


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [
        ("fr", "fr"),
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de, fr;q=0.5, en;q=0.7", "en"),
        ("fr;q=0, en", "en"),
        ("de", "en"),
        ("*", "en"),
        (";;q=x,,fr;q=nothing", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_browser_is_asked_where_nobody_chose(accepted, spoken):
    assert language_for(None, accepted) == spoken


@pytest.mark.parametrize("chosen", ["de", "../en", "EN", ""])
def test_a_choice_goes_before_the_browser_if_there_is_such_a_language(chosen):
    assert language_for("fr", "en") == "fr"
    assert language_for(chosen, "fr") == "fr"


def test_the_setting_speaks_to_whom_nothing_is_known_of(monkeypatch):
    monkeypatch.setenv("MESODASH_LANGUAGE", "fr")

    assert language_for(None, "de") == "fr"
    assert language_for(None, "en") == "en"


def test_a_thread_without_a_language_asks_once(monkeypatch):
    asked = []

    def reader():
        asked.append(1)
        return "fr"

    monkeypatch.setattr(texts, "_asked", [])
    ask_readers(reader)
    with ThreadPoolExecutor(1) as pool:
        said = pool.submit(lambda: [_("Where"), _("Where"), current().code]).result(timeout=30)

    assert (said, len(asked)) == (["Où", "Où", "fr"], 1)


def test_a_thread_that_serves_nobody_speaks_the_setting(monkeypatch):
    monkeypatch.setattr(texts, "_asked", [lambda: None])
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(_, "Where").result(timeout=30) == "Where"
