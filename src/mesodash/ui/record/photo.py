"""A lot by photograph of its package, read on the server; typing stays possible beside it."""

import streamlit as st

from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.sources.package_code import read_package
from mesodash.language import _
from mesodash.permissions import NotAllowedError
from mesodash.records.stock.products import product_of_gtin
from mesodash.ui.parts import markup
from mesodash.ui.record import state
from mesodash.ui.shell import context

SAID, TURN = "record_photo_said", "record_photo_turn"


def offer() -> None:
    """The field for the photograph; a phone offers its camera for it."""
    turn = st.session_state.get(TURN, 0)
    with st.popover(_("Lot by photo"), icon=":material/photo_camera:"):
        st.file_uploader(
            _("Photograph the code on the package"),
            type=["jpg", "jpeg", "png", "webp"],
            key=f"record_photo_{turn}",
            on_change=_read,
            args=(turn,),
            help=_("DataMatrix or barcode of a medical package (GS1). The picture is not kept."),
        )
    said = st.session_state.get(SAID)
    if said:
        markup.show("finding", level=said[0], text=said[1])


def _read(turn: int) -> None:
    """In a callback, so that the row stands in the form of the run that follows."""
    given = st.session_state.get(f"record_photo_{turn}")
    if given is None or not state.is_filled():
        return
    st.session_state[TURN] = turn + 1  # the field is empty again, for the next package
    try:
        code = read_package(given.getvalue())
        product = (
            None if code.gtin is None else product_of_gtin(context.db(), code.gtin, context.actor())
        )
    except (BrokenFileError, NotAllowedError) as error:
        st.session_state[SAID] = ("refused", str(error))
        return
    state.add_scanned(product, code)
    words = _("Read: lot {lot}, expires {day}.").format(
        lot=code.lot, day=code.expires_on or _("not said")
    )
    if product is None:
        words += " " + _("This clinic does not know the code yet: choose the product.")
    st.session_state[SAID] = ("note", words)
