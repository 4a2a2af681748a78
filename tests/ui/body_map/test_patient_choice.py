"""A patient in a line."""

import pytest

from mesodash.records.patients.patients import Patient
from mesodash.ui.body_map.patient_choice import describe


@pytest.mark.parametrize(
    ("patient", "words"),
    [
        (Patient("P1", "female", 1984, "II"), "Patient P1 · female · 41 or 42 · skin type II"),
        (Patient("P1", "unknown", None, None), "Patient P1 · unknown"),
    ],
)
def test_describe(patient, words):
    assert describe(patient, year=2026) == words
