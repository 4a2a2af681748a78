"""The button that makes the monthly report, a PDF."""

from datetime import datetime

import streamlit as st

from mesodash.documents.monthly_report import Month, monthly_pdf
from mesodash.language import _, current, use_language
from mesodash.ui.parts import markup
from mesodash.ui.review.view import ReviewView
from mesodash.ui.shell import context

MONTHS_OFFERED = 24


def months(today: datetime) -> list[str]:
    """The months to choose from, the last complete one first."""
    this = Month(today.year, today.month)
    return [str(this.back(back)) for back in range(1, MONTHS_OFFERED + 1)]


def offer(view: ReviewView) -> None:
    """The choice of the month, and the button; the file is made when it is pressed."""
    now = view.clock().astimezone()
    today = context.today()
    with st.container(border=True, key="card_monthly"):
        markup.show(
            "chart_words",
            title=_("Monthly report"),
            text=_(
                "The figures of these pages for one month of the whole clinic, as a PDF to pass on."
                " Groups of fewer than 5 are left out of it."
            ),
            definition="",
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            chosen = st.selectbox(
                _("Month"),
                months(datetime(today.year, today.month, 1, tzinfo=now.tzinfo)),
                format_func=lambda text: Month.of(text).words,
                key="monthly_month",
                width=190,
            )
            button(view, chosen)


def button(view: ReviewView, chosen: str) -> None:
    """The button that makes the report of a month, written `2026-10`."""
    made_at = view.clock().astimezone()
    reader, catalogue, clinic = view.reader, view.catalogue, view.clinic
    language = current().code

    def make() -> bytes:
        # Runs in another thread, without Streamlit's context and in no language yet.
        with use_language(language):
            return monthly_pdf(reader, catalogue, Month.of(chosen), clinic=clinic, made_at=made_at)

    st.download_button(
        _("Save the month as PDF"),
        make,
        file_name=f"monthly-{chosen}.pdf",
        mime="application/pdf",
        key="monthly_save",
        on_click="ignore",
        icon=":material/picture_as_pdf:",
    )
