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
from mesodash.records.errors import RecordError
from mesodash.records.protocol_versions import Parameters, ProtocolVersion
from mesodash.ui import access, markup, phrases

WHOLE = ("points", "sessions", "interval_days", "top_up_days")
DECIMAL = ("depth_mm", "volume_per_point_ml", "spacing_cm", "max_volume_ml")
DONE = "adopted_done"
OPENED = "adopt_opened_on"
"""With a protocol's code: the version its form was opened on, whatever came after."""


def show_adopted(catalogue: Catalogue) -> None:
    """The versions in force, newest first."""
    in_force = sorted(
        current(access.db()).values(), key=lambda v: (v.adopted_on, v.key), reverse=True
    )
    if not in_force:
        markup.show(
            "empty",
            title="No protocol is adopted yet",
            text="Choose a protocol above, set the clinic's own parameters, and adopt it.",
        )
        return
    markup.show(
        "table",
        title="In force",
        aside=phrases.count(len(in_force), "protocol"),
        caption="The newest version of each; sessions keep the version they followed.",
        columns=[
            {"label": label, "number": False, "help": "", "kind": kind}
            for label, kind in (
                ("Protocol", "wide"),
                ("Version", "short"),
                ("Adopted", "short"),
                ("By", "short"),
                ("Beyond what is published", "wide"),
            )
        ],
        rows=[
            [
                _label(catalogue, version.protocol),
                str(version.version),
                phrases.day(version.adopted_on.isoformat()),
                version.adopted_by,
                version.reason or "no",
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
        "Protocol",
        list(catalogue.protocols),
        index=None,
        format_func=lambda code: _label(catalogue, code),
        key="adopt",
        bind="query-params",
        placeholder="Choose a protocol to adopt or to change",
    )


@st.fragment
def show_form(catalogue: Catalogue, code: str) -> None:
    """The parameters of the next version; what goes beyond the published needs a reason."""
    access.actor()  # a part that runs by itself asks by itself whether the sign-in stands
    done = st.session_state.pop(DONE, None)
    if done:
        markup.show("done", title=done, text="Sessions planned from now on follow it.")
    country = access.clinic().country
    if banned_in(catalogue, code, country):
        markup.show(
            "stop",
            title=f"Banned in {country}",
            sentences=[f"{_label(catalogue, code)} cannot be adopted in this clinic's country."],
            action="Choose another protocol.",
        )
        return
    known = versions(access.db(), code)
    newest = known[0].version if known else 0
    opened = st.session_state.setdefault(f"{OPENED}_{code}", newest)
    before = next((version for version in known if version.version == opened), None)
    start = before.parameters if before else published_parameters(catalogue, code)
    markup.show(
        "section",
        title="Change it" if known else "Adopt it",
        aside=f"version {known[0].version} in force" if known else "not adopted yet",
        text="Empty is left open, as published. What is published stands in an empty field and"
        " behind its question mark.",
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
            "empty", title="! Beyond what is published: needs a reason", text=" ".join(outside)
        )
        reason = st.text_input(
            "The clinic's reason",
            value=(before.reason or "") if before else "",
            max_chars=500,
            key=f"{prefix}_reason",
        )
    if not st.button(
        "Adopt as a new version" if known else "Adopt", type="primary", key="adopt_save"
    ):
        return
    try:
        version = adopt(
            access.db(),
            catalogue,
            code,
            parameters,
            actor=access.actor(),
            on=access.today(),
            reason=reason,
            after=opened,
        )
    except RecordError as error:
        markup.show("empty", title="Not adopted", text=str(error))
        return
    same = bool(known) and version.key == known[0].key
    del st.session_state[f"{OPENED}_{code}"]
    st.session_state[DONE] = (
        f"Nothing differs from version {version.version}"
        if same
        else f"Version {version.version} of {_label(catalogue, code)} is adopted"
    )
    st.rerun()


def _adopted_meanwhile(newest: ProtocolVersion, code: str) -> None:
    """Say that somebody was quicker; what was typed stays until the newer version is taken up."""
    markup.show(
        "empty",
        title=f"! Version {newest.version} was adopted meanwhile",
        text=f"By {newest.adopted_by}; it stands below, side by side. What is entered here is kept,"
        " but it was made from an older version and cannot be adopted.",
    )
    if st.button(f"Start from version {newest.version}", key="adopt_newest"):
        del st.session_state[f"{OPENED}_{code}"]
        st.rerun()


def _fields(catalogue: Catalogue, code: str, start: Parameters, prefix: str) -> Parameters:
    """One field a parameter, with what is published below it; wrong values come to `adopt`."""
    values: dict[str, Any] = {}
    techniques = list(catalogue.techniques)
    known = start.technique if start.technique in catalogue.techniques else None
    values["technique"] = st.selectbox(
        LABELS["technique"],
        techniques,
        index=None if known is None else techniques.index(known),
        format_func=phrases.wording(
            {code: one.label for code, one in catalogue.techniques.items()}
        ),
        key=f"{prefix}_technique",
        placeholder="as published",
    )
    published = ranges(catalogue, code, values["technique"])
    with st.container(horizontal=True, key="adopt_numbers"):
        for name in (*DECIMAL, *WHOLE):
            whole = name in WHOLE
            value = getattr(start, name)
            given = st.number_input(
                LABELS[name],
                min_value=0 if whole else 0.0,
                value=value if value is None or whole else float(value),
                step=1 if whole else 0.05,
                format="%d" if whole else "%.3g",
                key=f"{prefix}_{name}",
                placeholder=_published(published[name]),
                help=f"Published: {_published(published[name])}.",
                width=170,
            )
            values[name] = None if given is None or math.isnan(given) else given
    for name in ("needle", "mixture"):
        text = st.text_input(
            LABELS[name], value=getattr(start, name) or "", key=f"{prefix}_{name}", max_chars=500
        )
        values[name] = text.strip() or None
    return Parameters(**values)


def _published(found: Range) -> str:
    if not found.is_known:
        return "not published"
    return f"{found}, usual for the technique" if found.by_technique else str(found)


def show_versions(catalogue: Catalogue, code: str) -> None:
    """Two versions side by side, or one beside what is published."""
    known = versions(access.db(), code)
    if not known:
        return
    names = {version.key: _name(version) for version in known}
    with st.container(horizontal=True, key="adopt_compare"):
        this = st.selectbox(
            "Version",
            list(names),
            format_func=phrases.wording(names),
            key=f"adopt_this_{code}_{len(known)}",
            width=280,
        )
        others = [key for key in names if key != this]
        that = st.selectbox(
            "Beside",
            [None, *others],
            index=1 if others else 0,
            format_func=phrases.wording({None: "What is published", **names}),
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
    heads = ["Parameter", "Published", f"Version {by_key[this].version}", "Note"]
    if beside is not None:
        heads.insert(2, f"Version {beside.version}")
    markup.show(
        "table",
        title="Side by side",
        aside=phrases.count(changed, "difference") if beside else f"{outside} beyond the published",
        caption=_reason(by_key[this]),
        columns=[{"label": head, "number": False, "help": "", "kind": "wide"} for head in heads],
        rows=[_row(row, two=beside is not None) for row in rows],
    )


def _row(row: Difference, *, two: bool) -> list[str]:
    """A parameter's cells; to fill in what the published leaves as a range is no note."""
    notes = [("differs", row.differs and two), ("beyond the published", row.beyond)]
    note = " · ".join(word for word, holds in notes if holds)
    that = [row.that] if two else []
    return [row.label, row.published, *that, row.this, note or phrases.MISSING]


def _name(version: ProtocolVersion) -> str:
    return f"Version {version.version}, {phrases.day(version.adopted_on.isoformat())}"


def _reason(version: ProtocolVersion) -> str:
    by = f"Adopted {phrases.day(version.adopted_on.isoformat())} by {version.adopted_by}."
    return f"{by} Reason: {version.reason}" if version.reason else by
