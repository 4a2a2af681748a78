"""Planning a course: dates at the right intervals; what is banned, excluded or too soon says so."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodash.bodymap.choice import AreaSide
from mesodash.consult.planning import PlanError, plan_course
from mesodash.consult.verdicts import BLOCKED, LEVELS
from mesodash.records.courses.planned_sessions import PlannedArea
from mesodash.records.courses.protocol_versions import Parameters, ProtocolVersion

MONDAY = date(2026, 11, 23)
THIGHS = (AreaSide("leg.thigh.posterior", "left"), AreaSide("leg.thigh.posterior", "right"))
CHEEK = AreaSide("face.cheek", "left")
CHIN = AreaSide("neck.submental", "midline")


def plan(catalogue, protocol="cellulite_mix", areas=THIGHS, **changed):
    return plan_course(
        catalogue, protocol, areas, **({"first_on": MONDAY, "sessions": 8} | changed)
    )


def version(protocol="cellulite_mix", **parameters):
    return ProtocolVersion(5, protocol, 2, MONDAY, "dr-a", Parameters(**parameters), None)


def test_a_course_at_the_shortest_published_interval(catalogue):
    made = plan(catalogue, sessions=6, at=time(10, 30))

    assert made.dates == tuple(MONDAY + timedelta(days=7 * n) for n in range(6))
    assert (made.protocol, made.indication) == ("cellulite_mix", "cellulite")
    assert (made.interval_days, made.at, made.version, made.reason) == (7, time(10, 30), None, None)


def test_a_plan_is_held_to_the_one_schedule_that_it_follows(catalogue):
    """9 sessions are within the span of both sources, and in neither of them."""
    assert len(plan(catalogue, sessions=9).dates) == 9
    weekly = plan(catalogue, sessions=9, schedule="cellulite_vly")
    assert weekly.interval_days == 7
    with pytest.raises(PlanError, match="9 sessions are more than the 8 published"):
        plan(catalogue, sessions=9, schedule="cellulite_bgr")
    with pytest.raises(PlanError, match="below the published interval of 28 days"):
        plan(
            catalogue, protocol="melasma_txa", areas=(CHEEK,), sessions=3, interval_days=14,
            schedule="melasma_poo",
        )  # fmt: skip
    with pytest.raises(PlanError, match="not one of"):
        plan(catalogue, schedule="melasma_poo")


def test_closed_days_move_a_session_on_and_never_shorten_an_interval(catalogue):
    holiday = MONDAY + timedelta(days=7)

    made = plan(catalogue, sessions=6, closed_weekdays=(5, 6), closed_on=(holiday,))

    assert made.dates[:3] == (MONDAY, holiday + timedelta(days=1), holiday + timedelta(days=8))


def test_a_first_day_on_which_the_clinic_is_closed_moves_on(catalogue):
    assert plan(catalogue, first_on=date(2026, 11, 22)).dates[0] == MONDAY  # a Sunday


@settings(deadline=None, max_examples=60)
@given(
    first=st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    sessions=st.integers(6, 15),
    interval=st.integers(7, 40),
    closed=st.frozensets(st.integers(0, 6), max_size=6),
    holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2031, 1, 1)), max_size=5),
)
def test_every_date_is_open_and_every_interval_long_enough(
    catalogue, first, sessions, interval, closed, holidays
):
    made = plan(
        catalogue, first_on=first, sessions=sessions, interval_days=interval,
        closed_weekdays=closed, closed_on=holidays,
    )  # fmt: skip

    assert len(made.dates) == sessions
    assert made.dates[0] >= first
    assert all(day.weekday() not in closed and day not in holidays for day in made.dates)
    gaps = [(b - a).days for a, b in zip(made.dates, made.dates[1:], strict=False)]
    assert min(gaps) >= interval
    if not closed and not holidays:
        assert set(gaps) == {interval}


def test_the_clinics_own_version_stands_before_the_published(catalogue):
    own = version(technique="nappage", depth_mm=3, points=40, volume_per_point_ml=0.04,
                  sessions=5, interval_days=10)  # fmt: skip

    made = plan(catalogue, areas=THIGHS[:1], sessions=None, version=own)

    assert (len(made.dates), made.interval_days, made.version) == (5, 10, 5)
    assert made.areas == (PlannedArea("leg.thigh.posterior", "left", "nappage", 3, 40, 1.6),)


def test_what_no_source_says_in_one_number_stays_blank(catalogue):
    assert plan(catalogue).areas == tuple(
        PlannedArea("leg.thigh.posterior", side) for side in ("left", "right")
    )


def test_points_counted_a_side_are_given_to_each_side(catalogue):
    areas = (CHEEK, AreaSide("face.cheek", "right"))

    made = plan(catalogue, "face_ncha", areas, sessions=3)

    assert [(a.points, a.volume_ml) for a in made.areas] == [(50, 1.0), (50, 1.0)]
    (both,) = plan(catalogue, "face_ncha", (AreaSide("face.cheek", "both"),), sessions=3).areas
    assert (both.points, both.volume_ml) == (100, 2.0)


def test_points_counted_a_session_are_not_shared_out(catalogue):
    areas = (AreaSide("face.glabella", "midline"), AreaSide("face.temple", "left"))

    made = plan(catalogue, "migraine_acute", areas, sessions=1)

    assert [a.points for a in made.areas] == [None, None]
    assert plan(catalogue, "migraine_acute", areas[:1], sessions=1).areas[0].points == 12


def test_points_laid_out_on_the_figure_give_the_volume(catalogue):
    made = plan(catalogue, "fat_submental_dc", (CHIN,), sessions=2, points={CHIN: 30})

    assert made.areas == (
        PlannedArea("neck.submental", "midline", "lipolysis_grid", None, 30, 6.0),
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"protocol": "fat_pcdc", "areas": (AreaSide("hip", "left"),), "country": "FR"},
         "is banned in FR, so it cannot be planned; choose another"),
        ({"protocol": "nothing"}, 'no protocol "nothing"'),
        ({"areas": ()}, "Choose at least one area"),
        ({"areas": (THIGHS[0], THIGHS[0])}, "An area is chosen twice"),
        ({"areas": (CHEEK,)}, "No source reports .* at Cheek; leave that area out"),
        ({"areas": (AreaSide("leg.thigh", "left"),)}, "No source reports .* at Thigh"),
        ({"areas": (AreaSide("leg.thigh.posterior", "midline"),)}, "has no midline side"),
        ({"areas": (AreaSide("nowhere", "left"),)}, 'no area "nowhere"'),
        ({"sessions": None}, r"Say how many sessions the course has \(6–15 are published\)"),
        ({"sessions": 0}, "1 to 60 sessions"),
        ({"sessions": 61}, "1 to 60 sessions"),
        ({"interval_days": 0}, "interval is 1 to 3650 days"),
        ({"indication": "melasma"}, "is not reported for that"),
        ({"closed_weekdays": range(7)}, "closed on every weekday"),
        ({"version": version("hair_minox")}, "belongs to another protocol"),
        ({"level": "doubtful"}, "not a verdict of the screening"),
        ({"protocol": "hair_duta", "areas": (AreaSide("scalp.vertex", "midline"),)},
         "Say what .* is planned for: Male pattern hair loss or Female"),
        ({"protocol": "laxity_body", "areas": (AreaSide("arm.upper", "left"),)},
         "how many days lie between sessions: none is published"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_says_so(catalogue, changed, sentence):
    for reason in (None, "a reason does not help"):
        with pytest.raises(PlanError, match=sentence) as raised:
            plan(catalogue, **changed, reason=reason)
        assert not raised.value.needs_reason


DEPARTING = [
    ({"interval_days": 5}, "5 days between sessions is below the published interval of 7 days"),
    ({"interval_days": 8, "version": version(interval_days=10)},
     "8 days between sessions is below the clinic's interval of 10 days"),
    ({"sessions": 16}, "16 sessions are more than the 15 published"),
    ({"sessions": 9, "version": version(sessions=8)}, "more than the 8 the clinic adopted"),
    ({"last_treated": MONDAY - timedelta(days=3)},
     "The first session would come 3 days after the last treatment here"),
    ({"protocol": "fat_submental_dc", "areas": (CHIN,), "sessions": 2, "points": {CHIN: 51}},
     "10.2 mL a session is above the maximum of 10 mL"),
    ({"protocol": "face_ncha", "areas": (CHEEK,), "sessions": 3, "points": {CHEEK: 60}},
     "1.2 mL a side is above the maximum of 1 mL"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "sentence"), DEPARTING)
def test_what_departs_needs_a_reason_and_keeps_it(catalogue, changed, sentence):
    with pytest.raises(PlanError, match=f"{sentence}.*write down the reason") as raised:
        plan(catalogue, **changed)

    assert raised.value.needs_reason

    assert plan(catalogue, **changed, reason=" agreed\nwith her ").reason == "agreed with her"


def test_a_reason_that_is_not_needed_is_not_kept(catalogue):
    assert plan(catalogue, reason="just so").reason is None


def test_a_first_session_after_the_rest_needs_no_reason(catalogue):
    assert plan(catalogue, last_treated=MONDAY - timedelta(days=7)).reason is None


@pytest.mark.parametrize("level", LEVELS)
def test_the_screenings_verdict_is_kept_to(catalogue, level):
    if level in BLOCKED:
        with pytest.raises(PlanError, match="The screening excludes"):
            plan(catalogue, level=level, reason="we insist")
    elif level == "offered":
        assert plan(catalogue, level=level).reason is None
    else:
        with pytest.raises(PlanError, match=r"The screening says of .*write down the reason"):
            plan(catalogue, level=level)
        assert plan(catalogue, level=level, reason="weighed").reason == "weighed"


def test_one_session_needs_no_interval(catalogue):
    made = plan(catalogue, "migraine_acute", (AreaSide("face.glabella", "midline"),), sessions=None)

    assert (made.dates, made.interval_days) == ((MONDAY,), None)


def test_a_level_that_blocks_and_a_ban_are_there_to_be_tested():
    assert {*BLOCKED} == {"excluded", "banned", "stop"}
