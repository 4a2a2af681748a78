"""How often signals call what is not there, and how soon what is: simulated clinic-years.

    python benchmarks/signals_over_time.py [--years 60]

Prints the tables of docs/statistics.md. A clinic holds 250 sessions a month of six protocols, each
with its own rates of twelve effects (0.3 to 12 %), with five practitioners, twelve areas and a new
lot of each protocol every ten weeks. Patients come in courses of one to eight sessions, two weeks
apart, and keep protocol, practitioner and area; how readily each gets an effect is drawn from a
beta distribution whose correlation between two sessions of one patient is given. A session is
followed up by the next one of its course within four weeks, or by a contact: which patients answer
is drawn too. At each month's end everything is looked at as the page, the monthly report and
`mesodash report clusters` do: cases of the month, the twelve months before its end to compare with.
False alarms are counted where nothing is amiss. Then one lot is bad: half of its 50 sessions are
followed by a lump, 30 days later in the median. In a third kind of clinic sessions are five weeks
apart, of what nobody asked about three in ten are told, and either one practitioner's patients are
asked more than the others, or all patients are from the middle of the second year: nothing is amiss
there either.
"""

import argparse
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from mesodash.reports.signals.changed_cover import begin_of, cover_of, days_to_ask
from mesodash.reports.signals.comparisons import looks_of
from mesodash.reports.signals.counted import Count
from mesodash.reports.signals.cover import Cover
from mesodash.reports.signals.rising import LEVEL as RISING_LEVEL
from mesodash.reports.signals.rising import Series, corrected_for_all, series
from mesodash.reports.signals.tested_looks import tested

MONTH = 30
YEAR = 12 * MONTH
SESSIONS = 250
PROTOCOLS, PRACTITIONERS, AREAS, EFFECTS = 6, 5, 12, 12
LOT_DAYS = 70
LUMP = 0
KINDS = ("lot", "practitioner", "site")
CORRELATIONS = (0.0, 0.17, 0.33)
ASKED_WITHIN = 28
VISITS, RARE_VISITS = 14, 35
"""Days between the sessions of a course; so many that the next one follows nothing up."""
ANSWERING, ANSWERS_ALIKE = 0.6, 0.3
"""Share of the sessions after which a patient is reached, and its correlation within a patient."""
ASKED_BY_ONE, ASKED_BY_OTHERS, ASKED_LATER, TOLD_UNASKED = 0.95, 0.5, 0.9, 0.3
"""Share reached by one practitioner, else, and by all later; of effects told by the unasked."""
CAMPAIGN = YEAR + 6 * MONTH
CALLED_AFTER = 7
"""Days from a session to the contact."""
Asking = Literal["alike", "one asks more", "later all"]


@dataclass(frozen=True, slots=True)
class Clinic:
    """Two years of sessions, and the effects after them, each of a session.

    Attributes:
        sessions: patient, day, protocol, one column a kind, and heard_after: days until it was
            followed up, inf if it was not.
        events: the same columns, effect and onset (day).
    """

    sessions: pd.DataFrame
    events: pd.DataFrame


def clinic(
    rng: np.random.Generator, *, bad: bool, correlation: float = 0.0, asking: Asking = "alike"
) -> Clinic:
    """One clinic over two years; with a bad lot in the second, if asked for.

    Args:
        rng: draws it.
        bad: whether there is a bad lot.
        correlation: of an effect after two sessions of one patient.
        asking: whether some patients are asked more often.
    """
    wanted = 24 * SESSIONS
    courses = rng.integers(1, 9, wanted)
    courses = courses[: int(np.searchsorted(np.cumsum(courses), wanted)) + 1]
    patient = np.repeat(np.arange(courses.size), courses)
    place = np.arange(patient.size) - np.repeat(np.cumsum(courses) - courses, courses)
    # A patient who comes in before the first day is cut off there, so that no month is emptier.
    apart = VISITS if asking == "alike" else RARE_VISITS
    day = rng.integers(-8 * apart, 2 * YEAR, courses.size)[patient] + apart * place
    own = {
        "protocol": rng.integers(0, PROTOCOLS, courses.size),
        "practitioner": rng.integers(0, PRACTITIONERS, courses.size),
    }
    own["site"] = (own["protocol"] * 2 + rng.integers(0, 4, courses.size)) % AREAS
    sessions = pd.DataFrame(
        {"patient": patient, "day": day, **{name: value[patient] for name, value in own.items()}}
    )
    sessions["lot"] = (
        sessions["protocol"] * 100 + (sessions["day"] + sessions["protocol"] * 11) // LOT_DAYS
    )
    usual = np.exp(rng.uniform(np.log(0.003), np.log(0.12), (PROTOCOLS, EFFECTS)))
    usual[:, LUMP] = 0.01
    odds = usual[own["protocol"]]
    if correlation:
        size = 1 / correlation - 1
        odds = rng.beta(odds * size, (1 - odds) * size)
    hit = rng.random((patient.size, EFFECTS)) < odds[patient]
    if bad:
        later = (sessions["day"] > YEAR) & (sessions["day"] < 2 * YEAR - 120)
        lot = rng.choice(np.unique(sessions.loc[later, "lot"]))
        there = np.flatnonzero(sessions["lot"] == lot)[:50]
        hit[there, LUMP] = rng.random(there.size) < 0.5
    hit[day < 0] = False
    # A stream of its own, so that the clinic is the same however its patients are asked.
    answers = rng.spawn(1)[0]
    comes_again = np.append(patient[1:] == patient[:-1], False) & (apart <= ASKED_WITHIN)
    reached = _reached(answers, own["practitioner"], patient, day, asking)
    sessions["heard_after"] = np.where(reached, CALLED_AFTER, np.where(comes_again, apart, np.inf))
    if asking != "alike":
        hit &= reached[:, None] | (answers.random(hit.shape) < TOLD_UNASKED)
    row, effect = np.nonzero(hit)
    wait = np.where(effect == LUMP, rng.lognormal(np.log(30), 0.5, row.size), 0.0)
    events = sessions.iloc[row].assign(effect=effect, onset=day[row] + wait)
    return Clinic(sessions[sessions["day"] >= 0], events)


def _reached(
    rng: np.random.Generator,
    practitioner: np.ndarray,
    patient: np.ndarray,
    day: np.ndarray,
    asking: Asking,
) -> np.ndarray:
    """Whether somebody was in touch with the patient after each session."""
    more = (practitioner == 0) if asking == "one asks more" else np.zeros(practitioner.size, bool)
    share = np.where(more, ASKED_BY_ONE, ANSWERING if asking == "alike" else ASKED_BY_OTHERS)
    size = 1 / ANSWERS_ALIKE - 1
    chance = rng.beta(share * size, (1 - share) * size)[patient]
    if asking == "later all":
        then = rng.beta(ASKED_LATER * size, (1 - ASKED_LATER) * size, practitioner.size)[patient]
        chance = np.where(day >= CAMPAIGN, then, chance)
    return rng.random(patient.size) < chance


def rows_at(made: Clinic, end: int) -> list[Count]:
    """What the lake would count for the month that ends on a day."""
    made = Clinic(_asked(made.sessions, end), _asked(made.events, end))
    day, of = made.sessions["day"], made.events
    inside = made.sessions[(day > end - YEAR) & (day <= end)]
    seen = of[(of["day"] > end - YEAR) & (of["day"] <= end) & (of["onset"] <= end)]
    seen = seen.assign(new=(seen["onset"] > end - MONTH).astype(int))
    rows: list[Count] = []
    for kind in (*KINDS, "sessions", "places"):
        value = [kind] if kind in KINDS else []
        unit = ["patient", *value, "protocol"]
        own = (
            inside.groupby(unit)
            .agg(own=("asked", "size"), asked=("asked", "sum"), heard=("followed", "sum"))
            .reset_index()
        )
        own = own.assign(
            squares=own["own"] ** 2,
            ap=own["asked"] > 0,
            aa=own["asked"] ** 2,
            fp=own["heard"] > 0,
            ff=own["heard"] ** 2,
            fa=own["heard"] * own["asked"],
        )
        keys = [*value, "protocol"]
        every = own.groupby(keys).agg(
            n=("own", "sum"),
            k=("own", "size"),
            s=("squares", "sum"),
            a=("asked", "sum"),
            ap=("ap", "sum"),
            aa=("aa", "sum"),
            f=("heard", "sum"),
            fp=("fp", "sum"),
            ff=("ff", "sum"),
            fa=("fa", "sum"),
        )
        for key, row in zip(every.index, every.itertuples(index=False), strict=True):
            *named, protocol = key if value else (key,)
            rows.append(
                Count(kind, "c", str(named[0]) if value else None, str(protocol), None,
                      row.n, 0, row.k, row.s, 0,
                      row.a, row.ap, row.aa, row.f, row.fp, row.ff, row.fa)
            )  # fmt: skip
        ill = seen.groupby([*unit, "effect"]).agg(
            x=("new", "size"), new=("new", "sum"), a=("asked", "sum"), f=("followed", "sum")
        )
        ill = ill.reset_index().merge(own, on=unit)
        ill["xx"], ill["xn"] = ill["x"] ** 2, ill["x"] * ill["own"]
        cases = ill.groupby([*keys, "effect"]).agg(
            n=("x", "sum"),
            new=("new", "sum"),
            k=("x", "size"),
            xx=("xx", "sum"),
            xn=("xn", "sum"),
            a=("a", "sum"),
            f=("f", "sum"),
        )
        for key, row in zip(cases.index, cases.itertuples(index=False), strict=True):
            *named, protocol, effect = key
            rows.append(
                Count(f"{kind} effect", "c", str(named[0]) if value else None, str(protocol),
                      str(effect), row.n, row.new, row.k, row.xx, row.xn, row.a, followed=row.f)
            )  # fmt: skip
    return rows


def _asked(rows: pd.DataFrame, end: int, days: int = ASKED_WITHIN) -> pd.DataFrame:
    """With `asked` and `followed` as the lake has them at a day."""
    asked = (rows["day"] + days <= end).astype(int)
    return rows.assign(asked=asked, followed=asked * (rows["heard_after"] <= days))


def called(
    made: Clinic, end: int, *, alike: bool = False, cover: bool = True
) -> set[tuple[str, str, str]]:
    """What is called at a month's end: kind, value, effect.

    Args:
        made: the clinic.
        end: the day.
        alike: take each session for another patient's, as a control.
        cover: whether the rule of cover holds; not, as a control.
    """
    rows = rows_at(made, end)
    if alike:
        rows = [Count(*row[:7]) for row in rows]
    elif not cover:
        rows = [Count(*row[:10]) for row in rows]
    looks = tested(looks_of(rows), {str(LUMP)})
    return {(one.kind, one.value, one.effect) for one in looks if one.called and one.new}


def false_alarms(
    rng: np.random.Generator,
    years: int,
    correlation: float = 0.0,
    *,
    alike: bool = False,
    cover: bool = True,
    asking: Asking = "alike",
) -> list[int]:
    """Different things called in each of so many years in which nothing was amiss."""
    found = []
    for _ in range(years):
        made = clinic(rng, bad=False, correlation=correlation, asking=asking)
        ends = range(YEAR + MONTH, 2 * YEAR + 1, MONTH)
        every = (called(made, end, alike=alike, cover=cover) for end in ends)
        found.append(len(set().union(*every)))
    return found


def rising_at(made: Clinic, end: int, *, cover: bool = True) -> set[int]:
    """The effects that are called at a month's end because more patients have them lately.

    Args:
        made: the clinic.
        end: the day.
        cover: whether the rule of cover holds; not, as a control.
    """
    day = made.sessions["day"]
    held = made.sessions[day <= end].groupby(["protocol", "day"]).size().rename("n").reset_index()
    held = held.rename(columns={"day": "held_on"}).assign(clinic_id="c")
    seen = made.events[made.events["onset"] <= end]
    seen = seen.assign(begun=seen["onset"].astype(int), month=seen["onset"] // MONTH)
    once = seen.sort_values("begun").drop_duplicates(["patient", "effect", "month"])
    once = once.rename(columns={"day": "held_on"}).assign(clinic_id="c", late=False, n=1)
    starts = [date.fromordinal(end + 1 - YEAR + MONTH * n) for n in range(13)]
    found = list(series(held, once, starts))
    corrected = corrected_for_all([one.rise.p_value for one in found])
    risen = [one for one, p in zip(found, corrected, strict=True) if p < RISING_LEVEL]
    return {
        int(one.effect)
        for one in risen
        if not cover or not _changed(made, one, starts, end).difference
    }


def _changed(made: Clinic, one: Series, starts: list[date], end: int) -> Cover:
    """The sessions that a rise comes from beside the earlier ones, as the lake would count them."""
    begin = begin_of(starts[one.rise.since or 0], one.median_wait, starts[0])
    if begin is None:
        return Cover(())
    at = begin.toordinal()
    day = made.sessions["day"]
    days = days_to_ask(day, np.ones(len(day), int), at, end, ASKED_WITHIN)

    def counted(rows: pd.DataFrame) -> pd.DataFrame:
        rows = _asked(rows[(rows["day"] > end - YEAR) & (rows["day"] <= end)], end, days)
        since = rows["day"] >= at
        return rows.assign(
            asked_since=rows["asked"] * since,
            heard_since=rows["followed"] * since,
            heard=rows["followed"],
            protocol=rows["protocol"].astype(str),
        )

    names = ["asked", "heard", "asked_since", "heard_since"]
    own = counted(made.sessions).groupby(["protocol", "patient"])[names].sum()
    by = (
        own.assign(
            patients=own["asked"] > 0,
            hh=own["heard"] ** 2,
            ha=own["heard"] * own["asked"],
            aa=own["asked"] ** 2,
            patients_since=own["asked_since"] > 0,
            hh_since=own["heard_since"] ** 2,
            ha_since=own["heard_since"] * own["asked_since"],
            aa_since=own["asked_since"] ** 2,
        )
        .groupby("protocol")
        .sum()
        .reset_index()
        .assign(clinic_id="c")
    )
    of = made.events[(made.events["effect"] == int(one.effect)) & (made.events["onset"] <= end)]
    ill = counted(of).groupby("protocol")[names].sum().reset_index()
    return cover_of(by, ill.rename(columns={"protocol": "kept"}))


def false_rises(
    rng: np.random.Generator,
    years: int,
    correlation: float = 0.0,
    *,
    cover: bool = True,
    asking: Asking = "alike",
) -> list[int]:
    """Different effects called to be rising in each of so many years in which none was."""
    found = []
    for _ in range(years):
        made = clinic(rng, bad=False, correlation=correlation, asking=asking)
        ends = range(YEAR + MONTH, 2 * YEAR + 1, MONTH)
        found.append(len(set().union(*(rising_at(made, end, cover=cover) for end in ends))))
    return found


def rise_waits(rng: np.random.Generator, years: int, correlation: float = 0.0) -> list[float]:
    """Months until a tripled rate of lumps is called; inf if not within the half year."""
    found = []
    for _ in range(years):
        made = clinic(rng, bad=False, correlation=correlation)
        begin = YEAR + 6 * MONTH
        later = made.sessions[made.sessions["day"] > begin]
        more = later.sample(frac=0.02, random_state=rng)
        wait = rng.lognormal(np.log(30), 0.5, len(more))
        lumps = more.assign(effect=LUMP, onset=more["day"] + wait)
        worse = Clinic(made.sessions, pd.concat([made.events, lumps]))
        ends = range(begin + MONTH, begin + 6 * MONTH + 1, MONTH)
        first = next((end for end in ends if LUMP in rising_at(worse, end)), np.inf)
        found.append((first - begin) / MONTH)
    return found


def waits(rng: np.random.Generator, years: int, correlation: float = 0.0) -> list[float]:
    """Days from the fifth lump of the bad lot to the month's end that calls it; inf if never."""
    found = []
    for _ in range(years):
        made = clinic(rng, bad=True, correlation=correlation)
        lumps = made.events[made.events["effect"] == LUMP]
        lot = lumps["lot"].value_counts().index[0]
        fifth = np.sort(lumps.loc[lumps["lot"] == lot, "onset"])[4]
        ends = [e for e in range(YEAR + MONTH, 2 * YEAR + 1, MONTH) if e >= fifth]
        first = next((e for e in ends if ("lot", str(lot), str(LUMP)) in called(made, e)), np.inf)
        found.append(float(first - fifth))
    return found


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=60)
    years = parser.parse_args().years
    print(
        "| correlation | clinic-years | false alarms a year | years without one, % | most in a year"
        " | each session taken for another patient's |"
    )
    print("|---" * 6 + "|")
    for correlation in CORRELATIONS:
        alarms, unaware = (
            np.array(false_alarms(np.random.default_rng(20261129), years, correlation, alike=alike))
            for alike in (False, True)
        )
        print(
            f"| {correlation} | {years} | {alarms.mean():.2f} | {100 * (alarms == 0).mean():.0f} |"
            f" {alarms.max()} | {unaware.mean():.2f} |",
            flush=True,
        )
    print(
        "\n| correlation | bad lots | called within 45 days of the fifth lump, % | median, days |"
        " never, % |"
    )
    print("|---" * 5 + "|")
    for correlation in CORRELATIONS:
        days = np.array(waits(np.random.default_rng(20261130), years, correlation))
        print(
            f"| {correlation} | {years} | {100 * (days <= 45).mean():.0f} | {np.median(days):.0f} |"
            f" {100 * np.isinf(days).mean():.0f} |",
            flush=True,
        )
    print(
        "\n| correlation | clinic-years | effects falsely called rising a year | a tripled rate of"
        " lumps is called after, months (median) | within half a year, % |"
    )
    print("|---" * 5 + "|")
    for correlation in CORRELATIONS:
        false = false_rises(np.random.default_rng(20261201), years, correlation)
        months = np.array(rise_waits(np.random.default_rng(20261202), years, correlation))
        print(
            f"| {correlation} | {years} | {np.mean(false):.2f} | {np.median(months):.0f} |"
            f" {100 * np.isfinite(months).mean():.0f} |",
            flush=True,
        )
    print_asked_more(years)


def print_asked_more(years: int, correlation: float = 0.17) -> None:
    """Print what is called where some patients are asked more, with the rule of cover and without.

    Nothing is amiss in these clinics.
    """
    print("\n| asked more | called a year | the same without the rule of cover |\n|---|---|---|")
    for asking, of in (("one asks more", false_alarms), ("later all", false_rises)):
        means = [
            np.mean(
                of(np.random.default_rng(20261201), years, correlation, asking=asking, cover=on)
            )
            for on in (True, False)
        ]
        print(f"| {asking} | {means[0]:.2f} | {means[1]:.2f} |", flush=True)


if __name__ == "__main__":
    main()
