"""The same questions by loading the whole clinic's file into pandas first, as a small app would."""

import sqlite3
from pathlib import Path

import pandas as pd

from mesodash.reports.core.filters import Period

TABLES = (
    "patients",
    "courses",
    "sessions",
    "treated_areas",
    "products_used",
    "side_effects",
    "follow_ups",
    "outcomes",
)
Frames = dict[str, pd.DataFrame]


def load(db: Path) -> Frames:
    """Every table of the file as a frame."""
    connection = sqlite3.connect(db)
    return {name: pd.read_sql(f"SELECT * FROM {name}", connection) for name in TABLES}


def held_in(frames: Frames, period: Period) -> pd.DataFrame:
    """The held sessions of the period, with `month` and `held_on`."""
    s = frames["sessions"]
    s = s.assign(month=s["held_at"].str[:7], held_on=s["held_at"].str[:10])
    within = s["held_on"].between(str(period.start), str(period.end))
    return s[(s["state"] == "held") & within]


def volumes(frames: Frames, period: Period) -> object:
    """Sessions, patients, new patients, areas and volume by month and area."""
    s = frames["sessions"]
    first = s[s["state"] == "held"].groupby("patient")["held_at"].min().str[:7].rename("first")
    held = held_in(frames, period).merge(first, left_on="patient", right_index=True)
    areas = frames["treated_areas"].groupby(["session", "area", "side"], as_index=False)
    rows = held.merge(
        areas["volume_ul"].sum(), left_on="id", right_on="session", how="left"
    ).assign(new=lambda r: r["patient"].where(r["first"] == r["month"]))
    return rows.groupby(["month", "area"], dropna=False).agg(
        sessions=("id", "nunique"),
        patients=("patient", "nunique"),
        new=("new", "nunique"),
        areas=("side", "count"),
        volume_ul=("volume_ul", "sum"),
    )


def side_effects(frames: Frames, period: Period) -> object:
    """Side effects, patients and durations by effect; held sessions."""
    s = frames["sessions"][["id", "patient", "held_at"]].rename(columns={"id": "session"})
    e = frames["side_effects"].merge(s, on="session")
    e = e[e["held_at"].str[:10].between(str(period.start), str(period.end))]
    onset = pd.to_datetime(e["onset_at"], format="ISO8601")
    minutes = (pd.to_datetime(e["resolved_at"], format="ISO8601") - onset).dt.total_seconds() / 60
    return (
        e.assign(minutes=minutes).groupby(["effect", "minutes"], dropna=False).size(),
        e.groupby("effect")["patient"].nunique(),
        len(held_in(frames, period)),
    )


def outcomes(frames: Frames, period: Period) -> object:
    """Change from baseline to last by protocol and scale."""
    o = frames["outcomes"]
    o = o[o["measured_on"] <= str(period.end)].sort_values("measured_on")
    ends = o.groupby(["patient", "course", "scale"], as_index=False).agg(
        baseline=("value", "first"),
        last=("value", "last"),
        base_on=("measured_on", "first"),
        last_on=("measured_on", "last"),
    )
    ends = ends[(ends["last_on"] > ends["base_on"]) & (ends["last_on"] >= str(period.start))]
    ends = ends.assign(change=ends["last"] - ends["baseline"])
    of = frames["courses"][["id", "protocol"]].rename(columns={"id": "course"})
    return (
        ends.merge(of, on="course")
        .groupby(["protocol", "scale"])["change"]
        .agg(["count", "mean", "std"])
    )


def courses(frames: Frames, period: Period) -> object:
    """Courses by protocol and state, planned and held sessions, and where people stopped."""
    s = frames["sessions"]
    held = s[s["state"] == "held"].groupby("course").size().rename("held")
    c = frames["courses"]
    c = c[c["started_on"].between(str(period.start), str(period.end))]
    c = c.merge(held, left_on="id", right_index=True, how="left").fillna({"held": 0})
    return (
        c.groupby(["protocol", "state"]).size(),
        c.groupby("protocol")[["planned_sessions", "held"]].sum(),
        c[c["state"] == "stopped"].groupby(["protocol", "held"]).size(),
    )


def clusters(frames: Frames, period: Period) -> object:
    """Sessions, and those with each effect, by lot, practitioner and site, protocol by protocol."""
    s = held_in(frames, period).rename(columns={"id": "session"})
    courses = frames["courses"][["id", "protocol"]].rename(columns={"id": "course"})
    of_course = s[["course"]].merge(courses, on="course", how="left")["protocol"]
    s = s.assign(protocol=s["protocol"].fillna(of_course.set_axis(s.index)))
    held = s[["session", "practitioner", "protocol"]]
    e = frames["side_effects"].merge(held, on="session")
    events = e[["session", "effect", "practitioner", "protocol"]].drop_duplicates()
    lots = frames["products_used"][["session", "lot"]].dropna().drop_duplicates()
    lots = lots.merge(held[["session", "protocol"]], on="session")
    places = frames["treated_areas"][["session", "area"]].drop_duplicates()
    places = places.merge(held[["session", "protocol"]], on="session")
    sites = e[["session", "area", "effect"]].drop_duplicates().merge(places, on=["session", "area"])
    ill = lots.merge(events[["session", "effect"]], on="session")
    return (
        lots.groupby(["lot", "protocol"]).size(),
        ill.groupby(["lot", "protocol", "effect"]).size(),
        events.groupby(["practitioner", "protocol", "effect"]).size(),
        sites.groupby(["area", "protocol", "effect"]).size(),
    )


REPORTS = {
    "volumes": volumes,
    "side_effects": side_effects,
    "outcomes": outcomes,
    "courses": courses,
    "clusters": clusters,
}
