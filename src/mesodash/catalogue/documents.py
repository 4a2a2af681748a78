"""Documents generated from the catalogue: tables of its columns and the list of its sources."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from mesodash.catalogue.depths import all_that_leave
from mesodash.catalogue.load import FILES, declared
from mesodash.catalogue.reading import BEST_FIRST, best_read, is_second_hand, row_read
from mesodash.catalogue.types import Catalogue

_ALWAYS: Final = {
    "code": "what records keep: never change it once sessions were recorded with it",
    "label": "what people read",
    "note": "what else a reader should know",
    "sources": "keys of sources.csv",
}
"""What a column of this name means where its declaration says nothing more."""

_PARTS: Final = tuple(part for part in FILES if part not in ("sources", "passages"))
"""The files whose rows rest on sources."""

_READ: Final = tuple(how for how in BEST_FIRST if how != "choice")

_TABLE: Final = re.compile(r"^\| column \| meaning \|\n(?:\|.*\n)+", re.MULTILINE)


def columns_table(kind: Any) -> str:
    """The Markdown table of a file's columns; those without a meaning share the next line."""
    lines = ["| column | meaning |", "|---|---|"]
    waiting: list[str] = []
    for column in declared(kind):
        waiting.append(column.name)
        meaning = column.column.meaning or _ALWAYS.get(column.name, "")
        if meaning:
            lines.append(f"| {', '.join(waiting)} | {meaning} |")
            waiting = []
    if waiting:
        raise ValueError(f"{kind.__name__}: say what {', '.join(waiting)} mean.")
    return "\n".join(lines) + "\n"


def with_tables(readme: str) -> str:
    """README.md with each file's table of columns brought up to date.

    Raises:
        ValueError: a file has no section of its own, or the section no table to replace.
    """
    for part, kind in FILES.items():
        head, found, rest = readme.partition(f"\n## {part}.csv\n")
        section, more, tail = rest.partition("\n## ")
        table = _TABLE.search(section + "\n")
        if not found or table is None:
            raise ValueError(f'readme needs a section "## {part}.csv" with a table of columns.')
        before, after = section[: table.start()], section[table.end() :]
        readme = f"{head}{found}{before}{columns_table(kind)}{after}{more}{tail}"
    return readme


def sources_document(catalogue: Catalogue) -> str:
    """docs/catalogue-sources.md: what could not be confirmed, how each source was read, depths.

    Everything in it follows from sources.csv, passages.csv and skin_layers.csv.
    """
    parts = [
        (
            "# The catalogue's sources\n\n"
            "Written by `tools/catalogue_documents.py` from sources.csv, passages.csv and"
            " skin_layers.csv; do not edit it here.\n\n"
        ),
        _counts(catalogue),
        _how_rows_were_read(catalogue),
        "## What could not be confirmed\n\n",
        _passages(catalogue, ("not_read", "not_in_source")),
        (
            "## Rows that rest on no source that was read\n\n"
            "Their sources are pages that tell of it, memory, or were not read. A card puts a †"
            " behind each of them.\n\n"
        ),
        _rests_on_little(catalogue),
        (
            "## Rows that were not held against their source again\n\n"
            "A question is held by the rules that it raises, and has to be held itself only where"
            " it has a rule of its own.\n\n"
        ),
        _not_held(catalogue),
        "## What was corrected\n\n",
        _passages(catalogue, ("corrected",)),
        "## What was confirmed\n\n",
        _passages(catalogue, ("confirmed",)),
        (
            "## Depths that leave the dermis\n\n"
            "Protocols whose depth goes through epidermis and dermis, as measured, into fat.\n\n"
        ),
        _depths(catalogue),
        "## How each source was read\n\n",
        _sources(catalogue),
    ]
    return "".join(parts)


def _counts(catalogue: Catalogue) -> str:
    read = Counter(source.how_read for source in catalogue.sources.values())
    found = Counter(passage.finding for passage in catalogue.passages.values())
    lines = ["| how read | sources |", "|---|---|"]
    lines += [f"| {how} | {read[how]} |" for how in sorted(read)]
    lines += ["", "| finding | passages |", "|---|---|"]
    lines += [f"| {finding} | {found[finding]} |" for finding in sorted(found)]
    return "\n".join(lines) + "\n\n"


def _how_rows_were_read(catalogue: Catalogue) -> str:
    """For each file: rows with a source, rows checked, and how the best source was read."""
    head = ["file", "rows", "held against their source", *_READ]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for part in _PARTS:
        rows = list(_sourced(catalogue, part))
        if not rows:
            continue
        read = Counter(row_read(catalogue, part, code) for code in rows)
        held = sum(_is_held(catalogue, part, code) for code in rows)
        cells = [part, len(rows), held, *(read[how] for how in _READ)]
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    return "## How the rows were read\n\n" + "\n".join(lines) + "\n\n"


def _not_held(catalogue: Catalogue) -> str:
    head = ["| file | rows (how their source was read) |", "|---|---|"]
    lines: list[str] = []
    for part in _PARTS:
        rows = [
            f"{code} ({row_read(catalogue, part, code)})"
            for code in _sourced(catalogue, part)
            if not _is_held(catalogue, part, code)
        ]
        if rows:
            lines.append(f"| {part} | {', '.join(rows)} |")
    return "\n".join([*head, *lines] if lines else ["None: every row was held."]) + "\n\n"


def _sourced(catalogue: Catalogue, part: str) -> Iterator[str]:
    """The codes of a file's rows that name a source other than the catalogue's own choice."""
    for code, row in getattr(catalogue, part).items():
        if best_read(catalogue, getattr(row, "sources", ())) not in (None, "choice"):
            yield code


def _is_held(catalogue: Catalogue, part: str, code: str) -> bool:
    """Whether a row, or every rule that a question raises, was checked against a source."""
    if catalogue.passages_of(part, code):
        return True
    raised = catalogue.questions[code].raises if part == "questions" else ()
    return bool(raised) and all(catalogue.passages_of("contraindications", one) for one in raised)


def _passages(catalogue: Catalogue, findings: tuple[str, ...]) -> str:
    lines = ["| file | rows | source | read | what was found |", "|---|---|---|---|---|"]
    lines += [
        f"| {p.file} | {', '.join(p.rows)} | {p.source} | {p.how_read} | {_cell(p.says)} |"
        for p in catalogue.passages.values()
        if p.finding in findings
    ]
    return "\n".join(lines) + "\n\n"


def _rests_on_little(catalogue: Catalogue) -> str:
    lines = ["| file | row | sources |", "|---|---|---|"]
    for part in _PARTS:
        for code, row in getattr(catalogue, part).items():
            if is_second_hand(catalogue, part, code):
                lines.append(f"| {part} | {code} | {', '.join(row.sources)} |")
    return "\n".join(lines) + "\n\n"


def _depths(catalogue: Catalogue) -> str:
    lines = ["| protocol | area | sex | depth mm | skin mm | source |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {left.protocol} | {left.area} | {left.sex} |"
        f" {left.depth_mm[0]:g}-{left.depth_mm[1]:g} | {left.skin.mm:.2f} |"
        f" {', '.join(left.skin.row.sources)} |"
        for left in all_that_leave(catalogue)
    ]
    return "\n".join(lines) + "\n\n"


def _sources(catalogue: Catalogue) -> str:
    lines = ["| key | what it is | read | address |", "|---|---|---|---|"]
    lines += [
        f"| {s.key} | {_cell(s.text)} | {s.how_read} | {_cell(s.address or '')} |"
        for s in catalogue.sources.values()
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
