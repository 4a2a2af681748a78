"""The rendered cards held against a table written by hand from the sources (cards.csv).

Points: a number, `none`, or `grid 1.5`: a packing of the figure's skin at that spacing. mL: in
all, or a point where the points come from a grid. Duration: what is next to the effect. A †
is where no source was read; `told` says whether the number of points has one.
Nothing here asks the code how it counts; the table's remarks name where a row comes from.
"""

import csv
import re
from html import unescape
from pathlib import Path

import pytest

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.ui.body_map.card import ClinicData, card
from mesodash.ui.body_map.doses import chosen_dose, spaced
from mesodash.ui.parts.markup import render

ATLAS = load_atlas()
HIDDEN = re.compile(r'<span[^>]* aria-hidden="true">.*', re.DOTALL)
"""The shorter forms of a line, for where it has no room; a screen reader reads the whole only."""
with Path(__file__).with_name("cards.csv").open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))


def plain(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def drawn(catalogue, row, country=None):
    """The card's text by line: warnings, facts by name, durations by effect."""
    protocol = catalogue.protocols[row["protocol"]]
    sides = ("left", "right") if row["side"] == "both" else (row["side"],)
    sites = [AreaSide(row["area"], side) for side in sides]
    seen = {
        "protocol": protocol.code, "effect": row["effect"], "n": 9, "median_days": 1.0,
        "median_low": None, "median_high": None,
    }  # fmt: skip
    figure = "male" if row["sex"] == "male" else "female"
    taken = chosen_dose(catalogue, protocol, spaced(protocol), sites, ATLAS, figure=figure)
    html = render(
        "consult_card",
        p=card(
            protocol,
            catalogue,
            here=taken,
            verdict=None,
            known=ClinicData((), (seen,), {}),
            sex=row["sex"],
        ),
    )
    look, everything = html.split("<details>")
    facts = {
        plain(name): plain(HIDDEN.sub("", words))
        for name, words in re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", look, re.DOTALL)
    }
    warnings = re.search(r'<ul class="md-warnings">(.*?)</ul>', look, re.DOTALL)
    table = re.search(r"<tbody>(.*?)</tbody>", everything, re.DOTALL)
    cells = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td>", table[1], re.DOTALL)
    lasts = {plain(name): plain(words) for name, words in cells}
    return facts, plain(warnings[1]) if warnings else "", lasts


def squares(row):
    """From the atlas and the spacing alone: how many squares the area's skin has."""
    figure = "male" if row["sex"] == "male" else "female"
    cm2 = next(
        shape.cm2
        for view in ATLAS.views
        if view.figure == figure and (shape := view.shape(row["area"], row["side"]))
    )
    spans = [float(cm) for cm in row["points"].removeprefix("grid ").split("-")]
    return sorted({max(1, round(cm2 / cm**2)) for cm in spans})


def is_packed_in(points, squares):
    """Whether so many points are a packing of so many squares: an area's border loses some.

    Points keep half a spacing from the border: of a large area it takes a tenth, of a narrow one
    such as the side of the nose most.
    """
    return 0.65 * squares - 8 <= points <= squares and points >= 1


@pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r['protocol']}-{r['area']}-{r['effect']}")
def test_a_card_says_what_the_sources_say(catalogue, row):
    facts, warnings, lasts = drawn(catalogue, row)

    where = facts["Where, how much"]
    if row["points"] == "none":
        assert where.startswith("No number of points")
        assert " mL in all" not in where
    elif row["points"].startswith("grid"):
        points = [int(n) for n in re.match(r"([\d–]+) point", where)[1].split("–")]
        assert len(points) == len(squares(row))
        assert all(map(is_packed_in, points, squares(row)))
        ml = [round(n * float(row["ml"]), 1 if n >= 20 else 2) for n in points] if row["ml"] else []
        assert (f"{ml[0]:g} mL in all" in where) if ml else (" mL in all" not in where)
    else:
        assert where.startswith(f"{row['points']} point")
        assert (f"{row['ml']} mL in all" in where) is bool(row["ml"])
    said = facts["Course"].split(" · ")
    for course in row["course"].split(" · "):
        found = [part for part in said if part == course or part.startswith(f"{course} (")]
        assert found, (course, said)
    assert ("†" in where.split(";")[0]) is (row["told"] == "points")
    assert lasts[catalogue.side_effects[row["effect"]].label] == row["duration"]
    assert any(words in warnings for words in row["warning"].split("|"))


@pytest.mark.parametrize(
    "wrong",
    [{"points": "36"}, {"ml": "15.6"}, {"course": "6-15 sessions"}, {"duration": "30 minutes"},
     {"warning": "painless"}, {"course": "One session †"}, {"told": "points"}],
    ids=str,
)  # fmt: skip
def test_negative_control_a_row_that_is_wrong_is_seen(catalogue, wrong):
    (row,) = (r for r in ROWS if r["protocol"] == "migraine_acute" and r["effect"] == "pain")
    with pytest.raises(AssertionError):
        test_a_card_says_what_the_sources_say(catalogue, row | wrong)


def test_the_table_is_large_and_speaks_of_every_protocol_in_each_of_its_areas(catalogue):
    pairs = {
        (p.code, area) for p in catalogue.protocols.values() for area in areas_of(catalogue, p)
    }

    assert len(pairs) == 100
    assert len(ROWS) >= len(pairs)
    assert pairs - {(row["protocol"], row["area"]) for row in ROWS} == set()


def areas_of(catalogue, protocol):
    return [leaf for area in protocol.areas for leaf in catalogue.leaves(area)]


def test_no_card_shows_a_duration_of_another_substance(catalogue):
    """Every protocol and effect: what names days comes from the protocol's own rows alone."""
    walked = 0
    for protocol in catalogue.protocols.values():
        own = {protocol.code, *protocol.components, *protocol.indications}
        area = min(catalogue.covered(protocol.areas))
        for effect in catalogue.side_effects:
            if effect == "other":
                continue
            row = {
                "protocol": protocol.code, "area": area, "sex": "female", "effect": effect,
                "side": catalogue.areas[area].sides[0],
            }  # fmt: skip
            said = drawn(catalogue, row)[2][catalogue.side_effects[effect].label]
            others = [
                d.text
                for d in catalogue.durations.values()
                if d.effect == effect and d.scope != "all" and not own & set(d.scope)
            ]
            assert [text for text in others if text in said] == []
            walked += len(others)
    assert walked > 100
