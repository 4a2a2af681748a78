"""Which views show an area: most skin first, slivers left out on request."""

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.seen import most_skin_first, skin

ATLAS = load_atlas()
CHEEK = AreaSide("face.cheek", "left")


def test_the_first_shows_about_the_most_skin():
    pairs = most_skin_first(ATLAS, "female", CHEEK)
    assert {view.name for view, _ in pairs} == {
        view.name for view in ATLAS.views_of("face.cheek", "left")
    }
    assert skin(*pairs[0]) >= 0.9 * max(skin(*pair) for pair in pairs)


def test_a_sliver_is_left_out_on_request():
    pairs = most_skin_first(ATLAS, "female", CHEEK, least=1.0)
    most = max(skin(*pair) for pair in pairs)
    assert [skin(*pair) for pair in pairs] == [most]
    assert len(pairs) < len(most_skin_first(ATLAS, "female", CHEEK))
