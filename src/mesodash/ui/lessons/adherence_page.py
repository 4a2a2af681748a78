"""Adherence for the clinic's own trainer: what was done beside the adopted version, as spreads.

Practitioners are listed by name in the order of their ids, never of their figures; groups too small
to hide a patient are left out for everybody, and nothing is shown while a room looks on. What the
notes say is for who may see sessions: a note may name a patient.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.documents.small_groups import SMALLEST, suppressed
from mesodash.figures.dot_whisker import spread_rows
from mesodash.language import (
    _,
    format_day,
    format_interval,
    format_number,
    format_percent,
    ngettext,
)
from mesodash.reports.core.filters import Filters
from mesodash.reports.courses.adherence import MEASURES, NOT_SAID
from mesodash.ui.parts import filters, labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link

REPORT: Final = "adherence"
CHOSEN: Final = "adherence_reasons"
"""The report that counts the reasons chosen in the session's form."""
MOST_REASONS: Final = 100
PERIODS: Final = ("12_months", "3_months", "this_year", "last_year", "all")
COLUMNS: Final = ("compared", "patients", "kept", "kept_share", "with_reason", "explained",
    "low_tenth", "middle", "high_tenth")  # fmt: skip


def show_adherence() -> None:
    """Draw the choice of a period, a protocol and a measure, and each practitioner's spread."""
    if context.is_teaching(context.clinic()):
        markup.show(
            "empty",
            title=_("Not in teaching mode"),
            text=_("Others look on in teaching mode, so no figure of the clinic is shown."),
        )
        return
    catalogue = context.catalogue()
    names = {p.code: p.label for p in catalogue.protocols.values()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="adherence_row"):
        period = st.selectbox(
            _("Period"),
            PERIODS,
            format_func=phrases.wording({one: filters.PRESETS[one] for one in PERIODS}),
            key="adherence_period",
            width=200,
        )
        protocol = st.selectbox(
            _("Protocol"),
            list(names),
            index=None,
            format_func=phrases.wording(names),
            key="adherence_protocol",
            placeholder=_("All adopted"),
            width=340,
        )
    chosen = Filters(
        period=filters.preset(period if period in PERIODS else PERIODS[0], context.today()),
        protocols=(protocol,) if protocol in names else (),
    )
    frame = suppressed(context.reader().report(REPORT, chosen), REPORT)
    hidden = int(frame.attrs["suppressed"])
    frame = frame[frame["practitioner"].notna() & (frame["practitioner"] != "None")]

    if hidden:
        text = ngettext(
            "{n} group of fewer than {least} patients is left out.",
            "{n} groups of fewer than {least} patients are left out.",
            hidden,
        )
        markup.show("note", text=text.format(n=format_number(hidden), least=SMALLEST))
    if frame.empty:
        markup.show(
            "empty",
            title=_("Nothing to compare"),
            text=_(
                "Sessions are compared once the clinic has adopted a protocol with figures of its"
                " own, from {least} patients on."
            ).format(least=SMALLEST),
        )
        link("adopted", _("Our protocols"), icon=":material/fact_check:")
        return
    markup.show(
        "note",
        text=_(
            "What was done beside the adopted figure, in the order of ids. A departure is no"
            " mistake: whoever may see sessions reads why in the session's note."
        ),
    )
    told = filters.describe(chosen, catalogue)
    reasons = _reasons(chosen)
    chosen_reasons = suppressed(context.reader().report(CHOSEN, chosen), CHOSEN)
    for measure, word in MEASURES.items():
        rows = frame[frame["measure"] == measure].sort_values("practitioner").to_dict("records")
        if rows:
            _show_measure(catalogue, measure, _(word), rows, told)
            _show_chosen(catalogue, chosen_reasons[chosen_reasons["measure"] == measure], _(word),
                told)  # fmt: skip
            if reasons is not None:
                _show_reasons(catalogue, reasons[reasons["measure"] == measure], _(word), told)


def _reasons(chosen: Filters) -> pd.DataFrame | None:
    """The notes of sessions that depart, if who may see sessions asks for them."""
    if not context.actor().may("sessions.view"):
        return None
    asked = st.toggle(
        _("Show what the sessions' notes say"),
        key="adherence_reasons",
        help=_("That you opened them is noted in the change log."),
    )
    return context.reader().departures(context.actor(), chosen) if asked else None


def _show_chosen(catalogue: Catalogue, found: pd.DataFrame, word: str, told: str) -> None:
    """How often each reason was chosen, by practitioner, in the order of the catalogue's list."""
    order = {code: place for place, code in enumerate((*catalogue.departures, NOT_SAID))}
    found = found[found["practitioner"].notna() & (found["practitioner"] != "None")]
    rows = sorted(
        found.to_dict("records"),
        key=lambda row: (row["practitioner"], order.get(row["reason"], len(order))),
    )
    if not rows:
        return
    page.show_table(
        _("{measure}: reasons chosen").format(measure=word),
        " ".join(
            [told, _("One reason a session, counted at each figure from which it departs; groups of"
             " fewer than {least} patients are left out.").format(least=SMALLEST)]
        ),
        [
            page.key_head("practitioner"),
            page.column(_("Reason"), number=False),
            *(page.head(CHOSEN, name) for name in ("departed", "patients")),
        ],
        [
            [
                labels.value(catalogue, "practitioner", row["practitioner"]),
                _reason(catalogue, row["reason"]),
                *(format_number(row[name]) for name in ("departed", "patients")),
            ]
            for row in rows
        ],
    )  # fmt: skip


def _reason(catalogue: Catalogue, code: str) -> str:
    known = catalogue.departures.get(code)
    if known is not None:
        return known.label
    return _("Not said") if code == NOT_SAID else code


def _show_reasons(catalogue: Catalogue, found: pd.DataFrame, word: str, told: str) -> None:
    title = _("{measure}: what the notes say").format(measure=word)
    if found.empty:
        text = _("{title}: no session that departs has a note.").format(title=title)
        markup.show("note", text=text)
        return
    shown = found.head(MOST_REASONS)
    n = ngettext("{n} departure with a note, by day.", "{n} departures with a note, by day.",
        len(found)).format(n=format_number(len(found)))  # fmt: skip
    said = [told, n]
    if len(shown) < len(found):
        said.append(_("The newest {n} are shown.").format(n=format_number(MOST_REASONS)))
    page.show_table(
        title,
        " ".join(said),
        [
            page.column(_("Day"), number=False),
            page.key_head("practitioner"),
            page.column(_("Note"), number=False),
            page.column(_("% of the adopted figure")),
            page.key_head("protocol"),
            page.column(_("Session"), number=False),
        ],
        [
            [
                page.Cell(format_day(row["held_on"]), str(row["held_on"])),
                labels.value(catalogue, "practitioner", row["practitioner"]),
                row["note"],
                page.Cell(format_percent(row["share"]), row["share"]),
                labels.value(catalogue, "protocol", row["protocol"]),
                row["session_id"],
            ]
            for row in shown.to_dict("records")
        ],
    )


def _show_measure(
    catalogue: Catalogue, measure: str, word: str, rows: Sequence[Mapping[Any, Any]], told: str
) -> None:
    box = _("Box: the middle half; line: from the lowest to the highest tenth.")
    drawn = spread_rows(
        [
            (
                labels.value(catalogue, "practitioner", row["practitioner"]),
                int(row["compared"]),
                tuple(row[name] for name in _ENDS),
            )
            for row in rows
        ],
        title=_("{measure}, % of the adopted figure").format(measure=word),
        subtitle=f"{told} {box}",
    )
    page.show_chart(drawn, key=f"adherence_{measure}")
    page.show_table(
        _("{measure}, by practitioner").format(measure=word),
        told,
        [page.key_head("practitioner"), *(page.head(REPORT, name) for name in COLUMNS)],
        [_cells(catalogue, row) for row in rows],
    )


_ENDS: Final = ("low_tenth", "low_quarter", "middle", "high_quarter", "high_tenth")


def _cells(catalogue: Catalogue, row: Mapping[Any, Any]) -> list[str]:
    share = format_interval(format_percent, row["kept_share"], row["kept_low"], row["kept_high"])
    return [
        labels.value(catalogue, "practitioner", row["practitioner"]),
        *(format_number(row[name]) for name in ("compared", "patients", "kept")),
        share,
        *(format_number(row[name]) for name in ("with_reason", "explained")),
        *(format_percent(row[name]) for name in ("low_tenth", "middle", "high_tenth")),
    ]
