"""Finding protocols in the catalogue: by area, indication and words."""

import streamlit as st

from mesodash.catalogue.types import EVIDENCE_ORDER, Catalogue, Protocol
from mesodash.language import _
from mesodash.ui.parts import labels, phrases
from mesodash.ui.parts.filters import follow_address


def choose(catalogue: Catalogue) -> tuple[Protocol, ...]:
    """Draw the row of choices; return the protocols that fit, best evidence first."""
    areas = [code for code in catalogue.areas if catalogue.leaves(code)]
    named = phrases.wording({code: one.label for code, one in catalogue.indications.items()})
    follow_address("protocols_area", areas, lambda code: labels.area(catalogue, code))
    follow_address("protocols_indication", list(catalogue.indications), named)
    with st.container(horizontal=True, gap="small", key="row_of_protocol_choices"):
        area = st.selectbox(
            _("Area"),
            areas,
            index=None,
            format_func=lambda code: labels.area(catalogue, code),
            key="protocols_area",
            bind="query-params",
            placeholder=_("All areas"),
            width=240,
        )
        indication = st.selectbox(
            _("Indication"),
            list(catalogue.indications),
            index=None,
            format_func=named,
            key="protocols_indication",
            bind="query-params",
            placeholder=_("All indications"),
            width=280,
        )
        words = st.text_input(
            _("Search"),
            key="protocols_search",
            bind="query-params",
            placeholder=_("Substance, technique, word"),
            max_chars=80,
            width=260,
        )
    return find(catalogue, area=area, indication=indication, words=words or "")


def find(
    catalogue: Catalogue, *, area: str | None = None, indication: str | None = None, words: str = ""
) -> tuple[Protocol, ...]:
    """The protocols for an area and an indication that have every word somewhere in their text."""
    if area is not None:
        found = catalogue.protocols_at(area, indication)
    else:
        fitting = (p for p in catalogue.protocols.values() if indication in (None, *p.indications))
        found = tuple(sorted(fitting, key=lambda p: EVIDENCE_ORDER.index(p.evidence)))
    wanted = words.casefold().split()
    return tuple(p for p in found if all(word in _text(catalogue, p) for word in wanted))


def _text(catalogue: Catalogue, protocol: Protocol) -> str:
    """What a search looks into: labels, mix, components, techniques, areas, findings."""
    parts = [
        protocol.label,
        protocol.mix or "",
        protocol.technique_text or "",
        protocol.evidence_text,
        *(catalogue.components[code].label for code in protocol.components),
        *(catalogue.techniques[code].label for code in protocol.techniques),
        *(catalogue.indications[code].label for code in protocol.indications),
        *(catalogue.label(code) for code in protocol.areas),
    ]
    return " ".join(parts).casefold()
