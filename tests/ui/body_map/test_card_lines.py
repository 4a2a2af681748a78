"""The five facts of a card, from their longest form to their shortest."""

from dataclasses import replace

import pytest
from tests.sentences import numbers_in

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.ui.body_map.card import expected
from mesodash.ui.body_map.card_lines import (
    PHONE,
    better_words,
    course,
    foremost,
    forms,
    mixture,
    results,
    seen_here,
    short_name,
    where,
)
from mesodash.ui.body_map.doses import chosen_dose, spaced

ATLAS = load_atlas()
EFFECT = {
    "protocol": "face_ncha", "effect": "bruise", "n": 12, "median_days": 4.0,
    "median_low": 3.0, "median_high": 5.0,
}  # fmt: skip


def at(catalogue, code, area):
    protocol = catalogue.protocols[code]
    site = AreaSide(area, catalogue.areas[area].sides[0])
    return where(
        protocol, catalogue, chosen_dose(catalogue, protocol, spaced(protocol), [site], ATLAS)
    )


def test_each_form_is_shorter_than_the_one_before():
    assert forms("a long one", "", "shorter", "as long as it", "short") == [
        "a long one",
        "shorter",
        "short",
    ]


def test_a_mixture_has_a_form_for_a_phone_and_names_how_many_components_it_leaves_out(catalogue):
    for protocol in catalogue.protocols.values():
        texts = mixture(protocol)
        assert texts[0] == protocol.mix
        assert len(texts[-1]) <= PHONE, protocol.code
        assert len(protocol.mix) <= 92 or 1 <= len(protocol.mix_line) <= 92
    own = replace(catalogue.protocols["cellulite_mix"], mix_line=None, mix_short=None)
    assert numbers_in(mixture(own)[-1]) == [len(own.components)]
    assert mixture(replace(own, mix=None)) == ["Mixture not published"]


def test_a_line_names_every_component_of_its_mixture(catalogue):
    told = {"ha_noncrosslinked": "HA", "organic_silica": "silica", "artichoke_extract": "artichoke"}
    lines = {p.code: p for p in catalogue.protocols.values() if p.mix_line}
    named = {
        (code, part): told.get(part, part.replace("_", " ").replace("l c", "L-c")) in p.mix_line
        or part.capitalize() in p.mix_line
        for code, p in lines.items()
        for part in p.components
    }
    assert len(named) > 15
    assert [which for which, found in named.items() if not found] == []


def test_points_and_volume_are_in_every_form_of_where(catalogue):
    for text in at(catalogue, "face_ncha", "face.cheek"):
        assert numbers_in(text)[:2] == [50, 1]
    assert at(catalogue, "cellulite_mix", "buttock")[-1].startswith("50–134 ")
    last = at(catalogue, "lbp_acute", "back.lower")
    assert "2–3 cm" in last[0]
    assert "2–3 cm" in last[1]
    assert numbers_in(last[-1]) == []  # they are below, and it says so
    assert len(last[-1]) <= PHONE


def test_a_course_shortens_to_its_first_schedule_and_says_how_many_more(catalogue):
    texts = course(catalogue, catalogue.protocols["melasma_txa"], None)
    assert "4 mg/mL: 7 sessions, every 2 weeks † · 5 more" in texts
    assert numbers_in(texts[-1]) == [6]
    assert len(course(catalogue, catalogue.protocols["migraine_acute"], None)) == 1
    assert course(catalogue, catalogue.protocols["hair_duta"], "male")[0].endswith("5, 7 and 11")


def test_a_change_without_responders_has_its_interval(catalogue):
    row = {
        "protocol": "hair_duta", "scale": "norwood", "patients": 9, "change_mean": -0.44,
        "change_low": -1.02, "change_high": 0.1, "responder_rate": None,
    }  # fmt: skip
    said, *shorter = results(catalogue, catalogue.protocols["hair_duta"], [row])
    assert numbers_in(said) == [9, -0.4, -1.0, 0.1]
    assert "(down is better)" in said
    for text in shorter:  # on a phone too: which way is better, and the interval
        assert numbers_in(text) == [9, -0.4, -1.0, 0.1]
        assert "(down is better)" in text
    women = results(catalogue, catalogue.protocols["hair_duta"], [row], sex="female")
    assert women == ["no outcomes recorded here"]


def test_own_results_come_with_their_interval(catalogue):
    row = {
        "protocol": "face_ncha", "scale": "wsrs", "patients": 31, "responders": 19,
        "responder_rate": 0.61, "rate_low": 0.44, "rate_high": 0.76, "change_mean": -0.8,
    }  # fmt: skip
    protocol = catalogue.protocols["face_ncha"]

    said, *shorter = results(catalogue, protocol, [row])
    for text in (said, *shorter):
        assert numbers_in(text) == [19, 31, 61, 44, 76]
    assert catalogue.scales["wsrs"].label in said
    assert len(shorter[-1]) <= PHONE
    assert numbers_in(*results(catalogue, protocol, [{**row, "patients": 4}])) == [5]
    assert results(catalogue, protocol, []) == ["no outcomes recorded here"]


def test_the_line_of_what_to_expect_is_short_and_the_table_has_all_of_it(catalogue):
    protocol = catalogue.protocols["face_ncha"]
    many = {**EFFECT, "effect": "swelling", "nine_in_ten_days": 8.0, "reliable": False}

    whole, *shorter = foremost(catalogue, protocol, [many])
    promised, here = whole.split("; ")
    assert promised.startswith("Swelling: promised: ")
    assert numbers_in(here) == [4, 8, 12]  # days of half, of nine in ten; reports
    assert [numbers_in(text) for text in shorter] == [[4, 8, 12], [4, 90, 8], [4]]
    rows = {row[0]: row[1:] for row in expected(catalogue, protocol, [many])}
    said, own = rows[catalogue.side_effects["swelling"].label]
    assert "the needle alone" in said
    assert numbers_in(own) == [4, 3, 5, 8, 12]
    assert ") ≈" in own


def test_what_was_seen_here_stands_from_the_commonest_on_and_without_the_rare(catalogue):
    protocol = catalogue.protocols["face_ncha"]
    rows = [
        {**EFFECT, "effect": "bruise", "n": 7},
        {**EFFECT, "effect": "pain", "n": 4},
        {**EFFECT, "effect": "swelling", "n": 30},
        {**EFFECT, "effect": "swelling", "n": 90, "protocol": "melasma_txa"},
    ]
    lines = seen_here(catalogue, protocol, rows)
    assert [line.partition(":")[0] for line in lines] == ["Swelling", "Bruising"]
    assert [numbers_in(line)[-1] for line in lines] == [30, 7]


def test_a_scale_is_named_by_its_abbreviation_where_it_has_one(catalogue):
    assert short_name(catalogue.scales["gais"].label) == "GAIS"
    assert short_name(catalogue.scales["pr_smfrs"].label) == "PR-SMFRS"
    assert short_name(catalogue.scales["wsrs"].label) == catalogue.scales["wsrs"].label


@pytest.mark.parametrize(
    ("better", "words"),
    [("lower", "down is better"), ("higher", "up is better"), ("depends", "")],
)
def test_a_scale_says_which_way_is_better(better, words):
    assert better_words(better) == words
