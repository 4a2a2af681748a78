"""The code on a package, photographed: a field for the picture, and what was read of it."""

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.sources.package_code import PackageCode, read_package
from mesodash.language import _
from mesodash.permissions import NotAllowedError
from mesodash.records.stock.products import product_of_gtin
from mesodash.ui.parts import markup
from mesodash.ui.shell import context

LARGEST_MB = 25


def ask(key: str, label: str, take: Callable[[str | None, PackageCode], bool]) -> None:
    """Draw the field for a photograph, for which a phone offers its camera, and what was read.

    Args:
        key: of this field among all.
        label: what the button says.
        take: in a callback, takes what this clinic calls the product, or None, and the code; gives
            whether there was a form to take it into.
    """
    turn = st.session_state.get(f"{key}_turn", 0)
    with st.popover(label, icon=":material/photo_camera:"):
        st.file_uploader(
            _("Photograph the code on the package"),
            type=["jpg", "jpeg", "png", "webp"],
            max_upload_size=LARGEST_MB,
            key=f"{key}_{turn}",
            on_change=partial(_read, key, turn, take),
            help=_("DataMatrix or barcode of a medical package (GS1). The picture is not kept."),
        )
    said = st.session_state.get(f"{key}_said")
    if said:
        markup.show("finding", level=said[0], text=said[1])


def forget(key: str) -> None:
    """Forget what was read last."""
    st.session_state.pop(f"{key}_said", None)


def _read(key: str, turn: int, take: Callable[[str | None, PackageCode], bool]) -> None:
    """In a callback, so that what was read is in the form in the run that follows."""
    given = st.session_state.get(f"{key}_{turn}")
    if not isinstance(given, UploadedFile):  # none, or one that is no longer there
        return
    st.session_state[f"{key}_turn"] = turn + 1  # the field is empty again, for the next package
    try:
        code = read_package(given.getvalue())
        product = (
            None if code.gtin is None else product_of_gtin(context.db(), code.gtin, context.actor())
        )
    except (BrokenFileError, NotAllowedError) as error:
        st.session_state[f"{key}_said"] = ("refused", str(error))
        return
    if not take(product, code):
        return
    words = _("Read: lot {lot}, expires {day}.").format(
        lot=code.lot, day=code.expires_on or _("not said")
    )
    if product is None:
        words += " " + _("This clinic does not know the code yet: choose the product.")
    st.session_state[f"{key}_said"] = ("note", words)
