"""A protocol's card: the clinic's own figures, the verdict, and every protocol drawn whole."""

import re
from datetime import date

import pytest
from tests.conftest import TODAY
from tests.sentences import numbers_in

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.consult.screening import NO_ANSWERS, Answer, ScreeningAnswers, screen
from mesodash.records.courses.protocol_versions import Parameters, ProtocolVersion
from mesodash.ui.body_map.card import (
    SIGNS,
    ClinicData,
    card,
    expected,
    verdict_words,
)
from mesodash.ui.body_map.doses import chosen_dose, spaced
from mesodash.ui.parts.markup import render

ATLAS = load_atlas()
NOTHING = ClinicData((), (), {})
EFFECT = {
    "protocol": "face_ncha", "effect": "bruise", "n": 12, "median_days": 4.0,
    "median_low": 3.0, "median_high": 5.0,
}  # fmt: skip


def verdicts(catalogue, area, answers=NO_ANSWERS, country="GB"):
    found = screen(
        catalogue,
        protocols=[p.code for p in catalogue.protocols_at(area)],
        areas=[area],
        answers=answers,
        sex="female",
        birth_year=1980,
        phototype="II",
        country=country,
        today=TODAY,
    )
    return {verdict.protocol: verdict for verdict in found}


def test_every_protocol_in_every_area_makes_a_card(catalogue):
    for protocol in catalogue.protocols.values():
        code = min(catalogue.covered(protocol.areas))
        site = AreaSide(code, catalogue.areas[code].sides[0])
        found = chosen_dose(catalogue, protocol, spaced(protocol), [site], ATLAS)
        verdict = verdicts(catalogue, code)[protocol.code]

        text = render(
            "consult_card", p=card(protocol, catalogue, here=found, verdict=verdict, known=NOTHING)
        )

        assert [w for w in ("<dd></dd>", ">None<", ">nan", "None mm") if w in text] == []


def test_an_exclusion_says_which_answer_when_and_why(catalogue):
    answers = ScreeningAnswers({"drug_anticoagulant": Answer("yes", answered_on=date(2026, 11, 1))})
    verdict = verdicts(catalogue, "hip", answers)["cellulite_mix"]

    words = verdict_words(verdict, catalogue)

    assert (words["sign"], words["blocked"]) == ("✕", True)
    assert words["words"] == "Not for this patient"
    (reason,) = words["reasons"]
    assert reason["weight"] == "Do not treat"
    assert reason["sentence"].startswith("Warfarin, DOAC or heparin: ")
    assert reason["said"] == "said 1 Nov 2026"


def test_every_level_has_a_sign_of_its_own_meaning():
    assert SIGNS["offered"] != SIGNS["caution"] != SIGNS["unknown"] != SIGNS["excluded"]
    assert set(SIGNS) == {"offered", "caution", "unknown", "excluded", "banned", "stop"}


def test_an_adopted_version_is_marked(catalogue):
    protocol = catalogue.protocols["face_ncha"]
    version = ProtocolVersion(7, "face_ncha", 2, date(2026, 3, 3), "demo", Parameters(), None)
    site = AreaSide("face.cheek", "left")

    found = card(
        protocol,
        catalogue,
        here=chosen_dose(catalogue, protocol, spaced(protocol), [site], ATLAS),
        verdict=None,
        known=ClinicData((), (), {"face_ncha": version}),
    )

    assert numbers_in(found["version"]) == [2, "2026-03-03"]


def test_what_the_clinic_set_otherwise_and_what_no_source_gives_are_said(catalogue):
    def facts(code, version=None, area="scalp.vertex"):
        site = AreaSide(area, catalogue.areas[area].sides[0])
        protocol = catalogue.protocols[code]
        known = ClinicData((), (), {code: version} if version else {})
        drawn = chosen_dose(catalogue, protocol, spaced(protocol), [site], ATLAS)
        found = card(protocol, catalogue, here=drawn, verdict=None, known=known)
        return dict(found["folded"]) | {"ours": found["ours"]}

    own = Parameters(depth_mm=6, sessions=9, technique="nappage")
    version = ProtocolVersion(7, "hair_duta", 1, date(2026, 3, 3), "demo", own, "as trained")

    ours = facts("hair_duta", version)["ours"]
    assert numbers_in(ours) == [6, 9]  # depth in mm, sessions
    assert facts("hair_duta")["ours"] == ""
    assert facts("hair_duta")["Not published"].split(", ") == [
        "volume a point",
        "spacing or points",
    ]
    assert facts("cellulite_mix", area="hip")["Not published"].split(", ") == [
        "depth",
        "volume a point",
        "largest volume",
        "top-up",
    ]


def test_what_is_counted_and_what_cannot_be_had_are_told_apart(catalogue):
    protocol = catalogue.protocols["face_ncha"]
    site = AreaSide("face.cheek", "left")
    drawn = chosen_dose(catalogue, protocol, spaced(protocol), [site], ATLAS)

    for followed, words in ((False, "counting …"), (True, "not known now")):
        known = ClinicData(None, None, {}, followed=followed)
        found = card(protocol, catalogue, here=drawn, verdict=None, known=known)
        assert found["facts"][3:] == [("What to expect", [words]), ("How it went here", [words])]


def test_what_to_expect_stands_beside_the_clinics_own_median(catalogue):
    protocol = catalogue.protocols["face_ncha"]

    rows = {row[0]: row[1:] for row in expected(catalogue, protocol, [EFFECT])}

    published, own = rows[catalogue.side_effects["bruise"].label]
    assert published.startswith("the needle alone: median 6.8-7.3 days")
    assert numbers_in(own) == [4, 3, 5, 12]  # days, its interval, reports


@pytest.mark.parametrize(
    ("n", "median", "words"),
    [
        (4, 2.0, "fewer than 5 recorded"),
        (9, float("nan"), "half not gone yet, n 9"),
    ],
)
def test_few_or_unfinished_effects_show_no_median(catalogue, n, median, words):
    row = {**EFFECT, "n": n, "median_days": median}
    protocol = catalogue.protocols["face_ncha"]
    rows = {
        r[0]: r[2]
        for r in expected(catalogue, protocol, [row, {**EFFECT, "effect": "itch", "n": 6}])
    }

    label = catalogue.side_effects["bruise"].label
    assert rows.get(label, "fewer than 5 recorded") == words


def test_a_card_without_the_reports_has_the_lines_that_follow(catalogue):
    protocol = catalogue.protocols["face_ncha"]
    at = [AreaSide("face.cheek", "left")]
    taken = chosen_dose(catalogue, protocol, spaced(protocol), at, ATLAS)

    def drawn(known):
        return card(protocol, catalogue, here=taken, verdict=None, known=known)

    waiting, come, remembered = (
        drawn(known)
        for known in (
            ClinicData(None, None, {}),
            ClinicData((), (EFFECT,), {}, followed=True),
            ClinicData((), (EFFECT,), {}),
        )
    )
    names = ["What", "Where, how much", "Course", "What to expect", "How it went here"]
    for one in (waiting, come, remembered):
        assert [name for name, _ in one["facts"]] == names
    assert dict(waiting["facts"])["How it went here"] == ["counting …"]
    assert {row[2] for row in waiting["expect"]} <= {"counting …"}
    assert come["facts"] == remembered["facts"]


def test_what_a_line_may_have_no_room_for_stands_first_in_the_fold(catalogue):
    went = {"patients": 12, "responders": 9, "responder_rate": 0.75, "rate_low": 0.43}
    went |= {"rate_high": 0.95}
    orders = set()
    for protocol in catalogue.protocols.values():
        code = min(catalogue.covered(protocol.areas))
        site = AreaSide(code, catalogue.areas[code].sides[0])
        taken = chosen_dose(catalogue, protocol, spaced(protocol), [site], ATLAS)
        scales = {s for one in protocol.indications for s in catalogue.indications[one].scales}
        known = ClinicData(
            [{"protocol": protocol.code, "scale": scale} | went for scale in sorted(scales)], (), {}
        )
        values = card(protocol, catalogue, here=taken, verdict=None, known=known)
        html = render("consult_card", p=values)

        look, fold = html.split("<details>")
        whole = {name: words[0] for name, words in values["facts"] if len(words) > 1}
        whole.pop("What to expect", None)  # the table below has all of it
        assert dict([*values["whole"], *values["went"]]) == whole
        # In the order of the five lines, the table of what to expect between them.
        parts = [part for part in ("whole", "expect", "went") if values[part]]
        headed = '(?:<dl class="md-facts (whole)">|<caption>(What to expect)<)'
        signs = {"expect": "What to expect", "whole": "whole", "went": "whole"}
        found = [a or b for a, b in re.findall(headed, fold)]
        assert found == [signs[part] for part in parts]
        orders.add(tuple(parts))
        if values["whole"]:
            assert fold.split("</summary>")[1].strip().startswith('<dl class="md-facts whole">')
        # A screen reader reads the whole of each line, and none of its shorter forms.
        assert look.count('aria-hidden="true"') == sum(len(w) - 1 for _, w in values["facts"])
    assert ("whole", "expect", "went") in orders
