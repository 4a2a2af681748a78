"""History of the chosen areas: the sessions over time, what is planned, outcomes then and now."""

from collections.abc import Sequence

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue
from mesodash.figures.timeline import Lasted, Measured, Visit, timeline
from mesodash.records.history import TreatedSession, area_history
from mesodash.records.patient_areas import ComingSession, CourseScore
from mesodash.reports.filters import Filters
from mesodash.ui import access, lasting, markup, phrases, unread, waiting
from mesodash.ui.consult import clinic_results, history_table, planned_here
from mesodash.ui.consult.rested import rested
from mesodash.ui.consult.scene import Scene

SHOWN_AT_FIRST = 12
MORE = 40
FULL_DATE = len("2026-01-31")
CONFIG = {"displayModeBar": False, "scrollZoom": False}


def show_history_here(scene: Scene) -> None:
    """Draw the timeline, the table and, below them, the clinic's results in these areas."""
    asked_for, limit = st.session_state.get("body_history", (None, SHOWN_AT_FIRST))
    if asked_for != (scene.chosen, scene.patient_id):
        limit = SHOWN_AT_FIRST
    rows = area_history(
        access.db(),
        scene.sites,
        scene.actor,
        patient_id=scene.patient_id,
        limit=max(limit, MORE) + 1,
    )
    planned = scene.standing.planned if scene.standing else ()
    if rows or planned:
        _show_timeline(scene, rows[: max(limit, MORE)], planned)
    if planned:
        planned_here.show_planned(scene, planned)
    if scene.standing and scene.standing.scores:
        _then_and_now(scene, scene.standing.scores)
    if rows:
        history_table.show_history(
            scene.catalogue, rows[:limit], with_patient=scene.patient_id is None
        )
        if len(rows) > limit and st.button("Show more sessions", key="body_more"):
            st.session_state["body_history"] = ((scene.chosen, scene.patient_id), limit + MORE)
            st.rerun()
    else:
        whose = f"patient {scene.patient_id}" if scene.patient_id else "this clinic"
        markup.show(
            "empty",
            title="History here",
            text=f"No session of {whose} is recorded in these areas.",
        )
    _clinic(scene)


def glance(scene: Scene) -> str | None:
    """One line of what was done here for the patient and whether it may be done again."""
    if scene.patient is None or not scene.chosen:
        return None
    states = rested(
        scene.catalogue,
        scene.last_treated,
        scene.versions,
        scene.standing.under_way if scene.standing else (),
        scene.chosen,
        scene.today,
        protocol=scene.protocol.code if scene.protocol else None,
    )
    by_sentence: dict[str, list[str]] = {}
    for site, state in states.items():
        label = scene.catalogue.label(site.area, site.side)
        by_sentence.setdefault(state.sentence, []).append(label)
    if len(by_sentence) == 1:  # the same of all: the heading above names them
        return next(iter(by_sentence))
    return " ".join(f"{'; '.join(names)}: {said}" for said, names in by_sentence.items())


def _show_timeline(
    scene: Scene, rows: Sequence[TreatedSession], planned: Sequence[ComingSession]
) -> None:
    chart = timeline(
        visits(scene.catalogue, rows, planned, scene.chosen, with_patient=scene.patient is None),
        lasted(scene.catalogue, rows),
        scores(scene.catalogue, scene.standing.scores if scene.standing else ()),
        today=scene.today,
        subtitle=_subtitle(scene, rows),
    )
    with st.container(border=True, key="card_timeline"):
        markup.show("section", title=chart.title, aside="", text=chart.subtitle)
        st.plotly_chart(chart.figure, key="timeline", theme=None, config=CONFIG, alt=chart.alt)


def _subtitle(scene: Scene, rows: Sequence[TreatedSession]) -> str:
    sessions = len({row.session_id for row in rows})
    whose = scene.patient_id or "all patients"
    text = f"{phrases.count(sessions, 'session')} of {whose}"
    if rows:
        text += f", {phrases.day(rows[-1].held_at)} to {phrases.day(rows[0].held_at)}"
    return f"{text}. Hollow: planned. Bars: side effects from onset to end."


def visits(
    catalogue: Catalogue,
    rows: Sequence[TreatedSession],
    planned: Sequence[ComingSession],
    chosen: Sequence[AreaSide],
    *,
    with_patient: bool,
) -> list[Visit]:
    """Held and planned sessions as marks: a lane an area and side, a group a protocol."""
    marks = [
        Visit(
            lane=catalogue.label(row.area, row.side),
            at=row.held_at,
            group=planned_here.protocol_words(catalogue, row.protocol),
            words="<br>".join(_words(catalogue, row, with_patient=with_patient)),
        )
        for row in rows
    ]
    whole = [(site.area, site.side) for site in chosen]
    for session in planned:
        # A course made elsewhere may plan a day without saying where: it is drawn where it is due.
        lanes = dict.fromkeys(mark.lane for mark in marks) if not session.places else {}
        for lane in lanes or [catalogue.label(*place) for place in session.places or whole]:
            group = planned_here.protocol_words(catalogue, session.protocol)
            words = f"{phrases.day(session.planned_at)}<br>{group}<br>planned"
            marks.append(Visit(lane, session.planned_at, group, words, planned=True))
    return marks


def _words(catalogue: Catalogue, row: TreatedSession, *, with_patient: bool) -> list[str]:
    lines = [phrases.day(row.held_at), planned_here.protocol_words(catalogue, row.protocol)]
    if with_patient:
        lines.insert(0, row.patient_id)
    lines.append(history_table.dose(row))
    lines += [
        f"{product}{f', lot {lot}' if lot else ''}"
        + (f", {phrases.plain(ml)} mL" if ml is not None else "")
        for product, lot, ml in row.products
    ]
    lines += [history_table.effect_words(catalogue, effect) for effect in row.effects]
    return [_plain(line) for line in lines if line != phrases.MISSING]


def _plain(text: str) -> str:
    """Text that plotly would read as markup, made harmless: products and terms are free text."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def lasted(catalogue: Catalogue, rows: Sequence[TreatedSession]) -> list[Lasted]:
    """Side effects known to the day at their onset; one without a later day is a day long."""
    bars = []
    seen = set()
    for row in rows:
        for effect in row.effects:
            key = (row.session_id, effect)
            if len(effect.onset_at) < FULL_DATE or key in seen:
                continue
            seen.add(key)
            end = effect.resolved_at or effect.gone_by_at
            if end is not None and len(end) < FULL_DATE:
                continue
            known = catalogue.side_effects.get(effect.effect)
            bars.append(
                Lasted(
                    effect=known.label if known else effect.effect,
                    start=effect.onset_at,
                    end=end or effect.last_seen_at or effect.onset_at,
                    ended=end is not None,
                    words=_plain(
                        f"{phrases.day(effect.onset_at)}: "
                        f"{history_table.effect_words(catalogue, effect)}"
                    ),
                )
            )
    return bars


def scores(catalogue: Catalogue, measured: Sequence[CourseScore]) -> list[Measured]:
    """Outcomes of the patient in the order of their days."""
    return [
        Measured(catalogue.scales[one.scale].label, one.measured_on[:FULL_DATE], one.value)
        for one in measured
        if one.scale in catalogue.scales
    ]


def _then_and_now(scene: Scene, measured: Sequence[CourseScore]) -> None:
    rows = then_and_now(scene.catalogue, measured)
    if not rows:
        return
    markup.show(
        "table",
        title="Outcome then and now",
        aside=f"patient {scene.patient_id}",
        caption="First and last score of each course.",
        columns=[
            {"label": "Protocol", "number": False, "help": "", "kind": "wide"},
            {"label": "Scale", "number": False, "help": "", "kind": "wide"},
            {"label": "Then", "number": False, "help": "", "kind": "short"},
            {"label": "Now", "number": False, "help": "", "kind": "short"},
            {"label": "Change", "number": True, "help": "last minus first"},
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
    for (_, code, _), these in groups.items():
        scale, first, last = catalogue.scales[code], these[0], these[-1]
        alone = len(these) == 1
        rows.append(
            [
                planned_here.protocol_words(catalogue, first.protocol),
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


def _clinic(scene: Scene) -> None:
    """How well it worked and how long side effects lasted, over all of the clinic's patients."""
    filters = Filters(areas=scene.areas)
    with unread.told("How well it worked here"):
        clinic_results.show_results(
            scene.catalogue,
            waiting.rows(scene.reports, "outcomes", filters, ("protocol", "scale")),
        )
    with unread.told("How long side effects last here"):
        lasting.show_lasting(
            scene.catalogue,
            waiting.rows(scene.reports, "side_effects", filters, ("effect",)),
            title="How long side effects last here",
            period="all of the clinic's sessions in these areas",
        )
