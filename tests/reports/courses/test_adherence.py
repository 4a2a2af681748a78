"""Adherence, recounted in plain Python: what was done beside the version that was in force."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from math import floor

import numpy as np
import pandas as pd
import pytest
from tests.reports.by_patient import design_effect, share_of
from tests.reports.conftest import read_rows
from tests.reports.made_clinic import make_clinic

from mesodash.documents.small_groups import suppressed
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.courses.departures import departures
from mesodash.records.courses.protocol_versions import Parameters, add_version, read_versions
from mesodash.records.store.connection import reading, writing
from mesodash.records.treatment.sessions import days_since, read_session
from mesodash.reports.core.filters import Filters, Period, ReportError
from mesodash.reports.core.reader import Reader
from mesodash.reports.courses.adherence import MEASURES, NOT_SAID

PROTOCOL = "melasma_txa"
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
FIRST, SECOND = date(2024, 6, 1), date(2025, 3, 1)
PARTS = {"low_tenth": 0.1, "low_quarter": 0.25, "middle": 0.5, "high_quarter": 0.75,
    "high_tenth": 0.9}  # fmt: skip


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """Two versions of one protocol; a few sessions name one, a few have no note."""
    path = make_clinic(tmp_path_factory.mktemp("adherence") / "clinic.db", sessions=400, seed=5)
    for on, ml, points, depth in ((FIRST, 1.0, 10, 2.0), (SECOND, 0.4, 20, 3.0)):
        own = Parameters(
            max_volume_ml=ml,
            points=points,
            depth_mm=depth,
            volume_per_point_ml=ml / points,
            interval_days=14,
        )
        add_version(path, PROTOCOL, own, DEMO, on=on, clock=lambda: NOW)
    first = read_versions(path, PROTOCOL)[-1].key
    with writing(path, DEMO, clock=lambda: NOW) as change:
        change.db.execute(
            "UPDATE sessions SET protocol_version = ? WHERE protocol = ? AND id % 7 = 0",
            [first, PROTOCOL],
        )
        change.db.execute("UPDATE sessions SET note = CASE id % 6 WHEN 0 THEN NULL ELSE '  ' END"
                          " WHERE id % 3 = 0")  # fmt: skip
        change.db.execute("UPDATE sessions SET departure = CASE id % 5 WHEN 0 THEN 'other'"
                          " WHEN 1 THEN 'patient_wish' WHEN 2 THEN 'patient_wish' END")  # fmt: skip
        change.log("update", "sessions", key="all")
    return path


@pytest.fixture(scope="module")
def reader(clinic, catalogue):
    return Reader(clinic, catalogue)


@pytest.fixture(scope="module")
def seen(clinic, catalogue):
    """Each comparison: (measure, practitioner, patient, share, kept, noted, departure, session)."""
    rows = read_rows(clinic)
    versions = {one.key: one for one in read_versions(clinic, PROTOCOL)}
    a_side = catalogue.protocols[PROTOCOL].max_volume_per == "side"
    held = [s for s in rows.sessions if s.state == "held" and s.protocol == PROTOCOL]
    found = []
    for s in held:
        fitting = [k for k, v in versions.items() if v.adopted_on <= s.held_on]
        key = s.protocol_version or max(fitting, default=None)
        if key is None:
            continue
        own, noted = versions[key].parameters, bool((s.note or "").strip())
        noted = (noted, s.departure, s.id)
        who = (s.practitioner, s.patient)
        parts = defaultdict(list)
        for area in (a for a in rows.treated_areas if a.session == s.id):
            parts[(area.area, area.side) if a_side else None].append(area)
            if area.depth_um is not None:
                mm = area.depth_um / 1000
                near = abs(mm - own.depth_mm) <= 0.5
                found.append(("depth", *who, mm / own.depth_mm, near, *noted))
        for place, areas in parts.items():
            halves = 2 if place and place[1] == "both" else 1
            uls = [a.volume_ul for a in areas if a.volume_ul is not None]
            points = sum(a.points for a in areas if a.points is not None)
            if uls:
                ml = sum(uls) / 1000 / halves
                kept = ml <= own.max_volume_ml
                found.append(("dose", *who, ml / own.max_volume_ml, kept, *noted))
            if points:
                n = points / halves
                near = abs(n - own.points) <= 0.1 * own.points + 1e-9
                found.append(("points", *who, n / own.points, near, *noted))
            pointed = [a.volume_ul for a in areas if a.points and a.volume_ul is not None]
            if pointed and points:
                each = sum(pointed) / 1000 / points
                wanted = own.volume_per_point_ml
                near = abs(each - wanted) <= 0.1 * wanted + 1e-9
                found.append(("point_dose", *who, each / wanted, near, *noted))
        earlier = [(o.held_on, o.id) for o in held if o.patient == s.patient]
        before = [at for at in sorted(earlier) if at < (s.held_on, s.id)]
        if before:
            days = (s.held_on - before[-1][0]) / timedelta(days=1)
            found.append(("interval", *who, days / 14, abs(days - 14) <= 7, *noted))
    return found


def test_recounted_row_by_row(reader, seen, checks):
    frame = reader.report("adherence", by=("measure",))
    assert set(frame["measure"]) == {one[0] for one in seen} == {
        "dose", "points", "point_dose", "depth", "interval"
    }  # fmt: skip
    with checks("measures recounted", planned=len(frame)) as count:
        for row in frame.to_dict("records"):
            mine = [one for one in seen if one[0] == row["measure"]]
            shares = [round(one[3], 3) for one in mine]
            patients, kept = [one[2] for one in mine], [one[4] for one in mine]
            right = (
                row["compared"] == len(mine)
                and row["patients"] == len(set(patients))
                and row["kept"] == sum(kept)
                and row["explained"] == sum(one[5] and not one[4] for one in mine)
                and row["with_reason"] == sum(one[6] is not None and not one[4] for one in mine)
                and [row[name] for name in PARTS]
                == pytest.approx([np.quantile(shares, part) for part in PARTS.values()], abs=1e-9)
                and [row[f"kept_{end}"] for end in ("share", "low", "high")]
                == pytest.approx(share_of(patients, kept), abs=1e-9)
            )
            count.that(right, f"{row} of {len(mine)}, {sum(kept)} kept")


def test_the_interval_is_by_patient(reader, seen):
    (row,) = [
        one
        for one in reader.report("adherence", by=("measure",)).to_dict("records")
        if one["measure"] == "interval"
    ]
    mine = [one for one in seen if one[0] == "interval"]
    if 0 < row["kept"] < row["compared"]:
        expected = design_effect([one[2] for one in mine], [one[4] for one in mine])
        assert row["design_effect"] == pytest.approx(expected, rel=1e-9)
    else:
        assert not row["design_effect"] > 1


def test_by_practitioner_the_parts_add_up_and_are_in_no_order_of_merit(reader, seen):
    frame = reader.report("adherence", by=("practitioner",))
    assert frame.groupby("measure")["compared"].sum().to_dict() == {
        measure: sum(one[0] == measure for one in seen) for measure in {one[0] for one in seen}
    }
    for _measure, part in frame.groupby("measure"):
        names = part["practitioner"].dropna().tolist()
        assert names == sorted(names)


def test_small_groups_are_left_out(reader):
    frame = reader.report("adherence", Filters(Period(SECOND, SECOND + timedelta(days=20))))
    small = frame[frame["patients"] < 5]
    assert len(small) > 0
    assert (suppressed(frame, "adherence")["patients"] >= 5).all()


def test_without_a_version_there_is_nothing_to_compare(reader):
    before = Filters(Period(None, FIRST - timedelta(days=1)))
    named = reader.report("adherence", before, ("measure",))["compared"].sum()
    everything = reader.report("adherence", by=("measure",))["compared"].sum()
    assert 0 < named < everything  # those that name a version themselves
    other = reader.report("adherence", Filters(protocols=("cellulite_caffeine",)))
    assert list(other["compared"]) == []


def test_an_unknown_key_is_told(reader):
    with pytest.raises(ReportError, match="cannot be counted by"):
        reader.report("adherence", by=("effect",))


def test_departures_with_a_note_are_listed_with_its_words_by_day(clinic, reader, seen):
    found = reader.departures(DEMO)
    wanted = {
        (measure, practitioner, floor(1000 * share + 0.5) / 1000)
        for measure, practitioner, _patient, share, kept, noted, *_more in seen
        if not kept and noted
    }
    rows = read_rows(clinic)
    with reading(clinic) as db:
        names = dict(db.execute("SELECT id, practitioner_id FROM practitioners"))
    assert wanted
    named = [None if pd.isna(name) else name for name in found["practitioner"]]
    assert set(zip(found["measure"], named, found["share"], strict=True)) == {
        (measure, names.get(practitioner), share) for measure, practitioner, share in wanted
    }
    words = {one.session_id: (one.note or "").strip() for one in rows.sessions}
    assert all(words[r.session_id] == r.note for r in found.itertuples())
    days = list(found["held_on"].astype(str))
    assert days == sorted(days, reverse=True)
    assert found.equals(reader.departures(DEMO))


@pytest.mark.parametrize("role", ["trainer", "manager", "auditor"])
def test_their_words_are_for_who_may_see_sessions(reader, role):
    with pytest.raises(NotAllowedError):
        reader.departures(Actor("x", role))


def test_the_chosen_reasons_are_recounted_row_by_row(clinic, reader, seen, checks):
    with reading(clinic) as db:
        names = dict(db.execute("SELECT id, practitioner_id FROM practitioners"))
    people = defaultdict(list)
    for measure, who, patient, _share, kept, _noted, reason, _session in seen:
        if not kept:
            people[measure, names.get(who), reason or NOT_SAID].append(patient)
    frame = reader.report("adherence_reasons")
    found = {
        (r.measure, None if pd.isna(r.practitioner) else r.practitioner, r.reason): r
        for r in frame.itertuples()
    }
    assert set(found) == set(people)
    assert {key[2] for key in found} == {"patient_wish", "other", NOT_SAID}
    with checks("reasons recounted", planned=len(people)) as count:
        for key, mine in people.items():
            row = found[key]
            right = (row.departed, row.patients) == (len(mine), len(set(mine)))
            count.that(right, f"{key}: {row} of {mine}")


def test_the_reasons_of_all_add_up_to_what_is_not_as_adopted(reader):
    whole = reader.report("adherence", by=("measure",)).set_index("measure")
    parts = reader.report("adherence_reasons", by=())
    given = parts[parts["reason"] != NOT_SAID]
    away = whole["compared"] - whole["kept"]
    assert parts.groupby("measure")["departed"].sum().to_dict() == away.to_dict()
    assert given.groupby("measure")["departed"].sum().to_dict() == whole["with_reason"].to_dict()


def test_the_form_finds_the_same_departures_as_the_report(clinic, catalogue, seen, checks):
    """The rules of `records.courses.departures`, asked session by session."""
    rows = read_rows(clinic)
    versions = {one.key: one for one in read_versions(clinic, PROTOCOL)}
    by_side = catalogue.protocols[PROTOCOL].max_volume_per == "side"
    away, asked = defaultdict(set), {one[-1] for one in seen}
    for measure, *_between, session in seen:
        away[session] |= set() if _between[3] else {measure}
    held = {s.id: s for s in rows.sessions if s.id in asked}
    with checks("sessions asked", planned=len(held)) as count:
        for session in held.values():
            fitting = [k for k, v in versions.items() if v.adopted_on <= session.held_on]
            version = versions[session.protocol_version or max(fitting)]
            entry = read_session(clinic, session.session_id, DEMO).entry
            found = departures(
                entry.areas,
                version.parameters,
                by_side=by_side,
                days=days_since(clinic, entry, DEMO),
            )
            same = set(found) == away[session.id] and len(found) == len(set(found))
            count.that(same, f"{session.session_id}: {found} is not {away[session.id]}")
    assert {one for found in away.values() for one in found} == set(MEASURES)
