"""A protocol's card: the clinic's own figures, the verdict, and every protocol drawn whole."""

from datetime import date

import pytest

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.consult.screening import NO_ANSWERS, Answer, Answers, screen
from mesodash.records.protocol_versions import Parameters, ProtocolVersion
from mesodash.ui.consult.card import SIGNS, Known, card, expected, own_results, verdict_words
from mesodash.ui.consult.doses import here, spaced
from mesodash.ui.markup import render

TODAY = date(2026, 11, 22)
ATLAS = load_atlas()
NOTHING = Known((), (), {})
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
        found = here(catalogue, protocol, spaced(protocol), [site], ATLAS)
        verdict = verdicts(catalogue, code)[protocol.code]

        text = render(
            "consult_card", p=card(protocol, catalogue, here=found, verdict=verdict, known=NOTHING)
        )

        assert [w for w in ("<dd></dd>", ">None<", ">nan", "None mm") if w in text] == []


def test_an_exclusion_says_which_answer_when_and_why(catalogue):
    answers = Answers({"drug_anticoagulant": Answer("yes", answered_on=date(2026, 11, 1))})
    verdict = verdicts(catalogue, "hip", answers)["cellulite_mix"]

    words = verdict_words(verdict)

    assert (words["sign"], words["blocked"]) == ("✕", True)
    assert words["words"] == "Not for this patient"
    (reason,) = words["reasons"]
    assert reason["weight"] == "Do not treat"
    assert reason["sentence"].startswith("Warfarin, DOAC or heparin: clinic lists exclude it")
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
        here=here(catalogue, protocol, spaced(protocol), [site], ATLAS),
        verdict=None,
        known=Known((), (), {"face_ncha": version}),
    )

    assert found["version"] == "Our version 2, 3 Mar 2026"


def test_what_the_clinic_set_otherwise_and_what_no_source_gives_are_said(catalogue):
    def facts(code, version=None, area="scalp.vertex"):
        site = AreaSide(area, catalogue.areas[area].sides[0])
        protocol = catalogue.protocols[code]
        known = Known((), (), {code: version} if version else {})
        drawn = here(catalogue, protocol, spaced(protocol), [site], ATLAS)
        return dict(card(protocol, catalogue, here=drawn, verdict=None, known=known)["facts"])

    own = Parameters(depth_mm=6, sessions=9, technique="nappage")
    version = ProtocolVersion(7, "hair_duta", 1, date(2026, 3, 3), "demo", own, "as trained")

    assert facts("hair_duta", version)["Our version sets"] == "depth, mm: 6; sessions: 9"
    assert "Our version sets" not in facts("hair_duta")
    assert facts("hair_duta")["Not published"] == "volume a point, spacing or points"
    assert (
        facts("cellulite_mix", area="hip")["Not published"]
        == "depth, volume a point, largest volume, top-up"
    )


def test_a_change_without_responders_has_its_interval(catalogue):
    row = {
        "protocol": "hair_duta", "scale": "norwood", "patients": 9, "change_mean": -0.44,
        "change_low": -1.02, "change_high": 0.1, "responder_rate": None,
    }  # fmt: skip
    said = own_results(catalogue, catalogue.protocols["hair_duta"], [row])
    assert said == "9 patients, mean change −0.4 (−1.0 to +0.1); Norwood–Hamilton stage"


def test_what_is_counted_and_what_cannot_be_had_are_told_apart(catalogue):
    protocol = catalogue.protocols["face_ncha"]
    site = AreaSide("face.cheek", "left")
    drawn = here(catalogue, protocol, spaced(protocol), [site], ATLAS)

    for followed, words in ((False, "counting …"), (True, "not known now")):
        known = Known(None, None, {}, followed=followed)
        found = card(protocol, catalogue, here=drawn, verdict=None, known=known)
        assert found["later"][0] == ("This clinic", words)
        assert found["later"][1] == ("What to expect", words)


def test_what_to_expect_stands_beside_the_clinics_own_median(catalogue):
    protocol = catalogue.protocols["face_ncha"]

    rows = {row[0]: row[1:] for row in expected(catalogue, protocol, [EFFECT])}

    published, own = rows[catalogue.side_effects["bruise"].label]
    assert published == catalogue.side_effects["bruise"].published_typical
    assert own == "half gone by 4 days (3 days to 5 days), n 12"


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


def test_own_results_come_with_their_interval(catalogue):
    row = {
        "protocol": "face_ncha", "scale": "wsrs", "patients": 31, "responders": 19,
        "responder_rate": 0.61, "rate_low": 0.44, "rate_high": 0.76, "change_mean": -0.8,
    }  # fmt: skip
    protocol = catalogue.protocols["face_ncha"]

    assert own_results(catalogue, protocol, [row]) == (
        "19 of 31 patients responded (61 %, 44 % to 76 %;"
        " Wrinkle Severity Rating Scale (nasolabial))"
    )
    assert own_results(catalogue, protocol, [{**row, "patients": 4}]) == (
        "fewer than 5 patients with an outcome"
    )
    assert own_results(catalogue, protocol, []) == "no outcomes recorded here"


def test_a_card_without_the_reports_says_so_and_holds_the_lines_that_follow(catalogue):
    protocol = catalogue.protocols["face_ncha"]
    at = [AreaSide("face.cheek", "left")]
    taken = here(catalogue, protocol, spaced(protocol), at, ATLAS)

    def drawn(known):
        return card(protocol, catalogue, here=taken, verdict=None, known=known)

    waiting, come, remembered = (
        drawn(known)
        for known in (
            Known(None, None, {}),
            Known((), (EFFECT,), {}, followed=True),
            Known((), (EFFECT,), {}),
        )
    )
    assert [one["lines_held"] for one in (waiting, come, remembered)] == [True, True, False]
    assert [name for name, _ in waiting["later"]] == [name for name, _ in come["later"]]
    assert dict(waiting["later"])["This clinic"] == "counting …"
    assert {row[2] for row in waiting["expect"]} <= {"counting …"}
    assert come["later"] == remembered["later"]
    assert 'class="later"' in render("consult_card", p=waiting)
    assert 'class="later"' not in render("consult_card", p=remembered)
