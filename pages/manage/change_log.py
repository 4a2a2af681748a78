"""Change log: who looked at or changed what, newest first, and whether it is as it was written."""

from mesodash.language import _
from mesodash.ui.admin import change_log, guards
from mesodash.ui.parts import markup

markup.show(
    "note",
    text=_(
        "Who looked at or changed what. It only grows, and each entry is sealed to the one before"
        " it."
    ),
)
people, actions = guards.log_people_and_actions()
change_log.show_verdict()
change_log.show_entries(change_log.choose(people, actions))
