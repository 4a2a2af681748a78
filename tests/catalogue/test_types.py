import pickle

import pytest

from mesodash.catalogue.types import UnknownCodeError


def codes(rows):
    return [row.code for row in rows]


def test_ancestors_are_nearest_first(catalogue):
    assert catalogue.ancestors("leg.thigh.medial") == ("leg.thigh", "leg")
    assert catalogue.ancestors("face.cheek") == ("face", "head")
    assert catalogue.ancestors("abdomen") == ()


def test_temple_lies_under_the_head_not_the_face(catalogue):
    assert catalogue.ancestors("face.temple") == ("head",)
    assert not catalogue.within("face.temple", "face")


def test_within_includes_itself_and_reads_the_tree_not_the_name(catalogue):
    assert catalogue.within("hip", "leg")
    assert catalogue.within("leg", "leg")
    assert not catalogue.within("leg", "hip")


def test_leaves_of_a_parent(catalogue):
    assert catalogue.leaves("leg.thigh") == (
        "leg.thigh.anterior",
        "leg.thigh.medial",
        "leg.thigh.lateral",
        "leg.thigh.posterior",
    )
    assert catalogue.leaves("abdomen.lower") == ("abdomen.lower",)


def test_buttock_is_drawn_and_a_parent(catalogue):
    assert catalogue.leaves("buttock") == ("buttock", "buttock.fold")


def test_drawn_areas_are_every_childless_one_and_the_buttock(catalogue):
    parents = {area.parent for area in catalogue.areas.values()}
    drawn = {area.code for area in catalogue.areas.values() if area.leaf}
    assert drawn == set(catalogue.areas) - parents | {"buttock"}


def test_parents_are_the_founding_text_groups_and_the_thigh(catalogue):
    parents = {area.code for area in catalogue.areas.values() if not area.leaf}
    assert parents == {
        "head", "face", "neck", "scalp", "abdomen", "back", "arm", "leg", "leg.thigh",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("area", "side", "words"),
    [
        ("abdomen.lower", None, "Lower abdomen"),
        ("abdomen.lower", "midline", "Lower abdomen"),
        ("face.cheek", "left", "Cheek, left"),
        ("face.cheek", "right", "Cheek, right"),
        ("face.cheek", "both", "Cheek, both sides"),
    ],
)
def test_label(catalogue, area, side, words):
    assert catalogue.label(area, side) == words


def test_label_refuses_an_unknown_side(catalogue):
    with pytest.raises(ValueError, match=r'^"top" is not a side; use left, right, both or midline'):
        catalogue.label("face.cheek", "top")


def test_an_unknown_area_is_said_plainly(catalogue):
    with pytest.raises(UnknownCodeError) as caught:
        catalogue.leaves("leg.thigh.inner")
    assert all(part in str(caught.value) for part in ('"leg.thigh.inner"', "areas.csv"))


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("abdomen.lower", ["fat_pcdc", "striae_ha_aa", "laxity_body"]),
        ("leg.thigh.medial", ["cellulite_mix", "striae_ha_aa", "fat_lipolytic"]),
        ("scalp.vertex", ["hair_minox", "hair_duta", "hair_multivit"]),
        (
            "face.cheek",
            ["face_microdroplet", "face_ncha", "melasma_txa", "face_polyvit", "scar_ncha_pn"],
        ),
        ("neck.submental", ["fat_submental_dc"]),
        ("back.lower", ["lbp_acute", "neck_spine_chronic", "striae_ha_aa"]),
        ("face.eyelid_lower", []),
        ("arm", ["fat_pcdc_arm_knee", "laxity_body"]),
    ],
)
def test_protocols_at_gives_the_best_evidence_first(catalogue, area, expected):
    assert codes(catalogue.protocols_at(area)) == expected


def test_protocols_at_for_one_indication(catalogue):
    assert codes(catalogue.protocols_at("leg.thigh.medial", "fat_local")) == ["fat_lipolytic"]
    assert codes(catalogue.protocols_at("scalp", "hair_aga_m")) == ["hair_duta"]


def test_protocols_at_refuses_an_unknown_indication(catalogue):
    with pytest.raises(UnknownCodeError, match='There is no indication "fat" in the catalogue'):
        catalogue.protocols_at("abdomen", "fat")


def test_indications_at(catalogue):
    assert codes(catalogue.indications_at("abdomen.lower")) == [
        "laxity", "cellulite", "fat_local", "striae",
    ]  # fmt: skip
    assert codes(catalogue.indications_at("face.nose")) == ["rejuv_face", "melasma"]


def test_contraindications_follow_components_indications_and_areas(catalogue):
    acute = codes(catalogue.contraindications_to("lbp_acute"))
    assert "allergy_amide" in acute
    assert "ulcer_asthma" in acute
    assert "under_18" not in acute
    assert "allergy_soy" not in acute
    assert "allergy_soy" in codes(catalogue.contraindications_to("fat_pcdc"))
    assert "headache_red_flag" in codes(catalogue.contraindications_to("migraine_acute"))


def test_contraindications_limited_to_an_area(catalogue):
    assert "distal_knee" in codes(catalogue.contraindications_to("fat_pcdc"))
    assert "distal_knee" not in codes(catalogue.contraindications_to("fat_pcdc", "abdomen"))


def test_concerns_reads_protocols_indications_and_components(catalogue):
    assert catalogue.concerns("knee_oa", "all")
    assert catalogue.concerns("knee_oa", ("knee_oa",))
    assert catalogue.concerns("knee_oa", ("pain_knee", "melasma"))
    assert catalogue.concerns("knee_oa", ("piroxicam",))
    assert not catalogue.concerns("knee_oa", ("lidocaine", "melasma", "lbp_acute"))


def test_sites_are_the_drawn_areas_a_protocol_is_reported_for(catalogue):
    assert catalogue.sites("cellulite_mix", "leg") == {
        "hip", "leg.thigh.anterior", "leg.thigh.medial", "leg.thigh.lateral",
        "leg.thigh.posterior",
    }  # fmt: skip
    assert catalogue.sites("cellulite_mix", "leg.thigh.medial") == {"leg.thigh.medial"}
    assert catalogue.sites("cellulite_mix", "face") == set()


def test_touches(catalogue):
    assert catalogue.touches(["leg.calf"], ())
    assert catalogue.touches(["leg.calf"], ("leg",))
    assert not catalogue.touches(["leg.calf"], ("leg.thigh", "arm"))


def test_withdrawn_components(catalogue):
    assert codes(catalogue.withdrawn("fat_lipolytic")) == ["buflomedil"]
    assert catalogue.withdrawn("cellulite_mix") == ()


@pytest.mark.parametrize(
    ("protocol", "country", "expected"),
    [
        ("fat_pcdc", "FR", ["fr_fat", "fr_pcdc"]),
        ("fat_pcdc", "US", ["us_pcdc"]),
        ("fat_pcdc", None, []),
        ("fat_lipolytic", "DE", ["eu_buflomedil"]),
        ("hair_duta", None, []),
        ("fat_submental_dc", "US", ["us_deoxycholic"]),
        ("fat_submental_dc", "FR", ["fr_belkyra"]),
        ("face_microdroplet", "US", ["us_vyc12"]),
    ],
)
def test_rules_for_a_protocol_strictest_first(catalogue, protocol, country, expected):
    assert codes(catalogue.regulations_for(protocol, country)) == expected


def test_aftercare_is_for_what_was_done_where_soonest_first(catalogue):
    scalp = catalogue.aftercare_for(["hair_duta"], ["scalp.vertex"])
    assert {"wash_scalp_morning", "wash_scalp_days", "blood_donation"} <= set(codes(scalp))
    assert not {"make_up_24", "cooling_fat", "sun_body", "biotin_tests"} & set(codes(scalp))
    body = codes(catalogue.aftercare_for(["fat_pcdc"], ["abdomen.lower"]))
    assert {"cooling_fat", "downtime_fat", "sun_body"} <= set(body)
    assert len(body) == len(set(body))
    starts = [a.from_hours for a in scalp]
    assert starts == sorted(starts)
    assert catalogue.aftercare_for([], ["scalp"]) == ()


def test_grades_for_a_side_effect(catalogue):
    assert codes(catalogue.grades_for("necrosis")) == ["injection_site_reaction"]
    assert codes(catalogue.grades_for("urticaria")) == ["urticaria", "allergic_reaction"]
    assert catalogue.grades_for("systemic_rare") == ()


@pytest.mark.parametrize(
    ("term", "effect"),
    [
        ("APPLICATION SITE ERYTHEMA", "erythema"),
        ("ERYTHEMA", "erythema"),
        ("APPLICATION SITE PRURITUS", "itch"),
        ("PRURITUS", "itch"),
        ("APPLICATION SITE SWELLING", "swelling"),
        ("OEDEMA", "swelling"),
        ("APPLICATION SITE PAIN", "pain"),
        ("APPLICATION SITE DISCOLOURATION", "discolour"),
        ("APPLICATION SITE INDURATION", "induration"),
        ("APPLICATION SITE URTICARIA", "urticaria"),
        ("URTICARIA", "urticaria"),
        ("APPLICATION SITE WARMTH", "heat"),
        ("BURNING SENSATION", "heat"),
        ("HEADACHE", "headache"),
        ("NAUSEA", "nausea"),
        ("DIZZINESS", "dizziness"),
        ("DIARRHOEA", "diarrhoea"),
        ("Diarrhea", "diarrhoea"),
        ("FATIGUE", "fatigue"),
        ("SYNCOPE", "vasovagal"),
        ("SYNCOPE VASOVAGAL", "vasovagal"),
        ("CONTUSION", "bruise"),
        ("CELLULITIS", "infection_bact"),
        ("SKIN ULCER", "ulcer"),
        ("DYSPHAGIA", "dysphagia"),
        ("LIBIDO DECREASED", "sexual"),
        ("  Redness ", "erythema"),
        ("nerve_mmn", "nerve_mmn"),
        ("Injection site  bruising", "bruise"),
    ],
)
def test_terms_that_mean_an_effect(catalogue, term, effect):
    assert catalogue.side_effect_for_term(term) == effect


@pytest.mark.parametrize(
    "term",
    [
        "RASH",
        "RASH ERYTHEMATOUS",
        "APPLICATION SITE DERMATITIS",
        "APPLICATION SITE VESICLES",
        "APPLICATION SITE IRRITATION",
        "APPLICATION SITE REACTION",
        "APPLICATION SITE BLEEDING",
        "PRURITUS GENERALISED",
        "OEDEMA PERIPHERAL",
        "PHARYNGEAL ERYTHEMA",
        "BACK PAIN",
        "ABDOMINAL PAIN",
        "PARAESTHESIA",
        "ALOPECIA",
        "VERTIGO",
        "HYPERSENSITIVITY",
        "",
    ],
)
def test_terms_that_mean_something_else(catalogue, term):
    assert catalogue.side_effect_for_term(term) is None


@pytest.mark.parametrize(
    ("protocol", "notes"),
    [
        ("fat_pcdc", ["off_label_fat", "pcdc_harm", "dc_outside", "dc_ceiling", "pc_kidney"]),
        ("hair_duta", ["off_label", "off_label_dutasteride", "dutasteride_psa"]),
        ("knee_oa", ["off_label", "piroxicam_limit", "nsaid_limit"]),
        ("fat_submental_dc", ["dc_label"]),
    ],
)
def test_safety_notes_hold_in_every_country(catalogue, protocol, notes):
    found = catalogue.safety_notes_for(protocol)
    assert [n.code for n in found if n.scope != "all"] == notes
    assert [n.code for n in found[len(notes) :]] == [
        n.code for n in catalogue.safety_notes.values() if n.scope == "all"
    ]


def test_indications_are_those_of_the_patients_sex(catalogue):
    assert codes(catalogue.indications_at("scalp.vertex", "female")) == ["hair_aga_f", "hair_te"]
    assert codes(catalogue.indications_at("scalp.vertex", "male")) == ["hair_aga_m", "hair_te"]
    assert len(catalogue.indications_at("scalp.vertex", "unknown")) == 3


def test_the_catalogue_travels(catalogue):
    copy = pickle.loads(pickle.dumps(catalogue))  # noqa: S301 - our own bytes
    assert copy.protocols == catalogue.protocols
    assert copy.side_effect_for_term("pruritus") == "itch"
