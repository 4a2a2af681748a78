import re

import pytest
from tests.sentences import numbers_in

from mesodash.catalogue.load import CatalogueError, load_catalogue


def faults(folder):
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    return list(caught.value.faults)


@pytest.mark.parametrize(
    ("file", "code", "cells", "sentence"),
    [
        (
            "areas.csv",
            "face.cheek",
            {"parent": "head.face"},
            'parent "head.face" is not in areas.csv.',
        ),
        (
            "areas.csv",
            "leg",
            {"parent": "leg"},
            'the parents of "leg" lead back to itself.',
        ),
        (
            "areas.csv",
            "leg.ankle",
            {"leaf": "no"},
            '"leg.ankle" has nothing below it, so leaf must be yes.',
        ),
        (
            "areas.csv",
            "arm",
            {"sides": "midline"},
            "sides must be those of the areas below it: left; right.",
        ),
        (
            "indications.csv",
            "scar",
            {"areas": "face.chek"},
            'areas "face.chek" is not in areas.csv.',
        ),
        ("indications.csv", "scar", {"areas": ""}, "areas is empty; name at least one."),
        (
            "indications.csv",
            "scar",
            {"scales": "vss; pos"},
            'scales "pos" is not in scales.csv.',
        ),
        (
            "protocols.csv",
            "knee_oa",
            {"indications": "pain"},
            'indications "pain" is not in indications.csv.',
        ),
        (
            "protocols.csv",
            "knee_oa",
            {"indications": ""},
            "indications is empty; name at least one.",
        ),
        ("protocols.csv", "knee_oa", {"areas": "knee"}, 'areas "knee" is not in areas.csv.'),
        (
            "protocol_sites.csv",
            "ncha_cheek",
            {"area": "leg.knee"},
            '"face_ncha" is not reported for "leg.knee".',
        ),
        (
            "protocols.csv",
            "migraine_acute",
            {"points": "36"},
            "points must be those of its rows in protocol_sites.csv: 12.",
        ),
        (
            "protocols.csv",
            "knee_oa",
            {"points": "6"},
            "points and points_per go together: fill in both, or neither.",
        ),
        (
            "schedules.csv",
            "knee_far",
            {"sources": "FAR20; TSE23"},
            "sources names several; a schedule is one source's: make a row for each.",
        ),
        (
            "schedules.csv",
            "knee_far",
            {"protocol": "knee"},
            'protocol "knee" is not in protocols.csv.',
        ),
        (
            "durations.csv",
            "dc_itch",
            {"days_max": "", "longest_days": ""},
            "days_max and longest_days are empty; fill in one.",
        ),
        (
            "skin_layers.csv",
            "none_leg_knee",
            {"n": "80"},
            "mean_mm is empty, so sd_mm and n must be empty too.",
        ),
        ("passages.csv", "akb21", {"file": "sites"}, 'file "sites" is no file of the catalogue.'),
        (
            "passages.csv",
            "akb21",
            {"rows": "here"},
            'rows "here" is not in protocol_sites.csv.',
        ),
        ("protocols.csv", "knee_oa", {"areas": ""}, "areas is empty; name at least one."),
        (
            "protocols.csv",
            "knee_oa",
            {"components": "aspirin"},
            'components "aspirin" is not in components.csv.',
        ),
        (
            "protocols.csv",
            "fat_pcdc",
            {"techniques": "grid"},
            'techniques "grid" is not in techniques.csv.',
        ),
        (
            "protocols.csv",
            "fat_pcdc",
            {"expected_effects": "burn"},
            'expected_effects "burn" is not in side_effects.csv.',
        ),
        (
            "contraindications.csv",
            "dysphagia",
            {"scope": "chin"},
            'scope "chin" is not in protocols.csv or indications.csv or components.csv.',
        ),
        (
            "contraindications.csv",
            "distal_knee",
            {"areas": "leg.shin"},
            'areas "leg.shin" is not in areas.csv.',
        ),
        ("scales.csv", "vas", {"sources": "NRS; ABC"}, 'sources "ABC" is not in sources.csv.'),
        ("scales.csv", "vas", {"sources": ""}, "sources is empty; name where it comes from."),
        (
            "techniques.csv",
            "papule",
            {"sources": ""},
            "sources is empty; name where it comes from.",
        ),
        (
            "protocols.csv",
            "knee_oa",
            {"sources": ""},
            "sources is empty; name where it comes from.",
        ),
        (
            "contraindications.csv",
            "keloid",
            {"sources": ""},
            "sources is empty; name where it comes from.",
        ),
        (
            "components.csv",
            "biotin",
            {"sources": ""},
            "sources is empty; name where the caution comes from.",
        ),
        (
            "indications.csv",
            "striae",
            {"sources": "ABC"},
            'sources "ABC" is not in sources.csv.',
        ),
        (
            "side_effects.csv",
            "bruise",
            {"alert_sources": "ABC"},
            'alert_sources "ABC" is not in sources.csv.',
        ),
        (
            "side_effects.csv",
            "bruise",
            {"about": "lasts"},
            "about and about_sources go together: fill in both, or neither.",
        ),
        (
            "side_effects.csv",
            "bruise",
            {"alert_sources": ""},
            "alert_sources is empty; name where it comes from.",
        ),
        (
            "side_effects.csv",
            "itch",
            {"synonyms": "Pruritus"},
            'the synonym "Pruritus" must be in lower case.',
        ),
        (
            "side_effects.csv",
            "itch",
            {"synonyms": "redness"},
            'the term "redness" already belongs to "erythema".',
        ),
        (
            "scales.csv",
            "gais",
            {"responder_at": "6"},
            "responder_at 6 is outside 1 to 5.",
        ),
        (
            "scales.csv",
            "vas",
            {"responder_ratio": "33"},
            "responder_ratio 33 must be a share, like 0.5.",
        ),
        (
            "protocols.csv",
            "hair_duta",
            {"depth_mm_max": "6"},
            "depth_mm_max must be the technique's 4, as it is its default.",
        ),
        (
            "protocols.csv",
            "hair_duta",
            {"technique_defaults": "depth"},
            'technique_defaults "depth" is not a field a technique can fill.',
        ),
        (
            "protocols.csv",
            "hair_minox",
            {"technique_defaults": "needle"},
            "technique_defaults is filled in but techniques is empty.",
        ),
        (
            "questions.csv",
            "drug_ace",
            {"scope": "enalapril"},
            'scope "enalapril" is not in protocols.csv or indications.csv or components.csv.',
        ),
        (
            "red_flags.csv",
            "pus",
            {"side_effects": "slime"},
            'side_effects "slime" is not in side_effects.csv.',
        ),
        (
            "aftercare.csv",
            "sun_body",
            {"areas": "trunk"},
            'areas "trunk" is not in areas.csv.',
        ),
        (
            "aftercare.csv",
            "sun_body",
            {"sources": ""},
            "sources is empty; name where it comes from.",
        ),
        (
            "regulations.csv",
            "us_vyc12",
            {"sources": "SKV; ABC"},
            'sources "ABC" is not in sources.csv.',
        ),
        (
            "follow_ups.csv",
            "day_7",
            {"side_effects": "slime"},
            'side_effects "slime" is not in side_effects.csv.',
        ),
        ("grades.csv", "pain", {"sources": ""}, "sources is empty; name where it comes from."),
        (
            "contraindications.csv",
            "distal_knee",
            {"asked": "yes"},
            'no question raises "distal_knee"; add it to raises in questions.csv.',
        ),
        (
            "contraindications.csv",
            "keloid",
            {"asked": "no"},
            'a question raises "keloid", so asked must be yes.',
        ),
        (
            "contraindications.csv",
            "keloid",
            {"level": "stop"},
            '"keloid" stops, but red_flags.csv does not say what to do.',
        ),
        (
            "red_flags.csv",
            "pus",
            {"phase": "before"},
            'no contraindication "pus" of level stop; add it, or make phase after.',
        ),
        (
            "components.csv",
            "mannitol",
            {"flags": "allergy", "sources": "KNOWN"},
            "it has the flag allergy, but contraindications.csv names no allergy to it.",
        ),
        (
            "protocols.csv",
            "fat_pcdc",
            {"banned_in": ""},
            "banned_in must be what regulations.csv says: FR.",
        ),
        (
            "protocols.csv",
            "knee_oa",
            {"banned_in": "FR"},
            "banned_in must be what regulations.csv says: empty.",
        ),
        (
            "protocols.csv",
            "face_microdroplet",
            {"top_up_days": "270"},
            (
                'top_up_days must be empty, since the top-up is of "VYC-12" alone; top_up says'
                " it in words."
            ),
        ),
        (
            "areas.csv",
            "hip",
            {"snomed_status": ""},
            "snomed_status goes with a SNOMED CT id: fill in both, or neither.",
        ),
        (
            "areas.csv",
            "hip",
            {"sources": ""},
            "sources is empty; name where the ids come from.",
        ),
    ],
)
def test_files_that_do_not_agree(folder, change, file, code, cells, sentence):
    row = change(file, code, **cells)
    assert faults(folder) == [f"{file}, row {row}: {sentence}"]


def test_two_areas_cannot_share_a_label(folder, change):
    first = change("areas.csv", "face.chin", label="Chin")
    row = change("areas.csv", "face.jawline", label="Chin")
    sentence = f'the label "Chin" is already in areas.csv, row {first}.'
    assert faults(folder) == [f"areas.csv, row {row}: {sentence}"]


def test_a_longer_loop_is_named_at_every_area_on_it(folder, change):
    thigh = change("areas.csv", "leg.thigh", parent="leg.thigh.medial")
    medial = change("areas.csv", "leg.thigh.medial", parent="leg.thigh")
    found = [re.match(r'areas\.csv, row (\d+): [^"]*"([\w.]+)"', one) for one in faults(folder)]
    assert [one.groups() for one in found] == [
        (str(thigh), "leg.thigh"),
        (str(medial), "leg.thigh.medial"),
    ]


@pytest.mark.parametrize(("code", "other", "count"), [("other", "no", 0), ("itch", "yes", 2)])
def test_exactly_one_effect_is_the_catch_all(folder, change, code, other, count):
    change("side_effects.csv", code, other=other)
    (fault,) = faults(folder)
    assert (fault.partition(":")[0], numbers_in(fault)) == ("side_effects.csv", [count])
