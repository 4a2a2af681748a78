"""How long records are kept: the clinic's own limit, and whose records are past it."""

import streamlit as st

from mesodash.language import _, format_day, ngettext
from mesodash.permissions import NotAllowedError
from mesodash.records.privacy import retention
from mesodash.records.store.errors import RecordError
from mesodash.ui.admin import notices
from mesodash.ui.parts import markup
from mesodash.ui.shell import context

MOST_ROWS = 200


def show() -> None:
    """Draw the limit and, for those who may erase, who is past it."""
    kept = retention.years(context.db())
    markup.show(
        "section",
        level=2,
        title=_("How long records are kept"),
        aside=_after_last_contact(kept) if kept else _("no limit set"),
        text=_("The law of the clinic's country says how long. Nothing is erased by itself."),
    )
    if not context.actor().may("patients.erase"):
        markup.show("note", text=_("Only an administrator sets the limit and sees who is past it."))
        return
    _set(kept)
    if kept is not None:
        _show_past()


def _set(kept: int | None) -> None:
    years = st.number_input(
        _("Years after the last contact"),
        min_value=1,
        max_value=200,
        value=kept,
        placeholder=_("no limit"),
        key=f"keep_years_{kept}",
    )
    if not st.button(_("Set the limit"), key="keep_set"):
        return
    try:
        retention.set_years(context.db(), context.actor(), years)
    except (RecordError, NotAllowedError) as error:
        notices.show_refusal(_("Not set"), error)
        return
    sentence = (
        _("Records are kept {time}.").format(time=_after_last_contact(years))
        if years
        else _("Records are kept without a limit.")
    )
    notices.keep(_("The limit is set"), sentence)
    st.rerun()


def _show_past() -> None:
    found = retention.past(context.db(), context.actor(), context.today())
    if not found:
        markup.show("note", text=_("Nobody's records are past the limit."))
        return
    caption = _("The longest first. This look is noted in the change log.")
    if len(found) > MOST_ROWS:
        caption += " " + _("The first {n}.").format(n=MOST_ROWS)
    markup.show(
        "table",
        title=_("Past the limit"),
        aside=ngettext("{n} patient", "{n} patients", len(found)).format(n=len(found)),
        caption=caption,
        columns=[
            {"label": label, "number": False, "help": "", "kind": "short"}
            for label in (_("Patient"), _("Last contact"), _("Past since"))
        ],
        rows=[
            [
                one.patient_id,
                format_day(one.last_contact),
                format_day(one.past_since),
            ]
            for one in found[:MOST_ROWS]
        ],
    )


def _after_last_contact(years: int) -> str:
    return ngettext(
        "{n} year after the last contact", "{n} years after the last contact", years
    ).format(n=years)
