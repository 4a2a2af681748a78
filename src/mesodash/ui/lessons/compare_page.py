"""The page that compares two or three protocols and marks the differences."""

import streamlit as st

from mesodash.language import _, ngettext
from mesodash.teaching.comparison import MOST, compare
from mesodash.ui.parts import markup, phrases
from mesodash.ui.protocols.protocol_card import source_words
from mesodash.ui.shell import context

ADDRESS = "compared"
CHOSEN = "compare_chosen"
WRITTEN = "compare_written"


def show_comparison() -> None:
    """Draw the choice of protocols and their rows."""
    catalogue = context.catalogue()
    names = {p.code: p.label for p in catalogue.protocols.values()}
    # The address keeps codes, so that a link holds in every language.
    asked = [code for code in st.query_params.get_all(ADDRESS) if code in names]
    if asked and st.session_state.get(WRITTEN) != asked:
        st.session_state[CHOSEN] = list(dict.fromkeys(asked))[:MOST]
    chosen = st.multiselect(
        _("Protocols"),
        list(names),
        format_func=phrases.wording(names),
        key=CHOSEN,
        max_selections=MOST,
        placeholder=_("Choose two or three"),
    )
    # A browser may have sent a code that the list does not offer.
    protocols = [catalogue.protocols[code] for code in chosen if code in names][:MOST]
    codes = [p.code for p in protocols]
    if st.query_params.get_all(ADDRESS) != codes:
        st.query_params[ADDRESS] = codes
    st.session_state[WRITTEN] = codes
    if len(protocols) < 2:
        markup.show(
            "empty",
            title=_("Choose two or three protocols"),
            text=_(
                "They stand side by side, as their sources report them; what differs is marked."
            ),
        )
        return
    only = st.toggle(_("Only what differs"), key="compared_only")
    rows = compare(catalogue, protocols)
    differing = sum(row.differs for row in rows)
    text = ngettext("{n} of {of} rows differs", "{n} of {of} rows differ", differing)
    markup.show("note", text=text.format(n=differing, of=len(rows)))
    markup.show(
        "comparison",
        title=_("Protocols side by side"),
        heads=[p.label for p in protocols],
        rows=[row for row in rows if row.differs or not only],
        sources=[[source_words(catalogue, key) for key in p.sources] for p in protocols],
    )
