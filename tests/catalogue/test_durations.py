"""One answer to how long an effect lasts: the own source's, else the promise, so named."""

import pytest

from mesodash.catalogue.durations import expected_duration, published_durations


@pytest.mark.parametrize(
    ("effect", "protocol", "own", "days"),
    [
        ("swelling", "fat_submental_dc", "dc_swelling", 20),
        ("swelling", "fat_pcdc", "pcdc_swelling", 10),
        ("swelling", "face_ncha", None, 2),
        ("swelling", "cellulite_mix", None, 2),
        ("swelling", None, None, 2),
        ("bruise", "fat_pcdc_arm_knee", "pcdc_bruise", 10),
        ("bruise", "knee_oa", None, None),
        ("nodule", "striae_ha_aa", "ha_nodule", 2),
        ("heat", "fat_submental_dc", None, 20 / 1440),
    ],
)
def test_only_the_own_substance_counts(catalogue, effect, protocol, own, days):
    found = expected_duration(catalogue, effect, protocol)

    assert (found.own.code if found.own else None, found.days) == (own, days)


def test_what_the_needle_alone_did(catalogue):
    needle = {
        effect: expected_duration(catalogue, effect).needle for effect in catalogue.side_effects
    }
    assert {
        effect: (row.days_min, row.days_max, row.longest_days)
        for effect, row in needle.items()
        if row
    } == {
        "pain": (4.5, 5.2, 13),
        "bruise": (6.8, 7.3, 12),
        "swelling": (3.1, 5.0, 9),
        "itch": (3, 3, None),
        "erythema": (3, 3, None),
    }


def test_clinics_pages_come_last(catalogue):
    assert [row.code for row in published_durations(catalogue, "bruise")] == [
        "dc_bruise", "pcdc_bruise", "needle_bruise", "clinic_bruise",
    ]  # fmt: skip
