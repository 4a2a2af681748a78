"""Our protocols: the clinic's own versions of published protocols, adopted with date and name."""

from mesodash.ui import access, markup
from mesodash.ui.consult import adopting

catalogue = access.catalogue()
markup.show(
    "heading",
    title="Our protocols",
    text="The shipped catalogue is reference. A protocol becomes the clinic's own as a version:"
    " who, when, and with which parameters.",
)
code = adopting.choose_protocol(catalogue)
if code:
    if access.actor().may("protocols.adopt"):
        adopting.show_form(catalogue, code)
    adopting.show_versions(catalogue, code)
adopting.show_adopted(catalogue)
