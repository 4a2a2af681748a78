"""Photographs of a patient: compared, taken with the earlier one over the live picture, used."""

import secrets
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue
from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.sources.photograph_file import CleanPicture, clean_photograph
from mesodash.language import N_, _, format_day, ngettext
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.patients import Patient
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.history import TreatedSession
from mesodash.records.watch.consents import Consent, consents_of, is_consented
from mesodash.records.watch.photographs import (
    INTIMATE,
    RELEASED_FOR,
    SEE,
    SEE_INTIMATE,
    TAKE,
    NewPhotograph,
    Photograph,
    add_photograph,
    photographs_of,
    picture_of,
    released_picture,
    remove_photograph,
    why_off,
)
from mesodash.ui.parts import area_choice, markup, phrases
from mesodash.ui.patient import browser_parts
from mesodash.ui.shell import context

SAID, NONCE, SHOWN = "photo_said", "photo_nonce", "photo_shown"
CAMERA: Final = "photo_camera"
LARGEST_MB: Final = 25
VIEWS: Final = {
    "front": N_("from the front"),
    "oblique_left": N_("obliquely, the left side"),
    "left": N_("the left side"),
    "back": N_("from behind"),
    "right": N_("the right side"),
    "oblique_right": N_("obliquely, the right side"),
    "close": N_("close up"),
}
MOMENTS: Final = {"before": N_("Before treatment"), "after": N_("After treatment")}
RELEASES: Final = {"teaching": N_("For teaching"), "publication": N_("For publication")}

Kind = tuple[str, str, str]
"""Area, side and view: what two photographs must have in common to be compared."""


def show(
    catalogue: Catalogue, actor: Actor, patient: Patient, rows: Sequence[TreatedSession]
) -> None:
    """The photographs taken, two of them compared, and the form to take the next one."""
    if not actor.may(SEE):
        return
    said = st.session_state.pop(SAID, None)
    if said:
        markup.show("finding", level=said[0], text=said[1])
    found, hidden = photographs_of(context.db(), patient.patient_id, actor)
    if hidden:
        text = ngettext(
            "{n} more photograph of an intimate area is not shown to your role.",
            "{n} more photographs of intimate areas are not shown to your role.",
            hidden,
        ).format(n=hidden)
        markup.show("note", text=text)
    given = consents_of(context.db(), patient.patient_id, actor)
    if found:
        _show_kept(catalogue, actor, found, given)
    off = why_off(context.db())
    if off is not None:
        markup.show("empty", title=_("Photographs are off"), text=off)
    elif actor.may(TAKE):
        _show_taking(actor, patient, rows, (found, given))


def _words(catalogue: Catalogue, kind: Kind) -> str:
    area, side, view = kind
    return _("{area}, {view}").format(area=catalogue.label(area, side), view=_(VIEWS[view]))


def _kind(one: Photograph) -> Kind:
    return one.area, one.side, one.view


def _caption(catalogue: Catalogue, one: Photograph) -> str:
    return _("{day}, {moment}: {what}").format(
        day=format_day(one.taken_on),
        moment=_(MOMENTS[one.moment]),
        what=_words(catalogue, _kind(one)),
    )


def _show_kept(
    catalogue: Catalogue, actor: Actor, found: Sequence[Photograph], given: Sequence[Consent]
) -> None:
    """Pictures are shown only on request: each view of one is noted."""
    kinds = {one: _words(catalogue, one) for one in dict.fromkeys(_kind(p) for p in found)}
    if not st.toggle(
        ngettext("Show the {n} photograph", "Show the {n} photographs", len(found)).format(
            n=len(found)
        ),
        key=SHOWN,
        help=_("Each look at a photograph stands in the change log."),
    ):
        return
    with st.container(horizontal=True, key="photo_which"):
        kind = st.selectbox(
            _("What and from where"),
            list(kinds),
            format_func=phrases.wording(phrases.distinct(kinds)),
            key="photo_kind",
            width=280,
        )
        same = [one for one in found if _kind(one) == kind]
        days = {
            one.photograph_id: f"{format_day(one.taken_on)}, {_(MOMENTS[one.moment])}"
            for one in same
        }
        days = phrases.distinct(days)
        left = st.selectbox(
            _("Earlier"),
            list(days),
            format_func=phrases.wording(days),
            key=f"photo_l_{kind}",
            width=280,
        )
        right = st.selectbox(
            _("Later"),
            list(days),
            index=max(0, len(days) - 1),
            format_func=phrases.wording(days),
            key=f"photo_r_{kind}",
            width=280,
        )
    by_id = {one.photograph_id: one for one in same}
    try:
        before, after = (
            (picture_of(context.db(), name, actor), _caption(catalogue, by_id[name]))
            for name in (left, right)
        )
    except (RecordError, NotAllowedError) as error:
        markup.show("finding", level="refused", text=str(error))
        return
    browser_parts.compare("photo_compare", before, after)
    with st.expander(_("Use or take out"), key="photo_use"):
        for one in dict.fromkeys((left, right)):
            _show_use(catalogue, actor, by_id[one], given)


def _show_use(
    catalogue: Catalogue, actor: Actor, one: Photograph, given: Sequence[Consent]
) -> None:
    today = context.today()
    markup.show("note", text=_caption(catalogue, one))
    with st.container(
        horizontal=True, vertical_alignment="bottom", key=f"photo_{one.photograph_id}"
    ):
        for purpose in RELEASED_FOR:
            allowed = is_consented(given, purpose, None, today)
            st.download_button(
                _(RELEASES[purpose]),
                partial(_released, one.photograph_id, purpose, actor, today),
                file_name=f"{one.photograph_id}.jpg",
                mime="image/jpeg",
                key=f"photo_{purpose}_{one.photograph_id}",
                icon=":material/download:",
                disabled=not allowed,
                help=None if allowed else _("No consent to this purpose stands."),
                on_click="ignore",
            )
        if not actor.may(TAKE):
            return
        why = f"photo_why_{one.photograph_id}"
        st.text_input(_("Why it is taken out"), key=why, max_chars=500, width=260)
        st.button(
            _("Take it out"),
            key=f"photo_out_{one.photograph_id}",
            on_click=_remove,
            args=(one.photograph_id, why),
        )


def _released(photograph_id: str, purpose: str, actor: Actor, today: date) -> bytes:
    return released_picture(context.db(), photograph_id, purpose, actor, on=today)


def _remove(photograph_id: str, why: str) -> None:
    try:
        remove_photograph(
            context.db(), photograph_id, context.actor(), reason=st.session_state.get(why, "")
        )
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = ("refused", str(error))
        return
    st.session_state[SAID] = ("note", _("The photograph was taken out."))


def _show_taking(
    actor: Actor,
    patient: Patient,
    rows: Sequence[TreatedSession],
    known: tuple[Sequence[Photograph], Sequence[Consent]],
) -> None:
    """What it will show, then the camera with the earlier one, and a field for a file."""
    found, given = known
    today = context.today()
    if not is_consented(given, "photographs", None, today):
        markup.show(
            "finding",
            level="reason",
            text=_("No consent to photographs stands; record it under Consents first."),
        )
        return
    st.session_state.setdefault(NONCE, secrets.token_hex(16))
    nonce = st.session_state[NONCE]
    treated = [AreaSide(row.area, row.side) for row in rows]
    names = area_choice.area_labels()
    sites = list(dict.fromkeys([*(site for site in treated if site in names), *names]))
    with st.container(horizontal=True, key="photo_what"):
        site = st.selectbox(
            _("Area of the photograph"), sites, format_func=phrases.wording(names), key="photo_site"
        )
        views = {code: _(words) for code, words in VIEWS.items()}
        view = st.selectbox(
            _("Seen"), list(views), format_func=phrases.wording(views), key="photo_view"
        )
    moments = {code: _(words) for code, words in MOMENTS.items()}
    moment = st.segmented_control(
        _("When it is taken"),
        list(moments),
        format_func=phrases.wording(moments),
        default="after" if found else "before",
        required=True,
        key="photo_moment",
    )
    intimate = site.area in INTIMATE or st.checkbox(
        _("Shows an intimate area"),
        key="photo_intimate",
        help=_("Seen then by practitioners alone."),
    )
    if intimate and not actor.may(SEE_INTIMATE):
        text = _("Your role takes no photographs of intimate areas; ask a practitioner.")
        markup.show("finding", level="reason", text=text)
        return
    new = partial(_new, site, view, moment or "before", today, intimate=intimate)
    same = [one for one in found if _kind(one) == (site.area, site.side, view)]
    if same:
        text = _("The one of {day} lies over the live picture.").format(
            day=format_day(same[-1].taken_on)
        )
        markup.show("note", text=text)
    if st.toggle(_("Take it with this device's camera"), key="photo_live"):
        ghost = picture_of(context.db(), same[-1].photograph_id, actor) if same else None
        ratio = same[-1].width / same[-1].height if same else browser_parts.USUAL_RATIO
        browser_parts.camera(
            CAMERA, nonce, ghost, ratio, partial(_keep_taken, patient.patient_id, new)
        )
    field = f"photo_file_{nonce}"
    st.file_uploader(
        _("Or choose a file"),
        type=["jpg", "jpeg", "heic", "heif", "png", "webp"],
        key=field,
        max_upload_size=LARGEST_MB,
        on_change=_keep_file,
        args=(patient.patient_id, new, field),
        help=_(
            "It is drawn anew without its place, its time and anything else that the file holds."
        ),
    )


def _new(
    site: AreaSide, view: str, moment: str, today: date, picture: CleanPicture, *, intimate: bool
) -> NewPhotograph:
    return NewPhotograph(
        picture.jpeg,
        picture.width,
        picture.height,
        site.area,
        site.side,
        view,
        moment,
        today,
        intimate,
    )


def _keep_taken(patient_id: str, new: partial[NewPhotograph]) -> None:
    content = browser_parts.taken(CAMERA, st.session_state.get(NONCE, ""))
    if content is not None:
        _keep(patient_id, new, content)


def _keep_file(patient_id: str, new: partial[NewPhotograph], field: str) -> None:
    given = st.session_state.get(field)
    if isinstance(given, UploadedFile):  # not one that is no longer there
        _keep(patient_id, new, given.getvalue())


def _keep(patient_id: str, new: partial[NewPhotograph], content: bytes) -> None:
    """Redraw and save it; either way the next one starts from an empty field."""
    nonce = st.session_state.pop(NONCE, "")
    try:
        add_photograph(
            context.db(),
            patient_id,
            new(clean_photograph(content)),
            context.actor(),
            nonce=nonce,
            today=context.today(),
        )
    except (BrokenFileError, RecordError, NotAllowedError) as error:
        st.session_state[SAID] = ("refused", str(error))
        return
    st.session_state[SAID] = ("note", _("The photograph was kept."))
