"""What the model of recording is made of: entries to draw, and what it knows of a session."""

import os
import signal
import warnings
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

from hypothesis import strategies as st

from mesodash.records.audit.actor import Actor
from mesodash.records.courses.screenings import Answer
from mesodash.records.store.connection import Change
from mesodash.records.treatment.entries import (
    AreaEntry,
    PointEntry,
    ProductEntry,
    ReactionEntry,
    SessionEntry,
)

DOCTOR = Actor("dr-a", "practitioner")
COLLEAGUE = Actor("dr-b", "practitioner")
DAY = date(2026, 11, 22)
PLACES = [("face.cheek", "left"), ("face.cheek", "right"), ("abdomen.lower", "midline")]


def clock():
    return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


areas = st.lists(
    st.builds(
        AreaEntry,
        area=st.just("x"),
        side=st.just("x"),
        technique=st.sampled_from([None, "nappage"]),
        depth_mm=st.sampled_from([None, 1.5, 4.0]),
        points=st.sampled_from([None, 0, 40]),
        volume_ml=st.sampled_from([None, 0.05, 2.0]),
        needle=st.sampled_from([None, "30G 4 mm"]),
    ),
    min_size=0,
    max_size=3,
).map(
    lambda found: tuple(
        replace(one, area=area, side=side) for one, (area, side) in zip(found, PLACES, strict=False)
    )
)
products = st.sampled_from(
    [
        (),
        (ProductEntry("Saline", "S-1", "2030-01", 2.0),),
        (ProductEntry("Saline", "S-1"), ProductEntry("Saline", "S-1")),  # refused: twice
        (ProductEntry("Saline", None), ProductEntry("Caffeine", "C-1", "2027-03-31", 0.5)),
    ]
)
sound_products = products.filter(
    lambda used: len({(one.product, one.lot) for one in used}) == len(used)
)
reactions = st.sampled_from(
    [(), (ReactionEntry("erythema", 1),), (ReactionEntry("erythema"), ReactionEntry("pain", 2))]
)
sound_placed = st.lists(
    st.builds(
        PointEntry,
        area=st.just(PLACES[0][0]),
        side=st.just(PLACES[0][1]),
        triangle=st.sampled_from([0, 7, 90_000]),
        u=st.sampled_from([0.0, 0.25, 0.7]),
        v=st.sampled_from([0.1, 0.25, 0.3]),
        depth_mm=st.sampled_from([None, 2.5]),
        volume_ml=st.sampled_from([None, 0.05]),
    ),
    max_size=3,
).map(tuple)
off_the_figure = (PointEntry("abdomen.lower", "midline", 3, 0.9, 0.2),)
sound_prices = st.sampled_from([(None, None), (120.5, "EUR"), (0.0, "GBP")])
prices = st.sampled_from(
    [(None, None), (120.5, "EUR"), (0.0, "GBP"), (80.0, None), (80.0, "euro"), (-1.0, "EUR")]
)
days = st.integers(0, 20).map(lambda n: (DAY - timedelta(days=n)).isoformat())
notes = st.sampled_from([None, "as agreed", "Ä ? ' \" 1"])
answers = st.dictionaries(
    st.sampled_from(["pregnancy", "allergy", "infection_site"]),
    st.builds(
        Answer,
        said=st.sampled_from(["yes", "no", "unknown"]),
        areas=st.sampled_from([(), ("face.cheek",)]),
        detail=st.sampled_from([None, "since May"]),
    ),
    max_size=3,
)


cuts = st.sampled_from([None, None, "rerun", "killed"])


class Rerun(BaseException):
    """In place of the page's rerun, which ends a script in the middle of a save."""


def cut_off(how, act):
    """Begin a change and end it once its rows are written, before they are committed.

    Args:
        how: "rerun", an exception in this process as by Streamlit; or "killed", the end of a
            process of its own by SIGKILL.
        act: what changes the clinic's file.

    Returns:
        Whether there was anything to cut off: what changes nothing comes to its end.
    """
    if how == "rerun":
        with patch.object(Change, "log", side_effect=Rerun):
            try:
                act()
            except Rerun:
                return True
        return False
    with warnings.catch_warnings():
        # From Python 3.12 on, of forking beside threads; the child does no more than this change.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        try:
            with patch.object(
                Change, "log", side_effect=lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
            ):
                act()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == -signal.SIGKILL


@dataclass
class Effect:
    """What the model knows of one side effect."""

    effect: str
    onset: str
    last_seen: str
    severity: int | None
    end: tuple[str, str] | None = None  # ("resolved" or "gone", day)

    @property
    def untouched(self):
        return self.end is None and self.last_seen == self.onset


@dataclass
class Known:
    """What the model knows of one session; its reactions are among the effects."""

    entry: SessionEntry
    state: str
    final: bool = False
    effects: dict[str, Effect] = field(default_factory=dict)

    def as_read(self):
        seen = sorted(
            (one.effect, one.severity)
            for one in self.effects.values()
            if one.onset == self.entry.held_at
        )
        return replace(self.entry, reactions=tuple(ReactionEntry(*one) for one in seen))


def begun(entry, name):
    """The effects that a recorded entry begins with."""
    return {
        f"{name}-{one.effect}": Effect(one.effect, entry.held_at, entry.held_at, one.severity)
        for one in entry.reactions
    }
