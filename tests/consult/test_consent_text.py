"""What a consent says, and which protocols need one to use beyond the label."""

import pytest

from mesodash.consult.consent_text import consent_text, is_off_label


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        ("fat_pcdc", True),  # a safety note of its own
        ("melasma_txa", True),  # tranexamic acid
        ("hair_duta", True),
        ("face_ncha", False),
        ("fat_submental_dc", False),  # what its label names
        ("no_such_protocol", False),
        (None, False),
    ],
)
def test_use_beyond_the_label_is_what_the_catalogue_says(catalogue, protocol, expected):
    assert is_off_label(catalogue, protocol) is expected


def test_other_words_are_another_version(catalogue):
    one = consent_text(catalogue, "off_label", catalogue.protocols["hair_duta"], "FR")
    same = consent_text(catalogue, "off_label", catalogue.protocols["hair_duta"], "FR")
    other = consent_text(catalogue, "off_label", catalogue.protocols["melasma_txa"], "FR")

    assert one == same
    assert one.version != other.version
    assert len(one.version) == 12
