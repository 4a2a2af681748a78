"""A protocol as a card: what is known, said as reported; what is not, left out or said so."""

from dataclasses import replace

import pytest
from tests.sentences import numbers_in

from mesodash.ui.parts.markup import render
from mesodash.ui.protocols.protocol_card import (
    course_words,
    evidence_words,
    limit_words,
    protocol_card,
    source_words,
)


def facts(protocol, catalogue):
    return dict(protocol_card(protocol, catalogue)["facts"])


def test_every_protocol_of_the_catalogue_makes_a_card(catalogue):
    for protocol in catalogue.protocols.values():
        text = render("protocol_card", p=protocol_card(protocol, catalogue))

        assert [w for w in ("<dd></dd>", ">None<", ">nan", "None mm") if w in text] == []


def test_doses_are_what_a_source_reported(catalogue):
    shown = facts(catalogue.protocols["fat_submental_dc"], catalogue)

    assert numbers_in(shown["Reported dose"])[:3] == [0.2, 50, 1]
    assert "Dose" not in shown


def test_an_unknown_course_is_said_to_be_not_published(catalogue):
    shown = facts(catalogue.protocols["migraine_chronic"], catalogue)

    assert shown["Course"] == "Sessions and interval not published"


@pytest.mark.parametrize(
    ("code", "sex", "words"),
    [
        ("face_ncha", None, "3 sessions, monthly"),
        ("cellulite_mix", None, "10-15 sessions, weekly · 6-8 sessions, every 7-15 days"),
        ("fat_submental_dc", None, "At most 6 sessions, at least 1 month apart"),
        ("hair_duta", "male", "men: 7 sessions: weeks 0, 1, 2, 3, 5, 7 and 11"),
        ("migraine_acute", None, "One session"),
    ],
)
def test_each_schedule_is_one_sources_own(catalogue, code, sex, words):
    assert course_words(catalogue.protocols[code], sex) == words


def test_a_figure_of_the_technique_says_so(catalogue):
    protocol = catalogue.protocols["face_ncha"]

    assert protocol.technique_defaults
    assert facts(protocol, catalogue)["Depth"].endswith("(usual for the technique) †")


def test_unknown_facts_are_left_out(catalogue):
    protocol = replace(catalogue.protocols["face_ncha"], mix=None, needle=None, top_up=None)

    assert {"Reported mix", "Needle", "Top-up"} & set(facts(protocol, catalogue)) == set()


def test_a_ban_leads_the_warning(catalogue):
    card = protocol_card(catalogue.protocols["fat_pcdc"], catalogue)

    assert card["warnings"][0].startswith("Banned ")
    assert any("840-1,260 mg" in warning for warning in card["warnings"])


@pytest.mark.parametrize(
    ("evidence", "weak"),
    [("A", False), ("A/B", False), ("B", False), ("C", True), ("X", True), ("N", True)],
)
def test_weak_evidence(catalogue, evidence, weak):
    protocol = replace(catalogue.protocols["face_ncha"], evidence=evidence)

    assert protocol_card(protocol, catalogue)["weak"] is weak


def test_evidence_words():
    assert [said.partition(": ")[0] for said in evidence_words("X/B").split("; ")] == ["B", "X"]


def test_extra_facts_come_last(catalogue):
    card = protocol_card(
        catalogue.protocols["face_ncha"], catalogue, extra_facts=[("This clinic", "31 patients")]
    )

    assert card["facts"][-1] == ("This clinic", "31 patients")


def test_a_limit_in_mg_is_told_in_ml_of_the_mixture(catalogue):
    (kidney, liver) = limit_words(catalogue, catalogue.protocols["fat_pcdc"])

    of_mixture = [
        said[said.rindex(" (", 0, said.index(" mL of this mixture")) :] for said in (kidney, liver)
    ]
    assert [numbers_in(said) for said in of_mixture] == [[4.8, 100], [100, 2500]]
    assert [said.endswith("†") for said in of_mixture] == [False, True]


def test_a_source_says_how_it_was_read(catalogue):
    assert source_words(catalogue, "HAS").endswith(" tells of it)")
    assert source_words(catalogue, "THO18").endswith(" (read)")
    assert source_words(catalogue, "BAS13").endswith(" (not read)")
