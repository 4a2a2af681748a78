"""What is doubtful or missing in the record, with links to the sessions."""

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.consult.adoption import current
from mesodash.consult.session_rules import limits
from mesodash.language import _
from mesodash.records.audit.actor import Actor
from mesodash.records.treatment.data_quality import (
    KINDS,
    DataFinding,
    FindingsOfKind,
    data_findings,
)
from mesodash.ui.parts import markup, phrases
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link


def show(catalogue: Catalogue, actor: Actor) -> None:
    """All findings, the gravest kind first."""
    found = data_findings(
        context.db(), limits(catalogue, current(context.db())), context.today().isoformat(), actor
    )
    if not found:
        markup.show(
            "empty",
            title=_("Nothing to correct"),
            text=_("What is entered is complete and fits together, as far as can be told."),
        )
    for one in found:
        _show_kind(catalogue, one)


def _show_kind(catalogue: Catalogue, one: FindingsOfKind) -> None:
    with st.expander(f"{_(KINDS[one.kind])}: {phrases.number(one.count)}", key=f"data_{one.kind}"):
        if one.count > len(one.newest):
            markup.show("note", text=_("The newest {n} are shown.").format(n=len(one.newest)))
        for number, finding in enumerate(one.newest):
            _show(catalogue, finding, f"data_{one.kind}_{number}")


def _show(catalogue: Catalogue, one: DataFinding, key: str) -> None:
    words = f"{one.patient_id}, {phrases.moment(one.held_at)}"
    with st.container(horizontal=True, vertical_alignment="center", key=key):
        if one.side_effect_id is None:
            link(
                "record",
                words,
                icon=":material/edit:",
                patient=one.patient_id,
                session=one.session_id,
            )
        else:
            link(
                "patient",
                words,
                icon=":material/edit:",
                patient=one.patient_id,
                effect=one.side_effect_id,
            )
        detail = _detail(catalogue, one.detail)
        if detail:
            markup.show("note", text=detail)


def _detail(catalogue: Catalogue, detail: str) -> str:
    """The words of a code; anything else as it is."""
    for known in (catalogue.areas, catalogue.side_effects):
        if detail in known:
            return str(known[detail].label)
    return detail
