"""Faults between the files of a consultation, each one sentence with file and row."""

import pytest

from mesodash.catalogue.load import CatalogueError, load_catalogue


@pytest.mark.parametrize(
    ("file", "code", "cells", "sentence"),
    [
        (
            "contraindications.csv",
            "distal_knee",
            {"asked": "yes"},
            'no question raises "distal_knee"; add it to raises in questions.csv.',
        ),
        (
            "contraindications.csv",
            "keloid",
            {"asked": "no"},
            'a question raises "keloid", so asked must be yes.',
        ),
        (
            "contraindications.csv",
            "keloid",
            {"level": "stop"},
            '"keloid" stops, but red_flags.csv does not say what to do.',
        ),
        (
            "red_flags.csv",
            "pus",
            {"phase": "before"},
            'no contraindication "pus" of level stop; add it, or make phase after.',
        ),
        (
            "components.csv",
            "mannitol",
            {"flags": "allergy", "sources": "KNOWN"},
            "it has the flag allergy, but contraindications.csv names no allergy to it.",
        ),
        (
            "protocols.csv",
            "fat_pcdc",
            {"banned_in": ""},
            "banned_in must be what regulations.csv says: FR.",
        ),
        (
            "protocols.csv",
            "knee_oa",
            {"banned_in": "FR"},
            "banned_in must be what regulations.csv says: empty.",
        ),
        (
            "areas.csv",
            "hip",
            {"snomed_status": ""},
            "snomed_status goes with a SNOMED CT id: fill in both, or neither.",
        ),
        (
            "areas.csv",
            "hip",
            {"sources": ""},
            "sources is empty; name where the ids come from.",
        ),
    ],
)
def test_files_that_do_not_agree(folder, change, file, code, cells, sentence):
    row = change(file, code, **cells)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    assert list(caught.value.faults) == [f"{file}, row {row}: {sentence}"]
