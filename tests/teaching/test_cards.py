"""Cards: each protocol on one page of A5; the same input gives the same bytes."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.teaching.cards import _facts as card_facts
from mesodash.teaching.cards import cards, taught_card

DAY = date(2026, 11, 22)
A5 = (148, 210)


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


def card(catalogue, atlas, protocol):
    covered = catalogue.covered(protocol.areas)
    site = next(AreaSide(*pair) for pair in atlas.areas() if pair[0] in covered)
    return taught_card(catalogue, atlas, protocol, site, sex="female", country=None)


def set_cards(catalogue, atlas, wanted, form="pdf"):
    return cards(wanted, catalogue=catalogue, atlas=atlas, made_on=DAY, version="0.1", form=form)


def test_every_protocol_takes_one_page_of_a5(catalogue, atlas):
    wanted = [card(catalogue, atlas, one) for one in catalogue.protocols.values()]
    pages = set_cards(catalogue, atlas, wanted, "png")

    assert len(pages) == len(catalogue.protocols)
    for page in pages:
        wide, tall = Image.open(BytesIO(page)).size
        assert wide / tall == pytest.approx(A5[0] / A5[1], rel=0.01)


def test_a_card_draws_the_section_only_where_all_of_it_is_known_and_else_says_what_is_not(
    catalogue, atlas, checks
):
    """Recounted from the rows: depth in mm, angle, and a measured skin of that area."""
    drawn = 0
    with checks("sections of cards", planned=len(catalogue.protocols)) as count:
        for protocol in catalogue.protocols.values():
            one = card(catalogue, atlas, protocol)
            techniques = [catalogue.techniques[code] for code in protocol.techniques]
            lacks = {
                "depth": protocol.depth_mm_min is None
                and protocol.depth_mm_max is None
                and all(technique.depth_mm_min is None for technique in techniques),
                "angle": all(technique.angle_deg_min is None for technique in techniques),
            }
            measured = any(
                row.area == one.lesson.site.area
                and row.sex in (None, "female")
                and row.layer in ("dermis", "skin")
                and row.mean_mm is not None
                for row in catalogue.skin_layers.values()
            )
            facts = card_facts(one, catalogue, atlas)
            wanted = measured and not any(lacks.values())
            drawn += wanted
            said = facts["section_words"]
            missing = [word for word, unknown in lacks.items() if unknown]
            right = (facts["section"] is not None) is wanted and (
                "not drawn" not in said
                if wanted
                else "not drawn" in said
                and (all(word in said for word in missing) if missing else "measured" in said)
            )
            count.that(right, f"{protocol.code}: {said}")
    assert 0 < drawn < len(catalogue.protocols)


def test_the_same_card_is_the_same_file(catalogue, atlas):
    wanted = [card(catalogue, atlas, catalogue.protocols["face_ncha"])]
    (one,), (other,) = (set_cards(catalogue, atlas, wanted) for _ in range(2))

    assert one == other
    assert one.startswith(b"%PDF")
