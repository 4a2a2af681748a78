"""Bars by month: those whose window is still running are hatched, and named in the legend."""

from mesodash.figures.months import months_with_windows

MONTHS = ("2026-03", "2026-04", "2026-05")


def chart(counts, running):
    return months_with_windows(
        MONTHS, counts, running=running, title="Late", says="2 so far.", subtitle="x",
        words=lambda n: f"{n:g} late effects", short=lambda name: name[5:],
    )  # fmt: skip


def test_running_months_are_hatched_and_in_the_legend():
    over, running = chart([2, 0, 1], {"2026-05"}).figure.data
    assert (list(over.x), list(running.x)) == ([*MONTHS[:2]], ["2026-05"])
    assert (over.marker.pattern.shape, running.marker.pattern.shape) == ("", "/")
    assert over.marker.color != running.marker.color
    assert (over.name, running.name) == ("window over", "window still running")
    assert running.customdata[0].endswith("window still running")
    assert over.customdata[0].endswith("2 late effects")


def test_a_month_without_any_has_a_mark_but_its_own_number():
    over, _running = chart([2, 0, 1], set()).figure.data
    assert list(over.text) == ["2", "0", "1"]
    assert 0 < over.y[1] < 0.1
    assert list(over.y)[::2] == [2, 1]
