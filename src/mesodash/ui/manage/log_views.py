"""The change log's parts: the verdict on its seals, the choices, a page of entries, its files."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd
import streamlit as st

from mesodash.exchange.tables_out import Sheet
from mesodash.records.chain import Verdict, verify
from mesodash.records.change_log import Entry, entries
from mesodash.records.connection import utc_now
from mesodash.records.errors import RecordError
from mesodash.reports.filters import Period
from mesodash.ui import access, markup, phrases
from mesodash.ui.filters import PRESETS, period_words, preset
from mesodash.ui.manage import log_words
from mesodash.ui.review import page

PAGE = 200
_VERDICT, _BEFORE = "log_verdict", "log_before"


class Choice(NamedTuple):
    """What of the log is asked for."""

    period: Period
    people: tuple[str, ...]
    actions: tuple[str, ...]

    @property
    def words(self) -> str:
        """The choice as one sentence."""
        who = ", ".join(self.people) or "everybody"
        what = ", ".join(log_words.action(code) for code in self.actions) or "everything"
        return f"{period_words(self.period)}, {who}, {what}."


def show_verdict() -> None:
    """Whether the log is as it was written: checked once a visit, and again when asked to."""
    if st.session_state.get(_VERDICT) is None:
        try:
            st.session_state[_VERDICT] = verify(access.db())
        except RecordError as error:
            markup.show("not_done", title="The change log could not be checked", text=str(error))
            return
    found: Verdict = st.session_state[_VERDICT]
    with st.container(horizontal=True, vertical_alignment="center", key="log_checked"):
        markup.show("verdict", verdict=judged(found))
        if st.button("Check again", key="log_check", icon=":material/refresh:"):
            st.session_state[_VERDICT] = None
            st.rerun()


def judged(found: Verdict) -> dict[str, object]:
    """A verdict as the template of that name takes it."""
    level, sign = ("offered", "✓") if found.holds else ("caution", "?")
    if found.broken:
        level, sign = "stop", "■"
    return {"level": level, "sign": sign, "words": found.sentence, "reasons": ()}


def choose(people: Sequence[str], actions: Sequence[str]) -> Choice:
    """Draw the choices; another choice begins at the newest entry again."""
    with st.container(horizontal=True, gap="small", key="row_of_log_choices"):
        name = st.selectbox(
            "Period",
            list(PRESETS),
            index=list(PRESETS).index("30_days"),
            format_func=phrases.wording(PRESETS),
            key="log_period",
            on_change=_from_the_newest,
            width=170,
        )
        period = preset(name, access.today())
        if name == "custom":
            period = _days(access.today())
        who = st.multiselect(
            "Who", people, key="log_people", placeholder="Everybody", on_change=_from_the_newest,
            width=300,
        )  # fmt: skip
        what = st.multiselect(
            "Did what", actions, format_func=log_words.action, key="log_actions",
            placeholder="Everything", on_change=_from_the_newest, width=300,
        )  # fmt: skip
    return Choice(period, tuple(who), tuple(what))


def _days(today: date) -> Period:
    chosen = st.date_input(
        "From and to",
        value=(preset("30_days", today).start, today),
        key="log_dates",
        format="DD/MM/YYYY",
        on_change=_from_the_newest,
        width=230,
    )
    # While only the first of the two days is picked, the period is open to today.
    match chosen:
        case (first, last):
            return Period(first, last)
        case (first,):
            return Period(first, today)
        case _:
            return preset("all", today)


def _from_the_newest() -> None:
    st.session_state.pop(_BEFORE, None)


def show_entries(choice: Choice) -> None:
    """A page of the log, its files, and the ways to older entries and back."""
    before: int | None = st.session_state.get(_BEFORE)
    found = entries(
        access.db(),
        access.actor(),
        actors=choice.people,
        actions=choice.actions,
        start=choice.period.start,
        end=choice.period.end,
        before_seq=before,
        limit=PAGE + 1,
    )
    shown, more = found[:PAGE], len(found) > PAGE
    if not shown:
        markup.show(
            "empty",
            title="Nothing stands in the change log for this choice.",
            text="Choose a longer period, other people or other actions above.",
        )
    else:
        _show_page(shown, choice)
    with st.container(horizontal=True, gap="small", key="log_pages"):
        if before is not None and st.button("Back to the newest", key="log_newest"):
            _from_the_newest()
            st.rerun()
        if more and st.button(f"Older than entry {shown[-1].seq}", key="log_older"):
            st.session_state[_BEFORE] = shown[-1].seq
            st.rerun()


def _show_page(shown: Sequence[Entry], choice: Choice) -> None:
    names = access.actor().may("patients.view")
    frame = as_frame(shown, names=names)
    heads = ("When (UTC)", "Who", "Role", "Did what", "Of what", "Which", "Rows", "Entry")
    page.show_table(
        "Entries",
        f"{choice.words} Newest first."
        + ("" if names else " Patients stand by their number inside the file."),
        [page.column(head, number=head in ("Rows", "Entry")) for head in heads],
        [
            [
                page.Cell(_when(entry), entry.seq),
                entry.actor,
                entry.role,
                log_words.action(entry.action),
                log_words.thing(entry.table),
                log_words.which(entry, names=names),
                phrases.number(entry.rows),
                str(entry.seq),
            ]
            for entry in shown
        ],
        aside=f"entries {shown[-1].seq} to {shown[0].seq}",
        sheet=Sheet(
            title="Change log",
            frame=frame,
            about=(
                ("Clinic", access.clinic().name),
                ("Choice", choice.words),
                ("Made", utc_now().isoformat(timespec="seconds")),
            ),
        ),
    )


def _when(entry: Entry) -> str:
    return f"{phrases.day(entry.at.date().isoformat())}, {entry.at:%H:%M:%S}"


def as_frame(shown: Sequence[Entry], *, names: bool) -> pd.DataFrame:
    """Entries as they leave in a file.

    Args:
        shown: the entries.
        names: whether the reader may see who a patient is.

    Returns:
        entry, at (UTC, ISO 8601), actor, role, action, table, which, rows.
    """
    return pd.DataFrame(
        {
            "entry": [entry.seq for entry in shown],
            "at": [entry.at.isoformat() for entry in shown],
            "actor": [entry.actor for entry in shown],
            "role": [entry.role for entry in shown],
            "action": [entry.action for entry in shown],
            "table": [entry.table for entry in shown],
            "which": [log_words.which(entry, names=names) for entry in shown],
            "rows": [entry.rows for entry in shown],
        }
    )
