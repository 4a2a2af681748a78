"""Erasing who a patient was: what would go and stay first, then the id typed again and a reason."""

from collections.abc import Sequence

import streamlit as st

from mesodash.permissions import NotAllowedError
from mesodash.records.erasure import Preview, erase, preview
from mesodash.records.erasure_rules import Part
from mesodash.records.errors import RecordError
from mesodash.ui import access, markup, phrases
from mesodash.ui.manage import told
from mesodash.ui.manage.log_words import table

_ROUND = "erase_round"


def show() -> None:
    """Draw the way to an erasure, for one who may erase; the others read who may."""
    markup.show(
        "section",
        title="Erase a patient",
        aside="",
        text="Takes out of the file what names or describes a person; doses, dates and side effects"
        " stay, without a name. It cannot be undone.",
    )
    if not access.actor().may("patients.erase"):
        markup.show("note", text="Only an administrator may erase; you may read this page.")
        return
    # After an erasure the form is a new one: no id is left standing in it.
    at = st.session_state.setdefault(_ROUND, 0)
    asked = st.text_input(
        "Patient's id",
        max_chars=64,
        key=f"erase_id_{at}",
        help="Enter shows what would go; nothing is erased yet.",
        autocomplete="off",
    ).strip()
    if not asked:
        return
    try:
        found = preview(access.db(), asked, access.actor())
    except (RecordError, NotAllowedError) as error:
        told.refused("Nobody to erase", error)
        return
    _show_parts(found)
    reason = st.text_input(
        "Reason",
        max_chars=200,
        key=f"erase_reason_{at}",
        help="Stays in the file: without the name or id, such as `asked for it on 3 Nov`.",
        autocomplete="off",
    )
    again = st.text_input(
        f"Type {asked} again to confirm",
        max_chars=64,
        key=f"erase_again_{asked}_{at}",
        autocomplete="off",
    )
    if st.button("Erase for good", type="primary", key="erase_do"):
        _erase(asked, reason, again)


def _erase(patient_id: str, reason: str, again: str) -> None:
    if again.strip() != patient_id:
        told.refused(
            "Not erased",
            RecordError(f"Type {patient_id} into the last field, exactly, to confirm."),
        )
        return
    try:
        done = erase(access.db(), patient_id, access.actor(), reason=reason)
    except (RecordError, NotAllowedError) as error:
        told.refused("Not erased", error)
        return
    old = (
        "Old pages of the file are overwritten."
        if done.cleared
        else "Another program is reading the file, so old pages are not all overwritten: close it"
        " and run `mesodash check`."
    )
    told.tell(
        "The patient is erased",
        f"{phrases.count(sum(done.rows.values()), 'row')} changed or deleted. The change log keeps"
        f" {done.pseudonym} for the id. {old}",
    )
    st.session_state[_ROUND] += 1
    st.rerun()


def _show_parts(found: Preview) -> None:
    for title, parts, why in (
        ("What would go", found.goes, "Why"),
        ("What would stay", found.stays, "Why it may"),
    ):
        _table(f"{title}, {found.patient_id}", parts, why)
    if found.backups:
        markup.show(
            "empty",
            title=f"{phrases.count(len(found.backups), 'backup')} may still hold this patient",
            text="Delete those that are kept elsewhere, or let them run out: "
            + ", ".join(f"{name} ({phrases.day(on)})" for name, on in found.backups[-12:])
            + ".",
        )


def _table(title: str, parts: Sequence[Part], why: str) -> None:
    markup.show(
        "table",
        title=title,
        aside=phrases.count(sum(part.rows for part in parts), "row"),
        caption="",
        columns=[
            {"label": label, "number": label == "Rows", "help": "", "kind": "wide"}
            for label in ("Where", "What", "Rows", why)
        ],
        rows=[
            [table(part.table), part.what, phrases.number(part.rows), part.why] for part in parts
        ],
    )
