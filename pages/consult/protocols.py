"""Protocols: the catalogue to browse; what sources reported doing, where and for what."""

import streamlit as st

from mesodash.language import _, ngettext
from mesodash.ui.parts import markup
from mesodash.ui.protocols import protocol_list
from mesodash.ui.protocols.protocol_card import protocol_card
from mesodash.ui.shell import context

heading = st.container()
catalogue = context.catalogue()
found = protocol_list.choose(catalogue)
with heading:
    markup.show(
        "note",
        text=_(
            "Doses, depths and intervals are what a source reported, never advice. Evidence: A"
            " trials in favour, B mixed, C without a control group, X in use without a study, N"
            " found not to work."
        ),
    )

if not found:
    markup.show(
        "empty",
        title=_("No protocol fits this choice."),
        text=_("Choose another area or indication, or search for a shorter word."),
    )
    st.stop()

markup.show(
    "cards",
    aside=ngettext(
        "{n} protocol of {all}, best evidence first",
        "{n} protocols of {all}, best evidence first",
        len(found),
    ).format(n=len(found), all=len(catalogue.protocols)),
    cards=[markup.render("protocol_card", p=protocol_card(p, catalogue)) for p in found],
)
