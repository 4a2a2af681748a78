"""Which protocols a demo clinic offers."""

from mesodash.demo.recipes import recipes_from


def test_protocols_with_negative_evidence_or_a_ban_are_not_used(ask, catalogue):
    used = {protocol for (protocol,) in ask("SELECT protocol FROM courses")}

    assert {p for p in used if catalogue.protocols[p].evidence == "N"} == set()
    assert {p for p in used if "GB" in catalogue.protocols[p].banned_in} == set()
    banned = {p.code for p in catalogue.protocols.values() if "FR" in p.banned_in}
    assert {recipe.protocol for recipe in recipes_from(catalogue, "FR")} & banned == set()
