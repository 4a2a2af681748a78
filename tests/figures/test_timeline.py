"""The timeline draws sessions in lanes, effects as bars from onset to end, scores as numbers."""

from tests.conftest import TODAY
from tests.sentences import numbers_in

from mesodash.figures.timeline import CourseSpan, Lasted, Measured, SessionMark, timeline

DAY = 86_400_000


def draw(**parts):
    return timeline(
        parts.get("visits", ()),
        parts.get("lasted", ()),
        parts.get("measured", ()),
        today=TODAY,
        subtitle="s",
        courses=parts.get("courses", ()),
    )


def test_held_is_full_and_planned_is_hollow():
    visits = [
        SessionMark("Crown", "2026-11-20", "Dutasteride", "a"),
        SessionMark("Crown", "2026-11-27", "Dutasteride", "b", planned=True),
    ]

    (trace,) = draw(visits=visits).figure.data

    assert list(trace.marker.symbol) == ["circle", "circle-open"]
    assert list(trace.x) == ["2026-11-20", "2026-11-27"]
    assert list(trace.y) == [0, 0]


def test_groups_differ_in_colour_and_shape():
    visits = [SessionMark("Crown", "2026-11-20", group, "a") for group in ("One", "Two")]

    first, second = draw(visits=visits).figure.data

    assert first.marker.color != second.marker.color
    assert first.marker.symbol != second.marker.symbol


def test_a_bar_is_as_long_as_the_effect_and_open_where_it_has_not_ended():
    lasted = [
        Lasted("Swelling", "2026-11-10", "2026-11-14", True, "a"),
        Lasted("Redness", "2026-11-10T10:00", "2026-11-10T10:20", True, "b"),
        Lasted("Pain", "2026-11-10", "2026-11-12", False, "c"),
    ]

    ended, still, arrow = draw(lasted=lasted).figure.data

    assert list(ended.base) == ["2026-11-10", "2026-11-10T10:00"]
    assert list(ended.x) == [4 * DAY, DAY]  # less than a day would be no wider than a hair
    assert list(still.x) == [2 * DAY]
    assert still.name == "still there when last seen"
    assert still.marker.line.width > 0
    assert (arrow.marker.symbol, list(arrow.y)) == ("triangle-right", list(still.y))
    assert [at[:10] for at in arrow.x] == ["2026-11-12"]


def test_scores_stand_as_numbers_on_a_line():
    measured = [Measured("Stage", "2026-11-06", 4), Measured("Stage", "2026-11-20", 3.5)]

    (trace,) = draw(measured=measured).figure.data

    assert list(trace.text) == ["<b>4</b>", "<b>3.5</b>"]
    assert "lines" in trace.mode
    first, last = trace.y
    assert last < first  # lower is drawn lower, within the lane
    assert -0.5 < last < first < 0.5
    (alone,) = draw(measured=measured[:1]).figure.data
    assert list(alone.y) == [0]


def test_a_course_is_a_bar_from_its_first_to_its_last_session():
    course = CourseSpan("Course: Dutasteride", "2026-11-06", "2026-11-27", "7 sessions")
    visits = [SessionMark("Crown", "2026-11-20", "Dutasteride", "a")]

    chart = draw(visits=visits, courses=[course])

    visit, bar = chart.figure.data
    assert (list(bar.base), list(bar.x)) == (["2026-11-06"], [21 * DAY])
    assert (list(bar.y), list(visit.y)) == ([1], [0])  # the course is on top


def test_the_legend_keeps_to_the_top_whatever_the_marks_do():
    legend = draw(courses=[]).figure.layout.legend
    assert (legend.yref, legend.y, legend.yanchor) == ("container", 1, "top")


def test_lanes_are_read_from_the_top():
    layout = draw(
        visits=[SessionMark("Crown", "2026-11-20", "G", "a")],
        lasted=[Lasted("Pain", "2026-11-20", "2026-11-21", True, "b")],
        measured=[Measured("Stage", "2026-11-06", 4)],
    ).figure.layout

    named = dict(zip(layout.yaxis.ticktext, layout.yaxis.tickvals, strict=True))
    assert named == {"Crown": 2, "Pain": 1, "Stage": 0}


def test_a_long_lane_is_named_in_two_lines_so_that_the_marks_keep_their_room():
    scale = "Cellulite severity by the patient (PR-PCSS), per quadrant"
    axis = draw(measured=[Measured("Stage", "2026-11-06", 4), Measured(scale, "2026-11-06", 4)])
    axis = axis.figure.layout.yaxis

    assert axis.tickvals == (1, 0)
    stage, named = axis.ticktext
    assert stage == "Stage"
    assert (named.count("<br>"), named[-1]) == (1, "…")
    assert scale.startswith(named.replace("<br>", " ").removesuffix(", …"))


def test_the_words_for_those_who_cannot_see_it():
    chart = draw(
        visits=[
            SessionMark("Crown", "2026-11-20", "G", "a"),
            SessionMark("Crown", "2026-11-27", "G", "a", planned=True),
        ],
        lasted=[Lasted("Pain", "2026-11-20", "2026-11-21", False, "b")],
        measured=[Measured("Stage", "2026-11-06", 4), Measured("Stage", "2026-11-20", 3)],
    )

    held, planned, effects, scores = chart.alt.split("; ")
    assert numbers_in(held) == [1, "2026-11-20", "2026-11-20"]
    assert numbers_in(planned) == [1]
    assert numbers_in(effects) == [1, 1]  # one, and one without an end
    assert numbers_in(scores) == [4, 3]
    assert draw().alt == "Sessions over time: none."
