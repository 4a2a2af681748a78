"""Cards: each protocol on one page of A5; the same input gives the same bytes."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
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


def test_the_same_card_is_the_same_file(catalogue, atlas):
    wanted = [card(catalogue, atlas, catalogue.protocols["face_ncha"])]
    (one,), (other,) = (set_cards(catalogue, atlas, wanted) for _ in range(2))

    assert one == other
    assert one.startswith(b"%PDF")
