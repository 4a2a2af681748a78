"""Data to correct: what is doubtful or missing in the record, with the form that mends it."""

from mesodash.language import _
from mesodash.ui.data_quality import findings
from mesodash.ui.parts import markup
from mesodash.ui.shell import context

markup.show(
    "note",
    text=_("Open a session and correct it: a finding goes by itself once the record is right."),
)
findings.show(context.catalogue(), context.actor())
