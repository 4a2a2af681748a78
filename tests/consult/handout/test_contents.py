"""What a handout tells: own medians from ten reports on, the longest aftercare, the red flags."""

import math
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from tests.sentences import numbers_in

from mesodash.bodymap.choice import AreaSide
from mesodash.consult.handout.contents import (
    ENOUGH_REPORTS,
    MOST_EFFECTS,
    Handout,
    OwnMedian,
    aftercare_for,
    effects_mentioned,
    facts,
    own_medians,
    plain,
)
from mesodash.language import use_language

ASK = Handout(
    clinic="Clinic",
    protocol="cellulite_mix",
    areas=(AreaSide("buttock", "left"),),
    printed_on=date(2026, 11, 22),
)


def expected(catalogue, **own):
    told = facts(replace(ASK, own=own), catalogue)["expect"]["rows"]
    return {row["name"]: row["text"].replace("\xa0", " ") for row in told}


def test_the_clinics_own_median_is_told_from_ten_reports_on(catalogue):
    told = expected(catalogue, bruise=OwnMedian(ENOUGH_REPORTS, 6.5), swelling=OwnMedian(9, 4.0))

    assert told["Bruising"].startswith("In this clinic ")
    assert numbers_in(told["Bruising"]) == [6.5, 10]  # days, reports
    assert told["Swelling"].startswith("Often said: ")  # nine reports are too few
    assert numbers_in(told["Swelling"]) == [3.1, 5]  # days after the needle alone


def test_a_median_of_no_days_is_the_same_day(catalogue):
    told = expected(catalogue, heat=OwnMedian(40, 0.0))

    assert "on the same day" in told["Heat or burning"]
    assert numbers_in(told["Heat or burning"]) == [40]


def test_fat_dissolving_mixtures_have_their_own_published_durations(catalogue):
    rows = facts(replace(ASK, protocol="fat_pcdc"), catalogue)["expect"]["rows"]

    assert {"name": "Swelling", "text": "Published: about 10\xa0days."} in rows
    chin = facts(replace(ASK, protocol="fat_submental_dc", own={}), catalogue)["expect"]["rows"]
    (swelling,) = (row["text"] for row in chin if row["name"] == "Swelling")
    assert swelling.startswith("Published: ")
    assert numbers_in(swelling) == [8.5, 20]


def test_what_is_not_published_says_so(catalogue):
    told = expected(catalogue, headache=OwnMedian(12, 0.5))
    ask = replace(ASK, protocol="fat_submental_dc", own={})
    rows = facts(ask, catalogue)["expect"]["rows"]

    assert told["Headache"].startswith("In this clinic")
    assert len(rows) == MOST_EFFECTS


def test_the_commonest_come_first_then_the_protocols_then_the_promised(catalogue):
    protocol = catalogue.protocols["fat_pcdc"]
    own = {"itch": OwnMedian(12, 1.0), "nodule": OwnMedian(30, 40.0), "pain": OwnMedian(3, 1.0)}

    told = effects_mentioned(catalogue, protocol, own)

    assert told == ("nodule", "itch", "heat", "swelling", "bruise", "erythema")


def test_medians_come_from_the_report_where_half_are_over():
    rows = [
        {"effect": "bruise", "n": 34, "median_days": 6.5},
        {"effect": "nodule", "n": 12, "median_days": math.nan},
        {"effect": "itch", "n": 3, "median_days": None},
    ]

    assert own_medians(rows) == {"bruise": OwnMedian(34, 6.5)}


def test_where_sources_disagree_the_longest_is_told(catalogue):
    body = [row.code for row in aftercare_for(catalogue, "cellulite_mix", ["buttock"])]

    assert {"wash_12", "exercise_48", "pool_weeks", "sun_heat", "sun_body", "hot_bath"} <= set(body)
    assert not {"wash_8", "exercise_24", "pool_72", "make_up_48", "wash_scalp_days"} & set(body)


def test_a_rule_for_the_area_takes_the_place_of_the_general_one(catalogue):
    def codes(*areas):
        return {row.code for row in aftercare_for(catalogue, "hair_duta", areas)}

    assert "wash_scalp_days" in codes("scalp.vertex")
    assert "wash_12" not in codes("scalp.vertex")
    assert {"wash_12", "wash_scalp_days"} <= codes("scalp.vertex", "face.temple")
    assert "blood_donation" in codes("scalp.vertex")


def test_every_warning_sign_after_a_treatment_is_told_emergencies_first(catalogue):
    groups = facts(ASK, catalogue)["flags"]

    after = [flag for flag in catalogue.red_flags.values() if flag.phase == "after"]
    assert sum(len(group["signs"]) for group in groups) == len(after)
    assert groups[0]["action"].startswith("Call the emergency number")
    assert len(groups[0]["signs"]) == 3
    assert groups[0]["signs"][-1] == "Chest pain"


def test_the_dates_of_the_sessions(catalogue):
    first = date(2026, 11, 24)
    days = tuple(first + timedelta(days=7 * n) for n in range(20))

    few = facts(replace(ASK, dates=days[:2], at=time(9, 5)), catalogue)
    many = facts(replace(ASK, dates=days), catalogue)
    none = facts(ASK, catalogue)

    assert [numbers_in(one.partition(" ")[2]) for one in few["dates"]] == [
        ["2026-11-24", "9:05"],
        ["2026-12-01", "9:05"],
    ]
    assert len(many["dates"]) == 16
    assert many["dates"][-1] == "and 5\xa0sessions more"
    assert (none["dates"], bool(none["no_dates"])) == ([], True)


def test_how_often_is_told_as_planned(catalogue):
    planned = facts(replace(ASK, sessions=8, interval_days=7, top_up_days=30), catalogue)["what"]

    assert [numbers_in(said) for said in planned if numbers_in(said)] == [[8, 7], [30]]
    assert "sessions" not in " ".join(facts(ASK, catalogue)["what"])


@pytest.mark.parametrize(
    ("text", "told"),
    [("a\x00b\nc\u2028d", "a b c d"), ("  x  ", "x"), ("abcdef", "abcd…"), ("abcde", "abcde")],
)
def test_typed_text_is_one_line_of_printable_signs(text, told):
    assert plain(text, 5 if len(text) in (5, 6) else 50) == told


@pytest.mark.parametrize("code", ["en", "fr"])
def test_every_protocol_has_a_handout_in_each_of_its_areas(catalogue, code):
    for protocol in catalogue.protocols.values():
        for area in catalogue.covered(protocol.areas):
            side = catalogue.areas[area].sides[0]
            ask = replace(
                ASK, protocol=protocol.code, areas=(AreaSide(area, side),),
                indication=protocol.indications[0],
            )  # fmt: skip
            with use_language(code):
                told = facts(ask, catalogue)
            assert told["title"], (protocol.code, area)
            assert told["aftercare"], (protocol.code, area)
