"""What to do first after a warning sign: for the clinic, of the treatment, with its sources."""

import pytest

from mesodash.consult.first_actions import URGENCY, first_actions


def test_a_lump_is_seen_the_same_day_and_cultured_for_mycobacteria(catalogue):
    found = first_actions(catalogue, catalogue.red_flags["late_lump"], "hair_duta")

    assert found.do == (URGENCY["same_day"],)
    assert [text.partition(" (")[0] for text in found.may_be] == [
        catalogue.side_effects[code].label for code in ("nodule", "infection_ntm", "granuloma")
    ]
    assert "acid-fast" in found.may_be[0]
    assert found.sources == (catalogue.sources["DEFAULT"].text,)


@pytest.mark.parametrize(
    ("flag", "protocol", "notes"),
    [
        ("breathing", "hair_duta", ("anaphylaxis",)),
        ("skin_blanching", "face_ncha", ("occlusion",)),
        ("sight_stroke", None, ("occlusion",)),
        ("skin_blanching", "hair_duta", ()),  # no filler, so hyaluronidase dissolves nothing
        ("pus", "face_ncha", ()),
    ],
)
def test_the_emergency_notes_are_those_of_the_sign_and_the_treatment(
    catalogue, flag, protocol, notes
):
    found = first_actions(catalogue, catalogue.red_flags[flag], protocol)

    assert found.do[0] == URGENCY[catalogue.red_flags[flag].urgency]
    assert found.do[1:] == tuple(catalogue.safety_notes[code].text for code in notes)
    for code in notes:
        for key in catalogue.safety_notes[code].sources:
            assert catalogue.sources[key].text in found.sources


def test_every_sign_to_watch_for_has_something_to_do_and_a_source(catalogue):
    for flag in catalogue.red_flags.values():
        if flag.phase == "after":
            found = first_actions(catalogue, flag, None)
            assert found.do
            assert found.sources
