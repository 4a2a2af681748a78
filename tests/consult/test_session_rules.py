"""What a session's form says of the dose: over all areas, and over all sessions of the day."""

from dataclasses import replace
from datetime import date

from mesodash.consult.session_rules import (
    DEEPEST_MM,
    USUAL_DEPTH_MM,
    component_totals,
    findings,
    limits,
    needs_reason,
)
from mesodash.records.treatment.entries import AreaEntry, SessionEntry
from mesodash.records.treatment.sessions import GivenThatDay

DAY = date(2026, 11, 20)
PIROXICAM_MG_PER_ML, PIROXICAM_MOST_MG = 8, 20  # strengths.csv, dose_limits.csv


def migraine(*volumes):
    sites = ("face.glabella", "face.temple", "neck")
    return SessionEntry(
        "P1",
        DAY.isoformat(),
        tuple(
            AreaEntry(area, "midline", volume_ml=ml)
            for area, ml in zip(sites, volumes, strict=False)
        ),
        protocol="migraine_chronic",
        session_id="S1",
    )


def said(entry, catalogue, **more):
    return [
        one
        for one in findings(entry, catalogue, version=None, last_treated={}, today=DAY, **more)
        if one.field == "volume"
    ]


def piroxicam(entry, catalogue, **more):
    name = catalogue.components["piroxicam"].label
    (found,) = [one for one in component_totals(entry, catalogue, **more) if one.label == name]
    return found


def test_a_component_is_counted_over_all_areas(catalogue):
    found = piroxicam(migraine(0.5, 1.0), catalogue)
    assert (found.mg, found.most_mg) == (1.5 * PIROXICAM_MG_PER_ML, PIROXICAM_MOST_MG)
    assert not found.elsewhere
    assert said(migraine(0.5, 1.0), catalogue) == []


def test_and_over_the_other_sessions_of_the_day(catalogue):
    entry = migraine(0.5, 1.0)
    other = GivenThatDay("S0", "migraine_chronic", 1.5)
    found = piroxicam(entry, catalogue, others=(other,))
    assert (found.mg, found.elsewhere) == (3 * PIROXICAM_MG_PER_ML, True)

    (finding,) = said(entry, catalogue, others=(other,))
    assert finding.level == "reason"
    assert "24 mg" in finding.sentence
    assert "20 mg" in finding.sentence
    assert needs_reason((finding,), entry)
    assert not needs_reason((finding,), replace(entry, note="as agreed"))

    # The entry's own session, as recorded so far, is not counted twice.
    assert said(entry, catalogue, others=(replace(other, session_id="S1"),)) == []
    # Nor is one whose mixture holds none of it.
    assert said(entry, catalogue, others=(replace(other, protocol="hair_duta"),)) == []


def test_the_weight_lowers_the_most(catalogue):
    entry = replace(migraine(1.0), protocol="tth_lido")  # 5 mg of lidocaine in a mL
    (whole,) = component_totals(entry, catalogue)
    (child,) = component_totals(entry, catalogue, weight_kg=20.0)
    assert (whole.mg, whole.most_mg, child.most_mg) == (5, 300, 90)


def test_a_volume_a_session_counts_the_same_protocol_of_the_day(catalogue):
    code, protocol = next(
        (code, one)
        for code, one in catalogue.protocols.items()
        if one.max_volume_per == "session"
        and not any(s.protocol == code for s in catalogue.strengths.values())
    )
    entry = SessionEntry(
        "P1",
        DAY.isoformat(),
        (AreaEntry("abdomen.lower", "midline", volume_ml=protocol.max_volume_ml),),
        protocol=code,
    )
    assert said(entry, catalogue) == []
    (finding,) = said(entry, catalogue, others=(GivenThatDay("S0", code, 0.5),))
    assert finding.level == "reason"


def test_the_limits_name_what_has_a_strength_and_a_most(catalogue):
    found = limits(catalogue, {})["migraine_chronic"].components
    assert {(one.component, one.mg_per_ml, one.max_mg) for one in found} == {
        ("piroxicam", 8, 20),
        ("lidocaine", 4, 300),
    }
    assert limits(catalogue, {})["hair_duta"].components == ()


def at_cheek(catalogue, **dose):
    """The levels of what is said of a cheek treated for melasma, of which a point's volume is
    reported and no depth."""
    entry = SessionEntry(
        "P1", DAY.isoformat(), (AreaEntry("face.cheek", "left", **dose),), protocol="melasma_txa"
    )
    found = findings(entry, catalogue, version=None, last_treated={}, today=DAY)
    return [one.level for one in found if one.field == "area:face.cheek:left"]


def test_a_volume_a_point_is_held_beside_the_reported_one(catalogue):
    reported = catalogue.protocols["melasma_txa"].volume_per_point_ml
    assert at_cheek(catalogue, points=20, volume_ml=20 * reported) == []
    assert at_cheek(catalogue, points=20, volume_ml=40 * reported) == ["note"]
    assert at_cheek(catalogue, points=20, volume_ml=200 * reported) == ["reason"]
    assert at_cheek(catalogue, volume_ml=200 * reported) == []
    assert at_cheek(catalogue, points=0, volume_ml=1.0) == []


def test_deeper_than_needles_reach_needs_a_reason(catalogue):
    assert at_cheek(catalogue, depth_mm=USUAL_DEPTH_MM) == []
    assert at_cheek(catalogue, depth_mm=USUAL_DEPTH_MM + 0.5) == ["reason"]
    assert at_cheek(catalogue, depth_mm=DEEPEST_MM + 0.5) == ["refused"]


def test_a_maximum_of_a_side_is_halved_of_what_both_sides_had_together(catalogue):
    most = catalogue.protocols["face_ncha"].max_volume_ml

    def levels(side, ml):
        treated = (AreaEntry("face.cheek", side, volume_ml=ml),)
        entry = SessionEntry("P1", DAY.isoformat(), treated, protocol="face_ncha")
        return [one.level for one in said(entry, catalogue)]

    assert levels("left", 1.5 * most) == levels("both", 2.5 * most) == ["reason"]
    assert levels("both", 1.5 * most) == levels("left", most) == []
