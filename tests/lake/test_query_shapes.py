"""Stand-ins are found again in the SQL, and whatever cannot be found again has no shape."""

from datetime import date, timedelta
from itertools import pairwise

import ibis
import pytest

from mesodash.lake.engines import Lake
from mesodash.lake.query_shapes import NoShapeError, OpenDay, OpenText, shape_of, stand_ins

SESSIONS = ibis.table({"held_on": "date", "month": "string", "area": "string"}, name="sessions")


def compiled(expression):
    return ibis.to_sql(expression, dialect="duckdb")


@pytest.mark.parametrize("number", [0, 1, 27, 28, 300])
def test_a_day_a_month_and_a_text_become_parameters(number):
    day, text = OpenDay.numbered(number), OpenText.numbered(number)
    shape = shape_of(
        compiled(
            SESSIONS.filter(
                SESSIONS.held_on >= ibis.literal(day),
                SESSIONS.month >= f"{day:%Y-%m}",
                SESSIONS.area.isin((text,)),
            )
        ).replace("\n", " ")
    )
    assert shape.names == {f"d{number}", f"m{number}", f"t{number}"}
    assert f"CAST($d{number} AS DATE)" in shape.sql
    values = [None] * number + ["it's"]
    assert shape_of(f"SELECT '{text}'").parameters(values) == {f"t{number}": "it's"}
    values = [None] * number + [date(2025, 3, 9)]
    assert shape_of(f"SELECT '{day:%Y-%m}'").parameters(values) == {f"m{number}": "2025-03"}


def test_stand_ins_are_of_the_same_kinds_and_order():
    first, text, second = stand_ins((date(2025, 1, 1), "x", date(2025, 2, 1)))
    assert isinstance(first, date)
    assert isinstance(text, str)
    assert first < second
    assert second >= first
    assert len({first, second, OpenDay.numbered(0)}) == 2


@pytest.mark.parametrize(
    "use",
    [
        lambda day: day + timedelta(days=1),
        lambda day: day - timedelta(days=1),
        lambda day: day - date(2025, 1, 1),
        lambda day: date(2025, 1, 1) - day,
        lambda day: day > date(2025, 1, 1),
        lambda day: date(2025, 1, 1) <= day,
        lambda day: day.replace(day=1),
        lambda day: day.isoformat(),
        lambda day: day.weekday(),
        lambda day: day.toordinal(),
        lambda day: f"{day}",
        lambda day: f"{day:%Y}",
        lambda day: day.strftime("%Y"),
        str,
    ],
)
def test_nobody_computes_with_a_stand_in(use):
    with pytest.raises(NoShapeError):
        use(OpenDay.numbered(1))


@pytest.mark.parametrize(
    "part",
    [
        lambda day, _: day.year,
        lambda _, text: f"{text} and more",
        lambda _, text: text[:2],
        lambda day, _: f"until {day:%Y-%m}",
    ],
)
def test_a_value_that_went_astray_has_no_shape(part):
    expression = SESSIONS.mutate(x=ibis.literal(part(*stand_ins((date(2025, 1, 1), "x")))))
    with pytest.raises(NoShapeError):
        shape_of(compiled(expression))


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def asked(lake, make, *values):
    return lake.ask("key", lambda v: make(lake.tables.sessions, *v), values)


def test_a_shape_is_built_once(lake):
    calls = []

    def make(_, day):
        calls.append(day)
        return ibis.literal(1).as_table().mutate(day=ibis.literal(day))

    for day in (date(2025, 1, 1), date(2024, 2, 29)):
        assert asked(lake, make, day)["day"].tolist() == [day]
    assert calls == [OpenDay.numbered(0)]


def test_values_are_bound_and_never_read_as_sql(lake):
    def make(sessions, day, text):
        nothing = sessions.count() == 0
        return (
            ibis.literal(1)
            .as_table()
            .mutate(day=ibis.literal(day), text=ibis.literal(text), nothing=nothing.as_scalar())
        )

    for day, text in (
        (date(2025, 1, 1), "O'Neil'); DROP VIEW sessions; --"),
        (date(2024, 2, 29), "$t1"),
    ):
        row = asked(lake, make, day, text).iloc[0]
        assert (row["day"], row["text"], row["nothing"]) == (day, text, True)


def test_a_question_that_depends_on_its_values_is_compiled_each_time(lake):
    def make(_, day):
        return ibis.literal(1).as_table().mutate(next=ibis.literal(day + timedelta(days=1)))

    for day in (date(2025, 1, 1), date(2025, 5, 5)):
        assert asked(lake, make, day)["next"].tolist() == [day + timedelta(days=1)]


def test_shapes_are_bounded(lake, monkeypatch):
    monkeypatch.setattr("mesodash.lake.engines._SHAPES", 3)
    for number in range(6):
        lake.ask(number, lambda _, n=number: lake.tables.sessions.limit(n), ())
    assert list(lake._shapes) == [3, 4, 5]


def test_order_is_by_number():
    days = [OpenDay.numbered(n) for n in (0, 27, 28, 200)]
    assert all(a < b for a, b in pairwise(days))
