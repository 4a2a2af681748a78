"""The last session beside the form: when it was, and what is unlike it."""

from mesodash.language import N_, _, format_day
from mesodash.ui.parts import markup
from mesodash.ui.record import points
from mesodash.ui.record.content import FormContent, differences, product_differences
from mesodash.ui.record.encounter import Encounter

MOST_TOLD = 6

WORDS = {
    "area": N_("not treated last time"),
    "left_out": N_("treated last time, not now"),
    "technique": N_("another technique"),
    "depth_mm": N_("another depth"),
    "points": N_("another number of points"),
    "placed": N_("points elsewhere on the figure"),
    "volume_ml": N_("another volume"),
    "needle": N_("another needle"),
    "angle_deg": N_("another angle"),
    "inserted_mm": N_("another inserted length"),
}
PRODUCT_WORDS = {
    "added": N_("not used last time"),
    "left_out": N_("used last time, not now"),
    "volume": N_("another volume"),
}


def last_words(encounter: Encounter) -> str:
    """When the patient was last here, in a few words."""
    if encounter.last is None:
        return _("first session here")
    days = (encounter.today - encounter.last_on).days if encounter.last_on else 0
    return _("last here {day} ({days} days ago)").format(
        day=format_day(encounter.last.entry.held_at), days=days
    )


def unlike_last_time(encounter: Encounter, content: FormContent) -> None:
    """What differs from the last session of the same protocol: doses, points, mixture."""
    last = encounter.last
    if last is None or last.entry.protocol != content.protocol:
        return
    placed = points.shown(encounter.patient.sex, last.entry.placed)
    told = [
        f"{encounter.catalogue.label(site.area, site.side)}: {_(WORDS[name])}"
        for site, name in differences(content, last, placed)
    ]
    told += [
        f"{product}: {_(PRODUCT_WORDS[name])}"
        for product, name in product_differences(content, last)
    ]
    if not told:
        return
    day, named = format_day(last.entry.held_at), "; ".join(told[:MOST_TOLD])
    more = len(told) - MOST_TOLD
    if more > 0:
        text = _("Unlike {day}: {differences}; and {more} more.")
    else:
        text = _("Unlike {day}: {differences}.")
    markup.show("note", text=text.format(day=day, differences=named, more=more))
