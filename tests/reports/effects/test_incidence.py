"""Incidence, severity and onset, recounted in plain Python; intervals against two libraries."""

from collections import Counter, defaultdict
from datetime import date

import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from tests.reports.by_patient import design_effect, share_of

from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.effects.incidence import INCIDENCE_COLUMNS, SEVERITY_COLUMNS

SPRING = Period(date(2024, 3, 1), date(2024, 8, 31))


def recount(rows, effect, keep=lambda _s: True, area=None):
    held = {s.id: s for s in rows.sessions if s.state == "held" and keep(s)}
    places = {(a.session, a.area) for a in rows.treated_areas if a.session in held}
    events = [e for e in rows.following if e.effect == effect and e.session in held]
    if area:
        places = {place for place in places if place[1] == area}
        held = {number: held[number] for number, _ in places}
        events = [e for e in events if (e.session, e.area) in places]
    sessions = {e.session for e in events}
    return {
        "sessions_with": len(sessions),
        "sessions": len(held),
        "patients_with": len({held[s].patient for s in sessions}),
        "patients": len({s.patient for s in held.values()}),
        "areas_with": len({(e.session, e.area) for e in events} & places),
        "areas": len(places),
    }


def counts(row):
    return {
        name: row[name]
        for unit in ("sessions", "patients", "areas")
        for name in (f"{unit}_with", unit)
    }


@pytest.mark.parametrize("period", [Period(), SPRING], ids=str)
def test_by_effect(reader, rows, period):
    frame = reader.report("incidence", Filters(period))
    assert list(frame.columns) == ["effect", *INCIDENCE_COLUMNS]

    def keep(session):
        return period == Period() or period.start <= session.held_on <= period.end

    for row in frame.to_dict("records"):
        assert counts(row) == recount(rows, row["effect"], keep)


def test_by_area_only_effects_of_that_very_area(reader, rows):
    frame = reader.report("incidence", by=("effect", "area"))
    assert len(frame) > 20
    for row in frame.to_dict("records"):
        assert counts(row) == recount(rows, row["effect"], area=row["area"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "of"),
    [("protocol", lambda s: s.protocol), ("month", lambda s: f"{s.held_on:%Y-%m}")],
    ids=["protocol", "month"],
)
def test_by_a_key_of_the_session(reader, rows, key, of):
    for row in reader.report("incidence", by=("effect", key)).to_dict("records"):
        expected = recount(rows, row["effect"], lambda s, cell=row[key]: of(s) == cell)
        assert counts(row) == expected


@pytest.mark.parametrize("key", ["lot", "product"])
def test_by_what_was_used(reader, rows, key):
    used = defaultdict(set)
    for one in rows.products_used:
        if getattr(one, key) is not None:
            used[getattr(one, key)].add(one.session)
    every = set().union(*used.values())
    frame = reader.report("incidence", by=("effect", key))
    for row in frame.to_dict("records"):
        missing = row[key] != row[key]
        inside = {s.id for s in rows.sessions} - every if missing else used[row[key]]
        assert counts(row) == recount(rows, row["effect"], lambda s, i=inside: s.id in i)


def test_the_intervals_are_those_of_two_libraries(reader):
    for row in reader.report("incidence").to_dict("records"):
        k, n = row["patients_with"], row["patients"]
        ours = (row["patient_low"], row["patient_high"])
        test = stats.binomtest(k, n)
        assert ours == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-12)
        assert ours == pytest.approx(tuple(test.proportion_ci(method="wilson")), abs=1e-12)
        exact = (row["patient_exact_low"], row["patient_exact_high"])
        assert exact == pytest.approx(proportion_confint(k, n, method="beta"), abs=1e-9)
        assert exact == pytest.approx(tuple(stats.binomtest(k, n).proportion_ci()), abs=1e-9)


@pytest.mark.parametrize("key", ["effect", "protocol", "lot"])
def test_sessions_and_areas_of_one_patient_are_no_strangers(reader, rows, key):
    """By statsmodels' cluster-robust variance, from rows counted in plain Python."""
    held = {s.id: s for s in rows.sessions if s.state == "held"}
    lots = defaultdict(set)
    for one in rows.products_used:
        lots[one.lot].add(one.session)
    places = {(a.session, a.area) for a in rows.treated_areas if a.session in held}
    for row in reader.report("incidence", by=tuple(dict.fromkeys(("effect", key)))).to_dict(
        "records"
    ):
        if key == "lot" and row[key] != row[key]:
            continue  # without a lot, which test_by_what_was_used has
        inside = {
            number
            for number, s in held.items()
            if key == "effect"
            or (key == "protocol" and s.protocol == row[key])
            or (key == "lot" and number in lots[row[key]])
        }
        ill = {e.session for e in rows.following if e.effect == row["effect"]}
        spots = {(e.session, e.area) for e in rows.following if e.effect == row["effect"]}
        units = {
            "session": (sorted(inside), lambda s, ill=ill: s in ill, lambda s: s),
            "area": (
                sorted(place for place in places if place[0] in inside),
                lambda place, spots=spots: place in spots,
                lambda place: place[0],
            ),
        }
        for unit, (every, marks, session) in units.items():
            who = [held[session(one)].patient for one in every]
            marked = [marks(one) for one in every]
            found = [row[f"{unit}_{part}"] for part in ("share", "low", "high")]
            assert found == pytest.approx(share_of(who, marked), abs=1e-12)
            if 0 < sum(marked) < len(marked) and len(set(who)) > 1:
                assert row[f"{unit}_design_effect"] == pytest.approx(
                    design_effect(who, marked), rel=1e-9
                )


def test_the_worst_grade_of_each_session(reader, rows):
    frame = reader.report("severity")
    assert list(frame.columns) == ["effect", *SEVERITY_COLUMNS]
    worst = {}
    for e in rows.following:
        if rows.session[e.session].state == "held":
            key = (e.effect, e.session)
            worst[key] = max(worst.get(key, 0), e.severity or 0)
    expected = Counter((effect, grade) for (effect, _), grade in worst.items())
    found = {(r.effect, int(r.grade)): r.n for r in frame.fillna({"grade": 0}).itertuples()}
    assert found == dict(expected)
    often = reader.report("incidence").set_index("effect")["sessions_with"]
    assert frame.groupby("effect")["n"].sum().to_dict() == often.to_dict()
    assert frame.groupby("effect")["of"].first().to_dict() == often.to_dict()


def test_onset_days(reader, rows):
    frame = reader.report("onset")
    expected = Counter()
    for e in rows.following:
        session = rows.session[e.session]
        if session.state == "held":
            known = len(e.onset_at) >= 10
            day = (date.fromisoformat(e.onset_at[:10]) - session.held_on).days if known else None
            expected[e.effect, day] += 1
    found = {
        (r.effect, None if r.day is None else int(r.day)): r.n
        for r in frame.astype({"day": "object"}).where(frame["day"].notna(), None)
        .assign(n=frame["n"], effect=frame["effect"]).itertuples()
    }  # fmt: skip
    assert found == dict(expected)
    known = frame[frame["day"].notna()]
    assert known.groupby("effect")["share_by"].last().tolist() == pytest.approx(
        [1.0] * known["effect"].nunique()
    )
    assert frame[frame["day"].isna()]["share"].isna().all()
