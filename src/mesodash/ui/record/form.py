"""The form of a session: where, how much, with what, and what was seen right after."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.component import body_figure, chosen_now, tone_for
from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.consult.session_rules import Finding, component_totals
from mesodash.language import N_, _, format_day, format_number, format_range, format_trimmed
from mesodash.records.patients.practitioners import ACTION as ADD_PRACTITIONER
from mesodash.records.treatment.entries import AreaEntry
from mesodash.ui.body_map import area_panel
from mesodash.ui.parts import area_choice, markup, phrases
from mesodash.ui.record import points, state
from mesodash.ui.record.content import (
    DOSE_FIELDS,
    FormContent,
    differences,
    product_differences,
)
from mesodash.ui.record.encounter import Encounter
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link

FIGURE = "record_figure_drawn"

RIGHT_AFTER = (
    "erythema",
    "heat",
    "swelling",
    "bruise",
    "pain",
    "itch",
    "numbness",
    "dizziness",
    "vasovagal",
    "urticaria",
    "anaphylaxis",
    "vasc_occlusion",
)
"""What may be seen before the patient leaves, the commonest first."""

ASKED_WORDS = {
    "pregnancy": N_("Not pregnant"),
    "medicines": N_("No new medicine"),
    "allergies": N_("No new allergy"),
    "infection": N_("No infection"),
}

DEPTH_STEP, VOLUME_STEP = 0.5, 0.1

MOST_TOLD = 6
UNLIKE = {
    "area": N_("not treated last time"),
    "left_out": N_("treated last time, not now"),
    "technique": N_("another technique"),
    "depth_mm": N_("another depth"),
    "points": N_("another number of points"),
    "placed": N_("points elsewhere on the figure"),
    "volume_ml": N_("another volume"),
    "needle": N_("another needle"),
    "angle_deg": N_("another angle"),
    "inserted_mm": N_("another inserted length"),
}
PRODUCT_WORDS = {
    "added": N_("not used last time"),
    "left_out": N_("used last time, not now"),
    "volume": N_("another volume"),
}


def where(encounter: Encounter) -> None:
    """The figure and, beside it, the same choice as a list."""
    labels = area_choice.area_labels()
    chosen = tuple(site for site in state.areas() if site in labels)
    both = tuple(site for site in state.areas() if site not in labels)
    now = chosen_now(FIGURE, labels, chosen)
    if now != chosen:
        _choose((*both, *now))
        chosen = now
    figure = points.figure_of(encounter.patient.sex)
    on = points.ask_area(encounter.catalogue)
    standing = () if on is None else points.take(FIGURE, on)
    body_figure(
        key=FIGURE,
        labels=labels,
        chosen=chosen,
        figure=figure,
        view=points.view_of(figure, on),
        tone=tone_for(encounter.patient.phototype),
        several=True,
        several_on=True,
        marked=[one for site in both for one in area_choice.places(site, labels)],
        points=points.layers(
            figure, {site: at for site, at in state.placed().items() if site != on}
        ),
        placing=on,
        placed=standing,
        atlas=None if on is None else context.atlas(),
    )
    if on is not None:
        points.offer_spread(on, figure)
    points.say(state.read().placed)
    # The list is drawn anew where the figure chose, so that both always say the same.
    listed = f"record_list_{hash(state.areas())}"
    names = {site: encounter.catalogue.label(site.area, site.side) for site in (*both, *labels)}
    st.multiselect(
        _("Treated areas"),
        list(names),
        default=list(state.areas()),
        format_func=phrases.wording(names),
        key=listed,
        on_change=partial(_from_list, listed),
        placeholder=_("Choose from the list, or click the figure"),
    )


def _from_list(listed: str) -> None:
    told = st.session_state.get(listed)
    if told is None or not state.is_filled():  # a click that came after the form was closed
        return
    _choose(tuple(one for one in told if isinstance(one, AreaSide)))


def _choose(areas: tuple[AreaSide, ...]) -> None:
    """Take a choice; a new area begins with the doses of the one treated before it."""
    known = state.areas()
    for site in areas:
        if site not in known and known:
            for name in DOSE_FIELDS:
                st.session_state.setdefault(
                    state.area_key(site, name),
                    st.session_state.get(state.area_key(known[-1], name)),
                )
    st.session_state[state.AREAS] = areas


def when_and_what(encounter: Encounter) -> None:
    """The day, the time, the protocol and who treated."""
    with st.container(horizontal=True, key="record_when"):
        st.date_input(
            _("Held on"),
            key=state.key("held_on"),
            format="DD/MM/YYYY",
            min_value=encounter.today - timedelta(days=3650),
            max_value=encounter.today,
            width=150,
        )
        st.time_input(_("At"), key=state.key("held_time"), step=timedelta(minutes=5), width=110)
        if encounter.corrects and encounter.planned and encounter.planned.entry.started_at:
            _time(_("Began"), "began")
        _time(_("Ended"), "ended")
        st.selectbox(
            _("Practitioner"),
            list(encounter.practitioners),
            format_func=phrases.wording(encounter.practitioners),
            key=state.key("practitioner"),
            index=None,
            accept_new_options=encounter.actor.may(ADD_PRACTITIONER),
            placeholder=_("Who treated"),
            width=200,
        )
    protocols = {code: protocol.label for code, protocol in encounter.catalogue.protocols.items()}
    st.selectbox(
        _("Protocol"),
        list(protocols),
        format_func=phrases.wording(protocols),
        key=state.key("protocol"),
        index=None,
        placeholder=_("None of the catalogue"),
    )


def _time(label: str, name: str) -> None:
    """A time of that day that may stay empty."""
    st.time_input(label, key=state.key(name), value=None, step=timedelta(minutes=5), width=110)


def doses(encounter: Encounter, protocol: Protocol | None, found: Sequence[Finding]) -> None:
    """One row an area: technique, depth, points and volume, each with its remarks."""
    areas = state.areas()
    if not areas:
        markup.show("note", text=_("Choose on the figure, or in its list, what was treated."))
        return
    techniques = _techniques(encounter.catalogue, protocol)
    for site in areas:
        label = encounter.catalogue.label(site.area, site.side)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            markup.show("record_area", label=label)
            st.selectbox(
                _("Technique, {area}").format(area=label),
                list(techniques),
                format_func=phrases.wording(techniques),
                key=state.area_key(site, "technique"),
                index=None,
                placeholder=_("Technique"),
                label_visibility="collapsed",
                width=190,
            )
            for name, words, step, form in (
                ("depth_mm", _("Depth in mm, {area}"), DEPTH_STEP, "%.1f"),
                ("points", _("Points, {area}"), 1, "%d"),
                ("volume_ml", _("Volume in mL, {area}"), VOLUME_STEP, "%.2f"),
            ):
                _number(site, name, words.format(area=label), step, form)
            needle = st.session_state.get(state.area_key(site, "needle"))
            st.selectbox(
                _("Needle, {area}").format(area=label),
                list(dict.fromkeys((*encounter.needles, *((needle,) if needle else ())))),
                key=state.area_key(site, "needle"),
                index=None,
                accept_new_options=True,
                placeholder=_("Needle"),
                label_visibility="collapsed",
                width=130,
            )
            for name, words, step, form in (
                ("angle_deg", _("Angle in degrees, {area}"), 5, "%d"),
                ("inserted_mm", _("Inserted length in mm, {area}"), DEPTH_STEP, "%.1f"),
            ):
                _number(site, name, words.format(area=label), step, form)
        _tip(site)
        remarks(found, f"area:{site.area}:{site.side}")


def _tip(site: AreaSide) -> None:
    """The depth of the tip, from angle and inserted length."""
    angle, inserted = (
        st.session_state.get(state.area_key(site, name)) for name in ("angle_deg", "inserted_mm")
    )
    tip = AreaEntry(site.area, site.side, angle_deg=angle, inserted_mm=inserted).tip_mm
    if tip is not None:
        sentence = _("{inserted} mm in at {angle}°: the tip at {tip} mm")
        words = sentence.format(
            inserted=format_trimmed(inserted), angle=angle, tip=format_trimmed(tip)
        )
        markup.show("note", text=words)


def _number(site: AreaSide, name: str, label: str, step: float, form: str) -> None:
    unit = {
        "depth_mm": _("mm"),
        "points": _("points"),
        "volume_ml": _("mL"),
        "angle_deg": _("angle °"),
        "inserted_mm": _("mm in"),
    }[name]
    st.number_input(
        label,
        min_value=type(step)(0),
        max_value=90 if name == "angle_deg" else None,
        step=step,
        format=form,
        key=state.area_key(site, name),
        value=None,
        placeholder=unit,
        label_visibility="collapsed",
        width=105,
    )


def _techniques(catalogue: Catalogue, protocol: Protocol | None) -> dict[str, str]:
    """The techniques, those of the protocol first."""
    codes = dict.fromkeys((*(protocol.techniques if protocol else ()), *catalogue.techniques))
    return {code: catalogue.techniques[code].label for code in codes}


def right_after(encounter: Encounter) -> None:
    """What was seen before the patient left: one tap each."""
    effects = {
        code: encounter.catalogue.side_effects[code].label
        for code in dict.fromkeys((*RIGHT_AFTER, *state.read().reactions))
        if code in encounter.catalogue.side_effects
    }
    st.pills(
        _("Seen right after"),
        list(effects),
        selection_mode="multi",
        format_func=phrases.wording(effects),
        key=state.key("reactions"),
    )


def visit_questions(encounter: Encounter) -> None:
    """The questions of every visit: one tap if nothing is new."""
    words = {code: _(text) for code, text in ASKED_WORDS.items()}
    if encounter.patient.sex == "male":
        words.pop("pregnancy")
    st.pills(
        _("Asked today"),
        list(words),
        selection_mode="multi",
        format_func=phrases.wording(words),
        key=state.key("asked"),
    )
    drawn = [site for site in state.areas() if site in area_choice.area_labels()]
    where_to = {"area": drawn[0].area, "side": drawn[0].side} if drawn else {}
    link(
        "body_map",
        _("Something is new: ask all questions"),
        icon=":material/quiz:",
        patient=encounter.patient.patient_id,
        **{area_panel.TAB: _(area_panel.TABS["screening"]), **where_to},
    )


def price() -> None:
    """What was charged, where the clinic keeps that."""
    with st.container(horizontal=True, key="record_price"):
        st.number_input(
            _("Price, optional"),
            min_value=0.0,
            max_value=1e9,
            step=1.0,
            format="%.2f",
            key=state.key("price"),
            value=None,
            placeholder=_("not recorded"),
            width=160,
        )
        st.text_input(
            _("Currency"), key=state.key("currency"), max_chars=3, placeholder=_("EUR"), width=110
        )


def totals(encounter: Encounter, protocol: Protocol | None, found: Sequence[Finding]) -> None:
    """The total of the areas against the most that is reported or adopted."""
    content = state.read()
    given = [dose.volume_ml for dose in content.doses.values() if dose.volume_ml is not None]
    counts = [dose.points for dose in content.doses.values() if dose.points is not None]
    facts = []
    if given:
        facts.append(_("{ml} mL in all").format(ml=format_number(round(sum(given), 3), 2)))
    if counts:
        facts.append(_("{n} points").format(n=format_number(sum(counts))))
    most = encounter.most_ml(protocol)
    if most is not None and given:
        a_side = [
            AreaEntry(site.area, site.side, volume_ml=dose.volume_ml).volume_a_side_ml or 0.0
            for site, dose in content.doses.items()
        ]
        share = (max(a_side) if encounter.most_per(protocol) == "side" else sum(given)) / most
        facts.append(
            _("{share} of the {most} mL at most").format(
                share=f"{share:.0%}", most=format_number(most, 1)
            )
        )
    facts += _component_words(encounter, content)
    if protocol is not None and protocol.depth_mm_min is not None:
        facts.append(
            _("reported depth {depth} mm").format(
                depth=format_range(protocol.depth_mm_min, protocol.depth_mm_max)
            )
        )
    if facts:
        markup.show("note", text=" · ".join(facts))
    remarks(found, "volume")


def _component_words(encounter: Encounter, content: FormContent) -> list[str]:
    """How much of each limited component there is of its most, over the sessions of the day."""
    if not content.held_on:
        return []
    entry = content.entry(
        encounter.patient.patient_id,
        session_id=encounter.session_id,
        course_id=encounter.course_id,
        protocol_version=None,
    )
    words = []
    for one in component_totals(
        entry,
        encounter.catalogue,
        others=encounter.given_on(date.fromisoformat(content.held_on)),
        weight_kg=encounter.patient.weight_kg,
    ):
        sentence = (
            _("{mg} of {most} mg {component} at most, with the other sessions of the day")
            if one.elsewhere
            else _("{mg} of {most} mg {component} at most")
        )
        words.append(
            sentence.format(
                mg=format_trimmed(one.mg), most=format_trimmed(one.most_mg), component=one.label
            )
        )
    return words


def remarks(found: Sequence[Finding], field: str) -> None:
    """The sentences that belong to a field, below it."""
    for one in found:
        if one.field == field:
            markup.show("finding", level=one.level, text=one.sentence)


def last_words(encounter: Encounter) -> str:
    """When the patient was last here, in a few words."""
    if encounter.last is None:
        return _("first session here")
    days = (encounter.today - encounter.last_on).days if encounter.last_on else 0
    if not days:
        return _("here before on this day")
    return _("last here {day} ({days} days ago)").format(
        day=format_day(encounter.last.entry.held_at), days=days
    )


def unlike_last_time(encounter: Encounter, content: FormContent) -> None:
    """What differs from the last session of the same protocol: doses, points, mixture."""
    last = encounter.last
    if last is None or last.entry.protocol != content.protocol:
        return
    placed = points.shown(encounter.patient.sex, last.entry.placed)
    told = [
        f"{encounter.catalogue.label(site.area, site.side)}: {_(UNLIKE[name])}"
        for site, name in differences(content, last, placed)
    ]
    told += [
        f"{product}: {_(PRODUCT_WORDS[name])}"
        for product, name in product_differences(content, last)
    ]
    if not told:
        return
    day, named = format_day(last.entry.held_at), "; ".join(told[:MOST_TOLD])
    more = len(told) - MOST_TOLD
    if more > 0:
        text = _("Unlike {day}: {differences}; and {more} more.")
    else:
        text = _("Unlike {day}: {differences}.")
    markup.show("note", text=text.format(day=day, differences=named, more=more))
