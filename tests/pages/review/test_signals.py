"""The signals page says what was looked at."""

import re
from dataclasses import replace

from tests.pages.drawn_page import YEAR, body_of, text

from mesodash.ui.parts import phrases


def test_signals_say_what_was_looked_at(open_page, reader):
    looks = reader.report("looks", YEAR)
    near = reader.report("signals", YEAR, ())

    page = open_page("review/signals")

    assert f"{phrases.number(looks['looks'].sum())} comparisons of a group" in text(page)
    standing = int(near["stands_out"].sum())
    if standing:
        assert len(re.findall("data-value", body_of(page, "Standing out"))) > 0
    else:
        assert "No lot, practitioner or area" in text(page)
    late = reader.report("late", YEAR, ("effect",))["n"].sum()
    words = f"{phrases.number(late)} late effect" if late else "No late nodule was recorded."
    assert words in text(page)


def test_how_many_months_are_compared_is_a_field(open_page, reader):
    page = open_page("review/signals")
    page.selectbox(key="signals_months").set_value(3).run()

    assert not page.exception
    looks = reader.report("looks", replace(YEAR, trailing_months=3))
    assert f"{phrases.number(looks['looks'].sum())} comparisons of a group" in text(page)
    assert "over the 3 months before" in text(page)
