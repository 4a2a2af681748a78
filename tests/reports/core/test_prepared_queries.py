"""A question asked by its shape has the same answer as one compiled with its own values."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from mesodash.lake.engines import open_lake
from mesodash.lake.publish import publish
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.courses import courses, due
from mesodash.reports.effects import counts, side_effects
from mesodash.reports.outcomes import outcomes
from mesodash.reports.signals import counted, signals
from mesodash.reports.volumes import volumes
from mesodash.settings import lake_beside

pytestmark = pytest.mark.slow

QUESTIONS = {
    (volumes._cells, volumes.ALL_KEYS),
    (counts.everything, ("effect", *side_effects.KEYS[1:])),
    (outcomes._cells, ("scale", "protocol", "indication", "clinic")),
    (courses._cells, courses.KEYS),
    (courses._dropped, courses.KEYS),
}


@pytest.fixture(scope="module")
def lake(clinic):
    publish(clinic, lake_beside(clinic))
    return open_lake(lake_beside(clinic))


days = st.dates(date(2023, 12, 1), date(2026, 2, 1))


@st.composite
def periods(draw):
    start, end = draw(st.none() | days), draw(st.none() | days)
    return Period(*sorted((start, end))) if start and end else Period(start, end)


def some(*names):
    return st.lists(st.sampled_from(names), max_size=5).map(tuple)


filters = st.builds(
    Filters,
    period=periods(),
    areas=some("face", "face.cheek", "abdomen", "leg.knee", "scalp"),
    protocols=some("melasma_txa", "pcdc", "cellulite_caffeine", "O'Neil's", "$t0", "none"),
    practitioners=some("test/1", "test/2", "test/3", "else/1"),
    clinics=some("test", "elsewhere"),
)
few = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def same(lake, build, catalogue, *asked):
    plain = lake.run(build(lake, catalogue, *asked))
    known = ask(lake, build, catalogue, *asked)
    keys = list(plain.columns)
    assert_frame_equal(
        known.sort_values(keys, ignore_index=True), plain.sort_values(keys, ignore_index=True)
    )
    return plain


@pytest.mark.parametrize(("build", "keys"), sorted(QUESTIONS, key=str))
@few
@given(data=st.data())
def test_counted_reports(lake, catalogue, build, keys, data):
    more = data.draw(st.lists(st.sampled_from(keys), max_size=1))
    wanted = tuple(dict.fromkeys((*keys[:1], *more)))
    same(lake, build, catalogue, data.draw(filters), wanted)


@few
@given(asked=filters, start=days, end=days)
@pytest.mark.parametrize("build", [counted._by_session, counted._by_place])
def test_clusters(lake, catalogue, build, asked, start, end):
    same(lake, build, catalogue, asked, min(start, end), max(start, end))


@few
@given(asked=filters, on=days)
@pytest.mark.parametrize("build", [due._after_sessions, due._open_effects])
def test_due(lake, catalogue, build, asked, on):
    same(lake, build, catalogue, asked, on)


def test_another_period_area_or_day_compiles_nothing(lake, catalogue, monkeypatch):
    def questions(start, end, area, protocols):
        asked = Filters(Period(start, end), areas=(area,), protocols=protocols)
        volumes.volumes(lake, catalogue, asked, ("month",))
        side_effects.side_effects(lake, catalogue, asked)
        outcomes.outcomes(lake, catalogue, asked)
        courses.courses(lake, catalogue, asked)
        signals.clusters(lake, catalogue, asked)
        due.due(lake, catalogue, asked, end)

    questions(date(2024, 1, 1), date(2024, 6, 1), "face.cheek", ("pcdc", "melasma_txa"))
    monkeypatch.setattr("mesodash.lake.engines.Lake._prepare", None)
    questions(date(2025, 1, 1), date(2025, 2, 1), "leg.knee", ("pcdc", "x", "melasma_txa"))
    with pytest.raises(TypeError):  # the area stands for sixteen codes, another shape
        questions(date(2025, 1, 1), date(2025, 2, 1), "face", ("pcdc",))


def test_the_filters_leave_something(lake, catalogue):
    """The negative control: the questions above are not all about nothing."""
    asked = Filters(
        Period(date(2024, 1, 9), date(2026, 1, 31)),
        ("face", "abdomen", "leg.knee", "buttock"),
        ("melasma_txa", "pcdc"),
        ("test/1", "test/2"),
        ("test",),
    )
    for build, keys in QUESTIONS:
        assert len(same(lake, build, catalogue, asked, keys[:1])) > 0, build
