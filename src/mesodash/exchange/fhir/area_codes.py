"""Codes of other systems for the body's areas, from area_codes.csv beside this module.

Each area has a row for SNOMED CT and one for ICD-11, with what is known of the code:

- `verified`: read in a stored copy, in the same extent as our area. SNOMED CT in DICOM PS3.16 CID
  4029 (Dermatology Anatomic Site, 2024-09-13), which says "skin of ..." with the side left out;
  ICD-11 in the surface topography of its MMS linearisation (chapter X), as GNU Health 5.0.4
  carries it.
- `unverified`: known, but of the part and not of its skin, and looked up nowhere; it is not sent.
- `none`: no code of the same extent was found; `basis` says why.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mesodash.exchange.fhir import codes

_FILE: Final = Path(__file__).with_name("area_codes.csv")
SYSTEMS: Final = {"snomed": codes.SNOMED, "icd11": codes.ICD_11}
"""The file's word for a code system, and its address in FHIR."""

VERIFIED: Final = "verified"


@dataclass(frozen=True, slots=True)
class AreaCode:
    """One row: an area's code in a system, its words there, and what is known of it."""

    area: str
    system: str
    code: str
    display: str
    status: str
    basis: str


def _read() -> tuple[AreaCode, ...]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(AreaCode(**row) for row in csv.DictReader(file))


AREA_CODES: Final = _read()
"""Every row, areas in the catalogue's order."""

_VERIFIED: Final = tuple(one for one in AREA_CODES if one.status == VERIFIED)
_AREAS: Final = {(SYSTEMS[one.system], one.code): one.area for one in _VERIFIED}


def codings(area: str) -> list[dict[str, str]]:
    """What a FHIR concept says of an area in other systems: its verified codes."""
    return [
        {"system": SYSTEMS[one.system], "code": one.code, "display": one.display}
        for one in _VERIFIED
        if one.area == area
    ]


def area_of(system: str, code: str) -> str | None:
    """Our area for a code of SNOMED CT or ICD-11 (by its address in FHIR); None if it is none."""
    return _AREAS.get((system, code))
