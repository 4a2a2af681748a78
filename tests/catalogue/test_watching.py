"""The windows for late effects are the catalogue's: weeks 4-8, then 8-29 (NTM incubation)."""

from dataclasses import replace

from mesodash.catalogue.watching import (
    Watch,
    last_check,
    late_watches,
    sign_of,
    watched_until,
)

LATE = ("nodule", "infection_ntm", "granuloma", "panniculitis")


def test_windows_follow_each_other_to_week_29(catalogue):
    assert late_watches(catalogue) == (Watch(28, 55, LATE), Watch(56, 203, LATE))
    assert last_check(catalogue) == 28
    assert watched_until(catalogue) == 29 * 7
    assert {code for code in LATE if catalogue.side_effects[code].late_after_days == 7} == set(LATE)


def test_negative_control_another_catalogue_gives_other_days(catalogue):
    rows = dict(catalogue.follow_ups)
    rows["late_mycobacteria"] = replace(rows["late_mycobacteria"], from_day=70, to_day=300)
    changed = replace(catalogue, follow_ups=rows)

    assert [(one.from_day, one.to_day) for one in late_watches(changed)] == [(28, 56), (70, 300)]
    assert watched_until(changed) == 300
    none = replace(catalogue, follow_ups={})
    assert (late_watches(none), watched_until(none), last_check(none)) == ((), 0, 0)


def test_each_effect_that_raises_a_card_raises_the_sign_that_names_it(catalogue):
    raises = {
        effect: sign.code for sign in catalogue.red_flags.values() for effect in sign.raised_by
    }
    assert {"nodule", "infection_bact", "vasc_occlusion", "necrosis"} <= set(raises)
    for effect in catalogue.side_effects:
        sign = sign_of(catalogue, effect, 30)
        assert (sign and sign.code) == raises.get(effect)
    for sign in catalogue.red_flags.values():
        assert sign.phase == "after" or not sign.raised_by
        assert set(sign.raised_by) <= set(sign.side_effects)
    assert sign_of(catalogue, "none_such", 30) is None
