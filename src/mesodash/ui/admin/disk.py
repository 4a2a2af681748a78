"""Whether photographs may be kept: an encrypted file, or a disk declared to be encrypted."""

import streamlit as st

from mesodash.language import _
from mesodash.permissions import NotAllowedError
from mesodash.records.store.errors import RecordError
from mesodash.records.watch.photographs import ALLOW, declare_disk, disk_declared_by
from mesodash.settings import db_key_file
from mesodash.ui.admin import notices
from mesodash.ui.parts import markup
from mesodash.ui.shell import context


def show() -> None:
    """Show the state, and let an administrator declare the disk encrypted or withdraw that."""
    if context.clinic().is_demo:
        return
    by = disk_declared_by(context.db())
    if db_key_file() is not None:
        state, text = _("switched on"), _("The clinic's file is encrypted.")
    elif by:
        state = _("switched on")
        text = _("{who} declared that the disk of this file and of its backups is encrypted.")
        text = text.format(who=by)
    else:
        state = _("switched off")
        text = _("They are off until the file or the disk under it is encrypted.")
    with st.container(border=True, key="manage_disk"):
        markup.show("section", level=2, title=_("Photographs of patients"), aside=state, text=text)
        if db_key_file() is not None or not context.actor().may(ALLOW):
            return
        st.button(
            _("Take the declaration back")
            if by
            else _("Declare that the disk, and that of the backups, is encrypted"),
            key="disk_declare",
            on_click=_declare,
            args=(by is None,),
        )


def _declare(declared: bool) -> None:
    try:
        declare_disk(context.db(), context.actor(), declared=declared)
    except (RecordError, NotAllowedError) as error:
        notices.show_refusal(_("Not declared"), error)
