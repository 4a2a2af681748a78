"""What the catalogue's sources say of a protocol's effects, read as days: all of it, by hand."""

import pytest

from mesodash.reports.published import agent_of, source_time

MINUTE, HOUR = 1 / 1440, 1 / 24
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
EXPECTED = {"fat_submental_dc": DC, "fat_pcdc": PCDC, "fat_pcdc_arm_knee": PCDC}


def test_all_that_the_catalogue_says_of_protocols(catalogue):
    found = {}
    for protocol in catalogue.protocols:
        for effect in catalogue.side_effects:
            said = source_time(catalogue, effect, protocol)
            if said:
                assert said.text in catalogue.side_effects[effect].published_typical
                assert said.sources == catalogue.side_effects[effect].published_sources
                found.setdefault(protocol, {})[effect] = (
                    said.kind,
                    pytest.approx(said.low_days),
                    pytest.approx(said.high_days),
                )
    assert found == EXPECTED


def test_an_agent_is_told_by_the_components(catalogue):
    assert agent_of(catalogue.protocols["fat_pcdc"]) == "PC/DC"
    assert agent_of(catalogue.protocols["fat_submental_dc"]) == "deoxycholic acid"
    assert agent_of(catalogue.protocols["melasma_txa"]) is None


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
