"""Screening: a table written by hand from the domain's text, and what holds over every rule."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import TODAY
from tests.sentences import numbers_in

from mesodash.catalogue.types import UnknownCodeError
from mesodash.consult.screening import (
    BLOCKED,
    LEVEL_WORDS,
    LEVELS,
    NO_ANSWERS,
    WEIGHT_WORDS,
    Answer,
    ScreeningAnswers,
    questions_for,
    screen,
    unanswered,
    worst_by_protocol,
)

NOBODY_SPECIAL = {"sex": "female", "birth_year": 1980, "phototype": "II", "country": "GB"}
CELLS = Path(__file__).with_name("cells.csv")


def cells():
    with CELLS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def all_no(catalogue, **said):
    given = {code: Answer("no", answered_on=TODAY) for code in catalogue.questions}
    return ScreeningAnswers(given | {code: one for code, one in said.items() if one is not None})


def verdict(catalogue, protocol, area, answers, **person):
    (found,) = screen(
        catalogue,
        protocols=[protocol],
        areas=[area],
        answers=answers,
        today=TODAY,
        **NOBODY_SPECIAL | person,
    )
    return found


def yes(**more):
    return Answer("yes", answered_on=TODAY, **more)


def read_condition(catalogue, text):
    """ "born=2010; ?keloid; infection_site@hip" as answers and what the record says."""
    person, given = {}, dict(all_no(catalogue).given)
    for word in filter(None, (part.strip() for part in text.split(";"))):
        if word.startswith("born="):
            person["birth_year"] = int(word.removeprefix("born="))
        elif word.startswith("skin="):
            person["phototype"] = word.removeprefix("skin=") or None
        elif word.startswith("?"):
            del given[word[1:]]
        else:
            question, _, area = word.partition("@")
            assert question in catalogue.questions, question
            given[question] = yes(areas=(area,) if area else ())
    return ScreeningAnswers(given), person


@pytest.mark.parametrize("cell", cells(), ids=lambda c: f"{c['protocol']}-{c['condition']}")
def test_a_cell_written_by_hand(catalogue, cell):
    answers, person = read_condition(catalogue, cell["condition"])
    person |= {"sex": cell["sex"], "country": cell["country"] or None}

    found = verdict(catalogue, cell["protocol"], cell["area"], answers, **person)

    assert found.level == cell["level"], (cell["remark"], found.reasons)


def test_the_table_is_large_and_speaks_of_every_protocol_level_and_rule(catalogue):
    table = cells()
    assert len(table) >= 60
    assert {cell["level"] for cell in table} == set(LEVELS)
    assert set(catalogue.protocols) - {cell["protocol"] for cell in table} == set()
    named = " ".join(cell["condition"] for cell in table)
    assert [code for code in catalogue.questions if code not in named] == []


def indicated(catalogue):
    return [
        (protocol, area)
        for protocol in catalogue.protocols.values()
        for area in catalogue.areas
        if catalogue.sites(protocol.code, area)
    ]


@pytest.mark.slow
def test_nothing_absolute_is_ever_offered(catalogue):
    """Every protocol x area x contraindication: a yes to any of its questions has its effect."""
    walked = 0
    weakest = {"absolute": BLOCKED, "stop": {"stop"}, "relative": LEVELS[1:], "caution": LEVELS[1:]}
    unknown_age = {"birth_year": None, "phototype": None}
    for protocol, area in indicated(catalogue):
        for rule in catalogue.contraindications.values():
            applies = catalogue.concerns(protocol.code, rule.scope) and not rule.areas
            for question in catalogue.questions.values():
                if rule.code not in question.raises:
                    continue
                answers = all_no(catalogue, **{question.code: yes()})
                found = verdict(catalogue, protocol.code, area, answers, **unknown_age)
                reasons = [reason.code for reason in found.reasons]
                assert (rule.code in reasons) == applies, (protocol.code, area, rule.code)
                if applies:
                    assert found.level in weakest[rule.level], (protocol.code, area, rule.code)
                walked += 1
    assert walked > 6000


def test_a_rule_that_nobody_is_asked_about_holds_by_itself(catalogue):
    """No shipped protocol dissolves fat below the knee, so one is made that does."""
    rules = [rule.code for rule in catalogue.contraindications.values() if not rule.asked]
    assert rules == ["distal_knee", "women_5ari"]
    assert [r.areas for r in catalogue.contraindications.values() if r.areas] == [
        ("leg.calf", "leg.ankle")
    ]
    lower = replace(catalogue.protocols["fat_pcdc"], areas=("hip", "leg.calf"))
    wider = replace(catalogue, protocols=catalogue.protocols | {"fat_pcdc": lower})
    seen = {
        area: [r.code for r in verdict(wider, "fat_pcdc", area, all_no(wider)).reasons]
        for area in ("hip", "leg.calf", "leg")
    }
    assert seen == {"hip": [], "leg.calf": ["distal_knee"], "leg": ["distal_knee"]}


SAID = st.sampled_from(["yes", "no", "unknown", None])


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_more_said_against_it_never_makes_it_milder(catalogue, data):
    said = {code: data.draw(SAID, label=code) for code in catalogue.questions}
    changed = data.draw(st.sampled_from(sorted(said)), label="changed")
    answers = {c: Answer(s, answered_on=TODAY) for c, s in said.items() if s and c != changed}
    ranks = []
    for last in ("no", None, "unknown", "yes"):
        final = answers | ({changed: Answer(last, answered_on=TODAY)} if last else {})
        verdicts = screen(
            catalogue,
            protocols=catalogue.protocols,
            areas=["face", "abdomen.lower", "leg.thigh.medial", "scalp"],
            answers=ScreeningAnswers(final),
            today=TODAY,
            **NOBODY_SPECIAL | {"birth_year": None, "phototype": None},
        )
        ranks.append([LEVELS.index(v.level) for v in verdicts])
        for v in verdicts:
            heaviest = max((r.level for r in v.reasons), key=LEVELS.index, default="offered")
            assert v.level == heaviest
            assert v.blocked == (v.level in BLOCKED)
            assert not (v.level == "offered" and v.unanswered)
            if any(r.weight in ("absolute", "stop", "banned") for r in v.reasons):
                assert v.blocked
    no, missing, unknown, last_yes = ranks
    assert missing == unknown, "not knowing is not having been asked"
    assert all(a <= b for a, b in zip(no, missing, strict=True))
    assert all(a <= b for a, b in zip(no, last_yes, strict=True))


def test_no_answers_offer_nothing(catalogue):
    for protocol, area in indicated(catalogue):
        found = verdict(catalogue, protocol.code, area, NO_ANSWERS)
        assert found.level in {"unknown"} | BLOCKED, protocol.code


def test_reasons_carry_what_a_person_needs(catalogue):
    found = verdict(
        catalogue, "cellulite_mix", "leg.thigh", all_no(catalogue, drug_anticoagulant=yes())
    )
    (reason,) = found.reasons

    assert (reason.code, reason.question, reason.weight) == (
        "bleeding",
        "drug_anticoagulant",
        "absolute",
    )
    assert reason.sentence.startswith("Warfarin, DOAC or heparin: ")
    assert reason.answered_on == TODAY
    assert reason.sources == ("DEL", "BFS", "YAN", "DERM_AC")
    assert (WEIGHT_WORDS[reason.weight], LEVEL_WORDS[found.level]) == (
        "Do not treat",
        "Not for this patient",
    )


def test_what_ends_says_until_when(catalogue):
    found = verdict(catalogue, "face_ncha", "face.cheek", all_no(catalogue, infection_site=yes()))

    assert found.reasons[0].sentence.endswith("Until it has healed.")


def test_a_red_flag_says_what_to_do(catalogue):
    answers = all_no(catalogue, headache_red_flag=yes(), ulcer_asthma=yes())
    found = verdict(catalogue, "migraine_chronic", "face.temple", answers)

    assert [reason.weight for reason in found.reasons] == ["stop", "absolute"]
    assert found.reasons[0].action.startswith("Stop: ")
    assert found.reasons[1].action is None


def test_what_the_country_says_without_weight_is_a_note(catalogue):
    found = verdict(catalogue, "face_ncha", "face.cheek", all_no(catalogue), country="DE")

    assert found.level == "offered"
    assert [note.code for note in found.notes] == ["eu_devices"]


def test_where_no_rule_of_the_country_is_known_those_of_all_others_are_shown(catalogue):
    everywhere = [rule.code for rule in catalogue.regulations_of("fat_pcdc")]
    assert {"fr_fat", "us_pcdc", "no_fat"} <= set(everywhere)

    here = verdict(catalogue, "fat_pcdc", "hip", all_no(catalogue), country="GB")
    unset = verdict(catalogue, "fat_pcdc", "hip", all_no(catalogue), country=None)
    known = verdict(catalogue, "fat_pcdc", "hip", all_no(catalogue), country="US")

    assert [note.code for note in here.notes] == ["country_unruled", *everywhere]
    assert [note.code for note in unset.notes] == ["country_unset", *everywhere]
    assert [reason.code for reason in unset.reasons] == ["country_unknown"]
    assert known.notes == ()
    assert [reason.code for reason in known.reasons] == ["us_pcdc"]


def test_an_exclusion_speaks_of_the_components_in_the_mixture_and_of_no_other(catalogue):
    given = all_no(catalogue, drug_anticoagulant=yes())
    (stretch_mark,) = verdict(catalogue, "striae_ha_aa", "abdomen.lower", given).reasons
    (chin,) = verdict(catalogue, "fat_submental_dc", "neck.submental", given).reasons

    assert (stretch_mark.code, chin.code) == ("bleeding", "bleeding")
    assert "deoxycholic" not in stretch_mark.sentence
    assert "KYB" not in stretch_mark.sources
    assert "The label of deoxycholic acid" in chin.sentence
    assert "KYB" in chin.sources


@pytest.mark.parametrize(
    ("sex", "level", "codes"),
    [("female", "excluded", ["women_5ari"]), ("male", "offered", []),
     ("other", "unknown", ["women_5ari"]), ("unknown", "unknown", ["women_5ari"])],
)  # fmt: skip
def test_a_rule_of_one_sex_holds_for_it_alone(catalogue, sex, level, codes):
    found = verdict(catalogue, "hair_duta", "scalp.vertex", all_no(catalogue), sex=sex)

    assert (found.level, [reason.code for reason in found.reasons]) == (level, codes)


def test_an_unanswered_question_is_named(catalogue):
    answers = ScreeningAnswers(
        {c: a for c, a in all_no(catalogue).given.items() if c != "pregnancy"}
    )
    found = verdict(catalogue, "cellulite_mix", "hip", answers)

    assert found.unanswered == ("pregnancy",)
    (reason,) = found.reasons
    assert (numbers_in(reason.sentence), "Pregnancy" in reason.sentence) == ([1], True)


def test_many_unanswered_questions_are_one_sentence(catalogue):
    found = verdict(catalogue, "knee_oa", "leg.knee", NO_ANSWERS)

    (reason,) = found.reasons
    count = len(found.unanswered)
    assert numbers_in(reason.sentence) == [count, count - 3]
    assert reason.sentence.count(";") == 3  # three are named


def test_a_no_has_to_be_confirmed_after_a_while_and_a_yes_stands(catalogue):
    holds = catalogue.questions["breastfeeding"].holds_days
    for days, expected in ((holds, "offered"), (holds + 1, "unknown")):
        then = TODAY - timedelta(days=days)
        answers = all_no(catalogue, breastfeeding=Answer("no", answered_on=then))
        assert verdict(catalogue, "cellulite_mix", "hip", answers).level == expected
    old = all_no(catalogue, breastfeeding=Answer("yes", answered_on=date(2020, 1, 1)))
    assert verdict(catalogue, "cellulite_mix", "hip", old).level == "excluded"


def test_an_old_infection_elsewhere_has_to_be_asked_again(catalogue):
    then = TODAY - timedelta(days=1)
    old = Answer("yes", areas=("face.cheek",), answered_on=then)
    answers = all_no(catalogue, infection_site=old)

    assert verdict(catalogue, "face_ncha", "face.cheek", answers).level == "excluded"
    assert verdict(catalogue, "cellulite_mix", "hip", answers).level == "unknown"


def test_a_parent_area_is_held_by_what_holds_in_a_part_of_it(catalogue):
    answers = all_no(catalogue, infection_site=yes(areas=("leg.thigh.medial",)))

    assert verdict(catalogue, "cellulite_mix", "leg", answers).level == "excluded"
    assert verdict(catalogue, "cellulite_mix", "leg.thigh.lateral", answers).level == "offered"


def test_one_verdict_for_each_protocol_in_each_area_where_it_is_indicated(catalogue):
    verdicts = screen(
        catalogue,
        protocols=["fat_pcdc", "cellulite_mix"],
        areas=["hip", "abdomen.lower", "face.chin"],
        answers=all_no(catalogue),
        today=TODAY,
        **NOBODY_SPECIAL,
    )

    assert [(v.protocol, v.area) for v in verdicts] == [
        ("fat_pcdc", "hip"),
        ("fat_pcdc", "abdomen.lower"),
        ("cellulite_mix", "hip"),
    ]


def test_the_strictest_of_a_protocols_areas(catalogue):
    verdicts = screen(
        catalogue,
        protocols=["cellulite_mix", "striae_ha_aa"],
        areas=["leg.thigh.lateral", "leg.thigh.medial"],
        answers=all_no(catalogue, infection_site=yes(areas=("leg.thigh.medial",))),
        today=TODAY,
        **NOBODY_SPECIAL,
    )
    worst = worst_by_protocol(verdicts)

    assert {code: (v.area, v.level) for code, v in worst.items()} == {
        "cellulite_mix": ("leg.thigh.medial", "excluded"),
        "striae_ha_aa": ("leg.thigh.medial", "excluded"),
    }
    assert unanswered(verdicts) == ()


def asked(catalogue, protocols, areas, **person):
    known = {"sex": "female", "birth_year": 1980, "phototype": "II"} | person
    found = questions_for(catalogue, protocols, areas, today=TODAY, **known)
    return [question.code for question in found]


def test_only_what_matters_is_asked(catalogue):
    knee = asked(catalogue, ["knee_oa"], ["leg.knee"])

    assert "ulcer_asthma" in knee
    assert "allergy_nsaid" in knee
    assert not {"allergy_soy", "dysphagia", "headache_red_flag", "childbearing"} & set(knee)
    assert "headache_red_flag" in asked(catalogue, ["tth_lido"], ["face.temple"])
    assert asked(catalogue, ["knee_oa"], ["face.cheek"]) == [], "not indicated there"


def test_men_are_not_asked_what_is_asked_of_women(catalogue):
    women = {"pregnancy", "breastfeeding", "childbearing", "drug_oestrogen"}
    both = {
        sex: set(asked(catalogue, ["hair_duta", "melasma_txa"], ["scalp", "face"], sex=sex))
        for sex in ("female", "male", "other", "unknown")
    }

    assert both["female"] - both["male"] == women
    assert both["female"] == both["other"] == both["unknown"]


@pytest.mark.parametrize(
    ("birth_year", "phototype", "expected"),
    [
        (1980, "II", set()),
        (None, "II", {"under_18"}),
        (2008, "II", {"under_18"}),
        (2009, "II", set()),
        (1980, None, {"skin_type_dark"}),
        (None, None, {"under_18", "skin_type_dark"}),
    ],
)
def test_age_and_skin_type_are_asked_only_where_the_record_lacks_them(
    catalogue, birth_year, phototype, expected
):
    codes = asked(
        catalogue, ["face_ncha"], ["face.cheek"], birth_year=birth_year, phototype=phototype
    )
    assert {"under_18", "skin_type_dark"} & set(codes) == expected


@pytest.mark.slow
def test_the_questions_asked_settle_the_verdict(catalogue):
    """Answering just what is asked leaves nothing open, whoever the patient is."""
    for sex in ("female", "male", "other", "unknown"):
        for birth_year, phototype in ((1980, "II"), (None, None), (2008, None)):
            person = {"sex": sex, "birth_year": birth_year, "phototype": phototype}
            for protocol, area in indicated(catalogue):
                codes = asked(catalogue, [protocol.code], [area], **person)
                answers = ScreeningAnswers(
                    {code: Answer("no", answered_on=TODAY) for code in codes}
                )
                found = verdict(catalogue, protocol.code, area, answers, **person)
                assert found.unanswered == (), (protocol.code, area, person)


@pytest.mark.parametrize(
    ("protocols", "areas", "answers", "sentence"),
    [
        (["botox"], ["hip"], NO_ANSWERS, 'There is no protocol "botox" in the catalogue'),
        (["knee_oa"], ["shin"], NO_ANSWERS, 'There is no area "shin" in the catalogue'),
        (
            ["knee_oa"],
            ["leg.knee"],
            ScreeningAnswers({"infection_site": yes(areas=("shin",))}),
            'There is no area "shin" in the catalogue',
        ),
    ],
)
def test_an_unknown_code_is_said_plainly(catalogue, protocols, areas, answers, sentence):
    with pytest.raises(UnknownCodeError, match=sentence):
        screen(
            catalogue,
            protocols=protocols,
            areas=areas,
            answers=answers,
            today=TODAY,
            **NOBODY_SPECIAL,
        )
