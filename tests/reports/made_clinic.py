"""A clinic made at random from a seed, written through the real record."""

import random
from datetime import UTC, date, datetime, timedelta
from functools import partial

from tests.copied_clinics import copied

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import create_clinic
from mesodash.records.transfer.bulk_load import fill_clinic

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
AREAS = ("face.cheek", "face.forehead", "abdomen.lower", "abdomen.upper", "buttock", "leg.knee")
PROTOCOLS = (("cellulite", "cellulite_caffeine"), ("melasma", "melasma_txa"), ("fat_local", "pcdc"))
EFFECTS = ("erythema", "swelling", "itch", "bruise", "nodule", "other")
SCALES = ("gais", "mmasi", "nrs", "circumference", "satisfaction", "wsrs")


def make_clinic(path, clinic_id="test", *, sessions=300, seed=1, start=date(2024, 1, 8)):
    """Fill a new clinic with about `sessions` sessions over two years; ids start at 1 in each."""
    made = partial(_make, clinic_id=clinic_id, sessions=sessions, seed=seed, start=start)
    return copied(path, ("reports", clinic_id, sessions, seed, start), made)


def _make(path, *, clinic_id, sessions, seed, start):
    create_clinic(
        path, clinic_id=clinic_id, name=clinic_id, kind="demo", actor=DEMO, clock=lambda: NOW
    )
    fill_clinic(
        path,
        [rows_of(random.Random(seed), sessions, start)],  # noqa: S311 - made-up patients
        actor=DEMO,
        clock=lambda: NOW,
    )


def rows_of(rng, sessions, start):
    batch = {
        name: []
        for name in [
            "practitioners",
            "patients",
            "courses",
            "sessions",
            "treated_areas",
            "products_used",
            "side_effects",
            "follow_ups",
            "outcomes",
        ]
    }
    batch["practitioners"] = [(n, f"dr-{n}", f"Doctor {n}") for n in (1, 2, 3)]
    patient = course = 0
    while len(batch["sessions"]) < sessions:
        patient += 1
        batch["patients"].append(
            (
                patient,
                f"P{patient:05}",
                rng.choice(("female", "male")),
                rng.choice((None, 1960, 1985)),
                rng.choice((None, "II", "IV")),
                "a private note",
            )
        )
        for _ in range(rng.choice((1, 1, 2))):
            course += 1
            add_course(rng, batch, patient, course, start + timedelta(days=rng.randrange(600)))
    return batch


def add_course(rng, batch, patient, course, day):
    indication, protocol = rng.choice(PROTOCOLS)
    planned, held = rng.choice((3, 4, 6)), rng.randrange(1, 5)
    state = "completed" if held >= planned else rng.choice(("active", "stopped", "active"))
    batch["courses"].append(
        (
            course,
            f"C{course:05}",
            patient,
            indication,
            protocol,
            rng.choice((planned, None)),
            rng.choice((None, 14)),
            day.isoformat(),
            state,
            "moved away" if state == "stopped" else None,
        )
    )
    scale, value = rng.choice(SCALES), float(rng.randrange(4, 12))
    for number in range(held):
        session = len(batch["sessions"]) + 1
        when = day + timedelta(days=14 * number)
        at = f"{when}T{rng.randrange(8, 18):02}:{rng.choice((0, 15, 30)):02}"
        kept = rng.choice(("held",) * 8 + ("cancelled", "no_show"))
        own = rng.choice((protocol, protocol, None))
        batch["sessions"].append(
            (
                session,
                f"S{session:05}",
                patient,
                course,
                rng.choice((1, 2, 3, None)),
                own,
                at,
                kept,
                "seen",
            )
        )
        if number == 0 or rng.random() < 0.5:
            timing = rng.choice(("baseline", None)) if number == 0 else "follow_up"
            step = 0.0 if number == 0 else rng.choice((-2.0, -1.0, -0.5, 0.0, 0.5))
            value = max(value + step, 1.0)
            batch["outcomes"].append(
                (patient, course, session, None, scale, value, when.isoformat(), timing)
            )
        if kept == "held":
            add_session(rng, batch, session, patient, at, when)


def add_session(rng, batch, session, patient, at, when):
    places = rng.sample(AREAS, rng.choice((0, 1, 1, 2)))
    for area in places:
        for side in rng.choice((("left", "right"), ("midline",), ("left",))):
            volume = rng.choice((None, 500, 1250))
            batch["treated_areas"].append(
                (session, patient, at, area, side, rng.choice((None, "nappage")), 2000, 10, volume)
            )
    for lot in rng.sample(("L1", "L2", None), rng.choice((0, 1, 2))):
        batch["products_used"].append((session, None, "product", lot, None, 1000))
    last = None
    for days in sorted(rng.sample((1, 3, 7, 14, 30), rng.choice((0, 1, 2)))):
        last = when + timedelta(days=days)
        batch["follow_ups"].append((session, last.isoformat(), "phone"))
    for effect in rng.sample(EFFECTS, rng.choice((0, 0, 1, 1, 2))):
        number = len(batch["side_effects"]) + 1
        onset, end = rng.choice(
            (
                (at, f"{when + timedelta(days=rng.randrange(1, 9))}T09:05"),
                (at, (when + timedelta(days=rng.randrange(1, 9))).isoformat()),
                (when.isoformat(), None),
                (at, None),
                (f"{when:%Y-%m}", None),
            )
        )
        seen = gone = None
        if end is None and rng.random() < 0.4:
            seen = (when + timedelta(days=rng.randrange(1, 4))).isoformat()
            gone = (when + timedelta(days=rng.randrange(4, 9))).isoformat()
        elif end is None and rng.random() < 0.5:
            seen = (when + timedelta(days=rng.randrange(1, 20))).isoformat()
        where = rng.choice((*AREAS, None))
        if places and where and number % 5:  # one in five may lie where nothing was done
            where = places[number % len(places)]
        batch["side_effects"].append(
            (
                number,
                f"E{number:05}",
                session,
                where,
                None,
                effect,
                "told in the patient's own words",
                onset,
                end,
                seen,
                gone,
                rng.choice((None, 1, 2)),
                "no",
                None,
                "a private note",
            )
        )
