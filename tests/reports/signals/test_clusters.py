"""Clusters: a planted lot is found, noise is not, and the counts are those of the clinic."""

from datetime import date, timedelta

import pytest
from scipy import stats

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import writing
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.reader import Reader
from mesodash.reports.signals.comparisons import compared
from mesodash.reports.signals.counted import window_of
from mesodash.reports.signals.signals import CLUSTER_NAMES


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
    assert list(frame.columns) == list(CLUSTER_NAMES)
    row = frame[frame["kind"] == "lot"].iloc[0]
    assert (row["value"], row["effect"], row["clinic"]) == ("BAD", "nodule", "test")
    assert (row["sessions"], row["with_effect"]) == (30, 12)
    assert (row["other_sessions"], row["other_with_effect"]) == (90, 2)
    expected = stats.fisher_exact([[12, 18], [2, 88]], alternative="greater").pvalue
    assert row["p_value"] == pytest.approx(expected, rel=1e-9)
    assert row["p_corrected"] == pytest.approx(expected * row["looks"], rel=1e-9)
    assert row["looks"] == len({"BAD", "OK0", "OK1", "OK2"})
    assert row["new"] == 12
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


@pytest.mark.parametrize(("each", "called"), [(1, True), (6, False)])
def test_one_patients_bruises_are_not_several_patients(tmp_path, catalogue, each, called):
    """Lot BAD: 24 sessions, six of them followed by a bruise: of six patients, or all of one's."""
    create_clinic(tmp_path / "c.db", clinic_id="test", name="x", kind="demo", actor=DEMO)
    with writing(tmp_path / "c.db", DEMO) as change:
        for n in range(24 + 300):
            bad, patient = n < 24, n // each + 1
            change.db["patients"].upsert(
                {"id": patient, "patient_id": f"P{patient}", "sex": "female"}, pk="id"
            )
            change.db["sessions"].insert(
                {"id": n + 1, "session_id": f"S{n}", "patient": patient, "held_at": "2024-05-01",
                 "state": "held"}
            )  # fmt: skip
            change.db["products_used"].insert(
                {"session": n + 1, "product": "x", "lot": "BAD" if bad else f"OK{n % 2}"}
            )
            if n < 6 or n in (100, 200, 300):
                change.db["side_effects"].insert(
                    {"side_effect_id": f"E{n}", "session": n + 1, "effect": "bruise",
                     "onset_at": "2024-05-02"}
                )  # fmt: skip
        change.log("import", "sessions")
    reader = Reader(tmp_path / "c.db", catalogue)
    assert (reader.clusters()["value"].tolist() == ["BAD"]) == called
    looks = [look for look in _looks(reader) if (look.kind, look.value) == ("lot", "BAD")]
    (look,) = looks
    assert (look.with_effect, look.sessions, look.patients_with) == (6, 24, 6 / each)
    assert look.strata == ((6, 24, 3, 300),)
    if each == 1:
        assert look.design_effect == pytest.approx(1)
        assert look.effective == look.strata
    else:
        # One patient of four had 6 of 6, the others none: the spread is 6 times that of strangers.
        assert look.design_effect == pytest.approx(6)
        assert look.effective[0][:2] == (1, 4)


def _looks(reader):
    lake = reader._current_lake()
    return compared(lake, reader._catalogue, Filters()).looks


FIRST = date(2024, 5, 1)
APRIL = Filters(Period(date(2025, 4, 1), date(2025, 4, 30)))


@pytest.fixture(scope="module")
def late_lumps(tmp_path_factory, catalogue):
    """A year of 300 sessions with other lots, 6 with a lump; in March and April 50 with lot BAD.

    Ten of these have a lump, which begins five weeks later: of the first ones in April.
    """
    path = tmp_path_factory.mktemp("late") / "c.db"
    create_clinic(path, clinic_id="test", name="x", kind="demo", actor=DEMO)
    others = [(FIRST + timedelta(days=n), f"OK{n // 60}", n % 50 == 7) for n in range(300)]
    bad = [(date(2025, 3, 1) + timedelta(days=n), "BAD", n % 5 == 0) for n in range(50)]
    with writing(path, DEMO) as change:
        for n, (day, lot, ill) in enumerate(others + bad, start=1):
            change.db["patients"].insert({"id": n, "patient_id": f"P{n}", "sex": "female"})
            change.db["sessions"].insert(
                {"id": n, "session_id": f"S{n}", "patient": n, "held_at": f"{day}",
                 "state": "held"}
            )  # fmt: skip
            change.db["products_used"].insert({"session": n, "product": "x", "lot": lot})
            if ill:
                change.db["side_effects"].insert(
                    {"side_effect_id": f"E{n}", "session": n, "effect": "nodule",
                     "onset_at": f"{day + timedelta(days=25)}"}
                )  # fmt: skip
        change.log("import", "sessions")
    return Reader(path, catalogue)


def test_a_months_lumps_are_held_against_the_year_before(late_lumps):
    (row,) = late_lumps.clusters(APRIL).to_dict("records")
    # Lumps of 1 March to 5 April, every fifth session, had begun by the end of April.
    assert (row["value"], row["sessions"], row["with_effect"]) == ("BAD", 50, 8)
    assert (row["other_sessions"], row["other_with_effect"]) == (300, 6)
    assert row["new"] == 6  # two had begun in March
    expected = stats.fisher_exact([[8, 42], [6, 294]], alternative="greater").pvalue
    assert row["p_value"] == pytest.approx(expected, rel=1e-9)


def test_with_the_month_alone_to_compare_with_nothing_would_be_seen(late_lumps):
    """Negative control: April's sessions all used the lot."""
    alone = Filters(APRIL.period, trailing_months=1)
    assert late_lumps.clusters(alone).empty


def test_a_month_without_a_new_case_does_not_call_again(late_lumps):
    assert late_lumps.clusters(Filters(Period(date(2025, 7, 1), date(2025, 7, 31)))).empty
    assert not late_lumps.clusters(Filters(Period(date(2025, 5, 1), date(2025, 7, 31)))).empty


@pytest.mark.parametrize(
    ("start", "end", "months", "first"),
    [
        ("2025-04-01", "2025-04-30", 12, "2024-05-01"),
        ("2024-02-01", "2024-02-29", 12, "2023-03-01"),
        ("2025-01-01", "2025-12-31", 12, "2025-01-01"),
        ("2023-01-01", "2025-12-31", 12, "2023-01-01"),
        ("2025-03-01", "2025-03-30", 1, "2025-02-28"),
    ],
)
def test_the_window(start, end, months, first):
    period = Period(date.fromisoformat(start), date.fromisoformat(end))
    assert window_of(period, months) == Period(date.fromisoformat(first), period.end)


def test_an_open_period_is_its_own_window():
    for period in (Period(), Period(FIRST), Period(None, FIRST)):
        assert window_of(period, 12) == period
