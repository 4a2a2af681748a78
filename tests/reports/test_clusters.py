"""Clusters: a planted lot is found, noise is not, and the counts are those of the clinic."""

import pytest
from scipy import stats

from mesodash.records.actor import DEMO
from mesodash.records.clinic import create_clinic
from mesodash.records.connection import writing
from mesodash.reports.clusters import COLUMNS
from mesodash.reports.reader import Reader


def clinic_with_lot(path, ill_with_lot, *, clinic_id="test", sessions=120):
    """Every fourth session uses lot BAD; `ill_with_lot` of those get a nodule, 2 of the others."""
    create_clinic(path, clinic_id=clinic_id, name="x", kind="demo", actor=DEMO)
    with writing(path, DEMO) as change:
        change.db["practitioners"].insert_all(
            {"id": n, "practitioner_id": f"dr-{n}", "name": "x"} for n in (1, 2)
        )
        bad = other = 0
        for n in range(1, sessions + 1):
            lot = "BAD" if n % 4 == 0 else f"OK{n % 3}"
            change.db["patients"].insert({"id": n, "patient_id": f"P{n}", "sex": "female"})
            change.db["sessions"].insert(
                {
                    "id": n,
                    "session_id": f"S{n}",
                    "patient": n,
                    "practitioner": 1 + n % 2,
                    "held_at": "2024-05-01",
                    "state": "held",
                }
            )
            change.db["products_used"].insert({"session": n, "product": "x", "lot": lot})
            ill = bad < ill_with_lot if lot == "BAD" else other < 2
            if ill:
                bad, other = bad + (lot == "BAD"), other + (lot != "BAD")
                change.db["side_effects"].insert(
                    {
                        "side_effect_id": f"E{n}",
                        "session": n,
                        "effect": "nodule",
                        "onset_at": "2024-05-20",
                    }
                )
        change.log("import", "sessions")
    return path


@pytest.mark.slow
def test_a_bad_lot_stands_out(tmp_path, catalogue):
    frame = Reader(clinic_with_lot(tmp_path / "c.db", 12), catalogue).clusters()
    assert list(frame.columns) == list(COLUMNS)
    row = frame[frame["kind"] == "lot"].iloc[0]
    assert (row["value"], row["effect"], row["clinic"]) == ("BAD", "nodule", "test")
    assert (row["sessions"], row["with_effect"]) == (30, 12)
    assert (row["other_sessions"], row["other_with_effect"]) == (90, 2)
    expected = stats.fisher_exact([[12, 18], [2, 88]], alternative="greater").pvalue
    assert row["p_value"] == pytest.approx(expected, rel=1e-9)
    assert row["p_corrected"] == pytest.approx(expected * row["looks"], rel=1e-9)
    assert row["looks"] == len({"BAD", "OK0", "OK1", "OK2"}) + len({"dr-1", "dr-2"})
    assert row["rate_low"] < row["rate"] == 0.4 < row["rate_high"]


def test_an_even_clinic_has_none(tmp_path, catalogue):
    assert len(Reader(clinic_with_lot(tmp_path / "c.db", 1), catalogue).clusters()) == 0


def test_practitioners_by_their_id(tmp_path, catalogue):
    frame = Reader(clinic_with_lot(tmp_path / "c.db", 25), catalogue).clusters()
    assert frame[frame["kind"] == "practitioner"]["value"].tolist() == ["dr-1"]


@pytest.mark.slow
def test_a_clinic_among_others(tmp_path, catalogue):
    lake = tmp_path / "lake"
    for name, ill in (("calm", 0), ("calm2", 0), ("ill", 30)):
        path = clinic_with_lot(tmp_path / f"{name}.db", ill, clinic_id=name)
        Reader(path, catalogue, lake=lake).clusters()
    frame = Reader(None, catalogue, lake=lake).clusters()
    row = frame[frame["kind"] == "clinic"].iloc[0]
    assert (row["value"], row["with_effect"], row["sessions"]) == ("ill", 32, 120)
    assert (row["other_with_effect"], row["other_sessions"]) == (4, 240)
