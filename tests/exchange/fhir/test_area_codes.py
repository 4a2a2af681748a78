"""Codes of areas in SNOMED CT and ICD-11: each has a status, and what is verified comes back."""

from collections import Counter

from mesodash.exchange.fhir import codes
from mesodash.exchange.fhir.area_codes import AREA_CODES, SYSTEMS, area_of, codings
from mesodash.exchange.fhir.elements import site
from mesodash.exchange.fhir.paths import get

COUNTS = {
    ("snomed", "verified"): 33,
    ("snomed", "unverified"): 2,
    ("snomed", "none"): 20,
    ("icd11", "verified"): 47,
    ("icd11", "none"): 8,
}


def test_every_area_has_a_row_for_each_system(catalogue):
    rows = [(one.area, one.system) for one in AREA_CODES]
    assert rows == [(area, system) for area in catalogue.areas for system in SYSTEMS]
    assert Counter((one.system, one.status) for one in AREA_CODES) == COUNTS


def test_a_row_is_as_its_status_says():
    for one in AREA_CODES:
        assert bool(one.code) == (one.status != "none"), one
        assert bool(one.display) == (one.status == "verified"), one
        assert one.basis, one


def test_codes_have_the_form_of_their_system():
    for one in AREA_CODES:
        if one.system == "icd11" and one.code:
            assert (one.code[:2], len(one.code)) == ("XA", 6), one
        elif one.code:
            assert _verhoeff(one.code) == 0, one


def _verhoeff(digits):
    """The check of SNOMED CT's identifiers: Verhoeff's, 0 if the last digit fits the others."""
    d5 = [[(a + b) % 5 for b in range(5)] for a in range(5)]
    multiplied = [
        [d5[a][b] for b in range(5)] + [5 + d5[a][b] for b in range(5)] for a in range(5)
    ] + [[5 + (a - b) % 5 for b in range(5)] + [(a - b) % 5 for b in range(5)] for a in range(5)]
    base = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    permuted = [list(range(10))]
    for _ in range(7):
        permuted.append([base[one] for one in permuted[-1]])
    check = 0
    for at, digit in enumerate(reversed(digits)):
        check = multiplied[check][permuted[at % 8][int(digit)]]
    return check


def test_negative_control_a_digit_swapped_is_found():
    assert _verhoeff("36141000") == 0
    assert _verhoeff("36114000") != 0


def test_what_is_sent_is_read_again_and_means_one_area(catalogue):
    sent = [(area, one) for area in catalogue.areas for one in codings(area)]
    assert len(sent) == 33 + 47
    for area, one in sent:
        assert area_of(one["system"], one["code"]) == area
    assert area_of(codes.SNOMED, "450721000") is None  # unverified: neither sent nor read


def test_the_area_of_another_program_is_known_by_either_code():
    places = site("bodySite", 0)["area"]
    for coding, area in (
        ({"system": codes.ICD_11, "code": "XA4TC0"}, "abdomen.lower"),
        ({"system": codes.SNOMED, "code": "75093004"}, "abdomen"),
        ({"system": codes.SNOMED, "code": "1"}, None),
        ({"system": "http://other.example", "code": "XA4TC0"}, None),
    ):
        foreign = {"bodySite": [{"coding": [coding]}]}
        found = [get(foreign, place.path) for place in places]
        read = [p.read(v) for p, v in zip(places, found, strict=True) if v is not None]
        assert next(filter(None, read), None) == area
