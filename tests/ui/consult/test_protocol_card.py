"""A protocol as a card: what is known, said as reported; what is not, left out or said so."""

from dataclasses import replace

import pytest

from mesodash.ui.consult.protocol_card import evidence_words, protocol_card
from mesodash.ui.markup import render


def facts(protocol, catalogue):
    return dict(protocol_card(protocol, catalogue)["facts"])


def test_every_protocol_of_the_catalogue_makes_a_card(catalogue):
    for protocol in catalogue.protocols.values():
        text = render("protocol_card", p=protocol_card(protocol, catalogue))

        assert [w for w in ("<dd></dd>", ">None<", ">nan", "None mm") if w in text] == []


def test_doses_are_what_a_source_reported(catalogue):
    shown = facts(catalogue.protocols["fat_submental_dc"], catalogue)

    assert shown["Reported dose"].startswith("0.2 mL a point, 50 points, 1 cm apart")
    assert "Dose" not in shown


def test_an_unknown_course_is_said_to_be_not_published(catalogue):
    shown = facts(catalogue.protocols["migraine_chronic"], catalogue)

    assert shown["Course"] == "Sessions and interval not published"


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((3, 3, 30, 30), "3 sessions, every 30 days"),
        ((6, 8, 7, 15), "6–8 sessions, every 7–15 days"),
        ((None, 6, 30, None), "Up to 6 sessions, at least 30 days apart"),
        ((4, 4, None, None), "4 sessions, interval not published"),
        ((None, None, 28, 28), "Sessions not published, every 28 days"),
        ((1, 1, None, None), "1 session"),
    ],
)
def test_course(catalogue, numbers, words):
    low, high, days_low, days_high = numbers
    protocol = replace(
        catalogue.protocols["face_ncha"],
        sessions_min=low,
        sessions_max=high,
        interval_days_min=days_low,
        interval_days_max=days_high,
    )

    assert facts(protocol, catalogue)["Course"] == words


def test_a_figure_of_the_technique_says_so(catalogue):
    protocol = catalogue.protocols["face_ncha"]

    assert protocol.technique_defaults
    assert facts(protocol, catalogue)["Depth"].endswith("(usual for the technique)")


def test_unknown_facts_are_left_out(catalogue):
    protocol = replace(catalogue.protocols["face_ncha"], mix=None, needle=None, top_up=None)

    assert {"Reported mix", "Needle", "Top-up"} & set(facts(protocol, catalogue)) == set()


def test_a_ban_leads_the_warning(catalogue):
    card = protocol_card(catalogue.protocols["fat_pcdc"], catalogue)

    assert card["warning"].startswith("Banned for cosmetic use in France.")


@pytest.mark.parametrize(
    ("evidence", "weak"),
    [("A", False), ("A/B", False), ("B", False), ("C", True), ("X", True), ("N", True)],
)
def test_weak_evidence(catalogue, evidence, weak):
    protocol = replace(catalogue.protocols["face_ncha"], evidence=evidence)

    assert protocol_card(protocol, catalogue)["weak"] is weak


def test_evidence_words():
    assert evidence_words("X/B") == (
        "B: randomised trials with mixed results, or controlled without randomisation;"
        " X: expert or clinic use only, no study"
    )


def test_extra_facts_come_last(catalogue):
    card = protocol_card(
        catalogue.protocols["face_ncha"], catalogue, extra_facts=[("This clinic", "31 patients")]
    )

    assert card["facts"][-1] == ("This clinic", "31 patients")
