"""The form's fields in the session state: filled from a content, read back as one.

Each field is a widget with a key of its own, so that Streamlit keeps it over the reruns that typing
causes and the focus stays where it is.
"""

from dataclasses import replace
from datetime import date, time
from typing import Any

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.figure.placed_points import Placed
from mesodash.exchange.sources.package_code import PackageCode
from mesodash.records.treatment.entries import ProductEntry
from mesodash.ui.record.content import DOSE_FIELDS, Dose, FormContent

PREFIX = "session_form_"
AREAS = f"{PREFIX}areas"
ROWS = f"{PREFIX}product_rows"
NEXT_ROW = f"{PREFIX}product_next"
PLACED = f"{PREFIX}placed"
KEPT = "kept"
"""The initial content of a row or the form: what has no field of its own is kept."""
CORRECTING = "session_correcting"
"""The id of the session that is being corrected in this window."""
LOT_FROM = "lot_from"
"""How a row's lot came in, where it is no longer the one that the row began with."""
PRODUCT_FIELDS = ("product", "lot", "expires_on", "volume_ml")


def key(name: str) -> str:
    """The key of a field."""
    return f"{PREFIX}{name}"


def area_key(site: AreaSide, name: str) -> str:
    """The key of one field of an area."""
    return f"{PREFIX}{site.area}|{site.side}_{name}"


def product_key(row: int, name: str) -> str:
    """The key of one field of a product's row."""
    return f"{PREFIX}product_{row}_{name}"


def fill(content: FormContent) -> None:
    """Fill the fields with a content, replacing their values."""
    clear()
    state = st.session_state
    state[key("held_on")] = date.fromisoformat(content.held_on)
    state[key("held_time")] = time.fromisoformat(content.held_time) if content.held_time else None
    state[key("protocol")] = content.protocol
    state[key("practitioner")] = content.practitioner_id
    state[AREAS] = content.areas
    for site, dose in content.doses.items():
        for name in DOSE_FIELDS:
            state[area_key(site, name)] = getattr(dose, name)
    state[ROWS] = tuple(range(len(content.products)))
    state[NEXT_ROW] = len(content.products)
    for row, used in enumerate(content.products):
        for name in PRODUCT_FIELDS:
            state[product_key(row, name)] = getattr(used, name)
        state[product_key(row, KEPT)] = used
    state[key("reactions")] = list(content.reactions)
    state[key("asked")] = list(content.asked)
    state[key("note")] = content.note
    state[PLACED] = dict(content.placed)
    state[key("price")] = content.price
    state[key("currency")] = content.currency
    for name in ("began", "ended"):
        at = getattr(content, name)
        state[key(name)] = time.fromisoformat(at) if at else None
    state[key(KEPT)] = content.kept
    state[key("departure")] = content.departure
    state[key("departure_text")] = content.departure_text


def clear() -> None:
    """Forget every field."""
    for name in [name for name in st.session_state if str(name).startswith(PREFIX)]:
        del st.session_state[name]


def is_filled() -> bool:
    """Whether the form was filled in this session.

    A part of the page that runs by itself, and a callback of a second click, may come after the
    form was saved and its fields forgotten; both ask this first.
    """
    return AREAS in st.session_state


def areas() -> tuple[AreaSide, ...]:
    """What was treated, in the order of choice; nothing where the form is not filled."""
    chosen: tuple[AreaSide, ...] = st.session_state.get(AREAS, ())
    return chosen


def placed() -> dict[AreaSide, tuple[Placed, ...]]:
    """The points placed on the figure, area by area."""
    points: dict[AreaSide, tuple[Placed, ...]] = st.session_state.get(PLACED, {})
    return points


def product_rows() -> tuple[int, ...]:
    """The numbers of the products' rows; none where the form is not filled."""
    rows: tuple[int, ...] = st.session_state.get(ROWS, ())
    return rows


def read() -> FormContent:
    """The content of the fields now."""
    state: Any = st.session_state
    treated = areas()
    held_time = state.get(key("held_time"))
    held_on = state.get(key("held_on"))
    return FormContent(
        held_on=held_on.isoformat() if isinstance(held_on, date) else "",
        held_time=_hour(held_time),
        protocol=state.get(key("protocol")),
        practitioner_id=state.get(key("practitioner")),
        areas=treated,
        doses={
            site: Dose(**{name: state.get(area_key(site, name)) for name in DOSE_FIELDS})
            for site in treated
        },
        products=tuple(
            _product(state, row) for row in product_rows() if state.get(product_key(row, "product"))
        ),
        reactions=tuple(state.get(key("reactions")) or ()),
        asked=tuple(state.get(key("asked")) or ()),
        note=state.get(key("note")) or "",
        placed={site: at for site, at in placed().items() if at and site in treated},
        price=state.get(key("price")),
        currency=state.get(key("currency")) or "",
        began=_hour(state.get(key("began"))),
        ended=_hour(state.get(key("ended"))),
        kept=state.get(key(KEPT), (None, None)),
        departure=state.get(key("departure")),
        departure_text=state.get(key("departure_text")) or "",
    )


def _hour(at: object) -> str | None:
    return at.isoformat("minutes") if isinstance(at, time) else None


def _product(state: Any, row: int) -> ProductEntry:
    product = " ".join(str(state[product_key(row, "product")]).split())
    lot = " ".join((state.get(product_key(row, "lot")) or "").split()) or None
    began: ProductEntry | None = state.get(product_key(row, KEPT))
    if began is None or began.product not in ("", product) or began.lot != lot:
        lot_from = state.get(product_key(row, LOT_FROM)) if lot else None
        began = ProductEntry(product, lot, lot_from=lot_from)
    return replace(
        began,
        product=product,
        expires_on=(state.get(product_key(row, "expires_on")) or "").strip() or None,
        volume_ml=state.get(product_key(row, "volume_ml")),
    )


def add_product(product: str | None = None) -> None:
    """One more row of a product."""
    if not is_filled():
        return
    row: int = st.session_state[NEXT_ROW]
    st.session_state[ROWS] = (*product_rows(), row)
    st.session_state[NEXT_ROW] = row + 1
    st.session_state[product_key(row, "product")] = product


def add_scanned(product: str | None, code: PackageCode) -> bool:
    """One more row, filled in from the code of a package; whether there was a form for it."""
    if not is_filled():
        return False
    row: int = st.session_state[NEXT_ROW]
    add_product(product)
    state = st.session_state
    state[product_key(row, "lot")] = code.lot
    state[product_key(row, "expires_on")] = code.expires_on
    state[product_key(row, KEPT)] = ProductEntry(
        product or "", code.lot, gtin=code.gtin, serial=code.serial, lot_from="code"
    )
    return True


def remove_product(row: int) -> None:
    """Take a product's row away."""
    if not is_filled():
        return
    st.session_state[ROWS] = tuple(one for one in product_rows() if one != row)
