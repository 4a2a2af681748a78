"""Translations of texts: gettext over `data/languages/<code>/LC_MESSAGES/mesodash.po`.

The English text is the message's id, so English needs no translation and is what a reader sees
where another language lacks one. English has a file all the same: it holds what is said to patients
in plain words, which is filed by id (see `patient_text`).
"""

import gettext
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment

from mesodash.settings import load_settings

ENGLISH: Final = "en"
DOMAIN: Final = "mesodash"
PATIENTS: Final = "patients"
"""The context of the texts for patients; their ids are `<file>.<code>.<field>`."""
_CODE: Final = re.compile(r"[a-z]{2,3}(?:_[A-Z]{2})?", re.ASCII)
_TYPST_CALL: Final = re.compile(r'(?<![\w-])t\("((?:[^"\\]|\\.)*)"')


class LanguageError(ValueError):
    """A language that is not there; the message is one plain sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language: its code, its conventions (Babel) and its translations."""

    code: str
    locale: Locale
    translations: gettext.NullTranslations


_chosen: ContextVar[Language | None] = ContextVar("language", default=None)
_asked: Final[list[Callable[[], str | None]]] = []


def file_of(code: str, folder: Path | None = None) -> Path:
    """The file that holds a language's translations."""
    return (folder or load_settings().languages) / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def available(folder: Path | None = None) -> tuple[str, ...]:
    """The codes of the languages there are, in order.

    Args:
        folder: where the languages are; None is the setting's.
    """
    folder = folder or load_settings().languages
    return tuple(
        sorted(
            path.parents[1].name
            for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")
            if _CODE.fullmatch(path.parents[1].name)
        )
    )


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Give texts, numbers and dates in a language within this block.

    It holds for the current thread or task only, so that two people on one server read two
    languages. Work that is handed to another thread names its language there again.

    Raises:
        LanguageError: there is no such language.
    """
    token = _chosen.set(load_language(load_settings().languages, code))
    try:
        yield
    finally:
        _chosen.reset(token)


def current() -> Language:
    """The language in use: the innermost `use_language`'s, else the reader's, else the setting's.

    A thread that has none yet asks `ask_readers` once whose page it draws.
    """
    chosen = _chosen.get()
    if chosen is None and _asked:
        code = _asked[-1]()
        if code is not None:
            chosen = load_language(load_settings().languages, code)
            _chosen.set(chosen)
    return chosen or _default()


def ask_readers(question: Callable[[], str | None]) -> None:
    """Have threads that were given no language ask for one, as those in which Streamlit runs pages.

    Args:
        question: gives the code of a language there is, for the reader whom the current thread
            serves; None if it serves nobody.
    """
    _asked[:] = [question]


@cache
def _default() -> Language:
    """The setting's language, read once a process."""
    settings = load_settings()
    return load_language(settings.languages, settings.language)


@cache
def load_language(folder: Path, code: str) -> Language:
    """Read a language's translations; once a process.

    Raises:
        LanguageError: there is no such language.
    """
    if not _CODE.fullmatch(code) or not file_of(code, folder).is_file():
        raise LanguageError(
            _('There is no language "{code}"; choose {languages}.').format(
                code=code[:16], languages=" or ".join(available(folder))
            )
        )
    with file_of(code, folder).open("rb") as opened:
        read = read_po(opened, locale=code, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, read)  # leaves out what is untranslated or fuzzy
    compiled.seek(0)
    return Language(code, Locale.parse(code), gettext.GNUTranslations(compiled))


def language_name(code: str) -> str:
    """A language's name in that language, as at the start of a line: `Français`."""
    name = Locale.parse(code).get_display_name() or code
    return name[:1].upper() + name[1:]


def _(text: str) -> str:
    """The text in the language in use; in English where it is not translated."""
    # The translation of nothing is the file's header.
    return current().translations.gettext(text) if text else text


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a text that goes with a count, `{n}` still to be filled in."""
    return current().translations.ngettext(one, many, n)


def pgettext(context: str, text: str) -> str:
    """As `_`, for a text whose translation depends on its context, such as one short word."""
    return current().translations.pgettext(context, text)


def npgettext(context: str, one: str, many: str, n: int) -> str:
    """As `ngettext`, with the context of `pgettext`."""
    return current().translations.npgettext(context, one, many, n)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name, which the extractor knows
    """Mark a constant's text for translation; it is translated by `_` where it is shown."""
    return text


def catalogue_text(kind: str, code: str, field: str, text: str) -> str:
    """A cell of the catalogue in the language in use; unchanged if it is not translated.

    Args:
        kind: the catalogue's file without its ending, such as `areas`.
        code: the row's code.
        field: the column, such as `label`.
        text: the cell.
    """
    context = f"{kind}.{code}.{field}"
    return pgettext(context, text) if text else text


def patient_text(kind: str, code: str, field: str) -> str | None:
    """What patients are told about a row of the catalogue, in plain words.

    Args:
        kind: the catalogue's file without its ending, such as `areas`.
        code: the row's code.
        field: what is said: `label`, or one of the names that docs/languages.md lists.

    Returns:
        The words in the language in use, else in English; None if there are none.
    """
    key = f"{kind}.{code}.{field}"
    for language in (current(), load_language(load_settings().languages, ENGLISH)):
        found = language.translations.pgettext(PATIENTS, key)
        if found != key:
            return found
    return None


def typst_messages(template: str) -> tuple[str, ...]:
    """The texts that a typst template asks for with `t("...")`, in order, each once."""
    found = (text.replace('\\"', '"') for text in _TYPST_CALL.findall(template))
    return tuple(dict.fromkeys(found))


def typst_texts(template: Path) -> dict[str, str]:
    """The texts of a typst template in the language in use, for its `t` to look up."""
    return {text: _(text) for text in typst_messages(template.read_text(encoding="utf-8"))}


def translate_templates(environment: Environment) -> Environment:
    """Let Jinja templates use `_`, `ngettext`, `pgettext` and `{% trans %}`; gives it back."""
    environment.add_extension("jinja2.ext.i18n")
    install = environment.install_gettext_callables  # type: ignore[attr-defined] # the extension's
    install(_, ngettext, newstyle=False, pgettext=pgettext, npgettext=npgettext)
    return environment
