"""More of the volumes page: when in the week, missed appointments, products used."""

from mesodash.documents.small_groups import SMALLEST
from mesodash.figures.weekday_hours import weekday_hours_map
from mesodash.language import _, ngettext
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView


def show_hours(view: ReviewView) -> None:
    """The calendar heat map: sessions by weekday and hour."""
    frame = view.reader.weekday_hours(view.filters)
    timed = int(frame["sessions"].sum())
    without = int(frame.attrs.get("without_time", 0))
    if view.shared:  # a small cell is kept without a number, so that it does not look empty
        kept = frame["sessions"].astype("float64").where(frame["sessions"] >= SMALLEST)
        frame = frame.assign(sessions=kept)
    if frame.empty:
        markup.show(
            "empty",
            title=_("No time of day to show"),
            text=_("This map needs sessions recorded with the hour they were held."),
        )
        return
    said = [view.caption(frame), f"{phrases.sessions(timed)}."]
    if without:
        said.append(
            phrases.filled(
                ngettext(
                    "{n} more session without a time of day.",
                    "{n} more sessions without a time of day.",
                    without,
                ),
                without,
            )
        )
    page.show_chart(
        weekday_hours_map(frame, period=" ".join(said)),
        key="volumes_hours",
        definition=_(
            "Held sessions by the weekday and the hour they began, in the clinic's local time; an"
            " empty field is an hour without a session."
        ),
    )


def show_attendance(view: ReviewView) -> None:
    """Held, cancelled and missed appointments, by practitioner."""
    title = _("Cancelled and missed")
    total = view.report("attendance", ())
    if page.all_left_out(title, total):
        return
    if total.empty or not int(total["appointments"].iloc[0]):
        markup.show(
            "empty",
            title=_("No appointment to count"),
            text=_("Cancelled and missed appointments appear here once they are recorded."),
        )
        return
    frame = view.report("attendance", ("practitioner",))
    if page.all_left_out(title, frame):
        return
    whole = total.to_dict("records")[0]
    n = int(whole["appointments"])
    appointments = phrases.filled(ngettext("{n} appointment", "{n} appointments", n), n)
    said = _("{appointments}: {cancelled} cancelled, {missed} missed.").format(
        appointments=appointments,
        cancelled=_share(whole, "cancelled"),
        missed=_share(whole, "no_show"),
    )
    page.show_table(
        title,
        f"{view.caption(total, frame)} {said}",
        [
            page.key_head("practitioner"),
            page.head("attendance", "appointments"),
            page.head("attendance", "held"),
            page.head("attendance", "cancelled_share", interval=True),
            page.head("attendance", "no_show_share", interval=True),
        ],
        [
            [
                labels.value(view.catalogue, "practitioner", row["practitioner"]),
                phrases.number(row["appointments"]),
                phrases.number(row["held"]),
                page.Cell(_share(row, "cancelled"), row["cancelled_share"]),
                page.Cell(_share(row, "no_show"), row["no_show_share"]),
            ]
            for row in frame.sort_values("appointments", ascending=False).to_dict("records")
        ],
        sheet=view.sheet(
            _("Attendance by practitioner"),
            frame,
            "attendance",
            about={_("Denominator"): appointments},
        ),
    )


def _share(row: dict, state: str) -> str:  # type: ignore[type-arg]
    return phrases.interval(
        phrases.percent, row[f"{state}_share"], row[f"{state}_low"], row[f"{state}_high"]
    )


def show_products(view: ReviewView, whole: str) -> None:
    """Product use, the product used in most sessions first.

    Args:
        view: the page.
        whole: the denominator in words.
    """
    frame = view.report("products", ("product",))
    if page.all_left_out(_("Products used"), frame):
        return
    if frame.empty:
        markup.show(
            "empty",
            title=_("No product is recorded"),
            text=_("Products appear here once sessions say what was drawn up."),
        )
        return
    frame = frame.sort_values("sessions", ascending=False, kind="stable")
    page.show_table(
        _("Products used"),
        " ".join(
            [
                view.caption(frame),
                f"{whole}.",
                _("A session may use several, so rows do not add up."),
            ]
        ),
        [
            page.key_head("product"),
            page.head("products", "sessions"),
            page.head("products", "patients"),
            page.head("products", "volume_ml"),
            page.head("products", "last_on", number=False, short=True),
        ],
        [
            [
                labels.value(view.catalogue, "product", row["product"]),
                phrases.number(row["sessions"]),
                phrases.number(row["patients"]),
                phrases.number(row["volume_ml"], 1),
                page.Cell(phrases.day(row["last_on"]), str(row["last_on"])),
            ]
            for row in frame.to_dict("records")
        ],
        sheet=view.sheet(
            _("Products used"),
            view.report("products", ("product", "lot")),
            "products",
            about={_("Denominator"): whole},
        ),
    )
