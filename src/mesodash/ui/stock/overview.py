"""The stock as a list, the form for a delivery, and changes of its state."""

import secrets
from datetime import date, timedelta
from functools import partial

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.exchange.sources.package_code import PackageCode
from mesodash.language import N_, _, format_day, format_trimmed
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.stock.deliveries import (
    ACTION,
    NewStock,
    StockItem,
    change_stock,
    receive_stock,
    stock_list,
    who_had,
)
from mesodash.records.stock.products import lot_entries, products_of_lot
from mesodash.records.store.errors import RecordError
from mesodash.ui.parts import markup, phrases
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link
from mesodash.ui.stock import package_photo

SAID, NONCE, WHICH, TYPED = "stock_said", "stock_nonce", "stock_which", "stock_lot"
PHOTO = "stock_photo"
SOON, COUNTED = timedelta(days=30), timedelta(days=90)
NOT_NOTED, WITHOUT_LOT = N_("{n} not noted how"), N_("{n} without a lot")
STATES = {
    "in_stock": N_("in stock"),
    "used_up": N_("used up"),
    "expired": N_("expired"),
    "recalled": N_("recalled"),
    "discarded": N_("discarded"),
}


def read(actor: Actor) -> tuple[StockItem, ...]:
    """All deliveries, with a notice of the last action."""
    said = st.session_state.pop(SAID, None)
    if said:
        markup.show("finding", level=said[0], text=said[1])
    return stock_list(context.db(), actor)


def show_list(items: tuple[StockItem, ...], today: date) -> None:
    """The table of all deliveries."""
    if not items:
        markup.show(
            "empty",
            title=_("Nothing is in stock yet"),
            text=_("Take a delivery in below; its lots are then offered in a session's form."),
        )
        return
    columns = (
        (_("Product"), False),
        (_("Lot"), False),
        (_("Expires"), False),
        (_("Came in"), True),
        (_("Used, mL"), True),
        (_("Left, mL"), True),
        (_("Sessions"), True),
        (_("State"), False),
    )
    markup.show(
        "table",
        title=_("Stock"),
        aside=phrases.number(len(items)),
        caption="",
        columns=[
            {"label": label, "number": number, "help": "", "kind": "short" if number else "wide"}
            for label, number in columns
        ],
        rows=[
            [
                one.product,
                one.lot or "",
                _expiry(one, today),
                "" if one.containers is None else str(one.containers),
                format_trimmed(one.used_ml),
                "" if one.left_ml is None else format_trimmed(one.left_ml),
                str(one.sessions),
                _state(one),
            ]
            for one in items
        ],
    )


def _expiry(one: StockItem, today: date) -> str:
    if one.expires_on is None:
        return _("not recorded")
    day = format_day(one.expires_on)
    if one.is_expired(today):
        return _("{day}: expired").format(day=day)
    if one.is_expired(today + SOON):
        return _("{day}: soon").format(day=day)
    return day


def _state(one: StockItem) -> str:
    words = _(STATES[one.state])
    return f"{words} ({one.note})" if one.note and one.state != "in_stock" else words


def show_change(actor: Actor, items: tuple[StockItem, ...], today: date) -> None:
    """Change the state of a delivery; a recall affects its whole lot."""
    if not items or not actor.may(ACTION):
        return
    names = phrases.distinct(
        {one.stock_id: f"{one.product}, {one.lot or '?'}, {_(STATES[one.state])}" for one in items}
    )
    states = {code: _(words) for code, words in STATES.items()}
    with st.container(border=True, key="stock_change"):
        markup.show("section", title=_("What became of it"), aside="", text="")
        which = st.selectbox(
            _("Delivery"), list(names), format_func=phrases.wording(names), key="stock_changed"
        )
        state = st.segmented_control(
            _("New state"),
            list(states),
            format_func=phrases.wording(states),
            key="stock_state",
        )
        st.text_input(_("Why; who recalled it"), key="stock_reason", max_chars=500)
        seen = next((one.state for one in items if one.stock_id == which), "")
        st.button(
            _("Note it"),
            key="stock_note",
            disabled=state is None,
            on_click=_change,
            args=(which, state, seen, today),
        )


def _change(stock_id: str, state: str, seen: str, today: date) -> None:
    try:
        change_stock(
            context.db(),
            stock_id,
            state,
            context.actor(),
            seen=seen,
            on=today,
            reason=st.session_state.get("stock_reason", ""),
        )
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = ("refused", str(error))
        return
    st.session_state[SAID] = ("note", _("Noted."))
    for name in ("stock_state", "stock_reason"):
        st.session_state.pop(name, None)


def show_new(actor: Actor, today: date) -> None:
    """The form of a delivery; what the package's code says is read from a photograph."""
    if not actor.may(ACTION):
        return
    nonce = st.session_state.setdefault(NONCE, secrets.token_hex(16))
    package_photo.ask(PHOTO, _("Delivery by photo"), partial(_take_code, nonce))
    with st.form(key="stock_new"):
        markup.show("section", title=_("Take a delivery in"), aside="", text="")
        with st.container(horizontal=True, key="stock_new_what"):
            product = st.text_input(
                _("Product"), max_chars=200, width=260, key=_field("product", nonce)
            )
            lot = st.text_input(_("Lot"), max_chars=64, width=150, key=_field("lot", nonce))
            expires = st.text_input(
                _("Expires"),
                max_chars=10,
                placeholder=_("2027-03"),
                width=120,
                key=_field("expires", nonce),
            )
            maker = st.text_input(_("Maker"), max_chars=200, width=180, key=_field("maker", nonce))
        with st.container(horizontal=True, key="stock_new_much"):
            containers = st.number_input(
                _("Containers"),
                min_value=1,
                max_value=100_000,
                value=1,
                step=1,
                width=130,
                key=_field("containers", nonce),
            )
            volume = st.number_input(
                _("mL in one"),
                min_value=0.0,
                value=None,
                step=0.5,
                width=130,
                key=_field("volume", nonce),
            )
            price = st.number_input(
                _("Price of one, optional"),
                min_value=0.0,
                value=None,
                step=1.0,
                width=180,
                key=_field("price", nonce),
            )
            currency = st.text_input(_("Currency"), max_chars=3, placeholder=_("EUR"), width=110)
            gtin = st.text_input(
                _("GTIN, optional"), max_chars=14, width=160, key=_field("gtin", nonce)
            )
        if not st.form_submit_button(_("Take it in"), type="primary"):
            return
    new = NewStock(
        product, lot, expires.strip(), int(containers), volume, gtin.strip(), maker.strip(),
        price, currency.strip().upper() or None,
    )  # fmt: skip
    try:
        receive_stock(
            context.db(),
            new,
            context.actor(),
            nonce=nonce,
            received_on=today,
        )
    except (RecordError, NotAllowedError) as error:
        markup.show("finding", level="refused", text=str(error))
        return
    st.session_state.pop(NONCE, None)
    package_photo.forget(PHOTO)
    st.session_state[SAID] = ("note", _("Taken in."))
    st.rerun()


def _field(name: str, nonce: str) -> str:
    """The key of a field of one delivery's form; the next one's fields are new ones."""
    return f"stock_new_{name}_{nonce}"


def _take_code(nonce: str, product: str | None, code: PackageCode) -> bool:
    """Fill the form of a delivery in from the code of its package."""
    read = {"product": product, "lot": code.lot, "expires": code.expires_on, "gtin": code.gtin}
    for name, text in read.items():
        if text:
            st.session_state[_field(name, nonce)] = text
    return True


def show_entries(actor: Actor, today: date) -> None:
    """How the lots of the last months came into the record; typing is the fallback."""
    found = lot_entries(context.db(), today - COUNTED, today, actor)
    if not found.noted:
        return
    parts = [
        _("{n} read from the package's code").format(n=phrases.number(found.from_code)),
        _("{n} chosen from the list").format(n=phrases.number(found.from_list)),
        _("{n} typed").format(n=phrases.number(found.typed)),
        *(
            _(words).format(n=phrases.number(n))
            for n, words in ((found.not_noted, NOT_NOTED), (found.without_lot, WITHOUT_LOT))
            if n
        ),
    ]
    markup.show(
        "section",
        title=_("How lots were entered"),
        aside=_("sessions of the last {n} days").format(n=COUNTED.days),
        text=" · ".join(parts),
    )


def show_recall(catalogue: Catalogue, actor: Actor, items: tuple[StockItem, ...]) -> None:
    """Who had a lot: the call list."""
    if not actor.may("sessions.view"):
        return
    lots = phrases.distinct({one.stock_id: f"{one.product}, {one.lot}" for one in items if one.lot})
    with st.container(border=True, key="stock_recall"):
        markup.show(
            "section",
            title=_("Who had a lot"),
            aside="",
            text=_("The call list of a recall; the access is logged."),
        )
        with st.container(horizontal=True, key="stock_recall_row"):
            which = st.selectbox(
                _("Lot"),
                list(lots),
                index=None,
                format_func=phrases.wording(lots),
                placeholder=_("Choose a lot"),
                key=WHICH,
                bind="query-params",
                width=360,
            )
            typed = st.text_input(
                _("or any lot's number"), key=TYPED, max_chars=64, width=200
            ).strip()
        if typed:
            asked = [(one, typed) for one in products_of_lot(context.db(), typed, actor)]
        else:
            asked = [(one.product, one.lot or "") for one in items if one.stock_id == which]
        if typed and not asked:
            text = _("No session used a lot {lot}; type it as it is on the package.")
            markup.show("empty", title=_("Nobody had it"), text=text.format(lot=typed))
        for product, lot in asked:
            _call_list(catalogue, actor, product, lot)


def _call_list(catalogue: Catalogue, actor: Actor, product: str, lot: str) -> None:
    """Everybody who had a lot, with a link to each."""
    found = who_had(context.db(), product, lot, actor)
    if not found:
        markup.show("empty", title=_("Nobody had it"), text=f"{product}, {lot}")
        return
    markup.show(
        "table",
        title=_("Call list"),
        aside=phrases.sessions(len(found)),
        caption=f"{product}, {lot}",
        columns=[
            {"label": label, "number": False, "help": "", "kind": "wide"}
            for label in (_("Patient"), _("Name"), _("Telephone"), _("Session"), _("Areas"))
        ],
        rows=[
            [
                use.patient_id,
                use.name or _("not recorded"),
                use.phone or _("not recorded"),
                phrases.moment(use.held_at),
                "; ".join(catalogue.label(*place) for place in use.areas),
            ]
            for use in found
        ],
    )
    with st.container(horizontal=True, key=f"stock_recall_ways_{product}"):
        for patient_id in dict.fromkeys(use.patient_id for use in found):
            link("patient", patient_id, icon=":material/person:", patient=patient_id)
