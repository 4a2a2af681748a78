"""What a session's form says of the dose: over all areas, and over all sessions of the day."""

from dataclasses import replace
from datetime import date

from mesodash.consult.session_rules import (
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

    # The entry's own session, as it stands so far, is not counted twice.
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
