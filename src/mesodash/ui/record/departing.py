"""Where a session is not as the clinic's adopted version: what differs, and why, with one tap.

Nobody has to choose a reason: an empty one stands for not said.
"""

from collections.abc import Callable
from typing import Final

import streamlit as st

from mesodash.catalogue.types import Catalogue, Protocol
from mesodash.language import N_, _, format_list
from mesodash.records.courses.departures import Measure, departures
from mesodash.records.courses.protocol_versions import ProtocolVersion
from mesodash.records.treatment.entries import SessionEntry
from mesodash.records.treatment.recording import LONGEST_DEPARTURE
from mesodash.ui.parts import markup, phrases
from mesodash.ui.record import state
from mesodash.ui.record.encounter import Encounter

WORDS: Final[dict[Measure, str]] = {
    "dose": N_("the dose"),
    "point_dose": N_("the volume a point"),
    "points": N_("the number of points"),
    "depth": N_("the depth"),
    "interval": N_("the interval"),
}
KEY: Final = "departure"


def ask(encounter: Encounter, protocol: Protocol | None, entry: Callable[[], SessionEntry]) -> None:
    """Say in what the session departs from the adopted version, and offer the reasons for it.

    Args:
        encounter: the patient and the session.
        protocol: the chosen protocol, or None.
        entry: gives what the fields hold now.
    """
    found = _found(encounter, protocol, entry)
    kept = st.session_state.get(state.key(KEY))
    if not found:
        # No field is drawn, so Streamlit would forget them: what was chosen stays until it is
        # asked again.
        _keep()
        return
    asked = {"dose" if one == "point_dose" else one for one in found}
    reasons = {
        code: reason.label
        for code, reason in encounter.catalogue.departures.items()
        if code == kept or asked.intersection(reason.measures)
    }
    told = format_list([_(WORDS[one]) for one in found])
    markup.show("note", text=_("Not as this clinic adopted it: {what}.").format(what=told))
    with st.container(key="record_departure"):
        chosen = st.pills(
            _("Why, if you wish"),
            list(reasons),
            format_func=phrases.wording(reasons),
            key=state.key(KEY),
            help=_("One tap; it is counted under Adherence. Empty stands for not said."),
        )
        known = encounter.catalogue.departures.get(chosen or "")
        if known is not None and known.wants_words:
            st.text_input(
                _("Which reason"), key=state.key(f"{KEY}_text"), max_chars=LONGEST_DEPARTURE
            )
        else:
            st.session_state[state.key(f"{KEY}_text")] = ""


def _found(
    encounter: Encounter, protocol: Protocol | None, entry: Callable[[], SessionEntry]
) -> tuple[Measure, ...]:
    if protocol is None or not state.areas() or not state.read().held_on:
        return ()
    given = entry()
    version = _followed(encounter, protocol, given)
    if version is None:
        return ()
    return departures(
        given.areas,
        version.parameters,
        by_side=protocol.max_volume_per == "side",
        days=encounter.days_since(given) if version.parameters.interval_days else None,
    )


def _followed(
    encounter: Encounter, protocol: Protocol, entry: SessionEntry
) -> ProtocolVersion | None:
    """The version that the entry names, else the one in force on its day."""
    known = [
        one
        for one in encounter.all_versions(protocol)
        if (
            one.adopted_on.isoformat() <= entry.held_at[:10]
            if entry.protocol_version is None
            else one.version == entry.protocol_version
        )
    ]
    return max(known, key=lambda one: one.version, default=None)


def _keep() -> None:
    for name in (KEY, f"{KEY}_text"):
        key = state.key(name)
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def reason(catalogue: Catalogue, code: str, words: str | None) -> str:
    """Why a recorded session was not as adopted, in words."""
    known = catalogue.departures.get(code)
    said = known.label if known else code
    if words:
        said += f" ({words})"
    return _("Not as adopted: {reason}").format(reason=said)
