"""Values of a query become parameters of the engine, bound and never read as SQL."""

from datetime import date, timedelta

import ibis
import pytest

from mesodash.lake.engines import Lake
from mesodash.lake.parameters import PreparedQuery, as_day, as_month, parameters, prepared

SESSIONS = ibis.table({"held_on": "date", "month": "string", "area": "string"}, name="sessions")
VALUES = (date(2025, 3, 9), "it's")


@pytest.fixture(scope="module")
def backend():
    return ibis.duckdb.connect()


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


@pytest.mark.parametrize("number", [0, 1, 27, 300])
def test_a_day_a_month_and_a_text_become_parameters(backend, number):
    day = parameters((date(2025, 1, 1),) * (number + 1))[number]
    text = parameters(("x",) * (number + 1))[number]
    query = prepared(
        backend,
        SESSIONS.filter(
            SESSIONS.held_on >= day, SESSIONS.month >= as_month(day), SESSIONS.area.isin((text,))
        ),
    )
    assert query.names == {f"d{number}", f"m{number}", f"t{number}"}
    assert f">= CAST($d{number} AS DATE)" in query.sql
    assert "parameter_" not in query.sql.lower()


def test_a_parameter_is_replaced_wherever_it_occurs(backend):
    day, text = parameters(VALUES)
    rows = SESSIONS.filter(SESSIONS.held_on >= day, SESSIONS.area == text)
    other = SESSIONS.filter(SESSIONS.held_on <= day, SESSIONS.area != text).mutate(
        since=day.delta(SESSIONS.held_on, unit="day")
    )
    query = prepared(backend, rows.union(other.drop("since")).filter(lambda t: t.held_on != day))
    assert "parameter_" not in query.sql.lower()
    assert query.sql.count("$d0") == 4
    assert query.sql.count("$t1") == 2


def test_the_values_are_bound_by_name():
    query = PreparedQuery("", frozenset({"d0", "m0", "t1"}))
    assert query.bound(VALUES) == {"d0": VALUES[0], "m0": "2025-03", "t1": "it's"}


def test_plain_values_are_literals(backend):
    assert as_month(VALUES[0]) == "2025-03"
    query = prepared(backend, SESSIONS.filter(SESSIONS.held_on >= as_day(VALUES[0])))
    assert query.names == frozenset()
    assert "MAKE_DATE(2025, 3, 9)" in query.sql


@pytest.mark.parametrize(
    "use",
    [
        bool,
        lambda day: day > date(2025, 1, 1) and day,
        lambda day: min(day, date(2025, 1, 1)),
        lambda day: f"{day:%Y}",
        lambda day: day.toordinal(),
        lambda day: day.isoformat(),
        lambda day: timedelta(days=1) // day,
    ],
)
def test_nobody_computes_with_a_parameter_in_python(use):
    with pytest.raises((TypeError, ValueError, AttributeError)):
        use(parameters(VALUES)[0])


def asked(lake, make, *values):
    return lake.ask("key", lambda v: make(lake.tables.sessions, *v), values)


def test_a_query_is_built_once(lake):
    calls = []

    def make(_, day):
        calls.append(day)
        return ibis.literal(1).as_table().mutate(day=as_day(day))

    for day in (date(2025, 1, 1), date(2024, 2, 29)):
        assert asked(lake, make, day)["day"].tolist() == [day]
    assert len(calls) == 1


def test_values_are_bound_and_never_read_as_sql(lake):
    def make(sessions, day, text):
        nothing = sessions.count() == 0
        return ibis.literal(1).as_table().mutate(day=day, text=text, nothing=nothing.as_scalar())

    for day, text in (
        (date(2025, 1, 1), "O'Neil'); DROP VIEW sessions; --"),
        (date(2024, 2, 29), "$t1"),
        (date(1601, 1, 1), "parameter_day(0)"),
    ):
        row = asked(lake, make, day, text).iloc[0]
        assert (row["day"], row["text"], row["nothing"]) == (day, text, True)


def test_the_engine_counts_with_a_parameter(lake):
    def make(_, day):
        return ibis.literal(1).as_table().mutate(days=day.delta(ibis.date(2025, 1, 1), unit="day"))

    for days in (0, 124):
        day = date(2025, 1, 1) + timedelta(days=days)
        assert asked(lake, make, day)["days"].tolist() == [days]


def test_prepared_queries_are_bounded(lake, monkeypatch):
    monkeypatch.setattr("mesodash.lake.engines._PREPARED", 3)
    for number in range(6):
        lake.ask(number, lambda _, n=number: lake.tables.sessions.limit(n), ())
    assert list(lake._prepared) == [3, 4, 5]
