"""What is compared: like with like, protocol by protocol, and what has no like is said."""

import pytest

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import writing
from mesodash.reports.core.reader import Reader

# protocol, lot, area, practitioner, sessions, of these followed by a bruise there
MADE = (
    ("harsh", "H1", "neck.submental", 1, 40, 24),
    ("harsh", "H2", "neck.submental", 1, 40, 25),
    ("mild", "M1", "face.cheek", 1, 60, 3),
    ("mild", "M2", "face.cheek", 2, 60, 20),
    (None, "M1", "face.cheek", 1, 10, 1),
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory, catalogue):
    path = tmp_path_factory.mktemp("compared") / "c.db"
    create_clinic(path, clinic_id="test", name="x", kind="demo", actor=DEMO)
    with writing(path, DEMO) as change:
        change.db["practitioners"].insert_all(
            {"id": n, "practitioner_id": f"dr-{n}", "name": "x"} for n in (1, 2)
        )
        number = 0
        for protocol, lot, area, practitioner, sessions, ill in MADE:
            for n in range(sessions):
                number += 1
                change.db["patients"].insert(
                    {"id": number, "patient_id": f"P{number}", "sex": "female"}
                )
                change.db["sessions"].insert(
                    {
                        "id": number,
                        "session_id": f"S{number}",
                        "patient": number,
                        "practitioner": practitioner,
                        "protocol": protocol,
                        "held_at": "2024-05-01",
                        "state": "held",
                    }
                )
                change.db["treated_areas"].insert(
                    {
                        "session": number,
                        "patient": number,
                        "area": area,
                        "side": "midline",
                        "held_at": "2024-05-01",
                    }
                )
                change.db["products_used"].insert({"session": number, "product": "x", "lot": lot})
                if n < ill:
                    change.db["side_effects"].insert(
                        {
                            "side_effect_id": f"E{number}",
                            "session": number,
                            "area": area,
                            "effect": "bruise",
                            "onset_at": "2024-05-02",
                        }
                    )
        change.log("import", "sessions")
    return Reader(path, catalogue)


@pytest.mark.slow
def test_a_harsh_protocol_makes_no_lot_stand_out(reader):
    found = reader.clusters()
    assert set(found["value"]) == {"M2", "dr-2"}
    lot = found.set_index("value").loc["M2"]
    assert (lot["sessions"], lot["with_effect"]) == (60, 20)
    # Of the same protocol only: the sessions without one are not among these.
    assert (lot["other_sessions"], lot["other_with_effect"]) == (60, 3)
    assert lot["expected"] == pytest.approx(60 * 3 / 60)
    assert lot["other_rate"] == pytest.approx(3 / 60)


def test_several_protocols_are_weighed_by_their_share_here(reader):
    row = reader.report("signals").set_index("value").loc["dr-2"]
    assert (row["sessions"], row["other_sessions"]) == (60, 60)
    assert row["rate_ratio"] == pytest.approx(20 / 3)


def test_what_has_no_like_is_counted_and_not_looked_at(reader):
    looks = reader.report("looks").set_index("kind")
    # Lots: H1 and H2, M1 and M2; M1's sessions without a protocol have no others.
    assert (looks.loc["lot", "looks"], looks.loc["lot", "alone"]) == (4, 0)
    # dr-1 alone held the harsh ones; both held the mild.
    assert (looks.loc["practitioner", "looks"], looks.loc["practitioner", "alone"]) == (2, 0)
    # Each protocol was held in one area only.
    assert (looks.loc["site", "looks"], looks.loc["site", "alone"]) == (0, 2)
    found = reader.report("signals").groupby("kind")["looks"].first()
    assert found.to_dict() == {"lot": 4, "practitioner": 2}
