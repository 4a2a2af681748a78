"""Parts of the patient page that run in the browser: signature, camera, comparing photographs.

A picture travels over the page's own connection: it is in no cache, and has no address.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from mesodash.language import _

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

_PLACE: Final = '<div class="pt-root" style="min-height: 3rem; visibility: hidden"></div>'
_PICTURE: Final = "data:image/jpeg;base64,"
USUAL_RATIO: Final = 0.75
"""Width by height of a photograph that has no earlier one to match."""


@cache
def _pen() -> "ComponentRenderer":
    # Not at import: outside a running app Streamlit does not know where the front end's files are.
    return st.components.v2.component(
        "mesodash.patient", html=_PLACE, css="patient.css", js="index.js", isolate_styles=False
    )


def _nothing() -> None:
    """An empty callback, so that Streamlit lists the state; `signed` reads it."""


def sign(key: str, nonce: str) -> None:
    """Draw the field to sign in; another nonce empties it."""
    words = {
        "field": _("Field to sign in"),
        "hint": _("Sign with a finger, a pen or the mouse."),
        "clear": _("Clear the field"),
    }
    _pen()(
        key=key,
        data={"mode": "ink", "nonce": nonce, "words": words},
        on_signed_change=_nothing,
        height="content",
    )


def signed(key: str, nonce: str) -> str:
    """The path of the strokes in the field; empty while there are none."""
    told = _state_of(key, "signed", nonce)
    path = told.get("path")
    return path if isinstance(path, str) else ""


def camera(
    key: str, nonce: str, ghost: bytes | None, ratio: float, take: Callable[[], Any]
) -> None:
    """Draw the camera, with an earlier picture over the live one.

    Args:
        key: of its place.
        nonce: another one after each picture that was kept.
        ghost: the earlier picture, or None.
        ratio: width by height of the frame.
        take: called when a picture is to be kept; `taken` then gives it.
    """
    words = {
        "start": _("Start the camera"),
        "stop": _("Stop the camera"),
        "take": _("Take the photograph"),
        "keep": _("Keep it"),
        "again": _("Take it again"),
        "ghost": _("Earlier photograph"),
        "live": _("Live picture of the camera"),
        "taken": _("The photograph as it was taken"),
        "none": _("The browser gives no camera to a page without https; choose a file below."),
        "refused": _("The browser gave no camera; allow it for this page, or choose a file below."),
    }
    _pen()(
        key=key,
        data={
            "mode": "camera",
            "nonce": nonce,
            "ghost": _address(ghost) if ghost else "",
            "ratio": ratio,
            "words": words,
        },
        on_taken_change=take,
        height="content",
    )


def taken(key: str, nonce: str) -> bytes | None:
    """The picture that is to be kept, within the callback of `camera`."""
    picture = _state_of(key, "taken", nonce).get("picture")
    if not isinstance(picture, str) or not picture.startswith(_PICTURE):
        return None
    try:
        return base64.b64decode(picture[len(_PICTURE) :], validate=True)
    except binascii.Error:
        return None


def compare(key: str, before: tuple[bytes, str], after: tuple[bytes, str]) -> None:
    """Draw two photographs side by side, or one over the other; each comes with its words."""
    words = {
        "beside": _("Side by side"),
        "over": _("One over the other"),
        "how": _("How the photographs are shown"),
        "fade": _("Later photograph"),
    }
    shown = {
        name: {"src": _address(picture), "alt": text, "caption": text}
        for name, (picture, text) in (("before", before), ("after", after))
    }
    _pen()(key=key, data={"mode": "compare", "words": words, **shown}, height="content")


def _state_of(key: str, name: str, nonce: str) -> Mapping[str, Any]:
    component = st.session_state.get(key)
    told = component.get(name) if isinstance(component, Mapping) else None
    return told if isinstance(told, Mapping) and told.get("nonce") == nonce else {}


def _address(picture: bytes) -> str:
    return _PICTURE + base64.b64encode(picture).decode()
