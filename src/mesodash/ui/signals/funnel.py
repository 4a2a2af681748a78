"""The funnel on the signals page: one effect, by practitioner, lot or clinic."""

import streamlit as st

from mesodash.documents.small_groups import suppressed
from mesodash.figures.funnel import funnel_plot
from mesodash.language import N_, _
from mesodash.ui.parts import labels, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.signals.overview import cover_cell

KINDS = {"practitioner": N_("Practitioners"), "lot": N_("Lots"), "clinic": N_("Clinics")}
MEANING = N_(
    "Each dot is a group: how many cases it had, of those expected by its protocols. Within the"
    " lines groups of that size lie by chance alone, 95 % within the dashed and 99.8 % within the"
    " full ones. It is no ranking: groups inside the lines do not differ in anything that can be"
    " told. A group that was followed up more or less than the others is not marked: its cases"
    " cannot be compared with theirs."
)


def show_funnel(view: ReviewView) -> None:
    """The figure and the table behind it, in a fold; nothing where no group can be shown."""
    every = view.reader.report("funnel", view.filters, ())
    if view.shared:
        every = suppressed(every, "funnel")
    every = every[every["expected"] > 0]
    if every.empty:
        return
    with st.expander(_("Groups beside the limits of chance")):
        with st.container(horizontal=True, gap="small", key="row_of_funnel_choices"):
            kinds = [kind for kind in KINDS if (every["kind"] == kind).any()]
            kind = st.segmented_control(
                _("Groups"),
                kinds,
                default=kinds[0],
                required=True,
                format_func=phrases.wording(KINDS),
                key="funnel_kind",
            )
            frame = every[every["kind"] == kind]
            cases = frame.groupby("effect")["with_effect"].sum()
            effects = cases.sort_values(ascending=False, kind="stable").index.tolist()
            effect = st.selectbox(
                _("Side effect"),
                effects,
                format_func=lambda code: labels.value(view.catalogue, "effect", code),
                key="funnel_effect",
                width=260,
            )
        frame = frame[frame["effect"] == effect].reset_index(drop=True)
        frame = frame.assign(label=frame["value"])
        title = _("{effect}: {groups}").format(
            effect=labels.value(view.catalogue, "effect", str(effect)), groups=_(KINDS[str(kind)])
        )
        page.show_chart(
            funnel_plot(frame, title=title, subtitle=view.caption(frame)),
            key="signals_funnel",
            definition=_(MEANING),
        )
        page.show_table(
            title,
            view.caption(frame),
            [
                page.head("funnel", "value", number=False),
                page.head("funnel", "sessions"),
                page.head("funnel", "with_effect"),
                page.head("funnel", "expected"),
                page.head("funnel", "ratio"),
                page.head("funnel", "shrunken_ratio"),
                page.head("funnel", "followed_share"),
            ],
            [
                [
                    row["value"],
                    phrases.number(row["sessions"]),
                    phrases.number(row["with_effect"]),
                    page.Cell(phrases.number(row["expected"], 1), row["expected"]),
                    page.Cell(phrases.number(row["ratio"], 1), row["ratio"]),
                    page.Cell(phrases.number(row["shrunken_ratio"], 1), row["shrunken_ratio"]),
                    cover_cell(row),
                ]
                for row in frame.to_dict("records")
            ],
            sheet=view.sheet(title, frame.drop(columns="label"), "funnel"),
        )
