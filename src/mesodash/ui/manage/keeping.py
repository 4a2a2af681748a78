"""How long records are kept: the clinic's own limit, and whose records are past it."""

import streamlit as st

from mesodash.permissions import NotAllowedError
from mesodash.records import retention
from mesodash.records.errors import RecordError
from mesodash.ui import access, markup, phrases
from mesodash.ui.manage import told

MOST_ROWS = 200


def show() -> None:
    """Draw the limit and who is past it, for one who may erase; the others read the limit."""
    kept = retention.years(access.db())
    markup.show(
        "section",
        title="How long records are kept",
        aside=f"{phrases.count(kept, 'year')} after the last contact" if kept else "no limit set",
        text="The law of the clinic's country says how long. Nothing is erased by itself.",
    )
    if not access.actor().may("patients.erase"):
        markup.show("note", text="Only an administrator sets the limit and sees who is past it.")
        return
    _set(kept)
    if kept is not None:
        _show_past()


def _set(kept: int | None) -> None:
    years = st.number_input(
        "Years after the last contact",
        min_value=1,
        max_value=200,
        value=kept,
        placeholder="no limit",
        key=f"keep_years_{kept}",
    )
    if not st.button("Set the limit", key="keep_set"):
        return
    try:
        retention.set_years(access.db(), access.actor(), years)
    except (RecordError, NotAllowedError) as error:
        told.refused("Not set", error)
        return
    limit = f"{phrases.count(years, 'year')} after the last contact" if years else "without a limit"
    told.tell("The limit is set", f"Records are kept {limit}.")
    st.rerun()


def _show_past() -> None:
    found = retention.past(access.db(), access.actor(), access.today())
    if not found:
        markup.show("note", text="Nobody's records are past the limit.")
        return
    markup.show(
        "table",
        title="Past the limit",
        aside=phrases.count(len(found), "patient"),
        caption="The longest first. This look is noted in the change log."
        + (f" The first {MOST_ROWS}." if len(found) > MOST_ROWS else ""),
        columns=[
            {"label": label, "number": False, "help": "", "kind": "short"}
            for label in ("Patient", "Last contact", "Past since")
        ],
        rows=[
            [
                one.patient_id,
                phrases.day(one.last_contact.isoformat()),
                phrases.day(one.past_since.isoformat()),
            ]
            for one in found[:MOST_ROWS]
        ],
    )
