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


def test_the_text_has_the_countrys_notes_and_what_may_follow(catalogue):
    fat = catalogue.protocols["fat_pcdc"]
    texts = {
        country: consent_text(catalogue, "treatment", fat, country)
        for country in ("FR", "BR", "US", "GB", None)
    }
    notes = {
        country: [one.text for one in catalogue.regulations_for(fat.code, country)]
        for country in texts
    }
    assert [len(notes[country]) for country in ("FR", "BR", "US", "GB")] == [2, 1, 1, 0]
    every = {note for told in notes.values() for note in told}
    for country, text in texts.items():
        assert every & set(text.lines) == set(notes[country])
        effects = [catalogue.side_effects[code].label for code in fat.expected_effects]
        assert all(label in " ".join(text.lines) for label in effects)
    versions = {country: text.version for country, text in texts.items()}
    assert len(set(versions.values())) == 4
    assert versions["GB"] == versions[None]


def test_a_patient_signs_harms_and_limits_and_not_what_the_clinic_has_to_do(catalogue):
    lines = consent_text(catalogue, "treatment", catalogue.protocols["fat_pcdc"], "FR").lines
    topics = {note.text: note.topic for note in catalogue.safety_notes_for("fat_pcdc")}

    assert {"emergency", "hygiene"} < set(topics.values())
    assert {topics[line] for line in lines if line in topics} == {"off_label", "harm", "limit"}


def test_negative_control_other_purposes_have_no_protocols_words(catalogue):
    duta = catalogue.protocols["hair_duta"]
    for purpose in ("photographs", "teaching", "publication", "messages"):
        with_protocol = consent_text(catalogue, purpose, duta, "FR")
        assert with_protocol == consent_text(catalogue, purpose, None, None)
