"""What the catalogue's sources say of a protocol's effects, read as days: all of it, by hand."""

import pytest

from mesodash.reports.effects.durations import source_time

MINUTE = 1 / 1440
DC = {
    "erythema": ("median", 4.0, 4.0),
    "swelling": ("median", 8.5, 20.0),
    "itch": ("median", 6.0, 13.0),
    "pain": ("median", 7.0, 10.8),
    "bruise": ("median", 8.3, 12.0),
    "numbness": ("median", 22.0, 62.0),
    "nodule": ("median", 49.0, 100.5),
    "induration": ("median", 16.0, 24.5),
    "nerve_mmn": ("median", 44.0, 44.0),
    "dysphagia": ("median", 3.0, 3.0),
}
PCDC = {
    "heat": ("usual", 30 * MINUTE, 30 * MINUTE),
    "swelling": ("usual", 10.0, 10.0),
    "bruise": ("usual", 10.0, 10.0),
}
HA = {"nodule": ("usual", 1.0, 2.0)}
EXPECTED = {"fat_submental_dc": DC, "fat_pcdc": PCDC, "fat_pcdc_arm_knee": PCDC} | dict.fromkeys(
    (
        "face_ncha", "face_polyvit", "face_microdroplet", "neck_pn", "striae_ha_aa",
        "scar_ncha_pn", "laxity_body",
    ),
    HA,
)  # fmt: skip


def test_all_that_the_catalogue_says_of_protocols(catalogue):
    found = {}
    for protocol in catalogue.protocols:
        for effect in catalogue.side_effects:
            said = source_time(catalogue, effect, protocol)
            if said:
                assert said.sources
                found.setdefault(protocol, {})[effect] = (
                    said.kind,
                    pytest.approx(said.low_days, abs=1e-5),
                    pytest.approx(said.high_days, abs=1e-5),
                )
    assert found == EXPECTED


@pytest.mark.parametrize(
    ("effect", "protocol"),
    [
        ("swelling", None),
        ("swelling", "nowhere"),
        ("nowhere", "fat_pcdc"),
        ("itch", "fat_pcdc"),  # its sources do not speak of itching
        ("swelling", "melasma_txa"),  # clinics' figures without an agent promise nothing for it
    ],
)
def test_nothing_is_said_where_no_source_speaks(catalogue, effect, protocol):
    assert source_time(catalogue, effect, protocol) is None
