"""More of the volumes page: when in the week, missed appointments, products used."""

from mesodash.exchange.suppression import SMALLEST
from mesodash.figures.hours import weekday_hours_map
from mesodash.ui import labels, markup, phrases
from mesodash.ui.review import page
from mesodash.ui.review.scope import View


def show_hours(view: View) -> None:
    """The calendar heat map: sessions by weekday and hour."""
    frame = view.reader.weekday_hours(view.filters)
    timed = int(frame["sessions"].sum())
    without = int(frame.attrs.get("without_time", 0))
    if view.shared:  # a field of few stays a field, so that it is not taken for an empty hour
        kept = frame["sessions"].astype("float64").where(frame["sessions"] >= SMALLEST)
        frame = frame.assign(sessions=kept)
    if frame.empty:
        markup.show(
            "empty",
            title="No time of day to show",
            text="This map needs sessions recorded with the hour they were held.",
        )
        return
    note = f" {phrases.count(without, 'session')} more without a time of day." if without else ""
    page.show_chart(
        weekday_hours_map(
            frame,
            period=f"{view.caption(frame)} {phrases.count(timed, 'session')}.{note}",
        ),
        key="volumes_hours",
        definition="Held sessions by the weekday and the hour they began, the clinic's own time; an"
        " empty field is an hour without a session.",
    )


def show_attendance(view: View) -> None:
    """What became of the appointments, by practitioner."""
    total = view.report("attendance", ())
    if page.all_left_out("Cancelled and missed", total):
        return
    if total.empty or not int(total["appointments"].iloc[0]):
        markup.show(
            "empty",
            title="No appointment to count",
            text="Cancelled and missed appointments appear here once they are recorded.",
        )
        return
    frame = view.report("attendance", ("practitioner",))
    if page.all_left_out("Cancelled and missed", frame):
        return
    whole = total.to_dict("records")[0]
    appointments = phrases.count(whole["appointments"], "appointment")
    page.show_table(
        "Cancelled and missed",
        f"{view.caption(total, frame)} {appointments}: {_share(whole, 'cancelled')} cancelled,"
        f" {_share(whole, 'no_show')} missed.",
        [
            page.column("Practitioner", number=False),
            page.column("Appointments", "held, cancelled or missed; those still planned are not"),
            page.column("Held", "of these appointments"),
            page.column("Cancelled (95 %)", "cancelled of all appointments, Wilson interval"),
            page.column("No-show (95 %)", "missed of all appointments, Wilson interval"),
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
            "Attendance by practitioner", frame, "attendance", about={"Denominator": appointments}
        ),
    )


def _share(row: dict, state: str) -> str:  # type: ignore[type-arg]
    return phrases.interval(
        phrases.percent, row[f"{state}_share"], row[f"{state}_low"], row[f"{state}_high"]
    )


def show_products(view: View, whole: str) -> None:
    """Product use, the one used in most sessions first.

    Args:
        view: the page's question.
        whole: the denominator in words.
    """
    frame = view.report("products", ("product",))
    if page.all_left_out("Products used", frame):
        return
    if frame.empty:
        markup.show(
            "empty",
            title="No product is recorded",
            text="Products appear here once sessions say what was drawn up.",
        )
        return
    frame = frame.sort_values("sessions", ascending=False, kind="stable")
    page.show_table(
        "Products used",
        f"{view.caption(frame)} {whole}. A session may use several, so rows do not add up.",
        [
            page.column("Product", number=False),
            page.column("Sessions", "different held sessions that used it"),
            page.column("Patients", "different patients of these sessions"),
            page.column("Volume, mL", "sum of the recorded volumes; without one, none is known"),
            page.column(
                "Last used", "day of the latest of these sessions", number=False, short=True
            ),
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
            "Products used",
            view.report("products", ("product", "lot")),
            "products",
            about={"Denominator": whole},
        ),
    )
