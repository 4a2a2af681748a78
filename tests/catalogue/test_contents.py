"""The shipped files of data/catalogue: that nothing is missing, and key figures as published."""

import csv
import re
from pathlib import Path

import pytest
from tests.sentences import numbers_in

from mesodash.catalogue.documents import with_tables
from mesodash.catalogue.load import FILES
from mesodash.catalogue.reading import SECOND_HAND, row_read

SOURCES = Path(__file__).parents[2] / "docs" / "catalogue-sources.md"


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("part", FILES)
def test_no_file_is_empty(catalogue, part):
    assert getattr(catalogue, part)


def test_protocols(catalogue):
    expected = {
        "face_ncha": "A/B",
        "face_polyvit": "C, N",
        "face_microdroplet": "A",
        "neck_pn": "X",
        "melasma_txa": "B",
        "hair_duta": "B",
        "hair_minox": "A",
        "hair_multivit": "X/B",
        "cellulite_mix": "C",
        "fat_pcdc": "B/C",
        "fat_submental_dc": "A",
        "fat_pcdc_arm_knee": "C",
        "fat_lipolytic": "N",
        "migraine_acute": "A",
        "migraine_chronic": "C",
        "tth_lido": "X",
        "lbp_acute": "A",
        "neck_spine_chronic": "B",
        "knee_oa": "A/B",
        "striae_ha_aa": "C",
        "scar_ncha_pn": "X",
        "laxity_body": "X",
    }
    assert {code: catalogue.protocols[code].evidence for code in expected} == expected


def test_promises_of_the_founding_text(catalogue):
    promised = {e.code: e.promised_days for e in catalogue.side_effects.values() if e.promised_days}
    assert promised == {
        "heat": 20 / 1440,
        "erythema": 2,
        "swelling": 2,
        "discolour": 2,
        "itch": 3,
        "soreness": 3,
        "pain": 3,
    }


def test_late_watch(catalogue):
    assert [e.code for e in catalogue.side_effects.values() if e.late_after_days] == [
        "nodule",
        "urticaria",
        "infection_ntm",
        "granuloma",
        "panniculitis",
        "alopecia_site",
    ]


def test_alerts(catalogue):
    alerts = {e.code: e.alert_after_days for e in catalogue.side_effects.values()}
    assert {code: days for code, days in alerts.items() if days} == {
        "heat": 1,
        "erythema": 7,
        "swelling": 7,
        "discolour": 28,
        "itch": 7,
        "soreness": 14,
        "pain": 14,
        "bruise": 21,
        "numbness": 90,
        "induration": 90,
        "headache": 2,
        "dizziness": 2,
        "nausea": 2,
        "diarrhoea": 2,
        "fatigue": 2,
        "granuloma": 28,
        "panniculitis": 28,
        "pih": 28,
    }
    assert alerts["anaphylaxis"] == 0
    assert alerts["haematoma"] is None


def test_responders(catalogue):
    rules = {
        s.code: (s.responder_change, s.responder_ratio, s.responder_at, s.mcid)
        for s in catalogue.scales.values()
    }
    assert {code: rule for code, rule in rules.items() if any(v is not None for v in rule)} == {
        "gais": (None, None, 3, None),
        "wsrs": (1, None, None, None),
        "asrs": (1, None, None, None),
        "cr_smfrs": (1, None, None, None),
        "pr_smfrs": (1, None, None, None),
        "vas": (2, 0.33, None, 1),
        "nrs": (2, 0.33, None, 1),
        "hit6": (6, None, None, 2.5),
        "headache_days": (None, 0.5, None, None),
        "rmdq": (5, 0.3, None, 5),
        "odi": (10, None, None, 10),
        "dlqi": (4, None, None, 4),
    }


def test_scales_where_higher_is_better(catalogue):
    assert [s.code for s in catalogue.scales.values() if s.better == "higher"] == [
        "face_q",
        "satisfaction",
        "skin_hydration",
        "hair_density",
        "hair_diameter",
        "tv_ratio",
        "anagen",
        "oks",
    ]
    assert [s.code for s in catalogue.scales.values() if s.is_change] == ["gais"]


def figures(protocol):
    return (
        protocol.volume_per_point_ml,
        protocol.spacing_cm_min,
        protocol.spacing_cm_max,
        protocol.points,
        protocol.max_volume_ml,
        protocol.sessions_min,
        protocol.sessions_max,
        protocol.interval_days_min,
        protocol.interval_days_max,
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("face_ncha", (0.02, None, None, 50, 1, 3, 3, 30, 30)),
        ("face_polyvit", (None, 0.2, 0.4, None, None, 4, 4, 15, 15)),
        ("face_microdroplet", (0.05, None, None, 20, 1, 1, 3, 28, 30)),
        ("neck_pn", (None, None, None, None, None, 2, 3, 21, 28)),
        ("melasma_txa", (0.05, 1, 1, None, None, 3, 12, 7, 28)),
        ("hair_duta", (None, None, None, None, 2, 7, 12, 7, 28)),
        ("hair_minox", (None, None, None, None, None, 10, 10, 7, 7)),
        ("hair_multivit", (None, None, None, None, None, 10, 10, 7, 30)),
        ("cellulite_mix", (None, 1.5, 2.5, None, None, 6, 15, 7, 15)),
        ("fat_pcdc", (None, 1.5, 1.5, None, None, 4, 4, 28, 56)),
        ("fat_submental_dc", (0.2, 1, 1, 50, 10, None, 6, 30, None)),
        ("fat_pcdc_arm_knee", (None, 1.5, 1.5, None, None, 4, 4, 28, 28)),
        ("fat_lipolytic", (None, None, None, None, None, 12, 12, 7, 7)),
        ("migraine_acute", (None, None, None, 12, None, 1, 1, None, None)),
        ("migraine_chronic", (None, None, None, None, 5, None, None, None, None)),
        ("tth_lido", (None, None, None, None, None, 1, 5, 2, 2)),
        ("lbp_acute", (None, 2, 3, None, 3, 5, 5, 3, 3)),
        ("neck_spine_chronic", (None, 2, 3, None, None, 3, 5, 7, 7)),
        ("knee_oa", (None, 2, 3, None, None, 2, 4, 7, 10)),
        ("striae_ha_aa", (None, None, None, None, None, 4, 4, None, None)),
        ("scar_ncha_pn", (None,) * 9),
        ("laxity_body", (None,) * 9),
    ],
)
def test_figures_of_a_protocol(catalogue, code, expected):
    assert figures(catalogue.protocols[code]) == expected


def test_where_a_protocol_is_banned(catalogue):
    banned = {p.code: p.banned_in for p in catalogue.protocols.values() if p.banned_in}
    assert banned == {
        "fat_pcdc": ("FR",),
        "fat_pcdc_arm_knee": ("FR",),
        "fat_lipolytic": ("FR",),
    }


OWN_SOURCES = {"about": "about_sources", "alert": "alert_sources", "late": "alert_sources"}
NAMES = {"code", "key", "label", "term", "synonyms", "areas", "parent", "components",
         "ctcae_term", "protocol", "promised", "promised_text", "scope", "expected_effects",
         "indications", "but_not"}  # fmt: skip
"""Codes, and the founding text's promises, whose source is the founding text."""


def numbers_and_their_sources(part, row):
    """Each cell with a digit in it, and the cell that must say where it comes from."""
    for column, cell in row.items():
        if column not in NAMES and "sources" not in column and re.search(r"[0-9]", cell):
            yield column, OWN_SOURCES.get(column.split("_")[0], "sources")


@pytest.mark.parametrize("part", [part for part in FILES if part not in ("sources", "passages")])
def test_every_number_resolves_to_a_source_or_says_clinic_default(folder, catalogue, part):
    walked = 0
    for row in rows_of(folder / f"{part}.csv"):
        for column, sources in numbers_and_their_sources(part, row):
            keys = [key.strip() for key in row[sources].split(";")]
            assert keys != [""], (part, row["code"], column, row[column])
            assert set(keys) <= set(catalogue.sources), (part, row["code"])
            walked += 1
    assert walked or part in ("indications", "red_flags", "contraindication_reasons", "departures")


def rows_with_numbers(folder, part):
    return [
        r["code"] for r in rows_of(folder / f"{part}.csv") if [*numbers_and_their_sources(part, r)]
    ]


def test_every_number_says_how_its_source_was_read_and_the_unconfirmed_are_listed(
    folder, catalogue
):
    listed = SOURCES.read_text(encoding="utf-8").split("## Rows that rest on no source that was")[1]
    listed = listed.split("\n## ")[0]
    how = {
        (part, code): row_read(catalogue, part, code)
        for part in FILES
        if part not in ("sources", "passages")
        for code in rows_with_numbers(folder, part)
    }
    # Without a source of its own a side effect's number is the founding text's promise or an alert.
    none = {part for (part, _), read in how.items() if read is None}
    assert none <= {"side_effects"}
    unconfirmed = {which for which, read in how.items() if read in SECOND_HAND}
    assert len(unconfirmed) > 50
    assert [w for w in unconfirmed if f"| {w[0]} | {w[1]} |" not in listed] == []
    confirmed = {which for which, read in how.items() if read in ("text", "label", "abstract")}
    assert [w for w in confirmed if f"| {w[0]} | {w[1]} |" in listed] == []
    assert len(confirmed) > 150


def test_negative_control_a_number_without_a_source_is_seen(folder):
    (row,) = (r for r in rows_of(folder / "scales.csv") if r["code"] == "dlqi")
    assert ("mcid", "sources") in set(numbers_and_their_sources("scales", row))


def test_clinic_default_is_said_where_the_catalogue_chose(catalogue):
    """How long a no holds, when to ask afterwards, what to do at a warning sign: our choices."""
    for part in ("questions", "follow_ups", "red_flags"):
        for row in getattr(catalogue, part).values():
            assert "DEFAULT" in row.sources, (part, row.code)
    assert catalogue.sources["DEFAULT"].text.startswith("Clinic default")


def test_sources_say_what_they_are(catalogue):
    kinds = [source.kind for source in catalogue.sources.values()]
    assert (kinds.count("uncertain"), kinds.count("default")) == (1, 1)
    assert catalogue.sources["UNCERTAIN"].kind == "uncertain"
    assert all(s.address or s.key == "SEED" for s in catalogue.sources.values() if s.kind == "read")


def test_a_withdrawn_substance_is_flagged(catalogue):
    assert [c.code for c in catalogue.components.values() if "withdrawn" in c.flags] == [
        "buflomedil"
    ]


def test_the_tables_of_columns_are_those_of_the_declarations(folder):
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert with_tables(text) == text


def test_negative_control_a_table_that_was_edited_by_hand_is_seen(folder):
    text = (folder / "README.md").read_text(encoding="utf-8")
    changed = text.replace("| unit | what a value counts", "| unit | what it counts")
    assert changed != text
    assert with_tables(changed) == text


def test_the_folder_holds_these_files_and_the_dictionary_only(folder):
    names = {path.name for path in folder.iterdir()}
    assert names == {f"{part}.csv" for part in FILES} | {"README.md"}


@pytest.mark.parametrize("part", FILES)
def test_files_are_what_a_spreadsheet_keeps(folder, part):
    """Read and written again they are the same bytes, so edits give small differences."""
    content = (folder / f"{part}.csv").read_bytes()
    rows = list(csv.reader(content.decode().splitlines()))
    written = folder / "again.csv"
    with written.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows(rows)
    assert written.read_bytes() == content


def test_snomed_is_optional_and_says_that_it_was_not_looked_up(catalogue):
    with_id = [a for a in catalogue.areas.values() if a.snomed or a.snomed_entire]
    assert {area.snomed_status for area in with_id} == {"unverified"}
    assert {a.snomed_status for a in catalogue.areas.values() if a not in with_id} == {None}
    assert catalogue.areas["scalp.frontal"].snomed_entire is None


def test_every_area_with_a_term_of_its_own_has_its_uberon_id(catalogue):
    assert [a.code for a in catalogue.areas.values() if a.uberon is None] == [
        "neck.submental",
        "neck.anterior",
        "scalp.frontal",
        "scalp.midscalp",
        "scalp.parietal",
        "leg.thigh.anterior",
        "leg.thigh.medial",
        "leg.thigh.lateral",
        "leg.thigh.posterior",
    ]


def test_levels_of_contraindications(catalogue):
    levels = {}
    for rule in catalogue.contraindications.values():
        levels.setdefault(rule.level, []).append(rule.code)
    assert levels == {
        "absolute": [
            "pregnancy", "breastfeeding", "under_18", "allergy_component", "anaphylaxis_history",
            "allergy_soy", "allergy_benzyl_alcohol", "allergy_amide", "allergy_amide_product",
            "allergy_ester", "allergy_nsaid",
            "allergy_fish", "allergy_hyaluronidase", "allergy_gram_positive",
            "allergy_ethylenediamine", "allergy_thiamine", "infection_site", "skin_disease_site",
            "diabetes_insulin", "bleeding", "thrombosis", "cancer", "heart", "liver_kidney",
            "dysphagia", "oestrogen_txa", "women_5ari", "childbearing", "ulcer_asthma",
        ],
        "caution": ["allergy_venom", "phototype_dark", "g6pd", "epilepsy_porphyria"],
        "relative": [
            "autoimmune", "keloid", "isotretinoin", "neck_surgery", "bmi_30", "distal_knee",
            "planning_conception", "hypotension", "body_dysmorphic",
        ],
        "stop": ["headache_red_flag", "warning_sign_now"],
    }  # fmt: skip
    ending = {r.code: numbers_in(r.until) for r in catalogue.contraindications.values() if r.until}
    assert ending == {
        "under_18": [18],
        "allergy_amide_product": [],
        "infection_site": [],
        "skin_disease_site": [],
        "isotretinoin": [6],
        "warning_sign_now": [],
    }


def test_drug_questions(catalogue):
    drugs = {
        q.code: (q.raises, q.level, q.scope)
        for q in catalogue.questions.values()
        if q.topic in ("medicines", "recent")
    }
    assert drugs == {
        "drug_anticoagulant": (("bleeding",), None, ()),
        "drug_antiplatelet": (("bleeding",), None, ()),
        "drug_nsaid": ((), "caution", "all"),
        "drug_bruising": ((), "caution", "all"),
        "drug_isotretinoin": (("isotretinoin",), None, ()),
        "drug_immune": (("autoimmune",), None, ()),
        "drug_insulin": (("diabetes_insulin",), None, ()),
        "drug_oestrogen": (("oestrogen_txa",), None, ()),
        "drug_xanthine": ((), "caution", ("aminophylline", "caffeine")),
        "drug_lidocaine": ((), "caution", ("lidocaine",)),
        "drug_blood_pressure": ((), "caution", ("minoxidil",)),
        "drug_5ari": ((), "caution", ("dutasteride", "finasteride")),
        "drug_ace": ((), "caution", "all"),
        "drug_biotin": ((), "caution", ("biotin",)),
        "recent_procedure": ((), "caution", "all"),
        "recent_vaccine": ((), "caution", "all"),
    }


def test_aftercare_keeps_what_sources_disagree_on(catalogue):
    windows = {}
    for row in catalogue.aftercare.values():
        windows.setdefault(row.topic, []).append((row.from_hours, row.to_hours, row.sources))
    assert windows["washing"] == [
        (0, 8, ("JAV", "INN")),
        (0, 12, ("LSC",)),
        (0, 24, ("SIA", "DEFAULT")),
        (0, 96, ("SAK",)),
    ]
    assert windows["make_up"] == [
        (0, 24, ("GLAM", "ALLU", "BBF", "CAS")),
        (0, 48, ("LSE", "BBF", "CAS")),
    ]
    assert [(b, s) for _, b, s in windows["pool_and_heat"]] == [
        (48, ("JAV", "INN", "KTS")),
        (72, ("SIA",)),
        (336, ("SAK", "CAS")),
        (168, ("JAV", "INN", "MAG")),
    ]


def test_rules_of_countries(catalogue):
    rules = {(r.country, r.status, r.scope) for r in catalogue.regulations.values()}
    assert rules == {
        ("FR", "banned", ("fat_pcdc", "fat_pcdc_arm_knee", "fat_lipolytic")),
        ("FR", "banned", ("phosphatidylcholine", "deoxycholate")),
        ("FR", "caution", ("fat_submental_dc",)),
        ("FR", "caution", ("cellulite_mix",)),
        ("EU", "banned", ("buflomedil",)),
        ("EU", "allowed", ("ha_noncrosslinked", "ha_microdroplet", "polynucleotides")),
        ("US", "allowed", ("fat_submental_dc",)),
        ("US", "caution", ("phosphatidylcholine", "deoxycholate")),
        ("US", "allowed", ("face_microdroplet",)),
        ("GB", "allowed", ("ha_noncrosslinked", "ha_microdroplet", "polynucleotides")),
        ("NO", "caution", ("phosphatidylcholine", "deoxycholate", "fat_lipolytic")),
        ("NO", "allowed", ("ha_noncrosslinked", "ha_microdroplet", "polynucleotides")),
        ("BR", "caution", ("phosphatidylcholine",)),
    }  # fmt: skip


def test_days_of_asking_afterwards(catalogue):
    days = [(f.from_day, f.to_day) for f in catalogue.follow_ups.values()]
    assert days == [(1, 1), (2, 2), (3, 3), (7, 7), (14, 14), (21, 21), (28, 28), (28, 56),
                    (56, 203)]  # fmt: skip
    assert "nodule" in catalogue.follow_ups["late_nodules"].side_effects


def test_warning_signs_afterwards(catalogue):
    after = {f.code: f.urgency for f in catalogue.red_flags.values() if f.phase == "after"}
    assert after == {
        "breathing": "emergency",
        "skin_blanching": "emergency",
        "sight_stroke": "emergency",
        "fever_redness": "same_day",
        "pus": "same_day",
        "late_lump": "same_day",
        "face_swallowing": "same_day",
        "open_sore": "same_day",
        "fainting": "same_day",
        "chest_pain": "emergency",
    }
