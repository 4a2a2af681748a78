"""The mixture of a session: its products with lots, by photograph of the package or typed."""

from collections.abc import Sequence

import streamlit as st

from mesodash.consult.session_rules import Finding
from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.sources.package_code import read_package
from mesodash.language import _
from mesodash.permissions import NotAllowedError
from mesodash.records.stock.products import known_lots, known_products, product_of_gtin
from mesodash.ui.parts import markup
from mesodash.ui.record import form, state
from mesodash.ui.record.encounter import Encounter
from mesodash.ui.shell import context

SAID, TURN = "record_photo_said", "record_photo_turn"


def products(encounter: Encounter, found: Sequence[Finding]) -> None:
    """The mixture: one row per product with its lot, its date and its volume."""
    offered = known_products(context.db(), encounter.actor)
    rows = state.product_rows()
    for number, row in enumerate(rows):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            name = st.session_state.get(state.product_key(row, "product"))
            st.selectbox(
                _("Product {number}").format(number=number + 1),
                list(dict.fromkeys((*offered, *((name,) if name else ())))),
                key=state.product_key(row, "product"),
                index=None,
                accept_new_options=True,
                placeholder=_("Product"),
                label_visibility="collapsed",
                width=210,
            )
            _lot(encounter, row, number, name)
            st.text_input(
                _("Expires, product {number}").format(number=number + 1),
                key=state.product_key(row, "expires_on"),
                placeholder=_("2027-03"),
                max_chars=10,
                label_visibility="collapsed",
                width=105,
            )
            st.number_input(
                _("Volume in mL, product {number}").format(number=number + 1),
                min_value=0.0,
                step=form.VOLUME_STEP,
                format="%.2f",
                key=state.product_key(row, "volume_ml"),
                value=None,
                placeholder=_("mL"),
                label_visibility="collapsed",
                width=105,
            )
            st.button(
                _("Remove"),
                key=f"record_remove_{row}",
                icon=":material/close:",
                help=_("Remove product {number}").format(number=number + 1),
                on_click=state.remove_product,
                args=(row,),
                type="tertiary",
            )
        form.remarks(found, f"product:{number}")
    with st.container(horizontal=True, vertical_alignment="top", key="record_more_products"):
        st.button(
            _("Add a product"),
            key="record_add_product",
            icon=":material/add:",
            on_click=state.add_product,
        )
        _offer_photograph()


def _lot(encounter: Encounter, row: int, number: int, product: str | None) -> None:
    """The lot: one of those in use, or typed from the package."""
    lots = known_lots(context.db(), product, encounter.actor) if product else ()
    known = {one.lot: one for one in lots}
    typed = st.session_state.get(state.product_key(row, "lot"))
    st.selectbox(
        _("Lot, product {number}").format(number=number + 1),
        list(dict.fromkeys((*known, *((typed,) if typed else ())))),
        key=state.product_key(row, "lot"),
        index=None,
        accept_new_options=True,
        placeholder=_("Lot"),
        label_visibility="collapsed",
        width=150,
        on_change=_take_expiry,
        args=(row, {lot: one.expires_on for lot, one in known.items()}),
    )


def _take_expiry(row: int, dates: dict[str, str | None]) -> None:
    """Fill in the expiry date of a lot that was used before."""
    lot: str = st.session_state.get(state.product_key(row, "lot")) or ""
    expires_on = dates.get(lot)
    if expires_on:
        st.session_state[state.product_key(row, "expires_on")] = expires_on


def _offer_photograph() -> None:
    """The field for the photograph; a phone offers its camera for it."""
    turn = st.session_state.get(TURN, 0)
    with st.popover(_("Lot by photo"), icon=":material/photo_camera:"):
        st.file_uploader(
            _("Photograph the code on the package"),
            type=["jpg", "jpeg", "png", "webp"],
            max_upload_size=25,
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
