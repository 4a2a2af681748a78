"""Erasing a patient's identity: first what would go and stay, then the id again and a reason."""

from collections.abc import Sequence

import streamlit as st

from mesodash.language import _, format_day, format_number, ngettext
from mesodash.permissions import NotAllowedError
from mesodash.records.privacy.erasure import Part, Preview, erase, preview
from mesodash.records.store.errors import RecordError
from mesodash.ui.admin import notices
from mesodash.ui.admin.change_log_words import table_heading
from mesodash.ui.parts import markup
from mesodash.ui.shell import context

_ROUND = "erase_round"


def show() -> None:
    """Draw the form for an erasure, for those who may erase; others are told who may."""
    markup.show(
        "section",
        level=2,
        title=_("Erase a patient"),
        aside="",
        text=_(
            "Takes out of the file what names or describes a person; doses, dates and side effects"
            " stay, without a name. It cannot be undone."
        ),
    )
    if not context.actor().may("patients.erase"):
        markup.show("note", text=_("Only an administrator may erase; you may read this page."))
        return
    # After an erasure the form is a new one: no id is left in it.
    at = st.session_state.setdefault(_ROUND, 0)
    patient_id = st.text_input(
        _("Patient's id"),
        max_chars=64,
        key=f"erase_id_{at}",
        help=_("Enter shows what would go; nothing is erased yet."),
        autocomplete="off",
    ).strip()
    if not patient_id:
        return
    try:
        found = preview(context.db(), patient_id, context.actor())
    except (RecordError, NotAllowedError) as error:
        notices.show_refusal(_("Nobody to erase"), error)
        return
    _show_parts(found)
    reason = st.text_input(
        _("Reason"),
        max_chars=200,
        key=f"erase_reason_{at}",
        help=_("Stays in the file: without the name or id, such as `asked for it on 3 Nov`."),
        autocomplete="off",
    )
    again = st.text_input(
        _("Type {patient} again to confirm").format(patient=patient_id),
        max_chars=64,
        key=f"erase_again_{patient_id}_{at}",
        autocomplete="off",
    )
    if st.button(_("Erase for good"), type="primary", key="erase_do"):
        _erase(patient_id, reason, again)


def _erase(patient_id: str, reason: str, again: str) -> None:
    if again.strip() != patient_id:
        notices.show_refusal(
            _("Not erased"),
            RecordError(
                _("Type {patient} into the last field, exactly, to confirm.").format(
                    patient=patient_id
                )
            ),
        )
        return
    try:
        done = erase(context.db(), patient_id, context.actor(), reason=reason)
    except (RecordError, NotAllowedError) as error:
        notices.show_refusal(_("Not erased"), error)
        return
    old = (
        _("Old pages of the file are overwritten.")
        if done.cleared
        else _(
            "Another program is reading the file, so old pages are not all overwritten: close it"
            " and run `mesodash check`."
        )
    )
    rows = sum(done.rows.values())
    notices.keep(
        _("The patient is erased"),
        ngettext(
            "{n} row changed or deleted. The change log keeps {pseudonym} for the id.",
            "{n} rows changed or deleted. The change log keeps {pseudonym} for the id.",
            rows,
        ).format(n=format_number(rows), pseudonym=done.pseudonym)
        + f" {old}",
    )
    st.session_state[_ROUND] += 1
    st.rerun()


def _show_parts(found: Preview) -> None:
    for title, parts, why in (
        (_("What would go, {patient}"), found.goes, _("Why")),
        (_("What would stay, {patient}"), found.stays, _("Why it may")),
    ):
        _show_table(title.format(patient=found.patient_id), parts, why)
    if found.backups:
        markup.show(
            "empty",
            title=ngettext(
                "{n} backup may still hold this patient",
                "{n} backups may still hold this patient",
                len(found.backups),
            ).format(n=len(found.backups)),
            text=_("Delete those that are kept elsewhere, or let them expire: {backups}.").format(
                backups=", ".join(f"{name} ({format_day(on)})" for name, on in found.backups[-12:])
            ),
        )


def _show_table(title: str, parts: Sequence[Part], why: str) -> None:
    total = sum(part.rows for part in parts)
    markup.show(
        "table",
        title=title,
        aside=ngettext("{n} row", "{n} rows", total).format(n=format_number(total)),
        caption="",
        columns=[
            {"label": label, "number": is_number, "help": "", "kind": "wide"}
            for label, is_number in (
                (_("Where"), False),
                (_("What"), False),
                (_("Rows"), True),
                (why, False),
            )
        ],
        rows=[
            [table_heading(part.table), _(part.what), format_number(part.rows), _(part.why)]
            for part in parts
        ],
    )
