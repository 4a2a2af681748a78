"""The page of cases: an invented patient, a decision, questions, a score; and a checklist.

Nothing of a learner is kept: answers and names live in this window and go with it.
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.component import body_figure
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.language import _, format_day, format_number, format_percent, format_trimmed, pgettext
from mesodash.teaching.asking.cases import CaseScore, TaughtCase, history_words, make_case, score
from mesodash.teaching.asking.osce import checklist, observed
from mesodash.teaching.asking.placing import PlacedScore, can_be_placed, score_placed
from mesodash.teaching.asking.question_types import TaughtQuestion
from mesodash.teaching.asking.questions import KINDS
from mesodash.teaching.lesson import make_lesson
from mesodash.teaching.points import LessonPoints, lesson_points
from mesodash.ui.lessons.question_parts import LAST_CASE, asked_curve, plain_cell
from mesodash.ui.parts import area_choice, markup, phrases
from mesodash.ui.protocols.protocol_card import source_words
from mesodash.ui.review import page
from mesodash.ui.shell import context

SEED = "case_number"
PROTOCOL = "case_protocol"
SCORED = "case_scored"


@st.fragment
def show_cases() -> None:
    """Draw the choice of a protocol, the case of a number, and the checklist of a station."""
    if not context.actor().may("page.cases"):  # the role was changed since
        st.rerun()
    catalogue = context.catalogue()
    names = {p.code: p.label for p in catalogue.protocols.values()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="case_row"):
        code = st.selectbox(
            _("Protocol"),
            list(names),
            index=None,
            format_func=phrases.wording(names),
            key=PROTOCOL,
            placeholder=_("Any protocol"),
            width=340,
        )
        seed = st.number_input(
            _("Case number"), min_value=1, max_value=LAST_CASE, value=1, key=SEED, width=150
        )
        st.button(_("Next case"), icon=":material/skip_next:", on_click=_next)
        name = st.text_input(
            _("Name of the day"),
            key="case_name",
            max_chars=40,
            width=200,
            placeholder=_("Optional"),
        )
    case_tab, points_tab, list_tab = st.tabs([_("Case"), _("Points by hand"), _("Checklist")])
    with case_tab:
        _show_case(catalogue, int(seed), code, name)
    with points_tab:
        _show_placing(catalogue, code)
    with list_tab:
        _show_checklist(catalogue, code, name)


def _next() -> None:
    st.session_state[SEED] = st.session_state[SEED] % LAST_CASE + 1


def _show_case(catalogue: Catalogue, seed: int, code: str | None, name: str) -> None:
    case = make_case(
        catalogue,
        seed,
        today=context.today(),
        protocol=code,
        country=context.clinic().country,
    )
    which = f"{seed}_{code}"
    who = list(history_words(case))
    where = catalogue.label(case.area)
    asked = _("Asks for: {protocol}, {area}").format(protocol=case.protocol.label, area=where)
    markup.show("case_head", title=_("Case {n}").format(n=seed), sentences=[*who, asked])
    with st.form(f"case_{which}", border=False):
        chosen = {at: _ask(item, at, which) for at, item in enumerate(case.items)}
        if st.form_submit_button(_("Score"), type="primary"):
            st.session_state[SCORED] = which
    if st.session_state.get(SCORED) != which:
        return
    result = score(case, chosen)
    _show_result(result)
    for at, item in enumerate(case.items):
        markup.show("case_item", **_answer(catalogue, item, chosen[at], at in result.critical))
    st.download_button(
        _("Score sheet (CSV)"),
        sheet(case, chosen, result, name, catalogue),
        file_name=f"case-{seed}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _ask(item: TaughtQuestion, at: int, which: str) -> tuple[int, ...]:
    if item.curve:
        page.show_chart(asked_curve(item), key=f"case_curve_{which}_{at}")
    taken = st.radio(
        f"{at + 1}. {item.text}",
        range(len(item.options)),
        index=None,
        format_func=phrases.wording(dict(enumerate(item.options))),
        key=f"case_{which}_{at}",
    )
    return () if taken is None else (taken,)


def _show_result(result: CaseScore) -> None:
    text = _("{right} of {of} right.").format(
        right=format_number(result.right), of=format_number(result.of)
    )
    if result.critical:
        title = _("Failed: a critical mistake")
        text += " " + _("A critical mistake fails the case whatever the score.")
    elif result.passed:
        title = _("Passed")
    else:
        title = _("Not passed yet")
    markup.show("done" if result.passed else "not_done", title=title, text=text)


def _answer(
    catalogue: Catalogue, item: TaughtQuestion, chosen: Iterable[int], critical: bool
) -> dict[str, object]:
    given = list(chosen)
    right = item.is_right(given)
    mark = (
        pgettext("answer", "Right") if right else _("Critical mistake") if critical else _("Wrong")
    )
    return {
        "kind": _(KINDS[item.kind][0]) if item.kind in KINDS else _("Decision"),
        "text": item.text,
        "mark": mark,
        "state": "right" if right else "critical" if critical else "wrong",
        "given": " · ".join(item.options[at] for at in given) or _("No answer"),
        "wanted": " · ".join(item.options[at] for at in sorted(item.right)),
        "why": item.why,
        "sources": [source_words(catalogue, key) for key in item.sources],
    }


def sheet(
    case: TaughtCase,
    chosen: dict[int, tuple[int, ...]],
    result: CaseScore,
    name: str,
    catalogue: Catalogue,
) -> str:
    """The score sheet as CSV: one row per item, with the row of the catalogue it is scored by."""
    out = StringIO()
    write = csv.writer(out)
    write.writerow(
        ["name", "day", "case", "item", "kind", "asked", "answer", "right_answer", "scored", "row"]
    )
    day = format_day(context.today(), "medium")
    for at, item in enumerate(case.items):
        told = _answer(catalogue, item, chosen[at], at in result.critical)
        write.writerow(
            [
                plain_cell(name),
                day,
                case.seed,
                at + 1,
                item.kind,
                item.text,
                told["given"],
                told["wanted"],
                told["state"],
                item.row,
            ]
        )
    return out.getvalue()


def _show_placing(catalogue: Catalogue, code: str | None) -> None:
    """Let points be placed on the figure, and score them by the lesson's own."""
    if code is None:
        markup.show(
            "empty",
            title=_("Choose a protocol"),
            text=_("Points are those of one protocol; choose it above."),
        )
        return
    protocol, atlas = catalogue.protocols[code], context.atlas()
    sites = {
        site: points
        for site in area_choice.drawn_areas()
        if site.area in catalogue.covered(protocol.areas)
        and can_be_placed(
            points := lesson_points(catalogue, atlas, protocol, site, figure="female")
        )
    }
    if not sites:
        markup.show(
            "empty",
            title=_("No points to place"),
            text=_(
                "No source gives number or spacing, or they lie too close to be placed by hand."
            ),
        )
        return
    names = {site: catalogue.label(site.area, site.side) for site in sites}
    site = st.selectbox(
        _("Area"), list(sites), format_func=phrases.wording(names), key=f"placing_{code}", width=260
    )
    points, kept = sites[site], f"placed_{code}_{site}"
    figure, beside = st.columns([6, 7], gap="medium")
    with figure:
        state = body_figure(
            key=f"placing_figure_{code}",
            labels={site: names[site]},
            chosen=(site,),
            view=points.layers[0].view,
            placing=site,
            placed=st.session_state.get(kept, ()),
            atlas=atlas,
        )
    st.session_state[kept] = state.placed
    with beside:
        task = points_task(points)
        markup.show("heading", title=_("Place the points"), text=task)
        if st.toggle(_("Score"), key=f"placing_score_{code}"):
            # The learner may have turned to the other figure.
            theirs = lesson_points(catalogue, atlas, protocol, site, figure=state.figure)
            if not can_be_placed(theirs):
                markup.show("note", text=_("No points can be placed here on this figure."))
                return
            found = score_placed(atlas, site, theirs, state.placed, figure=state.figure)
            title = _("Passed") if found.passed else _("Not passed yet")
            if found.over:
                title = _("Failed: a critical mistake")
            markup.show(
                "done" if found.passed else "not_done",
                title=title,
                text=" ".join(placing_result(found)),
            )


def points_task(points: LessonPoints) -> str:
    """What is to be placed, as its source says it."""
    if points.counted is not None:
        return _("{n} points, spread evenly over the area.").format(n=points.counted)
    cm = format_trimmed(points.spacing_cm or 0.0)
    return _("Points {cm} cm apart over the area.").format(cm=cm)


def placing_result(found: PlacedScore) -> list[str]:
    """How points were placed, in sentences."""
    said = [_("{n} placed, {of} wanted.").format(n=found.placed, of=found.wanted)]
    if found.spacing_cm is not None:
        text = _("{cm} cm apart (median), {wanted} cm wanted; {share} are within a quarter of it.")
        said.append(
            text.format(
                cm=format_trimmed(found.spacing_cm),
                wanted=format_trimmed(found.wanted_cm),
                share=format_percent(found.even),
            )
        )
    said.append(_("{share} of the area is reached.").format(share=format_percent(found.reached)))
    if found.over and found.volume_ml is not None:
        text = _("{ml} mL is more than the most that is reported: a critical mistake.")
        said.append(text.format(ml=format_trimmed(found.volume_ml)))
    return said


def _show_checklist(catalogue: Catalogue, code: str | None, name: str) -> None:
    if code is None:
        markup.show(
            "empty",
            title=_("Choose a protocol"),
            text=_("The checklist is that of one protocol; choose it above."),
        )
        return
    protocol = catalogue.protocols[code]
    site = _first_site(catalogue, protocol)
    points = lesson_points(catalogue, context.atlas(), protocol, site, figure="female")
    lesson = make_lesson(
        catalogue, protocol, site, points, sex="female", country=context.clinic().country
    )
    items = checklist(lesson)
    markup.show(
        "note",
        text=_(
            "Tick what the learner shows. Critical items are marked; one that is missed fails the"
            " station."
        ),
    )
    shown: list[int] = []
    for step in dict.fromkeys(item.step for item in items):
        markup.show("section", title=step, aside="", text="")
        for item in (one for one in items if one.step == step):
            text = _("Critical: {text}").format(text=item.text) if item.critical else item.text
            if st.checkbox(text, key=f"osce_{code}_{item.number}"):
                shown.append(item.number)
    result = observed(items, shown)
    text = _("{shown} of {of} shown; critical items missed: {missed}.").format(
        shown=result.shown, of=result.of, missed=len(result.missed)
    )
    title = _("Passed") if result.passed else _("Not passed yet")
    markup.show("done" if result.passed else "not_done", title=title, text=text)
    out = StringIO()
    write = csv.writer(out)
    write.writerow(["name", "protocol", "item", "step", "what", "critical", "shown"])
    for item in items:
        crit, seen = ("yes" if yes else "no" for yes in (item.critical, item.number in shown))
        write.writerow([plain_cell(name), code, item.number, item.step, item.text, crit, seen])
    st.download_button(
        _("Checklist (CSV)"),
        out.getvalue(),
        file_name=f"checklist-{code}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _first_site(catalogue: Catalogue, protocol: Protocol) -> AreaSide:
    covered = catalogue.covered(protocol.areas)
    sites: Sequence[AreaSide] = area_choice.drawn_areas()
    return next(site for site in sites if site.area in covered)
