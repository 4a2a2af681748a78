"""Month: what to know of a month, beside the usual; a manager's first page."""

import streamlit as st

from mesodash.language import _
from mesodash.ui.month import findings, late_months, money, overview
from mesodash.ui.review import page
from mesodash.ui.shell import context

view, month = overview.open_page(_("Month"))
totals = view.report("volumes", ())
if totals.empty:
    page.show_hidden(view, _("A month of fewer than 5 patients"))
    st.stop()
total = totals.iloc[0]
if not total["sessions"]:
    page.show_empty(
        view.filters,
        _("No session was held in this month"),
        _("Choose an earlier month, or record sessions as they are held."),
    )
    st.stop()

today = context.today()
running = today <= (month.period.end or today)
names, counts = overview.sessions_by_month(view, month)
left, right = st.columns([6, 6], gap="medium")
with left:
    findings.show_findings(findings.five_findings(view, month, counts, total, today), total)
    overview.show_ways()
with right:
    overview.show_months(names, counts, running=running)
    late_months.show_late_months(view, names, today)
    overview.show_practitioners(view, month)
    money.show(view, month)
