"""The late watch on the due page: every session of the last twelve weeks, and who was in touch."""

from datetime import date

import streamlit as st

from mesodash.catalogue.watching import late_watches
from mesodash.language import _, format_list, ngettext
from mesodash.records.watch.late_watch import (
    WATCHED_DAYS,
    WatchedSession,
    count_under_watch,
    sessions_under_watch,
)
from mesodash.records.watch.red_cards import COUNT
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.shell import context

MOST_ROWS = 200


def show(view: ReviewView, today: date) -> None:
    """The list, folded under its count; only the count for those who may not see patients."""
    actor = context.actor()
    if not actor.may(COUNT):
        return
    if not view.lists_people:
        n = count_under_watch(context.db(), actor, today)
        markup.show("note", text=_line(n))
        return
    watched = sessions_under_watch(context.db(), actor, today)
    with st.expander(_line(len(watched)), key="due_watch"):
        if not watched:
            return
        asked = sum(one.last_contact is not None for one in watched)
        said = _("After {n} of them somebody has been in touch.").format(n=phrases.number(asked))
        if len(watched) > MOST_ROWS:
            said += " " + _("The first {n}.").format(n=MOST_ROWS)
        page.show_table(
            _("Late watch"),
            f"{said} {_windows(view)}",
            [
                page.column(_("Patient"), number=False, short=True),
                page.column(_("Session"), number=False, short=True),
                page.column(_("Days left"), _("of the twelve weeks")),
                page.column(_("Last contact"), _("or later visit"), number=False, short=True),
                page.column(_("Open side effects"), _("of this session")),
                page.column(_("Red cards"), _("of the patient, not closed")),
                page.column(_("Protocol"), number=False),
            ],
            [_row(view, one, today) for one in watched[:MOST_ROWS]],
        )


def _line(n: int) -> str:
    return ngettext(
        "Late watch: {n} session of the last {weeks} weeks",
        "Late watch: {n} sessions of the last {weeks} weeks",
        n,
    ).format(n=phrases.number(n), weeks=WATCHED_DAYS // 7)


def _windows(view: ReviewView) -> str:
    """What to look for, and in which days, as the catalogue says."""
    said = []
    for watch in late_watches(view.catalogue):
        effects = [labels.value(view.catalogue, "effect", code) for code in watch.effects]
        said.append(
            _("day {first} to {last}: {effects}").format(
                first=watch.from_day, last=watch.to_day, effects=format_list(effects)
            )
        )
    return _("What to look for, {windows}.").format(windows="; ".join(said))


def _row(view: ReviewView, one: WatchedSession, today: date) -> list[str | page.Cell]:
    contact = one.last_contact
    return [
        one.patient_id,
        page.Cell(phrases.day(one.held_at[:10]), one.held_at),
        phrases.number(one.days_left(today)),
        page.Cell(phrases.day(contact), contact) if contact else page.Cell(_("none"), ""),
        phrases.number(one.open_effects),
        phrases.number(one.red_cards),
        labels.value(view.catalogue, "protocol", one.protocol),
    ]
