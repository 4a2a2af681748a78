"""What the timeline and the tables of a patient's history are made of."""

import pytest

from mesodash.bodymap.choice import AreaSide
from mesodash.figures.timeline import Lasted, Measured
from mesodash.records.patients.overview import ComingSession, CourseScore
from mesodash.records.treatment.history import EffectSeen, TreatedSession
from mesodash.ui.body_map.history import then_and_now
from mesodash.ui.body_map.treated_sessions import effect_words, lasted, scores, visits

CROWN = AreaSide("scalp.vertex", "midline")


def treated(*effects, product="Dutasteride"):
    return TreatedSession(
        session_id="S1", patient_id="HUGO", held_at="2026-11-20T10:00", area="scalp.vertex",
        side="midline", protocol="hair_duta", course_id="C1", number=1, planned_sessions=7,
        practitioner=None, technique=None, depth_mm=None, points=40, volume_ml=1.0,
        products=((product, "LOT7", 2.0),), effects=effects, scores=(),
    )  # fmt: skip


def seen(effect, onset, *, resolved=None, last_seen=None, gone_by=None):
    return EffectSeen(effect, None, None, onset, resolved, last_seen, gone_by, 1)


def score(value, on, scale="norwood", course="C1"):
    return CourseScore(course, "hair_duta", scale, None, value, on, None)


def test_a_session_says_with_what_and_what_followed(catalogue):
    (mark,) = visits(catalogue, [treated(product="A <b>&")], [], [CROWN], with_patient=False)

    assert (mark.lane, mark.group) == ("Crown", "Dutasteride for pattern hair loss")
    dose, product = mark.words.split("<br>")[2:]
    assert dose.split(" · ") == ["1 mL", "40 points"]
    assert product.split(", ") == ["A &lt;b>&amp;", "lot LOT7", "2 mL"]


def test_a_planned_session_stands_in_the_lanes_of_its_course(catalogue):
    coming = ComingSession("S2", "2026-11-27", "hair_duta", "C1", ())

    marks = visits(catalogue, [treated()], [coming], [CROWN], with_patient=False)

    assert [(m.lane, m.at, m.planned) for m in marks] == [
        ("Crown", "2026-11-20T10:00", False),
        ("Crown", "2026-11-27", True),
    ]


def test_a_planned_session_is_not_drawn_where_another_protocol_was(catalogue):
    coming = ComingSession("S2", "2026-11-27", "melasma_txa", "C2", ())

    def lanes(chosen):
        marks = visits(catalogue, [treated()], [coming], chosen, with_patient=False)
        return [mark.lane for mark in marks if mark.planned]

    (lane,) = lanes(())
    assert lane != "Crown"
    assert lanes([AreaSide("face.cheek", "left")]) == ["Cheek, left"]


def test_effects_end_or_stay_open_and_vague_onsets_are_left_out(catalogue):
    bars = lasted(
        catalogue,
        [
            treated(
                seen("erythema", "2026-11-20", resolved="2026-11-22"),
                seen("swelling", "2026-11-20", last_seen="2026-11-21"),
                seen("itch", "2026-11"),
            )
        ],
    )

    assert [(bar.effect, bar.start, bar.end, bar.ended) for bar in bars] == [
        ("Redness", "2026-11-20", "2026-11-22", True),
        ("Swelling", "2026-11-20", "2026-11-21", False),
    ]
    assert isinstance(bars[0], Lasted)


def test_outcomes_then_and_now(catalogue):
    measured = [score(4, "2026-11-06"), score(3, "2026-11-20"), score(2, "2026-10-01", "gais")]

    assert then_and_now(catalogue, measured) == [
        [
            "Dutasteride for pattern hair loss",
            "Norwood–Hamilton stage",
            "4 (6 Nov 2026)",
            "3 (20 Nov 2026)",
            "−1.0",
        ],
        [
            "Dutasteride for pattern hair loss",
            "Global Aesthetic Improvement Scale (GAIS)",
            "2 (1 Oct 2026)",
            "–",
            "–",
        ],
    ]
    assert scores(catalogue, measured[:1]) == [Measured("Norwood–Hamilton stage", "2026-11-06", 4)]


def effect_seen(onset, *, resolved=None, last_seen=None, gone_by=None, effect="bruise", term=None):
    return EffectSeen(effect, term, None, onset, resolved, last_seen, gone_by, 1)


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (effect_seen("2026-03-01", resolved="2026-03-05"), "Bruising 4 days"),
        (effect_seen("2026-03-01", resolved="2026-03-01"), "Bruising less than a day"),
        (effect_seen("2026-03-01T10:00", resolved="2026-03-01T10:20"), "Bruising 20 min"),
        (effect_seen("2026-03-01T10:00", resolved="2026-03-02"), "Bruising 1 day"),
        (effect_seen("2026-03", resolved="2026-03-05"), "Bruising, gone 5 Mar 2026"),
        (effect_seen("2026-03-01", resolved="2026-04"), "Bruising, gone Apr 2026"),
        (
            effect_seen("2026-03-01", last_seen="2026-03-04", gone_by="2026-03-08"),
            "Bruising, gone within 7 days",
        ),
        (effect_seen("2026-03-01", last_seen="2026-03-08"), "Bruising, still there after 7 days"),
        (effect_seen("2026", last_seen="2026-03-08"), "Bruising, still there on 8 Mar 2026"),
        (effect_seen("2026-03-01"), "Bruising, end not known"),
        (effect_seen("2026-03-01", effect="other", term="Rash"), "Rash, end not known"),
    ],
)
def test_effect_words(catalogue, effect, words):
    assert effect_words(catalogue, effect) == words
