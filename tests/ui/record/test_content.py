"""The content of a session's form: what is carried over, and what never is."""

from dataclasses import replace
from datetime import date

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.placed_points import Placed
from mesodash.records.treatment.entries import (
    AreaEntry,
    PointEntry,
    ProductEntry,
    ReactionEntry,
    SessionEntry,
)
from mesodash.records.treatment.sessions import RecordedSession
from mesodash.ui.record.content import (
    Dose,
    FormContent,
    as_last_time,
    differences,
    held_content,
    planned_content,
    product_differences,
)

LEFT, RIGHT = AreaSide("face.cheek", "left"), AreaSide("face.cheek", "right")
LAST = RecordedSession(
    entry=SessionEntry(
        patient_id="P1",
        held_at="2026-11-17T10:00",
        areas=(AreaEntry("face.cheek", "left", "nappage", 2.0, 40, 0.8),),
        protocol="face_polyvit",
        practitioner_id="D1",
        session_id="S1",
        products=(
            ProductEntry("Vitamins", "L1", "2027-01", 0.5),
            ProductEntry("Vitamins", "L2", "2027-02", 0.3),
            ProductEntry("Saline"),
        ),
        reactions=(ReactionEntry("erythema", 1),),
        note="flushed",
    ),
    state="held",
    number=3,
    planned_sessions=10,
    reason=None,
)
FULL = FormContent(
    held_on="2026-11-24",
    held_time="10:15",
    protocol="face_polyvit",
    practitioner_id="D2",
    areas=(LEFT, RIGHT),
    doses={LEFT: Dose("nappage", 2.0, 42, 0.9), RIGHT: Dose()},
    products=(ProductEntry("Vitamins", "L3", "2027-05", 1.7),),
    reactions=("erythema",),
    asked=("pregnancy",),
    note="  calm ",
    placed={LEFT: (Placed("face", 0.25, -0.5), Placed("face_left", 0.1, 0.2))},
    price=120.5,
    currency="EUR",
    began="10:20",
    ended="10:45",
    kept=(None, "2026-11-25"),
)
THEN = {LEFT: (Placed("face", 0.5, 0.5),)}


def test_a_draft_gives_back_what_was_typed():
    assert FormContent.of_data(FULL.as_data()) == FULL


def test_an_entry_holds_every_field():
    right = PointEntry("face.cheek", "right", 7, 0.2, 0.1)
    left = PointEntry("face.cheek", "left", 8, 0.2, 0.1)
    entry = FULL.entry(
        "P1", session_id="S4", course_id="C1", protocol_version=2, points=(right, left)
    )

    assert entry == SessionEntry(
        patient_id="P1",
        held_at="2026-11-24T10:15",
        areas=(
            AreaEntry("face.cheek", "left", "nappage", 2.0, 42, 0.9),
            AreaEntry("face.cheek", "right"),
        ),
        protocol="face_polyvit",
        protocol_version=2,
        course_id="C1",
        practitioner_id="D2",
        session_id="S4",
        products=(ProductEntry("Vitamins", "L3", "2027-05", 1.7),),
        reactions=(ReactionEntry("erythema"),),
        note="calm",
        price=120.5,
        currency="EUR",
        placed=(left, right),
        started_at="2026-11-24T10:20",
        ended_at="2026-11-24T10:45",
    )


def test_as_last_time_never_carries_lots_dates_reactions_answers_or_the_note():
    new = as_last_time(FormContent(held_on="2026-11-24", held_time="09:00"), LAST, THEN)

    assert new == FormContent(
        held_on="2026-11-24",
        held_time="09:00",
        protocol="face_polyvit",
        practitioner_id="D1",
        areas=(LEFT,),
        doses={LEFT: Dose("nappage", 2.0, 40, 0.8)},
        placed=THEN,
        products=(ProductEntry("Vitamins", volume_ml=0.8), ProductEntry("Saline")),
    )


def test_as_last_time_keeps_who_treats_and_what_was_typed():
    new = as_last_time(FULL, LAST, THEN)

    assert (new.practitioner_id, new.reactions, new.asked, new.note) == (
        "D2",
        ("erythema",),
        ("pregnancy",),
        "  calm ",
    )


def test_differences_from_last_time_are_named():
    assert differences(FULL, LAST, dict(FULL.placed)) == (
        (LEFT, "points"),
        (LEFT, "volume_ml"),
        (RIGHT, "area"),
    )
    again = as_last_time(FULL, LAST, THEN)
    assert differences(again, LAST, THEN) == ()
    assert differences(replace(again, areas=(RIGHT,)), LAST, THEN) == (
        (RIGHT, "area"),
        (LEFT, "left_out"),
    )


def test_points_elsewhere_are_named_and_so_are_none():
    again = as_last_time(FULL, LAST, THEN)
    moved = {LEFT: (Placed("face", 0.5, 0.4),)}
    assert differences(replace(again, placed=moved), LAST, THEN) == ((LEFT, "placed"),)
    assert differences(replace(again, placed={}), LAST, THEN) == ((LEFT, "placed"),)
    assert differences(replace(again, placed={}), LAST, {}) == ()


def test_another_mixture_is_named_and_another_lot_is_not():
    again = as_last_time(FULL, LAST, THEN)
    assert product_differences(again, LAST) == ()
    mixture = (ProductEntry("Vitamins", "L9", "2029-01", 0.4), ProductEntry("Procaine"))
    assert product_differences(replace(again, products=mixture), LAST) == (
        ("Procaine", "added"),
        ("Saline", "left_out"),
        ("Vitamins", "volume"),
    )


def test_a_time_that_the_form_cannot_show_stays_until_one_is_typed():
    entry = replace(
        LAST.entry, started_at="2026-11-17", ended_at="2026-11-17T10:40", session_id="S1"
    )
    form = held_content(replace(LAST, entry=entry))
    assert (form.began, form.ended, form.kept) == (None, "10:40", ("2026-11-17", None))

    def times(content):
        made = content.entry("P1", session_id="S1", course_id=None, protocol_version=None)
        return made.started_at, made.ended_at

    assert times(form) == ("2026-11-17", "2026-11-17T10:40")
    assert times(replace(form, began="10:05")) == ("2026-11-17T10:05", "2026-11-17T10:40")
    assert times(replace(form, ended=None)) == ("2026-11-17", None)


def test_a_planned_session_is_prefilled_with_its_plan():
    planned = replace(LAST, state="planned")

    assert planned_content(planned, date(2026, 11, 24), "10:15") == FormContent(
        held_on="2026-11-24",
        held_time="10:15",
        protocol="face_polyvit",
        practitioner_id="D1",
        areas=(LEFT,),
        doses={LEFT: Dose("nappage", 2.0, 40, 0.8)},
    )
