"""Which protocols a demo clinic offers."""

from mesodash.demo.recipes import recipes_from


def test_protocols_with_negative_evidence_or_a_ban_are_not_used(ask, catalogue):
    used = {protocol for (protocol,) in ask("SELECT protocol FROM courses")}

    assert {p for p in used if catalogue.protocols[p].evidence == "N"} == set()
    assert {p for p in used if "GB" in catalogue.protocols[p].banned_in} == set()
    banned = {p.code for p in catalogue.protocols.values() if "FR" in p.banned_in}
    assert {recipe.protocol for recipe in recipes_from(catalogue, "FR")} & banned == set()


def test_nobody_has_a_protocol_that_the_catalogue_excludes_for_their_sex(ask, catalogue):
    """Dutasteride is not for women; a demo that gives it to them would teach a mistake."""
    given = ask(
        "SELECT DISTINCT c.protocol, p.sex FROM courses c JOIN patients p ON p.id = c.patient"
    )
    excluded = {
        (protocol, rule.sex)
        for protocol in catalogue.protocols
        for rule in catalogue.contraindications_to(protocol)
        if rule.sex and rule.level == "absolute" and not rule.asked
    }
    assert ("hair_duta", "female") in excluded
    assert ("hair_duta", "male") in set(given)
    assert set(given) & (excluded | {("hair_duta", "unknown"), ("hair_duta", "other")}) == set()
    assert ("hair_duta", "hair_aga_f") not in {
        (recipe.protocol, recipe.indication) for recipe in recipes_from(catalogue, "GB")
    }
