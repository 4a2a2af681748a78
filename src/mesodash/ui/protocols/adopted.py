"""Our protocols: the clinic's own versions, a form for the next one, and versions side by side."""

import math
from typing import Any

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.consult.adoption import (
    LABELS,
    Difference,
    Range,
    adopt,
    banned_in,
    beyond,
    current,
    differences,
    published_parameters,
    ranges,
    versions,
)
from mesodash.language import _, ngettext
from mesodash.records.courses.protocol_versions import Parameters, ProtocolVersion
from mesodash.records.store.errors import RecordError
from mesodash.ui.parts import markup, phrases
from mesodash.ui.shell import context

WHOLE = ("points", "sessions", "interval_days", "top_up_days")
DECIMAL = ("depth_mm", "volume_per_point_ml", "spacing_cm", "max_volume_ml")
DONE = "adopted_done"
OPENED = "adopt_opened_on"
"""With a protocol's code: the version its form was opened on, whatever came after."""


def show_adopted(catalogue: Catalogue) -> None:
    """The versions in force, newest first."""
    in_force = sorted(
        current(context.db()).values(), key=lambda v: (v.adopted_on, v.key), reverse=True
    )
    if not in_force:
        markup.show(
            "empty",
            title=_("No protocol is adopted yet"),
            text=_("Choose a protocol above, set the clinic's own parameters, and adopt it."),
        )
        return
    markup.show(
        "table",
        title=_("In force"),
        aside=ngettext("{n} protocol", "{n} protocols", len(in_force)).format(n=len(in_force)),
        caption=_("The newest version of each; sessions keep the version they followed."),
        columns=[
            {"label": label, "number": False, "help": "", "kind": kind}
            for label, kind in (
                (_("Protocol"), "wide"),
                (_("Version"), "short"),
                (_("Adopted"), "short"),
                (_("By"), "short"),
                (_("Beyond what is published"), "wide"),
            )
        ],
        rows=[
            [
                _label(catalogue, version.protocol),
                str(version.version),
                phrases.day(version.adopted_on.isoformat()),
                version.adopted_by,
                version.reason or _("no"),
            ]
            for version in in_force
        ],
    )


def _label(catalogue: Catalogue, code: str) -> str:
    known = catalogue.protocols.get(code)
    return known.label if known else code


def choose_protocol(catalogue: Catalogue) -> str | None:
    """Choose the protocol to adopt or to change."""
    return st.selectbox(
        _("Protocol"),
        list(catalogue.protocols),
        index=None,
        format_func=lambda code: _label(catalogue, code),
        key="adopt",
        bind="query-params",
        placeholder=_("Choose a protocol to adopt or to change"),
    )


@st.fragment
def show_form(catalogue: Catalogue, code: str) -> None:
    """The parameters of the next version; what goes beyond the published needs a reason."""
    context.actor()  # a fragment has to check the sign-in itself
    done = st.session_state.pop(DONE, None)
    if done:
        markup.show("done", title=done, text=_("Sessions planned from now on follow it."))
    country = context.clinic().country
    if banned_in(catalogue, code, country):
        markup.show(
            "stop",
            title=_("Banned in {country}").format(country=country),
            sentences=[
                _("{protocol} cannot be adopted in this clinic's country.").format(
                    protocol=_label(catalogue, code)
                )
            ],
            action=_("Choose another protocol."),
        )
        return
    known = versions(context.db(), code)
    newest = known[0].version if known else 0
    opened = st.session_state.setdefault(f"{OPENED}_{code}", newest)
    before = next((version for version in known if version.version == opened), None)
    start = before.parameters if before else published_parameters(catalogue, code)
    markup.show(
        "section",
        title=_("Change it") if known else _("Adopt it"),
        aside=_("version {version} in force").format(version=known[0].version)
        if known
        else _("not adopted yet"),
        text=_(
            "Empty is left open, as published. What is published stands in an empty"
            " field and behind its question mark."
        ),
    )
    if newest != opened:
        _adopted_meanwhile(known[0], code)
    # A new version is a new form: its fields start from what was then in force.
    prefix = f"adopt_{code}_{opened}"
    parameters = _fields(catalogue, code, start, prefix)
    outside = beyond(catalogue, code, parameters)
    reason = None
    if outside:
        markup.show(
            "empty", title=_("! Beyond what is published: needs a reason"), text=" ".join(outside)
        )
        reason = st.text_input(
            _("The clinic's reason"),
            value=(before.reason or "") if before else "",
            max_chars=500,
            key=f"{prefix}_reason",
        )
    if not st.button(
        _("Adopt as a new version") if known else _("Adopt"), type="primary", key="adopt_save"
    ):
        return
    try:
        version = adopt(
            context.db(),
            catalogue,
            code,
            parameters,
            actor=context.actor(),
            on=context.today(),
            reason=reason,
            after=opened,
        )
    except RecordError as error:
        markup.show("empty", title=_("Not adopted"), text=str(error))
        return
    same = bool(known) and version.key == known[0].key
    del st.session_state[f"{OPENED}_{code}"]
    st.session_state[DONE] = (
        _("Nothing differs from version {version}").format(version=version.version)
        if same
        else _("Version {version} of {protocol} is adopted").format(
            version=version.version, protocol=_label(catalogue, code)
        )
    )
    st.rerun()


def _adopted_meanwhile(newest: ProtocolVersion, code: str) -> None:
    """Say that somebody was quicker; the input stays until the newer version is accepted."""
    markup.show(
        "empty",
        title=_("! Version {version} was adopted meanwhile").format(version=newest.version),
        text=_(
            "By {who}; it stands below, side by side. What is entered here is"
            " kept, but it was made from an older version and cannot be adopted."
        ).format(who=newest.adopted_by),
    )
    if st.button(
        _("Start from version {version}").format(version=newest.version), key="adopt_newest"
    ):
        del st.session_state[f"{OPENED}_{code}"]
        st.rerun()


def _fields(catalogue: Catalogue, code: str, start: Parameters, prefix: str) -> Parameters:
    """A field per parameter with the published value below it; `adopt` judges wrong values."""
    values: dict[str, Any] = {}
    techniques = list(catalogue.techniques)
    known = start.technique if start.technique in catalogue.techniques else None
    values["technique"] = st.selectbox(
        _(LABELS["technique"]),
        techniques,
        index=None if known is None else techniques.index(known),
        format_func=phrases.wording(
            {code: one.label for code, one in catalogue.techniques.items()}
        ),
        key=f"{prefix}_technique",
        placeholder=_("as published"),
    )
    published = ranges(catalogue, code, values["technique"])
    with st.container(horizontal=True, key="adopt_numbers"):
        for name in (*DECIMAL, *WHOLE):
            whole = name in WHOLE
            value = getattr(start, name)
            given = st.number_input(
                _(LABELS[name]),
                min_value=0 if whole else 0.0,
                value=value if value is None or whole else float(value),
                step=1 if whole else 0.05,
                format="%d" if whole else "%.3g",
                key=f"{prefix}_{name}",
                placeholder=_published(published[name]),
                help=_("Published: {published}.").format(published=_published(published[name])),
                width=170,
            )
            values[name] = None if given is None or math.isnan(given) else given
    for name in ("needle", "mixture"):
        text = st.text_input(
            _(LABELS[name]), value=getattr(start, name) or "", key=f"{prefix}_{name}", max_chars=500
        )
        values[name] = text.strip() or None
    return Parameters(**values)


def _published(found: Range) -> str:
    if not found.is_known:
        return _("not published")
    return (
        _("{figure}, usual for the technique").format(figure=found)
        if found.by_technique
        else str(found)
    )


def show_versions(catalogue: Catalogue, code: str) -> None:
    """Two versions side by side, or one beside what is published."""
    known = versions(context.db(), code)
    if not known:
        return
    names = {version.key: _name(version) for version in known}
    with st.container(horizontal=True, key="adopt_compare"):
        this = st.selectbox(
            _("Version"),
            list(names),
            format_func=phrases.wording(names),
            key=f"adopt_this_{code}_{len(known)}",
            width=280,
        )
        others = [key for key in names if key != this]
        that = st.selectbox(
            _("Beside"),
            [None, *others],
            index=1 if others else 0,
            format_func=phrases.wording({None: _("What is published"), **names}),
            key=f"adopt_that_{code}_{this}_{len(known)}",
            width=280,
        )
    by_key = {version.key: version for version in known}
    if this not in by_key or not (that is None or that in by_key):
        return
    beside = None if that is None else by_key[that]
    rows = differences(catalogue, by_key[this], beside)
    changed = sum(row.differs for row in rows)
    outside = sum(row.beyond for row in rows)
    heads = [
        _("Parameter"),
        _("Published"),
        _("Version {version}").format(version=by_key[this].version),
        _("Note"),
    ]
    if beside is not None:
        heads.insert(2, _("Version {version}").format(version=beside.version))
    markup.show(
        "table",
        title=_("Side by side"),
        aside=ngettext("{n} difference", "{n} differences", changed).format(n=changed)
        if beside
        else _("{n} beyond the published").format(n=outside),
        caption=_reason(by_key[this]),
        columns=[{"label": head, "number": False, "help": "", "kind": "wide"} for head in heads],
        rows=[_row(row, two=beside is not None) for row in rows],
    )


def _row(row: Difference, *, two: bool) -> list[str]:
    """A parameter's cells; choosing a value within a published range needs no note."""
    notes = [(_("differs"), row.differs and two), (_("beyond the published"), row.beyond)]
    note = " · ".join(word for word, holds in notes if holds)
    that = [row.that] if two else []
    return [_(row.label), row.published, *that, row.this, note or phrases.MISSING]


def _name(version: ProtocolVersion) -> str:
    return _("Version {version}, {day}").format(
        version=version.version, day=phrases.day(version.adopted_on.isoformat())
    )


def _reason(version: ProtocolVersion) -> str:
    by = _("Adopted {day} by {who}.").format(
        day=phrases.day(version.adopted_on.isoformat()), who=version.adopted_by
    )
    return _("{by} Reason: {reason}").format(by=by, reason=version.reason) if version.reason else by
