"""Late effects on the signals page: every one of them, however few."""

from dataclasses import replace
from datetime import date, timedelta

from mesodash.catalogue.watching import watched_until
from mesodash.lake.durations import IMPRECISE, INTERVAL, NO_FOLLOW_UP, ONGOING, RESOLVED
from mesodash.language import N_, _, format_days, ngettext
from mesodash.records.watch.red_cards import COUNT, count_open_red_cards
from mesodash.reports.core.filters import Period
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.shell import context

MOST_ROWS = 200
STATES = {
    RESOLVED: N_("ended"),
    INTERVAL: N_("ended"),
    ONGOING: N_("still there"),
    NO_FOLLOW_UP: N_("not asked about again"),
    IMPRECISE: N_("dates too imprecise"),
}
RULE = N_(
    "Lumps that began after day 7, and effects known to come late: every one is counted, however"
    " few, and no test decides on them."
)


def show_late(view: ReviewView) -> None:
    """Late nodules and the like, and how many sessions are too recent to have any."""
    counts = view.reader.report("late", view.filters, ("effect",))
    unripe = too_young(view, context.today())
    if counts.empty or not int(counts["n"].sum()):
        markup.show(
            "empty",
            title=_("No late nodule is recorded yet.")
            if unripe
            else _("No late nodule is recorded."),
            text=" ".join(filter(None, (_(RULE), f"{view.period}.", unripe))),
        )
        return
    kinds = "; ".join(
        _("{effect} {n} (day {days})").format(
            effect=labels.value(view.catalogue, "effect", row["effect"]),
            n=phrases.number(row["n"]),
            days=phrases.between(row["first_day"], row["last_day"]),
        )
        for row in counts.to_dict("records")
    )
    n = int(counts["n"].sum())
    if not view.lists_people:
        why = (
            _("A shared view does not list single patients.")
            if view.names
            else _("Your role does not see single patients.")
        )
        title = ngettext("{n} late effect: {kinds}", "{n} late effects: {kinds}", n)
        markup.show(
            "empty",
            title=title.format(n=phrases.number(n), kinds=kinds),
            text=" ".join(filter(None, (_(RULE), why, unripe))),
        )
        return
    frame = view.reader.late_effects(context.actor(), view.filters)
    shown = frame.head(MOST_ROWS)
    said = ngettext(
        "{n} late effect of {patients}: {kinds}.", "{n} late effects of {patients}: {kinds}.", n
    ).format(
        n=phrases.number(n),
        patients=phrases.patients(frame["patient_id"].nunique()),
        kinds=kinds,
    )
    page.show_table(
        _("Late effects"),
        " ".join(filter(None, (f"{view.period}.", said, _(RULE), unripe))),
        [
            page.head("late_effects", "patient_id", number=False),
            page.head("late_effects", "session_id", number=False),
            page.head("late_effects", "effect", number=False),
            page.head("late_effects", "area", number=False),
            page.head("late_effects", "protocol", number=False),
            page.head("late_effects", "counting", number=False),
            page.head("late_effects", "onset_day"),
            page.head("late_effects", "days_followed"),
        ],
        [
            [
                row["patient_id"],
                row["session_id"],
                labels.value(view.catalogue, "effect", row["effect"]),
                labels.value(view.catalogue, "area", row["area"]),
                labels.value(view.catalogue, "protocol", row["protocol"]),
                _(STATES[row["counting"]]) if row["counting"] in STATES else phrases.MISSING,
                phrases.number(row["onset_day"]),
                phrases.number(row["days_followed"]),
            ]
            for row in shown.to_dict("records")
        ],
        sheet=view.sheet(_("Late effects"), frame, "late_effects"),
    )


def too_young(view: ReviewView, today: date) -> str:
    """How many sessions of the period are too recent for late effects; empty if none is.

    A session is old enough once the catalogue's last window for late effects has closed.
    """
    period = view.filters.period
    watched = watched_until(view.catalogue)
    since = today - timedelta(days=watched - 1)
    if period.end is not None and period.end < since:
        return ""
    recent = Period(max(period.start, since) if period.start else since, period.end)
    frame = view.reader.report("volumes", replace(view.filters, period=recent), ())
    n = int(frame["sessions"].iloc[0]) if len(frame) else 0
    if not n:
        return ""
    return ngettext(
        "{n} session is less than {days} old: too early to tell.",
        "{n} sessions are less than {days} old: too early to tell.",
        n,
    ).format(n=phrases.number(n), days=format_days(watched))


def show_red_cards() -> None:
    """How many red cards are open now: a count without patients, for those who may see it."""
    actor = context.actor()
    if not actor.may(COUNT):
        return
    count = count_open_red_cards(context.db(), actor)
    words = ngettext("{n} red card is open.", "{n} red cards are open.", count)
    markup.show("note", text=words.format(n=phrases.number(count)))
