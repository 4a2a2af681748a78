"""The change log's parts: the verdict on its seals, the choices, a page of entries, its files."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd
import streamlit as st

from mesodash.documents.tables import DownloadTable
from mesodash.language import _, format_day, format_number
from mesodash.permissions import role_name
from mesodash.records.audit.change_log import Entry, entries
from mesodash.records.audit.verification import Verification, verify
from mesodash.records.store.connection import utc_now
from mesodash.records.store.errors import RecordError
from mesodash.reports.core.filters import Period
from mesodash.ui.admin import change_log_words
from mesodash.ui.parts import markup, phrases
from mesodash.ui.parts.filters import PRESETS, period_words, preset
from mesodash.ui.review import page
from mesodash.ui.shell import context

PAGE = 200
_VERDICT, _BEFORE = "log_verdict", "log_before"


class LogFilter(NamedTuple):
    """Which entries of the log to show."""

    period: Period
    people: tuple[str, ...]
    actions: tuple[str, ...]

    @property
    def words(self) -> str:
        """The choice as one sentence."""
        who = ", ".join(self.people) or _("everybody")
        what = ", ".join(change_log_words.action(code) for code in self.actions) or _("everything")
        return _("{period}, {people}, {actions}.").format(
            period=period_words(self.period), people=who, actions=what
        )


def show_verdict() -> None:
    """Whether the log is as it was written: checked once a visit, and again when asked to."""
    if st.session_state.get(_VERDICT) is None:
        try:
            st.session_state[_VERDICT] = verify(context.db())
        except RecordError as error:
            markup.show("not_done", title=_("The change log could not be checked"), text=str(error))
            return
    found: Verification = st.session_state[_VERDICT]
    with st.container(horizontal=True, vertical_alignment="center", key="log_checked"):
        markup.show("verdict", verdict=verdict_card(found))
        if st.button(_("Check again"), key="log_check", icon=":material/refresh:"):
            st.session_state[_VERDICT] = None
            st.rerun()


def verdict_card(found: Verification) -> dict[str, object]:
    """A verdict as the template of that name takes it."""
    level, sign = ("offered", "✓") if found.holds else ("caution", "?")
    if found.broken:
        level, sign = "stop", "■"
    return {"level": level, "sign": sign, "words": found.sentence, "reasons": ()}


def choose(people: Sequence[str], actions: Sequence[str]) -> LogFilter:
    """Draw the choices; another choice begins at the newest entry again."""
    with st.container(horizontal=True, gap="small", key="row_of_log_choices"):
        name = st.selectbox(
            _("Period"),
            list(PRESETS),
            index=list(PRESETS).index("30_days"),
            format_func=phrases.wording(PRESETS),
            key="log_period",
            on_change=_from_the_newest,
            width=170,
        )
        period = preset(name, context.today())
        if name == "custom":
            period = _days(context.today())
        who = st.multiselect(
            _("Who"),
            people,
            key="log_people",
            placeholder=_("Everybody"),
            on_change=_from_the_newest,
            width=300,
        )
        what = st.multiselect(
            _("Did what"), actions, format_func=change_log_words.action, key="log_actions",
            placeholder=_("Everything"), on_change=_from_the_newest, width=300,
        )  # fmt: skip
    return LogFilter(period, tuple(who), tuple(what))


def _days(today: date) -> Period:
    chosen = st.date_input(
        _("From and to"),
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


def show_entries(choice: LogFilter) -> None:
    """A page of the log, its files, and the ways to older entries and back."""
    before: int | None = st.session_state.get(_BEFORE)
    found = entries(
        context.db(),
        context.actor(),
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
            title=_("Nothing stands in the change log for this choice."),
            text=_("Choose a longer period, other people or other actions above."),
        )
    else:
        _show_page(shown, choice)
    with st.container(horizontal=True, gap="small", key="log_pages"):
        if before is not None and st.button(_("Back to the newest"), key="log_newest"):
            _from_the_newest()
            st.rerun()
        if more and st.button(
            _("Older than entry {seq}").format(seq=shown[-1].seq), key="log_older"
        ):
            st.session_state[_BEFORE] = shown[-1].seq
            st.rerun()


def _show_page(shown: Sequence[Entry], choice: LogFilter) -> None:
    names = context.actor().may("patients.view")
    frame = as_frame(shown, names=names)
    heads = (
        (_("When (UTC)"), False),
        (_("Who"), False),
        (_("Role"), False),
        (_("Did what"), False),
        (_("Of what"), False),
        (_("Which"), False),
        (_("Rows"), True),
        (_("Entry"), True),
    )
    caption = _("{filter} Newest first.").format(filter=choice.words)
    if not names:
        caption += " " + _("Patients stand by their number inside the file.")
    page.show_table(
        _("Entries"),
        caption,
        [page.column(head, number=number) for head, number in heads],
        [
            [
                page.Cell(_when(entry), entry.seq),
                entry.actor,
                role_name(entry.role),
                change_log_words.action(entry.action),
                change_log_words.table_words(entry.table),
                change_log_words.row_words(entry, names=names),
                format_number(entry.rows),
                str(entry.seq),
            ]
            for entry in shown
        ],
        aside=_("entries {first} to {last}").format(first=shown[-1].seq, last=shown[0].seq),
        sheet=DownloadTable(
            title=_("Change log"),
            frame=frame,
            about=(
                (_("Clinic"), context.clinic().name_on_documents),
                (_("Filter"), choice.words),
                (_("Made"), utc_now().isoformat(timespec="seconds")),
            ),
        ),
    )


def _when(entry: Entry) -> str:
    return f"{format_day(entry.at)}, {entry.at:%H:%M:%S}"


def as_frame(shown: Sequence[Entry], *, names: bool) -> pd.DataFrame:
    """Entries as a table for a file.

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
            "which": [change_log_words.row_words(entry, names=names) for entry in shown],
            "rows": [entry.rows for entry in shown],
        }
    )
