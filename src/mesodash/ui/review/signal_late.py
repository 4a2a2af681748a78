"""Late effects on the signals page: every one of them, however few."""

from mesodash.lake.counting import IMPRECISE, INTERVAL, NO_FOLLOW_UP, ONGOING, RESOLVED
from mesodash.ui import access, labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.scope import View

MOST_ROWS = 200
STATES = {
    RESOLVED: "ended",
    INTERVAL: "ended",
    ONGOING: "still there",
    NO_FOLLOW_UP: "not asked about again",
    IMPRECISE: "dates too imprecise",
}


def show_late(view: View) -> None:
    """Late nodules and the like: every one of them, however few."""
    title = "Late effects"
    rule = (
        "Lumps that began after day 7, and effects known to come late: every one is counted,"
        " however few, and no test decides on them."
    )
    counts = view.reader.report("late", view.filters, ("effect",))
    if counts.empty or not int(counts["n"].sum()):
        markup.show("empty", title="No late nodule was recorded.", text=f"{rule} {view.period}.")
        return
    kinds = "; ".join(
        f"{labels.value(view.catalogue, 'effect', row['effect'])} {phrases.number(row['n'])}"
        f" (day {phrases.between(row['first_day'], row['last_day'])})"
        for row in counts.to_dict("records")
    )
    whole = phrases.count(int(counts["n"].sum()), "late effect")
    if not view.lists_people:
        why = "A shared view does" if view.names else "Your role does"
        who = "not list single patients." if view.names else "not see single patients."
        markup.show("empty", title=f"{whole}: {kinds}", text=f"{rule} {why} {who}")
        return
    frame = view.reader.late_effects(access.actor(), view.filters)
    shown = frame.head(MOST_ROWS)
    page.show_table(
        title,
        f"{view.period}. {whole} of {phrases.count(frame['patient_id'].nunique(), 'patient')}:"
        f" {kinds}. {rule}",
        [
            page.column("Patient", number=False),
            page.column("Session", number=False),
            page.column("Side effect", number=False),
            page.column("Area", number=False),
            page.column("Protocol", number=False),
            page.column("State", "ended, or still there when last seen", number=False),
            page.column("Onset, day", "days from the session to the onset"),
            page.column("Followed, days", "from the onset to the last contact"),
        ],
        [
            [
                row["patient_id"],
                row["session_id"],
                labels.value(view.catalogue, "effect", row["effect"]),
                labels.value(view.catalogue, "area", row["area"]),
                labels.value(view.catalogue, "protocol", row["protocol"]),
                STATES.get(row["counting"], phrases.MISSING),
                phrases.number(row["onset_day"]),
                phrases.number(row["days_followed"]),
            ]
            for row in shown.to_dict("records")
        ],
        sheet=view.sheet(title, frame, "late_effects"),
    )
