"""How often side effects follow: per session, patient and treated area, with intervals."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.figures.dot_whisker import dot_whisker
from mesodash.language import N_, _
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.side_effects import overview

SPLITS = ("protocol", "area", "practitioner", "product", "lot")
UNITS = {"session": N_("Sessions"), "patient": N_("Patients"), "area": N_("Treated areas")}
PER_CENT = {
    "session": N_("% of sessions"),
    "patient": N_("% of patients"),
    "area": N_("% of treated areas"),
}
ASKED = N_("Who is followed up more has more on record: the table gives the share followed up.")
FEWEST = 5
"""No share is drawn or given of fewer."""
MOST_ROWS = 12
AXIS_ENDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75)
MOST_LISTED = 200


def show(view: ReviewView, frame: pd.DataFrame) -> None:
    """The chart of one denominator and the table of all three."""
    with st.container(horizontal=True, gap="small", key="row_of_often_choices"):
        unit = st.segmented_control(
            _("Out of"),
            list(UNITS),
            default="session",
            required=True,
            format_func=phrases.wording(UNITS),
            key="often_of",
            bind="query-params",
        )
        split = st.selectbox(
            _("Compare by"),
            SPLITS,
            index=None,
            format_func=labels.key_word,
            key="often_split",
            bind="query-params",
            placeholder=_("All effects"),
            width=165,
        )
        effect = None
        if split:
            effect = st.selectbox(
                _("Side effect"),
                overview.effects_by_number(frame),
                format_func=lambda code: labels.value(view.catalogue, "effect", code),
                key="effects_which",
                bind="query-params",
                width=210,
            )
    rows = view.report("incidence", ("effect", split) if split else ("effect",))
    if split:
        rows = rows[rows["effect"] == effect]
    rows = rows[rows[f"{unit}_share"].notna()]
    rows = rows.sort_values(f"{unit}s_with", ascending=False, kind="stable")
    if rows.empty:
        markup.show(
            "empty",
            title=_("Nothing to show for this choice."),
            text=_("No group has a report that may be shown with this denominator."),
        )
        return
    _show_chart(view, rows, unit or "session", split, effect)
    _show_table(view, rows, split, effect)


def _name(view: ReviewView, row: Mapping[Any, Any], key: str) -> str:
    return labels.value(view.catalogue, key, row[key])


def _show_chart(
    view: ReviewView, rows: pd.DataFrame, unit: str, split: str | None, effect: str | None
) -> None:
    key = split or "effect"
    large = rows[rows[f"{unit}s"] >= FEWEST]
    drawn = large.head(MOST_ROWS)
    if drawn.empty:
        return
    about = labels.value(view.catalogue, "effect", effect) if effect else _("Side effects")
    said = [view.caption(rows), _("n is the denominator; lines are 95 % intervals.")]
    if len(drawn) < len(large):
        said.append(_("The {n} most frequent of {of}.").format(n=len(drawn), of=len(large)))
    if len(large) < len(rows):
        said.append(_("Denominators under {n} are not drawn.").format(n=FEWEST))
    if split:
        said.append(_("Not compared on purpose: look at the intervals."))
        said.append(_(ASKED))
    page.show_chart(
        dot_whisker(
            pd.DataFrame(
                {
                    "label": [_name(view, row, key) for row in drawn.to_dict("records")],
                    "n": drawn[f"{unit}s"].to_list(),
                    "value": drawn[f"{unit}_share"].to_list(),
                    "low": drawn[f"{unit}_low"].to_list(),
                    "high": drawn[f"{unit}_high"].to_list(),
                }
            ),
            title=_("{effect}, {per_cent}").format(effect=about, per_cent=_(PER_CENT[unit])),
            subtitle=" ".join(said),
            unit=_(PER_CENT[unit]),
            share=True,
            limits=(0, axis_end(drawn[f"{unit}_high"])),
        ),
        key="effects_often",
        definition=_(
            "Sessions (patients, treated areas) with the effect, of all in the same scope. Each"
            " counts once, however often the effect was noted. Areas: only effects recorded with"
            " their area."
        ),
    )


def axis_end(highs: pd.Series) -> float:
    """The end of an axis of shares that begins at 0: near the data, and at most 1."""
    highest = highs.max()
    return next((end for end in AXIS_ENDS if highest <= end), 1.0)


def _show_table(
    view: ReviewView, rows: pd.DataFrame, split: str | None, effect: str | None
) -> None:
    key = split or "effect"
    title = (
        _("How often: {effect} by {key}").format(
            effect=labels.value(view.catalogue, "effect", effect), key=labels.key_word(key)
        )
        if effect
        else _("How often: all effects")
    )
    shown = rows.head(MOST_LISTED)
    page.show_table(
        title,
        " ".join(
            [
                view.caption(rows),
                _("Shares with 95 % intervals; counts are with / of."),
            ]
        ),
        [
            page.key_head(key),
            *(
                column
                for unit, word in UNITS.items()
                for column in (
                    page.head("incidence", "with_of", unit=_(word)),
                    page.head("incidence", "share", per_cent=_(PER_CENT[unit]), n=FEWEST),
                )
            ),
            page.head("incidence", "followed_share"),
        ],
        [
            [
                _name(view, row, key),
                *(cell for unit in UNITS for cell in _cells(row, unit)),
                page.Cell(phrases.percent(row["followed_share"]), row["followed_share"]),
            ]
            for row in shown.to_dict("records")
        ],
        sheet=view.sheet(title, rows, "incidence"),
    )


def _cells(row: Mapping[Any, Any], unit: str) -> tuple[page.Cell, page.Cell]:
    count = f"{phrases.number(row[f'{unit}s_with'])} / {phrases.number(row[f'{unit}s'])}"
    share, low, high = (row[f"{unit}_{part}"] for part in ("share", "low", "high"))
    if not phrases.is_missing(share) and row[f"{unit}s"] < FEWEST:
        return page.Cell(count, row[f"{unit}s_with"]), page.Cell(overview.too_few(), None)
    return (
        page.Cell(count, row[f"{unit}s_with"]),
        page.Cell(phrases.interval(phrases.exact_percent, share, low, high), share),
    )


def show_reactions(view: ReviewView, _frame: pd.DataFrame) -> None:
    """The table of injection-site reactions in the form of a publication."""
    frame = view.report("reactions", ("effect",))
    if frame.empty:
        markup.show("empty", title=_("No reaction may be shown."), text=view.caption(frame))
        return
    frame = frame.sort_values("sessions_with", ascending=False, kind="stable")
    sessions, patients = (int(frame[name].max()) for name in ("sessions", "patients"))
    title = _("Injection-site reactions")
    whole = _("{sessions} of {patients}").format(
        sessions=phrases.sessions(sessions), patients=phrases.patients(patients)
    )
    page.show_table(
        title,
        " ".join(
            [
                view.caption(frame),
                f"{whole}.",
                _("One session counts once, by its worst grade."),
            ]
        ),
        [
            page.head("reactions", "reaction", number=False),
            page.head("reactions", "sessions_with"),
            page.head("reactions", "patients_with"),
            page.head("reactions", "mild"),
            page.head("reactions", "moderate"),
            page.head("reactions", "severe"),
            page.head("reactions", "not_graded"),
            page.head("reactions", "median_days", interval=True),
            page.head("reactions", "longest_days"),
        ],
        [
            [
                labels.value(view.catalogue, "effect", row["effect"]),
                _n_percent(row["sessions_with"], row["session_share"]),
                _n_percent(row["patients_with"], row["patient_share"]),
                *(phrases.number(row[name]) for name in ("mild", "moderate", "severe",
                                                         "not_graded")),
                page.Cell(overview.median_of(row), row["median_days"]),
                page.Cell(
                    phrases.duration(row["longest_days"]) + ("+" if row["longest_open"] else ""),
                    row["longest_days"]),
            ]
            for row in frame.to_dict("records")
        ],
        sheet=view.sheet(title, frame, "reactions", about={_("Denominator"): whole}),
    )  # fmt: skip


def _n_percent(n: Any, share: Any) -> page.Cell:
    return page.Cell(f"{phrases.number(n)} ({phrases.exact_percent(share)})", n)
