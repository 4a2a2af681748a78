"""A checklist: what must not be missed fails the station."""

from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.teaching.asking.osce import checklist, observed
from mesodash.teaching.lesson import make_lesson
from mesodash.teaching.points import lesson_points


def items_of(catalogue, code, site):
    protocol = catalogue.protocols[code]
    points = lesson_points(catalogue, load_atlas(), protocol, site, figure="female")
    return checklist(make_lesson(catalogue, protocol, site, points, sex="female"))


def test_every_absolute_rule_is_a_critical_item_and_nothing_unknown_is_asked(catalogue):
    items = items_of(catalogue, "fat_submental_dc", AreaSide("neck.submental", "midline"))
    critical = " ".join(one.text for one in items if one.critical)
    for rule in catalogue.contraindications_to("fat_submental_dc", "neck.submental"):
        if rule.level == "absolute" and rule.sex in (None, "female"):
            assert rule.label in critical
    assert all(one.sources for one in items if one.critical)
    assert not any("No source" in one.text for one in items)


def test_one_critical_item_missed_fails_and_eighty_percent_pass(catalogue):
    items = items_of(catalogue, "face_ncha", AreaSide("face.cheek", "left"))
    every = {one.number for one in items}
    critical = [one.number for one in items if one.critical]

    assert observed(items, every).passed
    assert observed(items, every - {critical[0]}).missed == (critical[0],)
    assert not observed(items, every - {critical[0]}).passed
    assert not observed(items, set(critical)).passed or len(critical) >= 0.8 * len(every)
