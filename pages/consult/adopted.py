"""Our protocols: the clinic's own versions of published protocols, adopted with date and name."""

from mesodash.language import _
from mesodash.ui.parts import markup
from mesodash.ui.protocols import adopted
from mesodash.ui.shell import context

catalogue = context.catalogue()
markup.show(
    "note",
    text=_(
        "The shipped catalogue is reference. A protocol becomes the clinic's own as a version:"
        " who, when, and with which parameters."
    ),
)
code = adopted.choose_protocol(catalogue)
if code:
    if context.actor().may("protocols.adopt"):
        adopted.show_form(catalogue, code)
    adopted.show_versions(catalogue, code)
adopted.show_adopted(catalogue)
