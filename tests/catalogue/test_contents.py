"""The shipped files of data/catalogue: that nothing is missing, and key figures as published."""

import csv
from dataclasses import fields

import pytest

from mesodash.catalogue.load import COLUMNS
from mesodash.catalogue.types import (
    Area,
    Component,
    Contraindication,
    Indication,
    Protocol,
    Scale,
    SideEffect,
    Source,
    Technique,
)

COUNTS = {
    "areas": 55,
    "indications": 17,
    "scales": 43,
    "side_effects": 38,
    "techniques": 10,
    "components": 41,
    "protocols": 22,
    "contraindications": 37,
}
FILES = {
    "areas.csv": Area,
    "indications.csv": Indication,
    "scales.csv": Scale,
    "side_effects.csv": SideEffect,
    "techniques.csv": Technique,
    "components.csv": Component,
    "protocols.csv": Protocol,
    "contraindications.csv": Contraindication,
    "sources.csv": Source,
}


@pytest.mark.parametrize(("part", "count"), COUNTS.items())
def test_counts(catalogue, part, count):
    assert len(getattr(catalogue, part)) == count


def test_protocols(catalogue):
    assert {code: p.evidence for code, p in catalogue.protocols.items()} == {
        "face_ncha": "A/B",
        "face_polyvit": "C, N",
        "face_microdroplet": "C",
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
    assert [e.code for e in catalogue.side_effects.values() if e.late] == [
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
        ("face_microdroplet", (0.05, None, None, 20, 1, 1, 3, 28, 28)),
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


def test_every_recorded_figure_has_a_source_that_resolves(catalogue):
    """Beside the loader's check: any number in any row, whatever its column."""
    for part in ("scales", "techniques", "protocols"):
        for row in getattr(catalogue, part).values():
            numbers = [f.name for f in fields(row) if isinstance(getattr(row, f.name), float | int)]
            if numbers:
                assert row.sources, (part, row.code, numbers)
                assert set(row.sources) <= set(catalogue.sources)


def test_sources_say_what_they_are(catalogue):
    kinds = [source.kind for source in catalogue.sources.values()]
    assert (kinds.count("uncertain"), kinds.count("default")) == (1, 1)
    assert catalogue.sources["UNCERTAIN"].kind == "uncertain"
    assert all(s.address or s.key == "SEED" for s in catalogue.sources.values() if s.kind == "read")


def test_a_withdrawn_substance_is_flagged(catalogue):
    assert [c.code for c in catalogue.components.values() if "withdrawn" in c.flags] == [
        "buflomedil"
    ]


@pytest.mark.parametrize(("file", "kind"), FILES.items())
def test_the_data_dictionary_names_every_column(folder, file, kind):
    text = (folder / "README.md").read_text(encoding="utf-8")
    section = text.split(f"## {file}")[1].split("\n## ")[0]
    first_cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]
    described = {word.strip() for cell in first_cells for word in cell.split(",")}
    everywhere = {"code", "label", "sources"}
    assert set(COLUMNS[kind]) - everywhere <= described
    assert described - {"column"} <= set(COLUMNS[kind])


@pytest.mark.parametrize("file", FILES)
def test_files_are_what_a_spreadsheet_keeps(folder, file):
    """Read and written again they are the same bytes, so edits give small differences."""
    content = (folder / file).read_bytes()
    rows = list(csv.reader(content.decode().splitlines()))
    written = folder / "again.csv"
    with written.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows(rows)
    assert written.read_bytes() == content
