"""A small clinic made for consultations: three patients, a hair course under way."""

from functools import partial

from tests.copied_clinics import copied

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import create_clinic
from mesodash.records.transfer.bulk_load import fill_clinic

HAIR_DAYS = ("2026-11-06", "2026-11-13", "2026-11-20T10:00")


def make_clinic(path, *, country="GB", kind="demo"):
    """The clinic at `path`, made once a process for each country and kind."""
    return copied(path, ("consult", country, kind), partial(_make, country=country, kind=kind))


def _make(path, *, country, kind):
    """ANNA is new, HUGO is in a hair course (3 of 7, last treated on HAIR_DAYS[-1]), MIA is new.

    The hair course has redness that ended, swelling still there when last seen, a score before and
    one after, and a fourth session planned on 2026-11-27.
    """
    create_clinic(
        path, clinic_id="rooms", name="Clinic Rooms", kind=kind, actor=DEMO, country=country
    )
    days = [*enumerate(HAIR_DAYS, 1), (4, "2026-11-27")]
    fill_clinic(
        path,
        [
            {
                "practitioners": [(1, "D1", "Practitioner A")],
                "patients": [
                    (1, "ANNA", "female", 1984, "II", None),
                    (2, "HUGO", "male", 1975, "III", None),
                    (3, "MIA", "female", 1990, "I", None),
                ],
                "courses": [
                    (1, "C1", 2, "hair_aga_m", "hair_duta", 7, 7, "2026-11-06", "active", None)
                ],
                "sessions": [
                    (n, f"S{n}", 2, 1, 1, "hair_duta", on, "planned" if n == 4 else "held", None)
                    for n, on in days
                ],
                "treated_areas": [
                    (n, 2, on, area, "midline", "nappage", 3000, 40, 1000)
                    for n, on in days[:3]
                    for area in ("scalp.vertex", "scalp.frontal")
                ],
                "products_used": [(3, None, "Dutasteride 0.05 %", "LOT7", None, 2000)],
                "side_effects": [
                    (
                        1,
                        "E1",
                        1,
                        None,
                        None,
                        "erythema",
                        None,
                        "2026-11-06",
                        "2026-11-08",
                        None,
                        None,
                        1,
                        "no",
                        None,
                        None,
                    ),
                    (
                        2,
                        "E2",
                        3,
                        None,
                        None,
                        "swelling",
                        None,
                        "2026-11-20",
                        None,
                        "2026-11-21",
                        None,
                        1,
                        "no",
                        None,
                        None,
                    ),
                ],
                "outcomes": [
                    (2, 1, 1, None, "norwood", 4.0, "2026-11-06", "baseline"),
                    (2, 1, 3, None, "norwood", 3.0, "2026-11-20", "follow_up"),
                ],
            }
        ],
        actor=DEMO,
    )
