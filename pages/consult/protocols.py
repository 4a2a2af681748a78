"""Protocols: the catalogue to browse; what sources reported doing, where and for what."""

import streamlit as st

from mesodash.ui import access, markup, phrases
from mesodash.ui.consult import protocol_list
from mesodash.ui.consult.protocol_card import protocol_card
from mesodash.ui.review import page

page.show_style()
heading = st.container()
catalogue = access.catalogue()
found = protocol_list.choose(catalogue)
with heading:
    markup.show(
        "heading",
        title="Protocols",
        text="Doses, depths and intervals are what a source reported, never advice. Evidence: A"
        " trials in favour, B mixed, C without a control group, X in use without a study, N found"
        " not to work.",
    )

if not found:
    markup.show(
        "empty",
        title="No protocol fits this choice.",
        text="Choose another area or indication, or search for a shorter word.",
    )
    st.stop()

markup.show(
    "cards",
    aside=f"{phrases.count(len(found), 'protocol')} of {len(catalogue.protocols)}, best evidence"
    " first",
    cards=[markup.render("protocol_card", p=protocol_card(p, catalogue)) for p in found],
)
