"""The meaning of each file, column and word: proposed by the program, chosen by a person."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mesodash.exchange.contract.cells import Vocabulary, vocabulary_of
from mesodash.exchange.contract.columns import ExchangeColumn, ExchangeFile
from mesodash.exchange.contract.files import BY_FILE, EXCHANGE_FILES
from mesodash.exchange.mapping.proposals import (
    MOST_WORDS,
    ColumnChoice,
    SourceLook,
    allowed_words,
    mapping_content,
    proposed_columns,
    proposed_target,
    proposed_words,
)
from mesodash.language import _
from mesodash.ui.import_data import files, kept_mapping
from mesodash.ui.parts import markup
from mesodash.ui.shell import context

_NOT_READ = ""
_FORMATS = ("", "day_first", "month_first", "excel")
_PREVIEWED = 12
"""Columns of the first rows that are shown; a file of hundreds would fill the page."""


def ask(place: files.Place) -> dict[str, Any] | None:
    """Draw the choices; return the mapping's content, or None while no file has a meaning."""
    del place  # the preview is in the session state
    vocabulary = vocabulary_of(context.catalogue())
    before = kept_mapping.read(context.db())
    chosen: list[tuple[str, ExchangeFile, Mapping[str, ColumnChoice]]] = []
    formats: dict[str, str] = {}
    for name, look in files.looks().items():
        with st.container(border=True, key=f"import_file_{len(formats)}"):
            target, date_format = _file(name, look, before)
            formats[name] = date_format
            if target is None:
                continue
            columns = _columns(name, look, target, vocabulary, before.get(target.file_name, {}))
            chosen.append((name, target, columns))
    if not chosen:
        return None
    content = mapping_content(chosen, formats)
    twice = {target.file_name for _name, target, _columns in chosen}
    if len(twice) < len(chosen):
        markup.show(
            "not_done",
            title=_("Two files are taken for the same"),
            text=_("Choose “not read” for one of them, or import them one after the other."),
        )
        return None
    return content


def _file(
    name: str, look: SourceLook, before: Mapping[str, Any]
) -> tuple[ExchangeFile | None, str]:
    """The kind of a file and its date format."""
    st.subheader(name)
    markup.show("note", text=files.read_as(look))
    _first_rows(look)
    proposed = next(
        (BY_FILE[file] for file, one in before.items() if one.get("from") == name), None
    ) or proposed_target(look)
    tables = [_NOT_READ, *(one.table for one in EXCHANGE_FILES)]
    left, right = st.columns(2)
    table = left.selectbox(
        _("{file} is").format(file=name),
        tables,
        index=tables.index(proposed.table) if proposed else 0,
        format_func=lambda one: one.replace("_", " ") if one else _("not read"),
        key=f"import_is_{name}",
    )
    told = before.get(proposed.file_name, {}).get("date_format") if proposed else None
    seen = next(iter(look.orders.values()), "")
    words = {
        "": _("2024-01-31 (ISO 8601)"),
        "day_first": _("day first, 31/01/2024"),
        "month_first": _("month first, 01/31/2024"),
        "excel": _("Excel's day numbers, 45322"),
    }
    usual = told if told in _FORMATS else seen
    date_format = right.selectbox(
        _("Dates in {file}").format(file=name),
        _FORMATS,
        index=_FORMATS.index(usual),
        format_func=words.__getitem__,
        key=f"import_dates_{name}",
        help=_("Dates such as 2024-01-31 are always read."),
    )
    return (BY_FILE[f"{table}.csv"] if table else None), date_format


def _first_rows(look: SourceLook) -> None:
    markup.show(
        "import_rows",
        caption=_("First rows of {file}").format(file=look.name),
        header=look.header[:_PREVIEWED],
        rows=[row[:_PREVIEWED] for row in look.rows],
        more=max(0, len(look.header) - _PREVIEWED),
    )


def _columns(
    name: str,
    look: SourceLook,
    target: ExchangeFile,
    vocabulary: Vocabulary,
    before: Mapping[str, Any],
) -> dict[str, ColumnChoice]:
    proposed = proposed_columns(look, target)
    found: dict[str, ColumnChoice] = {}
    first = [c for c in target.columns if c.required or c.name in proposed or c.name in before]
    later = [c for c in target.columns if c not in first]
    for column in first:
        found[column.name] = _column(name, look, column, proposed, vocabulary, before)
    if later:
        with st.expander(_("Further columns of {table}").format(table=target.table)):
            for column in later:
                found[column.name] = _column(name, look, column, proposed, vocabulary, before)
    return found


def _column(
    name: str,
    look: SourceLook,
    column: ExchangeColumn,
    proposed: Mapping[str, str],
    vocabulary: Vocabulary,
    before: Mapping[str, Any],
) -> ColumnChoice:
    rule = before.get(column.name)
    told = rule.get("column", rule.get("effect")) if isinstance(rule, dict) else rule
    usual = told if told in look.header else proposed.get(column.name, "")
    options = ["", *look.header]
    key = f"{name}_{column.name}"
    # With the file, for whoever hears one field after the other.
    label = f"{column.name}{' *' if column.required else ''} ({name})"
    left, right = st.columns(2)
    source = left.selectbox(
        label,
        options,
        index=options.index(usual),
        format_func=lambda one: one or _("left out"),
        key=f"import_from_{key}",
    )
    allowed = allowed_words(column, vocabulary)
    if not source:
        return ColumnChoice(constant=_constant(right, name, column, allowed, key, rule))
    if not allowed or column.codes == "effect":
        return ColumnChoice(source)
    kept_words = rule.get("values", {}) if isinstance(rule, dict) else {}
    return ColumnChoice(source, _words(right, look, column, source, vocabulary, kept_words, key))


def _constant(
    where: Any, name: str, column: ExchangeColumn, allowed: tuple[str, ...], key: str, rule: Any
) -> str:
    """The same word for every row, where a required column has no source."""
    if not column.required or not allowed:
        return ""
    told = rule.get("constant", "") if isinstance(rule, dict) else ""
    options = ["", *allowed]
    return str(
        where.selectbox(
            _("The same for every row: {column}").format(column=f"{column.name} ({name})"),
            options,
            index=options.index(told) if told in options else 0,
            format_func=lambda one: one or _("nothing"),
            key=f"import_constant_{key}",
        )
    )


def _words(
    where: Any,
    look: SourceLook,
    column: ExchangeColumn,
    source: str,
    vocabulary: Vocabulary,
    told: Mapping[str, str],
    key: str,
) -> dict[str, str]:
    """Our word for each word of a column, the most frequent first."""
    counts = sorted(look.words[source].items(), key=lambda one: -one[1])[:MOST_WORDS]
    catalogue = context.catalogue()
    labels = {code: area.label for code, area in catalogue.areas.items()}
    proposed = proposed_words(column, (word for word, _n in counts), vocabulary, labels)
    options = [None, "", *allowed_words(column, vocabulary)]
    shown = {None: _("not said"), "": _("nothing")}
    found: dict[str, str] = {}
    with where.expander(
        _("{n} words of {column}").format(n=len(counts), column=source),
        expanded=any(word not in proposed and word not in told for word, _n in counts),
    ):
        for word, count in counts:
            usual = told.get(word, proposed.get(word))
            ours = st.selectbox(
                f"{source}: {word} ({count})",
                options,
                index=options.index(usual) if usual in options else 0,
                format_func=lambda one: shown.get(one, one),
                key=f"import_word_{key}_{source}_{word}",
            )
            if ours is not None:
                found[word] = ours
    return found
