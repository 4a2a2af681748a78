"""Texts to translate: `python tools/languages.py extract|update|check`.

extract  prints the template (.pot): every text of the source, the pages and the templates, the
         catalogue's words, and the ids of what is said to patients.
update   brings each language's file up to date: texts that are gone are taken out, and a
         translation whose text has changed is marked fuzzy, so that it is not used before somebody
         has looked at it. With `--all`, texts that are not translated yet are added, empty.
check    holds each language's file against the source; the exit code is 1 if something is amiss.
         With `--missing`, names what is not translated yet.

Committed is what is translated. What is not follows from the source, and would change, and be in
conflict, with every text somebody adds.
"""

import csv
import re
import string
import sys
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from mesodash.language.texts import ENGLISH, PATIENTS, available, file_of, typst_messages

ROOT = Path(__file__).parents[1]
LANGUAGES = ROOT / "data" / "languages"
CATALOGUE = ROOT / "data" / "catalogue"
MATRIX = ROOT / "src" / "mesodash" / "permissions" / "matrix.csv"

KEYWORDS: dict[str, Any] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
METHODS = [
    ("src/**.py", "python"),
    ("pages/**.py", "python"),
    ("src/**/templates/**.html", "jinja2.ext:babel_extract"),
]
# The columns of the catalogue that a person reads; a row's key stands in the column `code`.
CATALOGUE_TEXTS = {
    "aftercare": ("instruction",),
    "areas": ("label", "note"),
    "components": ("label", "role", "caution"),
    "contraindications": ("label", "until", "reason"),
    "danger_zones": ("label", "place", "method"),
    "emergency_kit": ("label", "amount"),
    "follow_ups": ("label", "ask"),
    "grades": ("term", "grade_1", "grade_2", "grade_3", "grade_4", "grade_5"),
    "indications": ("label",),
    "protocols": (
        "label", "mix", "mix_line", "mix_short", "technique_text", "depth_text", "max_volume_text",
        "top_up", "onset", "anaesthesia", "evidence_text",
    ),
    "protocol_sites": ("where",),
    "questions": ("label", "text", "advice"),
    "red_flags": ("label", "sign", "action"),
    "contraindication_reasons": ("reason",),
    "dose_limits": ("text",),
    "departures": ("label",),
    "durations": ("text", "note"),
    "regulations": ("text",),
    "safety_notes": ("text",),
    "schedules": ("what", "text"),
    "scales": ("label", "unit", "responder", "anchors", "note"),
    "side_effects": (
        "label", "promised_text", "about", "alert_text",
    ),
    "techniques": ("label", "needle", "endpoint", "note"),
}  # fmt: skip
# What is said to patients in plain words, by the catalogue's file and the name of the text.
PATIENT_TEXTS = {
    "aftercare": ("instruction",),
    "areas": ("label",),
    "indications": ("label",),
    "protocols": ("label", "what"),
    "red_flags": ("sign", "action"),
    "side_effects": ("label", "lasts"),
    "techniques": ("what",),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
_IN_ENGLISH = "English: "

Key = tuple[str | None, str]


def extracted() -> Catalog:
    """Every text that can be translated.

    Raises:
        ValueError: a text stands in the source in two forms that gettext cannot tell apart.
    """
    made = Catalog(project="mesodash", charset="utf-8", fuzzy=False)
    for _file, _line, text, comments, context in extract_from_dir(
        str(ROOT),
        method_map=METHODS,
        options_map={"**.html": {"trimmed": "true", "newstyle_gettext": "false"}},
        keywords=KEYWORDS,
        comment_tags=("translators:",),
        strip_comment_tags=True,
        directory_filter=_is_source,
    ):
        made.add(text, context=context, auto_comments=comments)
    for template in sorted((ROOT / "src").rglob("*.typ")):
        for text in typst_messages(template.read_text(encoding="utf-8")):
            made.add(text)
    for context, text in catalogue_messages():
        made.add(text, context=context)
    with MATRIX.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            made.add(row["words"], context="action")
    for text in command_texts():
        made.add(text)
    english = plain_words()
    for key in patient_ids():
        comments = [f"{_IN_ENGLISH}{english[key]}"] if key in english else []
        made.add(key, context=PATIENTS, auto_comments=comments)
    return made


def _is_source(folder: str) -> bool:
    return Path(folder).name not in {
        "tests", "data", "docs", "tools", "var", "benchmarks", "build", "dist", "frontend",
        "__pycache__",
    } and not Path(folder).name.startswith(".")  # fmt: skip


def _rows(kind: str) -> Iterator[Mapping[str, str]]:
    with (CATALOGUE / f"{kind}.csv").open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def catalogue_messages() -> Iterator[tuple[str, str]]:
    """The catalogue's words with their contexts, `<file>.<code>.<column>`."""
    for kind, columns in CATALOGUE_TEXTS.items():
        for row in _rows(kind):
            for column in columns:
                if row.get(column):
                    yield f"{kind}.{row['code']}.{column}", row[column]


def command_texts() -> Iterator[str]:
    """What the commands' docstrings say in their help."""
    from mesodash.cli import cli, register  # noqa: PLC0415 - loads all that the commands use

    def below(command: click.Command) -> Iterator[str]:
        if command.help:
            yield command.help
        if isinstance(command, click.Group):
            for one in command.commands.values():
                yield from below(one)

    register()
    yield from below(cli)


def patient_ids() -> Iterator[str]:
    """The ids under which something can be said to patients."""
    for kind, names in PATIENT_TEXTS.items():
        for row in _rows(kind):
            yield from (f"{kind}.{row['code']}.{name}" for name in names)


def read(code: str) -> Catalog:
    """A language's file."""
    with file_of(code, LANGUAGES).open("rb") as opened:
        return read_po(opened, locale=code, abort_invalid=True)


def plain_words() -> dict[str, str]:
    """What is said to patients in English, by id."""
    return {
        str(message.id): str(message.string)
        for message in read(ENGLISH)
        if message.context == PATIENTS and message.string
    }


def key_of(message: Message) -> Key:
    """What makes a message one of its own: its context and its (singular) text."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def placeholders(text: str) -> frozenset[str]:
    """The names a text asks to be filled in, `{name}` or `%(name)s`."""
    try:
        named = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:  # a brace that stands for itself, in a text that is not formatted
        named = set()
    return frozenset(named) | frozenset(_PLACEHOLDER.findall(text))


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """A text's forms: one, or those of a plural."""
    return (text,) if isinstance(text, str) else tuple(text)


def _comment(message: Message) -> str:
    """The comment of a text, however its lines are broken."""
    return " ".join(" ".join(message.auto_comments).split())


def is_translated(message: Message) -> bool:
    """Whether there is a translation, looked at or not."""
    return any(forms(message.string))


def faults_of(message: Message, wanted: Message | None) -> Iterator[str]:
    """What is wrong with a translation; `wanted` is its text as it stands in the source."""
    context, text = key_of(message)
    name = f'"{text}"' + (f" ({context})" if context else "")
    if wanted is None:
        yield f"{name} is not in the source any more; run `update`"
        return
    if message.fuzzy:
        yield f"{name} is marked fuzzy: look at the translation and take the mark away"
    if context == PATIENTS:
        if _comment(message) != _comment(wanted):
            yield f"{name} has other words in English now; run `update`"
        return
    if not all(forms(message.string)):
        yield f"{name} lacks a form of the plural"
    asked = {word for form in forms(message.id) for word in placeholders(form)}
    for form in forms(message.string):
        # A form of one number may leave the number out: "one session".
        given = placeholders(form)
        if given - asked or (len(forms(message.id)) == 1 and given != asked):
            yield f"{name} is translated with other placeholders than it has: {form}"


def faults(code: str, source: Catalog) -> list[str]:
    """What is wrong with a language's file."""
    wanted = {key_of(message): message for message in source if message.id}
    return [
        fault
        for message in read(code)
        if message.id and is_translated(message)
        for fault in faults_of(message, wanted.get(key_of(message)))
        if not (code == ENGLISH and "other words in English" in fault)
    ]


def asked_for(source: Catalog) -> list[Key]:
    """What every language but English is to translate, in order.

    What is said to patients only where English has words for it.
    """
    said = plain_words()
    keys = [key_of(message) for message in source if message.id]
    return [(context, text) for context, text in keys if context != PATIENTS or text in said]


def missing(code: str, source: Catalog) -> list[Key]:
    """What a language's file does not translate yet, or not in words that hold (fuzzy)."""
    known = {key_of(one) for one in read(code) if one.id and is_translated(one) and not one.fuzzy}
    return [key for key in asked_for(source) if key not in known]


def updated(code: str, source: Catalog, *, everything: bool) -> Catalog:
    """A language's file brought up to date.

    Args:
        code: the language.
        source: as from `extracted`.
        everything: whether texts without a translation are added, empty. English never has any: it
            holds what is said to patients only.
    """
    old = read(code)
    made = Catalog(locale=code, charset="utf-8", fuzzy=False, header_comment=old.header_comment)
    made.mime_headers = old.mime_headers
    before = {key_of(message): message for message in old if message.id}
    wanted = {key_of(message): message for message in source if message.id}
    gone = {key: one for key, one in before.items() if key not in wanted and is_translated(one)}
    for key, message in wanted.items():
        was = before.get(key) or _like(key, gone)
        if was is not None and isinstance(was.id, str) != isinstance(message.id, str):
            was = None  # it has got a plural, or lost it
        translated = was is not None and is_translated(was)
        if not translated and (code == ENGLISH or not everything):
            continue
        flags = {flag for flag in message.flags if flag != "fuzzy"}
        changed = was is not None and is_translated(was) and (
            was.fuzzy or key not in before or _comment(was) != _comment(message)
        )  # fmt: skip
        if changed and code != ENGLISH:
            flags.add("fuzzy")
        made.add(
            message.id,
            was.string if was is not None else None,
            context=message.context,
            flags=flags,
            auto_comments=() if code == ENGLISH else message.auto_comments,
            user_comments=was.user_comments if was is not None else (),
        )
    return made


def _like(key: Key, gone: Mapping[Key, Message]) -> Message | None:
    """The translation of the text that this one was before: of its context, or nearly the same."""
    context, text = key
    if context == PATIENTS:
        return None
    same = [one for (where, _), one in gone.items() if where == context and context is not None]
    if len(same) == 1:
        return same[0]
    near = [
        (SequenceMatcher(None, text, other).ratio(), one)
        for (where, other), one in gone.items()
        if where == context
    ]
    best = max(near, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] > 0.8 else None


def write(catalog: Catalog, to: BinaryIO) -> None:
    """Write in the order of the texts, without places in the source, so that files merge well."""
    write_po(to, catalog, width=100, sort_output=True, no_location=True, ignore_obsolete=True)


def main(command: str = "", *options: str) -> int:
    """Run one of the commands; gives the exit code."""
    source = extracted()
    if command == "extract":
        write(source, sys.stdout.buffer)
        return 0
    if command not in ("update", "check"):
        print(__doc__)
        return 2
    found = 0
    for code in available(LANGUAGES):
        if command == "update":
            content = BytesIO()
            write(updated(code, source, everything="--all" in options), content)
            file_of(code, LANGUAGES).write_bytes(content.getvalue())
        for fault in faults(code, source):
            found += 1
            print(f"{code}: {fault}", file=sys.stderr)
        if code == ENGLISH:
            said = plain_words()
            bare = [key for key in patient_ids() if key not in said and "lasts" not in key]
            print(f"en: no words for patients of {', '.join(bare) or 'nothing'}")
        if code != ENGLISH:
            asked, left = asked_for(source), missing(code, source)
            print(f"{code}: {len(asked) - len(left)} of {len(asked)} texts are translated")
            if "--missing" in options:
                print("\n".join(repr(text) for _context, text in left))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
