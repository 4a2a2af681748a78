"""Who is missing from the outcomes: courses with and without a score in the follow-up window."""

from mesodash.reports.unscored import FOLLOW_UP_WINDOW
from mesodash.ui import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.scope import View


def show(view: View) -> None:
    """The table of follow-up, by protocol."""
    total = view.report("followed_up", ())
    frame = view.report("followed_up", ("protocol",))
    if frame.empty or total.empty:
        markup.show(
            "empty",
            title="No course to follow up.",
            text="Courses appear here once they have a held session.",
        )
        return
    whole = total.to_dict("records")[0]
    frame = frame.sort_values("courses", ascending=False, kind="stable")
    said = (
        f"The window runs from the first session to {FOLLOW_UP_WINDOW} days after the last."
        f" Of {phrases.count(whole['due'], 'course')} whose window has closed,"
        f" {phrases.number(whole['missing'])} have no score in it."
        if whole["due"]
        else "No course's window has closed yet."
    )
    page.show_table(
        "Who is missing",
        f"{view.caption(frame)} {said} The results above are of those who were measured.",
        [
            page.column("Protocol", number=False),
            page.column("Courses", "courses begun in the period with a held session"),
            page.column("With a baseline", "a score on or before the day of the first session"),
            page.column("Window closed", "of these with a baseline, courses whose window is over"),
            page.column("Scored in it", "of these, with a score in the window"),
            page.column("Missing", "of these, without one"),
            page.column("Share scored (95 %)", "scored of window closed, Wilson interval"),
        ],
        [
            [
                labels.value(view.catalogue, "protocol", row["protocol"]),
                *(
                    phrases.number(row[name])
                    for name in ("courses", "with_baseline", "due", "scored", "missing")
                ),
                page.Cell(
                    phrases.interval(
                        phrases.percent, row["scored_share"], row["scored_low"], row["scored_high"]
                    ),
                    row["scored_share"],
                ),
            ]
            for row in frame.to_dict("records")
        ],
        sheet=view.sheet("Who is missing", frame, "followed_up"),
    )
