"""History of the chosen areas: the sessions over time and as a table, and how well it worked."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.consult.intervals import rested
from mesodash.figures.timeline import timeline
from mesodash.language import _, ngettext
from mesodash.records.patients.overview import ComingSession, CourseScore
from mesodash.records.treatment.history import TreatedSession, area_history
from mesodash.reports.core.filters import Filters
from mesodash.ui.body_map.consultation import Consultation
from mesodash.ui.body_map.treated_sessions import lasted, scores, show_table, visits
from mesodash.ui.parts import duration_bars, markup, phrases, unavailable, waiting
from mesodash.ui.planning import planned_sessions
from mesodash.ui.shell import context

SHOWN_AT_FIRST = 12
MORE = 40
CONFIG = {"displayModeBar": False, "scrollZoom": False}


def show_history_here(consultation: Consultation) -> None:
    """Draw the timeline, the table and, below them, the clinic's results in these areas."""
    asked_for, limit = st.session_state.get("body_history", (None, SHOWN_AT_FIRST))
    if asked_for != (consultation.chosen, consultation.patient_id):
        limit = SHOWN_AT_FIRST
    rows = area_history(
        context.db(),
        consultation.sites,
        consultation.actor,
        patient_id=consultation.patient_id,
        limit=max(limit, MORE) + 1,
    )
    planned = consultation.overview.planned if consultation.overview else ()
    if rows or planned:
        _show_timeline(consultation, rows[: max(limit, MORE)], planned)
    if planned:
        planned_sessions.show_planned(consultation, planned)
    if consultation.overview and consultation.overview.scores:
        _then_and_now(consultation, consultation.overview.scores)
    if rows:
        show_table(
            consultation.catalogue, rows[:limit], with_patient=consultation.patient_id is None
        )
        if len(rows) > limit and st.button(_("Show more sessions"), key="body_more"):
            st.session_state["body_history"] = (
                (consultation.chosen, consultation.patient_id),
                limit + MORE,
            )
            st.rerun()
    else:
        text = (
            _("No session of patient {patient} is recorded in these areas.")
            if consultation.patient_id
            else _("No session of this clinic is recorded in these areas.")
        )
        markup.show(
            "empty", title=_("History here"), text=text.format(patient=consultation.patient_id)
        )
    _clinic(consultation)


def glance(consultation: Consultation) -> str | None:
    """One line on what was done here for the patient and whether it may be repeated."""
    if consultation.patient is None or not consultation.chosen:
        return None
    states = rested(
        consultation.catalogue,
        consultation.last_treated,
        consultation.versions,
        consultation.overview.under_way if consultation.overview else (),
        consultation.chosen,
        consultation.today,
        protocol=consultation.protocol.code if consultation.protocol else None,
    )
    by_sentence: dict[str, list[str]] = {}
    for site, state in states.items():
        label = consultation.catalogue.label(site.area, site.side)
        by_sentence.setdefault(state.sentence, []).append(label)
    if len(by_sentence) == 1:  # the same of all: the heading above names them
        return next(iter(by_sentence))
    return " ".join(f"{'; '.join(names)}: {said}" for said, names in by_sentence.items())


def _show_timeline(
    consultation: Consultation, rows: Sequence[TreatedSession], planned: Sequence[ComingSession]
) -> None:
    chart = timeline(
        visits(
            consultation.catalogue,
            rows,
            planned,
            consultation.chosen,
            with_patient=consultation.patient is None,
        ),
        lasted(consultation.catalogue, rows),
        scores(
            consultation.catalogue, consultation.overview.scores if consultation.overview else ()
        ),
        today=consultation.today,
        subtitle=_subtitle(consultation, rows),
    )
    with st.container(border=True, key="card_timeline"):
        markup.show("section", title=chart.title, aside="", text=chart.subtitle)
        st.plotly_chart(chart.figure, key="timeline", theme=None, config=CONFIG, alt=chart.alt)


def _subtitle(consultation: Consultation, rows: Sequence[TreatedSession]) -> str:
    n = len({row.session_id for row in rows})
    legend = _("Hollow: planned. Bars: side effects from onset to end.")
    if not rows:
        return legend
    if consultation.patient_id:
        text = ngettext(
            "{n} session of {patient}, {first} to {last}.",
            "{n} sessions of {patient}, {first} to {last}.",
            n,
        )
    else:
        text = ngettext(
            "{n} session of all patients, {first} to {last}.",
            "{n} sessions of all patients, {first} to {last}.",
            n,
        )
    first, last = phrases.day(rows[-1].held_at), phrases.day(rows[0].held_at)
    said = text.format(n=phrases.number(n), patient=consultation.patient_id, first=first, last=last)
    return f"{said} {legend}"


def _then_and_now(consultation: Consultation, measured: Sequence[CourseScore]) -> None:
    rows = then_and_now(consultation.catalogue, measured)
    if not rows:
        return
    markup.show(
        "table",
        title=_("Outcome then and now"),
        aside=_("patient {patient}").format(patient=consultation.patient_id),
        caption=_("First and last score of each course."),
        columns=[
            {"label": _("Protocol"), "number": False, "help": "", "kind": "wide"},
            {"label": _("Scale"), "number": False, "help": "", "kind": "wide"},
            {"label": _("Then"), "number": False, "help": "", "kind": "short"},
            {"label": _("Now"), "number": False, "help": "", "kind": "short"},
            {"label": _("Change"), "number": True, "help": _("last minus first")},
        ],
        rows=rows,
    )


def then_and_now(catalogue: Catalogue, measured: Sequence[CourseScore]) -> list[list[str]]:
    """Rows of protocol, scale, first score with its day, last score with its day, change.

    One score alone has no now; a scale whose scores are changes themselves has no change.
    """
    groups: dict[tuple[str | None, str, str | None], list[CourseScore]] = {}
    for one in measured:
        if one.scale in catalogue.scales:
            groups.setdefault((one.course_id, one.scale, one.area), []).append(one)
    rows = []
    for (_course, code, _area), these in groups.items():
        scale, first, last = catalogue.scales[code], these[0], these[-1]
        alone = len(these) == 1
        rows.append(
            [
                planned_sessions.protocol_words(catalogue, first.protocol),
                scale.label,
                f"{phrases.plain(first.value)} ({phrases.day(first.measured_on)})",
                phrases.MISSING
                if alone
                else f"{phrases.plain(last.value)} ({phrases.day(last.measured_on)})",
                phrases.MISSING
                if alone or scale.is_change
                else phrases.signed(last.value - first.value),
            ]
        )
    return rows


def _clinic(consultation: Consultation) -> None:
    """How well it worked and how long side effects lasted, over all of the clinic's patients."""
    filters = Filters(areas=consultation.areas)
    with unavailable.showing_failure(_("How well it worked here")):
        show_results(
            consultation.catalogue,
            waiting.rows(consultation.reports, "outcomes", filters, ("protocol", "scale")),
        )
    with unavailable.showing_failure(_("How long side effects last here")):
        duration_bars.show_lasting(
            consultation.catalogue,
            waiting.rows(consultation.reports, "side_effects", filters, ("effect",)),
            title=_("How long side effects last here"),
            period=_("all of the clinic's sessions in these areas"),
        )


Row = Mapping[Any, Any]

ENOUGH_PATIENTS = 5


def show_results(catalogue: Catalogue, outcomes: Sequence[Row]) -> None:
    """Change from baseline by protocol and scale, with intervals."""
    rows = [row for row in outcomes if row["patients"] >= ENOUGH_PATIENTS]
    small = len(outcomes) - len(rows)
    if not rows:
        markup.show(
            "empty",
            title=_("How well it worked here"),
            text=_("No protocol has outcomes of {n} patients or more in these areas.").format(
                n=ENOUGH_PATIENTS
            ),
        )
        return
    caption = _("First to last score of a course; mean change and responders with 95 % intervals.")
    if small:
        few = _("Rows of fewer than {n} patients are not shown ({left}).")
        caption += " " + few.format(n=ENOUGH_PATIENTS, left=small)
    markup.show(
        "table",
        title=_("How well it worked here"),
        aside=_("all of the clinic's courses in these areas"),
        caption=caption,
        columns=[
            {"label": _("Protocol"), "number": False, "help": ""},
            {"label": _("Scale"), "number": False, "help": ""},
            {"label": _("Patients"), "number": True, "help": _("with a first and a last score")},
            {"label": _("Before"), "number": True, "help": _("mean of the first scores")},
            {"label": _("Last"), "number": True, "help": _("mean of the last scores")},
            {
                "label": _("Change (95 %)"),
                "number": True,
                "help": _("mean change with its interval"),
            },
            {"label": _("Responders (95 %)"), "number": True, "help": _("by the scale's own rule")},
        ],
        rows=[_result(catalogue, row) for row in rows],
    )


def _result(catalogue: Catalogue, row: Row) -> list[str]:
    scale = catalogue.scales[row["scale"]]
    change = _("the score is a change") if scale.is_change else phrases.signed(row["change_mean"])
    if not scale.is_change and not phrases.is_missing(row["change_low"]):
        low, high = phrases.signed(row["change_low"]), phrases.signed(row["change_high"])
        change += f" ({low} to {high})"
    responders = phrases.percent(row["responder_rate"])
    if not phrases.is_missing(row["rate_low"]):
        low, high = phrases.percent(row["rate_low"]), phrases.percent(row["rate_high"])
        responders += f" ({low} to {high})"
    return [
        catalogue.protocols[row["protocol"]].label
        if row["protocol"] in catalogue.protocols
        else row["protocol"],
        scale.label,
        phrases.number(row["patients"]),
        phrases.number(row["baseline_mean"], 1),
        phrases.number(row["last_mean"], 1),
        change,
        responders,
    ]
