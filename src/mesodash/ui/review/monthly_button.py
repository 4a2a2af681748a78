"""The button that makes a month's report as a PDF."""

from datetime import datetime

import streamlit as st

from mesodash.exchange.monthly import Month, monthly_pdf
from mesodash.ui import access, markup
from mesodash.ui.review.scope import View

MONTHS_OFFERED = 24


def months(today: datetime) -> list[str]:
    """The months to choose from, the last whole one first."""
    this = Month(today.year, today.month)
    return [str(this.back(back)) for back in range(1, MONTHS_OFFERED + 1)]


def offer(view: View) -> None:
    """The choice of the month, and the button; nothing is made before it is pressed."""
    now = view.clock().astimezone()
    today = access.today()
    with st.container(border=True, key="card_monthly"):
        markup.show(
            "chart_words",
            title="Monthly report",
            text="The figures of these pages for one month of the whole clinic, as a PDF to pass"
            " on. Groups of fewer than 5 are left out of it.",
            definition="",
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            chosen = st.selectbox(
                "Month",
                months(datetime(today.year, today.month, 1, tzinfo=now.tzinfo)),
                format_func=lambda text: Month.of(text).words,
                key="monthly_month",
                width=190,
            )
            reader, catalogue, clinic = view.reader, view.catalogue, view.clinic
            st.download_button(
                "Save the month as PDF",
                # On another thread than the page: no Streamlit in there.
                lambda: monthly_pdf(
                    reader, catalogue, Month.of(chosen), clinic=clinic, made_at=now
                ),
                file_name=f"monthly-{chosen}.pdf",
                mime="application/pdf",
                key="monthly_save",
                on_click="ignore",
                icon=":material/picture_as_pdf:",
            )
