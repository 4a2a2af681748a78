"""How long effects lasted, laid out: the numbers of the curves, and of a published table."""

import math

import pandas as pd
import pytest

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import writing
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.reader import Reader
from mesodash.reports.effects.durations import PROMISE_TYPES, RESOLUTION_TYPES
from mesodash.reports.effects.reactions import REACTION_TYPES


def same(ours, theirs):
    return (math.isnan(ours) and math.isnan(theirs)) or ours == theirs


def test_resolution_is_the_curves(reader):
    frame = reader.report("resolution", by=("effect", "protocol"))
    assert list(frame.columns) == ["effect", "protocol", *RESOLUTION_TYPES]
    curves = {
        (c.keys["effect"], c.keys["protocol"]): c.curve
        for c in reader.curves(by=("effect", "protocol"))
    }
    assert len(frame) == 4 * len(curves)
    for row in frame.itertuples():
        curve = curves[row.effect, row.protocol]
        for ours, theirs in zip(
            (row.share, row.low, row.high), curve.resolved_by(row.day), strict=True
        ):
            assert same(ours, theirs)
        assert row.n == curve.n
        later = curve.times >= row.day
        left = (curve.events + curve.censored)[later].sum()
        assert row.at_risk == pytest.approx(left, abs=0.5)


def test_shares_of_the_side_effects_report_are_the_same(reader):
    wide = reader.side_effects().set_index("effect")
    for row in reader.report("resolution").itertuples():
        assert same(row.share, wide.loc[row.effect, f"resolved_by_{row.day}d"])


def test_promises_of_the_founding_text_and_of_the_source(empty_clinic, catalogue):
    """Ten swellings after deoxycholic acid: one gone a day, the last two still open at day 30."""
    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].insert({"id": 1, "patient_id": "P1", "sex": "female"})
        change.db["sessions"].insert(
            {
                "id": 1,
                "session_id": "S1",
                "patient": 1,
                "protocol": "fat_submental_dc",
                "held_at": "2024-05-01",
                "state": "held",
            }
        )
        for n in range(1, 11):
            end = {"resolved_at": f"2024-05-{1 + n:02}"} if n <= 8 else {}
            change.db["side_effects"].insert(
                {
                    "side_effect_id": f"E{n}",
                    "session": 1,
                    "effect": "swelling",
                    "onset_at": "2024-05-01",
                    "last_seen_at": "2024-05-31" if n > 8 else None,
                    **end,
                }
            )
        change.log("import", "side_effects")
    reader = Reader(empty_clinic, catalogue)
    frame = reader.report("promises")
    assert list(frame.columns) == ["effect", "protocol", *PROMISE_TYPES]
    (row,) = frame.to_dict("records")
    assert (row["n"], row["median_days"]) == (10, 5.0)
    # The label's substance has a source of its own: its figure, as on the card and the handout.
    assert (row["promised_days"], row["promised_share"]) == (20.0, pytest.approx(0.8))
    # All of one patient: nothing tells how others would differ, and the interval has no width.
    assert row["promised_low"] == pytest.approx(row["promised_high"])
    assert (row["source_kind"], row["source_low_days"], row["source_high_days"]) == (
        "median",
        8.5,
        20.0,
    )
    assert row["source_text"] == "median 8.5-20 days, longest 85"
    assert row["source_share"] == pytest.approx(0.8)
    (alone,) = reader.report("promises", by=("effect",)).to_dict("records")
    assert (alone["promised_days"], alone["promised_share"]) == (2.0, pytest.approx(0.2))
    narrowed = Filters(protocols=("fat_submental_dc",))
    for by in (("effect",), ("effect", "month"), ("effect", "protocol")):
        (one,) = reader.side_effects(narrowed, by=by).to_dict("records")
        assert (one["promised_days"], one["within_promise"]) == (20.0, pytest.approx(0.8))
    assert pd.isna(alone["source_text"])
    assert math.isnan(alone["source_share"])
    (printed,) = reader.report("reactions").to_dict("records")
    assert (printed["longest_days"], printed["longest_open"]) == (30.0, True)
    assert printed["not_graded"] == 1


def test_reactions_in_publication_form(reader, rows):
    frame = reader.report("reactions")
    assert list(frame.columns) == ["effect", *REACTION_TYPES]
    assert frame["sessions_with"].is_monotonic_decreasing
    grades = frame[["mild", "moderate", "severe", "not_graded"]].sum(axis=1)
    assert grades.tolist() == frame["sessions_with"].tolist()
    often = reader.report("incidence").set_index("effect")
    long = reader.side_effects().set_index("effect")
    for row in frame.itertuples():
        assert row.patient_share == often.loc[row.effect, "patient_share"]
        assert same(row.median_days, long.loc[row.effect, "median_days"])
        ends = next(c for c in reader.curves() if c.keys["effect"] == row.effect).curve
        watched = ends.times[(ends.events > 1e-9) | (ends.censored > 0)]
        assert row.longest_days == watched.max()
    by_mild = sum(e.severity == 1 for e in rows.following)
    assert 0 < frame["mild"].sum() <= by_mild


# 7C of the domain notes: n = 57, mild / moderate / severe as printed (ojac047, table 2).
PRINTED = {"swelling": (14, 25, 17), "erythema": (27, 14, 3), "bruise": (17, 12, 3)}


def test_a_published_table_comes_out_as_printed(empty_clinic, catalogue):
    with writing(empty_clinic, DEMO) as change:
        for n in range(1, 58):
            change.db["patients"].insert({"id": n, "patient_id": f"P{n}", "sex": "female"})
            change.db["sessions"].insert(
                {"id": n, "session_id": f"S{n}", "patient": n, "held_at": "2024-01-01",
                 "state": "held"}
            )  # fmt: skip
        for effect, printed in PRINTED.items():
            patient = 0
            for grade, number in enumerate(printed, start=1):
                for _ in range(number):
                    patient += 1
                    change.db["side_effects"].insert(
                        {"side_effect_id": f"{effect}-{patient}", "session": patient,
                         "effect": effect, "onset_at": "2024-01-01", "severity": grade}
                    )  # fmt: skip
        change.log("import", "side_effects")
    frame = Reader(empty_clinic, catalogue).report("reactions").set_index("effect")
    for effect, printed in PRINTED.items():
        row = frame.loc[effect]
        assert (row["mild"], row["moderate"], row["severe"]) == printed
        assert (row["patients_with"], row["patients"]) == (sum(printed), 57)
    shares = (100 * frame["patient_share"]).round(1)
    assert shares.to_dict() == {"swelling": 98.2, "erythema": 77.2, "bruise": 56.1}
