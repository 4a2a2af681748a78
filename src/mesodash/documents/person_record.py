"""Everything held about one person, as a PDF to read and as JSON for another program."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import tzinfo
from importlib.resources import files
from typing import Any, Final

import typst

from mesodash.catalogue.types import Catalogue
from mesodash.documents.record_words import ACTIONS, COLUMNS, WORDS, table, word
from mesodash.language import (
    _,
    catalogue_text,
    format_day,
    format_list,
    format_moment,
    format_number,
    format_trimmed,
    ngettext,
)
from mesodash.permissions import role_name
from mesodash.records.privacy.person import LoggedAct, PersonRecord, PersonTable

TEMPLATE: Final = "person.typ"
PDF, JSON = "everything-held.pdf", "everything-held.json"
"""What the two files are called; a file's name never contains a patient's code."""

MOST_ROWS: Final = 300
"""The most rows of one table in the PDF; the JSON has all."""

MOST_PICTURES: Final = 60
"""The most photographs in the PDF; the JSON has all."""

_ONLY_IN_FILE: Final = frozenset({"triangle", "u", "v", "signature", "content"})
"""Columns that make no sense on paper."""

_CODES: Final = {
    "area": "areas",
    "protocol": "protocols",
    "indication": "indications",
    "effect": "side_effects",
    "scale": "scales",
    "technique": "techniques",
    "departure": "departures",
    "question": "questions",
    "flag": "red_flags",
}
"""Columns that hold a code of the catalogue, and the catalogue's file."""


_UNITS: Final = {"_ul": "mL", "_um": "mm", "_g": "kg", "_deg": "°"}
_THOUSAND: Final = 1000
_IN_THOUSANDTHS: Final = ("_ul", "_um", "_g", "_milli")
Known = Mapping[str, Mapping[str, str]]
"""Column -> outside id -> the words for it."""

_FREE: Final = frozenset(
    {
        "closing_reason",
        "departure_text",
        "detail",
        "examination",
        "note",
        "reason",
        "term",
        "treatment_given",
    }
)
"""Columns of free text."""


def person_json(record: PersonRecord) -> bytes:
    """The whole record as JSON (UTF-8): values as they are stored, times in UTC."""
    content = {
        "about": {
            "what": "everything that is held about one person",
            "patient": record.patient_id,
            "clinic": record.clinic,
            "synthetic": record.is_demo,
            "made_at": record.made_at.isoformat(timespec="seconds"),
            "units": "_ul microlitres, _um micrometres, _milli thousandths, _g grams, _deg degrees",
            "keep_years": record.keep_years,
        },
        "tables": {one.name: {"why": one.why, "rows": one.rows} for one in record.tables},
        "looks": [_json_look(one) for one in record.looks],
        "practitioners": record.practitioners,
        "changes": [
            {**asdict(one), "at": one.at.isoformat(), "before": one.before, "after": one.after}
            for one in record.changes
        ],
        "copies": [_json_look(one) for one in record.copies],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _json_look(look: LoggedAct) -> dict[str, Any]:
    return {**asdict(look), "at": look.at.isoformat()}


def person_pdf(
    record: PersonRecord, catalogue: Catalogue, *, zone: tzinfo | None = None, language: str = "en"
) -> bytes:
    """The record typeset for reading; the same record gives the same bytes.

    Args:
        record: what is held.
        catalogue: the words for codes.
        zone: the clinic's, for the times of views and changes; None is the computer's.
        language: of the page, for readers.
    """
    data = person_facts(record, catalogue, zone=zone) | {"lang": language}
    compiler = typst.Compiler(
        (files("mesodash.documents") / TEMPLATE).read_bytes(), ignore_system_fonts=True
    )
    page = compiler.compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=record.made_at.replace(microsecond=0),
    )
    if not isinstance(page, bytes):
        raise TypeError("typst gave several files")
    return page


def person_facts(
    record: PersonRecord, catalogue: Catalogue, *, zone: tzinfo | None = None
) -> dict[str, Any]:
    """The values that the PDF's template reads."""
    known = {
        "session": {
            str(row["session_id"]): format_day(str(row["held_at"]))
            for row in record.rows_of("sessions")
        },
        "practitioner": record.practitioners,
    }
    why: dict[str, list[str]] = {}
    for one in record.tables:
        why.setdefault(_(one.why), []).append(table(one.name))
    limit = (
        ngettext(
            "Kept for {n} year after the last contact.",
            "Kept for {n} years after the last contact.",
            record.keep_years,
        ).format(n=record.keep_years)
        if record.keep_years
        else _("The clinic has set no limit of years.")
    )
    return {
        "title": _("Everything held about you"),
        "clinic": record.clinic,
        "demo": _("Synthetic patient of a demo clinic: nobody in it exists.")
        if record.is_demo
        else "",
        "about": _(
            "What {clinic} keeps under the code {patient}, as of {moment}. The file {file} beside"
            " this one holds the same for a computer, with each earlier version of each row."
        ).format(
            clinic=record.clinic,
            patient=record.patient_id,
            moment=format_moment(record.made_at, zone),
            file=JSON,
        ),
        "foot": _("{clinic}, made {day}").format(
            clinic=record.clinic, day=format_day(record.made_at.date())
        ),
        "parts": [_part(one, catalogue, known) for one in record.tables],
        "tables": [
            _looks(
                _("Who looked at it or changed it"),
                record.looks,
                zone,
                _("Nobody has looked at it yet."),
            ),
            _changes(record, zone),
            _looks(
                _("Copies made of the whole clinic"),
                record.copies,
                zone,
                _("No backup or export was made since you were recorded."),
            ),
        ],
        "why": {
            "title": _("Why it is kept, and for how long"),
            "rows": [[reason, format_list(names)] for reason, names in why.items()],
            "limit": limit,
        },
    }


def _part(one: PersonTable, catalogue: Catalogue, known: Known) -> dict[str, Any]:
    rows = [_row(row, one, catalogue, known) for row in one.rows[:MOST_ROWS]]
    more = len(one.rows) - len(rows)
    left = {name for row in one.rows for name in row if name in _ONLY_IN_FILE}
    notes = []
    if one.name == "photographs" and len(one.rows) > MOST_PICTURES:
        notes.append(_("The other pictures are in {file}.").format(file=JSON))
    if more:
        notes.append(
            ngettext("{n} more row is in {file}.", "{n} more rows are in {file}.", more).format(
                n=format_number(more), file=JSON
            )
        )
    if left:
        notes.append(_("What cannot be printed is in {file}.").format(file=JSON))
    return {
        "title": _("Who you are") if one.name == "patients" else table(one.name),
        "count": ngettext("{n} row", "{n} rows", len(one.rows)).format(
            n=format_number(len(one.rows))
        ),
        "rows": rows,
        "wide": one.name == "patients",
        "note": " ".join(notes),
        "pictures": [_picture(row, catalogue, known) for row in one.rows[:MOST_PICTURES]]
        if one.name == "photographs"
        else [],
    }


def _picture(row: Mapping[str, Any], catalogue: Catalogue, known: Known) -> dict[str, str]:
    """A photograph for the page, wrapped as SVG, with the words of its row."""
    size = f'width="{int(row["width"])}" height="{int(row["height"])}"'
    words = [
        _value(name, row[name], row, catalogue, known) for name in ("taken_on", "moment", "area")
    ]
    return {
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size}'
        f' href="data:image/jpeg;base64,{row["picture"]["base64"]}"/></svg>',
        "words": " · ".join(words),
    }


def _row(
    row: Mapping[str, Any], one: PersonTable, catalogue: Catalogue, known: Known
) -> list[list[str]]:
    hidden = one.technical | _ONLY_IN_FILE | {"patient"}
    return [
        [word(COLUMNS, name), _value(name, value, row, catalogue, known)]
        for name, value in row.items()
        if name not in hidden and not (name == "currency" and "price_milli" in row)
    ]


def _value(
    name: str, value: Any, row: Mapping[str, Any], catalogue: Catalogue, known: Known
) -> str:
    if name in _CODES:
        return _code(catalogue, name, str(value))
    if name == "areas":
        codes = json.loads(str(value))
        return format_list([_code(catalogue, "area", one) for one in codes]) or _("anywhere")
    if name in known:
        return known[name].get(str(value), str(value))
    if isinstance(value, int | float):
        unit = _unit(name, row)
        shown = value / _THOUSAND if name.endswith(_IN_THOUSANDTHS) else value
        return f"{format_trimmed(shown, 3)} {unit}".strip()
    return _text(name, value)


def _unit(name: str, row: Mapping[str, Any]) -> str:
    if name == "price_milli":
        return str(row.get("currency", ""))
    return next((unit for ending, unit in _UNITS.items() if name.endswith(ending)), "")


def _text(name: str, value: Any) -> str:
    if isinstance(value, dict):  # a picture
        return _("{n} bytes").format(n=format_number(value.get("bytes")))
    text = str(value)
    if name.endswith(("_at", "_on", "_date")):
        return format_moment(text)
    return _(WORDS[text]) if text in WORDS and name not in _FREE else text


def _code(catalogue: Catalogue, name: str, code: str) -> str:
    kind = _CODES[name]
    known = getattr(catalogue, kind).get(code)
    if known is None:
        return code.replace("_", " ")
    label = getattr(known, "label", None) or getattr(known, "text", None) or code
    return catalogue_text(kind, code, "label", str(label))


def _looks(
    title: str, looks: Sequence[LoggedAct], zone: tzinfo | None, empty: str
) -> dict[str, Any]:
    """The views, those by one person of one thing on one day as one line."""
    counted: Counter[tuple[str, str, str, str, str]] = Counter()
    for one in looks:
        day = format_day(one.at.astimezone(zone).date())
        what = _("everything") if one.action == "export" else table(one.table)
        counted[day, one.actor, one.role, one.action, what] += 1
    return {
        "title": title,
        "head": [_("Day"), _("Who"), _("Did"), _("What"), _("Times")],
        "rows": [
            [day, _who(actor, role), word(ACTIONS, action), what, format_number(n)]
            for (day, actor, role, action, what), n in counted.items()
        ],
        "empty": empty,
    }


def _changes(record: PersonRecord, zone: tzinfo | None) -> dict[str, Any]:
    """What was corrected: changes of existing rows, with the columns and the reason."""
    return {
        "title": _("What was corrected or taken out"),
        "head": [_("When"), _("Who"), _("What"), _("In it"), _("Why")],
        "rows": [
            [
                format_moment(one.at, zone),
                _who(one.actor, one.role),
                table(one.table),
                _("taken out")
                if one.action == "delete"
                else format_list([word(COLUMNS, name) for name in one.changed]),
                one.why or "",
            ]
            for one in record.changes
            if one.action in ("update", "delete")
        ],
        "empty": _("Nothing was corrected."),
    }


def _who(actor: str, role: str) -> str:
    return _("{who}, {role}").format(who=actor, role=role_name(role))
