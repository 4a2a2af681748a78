"""A clinic's own ids and the lake's labels for them: filters on the way in, answers on the way out.

The lake labels a practitioner `<clinic_id>/<number>`; the clinic's file knows the ids behind.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mesodash.reports.filters import Filters, ReportError

if TYPE_CHECKING:
    from collections.abc import Mapping


def only(filters: Filters, clinic_id: str) -> Filters:
    """Only the file's own clinic: its lake may still hold that of an earlier file of this name.

    Raises:
        ReportError: the filters ask for other clinics.
    """
    if filters.clinics and clinic_id not in filters.clinics:
        raise ReportError(
            f'This file is the clinic "{clinic_id}"; name that one, or give --lake for others.'
        )
    return replace(filters, clinics=(clinic_id,))


def to_numbers(filters: Filters, clinic_id: str, practitioners: Mapping[int, str]) -> Filters:
    """Practitioners as the lake labels them; `practitioners` are the record's ids by number."""
    labels = {name: f"{clinic_id}/{number}" for number, name in practitioners.items()}
    wanted = tuple(labels.get(name, name) for name in filters.practitioners)
    return replace(filters, practitioners=wanted)


def to_names(answer: Any, clinic_id: str, practitioners: Mapping[int, str]) -> Any:
    """Practitioners by the record's practitioner_id again; `answer` is a frame or curves."""
    names = {f"{clinic_id}/{number}": name for number, name in practitioners.items()}
    if isinstance(answer, tuple):
        return tuple(
            replace(group, keys={**group.keys, "practitioner": names.get(label, label)})
            if (label := group.keys.get("practitioner"))
            else group
            for group in answer
        )
    for column in ("practitioner", "value"):
        if column in answer.columns:
            answer[column] = answer[column].replace(names)
    return answer
