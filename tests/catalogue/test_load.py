import re

import pytest

from mesodash.catalogue.load import FILES, CatalogueError, load_catalogue

COUNTRY = 'banned_in "France" must be a country\'s two capital letters, like FR.'


def faults(folder):
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    assert str(caught.value) == "\n".join(caught.value.faults)
    return list(caught.value.faults)


def test_an_unchanged_copy_loads_as_the_original(folder, catalogue):
    copy = load_catalogue(folder)
    for part in FILES:
        assert getattr(copy, part) == getattr(catalogue, part)


def test_a_changed_cell_reaches_the_catalogue(folder, change, catalogue):
    """The negative control: the loader reads this folder, not another."""
    change("protocols.csv", "face_ncha", points="49")
    change("protocol_sites.csv", "ncha_cheek", points="49")
    changed = load_catalogue(folder)
    assert changed.protocols["face_ncha"].points == 49
    assert catalogue.protocols["face_ncha"].points == 50


def test_a_new_area_needs_only_a_row(folder, catalogue):
    with (folder / "areas.csv").open("a", encoding="utf-8") as file:
        file.write("arm.wrist,Wrist,arm,arm,left; right,front; back,,,,,,,,,yes,,,\n")
    wider = load_catalogue(folder)
    assert wider.leaves("arm") == (*catalogue.leaves("arm"), "arm.wrist")


@pytest.mark.parametrize(
    ("file", "code", "cells", "sentence"),
    [
        ("areas.csv", "face.cheek", {"label": " "}, "label is empty; fill it in."),
        (
            "areas.csv",
            "face.cheek",
            {"sides": "left; middle"},
            'sides "middle" must be one of left, right, midline.',
        ),
        ("areas.csv", "face.cheek", {"sides": ""}, "sides is empty; fill it in."),
        (
            "areas.csv",
            "face.cheek",
            {"views": "side"},
            'views "side" must be one of front, back, face, scalp.',
        ),
        (
            "areas.csv",
            "face.cheek",
            {"group": "legs"},
            (
                'group "legs" must be one of face, neck, arm, leg, buttock, back, abdomen, scalp,'
                " head, chest."
            ),
        ),
        ("areas.csv", "face.cheek", {"leaf": "true"}, 'leaf "true" must be one of yes, no.'),
        (
            "areas.csv",
            "face.cheek",
            {"synonyms": "jowl; jowl"},
            'synonyms names "jowl" twice; take one out.',
        ),
        (
            "areas.csv",
            "face.cheek",
            {"synonyms": "jowl;"},
            "synonyms has an empty part between semicolons; take it out.",
        ),
        (
            "indications.csv",
            "scar",
            {"aim": "beauty"},
            'aim "beauty" must be one of rejuvenate, melt_fat, pain, hair, pigment_scar.',
        ),
        (
            "scales.csv",
            "vas",
            {"better": "down"},
            'better "down" must be one of lower, higher, depends.',
        ),
        (
            "scales.csv",
            "vas",
            {"low": "11"},
            "the smallest value (11) is above the largest (10).",
        ),
        (
            "side_effects.csv",
            "heat",
            {"promised_unit": "min"},
            'promised_unit "min" must be one of minutes, hours, days.',
        ),
        (
            "side_effects.csv",
            "bruise",
            {"promised_unit": "days"},
            "promised_unit is filled in but promised is empty.",
        ),
        (
            "components.csv",
            "biotin",
            {"flags": "danger"},
            (
                'flags "danger" must be one of allergy, withdrawn, off_label, do_not_mix,'
                " weak_evidence, lab_test, max_dose, stop_and_ask."
            ),
        ),
        (
            "techniques.csv",
            "papule",
            {"depth_mm_min": "3"},
            "the smallest depth (3) is above the largest (2).",
        ),
        (
            "protocols.csv",
            "face_ncha",
            {"volume_per_point_ml": "0,02"},
            'volume_per_point_ml "0,02" is not a number; write it like 0.5, or leave it empty.',
        ),
        (
            "protocols.csv",
            "face_ncha",
            {"volume_per_point_ml": "-1"},
            'volume_per_point_ml "-1" is not a number; write it like 0.5, or leave it empty.',
        ),
        (
            "protocols.csv",
            "face_ncha",
            {"volume_per_point_ml": "nan"},
            'volume_per_point_ml "nan" is not a number; write it like 0.5, or leave it empty.',
        ),
        ("protocols.csv", "face_ncha", {"points": "50.5"}, 'points "50.5" must be a whole number.'),
        (
            "schedules.csv",
            "face_ncha_bas",
            {"sessions_min": "4"},
            "the smallest number of sessions (4) is above the largest (3).",
        ),
        (
            "protocols.csv",
            "face_ncha",
            {"max_volume_per": "cheek"},
            'max_volume_per "cheek" must be one of session, side.',
        ),
        (
            "protocols.csv",
            "face_ncha",
            {"max_volume_ml": ""},
            "max_volume_per is filled in but max_volume_ml is empty.",
        ),
        (
            "protocols.csv",
            "face_ncha",
            {"evidence": "A+"},
            'evidence "A+" must be one of A; A/B; B; B/C; C; C, N; X/B; X; N.',
        ),
        (
            "protocols.csv",
            "face_ncha",
            {"evidence_text": ""},
            "evidence_text is empty; fill it in.",
        ),
        ("protocols.csv", "face_ncha", {"banned_in": "France"}, COUNTRY),
        (
            "contraindications.csv",
            "keloid",
            {"level": "maybe"},
            'level "maybe" must be one of absolute, relative, caution, stop.',
        ),
        (
            "contraindications.csv",
            "keloid",
            {"scope": ""},
            "scope is empty; write all, or the codes it applies to.",
        ),
        (
            "areas.csv",
            "face.cheek",
            {"snomed_status": "maybe"},
            'snomed_status "maybe" must be one of unverified, verified.',
        ),
        (
            "indications.csv",
            "hair_te",
            {"sex": "man"},
            'sex "man" must be one of female, male.',
        ),
        (
            "contraindications.csv",
            "keloid",
            {"asked": "perhaps"},
            'asked "perhaps" must be one of yes, no.',
        ),
        (
            "questions.csv",
            "keloid",
            {"raises": ""},
            "fill in either raises, or level and scope: what a yes means.",
        ),
        (
            "questions.csv",
            "keloid",
            {"level": "caution", "scope": "all"},
            "fill in either raises, or level and scope: what a yes means.",
        ),
        (
            "questions.csv",
            "keloid",
            {"scope": "all"},
            "scope is filled in but level is empty; the contraindications have their own.",
        ),
        (
            "questions.csv",
            "drug_ace",
            {"scope": ""},
            "scope is empty; write all, or the codes it applies to.",
        ),
        (
            "questions.csv",
            "keloid",
            {"holds_days": ""},
            "holds_days is empty; write after how many days a no must be confirmed.",
        ),
        (
            "questions.csv",
            "keloid",
            {"kind": "text"},
            'kind "text" must be one of yes_no, yes_no_detail, yes_no_where.',
        ),
        (
            "red_flags.csv",
            "pus",
            {"urgency": "soon"},
            'urgency "soon" must be one of emergency, same_day.',
        ),
        ("red_flags.csv", "pus", {"action": ""}, "action is empty; fill it in."),
        (
            "aftercare.csv",
            "pool_72",
            {"from_hours": ""},
            "from_hours is empty; write 0 for at once.",
        ),
        (
            "aftercare.csv",
            "pool_72",
            {"from_hours": "96"},
            "the smallest hour (96) is above the largest (72).",
        ),
        (
            "regulations.csv",
            "fr_check",
            {"country": "France"},
            'country "France" must be a country\'s two capital letters, like FR.',
        ),
        (
            "regulations.csv",
            "fr_check",
            {"status": "forbidden"},
            'status "forbidden" must be one of allowed, caution, banned.',
        ),
        (
            "follow_ups.csv",
            "day_7",
            {"to_day": ""},
            "to_day is empty; fill it in.",
        ),
        (
            "follow_ups.csv",
            "day_7",
            {"to_day": "6"},
            "the smallest day (7) is above the largest (6).",
        ),
        (
            "grades.csv",
            "presyncope",
            {"grade_2": ""},
            "no grade is filled in; give at least one.",
        ),
        (
            "sources.csv",
            "DOC",
            {"kind": "web"},
            'kind "web" must be one of read, known, uncertain, default.',
        ),
    ],
)
def test_a_bad_cell_is_one_sentence_with_file_and_row(folder, change, file, code, cells, sentence):
    row = change(file, code, **cells)
    assert faults(folder) == [f"{file}, row {row}: {sentence}"]


def test_a_duplicate_code_names_both_rows(folder, change, catalogue):
    row = change("scales.csv", "dlqi", code="gais")
    (fault,) = faults(folder)
    assert re.findall(r"scales\.csv, row \d+", fault) == [
        f"scales.csv, row {row}",
        "scales.csv, row 2",
    ]
    assert '"gais"' in fault


def test_a_duplicate_source_key_names_both_rows(folder, change):
    row = change("sources.csv", "ALT", key="SEED")
    first = 'the key "SEED" is already in sources.csv, row 2.'
    assert faults(folder) == [f"sources.csv, row {row}: {first}"]


def test_a_code_in_capitals(folder, change):
    row = change("scales.csv", "dlqi", code="DLQI")
    sentence = 'code "DLQI" must be lower case letters, digits, _ and dots.'
    assert faults(folder) == [f"scales.csv, row {row}: {sentence}"]


def test_a_key_in_lower_case(folder, change):
    row = change("sources.csv", "MAG", key="mag")
    sentence = 'key "mag" must be capital letters, digits and _.'
    assert faults(folder) == [f"sources.csv, row {row}: {sentence}"]


def test_links_are_checked_once_the_cells_are_good(folder, change):
    """A code that cannot be read would break every link to it: only the cause is said."""
    row = change("techniques.csv", "nappage", code="Nappage")
    sentence = 'code "Nappage" must be lower case letters, digits, _ and dots.'
    assert faults(folder) == [f"techniques.csv, row {row}: {sentence}"]


def test_all_bad_cells_are_said_at_once(folder, change):
    areas = change("areas.csv", "face.cheek", label="")
    scales = change("scales.csv", "vas", better="")
    found = [re.match(r"(\w+\.csv), row (\d+): (\w+)", fault).groups() for fault in faults(folder)]
    assert found == [
        ("areas.csv", str(areas), "label"),
        ("scales.csv", str(scales), "better"),
    ]
