"""Adopting protocols: inside the published range, beyond it only with a reason, never if banned."""

from datetime import UTC, date, datetime

import pytest

from mesodash.consult.adoption import (
    LABELS,
    AdoptionError,
    Range,
    adopt,
    banned_in,
    beyond,
    current,
    differences,
    published_parameters,
    ranges,
    versions,
)
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.courses.protocol_versions import Parameters
from mesodash.records.store.clinic import create_clinic

DOCTOR = Actor("dr-a", "practitioner")
DAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def clinic_in(country, tmp_path):
    path = tmp_path / f"{country}.db"
    create_clinic(
        path, clinic_id="c", name="C", kind="clinical", actor=DEMO, country=country,
        clock=lambda: NOW,
    )  # fmt: skip
    return path


@pytest.mark.parametrize(
    ("protocol", "name", "expected"),
    [
        ("face_ncha", "sessions", Range(3, 3)),
        ("face_ncha", "interval_days", Range(30, 30)),
        ("face_ncha", "volume_per_point_ml", Range(0.02, 0.02)),
        ("face_ncha", "points", Range(None, 50)),
        ("fat_submental_dc", "sessions", Range(None, 6)),
        ("fat_submental_dc", "interval_days", Range(30, None)),
        ("fat_submental_dc", "max_volume_ml", Range(None, 10)),
        ("hair_duta", "top_up_days", Range(90, 90)),
        ("hair_duta", "depth_mm", Range(2, 4, by_technique=True)),
        ("lbp_acute", "volume_per_point_ml", Range(0.1, 0.2, by_technique=True)),
        ("laxity_body", "sessions", Range(None, None)),
    ],
)
def test_what_is_published(catalogue, protocol, name, expected):
    assert ranges(catalogue, protocol)[name] == expected


def test_another_technique_brings_its_own_default_range(catalogue):
    assert ranges(catalogue, "hair_duta", "papule")["depth_mm"] == Range(1, 2, by_technique=True)


@pytest.mark.parametrize(
    ("value", "inside"),
    [(5, False), (6, True), (8, True), (9, False), (10, True), (15, True), (16, False)],
)
def test_a_range_holds_its_ends(catalogue, value, inside):
    assert ranges(catalogue, "cellulite_mix")["sessions"].holds(value) is inside


def test_schedules_of_two_sources_are_never_one_span(catalogue):
    """Cellulite: 10-15 weekly by one page, 6-8 every 7-15 days by another."""
    found = ranges(catalogue, "cellulite_mix")
    assert (str(found["sessions"]), found["sessions"].single) == ("10–15 or 6–8", None)
    assert str(found["interval_days"]) == "7 or 7–15"
    assert published_parameters(catalogue, "tth_lido").sessions is None  # 1, or 5


def test_nothing_published_holds_nothing():
    assert not Range().holds(1)
    assert str(Range()) == "–"


def test_inside_the_published_range_no_reason_is_needed(empty_clinic, catalogue):
    parameters = Parameters(sessions=10, interval_days=7, spacing_cm=2)

    version = adopt(empty_clinic, catalogue, "cellulite_mix", parameters, actor=DOCTOR, on=DAY)

    assert (version.version, version.parameters, version.reason) == (1, parameters, None)
    assert (version.adopted_by, version.adopted_on) == ("dr-a", DAY)
    assert current(empty_clinic) == {"cellulite_mix": version}


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (Parameters(sessions=20), "Sessions: 20 is outside 10–15 or 6–8 .published.; write down"),
        (Parameters(interval_days=3), "Interval, days: 3 is outside 7 or 7–15"),
        (Parameters(depth_mm=6), "Depth, mm: no figure is published to compare 6 with"),
        (Parameters(technique="epidermic"), "No source reports the technique Epidermic"),
    ],
)
def test_beyond_it_a_reason_is_needed_and_kept(empty_clinic, catalogue, parameters, sentence):
    def again(reason):
        return adopt(
            empty_clinic, catalogue, "cellulite_mix", parameters, actor=DOCTOR, on=DAY,
            reason=reason,
        )  # fmt: skip

    for missing in (None, "", "  \n"):
        with pytest.raises(AdoptionError, match=sentence) as raised:
            again(missing)
        assert raised.value.needs_reason
    assert versions(empty_clinic, "cellulite_mix") == ()

    assert again(" our own\n series ").reason == "our own series"


def test_a_reason_that_is_not_needed_is_not_kept(empty_clinic, catalogue):
    version = adopt(
        empty_clinic, catalogue, "cellulite_mix", Parameters(sessions=8), actor=DOCTOR, on=DAY,
        reason="just so",
    )  # fmt: skip

    assert version.reason is None


def test_a_change_is_a_new_version_and_the_same_again_is_none(empty_clinic, catalogue):
    first, same, second = (
        adopt(empty_clinic, catalogue, "cellulite_mix", p, actor=DOCTOR, on=DAY)
        for p in (Parameters(sessions=8), Parameters(sessions=8), Parameters(sessions=10))
    )

    assert same == first
    assert versions(empty_clinic, "cellulite_mix") == (second, first)
    assert current(empty_clinic)["cellulite_mix"] == second


@pytest.mark.parametrize("protocol", ["fat_pcdc", "fat_pcdc_arm_knee", "fat_lipolytic"])
def test_what_is_banned_in_the_country_cannot_be_adopted(tmp_path, catalogue, protocol):
    france, elsewhere = clinic_in("FR", tmp_path), clinic_in("CH", tmp_path)

    with pytest.raises(AdoptionError, match="is banned in FR, so it cannot be adopted"):
        adopt(france, catalogue, protocol, Parameters(), actor=DOCTOR, on=DAY, reason="we like it")

    assert versions(france, protocol) == ()
    assert adopt(elsewhere, catalogue, protocol, Parameters(), actor=DOCTOR, on=DAY).version == 1


def test_a_banned_component_bans_the_protocol(catalogue):
    assert banned_in(catalogue, "fat_lipolytic", "DE")  # buflomedil, withdrawn in the EU
    assert not banned_in(catalogue, "fat_pcdc", "DE")
    assert not banned_in(catalogue, "fat_lipolytic", None)
    assert banned_in(catalogue, "fat_pcdc", "fr")


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (Parameters(depth_mm=0), "Depth, mm: write a number above 0, at most 50"),
        (Parameters(depth_mm=51), "at most 50"),
        (Parameters(volume_per_point_ml=float("nan")), "Volume a point, mL: write a number"),
        (Parameters(points=-1), "Points: write a number above 0"),
        (Parameters(sessions=2.5), "Sessions: write a whole number"),
        (Parameters(technique="magic"), 'There is no technique "magic"'),
        (Parameters(needle="x" * 501), "Needle: shorten it"),
    ],
)
def test_values_no_session_could_hold_are_refused(empty_clinic, catalogue, parameters, sentence):
    with pytest.raises(AdoptionError, match=sentence):
        adopt(empty_clinic, catalogue, "face_ncha", parameters, actor=DOCTOR, on=DAY, reason="so")
    assert versions(empty_clinic, "face_ncha") == ()


def test_an_unknown_protocol_is_refused(empty_clinic, catalogue):
    with pytest.raises(AdoptionError, match='no protocol "nothing"'):
        adopt(empty_clinic, catalogue, "nothing", Parameters(), actor=DOCTOR, on=DAY)


def test_what_is_published_in_one_value_can_be_adopted_as_it_is(tmp_path, catalogue):
    path = clinic_in("CH", tmp_path)
    for protocol in catalogue.protocols:
        start = published_parameters(catalogue, protocol)

        assert beyond(catalogue, protocol, start) == (), protocol
        assert adopt(path, catalogue, protocol, start, actor=DOCTOR, on=DAY).reason is None


def test_ranges_are_not_turned_into_single_values(catalogue):
    start = published_parameters(catalogue, "cellulite_mix")

    assert (start.sessions, start.interval_days, start.spacing_cm) == (None, None, None)
    assert published_parameters(catalogue, "face_ncha").sessions == 3


def side_by_side(rows):
    return {row.name: (row.published, row.this, row.that, row.differs, row.beyond) for row in rows}


def test_two_versions_side_by_side(empty_clinic, catalogue):
    first = adopt(
        empty_clinic, catalogue, "cellulite_mix", Parameters(sessions=8, spacing_cm=2),
        actor=DOCTOR, on=DAY,
    )  # fmt: skip
    second = adopt(
        empty_clinic, catalogue, "cellulite_mix", Parameters(sessions=20, spacing_cm=2),
        actor=DOCTOR, on=DAY, reason="own series",
    )  # fmt: skip

    rows = side_by_side(differences(catalogue, second, first))

    assert rows["sessions"] == ("10–15 or 6–8", "20", "8", True, True)
    assert rows["spacing_cm"] == ("1.5–2.5", "2", "2", False, False)
    assert rows["interval_days"] == ("7 or 7–15", "–", "–", False, False)
    assert rows["needle"][0] == "4-6 mm needle"
    assert "depth_mm" not in rows  # no technique chosen, so there is no depth to go by
    assert "top_up_days" not in rows  # neither published nor adopted
    assert list(rows) == [name for name in LABELS if name in rows]


def test_one_version_beside_the_published(empty_clinic, catalogue):
    version = adopt(
        empty_clinic, catalogue, "face_ncha", Parameters(sessions=3, points=30), actor=DOCTOR,
        on=DAY,
    )  # fmt: skip

    rows = side_by_side(differences(catalogue, version))

    assert rows["sessions"] == ("3", "3", "3", False, False)
    assert rows["points"] == ("50", "30", "50", True, False)
    assert rows["volume_per_point_ml"] == ("0.02", "–", "0.02", False, False)


def test_a_range_that_is_the_techniques_says_so(empty_clinic, catalogue):
    chosen = Parameters(technique="nappage", depth_mm=3)
    version = adopt(empty_clinic, catalogue, "cellulite_mix", chosen, actor=DOCTOR, on=DAY)

    rows = side_by_side(differences(catalogue, version))

    assert rows["depth_mm"] == ("2–4 (by technique)", "3", "2–4 (by technique)", True, False)
