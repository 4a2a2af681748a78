"""The mixture of a session: its products with lots, by photograph of the package or typed."""

from collections.abc import Sequence

import streamlit as st

from mesodash.consult.session_rules import Finding
from mesodash.language import _
from mesodash.records.stock.products import known_lots, known_products
from mesodash.ui.record import form, state
from mesodash.ui.record.encounter import Encounter
from mesodash.ui.shell import context
from mesodash.ui.stock import package_photo

PHOTO = "record_photo"


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
                width=260,
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
        package_photo.ask(PHOTO, _("Lot by photo"), state.add_scanned)


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
        on_change=_take_lot,
        args=(row, {lot: one.expires_on for lot, one in known.items()}),
    )


def _take_lot(row: int, dates: dict[str, str | None]) -> None:
    """Note how the lot came in, and fill in the expiry date of one that was used before."""
    lot: str = st.session_state.get(state.product_key(row, "lot")) or ""
    st.session_state[state.product_key(row, state.LOT_FROM)] = "list" if lot in dates else "typed"
    expires_on = dates.get(lot)
    if expires_on:
        st.session_state[state.product_key(row, "expires_on")] = expires_on
