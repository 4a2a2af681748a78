"""Change log: who looked at or changed what, newest first, and whether it is as it was written."""

from mesodash.ui import markup
from mesodash.ui.manage import log_views, opening

markup.show(
    "heading",
    title="Change log",
    text="Who looked at or changed what. It only grows, and each entry is sealed to the one before"
    " it.",
)
people, actions = opening.known_in_log()
log_views.show_verdict()
log_views.show_entries(log_views.choose(people, actions))
