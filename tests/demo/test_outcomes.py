"""Outcomes on the scales of their indication."""


def test_outcomes_stay_on_their_scales(ask, catalogue):
    rows = ask("SELECT scale, min(value), max(value) FROM outcomes GROUP BY scale")
    for scale, low, high in rows:
        published = catalogue.scales[scale]
        assert published.low is None or low >= published.low
        assert published.high is None or high <= published.high
    ordinal = [scale for scale, *_ in rows if catalogue.scales[scale].ordinal]
    fractions = ask(
        "SELECT scale FROM outcomes WHERE value <> round(value)"
        f" AND scale IN ({', '.join(map(repr, ordinal))})"
    )

    assert len(rows) > 15
    assert fractions == []
    assert ask("SELECT DISTINCT timing FROM outcomes WHERE scale = 'gais'") == [("follow_up",)]


def test_outcomes_are_those_of_the_indication_and_improve_modestly(ask, catalogue):
    rows = ask(
        "SELECT o.course, o.scale, c.indication, o.value, o.timing FROM outcomes o"
        " JOIN courses c ON c.id = o.course ORDER BY o.course, o.scale, o.measured_on"
    )
    first, last = {}, {}
    for course, scale, indication, value, timing in rows:
        assert scale in catalogue.indications[indication].scales
        if timing == "baseline":
            first[course, scale] = value
        else:
            last[course, scale] = value
    changes = [
        (first[key] - last[key]) * (1 if catalogue.scales[key[1]].better == "lower" else -1)
        for key in first.keys() & last.keys()
        if catalogue.scales[key[1]].better != "depends"
    ]
    better = sum(change > 0 for change in changes) / len(changes)
    worse = sum(change < 0 for change in changes) / len(changes)

    assert 0.4 < better < 0.8
    assert 0.05 < worse < 0.3
    assert 0.15 < 1 - len(changes) / len(first) < 0.6  # many are never measured again


def test_a_follow_up_is_measured_after_its_baseline(ask):
    assert (
        ask(
            "SELECT 1 FROM outcomes b JOIN outcomes f USING (course, scale)"
            " WHERE b.timing = 'baseline' AND f.timing = 'follow_up'"
            " AND f.measured_on <= b.measured_on"
        )
        == []
    )
